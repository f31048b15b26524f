package interchange

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crosswalk/internal/testkit"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// packFolder makes a package of a folder of testdata.
func packFolder(t testing.TB, dir string) []byte {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n)))
		if err != nil {
			t.Fatal(err)
		}
		files[n] = string(b)
	}
	var b bytes.Buffer
	if err := writePackage(&b, names, files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// samples are files of each dialect as other programs write them.
var samples = map[string]Format{"sample.gift": GIFT, "sample-moodle.xml": Moodle, "sample-aiken.txt": Aiken, "sample.csv": CSV, "qti21": QTI21, "qti22": QTI22, "qti30": QTI30, "canvas": Canvas}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	file := filepath.Join("testdata", name)
	if filepath.Ext(name) == "" {
		return packFolder(t, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func importBytes(b []byte, o ImportOptions) (Imported, error) {
	return Import(bytes.NewReader(b), int64(len(b)), o)
}

// TestGolden reads a sample of each dialect: the report, and the questions that come of it.
func TestGolden(t *testing.T) {
	for name, format := range samples {
		t.Run(name, func(t *testing.T) {
			file := name
			if filepath.Ext(name) == "" {
				file += ".zip"
			}
			in, err := importBytes(sample(t, name), ImportOptions{Name: file, Area: "icd10cm", CodeYear: 2026})
			if err != nil {
				t.Fatal(err)
			}
			if in.Report.Format != format {
				t.Errorf("taken for %s, want %s", in.Report.Format, format)
			}
			got := in.Report.Text()
			for _, f := range in.Files {
				got += "\n" + strings.Repeat("=", 20) + " " + f.Path + "\n" + string(f.Text)
				if _, problems := quizzes.ParseQuestions(f.Text, f.Path, renderer); len(problems) > 0 {
					t.Errorf("what was read does not load: %v", problems)
				}
			}
			testkit.Golden(t, filepath.Join("testdata", name+".golden"), got)
		})
	}
}

// TestShippedGoOut puts every question that ships into every format and reads it again.
func TestShippedGoOut(t *testing.T) {
	bank, _ := quizzes.Load(quizzes.Content, markdown.New(nil, nil), nil)
	qs := bank.Questions()
	if testing.Short() || testkit.Race { // each in turn takes half a minute on a busy machine
		qs = slices.DeleteFunc(slices.Clone(qs), func(q *quizzes.Question) bool { return len(q.ID)%10 != 0 })
	}
	for _, f := range Formats() {
		var b bytes.Buffer
		r, err := Export(&b, f, qs, ExportOptions{Case: bank.Case})
		if err != nil {
			t.Fatal(err)
		}
		in, err := importBytes(b.Bytes(), ImportOptions{Name: "out" + f.Ext(), Area: "icd10cm", CodeYear: 2026})
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if out, back := r.Kept+r.Changed, in.Report.Kept+in.Report.Changed; out != back || in.Report.Changed > 0 && f != Aiken {
			i := slices.IndexFunc(in.Report.Items, func(l Line) bool { return l.Outcome != IsKept })
			t.Errorf("%s: %d questions went out, %d came back, %d of them changed: %+v", f, out, back, in.Report.Changed, in.Report.Items[max(i, 0)])
		}
		t.Logf("%s: %d kept, %d changed, %d dropped, %d kB", f, r.Kept, r.Changed, r.Dropped, b.Len()>>10)
	}
}

// TestExportNotes shows what is said of questions that lose something.
func TestExportNotes(t *testing.T) {
	src := `---
area: icd10cm
code_year: 2026
---

## icd10cm-a {kind=codes difficulty=2 cites="I.A.15" trial=true}

Report [[icd10cm:E11.22]] with its stage.

= icd10cm: E11.22, N18.32

> TO WRITE: why.

## icd10cm-b {difficulty=1 cites="Imported from x.gift" group=nowhere}

About a chart.

- [x] yes
  > TO WRITE: why this option is right.
- [ ] no
  > Not so.

> Done.
`
	qs, problems := quizzes.ParseQuestions([]byte(src), "quizzes/bank/icd10cm/x.md", renderer)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var b bytes.Buffer
	r, err := Export(&b, GIFT, qs, ExportOptions{Name: "x.gift"})
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "testdata/export.golden", r.Text()+"\n"+b.String())
}

// zipOf packs entries as they are given, with the names as they are.
func zipOf(t testing.TB, change func(*zip.FileHeader), entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(entries); i += 2 {
		h := &zip.FileHeader{Name: entries[i], Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(entries[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sampleFile is one file of a sample package.
func sampleFile(t testing.TB, name, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
