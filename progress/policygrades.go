package progress

import (
	"context"
	"errors"
	"fmt"

	"crosswalk/grading"
)

// reasonPolicy is kept with a grading that staff asked for by a policy.
const reasonPolicy = "policy"

// GradeAs gives the grading of a kept attempt at a case by a scheme (a policy without a name) or policy, by the key and the book in force;
// nothing is recorded, and KeyHash says whether it is still the key of the attempt. ErrNotFound when the actor may not see the attempt, when it
// is none at a case, or when the case is no longer there; grading.FormatErrors when the case now asks for another form of answer;
// grading.PolicyErrors for a policy that is not sound.
func (s *Service) GradeAs(ctx context.Context, a Actor, id AttemptID, policy grading.Policy) (Grading, error) {
	att, err := s.caseAttempt(ctx, a, id)
	if err != nil {
		return Grading{}, err
	}
	return s.gradeAs(att, policy)
}

func (s *Service) caseAttempt(ctx context.Context, a Actor, id AttemptID) (Attempt, error) {
	g, err := s.Attempt(ctx, a, id)
	if err == nil && g.Attempt.Kind != KindCase {
		err = fmt.Errorf("attempt %s at a %s: %w", id, g.Attempt.Kind, ErrNotFound)
	}
	return g.Attempt, err
}

func (s *Service) gradeAs(att Attempt, policy grading.Policy) (Grading, error) {
	var bad grading.PolicyErrors
	for _, p := range policy.Problems() {
		if p.Field != "name" || policy.Name != "" {
			bad = append(bad, p.Reason)
		}
	}
	if len(bad) > 0 {
		return Grading{}, bad
	}
	it, err := s.item(KindCase, att.Item)
	if err != nil {
		return Grading{}, err
	}
	g, err := s.grade(it, att, policy)
	if err != nil {
		return Grading{}, err
	}
	g.At = s.now()
	return g, nil
}

// GradeByPolicy grades an attempt at a case by the newest revision of one of the actor's policies and keeps the grading, whole policy and
// all, beside those that figures rest on. The same revision with the same key, grader and book again gives the kept one. Errors are those of
// GradeAs and of Policy; *InputError of "policy" for a retired one.
func (s *Service) GradeByPolicy(ctx context.Context, a Actor, id AttemptID, policy PolicyID) (Grading, error) {
	p, err := s.Policy(ctx, a, policy)
	if err != nil {
		return Grading{}, err
	}
	if p.RetiredAt != nil {
		return Grading{}, &InputError{"policy", "This policy is retired and grades nothing new."}
	}
	att, err := s.caseAttempt(ctx, a, id)
	if err != nil {
		return Grading{}, err
	}
	g, err := s.gradeAs(att, p.Body)
	if err != nil {
		return Grading{}, err
	}
	kept, err := s.st.PolicyGradings(ctx, a.org(), []AttemptID{id})
	if err != nil {
		return Grading{}, fmt.Errorf("grade %s: %w", id, err)
	}
	for _, k := range NewestByPolicy(kept) {
		if k.Policy.RevisionID == p.RevisionID && k.judgedLike(g) {
			return k, nil
		}
	}
	g.Policy = &GradedBy{ID: p.ID, RevisionID: p.RevisionID, Revision: p.Revision, Owner: p.Owner, Body: p.Body}
	g.Reason, g.By = reasonPolicy, string(a.Learner)
	if g.By == "" {
		g.By = bySystem
	}
	entry, err := s.entry(a, "policy.grade", string(id), string(p.RevisionID))
	if err != nil {
		return Grading{}, err
	}
	if err := s.st.AppendGradings(ctx, a.org(), []Grading{g}, &entry); err != nil {
		return Grading{}, fmt.Errorf("grade %s: %w", id, err)
	}
	return g, nil
}

// judgedLike reports whether both rest on the same key, grader and book.
func (g Grading) judgedLike(o Grading) bool {
	return g.KeyHash == o.KeyHash && g.GraderVersion == o.GraderVersion && g.BookEdition == o.BookEdition
}

// PolicyGradings lists the gradings of an attempt by policies, oldest first: a learner's own attempts with all of them, an admin's view too,
// other staff those by policies of their own. ErrNotFound when the actor may not see the attempt.
func (s *Service) PolicyGradings(ctx context.Context, a Actor, id AttemptID) ([]Grading, error) {
	g, err := s.Attempt(ctx, a, id)
	if err != nil {
		return nil, err
	}
	all, err := s.st.PolicyGradings(ctx, a.org(), []AttemptID{id})
	if err != nil {
		return nil, fmt.Errorf("policy gradings of %s: %w", id, err)
	}
	var out []Grading
	for _, p := range all {
		if g.Attempt.Learner == a.Learner || a.maySeePolicy(p.Policy.Owner) {
			out = append(out, p)
		}
	}
	return out, nil
}

// NewestByPolicy keeps, of gradings by policies in the order of PolicyGradings, the newest of each attempt and policy.
func NewestByPolicy(gs []Grading) []Grading {
	type key struct {
		attempt AttemptID
		policy  PolicyID
	}
	at := map[key]int{}
	var out []Grading
	for _, g := range gs {
		k := key{g.Attempt, g.Policy.ID}
		if i, there := at[k]; there {
			out[i] = g
			continue
		}
		at[k] = len(out)
		out = append(out, g)
	}
	return out
}

// regradePolicies judges the newest gradings by policies of a page of attempts anew, each by the very policy that it was made by.
func (s *Service) regradePolicies(ctx context.Context, a Actor, it Item, page []Graded, reason string, out *Regraded, fresh *[]Grading) error {
	atts := map[AttemptID]Attempt{}
	var ids []AttemptID
	for _, g := range page {
		atts[g.Attempt.ID] = g.Attempt
		ids = append(ids, g.Attempt.ID)
	}
	kept, err := s.st.PolicyGradings(ctx, a.org(), ids)
	if err != nil {
		return err
	}
	for _, old := range NewestByPolicy(kept) {
		g, err := s.grade(it, atts[old.Attempt], old.Policy.Body)
		var bad grading.FormatErrors
		if errors.As(err, &bad) {
			continue // the attempt is counted among those that are skipped
		}
		if err != nil {
			return err
		}
		if g.judgedLike(old) {
			continue
		}
		g.Policy, g.Reason, g.By, g.At = old.Policy, reason, string(a.Learner), s.now()
		if g.By == "" {
			g.By = bySystem
		}
		*fresh = append(*fresh, g)
		out.ByPolicy++
	}
	return nil
}
