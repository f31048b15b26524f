package release

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"crosswalk/codebook"
)

// bookOnce is a book file of all official releases, in a folder that stays until the tests end.
var bookOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "crosswalk-book")
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "book.cwb"), nil
})

// officialBook is the book file of all official releases, imported by the first test that wants it.
func officialBook(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" {
		t.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	file, err := bookOnce()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil {
		return file
	}
	began := time.Now()
	rep, err := Import(t.Context(), file, []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("import of %d files: %v", len(rep.Files), time.Since(began))
	if len(rep.Warnings) > 0 {
		t.Errorf("totals differ from the published ones: %q", rep.Warnings)
	}
	return file
}

func TestMain(m *testing.M) {
	status := m.Run()
	if file, err := bookOnce(); err == nil {
		_ = os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(status)
}

// The book file answers as the release files do, for every code, and is quick to read and small to keep.
func TestOfficialBookFile(t *testing.T) {
	loaded, _ := official(t)
	file := officialBook(t)
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	book, err := codebook.ReadBook(file)
	if err != nil {
		t.Fatal(err)
	}
	read := time.Since(began)
	merged := codebook.Merge(starter, book)
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	mb := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20
	t.Logf("read in %v, over the starter book in %v, %d MB", read, took, mb)
	if mb > 150 {
		t.Errorf("the book takes %d MB: the server has 200 for everything", mb)
	}
	if book.Edition() != loaded.Edition() {
		t.Errorf("edition %s of the file, %s of the releases", book.Edition(), loaded.Edition())
	}
	for _, r := range loaded.Releases() {
		o := officialFileOf(t, r)
		for _, c := range o {
			want, err := loaded.Lookup(r.System, c, r.ValidFrom)
			if err != nil {
				t.Fatal(err)
			}
			got, err := book.Lookup(r.System, c, r.ValidFrom)
			if err != nil || got.Title != want.Title || got.Billable != want.Billable || !slices.Equal(got.Notes, want.Notes) || got.Facts.Severity != want.Facts.Severity {
				t.Fatalf("%s is %+v, %v; want %+v", c, got, err, want)
			}
		}
	}
	runtime.KeepAlive(merged)
}

// officialFileOf are the codes of an order file, and none of other sets.
func officialFileOf(t *testing.T, r codebook.Release) []codebook.Code {
	t.Helper()
	kind, ok := map[codebook.System]Kind{codebook.ICD10CM: OrderCM, codebook.ICD10PCS: OrderPCS}[r.System]
	if !ok {
		return nil
	}
	var out []codebook.Code
	for _, row := range officialFile[*order](t, kind, r.Edition).list {
		out = append(out, row.code)
	}
	return out
}

func BenchmarkOfficialImport(b *testing.B) {
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" {
		b.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	for b.Loop() {
		if _, err := Import(b.Context(), filepath.Join(b.TempDir(), "book.cwb"), []string{dir}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOfficialRead(b *testing.B) {
	file := officialBook(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codebook.ReadBook(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOfficialLookup(b *testing.B) {
	book, err := codebook.ReadBook(officialBook(b))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []codebook.Ref{{System: codebook.ICD10CM, Code: "E1122"}, {System: codebook.ICD10CM, Code: "S52531A"}, {System: codebook.ICD10PCS, Code: "0FT44ZZ"}, {System: codebook.HCPCS, Code: "J1100"}} {
		b.Run(c.Dotted(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := book.Lookup(c.System, c.Code, codebook.Date{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The 99th percentile over what coders type, letter by letter.
func BenchmarkTypedSearch(b *testing.B) {
	book, err := codebook.ReadBook(officialBook(b))
	if err != nil {
		b.Fatal(err)
	}
	starter, err := codebook.Starter()
	if err != nil {
		b.Fatal(err)
	}
	book = codebook.Merge(starter, book)
	var queries []string
	for _, q := range []string{"diabetes kidney", "fracture radius left", "heart attack", "E11.22", "malignant neoplasm breast", "copd", "hypertension", "99213", "0FT4", "pneumonia", "wheelchair", "total knee replacement"} {
		for n := 2; n <= len(q); n++ {
			queries = append(queries, q[:n])
		}
	}
	for _, set := range []struct {
		name    string
		queries []string
	}{{"typed", queries}, {"typo", []string{"hypertenzion", "diabetis kidney", "fractuer radius", "pnuemonia", "malignent neoplasm"}}} {
		b.Run(set.name, func(b *testing.B) {
			took := make([][]time.Duration, len(set.queries))
			i := 0
			for b.Loop() {
				began := time.Now()
				book.Search(set.queries[i], codebook.SearchOptions{Limit: 20})
				took[i] = append(took[i], time.Since(began))
				i = (i + 1) % len(took)
			}
			var all, medians []time.Duration
			for _, t := range took {
				slices.Sort(t)
				if len(t) > 0 {
					medians = append(medians, t[len(t)/2])
				}
				all = append(all, t...)
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
			// On a machine that does other things too the 99th percentile tells of those; the median of the slowest query does not.
			b.ReportMetric(float64(slices.Max(medians).Microseconds()), "slowest-median-µs")
		})
	}
}
