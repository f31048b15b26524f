package server

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
)

// noteForm is the tab button and the note of a page of the codebook.
type noteForm struct {
	progress.BookNote
	Back string // the page
	CSRF string
	Most int // characters that a note may have
}

// noteAt is what the viewer left at a page.
func (s *Server) noteAt(c *fiber.Ctx, part, ref string) (noteForm, error) {
	n, err := s.progress.BookNote(c.UserContext(), actor(c), progress.NotePlace{Part: part, Ref: ref})
	if err != nil {
		return noteForm{}, err
	}
	f := noteForm{BookNote: n, Back: localPath(c.OriginalURL()), Most: progress.MaxNote}
	f.CSRF, _ = c.Locals(localCSRF).(string)
	return f, nil
}

// notePage is the address and title of a page that can be tabbed, false when the book has no such page.
func (s *Server) notePage(at progress.NotePlace) (path, label, title string, ok bool) {
	book := s.book()
	switch at.Part {
	case progress.PartGuideline:
		g, ok := book.Guideline(at.Ref)
		return guidelinePath(at.Ref), g.Number, g.Title, ok && g.Number == at.Ref
	case progress.PartIndex:
		t, err := book.IndexTerm(codebook.TermID(at.Ref))
		if err != nil {
			return "", "", "", false
		}
		return termPath(t.ID, codebook.Date{}), "", book.IndexWords(t.ID), true
	}
	sys, err := codebook.ParseSystem(at.Part)
	if err != nil || string(sys) != at.Part {
		return "", "", "", false
	}
	code, err := codebook.ParseCode(sys, at.Ref)
	if ref := (codebook.Ref{System: sys, Code: code}); err == nil && ref.Dotted() == at.Ref {
		return s.codeForNote(ref)
	}
	return "", "", "", false
}

// codeForNote is the page of a code in the newest release that has it: a note stays at hand when its code is deleted.
func (s *Server) codeForNote(ref codebook.Ref) (path, label, title string, ok bool) {
	book := s.book()
	if e, err := book.Lookup(ref.System, ref.Code, codebook.Date{}); err == nil {
		return codePath(ref, codebook.Date{}), ref.Dotted(), e.Title, true
	}
	if t := tableOf(book, ref, codebook.Date{}); t != nil {
		return codePath(ref, codebook.Date{}), ref.Dotted(), t.Labels[2], true
	}
	for _, r := range s.releasesOf(ref.System) {
		if e, err := book.Lookup(ref.System, ref.Code, r.ValidFrom); err == nil {
			return codePath(ref, r.ValidFrom), ref.Dotted(), e.Title, true
		}
	}
	return "", "", "", false
}

// readNote reads place, title and revision of a form; ErrNotFound for a page that the book does not have.
func (s *Server) readNote(c *fiber.Ctx) (progress.BookNote, error) {
	n := progress.BookNote{NotePlace: progress.NotePlace{Part: c.FormValue("part"), Ref: c.FormValue("ref")}, Text: c.FormValue("text"), Tabbed: c.FormValue("on") == "1"}
	n.Rev, _ = strconv.ParseInt(c.FormValue("rev"), 10, 64) // what is no number is no revision that is stored
	var ok bool
	if _, _, n.Title, ok = s.notePage(n.NotePlace); !ok {
		return n, progress.ErrNotFound
	}
	return n, nil
}

// tabPage sets or takes away the tab of a page.
func (s *Server) tabPage(c *fiber.Ctx) error {
	n, err := s.readNote(c)
	if err != nil {
		return err
	}
	if err := s.progress.TabPage(c.UserContext(), actor(c), n); err != nil {
		return err
	}
	if s.say(c, "untabbed"); n.Tabbed {
		s.say(c, "tabbed")
	}
	return seeOther(c, localPath(c.FormValue("back")))
}

type noteProblemPage struct {
	basePage
	Form    noteForm // with what was typed, at the stored revision
	Stored  string   // the words that are kept now
	Problem string
	Stale   bool
}

