package grading

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
	"crosswalk/internal/testkit"
)

// maxSentence is how long a sentence of ours may be, the author's own reason aside. Three sentences fit; titles are cut to make them.
const maxSentence = 500

// illSaid says what is wrong with a sentence as English: it ends as one does, nothing stands double or empty, brackets and quotation
// marks close.
func illSaid(s string) string {
	t := strings.TrimSpace(s)
	switch {
	case t == "":
		return "it is empty"
	case t != s:
		return "there is a blank at an end"
	case !strings.HasSuffix(t, ".") && !strings.HasSuffix(t, `."`) && !strings.HasSuffix(t, `"`):
		return "it does not end with a full stop"
	case len(t) > maxSentence:
		return fmt.Sprintf("it has %d characters", len(t))
	case strings.Count(t, "(") != strings.Count(t, ")") && !strings.Contains(t, "..."):
		return "a bracket is open"
	case strings.Count(t, `"`)%2 != 0:
		return "a quotation is open"
	}
	for _, bad := range []string{"  ", " .", " ,", ",,", "; ;", ",.", "()", `""`, "....", " ;", ": .", "and .", "%!"} {
		if strings.Contains(t, bad) {
			return fmt.Sprintf("it holds %q", bad)
		}
	}
	return ""
}

// TestSentencesAreWellSaid reads what random answers are told.
func TestSentencesAreWellSaid(t *testing.T) {
	said := map[Finding]int{}
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		for i := range k.Diagnoses {
			k.Diagnoses[i].Why = "" // the author's own words may be as they like
		}
		for _, p := range Grade(&k, w.answer(&k), w.book, Learning).Parts {
			said[p.Finding]++
			if bad := illSaid(p.Why); bad != "" {
				t.Errorf("%s %s: %s: %q", p.Component, p.Finding, bad, p.Why)
			}
		}
	})
	if testing.Short() || testkit.Race {
		return // too few to meet each
	}
	for _, f := range []Finding{DXPDX, DXSEQ, DXMISS, DXOVER, DXSYM, DXSPEC, DXLAT, DX7TH, DXEX1, DXCOMB, DXCODE, DXPOA, PXMISS, PXOVER, CPTUNB, CPTMOD, CPTUNIT, LINK, EMCAT} {
		if said[f] == 0 {
			t.Errorf("no random answer was told of %s", f)
		}
	}
}

// TestSentencesOnOfficialCodes tells of random pairs of official codes: of one category, of one section, with characters missing or
// made up. Every title of the releases has to fit into the sentences. CROSSWALK_RELEASES names the folder of releases.
func TestSentencesOnOfficialCodes(t *testing.T) {
	if testing.Short() {
		t.Skip("a test of every code")
	}
	book := releasetest.Book(t)
	on := codebook.Date{Year: 2025, Month: 11, Day: 14}
	rnd := rand.New(rand.NewPCG(1, 7))
	var below func(sys codebook.System, c codebook.Code) []codebook.Code
	below = func(sys codebook.System, c codebook.Code) []codebook.Code {
		e, ok := book.Brief(sys, c, on)
		if ok && e.Billable {
			return []codebook.Code{c}
		}
		var out []codebook.Code
		for _, k := range book.Children(sys, c, on) {
			out = append(out, below(sys, k.Code)...)
		}
		return out
	}
	top := book.Top(codebook.ICD10CM, nil, on)
	longest := ""
	tell := func(k Key, r Response) {
		for _, p := range Grade(&k, r, book, Learning).Parts {
			if bad := illSaid(p.Why); bad != "" {
				t.Errorf("%s %s: %s: %q", p.Component, p.Finding, bad, p.Why)
			}
			if len(p.Why) > len(longest) {
				longest = p.Why
			}
			for _, s := range p.Reached {
				if s.Level == "" || s.Code == "" && s.Entered == "" {
					t.Errorf("%v holds an empty rung: %+v", p.Reached, s)
				}
			}
		}
	}
	for range 600 {
		codes := below(codebook.ICD10CM, top[rnd.IntN(len(top))].Code)
		if len(codes) == 0 {
			continue
		}
		key, entered := codes[rnd.IntN(len(codes))], codes[rnd.IntN(len(codes))]
		switch rnd.IntN(6) {
		case 0:
			entered = entered[:3+rnd.IntN(len(entered)-2)]
		case 1:
			entered = entered[:len(entered)-1] + "Q"
		case 2:
			other := below(codebook.ICD10CM, top[rnd.IntN(len(top))].Code)
			entered = other[rnd.IntN(len(other))]
		}
		bills, setting := Professional, "office"
		if rnd.IntN(2) == 0 {
			bills, setting = Facility, "inpatient"
		}
		d := Diagnosis{Code: key, First: IsFirst, Weight: Required}
		if rnd.IntN(2) == 0 {
			d.Evidence = []Evidence{{Text: "words of the note which a coder would mark as the support of a line, and some more of them."}}
		}
		other := codes[rnd.IntN(len(codes))]
		tell(Key{Setting: setting, Bills: bills, Date: on, Ask: Ask{Diagnoses: true}, Diagnoses: []Diagnosis{d, {Code: other, Weight: Required}}},
			Response{Diagnoses: []EnteredDiagnosis{{Code: entered}}})
	}
	tables := book.Tables(on)
	for range 300 {
		tb := tables[rnd.IntN(len(tables))]
		draw := func() codebook.Code {
			row := tb.Rows[rnd.IntN(len(tb.Rows))]
			c := string(tb.Prefix)
			for _, a := range row {
				c += a.Values[rnd.IntN(len(a.Values))].Char
			}
			return codebook.Code(c)
		}
		key, entered := draw(), draw()
		if rnd.IntN(3) == 0 {
			tb = tables[rnd.IntN(len(tables))]
			entered = draw()
		}
		tell(Key{Setting: "inpatient", Bills: Facility, Date: on, Ask: Ask{Procedures: true}, Procedures: []Procedure{{System: codebook.ICD10PCS, Code: key, Evidence: []Evidence{{Text: "the operation"}}}}},
			Response{Procedures: []EnteredProcedure{{System: codebook.ICD10PCS, Code: entered, Units: 1}}})
	}
	t.Logf("the longest has %d characters: %s", len(longest), longest)
}

