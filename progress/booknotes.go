package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// NotePlace is a page of the codebook that can be tabbed and noted on.
type NotePlace struct {
	Part string `json:"part"` // a code set such as icd10cm, PartGuideline or PartIndex
	Ref  string `json:"ref"`  // the code as printed, the number of the guideline, the address of the page in the index
}

// The parts of the codebook that are no code sets.
const (
	PartGuideline = "guideline"
	PartIndex     = "index"
)

// BookNote is what someone left at a page of the codebook: a tab, words of their own, or both. Nobody else sees it.
type BookNote struct {
	NotePlace
	Title     string    `json:"title"` // what the page was called when it was last tabbed or noted on
	Tabbed    bool      `json:"tabbed"`
	Text      string    `json:"text"` // plain text, "" for a tab without words
	Rev       int64     `json:"rev"`  // of the text: 0 before the first, grows with each change
	UpdatedAt time.Time `json:"updated_at"`
}

// MaxNote is the most characters that are taken for a note, MaxNotes the most pages that one person can tab or note on. Where the notes
// of a guest and of an account are joined, a stored one may be longer.
const (
	MaxNote  = 4000
	MaxNotes = 5000
)

// ErrStaleNote: the stored note is newer than the one the sender started from. Load it and decide.
var ErrStaleNote = errors.New("the note was changed elsewhere: reload to see it")

// NoteStore keeps the tabs and notes of learners.
type NoteStore interface {
	// SaveNote keeps text and title when n.Rev is the stored revision (0 for none) and answers the new revision; the tab stays as it is.
	// Without text and tab nothing is left of the note. When the revision is another but the stored text is the same, the stored revision
	// comes back: a reply was lost. Else ErrStaleNote and the stored revision.
	SaveNote(ctx context.Context, org OrgID, l LearnerID, n BookNote) (rev int64, err error)
	// SetTab sets or takes the tab away by n.Tabbed, with the title; text and revision stay. Without both nothing is left.
	SetTab(ctx context.Context, org OrgID, l LearnerID, n BookNote) error
	BookNote(ctx context.Context, org OrgID, l LearnerID, at NotePlace) (BookNote, error) // ErrNotFound
	BookNotes(ctx context.Context, org OrgID, l LearnerID) ([]BookNote, error)            // newest first
	// DropNote takes tab and text away when rev is the stored revision, else ErrStaleNote. It is fine with a note that is not there.
	DropNote(ctx context.Context, org OrgID, l LearnerID, at NotePlace, rev int64) error
	// CountNotes says at how many pages the learner left something.
	CountNotes(ctx context.Context, org OrgID, l LearnerID) (int, error)
}

// SaveNote keeps the actor's words at a page of the codebook. BookNote.Rev is the revision that the sender last saw, 0 for none; the new
// one comes back. Empty text takes the words away and leaves the tab. ErrStaleNote when another revision is stored, which the reply then
// carries; *InputError for a text over MaxNote characters, for a place that is none, and beyond MaxNotes.
func (s *Service) SaveNote(ctx context.Context, a Actor, n BookNote) (int64, error) {
	n.Text = cleanNote(n.Text)
	if c := utf8.RuneCountInString(n.Text); c > MaxNote {
		return n.Rev, &InputError{"text", fmt.Sprintf("The note has %d characters, of which %d are kept: shorten it.", c, MaxNote)}
	}
	if err := s.checkNote(ctx, a, &n, n.Text != ""); err != nil {
		return n.Rev, err
	}
	rev, err := s.st.SaveNote(ctx, a.org(), a.Learner, n)
	if err != nil {
		return rev, fmt.Errorf("note at %s %s: %w", n.Part, n.Ref, err)
	}
	return rev, nil
}

// TabPage sets or takes away the actor's tab at a page of the codebook, by n.Tabbed; the words there stay as they are.
func (s *Service) TabPage(ctx context.Context, a Actor, n BookNote) error {
	if err := s.checkNote(ctx, a, &n, n.Tabbed); err != nil {
		return err
	}
	if err := s.st.SetTab(ctx, a.org(), a.Learner, n); err != nil {
		return fmt.Errorf("tab at %s %s: %w", n.Part, n.Ref, err)
	}
	return nil
}

