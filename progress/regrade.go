package progress

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"crosswalk/grading"
)

// MaxRegradeReason is the most characters of the reason that is kept with a grading.
const MaxRegradeReason = 500

// regradeBatch is how many attempts are judged and kept at a time. The gradings of a batch are one unit of work, and others wait while
// it is written.
const regradeBatch = 250

// Regrade judges every attempt at an item of the actor's organisation anew, by the key, the grader and the book in force, and appends the
// gradings; submissions stay as they were. An attempt that was already graded so is left alone. Answers to choices and orders refer to
// positions, so one given to another shown text is skipped. The audit drills made of a case are graded anew with it; one whose claim no
// longer shows its fault, and that alone, by today's key is skipped. Gradings by policies are made anew by the policies that they were made
// by, and what people decided by hand is kept (see Overridden). With dryRun nothing is kept. It is StartRegrade and ContinueRegrade in one.
// Instructors and admins only, else ErrForbidden.
func (s *Service) Regrade(ctx context.Context, a Actor, item, reason string, dryRun bool) (Regraded, error) {
	if dryRun {
		p, err := s.PlanRegrade(ctx, a, item)
		return p.Regraded, err
	}
	r, err := s.StartRegrade(ctx, a, RegradeInput{Item: item, Reason: reason})
	if err != nil {
		return Regraded{}, err
	}
	out := Regraded{Item: r.Item}
	if _, err := s.continueRegrade(ctx, a, r.ID, &out, nil); err != nil {
		return out, err
	}
	return out, nil
}

// RegradeInput starts a regrade.
type RegradeInput struct {
	Item    string
	Reason  string
	Dispute DisputeID // an accepted dispute that the mended key answers; "" for none
	KeyHash string    // of the key whose dry run was looked at; "" for whichever is in force
}

// checkRegrade looks at who asks for a regrade, and finds the item: a case, or else a question.
func (s *Service) checkRegrade(a Actor, item string) (Item, error) {
	if !a.teaches() {
		return Item{}, fmt.Errorf("regrade: %w", ErrForbidden)
	}
	it, err := s.item(KindCase, item)
	if errors.Is(err, ErrNotFound) {
		it, err = s.item(KindQuestion, item)
	}
	if err != nil {
		return Item{}, fmt.Errorf("regrade: no question or case in force is called %q: %w", item, ErrNotFound)
	}
	return it, nil
}

func checkRegradeReason(reason string) error {
	if reason == "" || utf8.RuneCountInString(reason) > MaxRegradeReason {
		return &InputError{"reason", "Say in a sentence why this is graded anew: learners see it."}
	}
	return nil
}

// regradeKinds are an item as it is attempted: a case also as the audit drills that are made of it.
func regradeKinds(it Item) []Item {
	if it.Kind == KindCase {
		return []Item{it, it.audited()}
	}
	return []Item{it}
}

// regradePage is a page of attempts with what judging them anew came to.
type regradePage struct {
	last   AttemptID
	full   bool // more may follow
	fresh  []Grading
	counts Regraded
	shares []shareChange // of the changes, in their order
}

// shareChange is which share of a sitting's item an answer earned and earns, from 0 to 1, with the place of the item.
type shareChange struct {
	key         string // the attempt's client key
	before, now float64
}

// regradePage judges the attempts at an item that come after an id, the newest first. It keeps nothing.
func (s *Service) regradePage(ctx context.Context, a Actor, it Item, after AttemptID, reason string) (regradePage, error) {
	var p regradePage
	f := AttemptFilter{Kind: it.Kind, Item: it.ID, Limit: regradeBatch, Sealed: true, Before: after, NoTotal: true}
	page, _, err := s.st.Attempts(ctx, a.org(), f)
	if err != nil {
		return p, err
	}
	if err := s.regradeAll(a, it, page, reason, &p); err != nil {
		return p, err
	}
	if it.Kind == KindCase {
		if err := s.regradePolicies(ctx, a, it, page, reason, &p.counts, &p.fresh); err != nil {
			return p, err
		}
	}
	if p.full = len(page) == f.Limit; len(page) > 0 {
		p.last = page[len(page)-1].Attempt.ID
	}
	return p, nil
}

