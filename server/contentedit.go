package server

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/textdiff"
)

type contentEditPage struct {
	teachBase
	File, Kind string
	Base       int // the newest revision that the author has seen
	Text       string
	Message    string
	State      string // how the file stands, in words
	History    string // "" where nothing was written yet
	Compare    string
	Dirty      bool   // what is shown is not kept
	Open       string // where learners see it, "" where they do not
	ReadOnly   bool   // the content's folder holds it
	Removed    bool
	Case       bool // the page warns of patients
	AsForm     bool
	CanForm    bool
	Form       *contentForm
	Errors     map[string]string
	Stopped    *lookView // what stopped the publication
	Warned     bool      // there are only warnings: it can be published with them
	Conflict   *conflictView
	Look       lookView
}

// conflictView are the two texts of which one was saved first.
type conflictView struct {
	By, At, Message string
	Revision        int
	Theirs          string
	Changes         []diffLine // from theirs to mine
	TheirChanges    []diffLine // from what both began with to theirs; none where nobody knows that
	Merged          string
	Places          int // that both changed
}

// editForm is what the form of an author sends.
type editForm struct {
	in     progress.AuthoredDraft
	asForm bool
	do     string
	broken string // why the form could not be written into the text
}

func readEditForm(c *fiber.Ctx) editForm {
	f := editForm{in: progress.AuthoredDraft{Path: c.FormValue("path"), Text: unixLines(c.FormValue("text")), Message: c.FormValue("message"), Warned: c.FormValue("warned") == "1"}, do: c.FormValue("do")}
	f.in.Base, _ = strconv.Atoi(c.FormValue("base"))
	f.asForm = c.FormValue("view") == "form"
	if f.asForm {
		if text, err := applyContentForm(c, f.in.Path, f.in.Text); err != nil {
			f.broken = err.Error()
		} else {
			f.in.Text = text
		}
	}
	return f
}

// contentEdit is the page on which a file is written.
func (s *Server) contentEdit(c *fiber.Ctx) error {
	file := c.Query("path")
	if _, ok := progress.KindOfFile(file); !ok {
		return progress.ErrNotFound
	}
	text, base, err := s.textToEdit(c, file)
	if err != nil {
		return err
	}
	if n := c.QueryInt("revision"); n > 0 {
		old, err := s.progress.AuthoredRevision(c.UserContext(), actor(c), file, n)
		if err != nil {
			return err
		}
		text = old.Text
	} else if c.Query("from") == "ships" {
		if shipped, ok := s.press.Shipped(file); ok {
			text = shipped
		}
	}
	f := editForm{in: progress.AuthoredDraft{Path: file, Text: text, Base: base}, asForm: c.Query("view") == "form"}
	return s.showEdit(c, fiber.StatusOK, f, nil)
}

// textToEdit is what an author begins with: the newest revision, or what is served, or a template.
func (s *Server) textToEdit(c *fiber.Ctx, file string) (text string, base int, err error) {
	history, err := s.progress.AuthoredHistory(c.UserContext(), actor(c), file)
	if err != nil {
		return "", 0, err
	}
	if n := len(history); n > 0 {
		base = history[n-1].Revision
		newest, err := s.progress.AuthoredRevision(c.UserContext(), actor(c), file, base)
		if err != nil {
			return "", 0, err
		}
		if !newest.Gone && !s.press.InFolder(file) {
			return newest.Text, base, nil
		}
	}
	if served, ok := s.press.Served(file); ok {
		return served, base, nil
	}
	return templateOf(file), base, nil
}

// saveContent looks at what is written, keeps it as a draft, or publishes it.
func (s *Server) saveContent(c *fiber.Ctx) error {
	f := readEditForm(c)
	if _, ok := progress.KindOfFile(f.in.Path); !ok {
		return progress.ErrNotFound
	}
	if f.broken != "" && f.do != "text" {
		return s.showEdit(c, fiber.StatusUnprocessableEntity, f, &progress.InputError{Field: "text", Reason: f.broken})
	}
	var err error
	ctx, a := c.UserContext(), actor(c)
	switch f.do {
	case "draft":
		if _, err = s.progress.SaveAuthored(ctx, a, f.in, s.press); err == nil {
			s.say(c, "contentsaved")
		}
	case "publish":
		if textdiff.Marked(f.in.Text) {
			err = &progress.InputError{Field: "text", Reason: s.words.get("content.marks_left")}
		} else if _, err = s.progress.PublishAuthored(ctx, a, f.in, s.press); err == nil {
			s.say(c, "contentpublished")
		}
	case "form":
		f.asForm = true
		return s.showEdit(c, fiber.StatusOK, f, nil)
	case "text":
		f.asForm = false
		return s.showEdit(c, fiber.StatusOK, f, nil)
	default: // a look, or another line of the form
		return s.showEdit(c, fiber.StatusOK, f, nil)
	}
	if err != nil {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, progress.ErrConflict) {
			status = fiber.StatusConflict
		}
		if !editError(err) {
			return err
		}
		return s.showEdit(c, status, f, err)
	}
	more := []string{}
	if f.asForm {
		more = []string{"view", "form"}
	}
	return seeOther(c, contentAddress("edit", f.in.Path, more...))
}

