package progress

import (
	"context"
	"errors"
	"fmt"
)

// DisputeFix is how far it is with what an accepted dispute asks for: the key is mended in its file, what was answered is graded anew, and all
// who disputed the line are told.
type DisputeFix struct {
	Dispute Dispute
	Gone    bool        // the item is no longer in the bank
	KeyHash string      // of the key in force
	Changed bool        // it is another than the one that was disputed
	Source  string      // the item in force as its author wrote it
	Alike   []Dispute   // the others of the line by other keys than the one in force, open or accepted, oldest first
	Run     *RegradeRun // the newest regrade by the key in force
}

// DisputeFix looks how far it is with a dispute. Instructors and admins, else ErrForbidden; ErrNotFound.
func (s *Service) DisputeFix(ctx context.Context, a Actor, id DisputeID) (DisputeFix, error) {
	if !a.MaySetExams() {
		return DisputeFix{}, fmt.Errorf("dispute: %w", ErrForbidden)
	}
	d, err := s.DisputeByID(ctx, a, id)
	if err != nil {
		return DisputeFix{}, err
	}
	fail := func(err error) (DisputeFix, error) { return DisputeFix{}, fmt.Errorf("dispute %s: %w", id, err) }
	f := DisputeFix{Dispute: d}
	kind := d.Kind
	if kind == KindAudit {
		kind = KindCase
	}
	it, err := s.item(kind, d.Item)
	if f.Gone = errors.Is(err, ErrNotFound); f.Gone {
		return f, nil
	}
	if err != nil {
		return fail(err)
	}
	f.KeyHash, f.Changed, f.Source = it.KeyHash, it.KeyHash != d.KeyHash, it.Source
	alike, err := s.st.Disputes(ctx, a.org(), DisputeFilter{Item: d.Item, Kind: d.Kind, Line: d.Line})
	if err != nil {
		return fail(err)
	}
	for i := len(alike) - 1; i >= 0; i-- {
		x := alike[i]
		if x.ID != d.ID && x.Status != DisputeDeclined && x.Run == "" && (!f.Changed || x.KeyHash != f.KeyHash) {
			f.Alike = append(f.Alike, x)
		}
	}
	runs, err := s.st.RegradeRuns(ctx, a.org(), RegradeFilter{Item: d.Item, Limit: 20})
	if err != nil {
		return fail(err)
	}
	for _, r := range runs {
		if r.KeyHash == f.KeyHash {
			f.Run = &r
			break
		}
	}
	return f, nil
}

// DisputeGroups counts the organisation's disputes of a status by item and line, the most disputed first, and of those that are disputed as
// often the one that waits longest. Instructors and admins, else ErrForbidden.
func (s *Service) DisputeGroups(ctx context.Context, a Actor, status DisputeStatus) ([]DisputeGroup, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("disputes: %w", ErrForbidden)
	}
	gs, err := s.st.DisputeGroups(ctx, a.org(), status)
	if err != nil {
		return nil, fmt.Errorf("disputes: %w", err)
	}
	return gs, nil
}