// regradeAll judges a page of attempts on all processors and takes what came of it in their order.
func (s *Service) regradeAll(a Actor, it Item, page []Graded, reason string, p *regradePage) error {
	verdicts := make([]verdict, len(page))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(page)) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(page)); i = next.Add(1) - 1 {
				verdicts[i] = s.regradeOne(a, it, page[i], reason)
			}
		})
	}
	all.Wait()
	for _, v := range verdicts {
		if v.err != nil {
			return v.err
		}
		p.counts.add(v.counts)
		if v.fresh != nil {
			p.fresh, p.shares = append(p.fresh, *v.fresh), append(p.shares, v.share)
		}
	}
	return nil
}

// verdict is what judging one attempt anew came to.
type verdict struct {
	counts Regraded
	fresh  *Grading // nil where the attempt is left alone
	share  shareChange
	err    error
}

func (s *Service) regradeOne(a Actor, it Item, old Graded, reason string) (v verdict) {
	out := &v.counts
	out.Attempts = 1
	if it.positional() && old.Attempt.ShownHash != it.ShownHash {
		out.Skipped = 1
		return v
	}
	if it.Kind == KindAudit && !s.stillADrill(it, old.Attempt) {
		out.Skipped, out.Faultless = 1, 1
		return v
	}
	was := old.Grading
	// What is graded so already is not worth grading to find that out.
	if was.judgedLike(Grading{KeyHash: it.KeyHash, GraderVersion: grading.Version, BookEdition: s.book().Edition()}) {
		out.Same = 1
		return v
	}
	g, err := s.grade(it, old.Attempt, grading.Policy{Scheme: grading.Scheme(was.Scheme)})
	var bad grading.FormatErrors
	if errors.As(err, &bad) { // what the item asks for has changed so much that the old answer has no form for it
		out.Skipped, out.Formless = 1, 1
		return v
	}
	if err != nil {
		v.err = err
		return v
	}
	change := RegradeChange{Attempt: old.Attempt.ID, Learner: old.Attempt.Learner, Before: was.Percent10, WasCorrect: was.Correct, Audit: it.Kind == KindAudit}
	if was.Override != nil {
		if g, err = withOverrides(it.Kind, g, was.Override.Lines); err != nil {
			v.err = fmt.Errorf("what was decided by hand on %s: %w", old.Attempt.ID, err)
			return v
		}
		change.ByHand, change.Lineless = len(was.Override.Lines), g.lineless()
	}
	g.Reason, g.By, g.At, g.Seq = reason, gradedBy(a), s.now(), was.Seq+1
	change.After, change.NowCorrect = g.Percent10, g.Correct
	if c := old.Attempt.Context; c.Kind == InExam && c.Ref != "" {
		change.Sitting = SittingID(c.Ref)
		v.share = shareChange{old.Attempt.ClientKey, shareOf(it.Kind, was), shareOf(it.Kind, g)}
	}
	v.fresh, out.Changes = &g, []RegradeChange{change}
	return v
}

// shareOf is which share of an exam's item a grading earns, from 0 to 1.
func shareOf(kind ItemKind, g Grading) float64 {
	if kind != KindCase {
		return float64(bitOf(g.Correct)) / 100
	}
	if r, err := g.CaseResult(); err == nil && r.SchemeScore != nil {
		return r.SchemeScore.Percent / 100
	}
	return 0
}

// add counts another page.
func (r *Regraded) add(o Regraded) {
	r.Attempts += o.Attempts
	r.Skipped += o.Skipped
	r.Formless += o.Formless
	r.Faultless += o.Faultless
	r.Same += o.Same
	r.ByPolicy += o.ByPolicy
	r.Changes = append(r.Changes, o.Changes...)
}

// Raised and Lowered count the changes that move the figure of their attempt.
func (r Regraded) Raised() int {
	return r.count(func(c RegradeChange) bool { return c.After > c.Before })
}

// Lowered is Raised the other way.
func (r Regraded) Lowered() int {
	return r.count(func(c RegradeChange) bool { return c.After < c.Before })
}

func (r Regraded) count(is func(RegradeChange) bool) (n int) {
	for _, c := range r.Changes {
		if is(c) {
			n++
		}
	}
	return n
}

// positional reports whether answers to the item refer to positions in its shown text.
func (it Item) positional() bool {
	if it.Question == nil {
		return false
	}
	switch it.Question.Kind {
	case grading.Single, grading.Multiple, grading.Order, grading.Match:
		return true
	}
	return false
}

// cleanReason is a reason as it is kept.
func cleanReason(reason string) string { return strings.Join(strings.Fields(reason), " ") }
