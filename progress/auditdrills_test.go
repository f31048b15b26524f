package progress_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes/audit"
)

// solve is the right report on a drill of case c1.
func solve(d audit.Drill) audit.Report {
	right := caseAnswer("E11.22", "N18.32")
	if d.Fault == nil {
		return audit.Report{Line: audit.NoFault}
	}
	return audit.Report{Line: d.Fault.Lines[0], Kind: d.Fault.Kind, Claim: &right}
}

func (h *house) startAudits(a progress.Actor, seed uint64) progress.AuditRun {
	h.t.Helper()
	r, err := h.StartAudits(h.t.Context(), a, progress.AuditPick{}, seed)
	h.must(err)
	return r
}

// audit answers the open drill of a run.
func (h *house) audit(a progress.Actor, id progress.DrillID, report func(d audit.Drill) audit.Report) progress.Graded {
	h.t.Helper()
	run, err := h.AuditRun(h.t.Context(), a, id)
	h.must(err)
	d, err := h.AuditDrill(run)
	h.must(err)
	g, err := h.SubmitAudit(h.t.Context(), a, progress.AuditSubmission{Run: id, Number: run.Next, Claim: d.Hash(), Report: report(d)})
	h.must(err)
	return g
}

// TestAudits: a run goes on without end, each drill counts once, and what was shown and answered is kept.
func TestAudits(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	id := h.startAudits(a, 7).ID
	for n := 1; n <= 12; n++ {
		run, err := h.AuditRun(ctx, a, id)
		h.must(err)
		same(t, "number", run.Next, n)
		d, err := h.AuditDrill(run)
		h.must(err)
		again, err := h.AuditDrill(run)
		h.must(err)
		same(t, "the open drill a second time", again, d)
		if _, err := h.AuditAttempt(ctx, a, id, n); !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("an open drill has an attempt: %v", err)
		}
		g := h.audit(a, id, solve)
		if !g.Grading.Correct || g.Grading.Percent10 != 1000 || g.Attempt.Kind != progress.KindAudit || g.Attempt.Item != "c1" || g.Attempt.Context != (progress.Context{Kind: progress.InAudit, Ref: string(id)}) {
			t.Errorf("drill %d: %+v", n, g)
		}
		kept, number, ok := g.Attempt.AuditDrill()
		if !ok || number != n {
			t.Errorf("kept drill: number %d, %v", number, ok)
		}
		same(t, "kept drill", kept, d)
		twice, err := h.SubmitAudit(ctx, a, progress.AuditSubmission{Run: id, Number: n, Claim: d.Hash(), Report: audit.Report{Line: "dx-1", Kind: audit.First}})
		h.must(err)
		if !twice.Duplicate || twice.Attempt.ID != g.Attempt.ID {
			t.Errorf("drill %d answered twice: %+v", n, twice)
		}
	}
	run, err := h.AuditRun(ctx, a, id)
	h.must(err)
	same(t, "tally", run.Tally, progress.AuditTally{Answered: 12, Found: 12, Named: 12, Mended: 12})
	runs, err := h.AuditRuns(ctx, a)
	h.must(err)
	if len(runs) != 1 || runs[0].ID != id {
		t.Errorf("runs: %+v", runs)
	}
	// A run of audits is no drill of questions, and nobody else's.
	if _, err := h.Drill(ctx, a, id); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("a run as a drill of questions: %v", err)
	}
	if ds, err := h.Drills(ctx, a); err != nil || len(ds) != 0 {
		t.Errorf("drills: %v %v", ds, err)
	}
	if _, err := h.AuditRun(ctx, h.guest(), id); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("another's run: %v", err)
	}
	drill, err := h.StartDrill(ctx, a, "em", 2, 1)
	h.must(err)
	if _, err := h.AuditRun(ctx, a, drill.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("a drill of questions as a run: %v", err)
	}
}

