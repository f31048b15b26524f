package server

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/quizzes/interchange"
)

// Addresses of the exchange that take more than a form has.
const (
	exchangePath       = "/teach/exchange"
	exchangeImportPath = exchangePath + "/import"
	exchangeZipPath    = exchangePath + "/zip"
)

// exchangeLimit is the largest file of questions that the page takes; the command takes more.
const exchangeLimit = 8 << 20

type exchangePage struct {
	teachBase
	Areas    []exchangeArea
	Imports  []choice // areas for a file that names none
	Formats  []choice // "" is told by the content
	Exports  []choice
	Errors   map[string]string // by field: file, area, format; out_areas, out_format
	Report   *exchangeReport
	Files    []exchangeFile
	Outgoing bool // the report is of an export
	Limit    int  // MB of a file
}

type exchangeArea struct {
	ID, Title string
	Questions int
	Chosen    bool
}

// exchangeFile is a file of ours as it can be mended on the page before it is taken along.
type exchangeFile struct {
	Number     int
	Path, Text string
	Questions  int
	Rows       int // of the box
}

type exchangeReport struct {
	Title, Source                    string
	Kept, Changed, Dropped, Unfinish int
	Notes                            []exchangeNote
	Lines                            []exchangeLine
}

type exchangeLine struct {
	Place, ID, Title string
	Outcome          string // kept, changed, dropped: also the class
	Notes            []exchangeNote
}

type exchangeNote struct{ What, Text string }

func (s *Server) exchangeReport(r interchange.Report) *exchangeReport {
	notes := func(in []interchange.Note) (out []exchangeNote) {
		for _, n := range in {
			out = append(out, exchangeNote{s.words.get("exchange.note_" + string(n.What)), n.Text})
		}
		return out
	}
	out := &exchangeReport{Title: r.Format.Title(), Source: r.Source, Kept: r.Kept, Changed: r.Changed, Dropped: r.Dropped, Unfinish: r.ToWrite, Notes: notes(r.Notes)}
	for _, l := range r.Items {
		out.Lines = append(out.Lines, exchangeLine{Place: l.Place, ID: l.ID, Title: l.Title, Outcome: string(l.Outcome), Notes: notes(l.Notes)})
	}
	return out
}

// exchange is the page on which questions come in and go out.
func (s *Server) exchange(c *fiber.Ctx) error {
	return s.showExchange(c, fiber.StatusOK, exchangeForm{}, exchangePage{})
}

// exchangeForm is what was chosen.
type exchangeForm struct {
	area, format string
	outFormat    string
	areas        []string
}

func (s *Server) showExchange(c *fiber.Ctx, status int, form exchangeForm, page exchangePage) error {
	if !actor(c).MayExchange() {
		return progress.ErrForbidden
	}
	page.teachBase = s.teachBase(c, s.words.get("exchange.title"), "exchange")
	page.Limit = exchangeLimit >> 20
	chosen := map[string]bool{}
	for _, a := range form.areas {
		chosen[a] = true
	}
	page.Imports = []choice{{Text: s.words.get("exchange.area_named"), Selected: form.area == ""}}
	for _, a := range s.bank().Areas() {
		title := s.areaTitle(a.ID)
		page.Imports = append(page.Imports, choice{Value: a.ID, Text: title, Selected: a.ID == form.area})
		if a.Questions > 0 {
			page.Areas = append(page.Areas, exchangeArea{ID: a.ID, Title: title, Questions: a.Questions, Chosen: chosen[a.ID]})
		}
	}
	page.Formats = []choice{{Text: s.words.get("exchange.format_told"), Selected: form.format == ""}}
	for _, f := range interchange.Formats() {
		page.Formats = append(page.Formats, choice{Value: string(f), Text: f.Title(), Selected: string(f) == form.format})
		page.Exports = append(page.Exports, choice{Value: string(f), Text: f.Title(), Selected: string(f) == form.outFormat})
	}
	return s.render(c, status, "exchange", page)
}

