package progress

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"crosswalk/quizzes"
)

// candidateForm draws the form of a candidate's next try: by a seed of the candidate and the try, without what an earlier try had.
func (s *Service) candidateForm(ctx context.Context, t Assessment, c Candidate) (quizzes.Form, error) {
	seen, err := s.st.SeenItems(ctx, c.Org, c.Learner)
	if err != nil {
		return quizzes.Form{}, err
	}
	h := sha256.Sum256(fmt.Appendf(nil, "form of %s, try %d", c.ID, len(c.Sittings)+1))
	return s.items().Draw(&t.Blueprint, binary.BigEndian.Uint64(h[:]), func(id string) bool { return seen[id] })
}
