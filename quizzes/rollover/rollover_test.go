package rollover_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"
	"crosswalk/lessons"
	"crosswalk/quizzes"
	"crosswalk/quizzes/rollover"
)

// twoYears is a book with two invented releases of ICD-10-CM and of HCPCS Level II.
func twoYears(t *testing.T) *codebook.Book {
	t.Helper()
	b := codebook.NewBuilder()
	add := func(sys codebook.System, edition string, year int, lines string) {
		rb := b.Release(codebook.Release{System: sys, Edition: edition, ValidFrom: codebook.Date{Year: year, Month: 10, Day: 1}})
		for l := range strings.Lines(lines) {
			code, title, _ := strings.Cut(strings.TrimSpace(l), " ")
			if code == "" {
				continue
			}
			billable := !strings.HasSuffix(code, "-")
			c, err := codebook.ParseCode(sys, strings.TrimSuffix(code, "-"))
			if err != nil {
				t.Fatal(err)
			}
			rb.Code(c, title, billable, codebook.Facts{})
		}
	}
	add(codebook.ICD10CM, "2026", 2025, `
		A10- Ague
		A10.1 Tertian ague
		A10.3 Ague of the hills
		A10.4 Ague of the marshes
		A10.9 Ague, unspecified
		B20 Botch
		B21- Blain
		B21.1 Blain of the heel
		B21.2 Blain of the hand
		B21.3 Blain of the toe
		B21.5 Blain of the shin
		C30 Canker of the old name
		D40 Dropsy`)
	add(codebook.ICD10CM, "2027", 2026, `
		A10- Ague
		A10.1 Tertian ague
		A10.2 Quartan ague
		A10.3 Ague of the hills
		A10.4 Ague of the marshes
		A10.9 Ague, unspecified
		B20- Botch
		B20.0 Botch, mild
		B20.1 Botch, severe
		B20.9 Botch, unspecified
		B21- Blain
		B21.2 Blain of the hand
		B21.3 Blain of the toe
		B21.5 Blain of the shin
		B21.4 Blain of the whole heel
		C30 Canker of the new name`)
	add(codebook.HCPCS, "2025-10", 2025, "J0001 Elixir, 1 mg\nJ0003 Potion, 1 mg")
	add(codebook.HCPCS, "2026-10", 2026, "J0002 Elixir, 1 mg\nJ0003 Potion, 1 mg")
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func sample(t *testing.T, book *codebook.Book) rollover.Input {
	t.Helper()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	cat, _ := lessons.Load(fstest.MapFS{
		"content/m/module.yaml": file("title: M\nsummary: S\norder: 1\n"),
		"content/m/01-a.md": file("---\nid: ague\ntitle: On ague\nsummary: S\nobjectives: [O]\nareas: [icd10cm]\nminutes: 5\ncode_year: 2026\nreviewed: 2026-01-01\nsources: [S]\n---\n\n" +
			"[[icd10cm:A10.9]] now has a neighbour, and [[icd10cm:C30]] was called Canker of the old name.\n\nNothing of 2025 or FY 2026 is a code; B20 stands once, B20.\n"),
		"glossary/a.md": file("## dropsy {area=terminology}\n\nSwelling, [[icd10cm:D40]].\n\n## other {area=terminology}\n\nNo code.\n"),
	}, book)
	bank, _ := quizzes.Load(fstest.MapFS{
		"bank/hcpcs/a.md":   file("---\narea: hcpcs\ncode_year: 2026\n---\n\n## hcpcs-elixir {kind=codes difficulty=1 cites=\"S\"}\n\nWhich?\n\n= hcpcs: J0001\n\n> Why.\n"),
		"bank/icd10cm/a.md": file("---\narea: icd10cm\ncode_year: 2026\n---\n\n## cm-blain {difficulty=1 cites=\"S\"}\n\nWhich of b20 and so on?\n\n- [x] B21.1\n  > It is.\n- [ ] B21.2\n  > Not.\n\n> Why.\n"),
	}, cat.Renderer(), book)
	return rollover.Input{Lessons: cat, Bank: bank, Book: book}
}

// TestReport is the whole report on a small tree.
func TestReport(t *testing.T) {
	r, err := rollover.Make(sample(t, twoYears(t)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "testdata/report.json", string(got)+"\n")
}

// TestDrills: the drill passes check with both releases, asks of each kind of change, and is the same by the same seed.
func TestDrills(t *testing.T) {
	book := twoYears(t)
	drills, err := rollover.Drills(book, rollover.Newest(book), rollover.DrillOptions{Seed: 7})
	if err != nil || len(drills) != 1 {
		t.Fatalf("%d drills, %v", len(drills), err) // two codes of HCPCS are too few for four options
	}
	d := drills[0]
	testkit.Golden(t, "testdata/drill.md", d.Text)
	bank, problems := quizzes.Load(fstest.MapFS{d.Path: &fstest.MapFile{Data: []byte(d.Text)}}, sample(t, book).Lessons.Renderer(), book)
	for _, p := range append(problems, bank.Check(book)...) {
		if p.Rule != "alike" {
			t.Error(p)
		}
	}
	if n := len(bank.Questions()); n != d.Questions || n < 3 {
		t.Errorf("%d questions read, %d told", n, d.Questions)
	}
	again, err := rollover.Drills(book, rollover.Newest(book), rollover.DrillOptions{Seed: 7, Most: 2})
	if err != nil || again[0].Questions != 2 || !strings.HasPrefix(d.Text, again[0].Text) {
		t.Errorf("a shorter drill is no beginning of the longer: %v\n%s", err, again[0].Text)
	}
}

// TestNewest: sets with one full release have nothing to be compared, and unknown editions are said to be so.
func TestNewest(t *testing.T) {
	book := twoYears(t)
	if got := rollover.Newest(book); len(got) != 2 || got[0] != (rollover.Pair{System: codebook.ICD10CM, Older: "2026", Newer: "2027"}) {
		t.Errorf("%v", got)
	}
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	if got := rollover.Newest(starter); got != nil {
		t.Errorf("the starter book alone: %v", got)
	}
	in := sample(t, book)
	in.Pairs = []rollover.Pair{{System: codebook.ICD10CM, Older: "1999", Newer: "2027"}}
	if _, err := rollover.Make(in); !errors.Is(err, codebook.ErrNoRelease) {
		t.Errorf("an edition that is not loaded: %v", err)
	}
	if _, err := rollover.Drills(book, in.Pairs, rollover.DrillOptions{}); !errors.Is(err, codebook.ErrNoRelease) {
		t.Errorf("a drill of it: %v", err)
	}
}
