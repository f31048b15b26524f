package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook/bookfile"
)

// sampleReleases are small files in the official layouts.
const sampleReleases = "../../codebook/release/testdata/sample"

func TestCodesImport(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "data")
	o := try(t, "", "codes", "import", sampleReleases, "-data", data)
	if o.status != statusOK || !strings.Contains(o.err, "reading 1 of ") || !strings.Contains(o.out, "book.cwb is written") ||
		!strings.Contains(o.out, "warning: ") || !strings.Contains(o.out, "skipped: ") {
		t.Fatalf("import: %+v", o)
	}
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK || !strings.Contains(o.out, "has all of this already") {
		t.Errorf("import again: %+v", o)
	}
	var rep importJSON
	o = try(t, "", "codes", "import", "-json", "-data", data, sampleReleases+"/inpatient")
	if err := json.Unmarshal([]byte(o.out), &rep); err != nil || len(rep.Files) == 0 || rep.Kept == 0 || len(rep.Releases) != 5 {
		t.Errorf("import as JSON: %v, %+v", err, o)
	}
	if o := try(t, "", "codes", "lookup", "E11.22", "-data", data); o.status != statusOK || !strings.Contains(o.out, "release 2026") || !strings.Contains(o.out, "a term listed at a section") {
		t.Errorf("lookup: %+v", o)
	}
	if o := try(t, "", "codes", "releases", "-data", data); o.status != statusOK || strings.Count(o.out, "official") != 5 {
		t.Errorf("releases: %+v", o)
	}
	if o := try(t, "", "check", "-data", data, "-releases", ""); !strings.Contains(o.out, "checked against the imported book") {
		t.Errorf("check: %+v", o)
	}
	if o := try(t, "", "codes", "import", "-data", data); o.status != statusOK || !strings.Contains(o.out, "has all of this already") {
		t.Errorf("rebuild: %+v", o)
	}
}

func TestCodesImportRefuses(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if o := try(t, "", "codes", "import", "-data", data); o.status != statusUsage || !strings.Contains(o.err, "name the release files") {
		t.Errorf("nothing to rebuild: %+v", o)
	}
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	before, err := os.ReadFile(bookPath(data))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "icd10cm-order-2027.txt")
	if err := os.WriteFile(broken, []byte("00001 A00     0 Cholera"+strings.Repeat(" ", 54)+"Cholera\r\n00003 A000    1"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		broken:                        broken + ":2: ",
		sampleReleases + "/README.md": "not a release file",
		filepath.Join(dir, "none"):    "no such file",
	} {
		o := try(t, "", "codes", "import", "-data", data, path)
		if o.status != statusUsage || !strings.Contains(o.err, want) || !strings.Contains(o.err, "is as it was") {
			t.Errorf("%s: %+v, want %q", path, o, want)
		}
	}
	if after, err := os.ReadFile(bookPath(data)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the book changed: %v", err)
	}
	if err := os.WriteFile(bookPath(data), before[:len(before)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"codes", "lookup", "I10"}, {"check", "-releases", ""}, {"serve", "-addr", "127.0.0.1:0"}, {"codes", "import", sampleReleases}} {
		if o := try(t, "", append(args, "-data", data)...); o.status == statusOK || !strings.Contains(o.err, "damaged") || !strings.Contains(o.err, "import") {
			t.Errorf("%v with half a book: %+v", args, o)
		}
	}
}

func TestCodesDiff(t *testing.T) {
	data := t.TempDir()
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	o := try(t, "", "codes", "diff", "icd10cm", "2025", "2026", "-data", data)
	if o.status != statusOK || !strings.Contains(o.out, "added (") {
		t.Errorf("diff: %+v", o)
	}
	var d diffJSON
	o = try(t, "", "codes", "diff", "-json", "icd10cm", "2025", "2026", "-data", data)
	if err := json.Unmarshal([]byte(o.out), &d); err != nil || d.Set != "icd10cm" || len(d.Changes) == 0 || d.Changes[0].Change == "" {
		t.Errorf("diff as JSON: %v, %+v", err, o)
	}
	for _, args := range [][]string{{"icd10cm", "2024", "2026"}, {"icd9", "2025", "2026"}, {"icd10cm", "2025"}} {
		if o := try(t, "", append([]string{"codes", "diff", "-data", data}, args...)...); o.status != statusUsage || o.err == "" {
			t.Errorf("diff %v: %+v", args, o)
		}
	}
}

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1200 { // a minute, for a busy machine
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it never happens: " + what)
}

// A running server takes a new book without a restart, and keeps the one it has when the new one is damaged.
func TestServerTakesNewBook(t *testing.T) {
	watchEvery = 50 * time.Millisecond
	data := t.TempDir()
	a := start(t, "-data", data)
	shows := func(code, text string) bool {
		status, body := a.get(t, "/codebook/icd10cm/"+code)
		return status == 200 && strings.Contains(body, text)
	}
	if shows("E11.22", "a term listed at a section") {
		t.Fatal("the starter book has the note that the sample is to bring")
	}
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	eventually(t, "the server shows the imported note", func() bool { return shows("E11.22", "a term listed at a section") })
	if err := os.WriteFile(bookPath(data), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log tells of the damaged book", func() bool { return strings.Contains(a.errs.String(), "the one in use stays") })
	if !shows("E11.22", "a term listed at a section") {
		t.Error("the book in use is gone")
	}
	if err := os.Remove(bookPath(data)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log tells that the book is gone", func() bool { return strings.Contains(a.errs.String(), "the book file is gone") })
	if !shows("E11.22", "a term listed at a section") {
		t.Error("the book in use is gone with its file")
	}
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases+"/inpatient"); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	eventually(t, "the server shows the smaller book", func() bool { return !shows("E11.22", "a term listed at a section") })
}

// A book that another version wrote is made anew at the start of the server; the other commands say how to.
func TestServerRebuildsBook(t *testing.T) {
	data := t.TempDir()
	if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	f, err := bookfile.Open(bookPath(data))
	if err != nil {
		t.Fatal(err)
	}
	var sections []bookfile.Section
	for _, n := range f.Names() {
		b, err := f.Read(n)
		if err != nil {
			t.Fatal(err)
		}
		if n == "book" {
			b[8+binary.LittleEndian.Uint64(b)]++ // the fingerprint behind the texts
		}
		sections = append(sections, bookfile.Section{Name: n, Data: b})
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := bookfile.Write(bookPath(data), sections, nil); err != nil {
		t.Fatal(err)
	}
	if o := try(t, "", "codes", "lookup", "E11.22", "-data", data); o.status != statusNo || !strings.Contains(o.err, "crosswalk codes import") {
		t.Errorf("lookup in a book of another version: %+v", o)
	}
	a := start(t, "-data", data)
	if status, body := a.get(t, "/codebook/icd10cm/E11.22"); status != 200 || !strings.Contains(body, "a term listed at a section") {
		t.Errorf("the page of E11.22: %d", status)
	}
	if !strings.Contains(a.errs.String(), "made anew") {
		t.Errorf("the log does not tell:\n%s", a.errs)
	}
	if o := try(t, "", "codes", "lookup", "E11.22", "-data", data); o.status != statusOK {
		t.Errorf("lookup afterwards: %+v", o)
	}
}