// editError reports whether the page of the author says what is wrong, and not the page of errors.
func editError(err error) bool {
	return errors.As(err, new(*progress.AuthoredConflict)) || errors.As(err, new(*progress.ContentErrors)) || errors.As(err, new(*progress.InputError))
}

// showEdit shows the page with what was typed and why it was not kept, nil where it was only looked at.
func (s *Server) showEdit(c *fiber.Ctx, status int, f editForm, why error) error {
	kind, _ := progress.KindOfFile(f.in.Path)
	page := contentEditPage{
		teachBase: s.teachBase(c, f.in.Path, "content"), File: f.in.Path, Kind: string(kind), Base: f.in.Base, Text: f.in.Text, Message: f.in.Message, Case: kind == progress.FileCase,
		ReadOnly: s.press.InFolder(f.in.Path), CanForm: hasContentForm(kind), Dirty: c.Method() != fiber.MethodGet, Errors: map[string]string{}, Warned: f.in.Warned,
	}
	page.Path = contentAddress("edit", f.in.Path)
	var conflict *progress.AuthoredConflict
	var stopped *progress.ContentErrors
	switch {
	case errors.As(why, &conflict):
		page.Conflict = s.conflictView(c, conflict, f.in.Text)
		page.Base = conflict.Newest.Revision // what is sent next has seen it
		if page.Conflict.Merged != "" {
			page.Text = page.Conflict.Merged
		}
	case errors.As(why, &stopped):
		v := lookView{}
		v.add(stopped.Problems, f.in.Path)
		page.Stopped, page.Warned = &v, !stopped.Stops()
	default:
		if errs := s.inputErrors(why); errs != nil {
			page.Errors = errs
		}
	}
	if err := s.contentState(c, &page); err != nil {
		return err
	}
	if f.asForm && page.CanForm && page.Conflict == nil {
		form, err := s.contentFormOf(page.File, page.Text)
		if err != nil { // it cannot be read as a form: the text shows why
			page.Errors["form"] = s.words.get("content.no_form", err.Error())
		} else {
			page.AsForm, page.Form = true, form
		}
	}
	var err error
	if page.Look, err = s.lookAt(c, page.File, page.Text); err != nil {
		return err
	}
	if page.Form != nil {
		page.Form.place(s, page.Look.Problems)
	}
	return s.render(c, status, "contentedit", page)
}

// contentState says how a file stands.
func (s *Server) contentState(c *fiber.Ctx, page *contentEditPage) error {
	history, err := s.progress.AuthoredHistory(c.UserContext(), actor(c), page.File)
	if err != nil {
		return err
	}
	_, ships := s.press.Shipped(page.File)
	_, served := s.press.Served(page.File)
	switch n := len(history); {
	case page.ReadOnly:
		page.State = s.words.get("content.state_folder")
	case n > 0:
		h := history[n-1]
		key := "content.state_published"
		if h.Gone {
			key, page.Removed = "content.state_gone", true
		} else if h.State == progress.AuthoredSaved {
			key = "content.state_draft"
		}
		page.State = s.words.get(key, h.Revision, s.names(c)(h.Author), when(c, h.At))
		page.History = contentAddress("history", page.File)
		page.Compare = contentAddress("diff", page.File)
	case ships:
		page.State = s.words.get("content.state_ships")
	default:
		page.State = s.words.get("content.state_new")
	}
	if served {
		page.Open = s.learnersPage(page.File)
	}
	return nil
}

// learnersPage is where learners see what a file holds, "" where there is no one page.
func (s *Server) learnersPage(file string) string {
	for _, l := range s.lessons().Lessons() {
		if l.File == file {
			return "/lessons/" + l.ID
		}
	}
	for _, k := range s.bank().Cases() {
		if k.File == file {
			return "/cases/" + k.ID
		}
	}
	for _, q := range s.bank().Questions() {
		if q.File == file {
			return "/practice/questions/" + q.ID
		}
	}
	return ""
}

func (s *Server) conflictView(c *fiber.Ctx, e *progress.AuthoredConflict, mine string) *conflictView {
	v := &conflictView{By: s.names(c)(e.Newest.Author), At: when(c, e.Newest.At), Message: e.Newest.Message, Revision: e.Newest.Revision, Theirs: e.Newest.Text}
	v.Changes = diffLines(e.Newest.Text, mine)
	base := e.Base.Text
	if e.Base.Revision == 0 {
		base, _ = s.press.Shipped(e.Newest.Path)
	}
	if base != "" {
		v.TheirChanges = diffLines(base, e.Newest.Text)
		if !e.Newest.Gone {
			v.Merged, v.Places = textdiff.Merge(base, mine, e.Newest.Text)
		}
	}
	return v
}

// previewContent is what the page shows of a text that is not kept, for a script that asks while the author types.
func (s *Server) previewContent(c *fiber.Ctx) error {
	f := readEditForm(c)
	if _, ok := progress.KindOfFile(f.in.Path); !ok {
		return progress.ErrNotFound
	}
	look, err := s.lookAt(c, f.in.Path, f.in.Text)
	if err != nil {
		return err
	}
	look.Broken = f.broken
	if f.asForm && f.broken == "" {
		if form, err := s.contentFormOf(f.in.Path, f.in.Text); err == nil {
			form.place(s, look.Problems)
		}
	}
	return s.renderPart(c, fiber.StatusOK, "contentedit", "content-look", look)
}
