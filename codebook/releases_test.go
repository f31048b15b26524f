package codebook

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// releaseFile opens a file of the folder of official files that CROSSWALK_RELEASES names, found by a pattern of its path.
func releaseFile(t *testing.T, pattern string) io.Reader {
	t.Helper()
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" {
		t.Skip("CROSSWALK_RELEASES names no folder of official release files")
	}
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) == 0 {
		t.Skipf("no %s under CROSSWALK_RELEASES", pattern)
	}
	f, err := os.Open(paths[len(paths)-1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(f.Name(), ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// plainTitle is a title without the differences that say nothing: case, accents, stray blanks.
func plainTitle(s string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(s) {
		if f, ok := folds[r]; ok {
			out.WriteString(f)
		} else if r != ' ' {
			out.WriteRune(r)
		}
	}
	return out.String()
}

type officialCode struct {
	billable bool
	title    string
}

func orderFile(t *testing.T, pattern string) map[Code]officialCode {
	out := map[Code]officialCode{}
	lines := bufio.NewScanner(releaseFile(t, pattern))
	for lines.Scan() {
		if l := strings.TrimRight(lines.Text(), "\r"); len(l) > 77 {
			out[Code(strings.TrimSpace(l[6:13]))] = officialCode{l[14] == '1', strings.TrimSpace(l[77:])}
		}
	}
	if err := lines.Err(); err != nil || len(out) < 70_000 {
		t.Fatalf("%s: %d codes, %v", pattern, len(out), err)
	}
	return out
}

func compareWith(t *testing.T, sys System, official map[Code]officialCode) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	r, _ := book.pick(sys, Date{})
	for _, w := range r.rows {
		c := unpack(w.key)
		o, ok := official[c]
		switch {
		case !ok:
			t.Errorf("%s %s is no official code", c.Dotted(sys), w.title)
		case o.billable != w.billable:
			t.Errorf("%s: billable %v, officially %v", c.Dotted(sys), w.billable, o.billable)
		case plainTitle(o.title) != plainTitle(w.title):
			t.Errorf("%s is titled %q, officially %q", c.Dotted(sys), w.title, o.title)
		}
	}
}

func TestStarterICD10CMIsOfficial(t *testing.T) {
	compareWith(t, ICD10CM, orderFile(t, "icd10cm/icd10cm-order-2026.txt*"))
}

func TestStarterICD10PCSIsOfficial(t *testing.T) {
	compareWith(t, ICD10PCS, orderFile(t, "icd10pcs/icd10pcs_order_2026.txt*"))
}

func TestStarterHCPCSIsOfficial(t *testing.T) {
	rows, err := csv.NewReader(releaseFile(t, "hcpcs/hcpcs_level2_2025_oct.csv*")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	official := map[Code]officialCode{}
	for _, r := range rows[1:] {
		official[Code(r[0])] = officialCode{true, r[2]}
	}
	compareWith(t, HCPCS, official)
}

func TestStarterPOAIsOfficial(t *testing.T) {
	exempt := map[Code]bool{}
	lines := bufio.NewScanner(releaseFile(t, "icd10cm/POAexemptCodesFY26.txt*"))
	for lines.Scan() {
		if p := strings.Split(lines.Text(), "\t"); len(p) > 2 {
			exempt[undot(strings.TrimSpace(p[1]))] = true
		}
	}
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	r, _ := book.pick(ICD10CM, Date{})
	for _, w := range r.rows {
		if c := unpack(w.key); w.billable && r.facts[w.facts].POAExempt != exempt[c] {
			t.Errorf("%s: exempt from POA %v, officially %v", c.Dotted(ICD10CM), r.facts[w.facts].POAExempt, exempt[c])
		}
	}
}

// The heading of each level of the Guidelines, outermost first: Section I., A., 1., a., 1), (a), (i).
var headings = []*regexp.Regexp{
	regexp.MustCompile(`^Section (I|II|III|IV)\. `),
	regexp.MustCompile(`^([A-Z])\.\s+\S`),
	regexp.MustCompile(`^([0-9]{1,2})\.\s+\S`),
	regexp.MustCompile(`^([a-z])\.\s+\S`),
	regexp.MustCompile(`^([0-9]{1,2})\)\s+\S`),
	regexp.MustCompile(`^\(([a-z])\)\s+\S`),
	regexp.MustCompile(`^\((i|ii|iii|iv|v|vi|vii)\)\s*\S`),
}

// officialNumbers are the numbers of all headings of the Guidelines' text. A heading counts only when it is the next of its level, so that
// lists inside the text are not taken for headings.
func officialNumbers(t *testing.T) map[string]bool {
	out := map[string]bool{}
	at := make([]string, len(headings))
	lines := bufio.NewScanner(releaseFile(t, "icd10cm/*Guidelines*.txt*"))
	romans := []string{"", "i", "ii", "iii", "iv", "v", "vi", "vii"}
	sections := []string{"", "I", "II", "III", "IV"}
	follows := func(level int, s string) bool {
		was := at[level]
		switch level {
		case 0, 6:
			list := sections
			if level == 6 {
				list = romans
			}
			for i := 1; i < len(list); i++ {
				if list[i] == s {
					return list[i-1] == was
				}
			}
			return false
		case 2, 4:
			n, m := 0, 0
			for _, r := range s {
				n = n*10 + int(r-'0')
			}
			for _, r := range was {
				m = m*10 + int(r-'0')
			}
			return n == m+1
		}
		if was == "" {
			return s == "a" || s == "A"
		}
		return s[0] == was[0]+1
	}
	for lines.Scan() {
		l := strings.TrimSpace(strings.Trim(lines.Text(), "\f"))
		if strings.Contains(l, "....") {
			continue // the table of contents
		}
		if l == "Appendix I" {
			out["App.I"] = true
			break
		}
		for level, re := range headings {
			m := re.FindStringSubmatch(l)
			if m == nil || level > 0 && at[0] == "" {
				continue
			}
			if level == 3 && at[4] != "" && !follows(3, m[1]) && follows(5, m[1]) {
				level = 5 // I.C.19.d.1 has "a." below "1)", where others have "(a)"
			}
			if !follows(level, m[1]) {
				continue
			}
			at[level] = m[1]
			for deeper := level + 1; deeper < len(at); deeper++ {
				at[deeper] = ""
			}
			number := ""
			for _, p := range at {
				if p != "" {
					number += "." + p
				}
			}
			out[number[1:]] = true
			break
		}
	}
	return out
}

func TestStarterGuidelinesAreOfficial(t *testing.T) {
	numbers := officialNumbers(t)
	for _, must := range []string{"I.A.12.a", "I.B.14", "I.C.1.d.1.a.ii", "I.C.4.a.3", "I.C.19.e.5.c", "I.C.21.c.17", "II.H", "IV.P"} {
		if !numbers[must] {
			t.Fatalf("%s is not read from the Guidelines' text: this test reads its headings wrong (%d numbers)", must, len(numbers))
		}
	}
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range book.Guidelines() {
		if g.Set == string(ICD10CM) && !numbers[plainNumber(g.Number)] {
			t.Errorf("guideline %s (%s) is no heading of the Official Guidelines", g.Number, g.Title)
		}
	}
}
