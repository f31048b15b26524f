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
	return b.pairIn(b.pairs, col1, col2)
}

// pairIn looks an ordered pair up in a part of the pairs.
func (b *Book) pairIn(pairs []uint64, col1, col2 Code) (PairEdit, bool) {
	k, valid := packPair(col1, col2)
	if !valid {
		return PairEdit{}, false
	}
	i, _ := slices.BinarySearch(pairs, k)
	if i == len(pairs) || pairs[i]&^0xff != k {
		return PairEdit{}, false
	}
	e := PairEdit{Column1: col1, Column2: col2, Modifier: digit(byte(pairs[i] & 0xf))}
	if why := int(pairs[i] >> 4 & 0xf); why < len(b.claims.rationales) {
		e.Rationale = b.claims.rationales[why]
	}
	return e, true
}

// pairsOf are the pairs whose first column is a code. To find them once is cheaper than to look all 1.67 million through for each partner.
func (b *Book) pairsOf(col1 Code) []uint64 {
	k, valid := packPair(col1, "00000")
	if !valid {
		return nil
	}
	from, _ := slices.BinarySearch(b.pairs, k)
	to, _ := slices.BinarySearch(b.pairs[from:], k+1<<34)
	return b.pairs[from : from+to]
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

// bundle is a pair as a conflict.
func bundle(e PairEdit) Conflict {
	note := string(e.Column2) + " is not paid beside " + string(e.Column1)
	if e.Modifier == "1" {
		note += ": take it out, or, where the record shows that it was distinct, say so with a modifier such as 59, XE, XP, XS, XU or another site"
	} else {
		note += ", and no modifier allows both: take it out"
	}
	if e.Rationale != "" {
		note += " (" + e.Rationale + ")"
	}
	return Conflict{
		Kind: KindNCCI, Codes: []Ref{procedureRef(e.Column1), procedureRef(e.Column2)}, Note: note,
		From: "ncci:" + string(e.Column1) + "/" + string(e.Column2), Modifier: e.Modifier,
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
func (b *Book) lonelyAddOns(c *Claim) []Conflict {
	var out []Conflict
	for i := range c.Lines {
		l := &c.Lines[i]
		if f := b.procedureFacts(&l.Ref, c.On); f == nil || !f.AddOn || slices.ContainsFunc(c.Lines[:i], func(o ClaimLine) bool { return o.Code == l.Code }) {
			continue
		}
		primaries := b.Primaries(l.Code)
		if slices.ContainsFunc(c.Lines, func(o ClaimLine) bool {
			if len(primaries) > 0 {
				return slices.Contains(primaries, o.Code)
			}
			return o.Code != l.Code && (o.System == CPT || o.System == HCPCS)
		}) {
			continue
		}
		note := string(l.Code) + " is an add-on code: report it only beside its primary procedure"
		if len(primaries) > 0 && len(primaries) <= 12 {
			var names []string
			for _, p := range primaries {
				names = append(names, string(p))
			}
			note += " (" + strings.Join(names, ", ") + ")"
		}
		out = append(out, Conflict{Kind: KindAddOn, Codes: []Ref{l.Ref}, Note: note, From: strings.TrimSpace("NCCI add-on codes " + b.ncciName)})
	}
	return out
}

// procedureFacts are the facts of a CPT or HCPCS code; nil when the book has no such code.
func (b *Book) procedureFacts(ref *Ref, on Date) *Facts {
	if ref.System != CPT && ref.System != HCPCS {
		return nil
	}
	r, _ := b.pick(ref.System, on)
	if r == nil {
		return nil
	}
	at := r.find(ref.Code)
	if at < 0 {
		return nil
	}
	return &r.facts[r.rows[at].facts]
}
