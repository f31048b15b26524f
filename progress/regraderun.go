package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// regradeHold is how long a run is held without a sign of life. A program that was killed leaves its run for that long.
const regradeHold = 15 * time.Second

// letGoPatience is how long a run that is interrupted may take to say so.
const letGoPatience = 3 * time.Second

// maxRegradeTries is how often a batch is judged again because somebody graded one of its attempts meanwhile.
const maxRegradeTries = 20

// ErrUnderWay: the regrade is worked on already, here or elsewhere.
var ErrUnderWay = errors.New("this regrade is under way already: wait for it, or look how far it is")

// StartRegrade records that an item is to be graded anew and why; ContinueRegrade does it. An item has one regrade at a time: where one is
// not at its end and goes by the key in force, it is that one that comes back, with its own reason, so that starting twice is starting once; one
// by another key is closed, and what it graded stays. ErrForbidden for learners and employers; ErrNotFound; InputErrors of reason, dispute and key.
func (s *Service) StartRegrade(ctx context.Context, a Actor, in RegradeInput) (RegradeRun, error) {
	it, err := s.checkRegrade(a, in.Item)
	if err != nil {
		return RegradeRun{}, err
	}
	in.Reason = cleanReason(in.Reason)
	if err := checkRegradeReason(in.Reason); err != nil {
		return RegradeRun{}, err
	}
	if in.KeyHash != "" && in.KeyHash != it.KeyHash {
		return RegradeRun{}, &InputError{"key", "The key has changed since you looked. This is what a regrade by the key in force would do now."}
	}
	if in.Dispute != "" {
		d, err := s.DisputeByID(ctx, a, in.Dispute)
		if err != nil {
			return RegradeRun{}, err
		}
		if d.Item != it.ID || d.Status != DisputeAccepted {
			return RegradeRun{}, &InputError{"dispute", "This dispute is not accepted, or it is about another item."}
		}
	}
	fail := func(err error) (RegradeRun, error) {
		return RegradeRun{}, fmt.Errorf("start regrade of %s: %w", it.ID, err)
	}
	if r, ok, err := s.sameRegrade(ctx, a, it); err != nil || ok {
		if err != nil {
			return fail(err)
		}
		return r, nil
	}
	now := s.clock()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	uses, err := s.st.KeyUses(ctx, a.org(), it.ID)
	if err != nil {
		return fail(err)
	}
	r := RegradeRun{
		ID: RegradeID(id), Org: a.org(), Kind: it.Kind, Item: it.ID, KeyHash: it.KeyHash, Dispute: in.Dispute, Reason: in.Reason, By: gradedBy(a), State: RegradeOpen,
		StartedAt: now, UpdatedAt: now, HeldUntil: now,
	}
	for _, u := range uses {
		r.Expected += u.Attempts
	}
	entry, err := s.entry(a, "regrade.start", it.ID, id)
	if err != nil {
		return fail(err)
	}
	err = s.st.AddRegrade(ctx, r.Org, r, entry)
	if errors.Is(err, ErrDuplicate) { // somebody was quicker
		if r, ok, err := s.sameRegrade(ctx, a, it); err == nil && ok {
			return r, nil
		}
		err = ErrConflict
	}
	if err != nil {
		return fail(err)
	}
	return r, nil
}

// sameRegrade is the unfinished regrade of an item by the key in force. One by another key is closed.
func (s *Service) sameRegrade(ctx context.Context, a Actor, it Item) (RegradeRun, bool, error) {
	runs, err := s.st.RegradeRuns(ctx, a.org(), RegradeFilter{Item: it.ID, Unfinished: true, Limit: 1})
	if err != nil || len(runs) == 0 {
		return RegradeRun{}, false, err
	}
	r := runs[0]
	if r.KeyHash == it.KeyHash && r.Kind == it.Kind {
		return r, true, nil
	}
	return RegradeRun{}, false, s.closeRegrade(ctx, a, r)
}

func (s *Service) closeRegrade(ctx context.Context, a Actor, r RegradeRun) error {
	entry, err := s.entry(a, "regrade.close", r.Item, string(r.ID))
	if err != nil {
		return err
	}
	err = s.st.EndRegrade(ctx, a.org(), r.ID, RegradeClosed, s.clock(), entry)
	if errors.Is(err, ErrConflict) { // it came to its end meanwhile
		return nil
	}
	return err
}

