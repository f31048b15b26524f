package audit_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
	"crosswalk/grading"
	"crosswalk/internal/testkit"
	"crosswalk/lessons"
	"crosswalk/quizzes"
	"crosswalk/quizzes/audit"
)

// shipped are the cases that ship, with the starter book.
func shipped(t testing.TB) ([]*quizzes.Case, *codebook.Book) {
	t.Helper()
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	return casesWith(book), book
}

func casesWith(book *codebook.Book) []*quizzes.Case {
	cat, _ := lessons.Load(lessons.Content, book)
	bank, _ := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	return bank.Cases()
}

// officials are the same cases with the official releases.
func officials(t testing.TB) ([]*quizzes.Case, *codebook.Book) {
	t.Helper()
	if testing.Short() {
		t.Skip("a test of every code")
	}
	book := releasetest.Book(t)
	return casesWith(book), book
}

func withoutDetector(t *testing.T) {
	t.Helper()
	if testkit.Race {
		t.Skip("every drill of every chart, which runs without the race detector")
	}
}

// TestShippedDrills: every shipped case gives drills of several kinds, and each of them is what the package comment promises.
func TestShippedDrills(t *testing.T) {
	withoutDetector(t)
	cases, book := shipped(t)
	eachDrill(t, cases, book)
}

// TestShippedDrillsAgainstReleases is the same with every code there is.
func TestShippedDrillsAgainstReleases(t *testing.T) {
	cases, book := officials(t)
	eachDrill(t, cases, book)
}

func eachDrill(t *testing.T, cases []*quizzes.Case, book *codebook.Book) {
	t.Helper()
	total := map[audit.Kind]int{}
	for _, cs := range cases {
		all, err := audit.All(&cs.Key, book)
		if err != nil {
			t.Errorf("%s: %v", cs.ID, err)
			continue
		}
		kinds := map[audit.Kind]int{}
		claims := map[string]audit.Kind{}
		for _, d := range all {
			kinds[d.Fault.Kind]++
			total[d.Fault.Kind]++
			sound(t, cs, book, d)
			if other, twice := claims[d.Hash()]; twice && other != d.Fault.Kind && !slices.Contains(d.Fault.Also, other) {
				t.Errorf("%s: one claim is a fault of kind %s and of kind %s: %s became %s", cs.ID, other, d.Fault.Kind, d.Fault.Was, d.Fault.Is)
			}
			claims[d.Hash()] = d.Fault.Kind
			if testing.Verbose() {
				t.Logf("%s %-16s %-28s -> %-28s %v", cs.ID, d.Fault.Kind, d.Fault.Was, d.Fault.Is, d.Fault.Findings)
			}
		}
		t.Logf("%s: %d drills of %d kinds", cs.ID, len(claims), len(kinds))
		if len(kinds) < 2 {
			t.Errorf("%s: only the kinds %v", cs.ID, kinds)
		}
	}
	for _, k := range audit.Kinds() {
		if total[k.Kind] == 0 && k.Kind != audit.Qualifier { // TestQualifier has a case of its own: those that ship leave no choice of qualifier
			t.Errorf("no shipped case shows a fault of kind %s", k.Kind)
		}
	}
}

// asLines is the key as an audit asks it.
func asLines(k *grading.Key) *grading.Key {
	out := *k
	out.Ask.DRG, out.Ask.Disposition, out.Ask.EM, out.Ask.Evidence, out.Ask.Query = false, false, false, false, false
	return &out
}

func graded(t testing.TB, k *grading.Key, book *codebook.Book, a grading.Answer) grading.Result {
	t.Helper()
	resp, err := grading.ParseAnswer(k, a)
	if err != nil {
		t.Fatalf("%s: the claim has no form: %v", k.Case, err)
	}
	return grading.Grade(k, resp, book, grading.Learning)
}