// saveNote keeps the words of a page. What cannot be kept is shown with what is stored, and nothing typed is lost.
func (s *Server) saveNote(c *fiber.Ctx) error {
	n, err := s.readNote(c)
	if err != nil {
		return err
	}
	back := localPath(c.FormValue("back"))
	rev, err := s.progress.SaveNote(c.UserContext(), actor(c), n)
	var input *progress.InputError
	stale := errors.Is(err, progress.ErrStaleNote)
	switch {
	case err == nil:
		s.say(c, "notesaved")
		return seeOther(c, back+"#my-note")
	case !stale && !errors.As(err, &input):
		return err
	}
	stored, readErr := s.progress.BookNote(c.UserContext(), actor(c), n.NotePlace)
	if readErr != nil {
		return readErr
	}
	page := noteProblemPage{basePage: s.base(c, s.words.get("mynotes.problem_title"), "codebook"), Stored: stored.Text, Stale: stale}
	page.Form = noteForm{BookNote: n, Back: back, CSRF: page.CSRF, Most: progress.MaxNote}
	status := fiber.StatusUnprocessableEntity
	if stale {
		page.Form.Rev, status = rev, fiber.StatusConflict
		page.Problem = s.words.get("mynotes.stale")
	} else {
		page.Problem = input.Reason
	}
	return s.render(c, status, "noteproblem", page)
}

// removeNote takes tab and words of a page away.
func (s *Server) removeNote(c *fiber.Ctx) error {
	rev, _ := strconv.ParseInt(c.FormValue("rev"), 10, 64)
	at := progress.NotePlace{Part: c.FormValue("part"), Ref: c.FormValue("ref")}
	if err := s.progress.RemoveBookNote(c.UserContext(), actor(c), at, rev); err != nil {
		return err
	}
	s.say(c, "noteremoved")
	return seeOther(c, "/codebook/mine")
}

type myNotesPage struct {
	basePage
	Q      string
	All    int // pages with something of the viewer's
	Found  int
	Groups []noteList
}

// noteList are the notes of one part of the codebook.
type noteList struct {
	Part, Name string
	Notes      []noteRow
}

type noteRow struct {
	progress.BookNote
	Path  string // "" when the book has no such page any more
	Label string
}

// myNotes lists the viewer's tabs and notes by the part of the codebook, in the book's order.
func (s *Server) myNotes(c *fiber.Ctx) error {
	page := myNotesPage{basePage: s.base(c, s.words.get("mynotes.title"), "codebook"), Q: clipQuery(c.Query("q"))}
	var err error
	if page.All, err = s.progress.CountBookNotes(c.UserContext(), actor(c)); err != nil {
		return err
	}
	notes, err := s.progress.BookNotes(c.UserContext(), actor(c), page.Q)
	if err != nil {
		return err
	}
	page.Found = len(notes)
	parts := []string{}
	for _, sys := range codebook.Systems {
		parts = append(parts, string(sys))
	}
	for _, part := range append(parts, progress.PartGuideline, progress.PartIndex) {
		g := noteList{Part: part, Name: s.notePartName(part)}
		for _, n := range notes {
			if n.Part == part {
				g.Notes = append(g.Notes, s.noteRow(n))
			}
		}
		slices.SortStableFunc(g.Notes, func(a, b noteRow) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Title, b.Title)) })
		if len(g.Notes) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	return s.render(c, fiber.StatusOK, "mynotes", page)
}

func (s *Server) notePartName(part string) string {
	if sys, err := codebook.ParseSystem(part); err == nil {
		return sys.Name()
	}
	return s.words.get("mynotes.part_" + part)
}

func (s *Server) noteRow(n progress.BookNote) noteRow {
	row := noteRow{BookNote: n}
	path, label, title, ok := s.notePage(n.NotePlace)
	if ok {
		row.Path, row.Label, row.Title = path, label, title
	} else if n.Part != progress.PartIndex {
		row.Label = n.Ref
	}
	return row
}
