package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/quizzes/audit"
)

// AuditPick narrows the cases that a run of audit drills is made of; empty fields let every case through.
type AuditPick struct {
	Setting string
	Area    string
}

const auditArea = "audits"

// area is the pick as a drill keeps it.
func (p AuditPick) area() string {
	s := auditArea
	if p.Setting != "" {
		s += ":setting:" + p.Setting
	}
	if p.Area != "" {
		s += ":area:" + p.Area
	}
	return s
}

func (d Drill) audits() bool { return d.Area == auditArea || strings.HasPrefix(d.Area, auditArea+":") }

// pick is the pick that a drill was started with.
func (d Drill) pick() (p AuditPick) {
	f := strings.Split(d.Area, ":")
	for i := 1; i+1 < len(f); i += 2 {
		switch f[i] {
		case "setting":
			p.Setting = f[i+1]
		case "area":
			p.Area = f[i+1]
		}
	}
	return p
}

// AuditRun is an endless run of audit drills and how far it is. The drills follow from its seed, so that an open one is the same after a
// restart and on another server.
type AuditRun struct {
	ID        DrillID
	Pick      AuditPick
	CreatedAt time.Time
	Next      int // number of the open drill, from 1
	Tally     AuditTally
	drill     Drill
}

// AuditTally counts the three parts over the drills of a run, at most the newest 500.
type AuditTally struct {
	Answered, Found, Named, Mended int
}

// AuditSubmission is a report on a drill of a run.
type AuditSubmission struct {
	Run       DrillID
	Number    int    // of the drill, from 1
	Claim     string // audit.Drill.Hash of the claim that was shown
	Report    audit.Report
	StartedAt *time.Time
}

// AuditDrill is the audit drill that an attempt answers, with its fault, and its number in the run; false for other attempts.
func (a Attempt) AuditDrill() (d audit.Drill, number int, ok bool) {
	var s shown
	if a.Kind != KindAudit || json.Unmarshal(a.Shown, &s) != nil || s.Drill == nil {
		return audit.Drill{}, 0, false
	}
	return *s.Drill, s.Number, true
}

// audited is a case as the item of audit drills.
func (it Item) audited() Item {
	it.Kind = KindAudit
	return it
}

// StartAudits begins a run of audit drills. *InputError when no case is left by the pick.
func (s *Service) StartAudits(ctx context.Context, a Actor, p AuditPick, seed uint64) (AuditRun, error) {
	if a.Learner == "" {
		return AuditRun{}, fmt.Errorf("start audits: start as a guest or sign in: %w", ErrForbidden)
	}
	var pool []string
	for _, it := range s.items().Items(KindCase) {
		if (p.Setting == "" || it.Case.Setting == p.Setting) && (p.Area == "" || slices.Contains(it.Areas, p.Area)) {
			pool = append(pool, it.ID)
		}
	}
	if len(pool) == 0 {
		return AuditRun{}, &InputError{"pick", "No chart is left by this choice. Choose another setting or area, or any."}
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return AuditRun{}, err
	}
	d := Drill{ID: DrillID(id), Area: p.area(), Items: pool, Seed: seed, CreatedAt: now}
	if err := s.st.AddDrill(ctx, a.org(), a.Learner, d); err != nil {
		return AuditRun{}, fmt.Errorf("start audits: %w", err)
	}
	return AuditRun{ID: d.ID, Pick: p, CreatedAt: now, Next: 1, drill: d}, nil
}

// AuditRun gives one of the actor's runs and how far it is; ErrNotFound.
func (s *Service) AuditRun(ctx context.Context, a Actor, id DrillID) (AuditRun, error) {
	d, err := s.st.Drill(ctx, a.org(), a.Learner, id)
	if err == nil && !d.audits() {
		err = ErrNotFound
	}
	if err != nil {
		return AuditRun{}, fmt.Errorf("audit run %s: %w", id, err)
	}
	gs, n, err := s.st.Attempts(ctx, a.org(), AttemptFilter{Learner: a.Learner, Context: Context{Kind: InAudit, Ref: string(id)}, Limit: 500})
	if err != nil {
		return AuditRun{}, fmt.Errorf("audit run %s: %w", id, err)
	}
	r := AuditRun{ID: d.ID, Pick: d.pick(), CreatedAt: d.CreatedAt, Next: n + 1, drill: d}
	for _, g := range gs {
		res, err := g.Grading.AuditResult()
		if err != nil {
			return AuditRun{}, fmt.Errorf("audit run %s: result of %s: %w", id, g.Attempt.ID, err)
		}
		r.Tally.Answered++
		for step, count := range map[audit.Step]*int{audit.StepFound: &r.Tally.Found, audit.StepNamed: &r.Tally.Named, audit.StepMended: &r.Tally.Mended} {
			if res.Step(step).Right {
				*count++
			}
		}
	}
	return r, nil
}

// AuditRuns lists the actor's runs, newest first, without their tallies.
func (s *Service) AuditRuns(ctx context.Context, a Actor) ([]AuditRun, error) {
	ds, err := s.st.Drills(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("audit runs: %w", err)
	}
	var out []AuditRun
	for _, d := range ds {
		if d.audits() {
			out = append(out, AuditRun{ID: d.ID, Pick: d.pick(), CreatedAt: d.CreatedAt, drill: d})
		}
	}
	return out, nil
}

// AuditDrill makes the open drill of a run, number r.Next, with its fault. Which case it is made of, and how, follows from the seed of
// the run. A case that has gone since, or gives no drill, is passed over; ErrNotFound when none is left.
func (s *Service) AuditDrill(r AuditRun) (audit.Drill, error) {
	_, d, err := s.auditDrill(r)
	return d, err
}

