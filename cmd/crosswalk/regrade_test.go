package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/store"
	"crosswalk/store/storetest"
)

const (
	liveFile     = "quizzes/bank/icd10cm/live.md"
	liveQuestion = "q-live-1"
)

// mendedQuestion is oneQuestionOf with the other option as its key.
func mendedQuestion(stem string) string {
	return strings.NewReplacer("- [x] Yes", "- [ ] Yes", "- [ ] No", "- [x] No").Replace(oneQuestionOf(stem))
}

// record is a database that commands are tried on, with the content of a folder over what ships.
type record struct {
	t             *testing.T
	place, folder string
	db            *store.DB
	prog          *progress.Service
}

func openRecord(t *testing.T, place, folder string) *record {
	t.Helper()
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	c, err := withBook(folder, authored{}, book)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{URL: place, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &record{t: t, place: place, folder: folder, db: db, prog: progress.New(db, c.bank, func() *codebook.Book { return book }, progress.Options{})}
}

func (r *record) guest() progress.Actor {
	r.t.Helper()
	l, _, err := r.prog.StartGuest(r.t.Context(), "", "UTC", "")
	if err != nil {
		r.t.Fatal(err)
	}
	return l.Actor()
}

// answer is the answer of a new learner to the live question.
func (r *record) answer(option int) progress.Graded {
	r.t.Helper()
	g, err := r.prog.SubmitQuestion(r.t.Context(), r.guest(), progress.QuestionSubmission{ClientKey: "client-key-of-one", Question: liveQuestion, Answer: grading.ItemAnswer{Options: []int{option}}})
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

// do runs a command on the record and looks at its status and at a piece of what it says.
func (r *record) do(status int, says string, args ...string) outcome {
	r.t.Helper()
	got := try(r.t, "", append(args, "-db", r.place, "-content", r.folder, "-data", r.t.TempDir())...)
	if got.status != status || !strings.Contains(got.out+got.err, says) {
		r.t.Errorf("%s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
	}
	return got
}

// TestRegradeCommand: a key is mended in its file; the command lists what is to be graded anew, says who would move, and grades.
func TestRegradeCommand(t *testing.T) {
	c := course{t, t.TempDir()}
	c.write(liveFile, oneQuestionOf("Is it so?"))
	r := openRecord(t, filepath.Join(t.TempDir(), "c.db"), c.dir)
	for _, option := range []int{0, 1, 1} {
		r.answer(option)
	}
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		return r.do(status, says, append([]string{"regrade"}, args...)...)
	}
	do(statusOK, "everything is graded by the keys in force", "-list")
	if got := do(statusOK, "", "-list", "-json"); strings.TrimSpace(got.out) != "[]" {
		t.Errorf("an empty list: %q", got.out)
	}
	do(statusUsage, "-list takes no item", "-list", liveQuestion)
	do(statusUsage, "it takes the id of a question or case")
	do(statusUsage, "it takes the id of a question or case", "one", "two", "-dry-run")
	do(statusUsage, "say why with -reason", liveQuestion)
	do(statusNo, `no question or case in force is called "nothing"`, "nothing", "-dry-run")
	do(statusNo, `no question or case in force is called "nothing"`, "nothing", "-reason", "the key was wrong")

	c.write(liveFile, mendedQuestion("Is it so?"))
	do(statusOK, "3 of 3 attempts graded by another key", "-list")
	for range 2 { // a dry run keeps nothing, so the next one says the same
		do(statusOK, "3 attempts looked at, 3 would be graded anew, 0 already graded by this key, 0 skipped\n2 go up, 1 go down; 3 learners move\n", liveQuestion, "-dry-run")
	}
	var plan regradePlanJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", liveQuestion, "-dry-run", "-json").out), &plan); err != nil ||
		!plan.DryRun || plan.Item != liveQuestion || plan.Anew != 3 || plan.Raised != 2 || plan.Lowered != 1 || len(plan.Changes) != 3 || plan.Exams == nil {
		t.Errorf("the dry run as JSON: %+v, %v", plan, err)
	}
	var list []regradeItemJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", "-list", "-json").out), &list); err != nil || len(list) != 1 ||
		list[0] != (regradeItemJSON{Kind: progress.KindQuestion, Item: liveQuestion, Attempts: 3, OtherKey: 3}) {
		t.Errorf("the list as JSON: %+v, %v", list, err)
	}
	do(statusUsage, "Say in a sentence why", liveQuestion, "-reason", strings.Repeat("a", progress.MaxRegradeReason+1))
	do(statusNo, "not found", liveQuestion, "-reason", "the key was wrong", "-dispute", "none")
	do(statusOK, "3 of 3 attempts graded by another key", "-list")

	do(statusOK, "3 attempts looked at, 3 graded anew, 0 already graded by this key, 0 skipped\n2 went up, 1 went down\n", liveQuestion, "-reason", "No is right.")
	do(statusOK, "everything is graded by the keys in force", "-list")
	var run progress.RegradeRun
	if err := json.Unmarshal([]byte(do(statusOK, "", liveQuestion, "-reason", "Once more.", "-json").out), &run); err != nil ||
		run.State != progress.RegradeDone || run.Same != 3 || run.Graded != 0 || run.By != "operator" {
		t.Errorf("the second run as JSON: %+v, %v", run, err)
	}
}

// TestOverrideCommand: the lines of an attempt are listed, one is decided by hand and taken back.
func TestOverrideCommand(t *testing.T) {
	c := course{t, t.TempDir()}
	c.write(liveFile, oneQuestionOf("Is it so?"))
	r := openRecord(t, filepath.Join(t.TempDir(), "c.db"), c.dir)
	id := string(r.answer(1).Attempt.ID)
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		return r.do(status, says, append([]string{"override"}, args...)...)
	}
	const why = "The room noted that the screen hung."
	do(statusUsage, "it takes the id of an attempt")
	do(statusNo, "not found", "none")
	if got := do(statusOK, "0.00 of 1.00", id); strings.Contains(got.out, "by hand") {
		t.Errorf("nobody has decided: %q", got.out)
	}
	do(statusUsage, "Say in a sentence why", id, "-points", "1")
	do(statusUsage, "Say whether the answer is right or wrong.", id, "-points", "3", "-reason", why)
	do(statusUsage, "A question is right or wrong as a whole.", id, "-line", "I10", "-points", "1", "-reason", why)
	do(statusUsage, "there is nothing to take back", id, "-undo", "-reason", why)
	do(statusUsage, "-points or -undo, not both", id, "-points", "1", "-undo", "-reason", why)
	do(statusUsage, "say what is decided with -points, or take it back with -undo", id, "-reason", why)
	do(statusUsage, "points", id, "-points", "1e300", "-reason", why)
	do(statusOK, "0.0 % before, 100.0 % now", id, "-points", "1", "-reason", why)
	do(statusOK, "1.00 of 1.00  decided by hand", id)
	do(statusOK, "100.0 % before, 0.0 % now", id, "-undo", "-reason", "The note was of another day.")
	gs, err := r.prog.Gradings(t.Context(), progress.Operator(progress.DefaultOrg), progress.AttemptID(id))
	if err != nil || len(gs) != 3 || gs[1].Reason != why || gs[1].By != "operator" {
		t.Errorf("gradings %+v, %v", gs, err)
	}

	const chart = "ed-colles-fracture"
	shipped, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	cs, err := shipped.bank.Case(chart)
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.prog.SubmitCase(t.Context(), r.guest(), progress.CaseSubmission{ClientKey: "client-key-of-a-chart", Case: chart, Answer: grading.ModelAnswer(&cs.Key)})
	if err != nil {
		t.Fatal(err)
	}
	id = string(g.Attempt.ID)
	var lines []overrideLineJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", id, "-json").out), &lines); err != nil || len(lines) < 2 || lines[0].Earned != lines[0].Possible || lines[0].ByHand {
		t.Fatalf("lines of a chart: %+v, %v", lines, err)
	}
	do(statusUsage, "The result has no such line.", id, "-line", "nothing", "-points", "1", "-reason", why)
	do(statusOK, "100.0 % before", id, "-line", lines[0].Line, "-points", "0.5", "-reason", why)
	do(statusOK, fmt.Sprintf("%-24s %6s of", lines[0].Line, "0.50"), id)
}