// ContinueRegrade works on a regrade until it is done, the context ends, or a person stops it. It goes on where the run has come to, so what
// is done is not done again, whoever did it; what a batch graded is kept with the place that it came to, all or nothing. seen, where given, is
// told after each batch. The run comes back as far as it is, also with an error: ErrUnderWay when somebody else works on it, ErrConflict when
// it is at its end or the key has changed since it was started (then it is closed), the error of the context. ErrForbidden, ErrNotFound.
func (s *Service) ContinueRegrade(ctx context.Context, a Actor, id RegradeID, seen func(RegradeRun)) (RegradeRun, error) {
	return s.continueRegrade(ctx, a, id, nil, seen)
}

func (s *Service) continueRegrade(ctx context.Context, a Actor, id RegradeID, sum *Regraded, seen func(RegradeRun)) (RegradeRun, error) {
	r, err := s.RegradeRun(ctx, a, id)
	if err != nil {
		return r, err
	}
	it, err := s.checkRegrade(a, r.Item)
	if err != nil {
		return r, err
	}
	fail := func(err error) (RegradeRun, error) {
		return r, fmt.Errorf("regrade %s of %s: %w", r.ID, r.Item, err)
	}
	if !r.Unfinished() {
		return fail(ErrConflict)
	}
	if it.KeyHash != r.KeyHash || it.Kind != r.Kind {
		if err := s.closeRegrade(ctx, a, r); err != nil {
			return fail(err)
		}
		r.State = RegradeClosed
		return fail(ErrConflict)
	}
	if r, err = s.holdRegrade(ctx, a, r); err != nil {
		return fail(err)
	}
	if err := s.work(ctx, a, it, &r, sum, seen); err != nil {
		s.letGo(ctx, r)
		return fail(err)
	}
	return r, nil
}

// holdRegrade makes this call the one that works on the run.
func (s *Service) holdRegrade(ctx context.Context, a Actor, r RegradeRun) (RegradeRun, error) {
	now := s.clock()
	holder, err := s.newID(now)
	if err != nil {
		return r, err
	}
	var entry *AuditEntry
	if r.Attempts > 0 || r.State == RegradeStopped {
		e, err := s.entry(a, "regrade.continue", r.Item, string(r.ID))
		if err != nil {
			return r, err
		}
		entry = &e
	}
	err = s.st.HoldRegrade(ctx, a.org(), r.ID, holder, now, now.Add(regradeHold), entry)
	if errors.Is(err, ErrConflict) {
		err = ErrUnderWay
	}
	if err != nil {
		return r, err
	}
	// From here on nobody else moves it: this is where it really is.
	held, err := s.st.RegradeRun(ctx, a.org(), r.ID)
	if err != nil {
		held = r
	}
	held.Holder = holder
	return held, err
}

// letGo says of a run that was interrupted that nobody works on it. Where even that fails the hold runs out by itself.
func (s *Service) letGo(ctx context.Context, r RegradeRun) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), letGoPatience)
	defer cancel()
	_ = s.st.LetGoRegrade(ctx, r.Org, r.ID, r.Holder, s.clock())
}

// work does batch after batch.
func (s *Service) work(ctx context.Context, a Actor, it Item, r *RegradeRun, sum *Regraded, seen func(RegradeRun)) error {
	kinds := regradeKinds(it)
	at := 0
	for i, k := range kinds {
		if k.Kind == r.AtKind {
			at = i
		}
	}
	for tries := 0; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := s.regradePage(ctx, a, kinds[at], r.AtAttempt, r.Reason)
		if err != nil {
			return err
		}
		next := *r
		next.take(p, kinds[at].Kind, s.clock())
		if !p.full {
			if at++; at < len(kinds) {
				next.AtKind, next.AtAttempt = kinds[at].Kind, ""
			} else {
				next.State, next.EndedAt = RegradeDone, &next.UpdatedAt
			}
		}
		err = s.saveRegrade(ctx, a, next, p.fresh)
		if errors.Is(err, ErrDuplicate) && tries < maxRegradeTries { // one of them was graded meanwhile: judge them again
			if tries++; !p.full {
				at--
			}
			continue
		}
		if errors.Is(err, ErrConflict) {
			err = s.whyNotMine(ctx, a, r)
		}
		if err != nil {
			return err
		}
		*r, tries = next, 0
		if sum != nil {
			sum.add(p.counts)
		}
		if seen != nil {
			seen(*r)
		}
		if r.State == RegradeDone {
			return nil
		}
	}
}

