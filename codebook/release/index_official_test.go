package release

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"crosswalk/codebook"
)

func TestOfficialIndexTotals(t *testing.T) {
	book, _ := official(t)
	for _, c := range []struct {
		kind       Kind
		edition    string
		mains, sub int
	}{
		{IndexFlat, "2025", 8_100, 81_024 - 8_100},
		{IndexCM, "2017", 7_973, 69_226},
		{IndexNeoplasms, "2025", 1, 1_938},
		{IndexDrugs, "2025", 5_177, 2_251},
		{IndexExternal, "2025", 314, 7_750},
		{IndexPCS, "2025", 3_215, 21_269},
	} {
		f := officialFile[*indexFile](t, c.kind, c.edition)
		if n := f.mains(); n != c.mains || f.rows-n != c.sub {
			t.Errorf("%s %s: %d main terms and %d subterms, want %d and %d", c.kind, c.edition, n, f.rows-n, c.mains, c.sub)
		}
		if len(f.skipped) > 0 {
			t.Errorf("%s %s: left out %+v", c.kind, c.edition, f.skipped)
		}
		v, ok := book.IndexOf(indexKinds[c.kind], codebook.Date{})
		if !ok || v.Edition != "2025" || v.MainTerms+v.Subterms != len(f.terms) && c.edition == "2025" {
			t.Errorf("%s: the book answers with %+v, the file has %d terms", c.kind, v, len(f.terms))
		}
	}
	if v, ok := book.IndexOf(codebook.IndexDiseases, codebook.Date{Year: 2018, Month: 1, Day: 1}); !ok || v.Edition != "2017" {
		t.Errorf("in 2018 the index of %q answers", v.Edition)
	}
}

// Every code of the ICD-10-CM indexes of 2025 stands in FY2026; of the PCS Index all but 18, whose codes were deleted.
func TestOfficialIndexCodesResolve(t *testing.T) {
	book, _ := official(t)
	for _, c := range []struct {
		kind        Kind
		codes, lost int
	}{{IndexFlat, 62_721, 0}, {IndexNeoplasms, 9_018, 0}, {IndexDrugs, 40_026, 0}, {IndexExternal, 6_650, 0}, {IndexPCS, 14_711, 18}} {
		f := officialFile[*indexFile](t, c.kind, "2025")
		codes, lost, first := 0, 0, ""
		for _, term := range f.terms {
			for _, code := range term.Codes {
				codes++
				_, err := book.Lookup(code.System, code.Code, codebook.Date{})
				if code.System == codebook.ICD10PCS && code.Incomplete {
					if _, next := book.PCSNext(code.Code, codebook.Date{}); len(next) > 0 {
						err = nil
					}
				}
				if err != nil {
					lost++
					first = cmp.Or(first, code.Text()+" at "+term.Title)
				}
			}
		}
		if codes != c.codes || lost != c.lost {
			t.Errorf("%s: %d codes, %d of them not in FY2026 (%s); want %d and %d", c.kind, codes, lost, first, c.codes, c.lost)
		}
	}
	ckd, ok := book.IndexFind(codebook.IndexDiseases, "Diabetes, type 2, with, chronic kidney disease", codebook.Date{})
	if !ok || len(ckd.Codes) != 1 || ckd.Codes[0].Text() != "E11.22" {
		t.Fatalf("diabetes with chronic kidney disease: %+v", ckd)
	}
	if !slices.ContainsFunc(book.IndexTo(codebook.ICD10CM, "E1122", codebook.Date{}), func(t codebook.IndexTerm) bool { return t.ID == ckd.ID }) {
		t.Error("no way back from E11.22")
	}
}

// Cross-references lead to a term or a table, but for those that say "condition" and the like.
func TestOfficialIndexReferences(t *testing.T) {
	book, _ := official(t)
	for _, kind := range codebook.IndexKinds {
		total, found := 0, 0
		var lost []string
		for _, l := range book.IndexLetters(kind, codebook.Date{}) {
			for _, m := range book.IndexMain(kind, l.Letter, codebook.Date{}) {
				for _, term := range append(book.IndexBelow(m.ID, 100), m) {
					for _, r := range term.Refs {
						if r.Kind != codebook.RefSee && r.Kind != codebook.RefSeeAlso || r.Text == "condition" {
							continue
						}
						total++
						if r.Target != "" || r.Table != "" {
							found++
						} else {
							lost = append(lost, r.Text)
						}
					}
				}
			}
		}
		if total == 0 || 100*found < 95*total {
			t.Errorf("%s: %d of %d references lead somewhere; not %.20q", kind, found, total, lost)
		}
		t.Logf("%s: %d of %d references lead somewhere", kind, found, total)
	}
}

