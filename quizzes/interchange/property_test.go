package interchange

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/grading"
	"crosswalk/internal/testkit"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// maker makes items by a seed: every kind, with words that mean something to each format.
type maker struct{ *rand.Rand }

var pieces = []string{
	"fracture", "E11.9", "25605-RT", "a = b", "~10 %", "{x}", "50 % of 3:1", "#4", "x -> y", "p < 0.05", "a & b", "&amp;", "[html]", "[[icd10cm:E11.9]]", "A. first", "1. first", "- dash",
	"*star*", "under_score", "`tick`", "\\n", "\\", "a|b", "'quote'", "\"double\"", "= 4", "+1", "@cmd", "ANSWER", "::", "//", "$CATEGORY", "=> x", "µg/mL", "naïve", "日本", "%100%", "H₂O", "T", "1", "C1", "TRUE", "x,y;z", "###", "> said", "</p>", "]]>",
}

func (m maker) pick(from []string) string { return from[m.IntN(len(from))] }

func (m maker) words() string {
	var out []string
	for range 1 + m.IntN(4) {
		out = append(out, m.pick(pieces))
	}
	return strings.Join(out, " ")
}

// line is markdown of one line, sometimes with emphasis.
func (m maker) line() string {
	if m.IntN(4) == 0 {
		return lineFromHTML("<p>"+xmlText(m.words())+" <b>"+m.pick([]string{"not", "best", "a_b"})+"</b> "+xmlText(m.words())+"</p>", nil)
	}
	return lineFromPlain(m.words())
}

// text is markdown of several blocks.
func (m maker) text() string {
	html := "<p>" + xmlText(m.words()) + "</p>"
	for range m.IntN(3) {
		switch m.IntN(5) {
		case 0:
			html += "<ul><li>" + xmlText(m.words()) + "</li><li>" + xmlText(m.words()) + "<ol><li>x</li></ol></li></ul>"
		case 1:
			html += "<table><tr><th>" + xmlText(m.words()) + "</th><th>b</th></tr><tr><td>" + xmlText(m.words()) + "</td><td></td></tr></table>"
		case 2:
			html += "<pre>" + xmlText(m.words()+"\n  "+m.words()) + "</pre>"
		case 3:
			html += "<blockquote><p>" + xmlText(m.words()) + "<br>" + xmlText(m.words()) + "</p></blockquote>"
		default:
			html += "<p>" + xmlText(m.words()) + " <em>twice</em></p>"
		}
	}
	return fromHTML(html, nil)
}

func (m maker) maybe(f func() string) string {
	if m.IntN(3) == 0 {
		return ""
	}
	return f()
}

func (m maker) item(i int) Item {
	it := Item{ID: fmt.Sprintf("icd10cm-made-%d", i), Area: "icd10cm", Difficulty: 1 + m.IntN(5), Kind: all[m.IntN(len(all))], Stem: m.text(), Rationale: m.maybe(m.text)}
	for range 1 + m.IntN(2) {
		it.Cites = append(it.Cites, m.pick([]string{"I.A.15", "tabular:N18", "ncci:25605/29125", "A source, p. 4 [2]", `Back\slash "quoted"`}))
	}
	n := 2 + m.IntN(4)
	line := func(k int) string { return strings.TrimSpace(m.line() + " " + string(rune('p'+k))) }
	switch it.Kind {
	case grading.Single, grading.Multiple:
		for k := range n {
			it.Choices = append(it.Choices, Choice{line(k), k == 1 || it.Kind == grading.Multiple && k > 1 && m.IntN(2) == 0, m.maybe(m.text)})
		}
	case grading.Number:
		it.Number, it.Tolerance = m.pick([]string{"47", "-3", "2.5", "0.125", "1000000"}), m.pick([]string{"0", "1", "0.25"})
	case grading.Text:
		for k := range n {
			it.Texts = append(it.Texts, strings.ReplaceAll(m.words(), "|", "/")+" "+string(rune('p'+k)))
		}
	case grading.Order:
		for k := range n {
			it.Entries = append(it.Entries, line(k))
		}
	case grading.Match:
		for k := range n {
			it.Pairs = append(it.Pairs, Pair{line(k), line(k)})
		}
	}
	return it
}