// sound checks a drill by the grader alone: under the key and every alternative by itself it is worth less than full credit, and its
// findings are those of its kind.
func sound(t testing.TB, cs *quizzes.Case, book *codebook.Book, d audit.Drill) {
	t.Helper()
	k := asLines(&cs.Key)
	if d.Fault == nil {
		if r := graded(t, k, book, d.Claim); !r.Clean || r.Learning.Percent != 100 {
			t.Errorf("%s seed %d: a claim without fault is graded %v %%, clean %v", cs.ID, d.Seed, r.Learning.Percent, r.Clean)
		}
		return
	}
	name := cs.ID + " " + string(d.Fault.Kind) + " " + d.Fault.Was + " -> " + d.Fault.Is
	for _, v := range k.Versions() {
		if r := graded(t, &v, book, d.Claim); r.Learning.Percent >= 100 || r.Clean {
			t.Errorf("%s: it is right: %v %%, clean %v", name, r.Learning.Percent, r.Clean)
		}
	}
	info, ok := audit.Info(d.Fault.Kind)
	if !ok || !slices.ContainsFunc(audit.Offered(&cs.Key), func(i audit.KindInfo) bool { return i.Kind == d.Fault.Kind }) {
		t.Errorf("%s: the kind is not among those offered", name)
	}
	own := 0
	for _, p := range graded(t, k, book, d.Claim).Parts {
		switch {
		case p.Finding == "":
		case slices.Contains(info.Findings, p.Finding):
			own++
		case p.Finding != grading.DXPDX && p.Finding != grading.LINK: // these may follow from a first line that earns nothing, or from a diagnosis that is none
			t.Errorf("%s: finding %s at %v: %s", name, p.Finding, p.Line, p.Why)
		}
	}
	if own == 0 || len(d.Fault.Findings) == 0 {
		t.Errorf("%s: no finding of the kind", name)
	}
	if len(d.Fault.Lines) == 0 || d.Fault.Was == "" && d.Fault.Is == "" {
		t.Errorf("%s: %+v says not where it is", name, d.Fault)
	}
	// The codes that are there are codes on the date, but where the fault is that one is none.
	for _, dx := range d.Claim.Diagnoses {
		c, _ := codebook.ParseCode(codebook.ICD10CM, dx.Code)
		e, err := book.Lookup(codebook.ICD10CM, c, cs.Key.Date)
		if is := err == nil && e.Billable; is != !(d.Fault.Kind == audit.Seventh && dx.Code == d.Fault.Is) {
			t.Errorf("%s: %s billable: %v", name, dx.Code, is)
		}
	}
}

