package progress

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// promised is the day on which a candidate is erased: as many days as the test says after handing in, and for those who never do after the
// link has run out. A preview ends with its link. newest is the newest sitting, nil for none.
func promised(t Assessment, c Candidate, newest *Sitting) time.Time {
	from := c.LinkUntil
	switch {
	case t.PreviewOf != "":
		return from
	case newest == nil:
	case newest.HandedInAt != nil:
		from = *newest.HandedInAt
	case newest.EndsAt != nil && newest.EndsAt.After(from):
		from = *newest.EndsAt
	}
	return from.AddDate(0, 0, t.Spec.KeepDays)
}

// keepUntil sets the day on which a candidate is erased anew.
func (s *Service) keepUntil(ctx context.Context, t Assessment, c Candidate) error {
	v, err := s.viewOf(ctx, c)
	if err != nil {
		return err
	}
	return s.st.SetEraseOn(ctx, c.Org, c.ID, promised(t, c, v.Newest))
}

// KeepShorter sets the day of erasing of every candidate of a test by its retention, after that was made shorter. A day is never moved to a
// later one. Errors are those of Candidates.
func (s *Service) KeepShorter(ctx context.Context, a Actor, x AssessmentID) error {
	t, err := s.testFor(ctx, a, x)
	if err != nil {
		return err
	}
	vs, err := s.Candidates(ctx, a, x)
	if err != nil {
		return err
	}
	for _, v := range vs {
		on := promised(t, v.Candidate, v.Newest)
		if v.ErasedAt != nil || v.EraseOn != nil && !on.Before(*v.EraseOn) {
			continue
		}
		if err := s.st.SetEraseOn(ctx, a.org(), v.ID, on); err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("retention of %s: %w", x, err)
		}
	}
	return nil
}

// EraseCandidate erases a candidate of the actor's test: name, e-mail, number, link and events go at once, with an open sitting and the
// words of the candidate's own in answers. Graded answers stay under an id that leads to nobody. It cannot be undone; twice is fine. ErrNotFound also for another's.
func (s *Service) EraseCandidate(ctx context.Context, a Actor, x AssessmentID, id CandidateID) error {
	_, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil || c.ErasedAt != nil {
		return err
	}
	return s.eraseCandidate(ctx, a, c, "by the employer")
}

// EraseOwn erases the candidate of a link, who asks for it. Errors are those of CandidateByToken.
func (s *Service) EraseOwn(ctx context.Context, t Token, ip string) error {
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return err
	}
	return s.eraseCandidate(ctx, Actor{Org: c.Org, Role: RoleCandidate}, c, "by the candidate")
}

func (s *Service) eraseCandidate(ctx context.Context, a Actor, c Candidate, detail string) error {
	entry, err := s.entry(a, "candidate.erase", string(c.ID), detail)
	if err != nil {
		return err
	}
	if err := s.st.EraseCandidate(ctx, c.Org, c.ID, entry.At, freeText{}, entry); err != nil {
		return fmt.Errorf("erase candidate %s: %w", c.ID, err)
	}
	s.sessions.drop()
	return nil
}

// eraseLease is how long one server has the erasing to itself: of several that share a database one does it.
const eraseLease = 5 * time.Minute

// EraseDue erases all candidates, of whatever organisation, whose day has come, and says how many. The server calls it now and then; while
// another one is at it, it does nothing.
func (s *Service) EraseDue(ctx context.Context) (int, error) {
	now := s.now()
	wait, err := s.st.Take(ctx, now, []string{limitKey("job", DefaultOrg, "erase-candidates")}, []Limit{{Burst: 1, Every: eraseLease}})
	if err != nil {
		return 0, fmt.Errorf("erase candidates: %w", err)
	}
	if wait > 0 {
		return 0, nil
	}
	n := 0
	for {
		const some = 50
		due, err := s.st.DueCandidates(ctx, now, some)
		if err != nil {
			return n, fmt.Errorf("erase candidates: %w", err)
		}
		for _, r := range due {
			c, err := s.st.Candidate(ctx, r.Org, r.ID)
			if err == nil {
				err = s.eraseCandidate(ctx, Actor{Org: r.Org, Role: RoleAdmin}, c, "on the day that was promised")
			}
			if errors.Is(err, ErrNotFound) { // a preview that was deleted meanwhile
				continue
			}
			if err != nil {
				return n, err
			}
			n++
		}
		if len(due) < some {
			return n, nil
		}
	}
}