var sameItem = cmp.Options{cmpopts.EquateEmpty()}

// TestRoundTrip shows for every format that what is written is read back as it was, up to what the report says changed.
func TestRoundTrip(t *testing.T) {
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			for seed := range testkit.Times(uint64(60), 6) {
				roundTrip(t, f, seed)
			}
		})
	}
}

func roundTrip(t *testing.T, f Format, seed uint64) {
	t.Helper()
	m := maker{rand.New(rand.NewPCG(seed, 8))}
	a := formats()[f]
	var want []*Item
	for i := range 4 {
		whole := m.item(i)
		if problem := whole.fault(); problem != "" {
			t.Fatalf("seed %d: made an item that is none: %s\n%+v", seed, problem, whole)
		}
		it, ns, problem := project(whole, a)
		if same := cmp.Equal(whole, it, sameItem); same && len(ns.list) > 0 && problem == "" {
			t.Errorf("seed %d: reported a change where there is none: %v", seed, ns.list)
		} else if it.ID, it.Area = whole.ID, whole.Area; !cmp.Equal(whole, it, sameItem) && len(ns.list) == 0 && problem == "" {
			t.Errorf("seed %d: changed without a word:\n%s", seed, cmp.Diff(whole, it))
		}
		if !a.id {
			it.ID, it.Area = "", ""
		}
		if problem == "" {
			want = append(want, &it)
		}
	}
	if len(want) == 0 {
		return
	}
	var b bytes.Buffer
	if err := a.write(&b, want); err != nil {
		t.Fatal(err)
	}
	got, format, _, err := read(bytes.NewReader(b.Bytes()), int64(b.Len()), ImportOptions{Name: "made" + a.ext})
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, b.String())
	}
	if format != f {
		t.Errorf("seed %d: taken for %s\n%s", seed, format, b.String())
	}
	if len(got) != len(want) {
		t.Fatalf("seed %d: %d items of %d\n%s", seed, len(got), len(want), b.String())
	}
	for i, g := range got {
		if g.problem != "" || len(g.notes.list) > 0 {
			t.Errorf("seed %d, item %d: %s %v", seed, i, g.problem, g.notes.list)
		}
		if d := cmp.Diff(*want[i], g.Item, sameItem); d != "" {
			shown := b.String()
			if a.ext == ".zip" {
				shown = ""
			}
			t.Fatalf("seed %d, item %d (-want +got):\n%s\n%s", seed, i, d, shown)
		}
	}
}

// TestBankRoundTrip shows that every item becomes a question that loads, and that the question goes out as the item was.
func TestBankRoundTrip(t *testing.T) {
	for seed := range uint64(60) {
		m := maker{rand.New(rand.NewPCG(seed, 9))}
		w := bankWriter{o: ImportOptions{Name: "made.csv", CodeYear: 2026}, topic: "made", used: map[string]bool{}, text: map[string]*strings.Builder{}, counts: map[string]int{}}
		var want []Item
		for i := range 4 {
			it := m.item(i)
			want = append(want, it)
			l, err := w.take(&found{Item: it.clone(), place: "here"}, i+1)
			if err != nil || l.Outcome == IsDropped {
				t.Fatalf("seed %d, item %d: %v %+v\n%s", seed, i, err, l, w.print(&found{Item: it}, it.ID))
			}
		}
		text := w.text["icd10cm"].String()
		bank, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/made.md": {Data: []byte(text)}}, markdown.New(nil, nil), nil)
		if len(problems) > 0 {
			t.Fatalf("seed %d: %v\n%s", seed, problems, text)
		}
		for i, it := range want {
			q, err := bank.Question(it.ID)
			if err != nil {
				t.Fatal(err)
			}
			got, ns, problem := itemOf(q, nil)
			if problem != "" || len(ns.list) > 0 {
				t.Errorf("seed %d: %s %v", seed, problem, ns.list)
			}
			if d := cmp.Diff(it, got, sameItem); d != "" {
				t.Fatalf("seed %d, item %d (-want +got):\n%s\n%s", seed, i, d, text)
			}
		}
	}
}
