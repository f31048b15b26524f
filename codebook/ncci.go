package codebook

import (
	"slices"
	"strings"
)

// packPair packs two five-character codes, 26 bits each in base 36, and leaves four low bits for a modifier indicator: 1.67 million
// pairs are then 13 MB, and a look-up is a binary search.
func packPair(a, b Code) (uint64, bool) {
	if len(a) != 5 || len(b) != 5 || !allAlnum(string(a)) || !allAlnum(string(b)) {
		return 0, false
	}
	return (base36(a)<<26 | base36(b)) << 4, true
}

func base36(c Code) (n uint64) {
	for i := range len(c) {
		n *= 36
		if isDigit(c[i]) {
			n += uint64(c[i] - '0')
		} else {
			n += uint64(c[i]-'A') + 10
		}
	}
	return n
}

func unbase36(n uint64) Code {
	var b [5]byte
	for i := 4; i >= 0; i-- {
		b[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n%36]
		n /= 36
	}
	return Code(b[:])
}

// HasNCCI reports whether the book has NCCI pairs at all; without them the absence of a pair says nothing.
func (b *Book) HasNCCI() bool { return len(b.pairs) > 0 }

// NCCI looks a procedure-to-procedure edit up. The pair is ordered: col2 is the code that is denied. The modifier indicator is "0"
// (never reported together), "1" (a modifier may say that the service was distinct) or "9" (not applicable).
func (b *Book) NCCI(col1, col2 Code) (modifier string, ok bool) {
	k, valid := packPair(col1, col2)
	if !valid {
		return "", false
	}
	i, _ := slices.BinarySearch(b.pairs, k)
	if i < len(b.pairs) && b.pairs[i]&^0xf == k {
		return string(rune('0' + b.pairs[i]&0xf)), true
	}
	return "", false
}

func (b *Book) bundled(px []Code) []Conflict {
	var out []Conflict
	from := strings.TrimSpace("NCCI " + b.ncciName)
	for i, x := range px {
		for j, y := range px {
			if i == j || x == y {
				continue
			}
			if m, ok := b.NCCI(x, y); ok && m != "9" {
				note := string(y) + " is denied beside " + string(x) + "; no modifier allows both"
				if m == "1" {
					note = string(y) + " is denied beside " + string(x) + " unless a modifier says that it was distinct"
				}
				out = append(out, Conflict{Kind: "ncci", Codes: []Ref{procedureRef(x), procedureRef(y)}, Note: note, From: from, Modifier: m})
			}
		}
	}
	return out
}

func procedureRef(c Code) Ref {
	if isLetter(c[0]) {
		return Ref{HCPCS, c}
	}
	return Ref{CPT, c}
}

// Primaries are the codes that an add-on code may stand beside, in code order; empty when the book does not know.
func (b *Book) Primaries(addOn Code) []Code {
	k, ok := packPair(addOn, "00000")
	if !ok {
		return nil
	}
	k = k >> 30 << 30
	i, _ := slices.BinarySearch(b.addOns, k)
	var out []Code
	for ; i < len(b.addOns) && b.addOns[i]>>30<<30 == k; i++ {
		out = append(out, unbase36(b.addOns[i]>>4&(1<<26-1)))
	}
	return out
}

// lonelyAddOns are the add-on codes that stand without a primary code: without one of those that the book knows, or, where it knows
// none, without any other procedure.
func (b *Book) lonelyAddOns(px []Code, on Date) []Conflict {
	var out []Conflict
	for i, c := range px {
		ref := procedureRef(c)
		r, _ := b.pick(ref.System, on)
		if r == nil {
			continue
		}
		at := r.find(c)
		if at < 0 || !r.facts[r.rows[at].facts].AddOn {
			continue
		}
		primaries := b.Primaries(c)
		ok := slices.ContainsFunc(px, func(o Code) bool {
			if len(primaries) > 0 {
				return slices.Contains(primaries, o)
			}
			return o != c
		})
		if ok || slices.Contains(px[:i], c) {
			continue
		}
		note := string(c) + " is an add-on code: report it beside its primary procedure"
		if len(primaries) > 0 && len(primaries) <= 12 {
			var names []string
			for _, p := range primaries {
				names = append(names, string(p))
			}
			note += " (" + strings.Join(names, ", ") + ")"
		}
		out = append(out, Conflict{Kind: "addon", Codes: []Ref{ref}, Note: note, From: strings.TrimSpace("NCCI " + b.ncciName)})
	}
	return out
}
