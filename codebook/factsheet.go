package codebook

import (
	"slices"
	"strconv"
	"strings"
)

// FactSheet is what the lists that edits and prices look at say of one code, each of its newest edition. An empty list means that the
// book has nothing of the kind for the code.
type FactSheet struct {
	Fees      []ModifierFee // the code as a whole first
	Units     []SettingMUE  // medically unlikely edits
	Primaries []Code        // of an add-on code, in code order
	Ages      []AgeEdit     // of a diagnosis
	Exclusion *Exclusion    // of a CC or MCC
	Editions  FactEditions
}

// FactEditions name the editions of the lists, "" for a list that the book does not have.
type FactEditions struct{ Fees, OPPS, NCCI, MUE, CodeEditor, Severity string }

// ModifierFee is a row of the fee schedule.
type ModifierFee struct {
	Modifier string // "" for the code as a whole
	Fee
}

// SettingMUE is a medically unlikely edit of a setting.
type SettingMUE struct {
	Setting Setting
	MUE
}

// Exclusion is what cancels a CC or MCC.
type Exclusion struct {
	Level  string // "CC" or "MCC"
	Known  bool   // false when the list does not say which principal diagnoses cancel it
	Codes  int    // principal diagnoses that do
	Ranges []CodeRange
}

// FactSheet gathers the facts of a code. Single properties of its release are in Entry.Facts.
func (b *Book) FactSheet(ref Ref) FactSheet {
	t := &b.claims
	s := FactSheet{Editions: FactEditions{Fees: t.feesName, OPPS: t.oppsName, NCCI: b.ncciName, MUE: t.mueName, CodeEditor: t.editorName, Severity: t.severity.name}}
	switch ref.System {
	case ICD10CM:
		s.Ages, _ = b.AgeEdits(ref.Code)
		s.Exclusion = t.severity.exclusion(ref.Code)
	case CPT, HCPCS:
		s.Fees = b.feesOf(ref.Code)
		for _, set := range mueSettings {
			if m, ok := b.MUE(ref.Code, set); ok {
				s.Units = append(s.Units, SettingMUE{set, m})
			}
		}
		s.Primaries = b.Primaries(ref.Code)
	}
	return s
}

func (b *Book) feesOf(c Code) []ModifierFee {
	var out []ModifierFee
	if f, ok := b.Fees(c, ""); ok && f.Edition != "" {
		out = append(out, ModifierFee{"", f})
	}
	low, ok := feeKey(c, "")
	if !ok {
		return nil
	}
	i, _ := slices.BinarySearchFunc(b.claims.fees, low+1, func(r feeRow, k uint64) int {
		if r.key < k {
			return -1
		}
		return 1
	})
	for ; i < len(b.claims.fees) && b.claims.fees[i].key>>16 == low>>16; i++ {
		k := b.claims.fees[i].key
		modifier := string([]byte{byte(k >> 8), byte(k)})
		if f, ok := b.Fees(c, modifier); ok {
			out = append(out, ModifierFee{modifier, f})
		}
	}
	return out
}

// exclusion is what the list says of the principal diagnoses that cancel a CC or MCC; nil for a code that is neither.
func (t *severityTable) exclusion(dx Code) *Exclusion {
	i := placeOf(t.codes, dx)
	if i < 0 {
		return nil
	}
	e := &Exclusion{Level: [4]string{1: "CC", 2: "MCC"}[t.codes[i]&3]}
	g := t.groups[i]
	e.Known = g != unknownGroup
	if g == unknownGroup || g == noGroup {
		return e
	}
	for _, run := range t.runs[t.from[g]:t.from[g+1]] {
		first, last := int(run>>32), int(run&(1<<32-1))
		if first < 0 || last >= len(t.principals) || last < first {
			continue
		}
		e.Codes += last - first + 1
		e.Ranges = append(e.Ranges, CodeRange{First: unpack(t.principals[first]), Last: unpack(t.principals[last])})
	}
	return e
}

// Payment is what the fee schedule pays for relative value units at the national conversion factor, in cents, before locality and other
// adjustments. False without a conversion factor.
func (f Fee) Payment(units RVU) (cents int64, ok bool) {
	whole, part, _ := strings.Cut(f.Conversion, ".")
	if len(part) > 4 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 4-len(part)), 10, 32)
	if err != nil || n <= 0 {
		return 0, false
	}
	return (int64(units)*n + 5000) / 10000, true // hundredths of units times ten-thousandths of dollars
}

// PairList are NCCI edits of one code.
type PairList struct {
	Denies []PairEdit // it stands in column 1: the others are denied beside it
	Denied []PairEdit // it stands in column 2

	AllDenies, AllDenied int // how many there are with codes that begin as asked; the lists may hold fewer
}

// PairList lists the NCCI edits of a code with other codes that begin with a prefix, which may be empty: up to limit of each kind, by
// the other code.
func (b *Book) PairList(c Code, prefix string, limit int) PairList {
	var out PairList
	low, ok := packPair(c, "00000")
	if !ok {
		return out
	}
	const codeBits = 1<<26 - 1
	self := low >> 34
	other := func(n uint64) (Code, bool) {
		o := unbase36(n & codeBits)
		return o, strings.HasPrefix(string(o), prefix)
	}
	i, _ := slices.BinarySearch(b.pairs, low)
	for ; i < len(b.pairs) && b.pairs[i]>>34 == self; i++ {
		if o, ok := other(b.pairs[i] >> 8); ok {
			if out.AllDenies++; len(out.Denies) < limit {
				e, _ := b.PairEdit(c, o)
				out.Denies = append(out.Denies, e)
			}
		}
	}
	// The pairs are sorted by column 1. Going through all of them for column 2 takes a millisecond or two; a second list would take 13 MB.
	for _, p := range b.pairs {
		if p>>8&codeBits != self {
			continue
		}
		if o, ok := other(p >> 34); ok {
			if out.AllDenied++; len(out.Denied) < limit {
				e, _ := b.PairEdit(o, c)
				out.Denied = append(out.Denied, e)
			}
		}
	}
	return out
}
