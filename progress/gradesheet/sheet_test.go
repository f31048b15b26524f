package gradesheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/quick"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

func sample() Sheet {
	return Sheet{Name: `Group [1]: "A" & B / Monday mornings`, Rows: [][]Cell{
		{Text("learner"), Text("=HYPERLINK(\"http://x\")"), Text("percent")}, {Text("Ann <b> & \"Co\""), Text("+1"), Number(87.5)}, {Text("Zoë 編碼"), {}, Number(-3)}, {Text(" two\nlines "), Text("@x"), {}},
	}}
}

func TestCSV(t *testing.T) {
	b, err := sample().CSV()
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"learner", "'=HYPERLINK(\"http://x\")", "percent"}, {"Ann <b> & \"Co\"", "'+1", "87.5"}, {"Zoë 編碼", "", "-3"}, {" two\nlines ", "'@x", ""}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Ann": "Ann", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM": "'@SUM", "\t=1": "'\t=1", "\r": "'\r", "\n=1": "'\n=1", "  =1": "'  =1", "＝1": "'＝1", "a=1": "a=1", "'=1": "'=1",
	} {
		if got := Harmless(text); got != want {
			t.Errorf("Harmless(%q) = %q, want %q", text, got, want)
		}
	}
}

// readXLSX is a reader by the standard, which shares nothing with the writer but the standard library: cells by their references.
func readXLSX(b []byte) (name string, cells map[string]string, numbers map[string]bool, err error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", nil, nil, err
	}
	read := func(part string, into any) error {
		f, err := z.Open(part)
		if err != nil {
			return err
		}
		defer f.Close()
		raw, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		return xml.Unmarshal(raw, into)
	}
	type rels struct {
		Relationship []struct{ ID, Type, Target string } `xml:"Relationship"`
	}
	var types struct {
		Override []struct {
			PartName string `xml:"PartName,attr"`
		} `xml:"Override"`
	}
	if err := read("[Content_Types].xml", &types); err != nil {
		return "", nil, nil, err
	}
	for _, o := range types.Override {
		if _, err := z.Open(strings.TrimPrefix(o.PartName, "/")); err != nil {
			return "", nil, nil, err
		}
	}
	var root rels
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
		} `xml:"sheets>sheet"`
	}
	var sheet struct {
		Rows []struct {
			R     int `xml:"r,attr"`
			Cells []struct {
				R string  `xml:"r,attr"`
				T string  `xml:"t,attr"`
				V *string `xml:"v"`
				F *string `xml:"f"`
				I *string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := errors.Join(read("_rels/.rels", &root), read("xl/workbook.xml", &book), read("xl/worksheets/sheet1.xml", &sheet)); err != nil {
		return "", nil, nil, err
	}
	cells, numbers = map[string]string{}, map[string]bool{}
	for _, r := range sheet.Rows {
		for _, c := range r.Cells {
			switch {
			case c.F != nil:
				return "", nil, nil, errors.New("a formula at " + c.R)
			case c.T == "inlineStr" && c.I != nil:
				cells[c.R] = *c.I
			case c.T == "" && c.V != nil:
				cells[c.R], numbers[c.R] = *c.V, true
			default:
				return "", nil, nil, errors.New("no cell of ours at " + c.R)
			}
		}
	}
	return book.Sheets[0].Name, cells, numbers, nil
}

func TestXLSX(t *testing.T) {
	b, err := sample().XLSX()
	if err != nil {
		t.Fatal(err)
	}
	name, cells, numbers, err := readXLSX(b)
	if err != nil {
		t.Fatal(err)
	}
	if want := `Group  1   "A" & B   Monday mor`; name != want {
		t.Errorf("name of the sheet %q, want %q", name, want)
	}
	want := map[string]string{
		"A1": "learner", "B1": "=HYPERLINK(\"http://x\")", "C1": "percent", "A2": "Ann <b> & \"Co\"", "B2": "+1", "C2": "87.5", "A3": "Zoë 編碼", "C3": "-3", "A4": " two\nlines ", "B4": "@x",
	}
	if d := cmp.Diff(want, cells); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]bool{"C2": true, "C3": true}, numbers); d != "" {
		t.Errorf("numbers (-want +got):\n%s", d)
	}
	again, err := sample().XLSX()
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same sheet gives other bytes (%v)", err)
	}
}

