package progress

import (
	"context"
	"fmt"
	"strings"
)

// Reaches is the one rule of what a session may ask for: nil for everyone but candidates, and for a candidate only what leads to the own
// test. method and path are those of the request. ErrForbidden: a candidate asks for something else. What of it is the candidate's own,
// the use cases decide.
//
// A candidate reaches the pages of the link, the room of a sitting, the choice of colours, the public pages that verify a credential, and
// the codebook where the test opens it: its pages with an open book, its search with the full look-up.
func (s *Service) Reaches(ctx context.Context, a Actor, method, path string) error {
	if a.Role != RoleCandidate {
		return nil
	}
	read := method == "GET" || method == "HEAD"
	switch first, rest, _ := strings.Cut(strings.Trim(path, "/"), "/"); {
	case first == "sit", first == "static", first == "theme" && !read, first == "verify", first == ".well-known" && read:
		return nil
	case first == "exams" && inRoom(rest, read):
		return nil
	case first == "codebook" && read && rest != "mine":
		return s.bookOpen(ctx, a, rest)
	}
	return fmt.Errorf("a candidate reaches only the own test: %w", ErrForbidden)
}

// roomReads and roomWrites are the addresses of the room under /exams/sittings/ID.
var (
	roomReads  = map[string]bool{"": true, "form": true, "state": true, "pulse": true, "report": true} // the last leads back to the link's pages
	roomWrites = map[string]bool{"save": true, "move": true, "break": true, "resume": true, "hand-in": true, "events": true}
)

// inRoom reports whether an address under /exams is one of the room.
func inRoom(rest string, read bool) bool {
	parts := strings.Split(rest, "/")
	if len(parts) < 2 || parts[0] != "sittings" || parts[1] == "" {
		return false
	}
	tail := strings.Join(parts[2:], "/")
	if read {
		return roomReads[tail]
	}
	number, item := strings.CutPrefix(tail, "items/")
	return roomWrites[tail] || item && number != "" && !strings.Contains(number, "/")
}

// bookOpen says whether a candidate's test opens a page of the codebook.
func (s *Service) bookOpen(ctx context.Context, a Actor, page string) error {
	c, err := s.st.CandidateByLearner(ctx, a.org(), a.Learner)
	if err != nil {
		return fmt.Errorf("codebook: %w", err)
	}
	t, err := s.st.Assessment(ctx, a.org(), c.Assessment)
	if err != nil {
		return fmt.Errorf("codebook: %w", err)
	}
	if !t.Spec.Book || page == "search" && !t.Spec.FullLookup {
		return fmt.Errorf("the book of this test is closed: %w", ErrForbidden)
	}
	return nil
}