// CandidateExportVersion is the number of the form of CandidateExport.
const CandidateExportVersion = 1

// CandidateExport is all that is kept of a candidate.
type CandidateExport struct {
	V          int              `json:"v"`
	At         time.Time        `json:"at"`
	Candidate  Candidate        `json:"candidate"`
	State      CandidateState   `json:"state"`
	Test       string           `json:"test"` // its name
	By         string           `json:"by"`   // whose test it is
	Consent    string           `json:"consent,omitempty"`
	Sittings   []SittingRecord  `json:"sittings"`
	Attempts   []Attempt        `json:"attempts"`
	Results    []Grading        `json:"results,omitempty"` // only for the employer: they tell the keys
	Events     []CandidateEvent `json:"events"`
	Sessions   []SessionInfo    `json:"sessions"`
	AuditTrail []AuditEntry     `json:"log"`

	Credentials []IssuedCredential `json:"credentials,omitempty"`
}

// ExportCandidate gives all that is kept of a candidate of the actor's test. ErrNotFound also for another's.
func (s *Service) ExportCandidate(ctx context.Context, a Actor, x AssessmentID, id CandidateID) (CandidateExport, error) {
	_, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil {
		return CandidateExport{}, err
	}
	out, err := s.exportCandidate(ctx, c, true)
	if err == nil {
		err = s.Audit(ctx, a, "candidate.export", string(id), "")
	}
	return out, err
}

// ExportOwn gives the candidate of a link all that is kept of them, but for what would tell the keys of the test. Errors are those of
// CandidateByToken.
func (s *Service) ExportOwn(ctx context.Context, t Token, ip string) (CandidateExport, error) {
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return CandidateExport{}, err
	}
	return s.exportCandidate(ctx, c, false)
}

func (s *Service) exportCandidate(ctx context.Context, c Candidate, results bool) (CandidateExport, error) {
	fail := func(err error) (CandidateExport, error) {
		return CandidateExport{}, fmt.Errorf("export candidate %s: %w", c.ID, err)
	}
	seat, err := s.seatOf(ctx, c)
	if err != nil {
		return fail(err)
	}
	out := CandidateExport{V: CandidateExportVersion, At: s.now(), Candidate: c, State: seat.State, Test: seat.Assessment.Spec.Name, By: seat.ByName}
	if c.ConsentAt != nil {
		v, err := s.st.Version(ctx, c.Org, c.ConsentHash)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fail(err)
		}
		out.Consent = v.Body
	}
	if out.Events, err = s.st.CandidateEvents(ctx, c.Org, c.ID); err != nil {
		return fail(err)
	}
	if out.AuditTrail, err = s.st.Entries(ctx, c.Org, AuditFilter{Target: string(c.ID), Limit: 1000}); err != nil {
		return fail(err)
	}
	if out.Credentials, err = s.st.IssuedTo(ctx, c.Org, c.ID); err != nil {
		return fail(err)
	}
	if c.Learner == "" {
		return out, nil
	}
	if err := s.exportHidden(ctx, c, results, &out); err != nil {
		return fail(err)
	}
	return out, nil
}

// exportHidden adds what is kept under the hidden learner.
func (s *Service) exportHidden(ctx context.Context, c Candidate, results bool, out *CandidateExport) error {
	var err error
	if out.Sittings, err = s.sittingRecords(ctx, c.Org, c.Learner); err != nil {
		return err
	}
	sessions, err := s.st.Sessions(ctx, c.Org, c.Learner)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		out.Sessions = append(out.Sessions, SessionInfo{ID: x.ID, CreatedAt: x.CreatedAt, SeenAt: x.SeenAt, ExpiresAt: x.ExpiresAt})
	}
	for _, x := range c.Sittings {
		gs, _, err := s.st.Attempts(ctx, c.Org, AttemptFilter{Learner: c.Learner, Context: Context{Kind: InExam, Ref: string(x)}, Limit: 1000, Sealed: true})
		if err != nil {
			return err
		}
		for _, g := range gs {
			if !results {
				g.Attempt.Shown, g.Attempt.KeyHash = nil, "" // with the order of the author the answer would be known
			} else {
				out.Results = append(out.Results, g.Grading)
			}
			out.Attempts = append(out.Attempts, g.Attempt)
		}
	}
	return nil
}