// TestXLSXElsewhere has openpyxl read the workbook, where a Python with it is at hand.
func TestXLSXElsewhere(t *testing.T) {
	python := os.Getenv("CROSSWALK_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import openpyxl").Run(); err != nil {
		t.Skip("no Python with openpyxl; CROSSWALK_PYTHON names one")
	}
	b, err := sample().XLSX()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "grades.xlsx")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", `import openpyxl,sys
w=openpyxl.load_workbook(sys.argv[1])
for r in w.active.iter_rows():
    for c in r:
        if c.value is not None: print(c.coordinate,c.data_type,ascii(c.value),c.font.b,sep="|")`, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// openpyxl calls every text that begins with = a formula, whatever the cell says it is.
	for _, line := range []string{`A1|s|'learner'|True`, `A2|s|'Ann <b> & "Co"'|False`, `B2|s|'+1'|False`, `C2|n|87.5|False`, `C3|n|-3|False`, `A3|s|'Zo\xeb \u7de8\u78bc'|False`, `A4|s|' two\nlines '|False`} {
		if !strings.Contains(string(out), line+"\n") {
			t.Errorf("openpyxl does not read %s:\n%s", line, out)
		}
	}
}

// TestXLSXKeepsTexts: whatever text that XML can hold comes back as it was.
func TestXLSXKeepsTexts(t *testing.T) {
	same := func(text string, v float64) bool {
		text = strings.Map(func(r rune) rune {
			if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
				return -1
			}
			return r
		}, text)
		b, err := Sheet{Rows: [][]Cell{{Text(text), Number(v)}}}.XLSX()
		if err != nil {
			return false
		}
		_, cells, _, err := readXLSX(b)
		if err != nil {
			return false
		}
		back, err := strconv.ParseFloat(cells["B1"], 64)
		return err == nil && cells["A1"] == text && back == v
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func TestColumn(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := column(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	info := func(kind progress.AssignmentKind, title string, n int) progress.GradeColumn {
		return progress.GradeColumn{AssignmentInfo: progress.AssignmentInfo{Assignment: progress.Assignment{Kind: kind, Amount: n}, Title: title}}
	}
	s := Of(progress.Gradebook{
		Cohort: progress.Cohort{Name: "Monday"}, Columns: []progress.GradeColumn{info(progress.AssignLesson, "Excludes", 0), info(progress.AssignDrill, "E/M", 5), info(progress.AssignCase, "Fall", 0)},
		Rows: []progress.GradeRow{{
			Learner: progress.Learner{ID: "l1", Name: "=Ann", Email: "ann@example.org"}, Done: 2, Late: 1, Missing: 1, Scored: 1, Average10: 875,
			Works: []progress.Work{{State: progress.WorkDone, DoneAt: &at}, {State: progress.WorkMissing}, {State: progress.WorkLate, DoneAt: &at, Scored: true, Percent10: 875, Audit10: 1000}},
		}},
	}, time.FixedZone("", 3600))
	var got []string
	for _, row := range s.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.plain())
		}
		got = append(got, strings.Join(cells, "|"))
	}
	want := []string{
		"learner|email|Excludes: state|Excludes: done at|E/M (5): state|E/M (5): done at|E/M (5): percent|Fall: state|Fall: done at|Fall: percent|Fall: audit percent|average percent|done|late|missing|id",
		"=Ann|ann@example.org|done|2026-11-21 11:00|missing|||late|2026-11-21 11:00|87.5|100|87.5|2|1|1|l1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
