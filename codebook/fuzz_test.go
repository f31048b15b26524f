package codebook

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A code that parses prints in a form that parses to itself.
func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"E11.22", "e1122", "I10", "S52.531A", "0FT44ZZ", "99213", "J1100", "QA0", ".", "E11.", "E1.122", "  i10 ", "E11.22.3", "É10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, sys := range Systems {
			c, err := ParseCode(sys, s)
			if err != nil {
				continue
			}
			if again, err := ParseCode(sys, c.Dotted(sys)); err != nil || again != c {
				t.Errorf("ParseCode(%s, %q) = %s, which prints as %q and reads as %s, %v", sys, s, c, c.Dotted(sys), again, err)
			}
			if unpack(pack(c)) != c {
				t.Errorf("pack(%s) unpacks to %s", c, unpack(pack(c)))
			}
		}
	})
}

// A starter file either gives problems with lines that it has, or a book in which every code is found and lies below its parent.
func FuzzReadStarter(f *testing.F) {
	const head = "release 2026\nvalid 2025-10-01\n"
	f.Add("set icd10cm\n" + head + "chapter 4 E00-E89 E\nsection E08-E13 D\nE11 Type 2\n  7th: ADS\n  excludes1: x (E10.-)\nE11.9 + None\n")
	f.Add("set icd10pcs\n" + head + "table 0FT A / B / C\n  title: {4}[ {7}]\n  row\n    a: 4 x\n    b: 0 y\n    c: Z z\n    d: Z q\n")
	f.Add("set cpt\n" + head + "25605 [090 A 1 add-on] x\n  units: y\n")
	f.Add("set guidelines\nI.C.4.a.3 | t | r\n")
	f.Add("set ncci\nedition x\n25605 29125 1\naddon 13102: 13101\n")
	f.Add("set words\nHTN = hypertension | x\n")
	f.Fuzz(func(t *testing.T, data string) {
		book, err := ReadStarter(fstest.MapFS{"x.txt": {Data: []byte(data)}})
		if err != nil {
			lines := strings.Count(data, "\n") + 1
			for _, p := range err.(Problems) {
				if p.Message == "" || p.Line < 0 || p.Line > lines {
					t.Errorf("problem %+v of a file of %d lines", p, lines)
				}
			}
			return
		}
		for _, r := range book.Releases() {
			n := 0
			var walk func(es []Entry, parent Code)
			walk = func(es []Entry, parent Code) {
				for _, e := range es {
					n++
					if e.Parent != parent || !strings.HasPrefix(string(e.Code), string(parent)) {
						t.Errorf("%s stands below %q and says %q", e.Code, parent, e.Parent)
					}
					if _, err := book.Lookup(r.System, e.Code, Date{}); err != nil {
						t.Error(err)
					}
					walk(book.Children(r.System, e.Code, Date{}), e.Code)
				}
			}
			walk(book.Top(r.System, nil, Date{}), "")
			if n != r.Codes {
				t.Errorf("%s: %d codes by walking, %d in the release", r.System, n, r.Codes)
			}
		}
	})
}

// What a note names can always be printed and asked.
func FuzzReferences(f *testing.F) {
	f.Add("x (E08-E13 with .22)", "E1122")
	f.Add("x (T36-T50 with fifth or sixth character 1-4)", "T451X5A")
	f.Add("[I60.-. I61.-, I62.-]", "I60")
	f.Fuzz(func(t *testing.T, text, code string) {
		for _, r := range References(text) {
			if r.First > r.Last || r.String() == "" {
				t.Errorf("References(%q) has %+v", text, r)
			}
			r.Contains(Code(code))
			if r.Suffix == "" && r.At == "" && !r.Contains(r.First) {
				t.Errorf("%s does not contain its first code", r)
			}
		}
	})
}

// A search answers within its limit, never twice the same code, and only with codes that exist.
func FuzzSearch(f *testing.F) {
	book := mini(f)
	for _, s := range []string{"diabetes kidney", "E11.2", "htn", "broken wrist", "hypertenzion", "E11.22 E10", "é", "..", "a b c d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		hits := book.Search(q, SearchOptions{Limit: 7})
		seen := map[Ref]bool{}
		for _, h := range hits {
			if seen[h.Ref] {
				t.Errorf("Search(%q) has %s twice", q, h.Code)
			}
			seen[h.Ref] = true
			if _, err := book.Lookup(h.System, h.Code, Date{}); err != nil {
				t.Error(err)
			}
		}
		if len(hits) > 7 {
			t.Errorf("Search(%q) gave %d hits for a limit of 7", q, len(hits))
		}
	})
}
