package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"crosswalk/grading"
)

// The bounds of what is said in a dispute, in characters.
const (
	MinReason   = 10
	MaxReason   = 2000
	MaxCitation = 500
)

// Dispute keeps what a learner says against the key of an item that they answered: of the whole item (line ""), or of one line of a chart,
// named by its code. Only the learner of the attempt can, once the answers are open: else ErrNotFound and ErrNotYet. One dispute a line. InputErrors
// name line, reason or citation.
func (s *Service) Dispute(ctx context.Context, a Actor, attempt AttemptID, line, reason, citation string) (Dispute, error) {
	fail := func(err error) (Dispute, error) { return Dispute{}, fmt.Errorf("dispute of %s: %w", attempt, err) }
	g, err := s.Attempt(ctx, a, attempt)
	if err != nil {
		return Dispute{}, err
	}
	if g.Attempt.Learner != a.Learner {
		return fail(ErrNotFound)
	}
	reason, citation = strings.TrimSpace(reason), strings.TrimSpace(citation)
	var problems InputErrors
	switch n := utf8.RuneCountInString(reason); {
	case n < MinReason:
		problems = append(problems, &InputError{"reason", "Say in a sentence what is wrong with the key."})
	case n > MaxReason:
		problems = append(problems, &InputError{"reason", fmt.Sprintf("The reason can have %d characters at most; this has %d.", MaxReason, n)})
	}
	if n := utf8.RuneCountInString(citation); n > MaxCitation {
		problems = append(problems, &InputError{"citation", fmt.Sprintf("The citation can have %d characters at most; this has %d.", MaxCitation, n)})
	}
	if !hasLine(g, line) {
		problems = append(problems, &InputError{"line", "The result has no such line."})
	}
	if err := asInput(problems); err != nil {
		return Dispute{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	d := Dispute{
		ID: DisputeID(id), Org: g.Attempt.Org, Learner: a.Learner, Attempt: attempt, Kind: g.Attempt.Kind, Item: g.Attempt.Item, Line: line, KeyHash: g.Grading.KeyHash,
		Reason: reason, Citation: citation, Status: DisputeOpen, CreatedAt: now,
	}
	err = s.st.AddDispute(ctx, d.Org, d)
	if errors.Is(err, ErrDuplicate) {
		return Dispute{}, &InputError{"line", "You have disputed this already: the answer will stand beside your result."}
	}
	if err != nil {
		return fail(err)
	}
	return d, nil
}

// hasLine reports whether a result has a line of this code, entered or of the key; "" is the whole item.
func hasLine(g Graded, line string) bool {
	if line == "" {
		return true
	}
	if g.Attempt.Kind != KindCase {
		return false
	}
	r, err := g.Grading.CaseResult()
	if err != nil {
		return false
	}
	is := func(p *string) bool { return p != nil && *p == line }
	for _, p := range r.Parts {
		if is(p.Line) || p.Component == grading.CompCode && is(p.Entered) || p.Line == nil && is(p.Entered) {
			return true
		}
	}
	return false
}

// OwnDisputes lists the actor's disputes, newest first, of one attempt or for "" all.
func (s *Service) OwnDisputes(ctx context.Context, a Actor, attempt AttemptID) ([]Dispute, error) {
	if a.Learner == "" {
		return nil, nil
	}
	ds, err := s.st.Disputes(ctx, a.org(), DisputeFilter{Learner: a.Learner, Attempt: attempt})
	if err != nil {
		return nil, fmt.Errorf("own disputes: %w", err)
	}
	return ds, nil
}

// Disputes lists the disputes of the organisation, newest first. A key is everybody's, so all instructors see them, and admins; else
// ErrForbidden.
func (s *Service) Disputes(ctx context.Context, a Actor, f DisputeFilter) ([]Dispute, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("disputes: %w", ErrForbidden)
	}
	f.Limit = limitOr(f.Limit, 100, 500)
	ds, err := s.st.Disputes(ctx, a.org(), f)
	if err != nil {
		return nil, fmt.Errorf("disputes: %w", err)
	}
	return ds, nil
}

// DisputeByID gives one to staff, and to the learner whose it is; else ErrNotFound.
func (s *Service) DisputeByID(ctx context.Context, a Actor, id DisputeID) (Dispute, error) {
	d, err := s.st.Dispute(ctx, a.org(), id)
	if err == nil && !a.MaySetExams() && (a.Learner == "" || a.Learner != d.Learner) {
		err = ErrNotFound
	}
	if err != nil {
		return Dispute{}, fmt.Errorf("dispute %s: %w", id, err)
	}
	return d, nil
}

// ResolveDispute answers an open dispute and keeps whether it is accepted. Nothing is graded anew by it: the key of an accepted one is
// corrected in the content, and Regrade does the rest. Instructors and admins, else ErrForbidden; ErrNotFound; InputErrors of status or
// answer.
func (s *Service) ResolveDispute(ctx context.Context, a Actor, id DisputeID, status DisputeStatus, answer string) (Dispute, error) {
	if !a.MaySetExams() {
		return Dispute{}, fmt.Errorf("resolve dispute: %w", ErrForbidden)
	}
	d, err := s.DisputeByID(ctx, a, id)
	if err != nil {
		return Dispute{}, err
	}
	answer = strings.TrimSpace(answer)
	var problems InputErrors
	if status != DisputeAccepted && status != DisputeDeclined {
		problems = append(problems, &InputError{"status", "Say whether the dispute is accepted or declined."})
	}
	switch n := utf8.RuneCountInString(answer); {
	case n < MinReason:
		problems = append(problems, &InputError{"answer", "Answer the learner in a sentence: what the rule says."})
	case n > MaxReason:
		problems = append(problems, &InputError{"answer", fmt.Sprintf("The answer can have %d characters at most; this has %d.", MaxReason, n)})
	}
	if d.Status != DisputeOpen {
		problems = append(problems, resolvedAlready)
	}
	if err := asInput(problems); err != nil {
		return Dispute{}, err
	}
	entry, err := s.entry(a, "dispute."+string(status), string(id), d.Item)
	if err != nil {
		return Dispute{}, err
	}
	d.Status, d.Answer, d.ResolvedAt, d.ResolvedBy = status, answer, &entry.At, a.Learner
	err = s.st.ResolveDispute(ctx, a.org(), d, entry)
	if errors.Is(err, ErrDuplicate) {
		return Dispute{}, resolvedAlready
	}
	if err != nil {
		return Dispute{}, fmt.Errorf("resolve dispute %s: %w", id, err)
	}
	return d, nil
}

var resolvedAlready = &InputError{"status", "Somebody has answered this dispute already: open it again to see the answer."}