// TestContradictoryKeys grades keys that no check would pass: lines that stand twice or wait for each other, near misses that are also
// accepted, are traps, or lie outside 0 to 100, pointers to nothing, codes without characters. Nothing panics and the sum stays exact.
func TestContradictoryKeys(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		any := func() codebook.Code {
			return pick(w, []codebook.Code{"", "E", "E11", "E1122", "N1832", "0FT44ZZ", "99213", "J1100", "ZZZZZZZ", k.Diagnoses[0].Code, pick(w, w.dx).Code, pick(w, w.px).Code})
		}
		for range 1 + w.IntN(3) {
			d := Diagnosis{Code: any(), Weight: pick(w, []Weight{Required, Status, Optional, "", "none"}), First: First(w.IntN(5) - 1), POA: pick(w, []string{"", "Y", "?", poaExempt}),
				Accept: []codebook.Code{any()}, After: []codebook.Code{any(), any()}, NearMiss: map[codebook.Code]int{any(): w.IntN(400) - 200}, Evidence: []Evidence{{}}}
			k.Diagnoses = append(k.Diagnoses, d, k.Diagnoses[w.IntN(len(k.Diagnoses))])
			p := Procedure{System: pick(w, []codebook.System{codebook.CPT, codebook.HCPCS, codebook.ICD10PCS, codebook.ICD10CM, "?"}), Code: any(), Units: w.IntN(5) - 2, Minutes: w.IntN(5) - 2,
				PointsTo: []codebook.Code{any(), any()}, Accept: []codebook.Code{any()}, NearMiss: map[codebook.Code]int{any(): w.IntN(400) - 200}}
			k.Procedures = append(k.Procedures, p)
			k.Traps = append(k.Traps, Trap{Code: any(), Kind: pick(w, []TrapKind{"", Integral, NotDone})})
			k.Allow = append(k.Allow, Allow{Pair: [2]codebook.Code{any(), any()}})
		}
		k.EM = pick(w, []*EM{nil, {}, {Problems: "?"}, {Minutes: -5}})
		k.Query = pick(w, []*Query{nil, {}, {Options: []QueryOption{{}}}})
		k.DRG = pick(w, []string{"", "0", "1234"})
		base := w.key(true)
		r := w.answer(&base)
		for i := range r.Diagnoses {
			if w.chance(30) {
				r.Diagnoses[i].Code = any()
			}
		}
		for i := range r.Procedures {
			r.Procedures[i].PointsTo = append(slices.Clone(r.Procedures[i].PointsTo), -3, 99)
			if w.chance(30) {
				r.Procedures[i].Code = any()
			}
		}
		for _, book := range []Book{w.book, nil} {
			res := Grade(&k, r, book, AllOrNothing)
			var sum Points
			for _, p := range res.Parts {
				sum += p.Earned
			}
			if l := res.Learning; sum != l.Earned || l.Earned < 0 || l.Earned > l.Possible {
				t.Errorf("parts sum to %d, learning is %+v", sum, l)
			}
		}
	})
}