// TestDraw: many seeds for every case. Each drill is sound, the same seed gives the same bytes, about one in eight has no fault, and
// every kind that a case can show is drawn.
func TestDraw(t *testing.T) {
	withoutDetector(t)
	cases, book := shipped(t)
	seeds := 200
	if testing.Short() {
		seeds = 40
	}
	right, all := 0, 0
	for _, cs := range cases {
		possible := map[audit.Kind]bool{}
		if list, err := audit.All(&cs.Key, book); err == nil {
			for _, d := range list {
				possible[d.Fault.Kind] = true
			}
		}
		for seed := range uint64(seeds) {
			if len(possible) == 0 && seed >= 60 {
				break // every kind has come
			}
			d, err := audit.Draw(&cs.Key, book, seed)
			if err != nil {
				t.Fatalf("%s: %v", cs.ID, err)
			}
			sound(t, cs, book, d)
			again, _ := audit.Draw(&cs.Key, book, seed)
			if a, b := mustJSON(t, d), mustJSON(t, again); a != b {
				t.Fatalf("%s seed %d: %s and then %s", cs.ID, seed, a, b)
			}
			all++
			if d.Fault == nil {
				right++
				continue
			}
			if !audit.Holds(&cs.Key, book, d) {
				t.Errorf("%s seed %d: the drill does not hold under its own key", cs.ID, seed)
			}
			delete(possible, d.Fault.Kind)
		}
		if len(possible) > 0 && !testing.Short() {
			t.Errorf("%s: never drawn: %v", cs.ID, possible)
		}
	}
	if share := float64(right) / float64(all); share < 0.06 || share > 0.2 {
		t.Errorf("%d of %d drills have no fault, which is not about one in eight", right, all)
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestKeyIsLeftAlone: making drills changes nothing of the key.
func TestKeyIsLeftAlone(t *testing.T) {
	cases, book := shipped(t)
	for _, cs := range testkit.Some(10, cases) {
		before := mustJSON(t, cs.Key)
		for seed := range uint64(20) {
			if _, err := audit.Draw(&cs.Key, book, seed); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(before, mustJSON(t, cs.Key)); diff != "" {
			t.Errorf("%s: the key was changed: %s", cs.ID, diff)
		}
	}
}

// TestStillRight: what the key takes as right is never a fault.
func TestStillRight(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	key := func(change func(k *grading.Key)) *grading.Key {
		k := &grading.Key{
			Case: "test", Setting: "outpatient-surgery", Bills: grading.Professional, Date: codebook.Date{Year: 2025, Month: 11, Day: 17},
			Ask: grading.Ask{Diagnoses: true, Procedures: true, Pointers: true},
			Diagnoses: []grading.Diagnosis{
				{Code: "H2511", First: grading.IsFirst, Weight: grading.Required}, {Code: "I10", Weight: grading.Reportable}, {Code: "Z9842", Weight: grading.Status},
			},
			Procedures: []grading.Procedure{{System: codebook.CPT, Code: "66984", Modifiers: []string{"RT", "79"}, PointsTo: []codebook.Code{"H2511"}}},
		}
		change(k)
		return k
	}
	with := func(k *grading.Key, kind audit.Kind, is string) bool {
		all, err := audit.All(k, book)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(all, func(d audit.Drill) bool { return d.Fault.Kind == kind && strings.Contains(d.Fault.Is, is) })
	}
	for _, c := range []struct {
		name   string
		kind   audit.Kind
		is     string
		change func(k *grading.Key)
	}{
		{"the other side is accepted", audit.Laterality, "H25.12", func(k *grading.Key) { k.Diagnoses[0].Accept = []codebook.Code{"H2512"} }},
		{"either diagnosis may stand first", audit.First, "I10", func(k *grading.Key) {
			k.Diagnoses[0].First, k.Diagnoses[1].First = grading.EitherFirst, grading.EitherFirst
		}},
		{"a modifier is optional", audit.ModifierMissing, "66984-RT", func(k *grading.Key) { k.Procedures[0].ModifiersOptional = []string{"79"} }},
		{"another set of modifiers is right", audit.ModifierWrong, "66984-RT-78", func(k *grading.Key) { k.Procedures[0].ModifiersAny = [][]string{{"RT", "78"}} }},
		{"the line is optional", audit.Missing, "", func(k *grading.Key) { k.Diagnoses[1].Weight = grading.Optional }},
		{"an alternative points elsewhere", audit.Pointer, "I10", func(k *grading.Key) {
			alt := *k
			alt.Procedures = []grading.Procedure{k.Procedures[0]}
			alt.Procedures[0].PointsTo = []codebook.Code{"I10"}
			k.Alternatives = []grading.Key{alt}
		}},
	} {
		if !with(key(func(*grading.Key) {}), c.kind, c.is) {
			t.Errorf("%s: without it %s %s should be a fault", c.name, c.kind, c.is)
		}
		if with(key(c.change), c.kind, c.is) {
			t.Errorf("%s: %s %s is taken for a fault", c.name, c.kind, c.is)
		}
	}
}

// TestNoDrill: a key that is not clean by itself, and one that nothing can be changed on, give an error and no drill.
func TestNoDrill(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	k := &grading.Key{Case: "empty", Date: codebook.Date{Year: 2025, Month: 11, Day: 17}, Ask: grading.Ask{Diagnoses: true}}
	if _, err := audit.Draw(k, book, 1); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty key: %v", err)
	}
	k.Diagnoses = []grading.Diagnosis{{Code: "I10", First: grading.IsFirst, Weight: grading.Required}}
	if d, err := audit.Draw(k, book, 1); err == nil {
		t.Errorf("a key of one line: %+v", d)
	}
}

// TestQualifier: the seventh character of an ICD-10-PCS code, where its table has more than one.
func TestQualifier(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	on := codebook.Date{Year: 2025, Month: 11, Day: 17}
	for _, table := range book.Tables(on) {
		for _, row := range table.Rows {
			if len(row[3].Values) < 2 {
				continue
			}
			c := table.Prefix
			for _, axis := range row {
				c += codebook.Code(axis.Values[0].Char)
			}
			k := &grading.Key{Case: "pcs", Setting: "inpatient", Bills: grading.Facility, Date: on, Ask: grading.Ask{Procedures: true}, Procedures: []grading.Procedure{{System: codebook.ICD10PCS, Code: c}}}
			all, err := audit.All(k, book)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(all, func(d audit.Drill) bool {
				return d.Fault.Kind == audit.Qualifier && d.Claim.Procedures[0].Code[:6] == string(c[:6])
			}) {
				t.Errorf("%s has other qualifiers, and none is a fault: %+v", c, all)
			}
			return
		}
	}
	t.Fatal("no table of the starter book has two qualifiers in a row")
}

// TestPointersTellNothing: the pointers of every line stand in the order of the diagnoses, whatever was moved.
func TestPointersTellNothing(t *testing.T) {
	cases, book := shipped(t)
	for _, cs := range cases {
		all, err := audit.All(&cs.Key, book)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			for _, p := range d.Claim.Procedures {
				var at []int
				for _, c := range p.PointsTo {
					at = append(at, slices.IndexFunc(d.Claim.Diagnoses, func(x grading.AnswerDiagnosis) bool { return x.Code == c }))
				}
				if !slices.IsSorted(at) || slices.Contains(at, -1) {
					t.Errorf("%s %s: %s points to %v", cs.ID, d.Fault.Kind, p.Code, at)
				}
			}
		}
	}
}

// TestDocumentedKinds: docs/grading.md names every kind.
func TestDocumentedKinds(t *testing.T) {
	doc, err := os.ReadFile("../../docs/grading.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range audit.Kinds() {
		if !strings.Contains(string(doc), "`"+string(k.Kind)+"`") {
			t.Errorf("docs/grading.md does not name the kind %s", k.Kind)
		}
	}
}

// TestUnambiguous: faults that could go by two names are not made, or go by both.
func TestUnambiguous(t *testing.T) {
	withoutDetector(t)
	cases, book := shipped(t)
	for _, cs := range cases {
		all, err := audit.All(&cs.Key, book)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			f := d.Fault
			name := cs.ID + " " + string(f.Kind) + " " + f.Was + " -> " + f.Is
			switch f.Kind {
			case audit.Specificity: // what the key says is not there is not there
				if f.Was == "E11.9" && f.Is == "E11.8" || f.Was == "K57.30" && f.Is == "K57.91" || f.Was == "F17.210" && f.Is == "F17.219" || f.Was == "J96.01" && f.Is == "J96.92" {
					t.Errorf("%s claims something that the key's code denies", name)
				}
			case audit.Unsupported:
				for _, k := range cs.Key.Diagnoses {
					if string(k.Code[:3]) == f.Is[:3] && !slices.Contains(f.Also, audit.Specificity) {
						t.Errorf("%s stands beside %s and could be called less specific", name, k.Code)
					}
				}
			case audit.NotDone, audit.Unbundled:
				family, _ := grading.EMFamily(codebook.Code(f.Is))
				for _, k := range cs.Key.Procedures {
					if slices.Contains(family, k.Code) {
						t.Errorf("%s is a second visit beside %s and could be called a wrong level", name, k.Code)
					}
				}
			case audit.ModifierMissing:
				if strings.Count(f.Was, "RT")+strings.Count(f.Was, "LT") > strings.Count(f.Is, "RT")+strings.Count(f.Is, "LT") && !slices.Contains(f.Also, audit.Laterality) {
					t.Errorf("%s leaves the side open and could be called so", name)
				}
			}
		}
	}
}
