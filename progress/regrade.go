package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"crosswalk/grading"
)

// Regrade judges every attempt at an item of the actor's organisation anew, by the key, the grader and the book in force, and appends the
// gradings; submissions stay as they were. An attempt that was already graded so is left alone. Answers to choices and orders refer to
// positions, so one given to another shown text is skipped. The audit drills made of a case are graded anew with it; one whose claim no
// longer shows its fault, and that alone, by today's key is skipped. Gradings by policies are made anew by the policies that they were made by. With dryRun nothing is kept. Instructors and admins only, else ErrForbidden.
func (s *Service) Regrade(ctx context.Context, a Actor, item, reason string, dryRun bool) (Regraded, error) {
	if !a.teaches() {
		return Regraded{}, fmt.Errorf("regrade: %w", ErrForbidden)
	}
	if reason = strings.TrimSpace(reason); (reason == "" || len(reason) > 500) && !dryRun {
		return Regraded{}, &InputError{"reason", "Say in a sentence why this is graded anew: learners see it."}
	}
	it, err := s.item(KindCase, item)
	if errors.Is(err, ErrNotFound) {
		it, err = s.item(KindQuestion, item)
	}
	if err != nil {
		return Regraded{}, fmt.Errorf("regrade: no question or case in force is called %q: %w", item, ErrNotFound)
	}
	out := Regraded{Item: it.ID, DryRun: dryRun}
	var fresh []Grading
	kinds := []Item{it}
	if it.Kind == KindCase {
		kinds = append(kinds, it.audited())
	}
	for _, it := range kinds {
		f := AttemptFilter{Kind: it.Kind, Item: it.ID, Limit: 500, Sealed: true}
		for {
			page, _, err := s.st.Attempts(ctx, a.org(), f)
			if err != nil {
				return Regraded{}, fmt.Errorf("regrade %s: %w", item, err)
			}
			for _, old := range page {
				if err := s.regradeOne(a, it, old, reason, &out, &fresh); err != nil {
					return Regraded{}, fmt.Errorf("regrade %s: %w", item, err)
				}
			}
			if it.Kind == KindCase {
				if err := s.regradePolicies(ctx, a, it, page, reason, &out, &fresh); err != nil {
					return Regraded{}, fmt.Errorf("regrade %s: %w", item, err)
				}
			}
			if len(page) < f.Limit {
				break
			}
			f.Before = page[len(page)-1].Attempt.ID
		}
	}
	if dryRun || len(fresh) == 0 {
		return out, nil
	}
	entry, err := s.entry(a, "regrade", it.ID, fmt.Sprintf("%d of %d attempts", len(out.Changes), out.Attempts))
	if err != nil {
		return Regraded{}, err
	}
	if err := s.st.AppendGradings(ctx, a.org(), fresh, &entry); err != nil {
		return Regraded{}, fmt.Errorf("regrade %s: %w", item, err)
	}
	return out, nil
}

func (s *Service) regradeOne(a Actor, it Item, old Graded, reason string, out *Regraded, fresh *[]Grading) error {
	out.Attempts++
	if it.positional() && old.Attempt.ShownHash != it.ShownHash {
		out.Skipped++
		return nil
	}
	if it.Kind == KindAudit && !s.stillADrill(it, old.Attempt) {
		out.Skipped++
		return nil
	}
	g, err := s.grade(it, old.Attempt, grading.Policy{Scheme: grading.Scheme(old.Grading.Scheme)})
	var bad grading.FormatErrors
	if errors.As(err, &bad) { // what the item asks for has changed so much that the old answer has no form for it
		out.Skipped++
		return nil
	}
	if err != nil {
		return err
	}
	was := old.Grading
	if g.KeyHash == was.KeyHash && g.GraderVersion == was.GraderVersion && g.BookEdition == was.BookEdition {
		out.Same++
		return nil
	}
	g.Reason, g.By, g.At = reason, string(a.Learner), s.now()
	if g.By == "" {
		g.By = bySystem
	}
	*fresh = append(*fresh, g)
	out.Changes = append(out.Changes, RegradeChange{
		Attempt: old.Attempt.ID, Learner: old.Attempt.Learner, Before: was.Percent10, After: g.Percent10, WasCorrect: was.Correct, NowCorrect: g.Correct,
	})
	return nil
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