// errStopped: a person stopped the run while it was worked on.
var errStopped = fmt.Errorf("somebody stopped this regrade: %w", ErrConflict)

// whyNotMine says why a batch could not be kept for a run.
func (s *Service) whyNotMine(ctx context.Context, a Actor, r *RegradeRun) error {
	now, err := s.st.RegradeRun(ctx, a.org(), r.ID)
	if err != nil {
		return err
	}
	if *r = now; now.State == RegradeOpen {
		return ErrUnderWay
	}
	return errStopped
}

func (r *RegradeRun) take(p regradePage, kind ItemKind, now time.Time) {
	r.Attempts += p.counts.Attempts
	r.Graded += len(p.counts.Changes)
	r.Same += p.counts.Same
	r.Skipped += p.counts.Skipped
	r.ByPolicy += p.counts.ByPolicy
	r.Raised += p.counts.Raised()
	r.Lowered += p.counts.Lowered()
	r.AtKind, r.UpdatedAt = kind, now
	if p.last != "" {
		r.AtAttempt = p.last
	}
	r.Expected = max(r.Expected, r.Attempts)
}

// saveRegrade keeps a batch. The last one of a run leaves an entry in the log, and settles what was disputed.
func (s *Service) saveRegrade(ctx context.Context, a Actor, r RegradeRun, fresh []Grading) error {
	var settle *Settlement
	var entry *AuditEntry
	if r.State == RegradeDone {
		if r.Graded > 0 || r.ByPolicy > 0 {
			e, err := s.entry(a, "regrade", r.Item, fmt.Sprintf("%d of %d attempts", r.Graded, r.Attempts))
			if err != nil {
				return err
			}
			entry = &e
		}
		if r.Dispute != "" {
			d, err := s.st.Dispute(ctx, a.org(), r.Dispute)
			if err != nil {
				return err
			}
			// Whoever disputed may have erased their words since, and the answer with them: the reason is there still.
			settle = &Settlement{Kind: d.Kind, Item: d.Item, Line: d.Line, Answer: cmp.Or(d.Answer, r.Reason), By: d.ResolvedBy, At: r.UpdatedAt}
		}
	}
	return s.st.SaveRegrade(ctx, a.org(), r, r.UpdatedAt.Add(regradeHold), fresh, settle, entry)
}

// StopRegrade stops a regrade after the batch that is under way; what is graded stays, and ContinueRegrade goes on with it. Stopping twice is
// fine. ErrForbidden, ErrNotFound; ErrConflict when it is at its end.
func (s *Service) StopRegrade(ctx context.Context, a Actor, id RegradeID) (RegradeRun, error) {
	r, err := s.RegradeRun(ctx, a, id)
	if err != nil || r.State == RegradeStopped {
		return r, err
	}
	entry, err := s.entry(a, "regrade.stop", r.Item, string(id))
	if err != nil {
		return r, err
	}
	if err := s.st.EndRegrade(ctx, a.org(), id, RegradeStopped, s.clock(), entry); err != nil {
		return r, fmt.Errorf("stop regrade %s: %w", id, err)
	}
	return s.RegradeRun(ctx, a, id)
}

// RegradeRun is a regrade of the actor's organisation. Instructors and admins, else ErrForbidden; ErrNotFound.
func (s *Service) RegradeRun(ctx context.Context, a Actor, id RegradeID) (RegradeRun, error) {
	if !a.teaches() {
		return RegradeRun{}, fmt.Errorf("regrade: %w", ErrForbidden)
	}
	r, err := s.st.RegradeRun(ctx, a.org(), id)
	if err != nil {
		return RegradeRun{}, fmt.Errorf("regrade %s: %w", id, err)
	}
	return r, nil
}

// RegradeRuns lists regrades of the organisation, newest first, 50 where no limit is given. Instructors and admins, else ErrForbidden.
func (s *Service) RegradeRuns(ctx context.Context, a Actor, f RegradeFilter) ([]RegradeRun, error) {
	if !a.teaches() {
		return nil, fmt.Errorf("regrades: %w", ErrForbidden)
	}
	f.Limit = limitOr(f.Limit, 50, 500)
	rs, err := s.st.RegradeRuns(ctx, a.org(), f)
	if err != nil {
		return nil, fmt.Errorf("regrades: %w", err)
	}
	return rs, nil
}