func (s *Service) auditDrill(r AuditRun) (Item, audit.Drill, error) {
	pool := r.drill.Items
	seed := rand.New(rand.NewPCG(r.drill.Seed, uint64(r.Next))).Uint64()
	for k := range pool {
		it, ok := s.items().Item(KindCase, caseAt(pool, r.drill.Seed, r.Next-1+k))
		if !ok {
			continue
		}
		d, err := audit.Draw(it.Case, s.book(), seed)
		if errors.Is(err, audit.ErrNoDrill) {
			continue
		}
		return it, d, err
	}
	return Item{}, audit.Drill{}, fmt.Errorf("audit run %s: none of its %d cases gives a drill any more: %w", r.ID, len(pool), ErrNotFound)
}

// caseAt is the case of the nth drill, counted from 0: every case once in a round, in an order of its own for each, and none twice running.
func caseAt(pool []string, seed uint64, n int) string {
	order := func(round int) []int {
		return rand.New(rand.NewPCG(seed, 0x6175646974<<16|uint64(round))).Perm(len(pool))
	}
	round := n / len(pool)
	perm := order(round)
	if len(pool) > 1 && round > 0 {
		before := order(round - 1)
		// The round before may itself have begun with a swap, which leaves its last case where it was unless there are two in all.
		if last := before[len(before)-1]; len(pool) > 2 && perm[0] == last {
			perm[0], perm[1] = perm[1], perm[0]
		}
	}
	return pool[perm[n%len(pool)]]
}

// SubmitAudit grades a report on the open drill of a run and records it as an attempt of kind audit. A drill is answered once: another
// report on it gives the first result with Duplicate set and records nothing. Nothing is recorded either with an error: ErrNotFound for an
// unknown run, ErrDrillChanged when what was shown is not the drill any more, grading.FormatErrors, *InputError for a drill that is not open.
func (s *Service) SubmitAudit(ctx context.Context, a Actor, in AuditSubmission) (Graded, error) {
	fail := func(err error) (Graded, error) { return Graded{}, err }
	key := auditKey(in.Run, in.Number)
	if err := checkSubmission(a, key); err != nil {
		return fail(err)
	}
	if g, err := s.AuditAttempt(ctx, a, in.Run, in.Number); err == nil {
		g.Duplicate = true
		return g, nil
	} else if !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	run, err := s.AuditRun(ctx, a, in.Run)
	if err != nil {
		return fail(err)
	}
	if in.Number != run.Next {
		return fail(&InputError{"number", fmt.Sprintf("Drill %d of this run is the open one: answer it first.", run.Next)})
	}
	it, d, err := s.auditDrill(run)
	if err != nil {
		return fail(err)
	}
	if in.Claim != d.Hash() {
		return fail(fmt.Errorf("submit audit of %s: %w", it.ID, ErrDrillChanged))
	}
	if err := s.notInExam(ctx, a, it); err != nil {
		return fail(err)
	}
	report, err := audit.ParseReport(it.Case, d, in.Report)
	if err != nil {
		return fail(err)
	}
	it = it.audited()
	att, err := s.attempt(a, key, it, Context{Kind: InAudit, Ref: string(in.Run)}, in.StartedAt)
	if err != nil {
		return fail(err)
	}
	if att.Answer, err = json.Marshal(report); err != nil {
		return fail(fmt.Errorf("submit audit of %s: %w", it.ID, err))
	}
	if att.Shown, err = json.Marshal(shown{Number: in.Number, Drill: &d}); err != nil {
		return fail(fmt.Errorf("submit audit of %s: %w", it.ID, err))
	}
	return s.record(ctx, it, att, "", false)
}

// AuditAttempt gives the answer to a drill of one of the actor's runs; ErrNotFound while there is none, ErrNotYet while an open exam holds
// the case.
func (s *Service) AuditAttempt(ctx context.Context, a Actor, run DrillID, number int) (Graded, error) {
	g, err := s.st.AttemptByKey(ctx, a.org(), a.Learner, auditKey(run, number))
	if err == nil && (g.Attempt.Kind != KindAudit || g.Attempt.Context.Ref != string(run)) {
		err = ErrNotFound
	}
	if err != nil {
		return Graded{}, fmt.Errorf("audit %d of run %s: %w", number, run, err)
	}
	if err := s.mayShow(ctx, a, g.Attempt); err != nil {
		return Graded{}, fmt.Errorf("audit %d of run %s: %w", number, run, err)
	}
	return g, nil
}

// auditKey is the client key of a drill. It is no secret of one page: a drill is answered once, from however many pages.
func auditKey(run DrillID, number int) string {
	return "audit:" + string(run) + ":" + strconv.Itoa(number)
}

// gradeAudit judges a kept report on the drill that is kept beside it.
func gradeAudit(k *grading.Key, book *codebook.Book, att Attempt) (audit.Result, error) {
	var r audit.Report
	if err := json.Unmarshal(att.Answer, &r); err != nil {
		return audit.Result{}, fmt.Errorf("kept answer of %s: %w", att.ID, err)
	}
	d, _, ok := att.AuditDrill()
	if !ok {
		return audit.Result{}, fmt.Errorf("attempt %s is of kind %s and keeps no drill", att.ID, att.Kind)
	}
	r, err := audit.ParseReport(k, d, r)
	if err != nil {
		return audit.Result{}, err
	}
	return audit.Grade(k, book, d, r)
}

// stillADrill reports whether the claim that was shown has, by today's key and book, the fault that it had, and no other.
func (s *Service) stillADrill(it Item, att Attempt) bool {
	d, _, ok := att.AuditDrill()
	return ok && audit.Holds(it.Case, s.book(), d)
}