// checkNote checks the place, tidies the title and sets the time. adds says that the page may be a new one.
func (s *Service) checkNote(ctx context.Context, a Actor, n *BookNote, adds bool) error {
	if a.Learner == "" {
		return fmt.Errorf("book note: start as a guest or sign in: %w", ErrForbidden)
	}
	n.Title = cut(strings.Join(strings.Fields(cleanNote(n.Title)), " "), 300)
	if n.Part == "" || n.Ref == "" || len(n.Part) > 20 || len(n.Ref) > 400 || cleanNote(n.Ref) != n.Ref || cleanNote(n.Part) != n.Part {
		return &InputError{"ref", "This is no page of the codebook: open the page and try again."}
	}
	n.UpdatedAt = s.now()
	if !adds {
		return nil
	}
	count, err := s.st.CountNotes(ctx, a.org(), a.Learner)
	if err != nil {
		return fmt.Errorf("book note: %w", err)
	}
	if count < MaxNotes {
		return nil
	}
	if _, err := s.st.BookNote(ctx, a.org(), a.Learner, n.NotePlace); errors.Is(err, ErrNotFound) {
		return &InputError{"ref", fmt.Sprintf("You have tabs and notes at %d pages, which is the most that are kept: remove some first.", count)}
	} else if err != nil {
		return fmt.Errorf("book note: %w", err)
	}
	return nil
}

// cleanNote gives line ends one form and takes out what no one can see: control characters, broken characters, blanks at the end.
func cleanNote(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimRightFunc(s, unicode.IsSpace)
}

// cut is the first n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// BookNote gives what the actor left at a page. Where there is nothing it is the empty note of that place.
func (s *Service) BookNote(ctx context.Context, a Actor, at NotePlace) (BookNote, error) {
	if a.Learner == "" {
		return BookNote{NotePlace: at}, nil
	}
	n, err := s.st.BookNote(ctx, a.org(), a.Learner, at)
	if errors.Is(err, ErrNotFound) {
		return BookNote{NotePlace: at}, nil
	}
	if err != nil {
		return BookNote{}, fmt.Errorf("note at %s %s: %w", at.Part, at.Ref, err)
	}
	return n, nil
}

// BookNotes lists what the actor left in the codebook, newest first. With words given, only notes whose title, place or text have all of
// them, in any case.
func (s *Service) BookNotes(ctx context.Context, a Actor, words string) ([]BookNote, error) {
	if a.Learner == "" {
		return nil, nil
	}
	all, err := s.st.BookNotes(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("book notes: %w", err)
	}
	want := strings.Fields(strings.ToLower(words))
	if len(want) == 0 {
		return all, nil
	}
	var out []BookNote
	for _, n := range all {
		text := strings.ToLower(n.Ref + " " + n.Title + " " + n.Text)
		fits := true
		for _, w := range want {
			fits = fits && strings.Contains(text, w)
		}
		if fits {
			out = append(out, n)
		}
	}
	return out, nil
}

// CountBookNotes says at how many pages the actor left a tab or a note.
func (s *Service) CountBookNotes(ctx context.Context, a Actor) (int, error) {
	if a.Learner == "" {
		return 0, nil
	}
	n, err := s.st.CountNotes(ctx, a.org(), a.Learner)
	if err != nil {
		return 0, fmt.Errorf("count book notes: %w", err)
	}
	return n, nil
}

// RemoveBookNote takes tab and words at a page away. rev is the revision that the sender saw: ErrStaleNote when the words are newer.
func (s *Service) RemoveBookNote(ctx context.Context, a Actor, at NotePlace, rev int64) error {
	if err := s.st.DropNote(ctx, a.org(), a.Learner, at, rev); err != nil {
		return fmt.Errorf("remove note at %s %s: %w", at.Part, at.Ref, err)
	}
	return nil
}