// TestAuditRefused: what is not recorded.
func TestAuditRefused(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	run := h.startAudits(a, 3)
	d, err := h.AuditDrill(run)
	h.must(err)
	send := func(in progress.AuditSubmission) error {
		_, err := h.SubmitAudit(ctx, a, in)
		return err
	}
	wantField(t, "a drill that is not open yet", send(progress.AuditSubmission{Run: run.ID, Number: 2, Claim: d.Hash(), Report: solve(d)}), "number")
	wantErr(t, "another claim than is shown", send(progress.AuditSubmission{Run: run.ID, Number: 1, Claim: "other", Report: solve(d)}), progress.ErrDrillChanged)
	wantErr(t, "an unknown run", send(progress.AuditSubmission{Run: "0199", Number: 1, Claim: d.Hash(), Report: solve(d)}), progress.ErrNotFound)
	var bad grading.FormatErrors
	if err := send(progress.AuditSubmission{Run: run.ID, Number: 1, Claim: d.Hash()}); !errors.As(err, &bad) {
		t.Errorf("an empty report: %v", err)
	}
	if _, err := h.StartAudits(ctx, a, progress.AuditPick{Setting: "anesthesia"}, 1); err == nil {
		t.Error("a setting without cases begins a run")
	}
	if _, err := h.StartAudits(ctx, progress.Actor{}, progress.AuditPick{}, 1); !errors.Is(err, progress.ErrForbidden) {
		t.Errorf("nobody begins a run: %v", err)
	}
	picked, err := h.StartAudits(ctx, a, progress.AuditPick{Setting: "office", Area: "em"}, 1)
	h.must(err)
	back, err := h.AuditRun(ctx, a, picked.ID)
	h.must(err)
	same(t, "pick", back.Pick, progress.AuditPick{Setting: "office", Area: "em"})
	// The case goes while the drill is open.
	h.SwapContent(newBank().without("c1"))
	wantErr(t, "a case that is gone", send(progress.AuditSubmission{Run: run.ID, Number: 1, Claim: d.Hash(), Report: solve(d)}), progress.ErrNotFound)
}

// TestAuditsApart: audits count as work done, and in no figure of cases, questions or areas.
func TestAuditsApart(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	h.code(a, "E11.22")
	before, err := h.Summary(ctx, a, a.Learner)
	h.must(err)
	id := h.startAudits(a, 5).ID
	h.audit(a, id, solve)
	h.audit(a, id, func(d audit.Drill) audit.Report {
		if d.Fault == nil {
			return audit.Report{Line: "dx-1", Kind: audit.First}
		}
		return audit.Report{Line: audit.NoFault}
	})
	after, err := h.Summary(ctx, a, a.Learner)
	h.must(err)
	if after.Audits.Answered != 2 || after.Audits.Right != 1 || after.Audits.Average >= 1000 {
		t.Errorf("audits: %+v", after.Audits)
	}
	same(t, "cases", after.Cases, before.Cases)
	same(t, "areas", after.Areas, before.Areas)
	same(t, "findings", after.Findings, before.Findings)
	same(t, "questions", after.Questions, before.Questions)
	if len(after.Days) != 1 || after.Days[0].Audits != 2 || after.Days[0].Cases != 1 {
		t.Errorf("days: %+v", after.Days)
	}
	states, err := h.CaseStates(ctx, a)
	h.must(err)
	same(t, "tries of the case", states["c1"].Tries, 1)
}