// importQuestions reads a file of another program and shows what came of it. Nothing is kept.
func (s *Server) importQuestions(c *fiber.Ctx) error {
	form := exchangeForm{area: c.FormValue("area"), format: c.FormValue("format")}
	refuse := func(field, text string) error {
		return s.showExchange(c, fiber.StatusUnprocessableEntity, form, exchangePage{Errors: map[string]string{field: text}})
	}
	if !actor(c).MayExchange() {
		return progress.ErrForbidden
	}
	head, err := c.FormFile("file")
	switch {
	case err != nil || head.Size == 0:
		return refuse("file", s.words.get("exchange.no_file"))
	case head.Size > exchangeLimit:
		return refuse("file", s.words.get("exchange.big_file", exchangeLimit>>20))
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	got, err := s.progress.ReadQuestions(c.UserContext(), actor(c), s.bank(), progress.QuestionFile{Name: head.Filename, Body: file, Size: head.Size, Area: form.area, Format: form.format})
	var input *progress.InputError
	if errors.As(err, &input) {
		return refuse(input.Field, input.Reason)
	}
	if err != nil {
		return err
	}
	page := exchangePage{Report: s.exchangeReport(got.Report)}
	for i, f := range got.Files {
		page.Files = append(page.Files, exchangeFile{Number: i + 1, Path: f.Path, Text: string(f.Text), Questions: f.Questions, Rows: min(30, 4+bytes.Count(f.Text, []byte("\n")))})
	}
	return s.showExchange(c, fiber.StatusOK, form, page)
}

// bankPath is the only place that a file of the page may have in the archive.
var bankPath = regexp.MustCompile(`^quizzes/bank/([a-z0-9-]+)/[a-z0-9-]+\.md$`)

// zipQuestions packs the files as they stand on the page, mended or not.
func (s *Server) zipQuestions(c *fiber.Ctx) error {
	if !actor(c).MayExchange() {
		return progress.ErrForbidden
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 1; i <= len(quizzes.Areas); i++ {
		path, text := c.FormValue("path"+strconv.Itoa(i)), c.FormValue("text"+strconv.Itoa(i))
		m := bankPath.FindStringSubmatch(path)
		if m == nil || !quizzes.ValidArea(m[1]) {
			break
		}
		w, err := z.Create(path)
		if err == nil {
			_, err = io.Copy(w, bytes.NewReader(bytes.ReplaceAll([]byte(text), []byte("\r\n"), []byte("\n"))))
		}
		if err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return sendDownload(c, "application/zip", "questions.zip", b.Bytes())
}

func sendDownload(c *fiber.Ctx, kind, name string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}

// exportQuestions shows what a format would lose, or sends the file.
func (s *Server) exportQuestions(c *fiber.Ctx) error {
	form := exchangeForm{outFormat: c.FormValue("out_format")}
	for _, b := range c.Request().PostArgs().PeekMulti("areas") {
		form.areas = append(form.areas, string(b))
	}
	look := c.FormValue("do") != "file"
	file, report, err := s.progress.WriteQuestions(c.UserContext(), actor(c), s.bank(), progress.QuestionsOut{Format: form.outFormat, Areas: form.areas, Look: look})
	if all := inputErrors(err); all != nil {
		page := exchangePage{Errors: map[string]string{}}
		for _, e := range all {
			page.Errors["out_"+e.Field] = e.Reason
		}
		return s.showExchange(c, fiber.StatusUnprocessableEntity, form, page)
	}
	if err != nil {
		return err
	}
	if look {
		return s.showExchange(c, fiber.StatusOK, form, exchangePage{Report: s.exchangeReport(report), Outgoing: true})
	}
	return sendDownload(c, report.Format.MIME(), "crosswalk-"+string(report.Format)+report.Format.Ext(), file)
}
