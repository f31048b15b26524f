package codebook

import (
	"slices"
	"strings"
)

// packPair packs two five-character codes, 26 bits each in base 36, and leaves eight low bits, four for the number of a rationale and four
// for a modifier indicator: 1.67 million pairs are then 13 MB, and a look-up is a binary search.
func packPair(a, b Code) (uint64, bool) {
	if len(a) != 5 || len(b) != 5 || !allAlnum(string(a)) || !allAlnum(string(b)) {
		return 0, false
	}
	return (base36(a)<<26 | base36(b)) << 8, true
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
	e, ok := b.PairEdit(col1, col2)
	return e.Modifier, ok
}

// PairEdit is an NCCI procedure-to-procedure edit.
type PairEdit struct {
	Column1, Column2 Code   // Column2 is denied
	Modifier         string // "0", "1" or "9", as NCCI has it
	Rationale        string // why CMS set it, in the words of the release; "" where the book does not know
}

// PairEdit looks the edit of an ordered pair up.
func (b *Book) PairEdit(col1, col2 Code) (PairEdit, bool) {
	k, valid := packPair(col1, col2)
	if !valid {
		return PairEdit{}, false
	}
	i, _ := slices.BinarySearch(b.pairs, k)
	if i == len(b.pairs) || b.pairs[i]&^0xff != k {
		return PairEdit{}, false
	}
	e := PairEdit{Column1: col1, Column2: col2, Modifier: digit(byte(b.pairs[i] & 0xf))}
	if why := int(b.pairs[i] >> 4 & 0xf); why < len(b.claims.rationales) {
		e.Rationale = b.claims.rationales[why]
	}
	return e, true
}

// PairEdits are the edits of two codes in either order: none, one, or rarely two.
func (b *Book) PairEdits(x, y Code) []PairEdit {
	var out []PairEdit
	if e, ok := b.PairEdit(x, y); ok {
		out = append(out, e)
	}
	if e, ok := b.PairEdit(y, x); ok && x != y {
		out = append(out, e)
	}
	return out
}

func (b *Book) bundled(px []Code) []Conflict {
	var out []Conflict
	for i, x := range px {
		for j, y := range px {
			if i == j || x == y {
				continue
			}
			if e, ok := b.PairEdit(x, y); ok && e.Modifier != "9" {
				out = append(out, b.bundle(e))
			}
		}
	}
	return out
}

// bundle is a pair as a conflict.
func (b *Book) bundle(e PairEdit) Conflict {
	note := string(e.Column2) + " is denied beside " + string(e.Column1)
	if e.Modifier == "1" {
		note += " unless a modifier says that it was distinct"
	} else {
		note += "; no modifier allows both"
	}
	if e.Rationale != "" {
		note += " (" + e.Rationale + ")"
	}
	return Conflict{
		Kind: "ncci", Codes: []Ref{procedureRef(e.Column1), procedureRef(e.Column2)}, Note: note,
		From: strings.TrimSpace("NCCI " + b.ncciName), Modifier: e.Modifier,
	}
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
	k = k >> 34 << 34
	i, _ := slices.BinarySearch(b.addOns, k)
	var out []Code
	for ; i < len(b.addOns) && b.addOns[i]>>34<<34 == k; i++ {
		out = append(out, unbase36(b.addOns[i]>>8&(1<<26-1)))
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
