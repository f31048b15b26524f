package progress

import (
	"context"
	"encoding/json"
	"fmt"
)

// SaveDraft keeps an unfinished answer to a case. Draft.Rev is the revision that the sender last saw, 0 for none; the new one comes back.
// ErrStaleDraft when another is stored: the reply then carries the stored revision. ErrNotFound for an unknown case, *InputError for a
// body that is no JSON or longer than MaxDraft.
func (s *Service) SaveDraft(ctx context.Context, a Actor, d Draft) (int64, error) {
	if a.Learner == "" {
		return 0, fmt.Errorf("save draft: start as a guest or sign in: %w", ErrForbidden)
	}
	if _, err := s.item(KindCase, d.Item); err != nil {
		return 0, err
	}
	if len(d.Body) > MaxDraft {
		return 0, &InputError{"body", fmt.Sprintf("The draft is longer than the %d kB that are kept: remove lines.", MaxDraft>>10)}
	}
	if !json.Valid(d.Body) {
		return 0, &InputError{"body", "The draft cannot be read: reload the page."}
	}
	d.UpdatedAt = s.now()
	rev, err := s.st.SaveDraft(ctx, a.org(), a.Learner, d)
	if err != nil {
		return rev, fmt.Errorf("save draft of %s: %w", d.Item, err)
	}
	return rev, nil
}

// Draft gives the actor's draft of a case, ErrNotFound when there is none.
func (s *Service) Draft(ctx context.Context, a Actor, item string) (Draft, error) {
	d, err := s.st.Draft(ctx, a.org(), a.Learner, item)
	if err != nil {
		return Draft{}, fmt.Errorf("draft of %s: %w", item, err)
	}
	return d, nil
}

// Drafts lists the actor's drafts, newest first.
func (s *Service) Drafts(ctx context.Context, a Actor) ([]Draft, error) {
	ds, err := s.st.Drafts(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return ds, nil
}

// DiscardDraft throws the actor's draft of a case away; without one it is fine.
func (s *Service) DiscardDraft(ctx context.Context, a Actor, item string) error {
	if err := s.st.DropDraft(ctx, a.org(), a.Learner, item); err != nil {
		return fmt.Errorf("discard draft of %s: %w", item, err)
	}
	return nil
}
