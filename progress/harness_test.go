package progress_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/store"
)

// cheap are parameters that make hashing a matter of microseconds.
var cheap = progress.PassphraseParams{MemoryKiB: 8, Passes: 1, Lanes: 1}

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

func (c *clock) add(d time.Duration) { c.set(c.now().Add(d)) }

// bank is a small bank whose keys the tests know.
type bank struct{ items []progress.Item }

func (b bank) Item(kind progress.ItemKind, id string) (progress.Item, bool) {
	for _, it := range b.items {
		if it.Kind == kind && it.ID == id {
			return it, true
		}
	}
	return progress.Item{}, false
}

func (b bank) Items(kind progress.ItemKind) (out []progress.Item) {
	for _, it := range b.items {
		if it.Kind == kind {
			out = append(out, it)
		}
	}
	return out
}

func (b bank) InArea(area string) (out []progress.Item) {
	for _, it := range b.Items(progress.KindQuestion) {
		if it.Areas[0] == area {
			out = append(out, it)
		}
	}
	return out
}

// The small bank has no exams; tests of exams use the shipped one.
func (b bank) Blueprint(id string) (*quizzes.Blueprint, error) { return nil, quizzes.ErrNotFound }
func (b bank) Blueprints() []*quizzes.Blueprint                { return nil }

func (b bank) Draw(*quizzes.Blueprint, uint64, func(string) bool) (quizzes.Form, error) {
	return quizzes.Form{}, quizzes.ErrTooSmall
}

// Nor has it anything for hiring tests.
func (b bank) HiringTests() []*quizzes.HiringTest                             { return nil }
func (b bank) HiringTest(string) (*quizzes.HiringTest, error)                 { return nil, quizzes.ErrNotFound }
func (b bank) Strata(*quizzes.Blueprint) (quizzes.Strata, string)             { return nil, "there is nothing" }
func (b bank) EquivalentForms(*quizzes.Blueprint, quizzes.Strata, int) int    { return 0 }
func (b bank) InStrata(*quizzes.Blueprint, quizzes.Strata) []quizzes.FormItem { return nil }
func (b bank) CodeYear() int                                                  { return 2026 }
func (b bank) Case(string) (*quizzes.Case, error)                             { return nil, quizzes.ErrNotFound }

func (b bank) DrawEquivalent(*quizzes.Blueprint, quizzes.Strata, quizzes.Equivalent) (quizzes.Form, error) {
	return quizzes.Form{}, quizzes.ErrTooSmall
}

func (b bank) CheckBlueprint(*quizzes.Blueprint) []markdown.Problem { return nil }

func (b bank) Read(progress.ItemKind, string, string) (progress.Item, bool) {
	return progress.Item{}, false
}

func (b bank) Areas() []string { return []string{"cpt-20000", "em", "cases"} }

func (b bank) AreaTitle(area string) (string, bool) { return "Title of " + area, true }

func question(id, area string, key grading.ItemKey) progress.Item {
	return progress.Item{
		Kind: progress.KindQuestion, ID: id, Title: id, Areas: []string{area}, ShownHash: "shown of " + id, KeyHash: "key of " + id, Source: "source of " + id,
		Difficulty: 3, Question: &key,
	}
}

// newBank has four single choices in em (the first option is right), one text and one order question in cpt-20000, and the case c1.
func newBank() bank {
	var b bank
	for i := 1; i <= 4; i++ {
		b.items = append(b.items, question(fmt.Sprintf("em-%d", i), "em", grading.ItemKey{Kind: grading.Single, Options: 4, Correct: []int{0}}))
	}
	b.items = append(b.items,
		question("text-1", "cpt-20000", grading.ItemKey{Kind: grading.Text, Texts: []string{"arthrodesis"}}),
		question("order-1", "cpt-20000", grading.ItemKey{Kind: grading.Order, Length: 3}),
		progress.Item{
			Kind: progress.KindCase, ID: "c1", Title: "Case 1", Areas: []string{"cases", "em"}, ShownHash: "shown of c1", KeyHash: "key of c1", Source: "source of c1", Difficulty: 3,
			Case: &grading.Key{
				Case: "c1", Setting: "office", Bills: grading.Professional, Date: codebook.Date{}, Ask: grading.Ask{Diagnoses: true},
				Diagnoses: []grading.Diagnosis{
					{Code: "E1122", First: grading.IsFirst, Weight: grading.Required}, {Code: "N1832", Weight: grading.Required},
				},
			},
		})
	return b
}

// change replaces an item's key and hashes, as a corrected file would.
func (b bank) change(id string, f func(it *progress.Item)) bank {
	out := bank{append([]progress.Item(nil), b.items...)}
	for i := range out.items {
		if out.items[i].ID == id {
			f(&out.items[i])
		}
	}
	return out
}

func (b bank) without(id string) bank {
	var out bank
	for _, it := range b.items {
		if it.ID != id {
			out.items = append(out.items, it)
		}
	}
	return out
}

type house struct {
	*progress.Service
	clock *clock
	db    *store.DB
	t     testing.TB
	keys  int
}

func emptyBook(t testing.TB) func() *codebook.Book {
	t.Helper()
	b, err := codebook.NewBuilder().Build()
	if err != nil {
		t.Fatal(err)
	}
	return func() *codebook.Book { return b }
}

// newHouse is a service over a real database in a folder of the test, at 21 November 2026, 12:00 UTC.
func newHouse(t testing.TB, opts ...func(*progress.Options)) *house {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "c.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c := &clock{t: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	o := progress.Options{Now: c.now, Passphrase: cheap}
	for _, f := range opts {
		f(&o)
	}
	return &house{Service: progress.NewWithContent(db, newBank(), emptyBook(t), o), clock: c, db: db, t: t}
}

func (h *house) guest() progress.Actor {
	h.t.Helper()
	l, _, err := h.StartGuest(context.Background(), "", "America/Chicago", "")
	h.must(err)
	return l.Actor()
}

const pass = "correct horse battery"

func (h *house) user(name string, role progress.Role, org progress.OrgID) progress.Actor {
	h.t.Helper()
	l, err := h.AddUser(context.Background(), progress.Operator(org), progress.NewUser{Name: name, Email: name + "@example.org", Passphrase: pass, Role: role})
	h.must(err)
	return l.Actor()
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) key() string {
	h.keys++
	return fmt.Sprintf("client-key-%d", h.keys)
}

// answer submits an option of a single choice.
func (h *house) answer(a progress.Actor, q string, option int) progress.Graded {
	h.t.Helper()
	g, err := h.SubmitQuestion(context.Background(), a, progress.QuestionSubmission{ClientKey: h.key(), Question: q, Answer: grading.ItemAnswer{Options: []int{option}}})
	h.must(err)
	return g
}

func caseAnswer(codes ...string) grading.Answer {
	var a grading.Answer
	for _, c := range codes {
		a.Diagnoses = append(a.Diagnoses, grading.AnswerDiagnosis{Code: c})
	}
	return a
}

func (h *house) code(a progress.Actor, codes ...string) progress.Graded {
	h.t.Helper()
	g, err := h.SubmitCase(context.Background(), a, progress.CaseSubmission{ClientKey: h.key(), Case: "c1", Answer: caseAnswer(codes...)})
	h.must(err)
	return g
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func wantErr(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func wantField(t testing.TB, what string, got error, field string) {
	t.Helper()
	var e *progress.InputError
	if !errors.As(got, &e) || e.Field != field {
		t.Errorf("%s: got error %v, want an InputError of %q", what, got, field)
	}
}
