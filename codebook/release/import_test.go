package release

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"crosswalk/codebook"
	"crosswalk/codebook/bookfile"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const sampleDir = "testdata/sample"

// imported imports paths into the book file and reads it back.
func imported(t *testing.T, file string, paths ...string) (*codebook.Book, Report) {
	t.Helper()
	rep, err := Import(t.Context(), file, paths, Options{})
	if err != nil {
		t.Fatalf("%v\n%v", err, rep)
	}
	book, err := codebook.ReadBook(file)
	if err != nil {
		t.Fatal(err)
	}
	return book, rep
}

func TestImport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.cwb")
	var seen []string
	rep, err := Import(t.Context(), file, []string{sampleDir}, Options{Progress: func(p Progress) {
		seen = append(seen, p.Path)
		if p.File != len(seen) || p.Of < p.File {
			t.Errorf("progress %+v at file %d", p, len(seen))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 10 || rep.Unchanged || len(rep.Kept) > 0 {
		t.Errorf("%d files were reported, unchanged %v, kept %v", len(seen), rep.Unchanged, rep.Kept)
	}
	book, err := codebook.ReadBook(file)
	if err != nil {
		t.Fatal(err)
	}
	loaded, _ := loadSample(t)
	everything := cmp.Options{cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(sync.Pool{})}
	if diff := cmp.Diff(loaded, book, everything); diff != "" {
		t.Errorf("the book, whole (-loaded +imported):\n%.4000s", diff)
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	again, rep := imported(t, file, sampleDir)
	after, err := os.Stat(file)
	if err != nil || !rep.Unchanged || again.Edition() != book.Edition() || !os.SameFile(before, after) {
		t.Errorf("the second import changes the file: unchanged %v, editions %s and %s, %v", rep.Unchanged, book.Edition(), again.Edition(), err)
	}
	if rebuilt, rep := imported(t, file); rebuilt.Edition() != book.Edition() || len(rep.Files) > 0 || len(rep.Kept) == 0 {
		t.Errorf("rebuilt from what it keeps: edition %s, want %s\n%v", rebuilt.Edition(), book.Edition(), rep)
	}
}

// Files that come one by one, in whatever order, make the book that they make together.
func TestImportOneByOne(t *testing.T) {
	loaded, rep := loadSample(t)
	var files []string
	for _, f := range rep.Files {
		if f.Loaded {
			files = append(files, filepath.Join(sampleDir, f.Path))
		}
	}
	first := slices.IndexFunc(files, func(f string) bool { return strings.Contains(f, "icd10cm-order-2026") })
	files[0], files[first] = files[first], files[0]
	file := filepath.Join(t.TempDir(), "book.cwb")
	last := 0
	// What says something about codes of another file finds nothing to say before that is there, so it comes once more.
	for range 2 {
		for _, f := range files {
			book, _ := imported(t, file, f)
			if n := len(book.Releases()); n < last {
				t.Fatalf("%s takes releases away: %d of %d are left", f, n, last)
			} else {
				last = n
			}
		}
	}
	book, _ := imported(t, file)
	for _, c := range []codebook.Code{"E1122", "N40", "S060X1", "E089", "S610"} {
		want, err := loaded.Lookup(codebook.ICD10CM, c, codebook.Date{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := book.Lookup(codebook.ICD10CM, c, codebook.Date{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s, %v (-together +one by one):\n%s", c, err, diff)
		}
	}
	if len(book.Releases()) != len(loaded.Releases()) || !book.HasNCCI() {
		t.Errorf("releases %v, want %v", book.Releases(), loaded.Releases())
	}
}

// A file of a kind and edition that the book has replaces the one it keeps, and nothing else.
func TestImportReplaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "book.cwb")
	imported(t, file, sampleDir)
	order, err := os.ReadFile(sampleDir + "/diagnoses/icd10cm-order-2026.txt")
	if err != nil {
		t.Fatal(err)
	}
	mended := filepath.Join(dir, "icd10cm-order-2026-mended.txt")
	if err := os.WriteFile(mended, bytes.Replace(order, []byte("Type 2 diabetes mellitus without complications"), []byte("Type 2 diabetes mellitus, mended"), 2), 0o600); err != nil {
		t.Fatal(err)
	}
	book, rep := imported(t, file, mended)
	e, err := book.Lookup(codebook.ICD10CM, "E119", codebook.Date{})
	if err != nil || !strings.Contains(e.Title, "mended") || len(e.Notes) == 0 || len(book.Releases()) != 5 {
		t.Errorf("E11.9 is %+v, %v; releases %v", e, err, book.Releases())
	}
	replaced := 0
	for _, f := range rep.Kept {
		if !f.Loaded {
			replaced++
		}
	}
	if replaced != 1 || !strings.Contains(rep.String(), "1 are replaced") {
		t.Errorf("%d files are replaced\n%v", replaced, rep)
	}
}

// zipOf makes an archive of files.
func zipOf(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	dir := t.TempDir()
	order, err := os.ReadFile(sampleDir + "/diagnoses/icd10cm-order-2026.txt")
	if err != nil {
		t.Fatal(err)
	}
	published := filepath.Join(dir, "2026-code-descriptions-tabular-order.zip")
	if err := os.WriteFile(published, zipOf(t, map[string][]byte{
		"Code Descriptions/icd10cm-order-2026.txt": order, "readme.pdf": []byte("%PDF-1.4"), "__MACOSX/._x": []byte("x"), "../outside.txt": []byte("words\n"),
	}), 0o600); err != nil {
		t.Fatal(err)
	}
	book, rep := imported(t, filepath.Join(dir, "book.cwb"), published)
	if n := len(book.Releases()); n != 1 || len(rep.Files) != 3 {
		t.Errorf("%d releases\n%v", n, rep)
	}
	if s := book.Releases()[0].Source; s != "2026-code-descriptions-tabular-order.zip/Code Descriptions/icd10cm-order-2026.txt" {
		t.Errorf("the source is %q", s)
	}
	if book, _ := imported(t, filepath.Join(dir, "book.cwb"), sampleDir+"/inpatient"); len(book.Releases()) != 2 {
		t.Errorf("releases after a second import: %v", book.Releases())
	}
	none := filepath.Join(dir, "none.zip")
	if err := os.WriteFile(none, zipOf(t, map[string][]byte{"readme.txt": []byte("words\n")}), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), filepath.Join(dir, "book.cwb"), []string{none}, Options{}); !errors.Is(err, ErrNotRelease) {
		t.Errorf("an archive without a release file: %v", err)
	}
}

// bomb is an archive whose one file is as many zeroes as given, gzip a packed file of as many.
func bomb(t testing.TB, size int) (archive, packed []byte) {
	t.Helper()
	archive = zipOf(t, map[string][]byte{"hcpcs_2025_oct.csv": append([]byte("code,short_description,long_description,coverage\n"), make([]byte, size)...)})
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(append([]byte("column1,column2,modifier_indicator\n"), bytes.Repeat([]byte("11111,22222,1\n"), size/14)...)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return archive, b.Bytes()
}

// Whatever is wrong with what is imported, the file is named and the old book stays as it was.
func TestOldBookStays(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "book.cwb")
	imported(t, file, sampleDir+"/inpatient")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	order, err := os.ReadFile(sampleDir + "/diagnoses/icd10cm-order-2026.txt")
	if err != nil {
		t.Fatal(err)
	}
	archive := zipOf(t, map[string][]byte{"icd10cm-order-2026.txt": order})
	spoilt := bytes.Clone(archive)
	spoilt[len(spoilt)/2] ^= 1
	zipBomb, gzipBomb := bomb(t, 20<<20)
	locked := bytes.Clone(archive)
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	many := map[string][]byte{}
	for i := range maxMembers + 1 {
		many[fmt.Sprint(i)] = nil
	}
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"order-2026.txt", order[:len(order)-9], ErrDamaged},
		{"order-2026.txt.gz", zipped(t, order)[:200], ErrDamaged},
		{"truncated.zip", archive[:len(archive)-30], ErrDamaged},
		{"spoilt-2026.zip", spoilt, ErrDamaged},
		{"locked.zip", locked, nil},
		{"many.zip", zipOf(t, many), ErrTooLarge},
		{"bomb.zip", zipBomb, ErrTooLarge},
		{"ncci_ptp_2024q3.csv.gz", gzipBomb, ErrTooLarge},
		{"nested-2026.zip", zipOf(t, map[string][]byte{"inner-2026.zip": archive, "order-2026.txt.gz": zipped(t, order)}), ErrNotRelease},
		{"picture.png", []byte("\x89PNG\r\n"), ErrNotRelease},
	} {
		p := filepath.Join(dir, c.name)
		if err := os.WriteFile(p, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Import(t.Context(), file, []string{p}, Options{})
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), p) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Import(ctx, file, []string{sampleDir}, Options{Progress: func(Progress) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	// Another import comes in between, right before this one would rename.
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, before, 0o600); err != nil {
		t.Fatal(err)
	}
	swapped := false
	if _, err := Import(t.Context(), file, []string{sampleDir}, Options{Progress: func(Progress) {
		if !swapped {
			swapped = os.Rename(other, file) == nil
		}
	}}); !errors.Is(err, ErrMeanwhile) || !swapped {
		t.Errorf("another import came in between: %v", err)
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old book changed: %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("files are left over: %v %v", all, err)
	}
}

// A book file that cannot be read is not overwritten: it may hold what a newer program imported.
func TestImportIntoNoBook(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "book.cwb")
	if _, err := Import(t.Context(), file, nil, Options{}); !errors.Is(err, ErrNothingKept) {
		t.Errorf("nothing to rebuild: %v", err)
	}
	if err := os.WriteFile(file, []byte("something else, but long enough for a header"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), file, []string{sampleDir}, Options{}); !errors.Is(err, bookfile.ErrNotBook) || !strings.Contains(err.Error(), file) {
		t.Errorf("no book: %v", err)
	}
	imported(t, filepath.Join(dir, "b"), sampleDir)
	data, err := os.ReadFile(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-20] ^= 1 // in a release file that is kept
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), file, []string{sampleDir}, Options{}); !errors.Is(err, bookfile.ErrDamaged) {
		t.Errorf("a damaged book: %v", err)
	}
	if _, err := codebook.ReadBook(file); err != nil {
		t.Errorf("reading the book looks at files that it keeps: %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	order, err := os.ReadFile(sampleDir + "/diagnoses/icd10cm-order-2026.txt")
	if err != nil {
		f.Fatal(err)
	}
	small := zipOf(f, map[string][]byte{"icd10cm-order-2026.txt": order[:300], "b/readme.txt": []byte("words")})
	f.Add(small)
	f.Add(small[:len(small)-40])
	f.Add([]byte(zipMagic[1]))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, _, err := Load(t.Context(), fstest.MapFS{"a.zip": {Data: data}}, Options{Edition: "2026"})
		if err == nil && len(book.Releases()) == 0 {
			t.Error("a book without a release")
		}
		var path *FileError
		if err != nil && !errors.Is(err, ErrNoCodes) && !errors.As(err, &path) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error names no file: %v", err)
		}
	})
}