// TestAuditRecord: the export has the run and the attempts, an erased person's attempts hold no words, and a guest's run goes over to
// the account that they sign in to.
func TestAuditRecord(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	id := h.startAudits(a, 5).ID
	h.audit(a, id, func(d audit.Drill) audit.Report {
		r := solve(d)
		if r.Claim != nil {
			r.Claim.Diagnoses[0].Evidence = []string{"my own words"}
		}
		return r
	})
	rec, err := h.Export(ctx, a, a.Learner)
	h.must(err)
	if len(rec.Attempts) != 1 || len(rec.Attempts[0].Gradings) != 1 || len(rec.Drills) != 1 || rec.Drills[0].ID != id {
		t.Errorf("export: %d attempts, drills %+v", len(rec.Attempts), rec.Drills)
	}
	body, err := json.Marshal(rec)
	h.must(err)
	if strings.Contains(string(body), "my own words") {
		t.Error("words of the learner are kept, which an audit does not look at")
	}
	h.must(h.Erase(ctx, a, a.Learner))
	gs, n, err := h.Attempts(ctx, progress.Operator(""), progress.AttemptFilter{Kind: progress.KindAudit})
	h.must(err)
	if n != 1 || !json.Valid(gs[0].Attempt.Answer) {
		t.Errorf("after erasing: %d attempts %+v", n, gs)
	}
	if _, err := gs[0].Grading.AuditResult(); err != nil {
		t.Errorf("result after erasing: %v", err)
	}

	h.user("ann", progress.RoleLearner, "")
	guest := h.guest()
	gid := h.startAudits(guest, 6).ID
	h.audit(guest, gid, solve)
	l, _, err := h.SignIn(ctx, progress.SignIn{Email: "ann@example.org", Passphrase: pass, Guest: guest})
	h.must(err)
	run, err := h.AuditRun(ctx, l.Actor(), gid)
	h.must(err)
	same(t, "number after signing in", run.Next, 2)
}

// TestAuditRegrade: a case that is graded anew takes its audit drills along, but for those that are none any more.
func TestAuditRegrade(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	id := h.startAudits(a, 5).ID
	faults := map[audit.Kind]bool{}
	for range 12 {
		h.audit(a, id, func(d audit.Drill) audit.Report {
			if d.Fault != nil {
				faults[d.Fault.Kind] = true
			}
			return solve(d)
		})
	}
	if !faults[audit.First] || !faults[audit.Missing] {
		t.Fatalf("the drills show only %v", faults)
	}
	teacher := h.user("ida", progress.RoleInstructor, "")
	same1, err := h.Regrade(ctx, teacher, "c1", "nothing has changed", true)
	h.must(err)
	if same1.Attempts != 12 || same1.Same != 12 {
		t.Errorf("by the same key: %+v", same1)
	}
	h.SwapContent(newBank().change("c1", func(it *progress.Item) {
		k := *it.Case
		k.Diagnoses = []grading.Diagnosis{{Code: "E1122", First: grading.EitherFirst, Weight: grading.Required}, {Code: "N1832", First: grading.EitherFirst, Weight: grading.Required}}
		it.Case, it.KeyHash = &k, "another key of c1"
	}))
	out, err := h.Regrade(ctx, teacher, "c1", "either may stand first", false)
	h.must(err)
	if out.Attempts != 12 || out.Skipped == 0 || len(out.Changes) == 0 || out.Skipped+len(out.Changes) != 12 {
		t.Errorf("by the mended key: %+v", out)
	}
	run, err := h.AuditRun(ctx, a, id)
	h.must(err)
	same(t, "tally after the regrade", run.Tally.Answered, 12)
}

// TestCasesOfARun: every case once in each round, none twice running, and the seed decides.
func TestCasesOfARun(t *testing.T) {
	pool := []string{"a", "b", "c", "d"}
	orders := map[string]bool{}
	for seed := range uint64(50) {
		all := ""
		for n := range 40 {
			all += progress.CaseAt(pool, seed, n)
			if n > 0 && all[n] == all[n-1] {
				t.Errorf("seed %d: %s has a case twice running", seed, all)
			}
		}
		for round := range 10 {
			for _, c := range pool {
				if strings.Count(all[4*round:4*round+4], c) != 1 {
					t.Errorf("seed %d: round %d of %s misses a case", seed, round, all)
				}
			}
		}
		orders[all] = true
	}
	if len(orders) < 45 {
		t.Errorf("50 seeds give only %d orders", len(orders))
	}
	if got := progress.CaseAt([]string{"only"}, 1, 7); got != "only" {
		t.Errorf("of one case: %s", got)
	}
}