// What coders look up in the index, with the code that must stand among the first five.
func TestOfficialSearchByIndexTerms(t *testing.T) {
	book, _ := official(t)
	pcs := []codebook.System{codebook.ICD10PCS}
	for _, c := range []struct {
		q    string
		want codebook.Code
		opt  codebook.SearchOptions
	}{
		{"heart attack", "I219", codebook.SearchOptions{}},
		{"attack, heart", "I219", codebook.SearchOptions{}},
		{"attack heart", "I219", codebook.SearchOptions{BillableOnly: true}},
		{"water on the brain", "G919", codebook.SearchOptions{}},
		{"ibuprofen adverse effect", "T39315", codebook.SearchOptions{}},
		{"hysterectomy", "0UT90ZZ", codebook.SearchOptions{Systems: pcs}},
		{"appendectomy", "0DTJ0ZZ", codebook.SearchOptions{Systems: pcs}},
		{"gallstone", "K8020", codebook.SearchOptions{}},
		{"tennis elbow", "M771", codebook.SearchOptions{}},
		{"housemaid's knee", "M704", codebook.SearchOptions{}},
		{"lockjaw", "A35", codebook.SearchOptions{}},
		{"dropsy", "R609", codebook.SearchOptions{}},
		{"benign neoplasm of the uvula", "D1039", codebook.SearchOptions{}},
	} {
		hits := book.Search(c.q, c.opt)
		hits = hits[:min(5, len(hits))]
		if !slices.ContainsFunc(hits, func(h codebook.Hit) bool { return h.Code == c.want }) {
			s := ""
			for _, h := range hits {
				s += fmt.Sprintf("\n    %s %s (%s)", h.Dotted(), h.Title, h.Match)
			}
			t.Errorf("%q: %s is not among the first five:%s", c.q, c.want, s)
		}
	}
}

func TestOfficialIndexStored(t *testing.T) {
	book, _ := official(t)
	raw := book.Index().AppendBinary(nil)
	ix, err := codebook.ReadIndex(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, ix.AppendBinary(nil)) {
		t.Error("stored and read, it differs")
	}
	if limit := 24 << 20; len(raw) > limit {
		t.Errorf("the indexes take %d bytes, want at most %d", len(raw), limit)
	}
}

// Searches as people type them, over all official files, with and without the indexes.
func BenchmarkOfficialSearch(b *testing.B) {
	if os.Getenv("CROSSWALK_RELEASES") == "" {
		b.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	l := officialOnce()
	if l.err != nil {
		b.Fatal(l.err)
	}
	queries := []string{
		"heart attack", "attack heart", "fracture radius", "diabetes", "kidney disease chronic", "pneumonia", "hypertension heart", "per", "con", "pro dis", "fall ladder",
		"unspecified", "poisoning accidental", "penicillin adverse effect", "breast cancer", "malignant neoplasm lung", "pain back", "syndrome", "open wound hand right",
		"pregnancy complicated by diabetes", "hysterectomy", "appendectomy laparoscopic", "bypass coronary", "excision skin", "chr", "e11", "inj mus", "anomaly congenital heart",
		"wrist drop", "disorder of the", "complication postprocedural", "drug abuse", "osteo", "gastro", "sprain ankle", "burn hand", "leuk", "cell",
	}
	for name, book := range map[string]*codebook.Book{"with indexes": l.book, "titles only": l.book.WithIndex(nil)} {
		b.Run(name, func(b *testing.B) {
			var times []time.Duration
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				book.Search(queries[i%len(queries)], codebook.SearchOptions{Limit: 12})
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
		})
	}
}

func BenchmarkReadIndex(b *testing.B) {
	if os.Getenv("CROSSWALK_RELEASES") == "" {
		b.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	raw := officialOnce().book.Index().AppendBinary(nil)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codebook.ReadIndex(raw); err != nil {
			b.Fatal(err)
		}
	}
}
