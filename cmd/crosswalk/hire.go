package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// shippedTest is a hiring test that comes with the content as `crosswalk hire list -json` prints it.
type shippedTest struct {
	ID      string                   `json:"id"`
	Name    string                   `json:"name"`
	Summary string                   `json:"summary"`
	Spec    progress.AssessmentSpec  `json:"spec"`
	Check   progress.AssessmentCheck `json:"check"`
}

// composedTest is one that an employer composed, without its form.
type composedTest struct {
	ID         progress.AssessmentID    `json:"id"`
	Name       string                   `json:"name"`
	State      progress.AssessmentState `json:"state"`
	Owner      string                   `json:"owner"` // e-mail, "" for one that was erased
	Candidates int                      `json:"candidates"`
	Begun      int                      `json:"begun"`
	HandedIn   int                      `json:"handed_in"`
	CreatedAt  time.Time                `json:"created_at"`
}

// shownTest is a composed test with all that it asks.
type shownTest struct {
	composedTest
	Revision int                      `json:"revision"`
	OpenedAt *time.Time               `json:"opened_at,omitempty"`
	ClosedAt *time.Time               `json:"closed_at,omitempty"`
	Frozen   progress.Frozen          `json:"frozen,omitzero"` // what decides its results, once it has been opened
	Spec     progress.AssessmentSpec  `json:"spec"`
	Check    progress.AssessmentCheck `json:"check"`
}

// hireCatalog lists hiring tests, shows one, and draws a form of one. Those that ship need no database.
func hireCatalog(ctx context.Context, f *flags, io streams, verb string, rest []string, seed uint64) error {
	h := testCatalog{io: io, json: f.json, op: progress.Operator(progress.DefaultOrg)}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	h.bank = c.bank
	_, missing := os.Stat(filepath.Join(f.data, "crosswalk.db"))
	ships := verb == "list" && f.db == "" && errors.Is(missing, fs.ErrNotExist)
	if verb != "list" {
		_, unknown := c.bank.HiringTest(rest[0])
		ships = unknown == nil
	}
	if !ships { // those that ship are there without a database
		prog, _, closeDB, err := openProgress(ctx, f, io, true)
		if err != nil {
			return err
		}
		defer closeDB()
		h.prog = prog
	}
	switch verb {
	case "list":
		return h.list(ctx)
	case "show":
		return h.show(ctx, rest[0])
	}
	return h.draw(ctx, rest[0], seed)
}

type testCatalog struct {
	prog *progress.Service // nil where there is no database
	bank *quizzes.Bank
	op   progress.Actor
	io   streams
	json bool
}

func (h *testCatalog) shipped(t *quizzes.HiringTest) (shippedTest, error) {
	spec := progress.SpecOf(t)
	check, err := progress.CheckSpec(progress.FromBank(h.bank), spec)
	return shippedTest{t.ID, t.Name, t.Summary, spec, check}, err
}

func (h *testCatalog) composed(ctx context.Context) (out []composedTest, _ error) {
	if h.prog == nil {
		return nil, nil
	}
	list, err := h.prog.Assessments(ctx, h.op)
	for _, x := range list {
		out = append(out, h.row(ctx, x))
	}
	return out, err
}

func (h *testCatalog) row(ctx context.Context, x progress.AssessmentInfo) composedTest {
	row := composedTest{ID: x.ID, Name: x.Spec.Name, State: x.State(), Candidates: x.Candidates, Begun: x.Begun, HandedIn: x.HandedIn, CreatedAt: x.CreatedAt}
	if l, err := h.prog.Learner(ctx, h.op, x.Owner); err == nil {
		row.Owner = l.Email
	}
	return row
}

func (h *testCatalog) list(ctx context.Context) error {
	out := struct {
		Shipped []shippedTest  `json:"shipped"`
		Tests   []composedTest `json:"tests"`
	}{Tests: []composedTest{}}
	for _, t := range h.bank.HiringTests() {
		s, err := h.shipped(t)
		if err != nil {
			return err
		}
		out.Shipped = append(out.Shipped, s)
	}
	tests, err := h.composed(ctx)
	if err != nil {
		return err
	}
	out.Tests = append(out.Tests, tests...)
	if h.json {
		return printJSON(h.io, out)
	}
	w := tabwriter.NewWriter(h.io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ships\tasks\tforms without overlap\tlacks")
	for _, s := range out.Shipped {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", s.ID, s.Spec, s.Check.Forms, shortened(s.Check.Short))
	}
	if len(out.Tests) > 0 {
		fmt.Fprintln(w, "\ncomposed\tstate\tcandidates\towner\tname")
	}
	for _, t := range out.Tests {
		fmt.Fprintf(w, "%s\t%s\t%d candidates, %d begun, %d handed in\t%s\t%s\n", t.ID, t.State, t.Candidates, t.Begun, t.HandedIn, t.Owner, t.Name)
	}
	return w.Flush()
}

func (h *testCatalog) show(ctx context.Context, id string) error {
	var name string
	var spec progress.AssessmentSpec
	var check progress.AssessmentCheck
	var whole any
	if t, err := h.bank.HiringTest(id); err == nil {
		s, err := h.shipped(t)
		if err != nil {
			return err
		}
		name, spec, check, whole = s.Name, s.Spec, s.Check, s
	} else {
		x, err := h.prog.Assessment(ctx, h.op, progress.AssessmentID(id))
		if err != nil {
			return h.unknown(id, err)
		}
		if check, err = h.prog.CheckAssessment(h.op, x.Spec); err != nil {
			return err
		}
		name, spec = x.Spec.Name, x.Spec
		whole = shownTest{h.row(ctx, progress.AssessmentInfo{Assessment: x}), x.Revision, x.OpenedAt, x.ClosedAt, x.Frozen, x.Spec, check}
	}
	if h.json {
		return printJSON(h.io, whole)
	}
	fmt.Fprintf(h.io.out, "%s: %s\n%d points, %d to %d minutes of work at the field's pace, %d forms without overlap from %d items\n", name, spec, check.Points, check.WorkLow, check.WorkHigh, check.Forms, check.Pool)
	if check.Short != "" {
		fmt.Fprintf(h.io.out, "lacks: %s\n", check.Short)
	}
	fmt.Fprintf(h.io.out, "job: %s\n", spec.Job.Title)
	for _, t := range spec.Job.Tasks {
		fmt.Fprintf(h.io.out, "  %s (%s)\n", t.Text, strings.Join(slices.Concat(t.Areas, t.Settings), ", "))
	}
	return nil
}

func (h *testCatalog) draw(ctx context.Context, id string, seed uint64) error {
	var form quizzes.Form
	if t, err := h.bank.HiringTest(id); err == nil {
		bp := t.Blueprint()
		st, short := h.bank.Strata(bp)
		if short != "" {
			return fmt.Errorf("%w: %s", quizzes.ErrTooSmall, short)
		}
		if form, err = h.bank.DrawEquivalent(bp, st, quizzes.Equivalent{Seed: seed}); err != nil {
			return err
		}
	} else if _, form, err = h.prog.PreviewAssessment(ctx, h.op, progress.AssessmentID(id), seed); err != nil {
		return h.unknown(id, err)
	}
	if h.json {
		return printJSON(h.io, shownForm(form))
	}
	printForm(h.io, form)
	return nil
}

// unknown makes a test that is not there a matter of usage.
func (h *testCatalog) unknown(id string, err error) error {
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no hiring test %q: crosswalk hire list shows what there is", id)
	}
	return err
}