// TestKilledRegrade kills the command again and again while it grades: after each kill the gradings there are are those that the run counts,
// none by halves, and the next start waits for the hold, then goes on. In the end each attempt is graded anew once.
func TestKilledRegrade(t *testing.T) {
	t.Parallel() // it waits for processes
	if testing.Short() {
		t.Skip("it takes its time")
	}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) { killRegrade(t, binary, filepath.Join(t.TempDir(), "c.db")) })
	t.Run("postgres", func(t *testing.T) { killRegrade(t, binary, storetest.Postgres(t)) })
}

func killRegrade(t *testing.T, binary, place string) {
	const answers, kills = 3000, 2
	ctx, org := t.Context(), progress.DefaultOrg
	c := course{t, t.TempDir()}
	c.write(liveFile, oneQuestionOf("Is it so?"))
	r := openRecord(t, place, c.dir)
	r.manyMore(r.answer(1), answers-1)
	c.write(liveFile, mendedQuestion("Is it so?"))
	args := []string{"regrade", liveQuestion, "-reason", "No is right.", "-db", place, "-content", c.dir, "-data", t.TempDir()}
	// now is the run as it is kept, with the attempts that are graded by its key.
	now := func() (run progress.RegradeRun, anew int) {
		t.Helper()
		runs, err := r.db.RegradeRuns(ctx, org, progress.RegradeFilter{Item: liveQuestion})
		if err != nil || len(runs) > 1 {
			t.Fatalf("runs %+v, %v", runs, err)
		}
		if len(runs) == 0 {
			return run, 0
		}
		uses, err := r.db.KeyUses(ctx, org, liveQuestion)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range uses {
			if u.KeyHash == runs[0].KeyHash {
				anew += u.Attempts
			}
		}
		return runs[0], anew
	}
	for n := range kills {
		before, _ := now()
		cmd := exec.Command(binary, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
			runs, err := r.db.RegradeRuns(ctx, org, progress.RegradeFilter{Item: liveQuestion})
			if err != nil {
				t.Fatal(err)
			}
			if len(runs) == 1 && runs[0].Attempts > before.Attempts || time.Now().After(end) {
				break
			}
		}
		_ = cmd.Process.Kill()
		var died *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &died) || died.Exited() {
			t.Fatalf("it was to be killed: %v", err)
		}
		run, anew := now()
		if run.State != progress.RegradeOpen || run.Graded != anew || anew <= before.Graded || anew >= answers {
			t.Fatalf("after kill %d: %d attempts are graded anew, of the run %+v, before that %d", n, anew, run, before.Graded)
		}
		t.Logf("killed after %d of %d", anew, answers)
		if n == 0 {
			if got, err := exec.Command(binary, args...).CombinedOutput(); err == nil || !strings.Contains(string(got), "it is worked on already") {
				t.Errorf("while it is held: %v\n%s", err, got)
			}
		}
		if err := r.db.LetGoRegrade(ctx, org, run.ID, run.Holder, r.db.Clock()); err != nil { // as when the hold has run out
			t.Fatal(err)
		}
	}
	if got, err := exec.Command(binary, args...).CombinedOutput(); err != nil || !strings.Contains(string(got), fmt.Sprintf("%d attempts looked at, %d graded anew", answers, answers)) {
		t.Errorf("the last start: %v\n%s", err, got)
	}
	run, anew := now()
	if run.State != progress.RegradeDone || run.Graded != answers || anew != answers {
		t.Errorf("in the end %d are graded anew: %+v", anew, run)
	}
	for after := progress.AttemptID(""); ; {
		page, _, err := r.db.Attempts(ctx, org, progress.AttemptFilter{Item: liveQuestion, Limit: 500, Before: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range page {
			if g.Grading.Seq != 2 || !g.Grading.Correct || g.Grading.Reason != "No is right." {
				t.Fatalf("attempt %s: %+v", g.Attempt.ID, g.Grading)
			}
			after = g.Attempt.ID
		}
		if len(page) < 500 {
			break
		}
	}
}

// manyMore records more attempts like one, of learners who each answer one after another.
func (r *record) manyMore(like progress.Graded, n int) {
	r.t.Helper()
	const learners = 32
	errs := make(chan error, learners)
	for k := range learners {
		who := r.guest().Learner
		go func() {
			for i := k; i < n; i += learners {
				a, g := like.Attempt, like.Grading
				a.ID, g.ID = progress.AttemptID(fmt.Sprintf("01940000-0000-7000-8000-%012d", i)), progress.GradingID(fmt.Sprintf("01940000-0000-7001-8000-%012d", i))
				a.Learner, a.ClientKey, g.Attempt = who, "many-"+string(a.ID), a.ID
				if _, _, err := r.db.RecordAttempt(r.t.Context(), a.Org, nil, a, g, false); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range learners {
		if err := <-errs; err != nil {
			r.t.Fatal(err)
		}
	}
}
