package server

import (
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"gopkg.in/yaml.v3"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// maxExamFile is the most bytes that are read of an exam's file.
const maxExamFile = 64 << 10

// composedFile is an exam as the form writes it. It has the keys that the form knows, in the order of the shipped files.
type composedFile struct {
	ID          string         `yaml:"id"`
	Name        string         `yaml:"name"`
	Minutes     int            `yaml:"minutes"`
	Items       int            `yaml:"items,omitempty"`
	Unscored    int            `yaml:"unscored,omitempty"`
	Pass        composedPass   `yaml:"pass,flow"`
	Navigation  string         `yaml:"navigation"`
	Book        string         `yaml:"book"`
	Feedback    string         `yaml:"feedback"`
	WarnMinutes []int          `yaml:"warn_minutes,flow,omitempty"`
	Breaks      *composedBreak `yaml:"breaks,flow,omitempty"`
	Kinds       []string       `yaml:"kinds,flow,omitempty"`
	Areas       []composedArea `yaml:"areas,omitempty"`
	Questions   []string       `yaml:"questions,omitempty"`
	Charts      *composedChart `yaml:"charts,flow,omitempty"`
	Shuffle     bool           `yaml:"shuffle,omitempty"`
}

type composedPass struct {
	Percent int `yaml:"percent"`
}

type composedBreak struct {
	Count   int  `yaml:"count"`
	Minutes int  `yaml:"minutes"`
	Lock    bool `yaml:"lock,omitempty"`
}

type composedArea struct {
	ID    string `yaml:"id"`
	Count int    `yaml:"count"`
}

type composedChart struct {
	Count  int `yaml:"count"`
	Weight int `yaml:"weight,omitempty"`
}

// composeForm is the form as it was sent.
type composeForm struct {
	ID, Name, Minutes, Percent string
	Navigation, Book, Feedback string
	Warn, Unscored             string
	Breaks, BreakMinutes       string
	Lock                       bool
	Kinds                      []string
	Counts                     map[string]string // by area
	Questions                  string
	Shuffle                    bool
	Charts, Weight             string
	From                       int
	Body                       string // where it is written as a file
}

type composePage struct {
	teachBase
	Action      string
	Exam        string // "" for a new one
	AsFile      bool
	FormPath    string // the same exam as a form, "" where the form cannot hold it
	FilePath    string // the same exam as a file
	Form        composeForm
	Areas       []composeArea
	Kinds       []choice
	Navigations []choice
	Books       []choice
	Feedbacks   []choice
	Problems    []string
	Errors      map[string]string
}

type composeArea struct {
	ID, Title, Value, Error string
	Have                    int
}

// newComposeForm is what a new exam begins with.
func newComposeForm() composeForm {
	return composeForm{Minutes: "60", Percent: "70", Navigation: "free", Book: "open", Feedback: "after", Warn: "5", Counts: map[string]string{}}
}

// examFileStart is what a new file begins with.
const examFileStart = `id: my-exam
name: My exam
minutes: 60
items: 20
pass: {percent: 70}
navigation: free
book: open
feedback: after
warn_minutes: [5]
areas:
  - {id: icd10cm, count: 10}
  - {id: guidelines, count: 10}
`

// newExam is the empty form, or with ?as=file the page to write or upload a file.
func (s *Server) newExam(c *fiber.Ctx) error {
	f := newComposeForm()
	f.Body = examFileStart
	return s.showCompose(c, fiber.StatusOK, nil, f, c.Query("as") == "file", nil, nil)
}

// editExam is the form of a composed exam by its newest revision.
func (s *Server) editExam(c *fiber.Ctx) error {
	e, err := s.progress.Composed(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, whole := composeFormOf(e)
	return s.showCompose(c, fiber.StatusOK, &e, f, !whole || c.Query("as") == "file", nil, nil)
}

// saveExam keeps a new exam or a new revision of one.
func (s *Server) saveExam(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	var e *progress.ComposedExam
	in := progress.ComposedDraft{Exam: c.Params("id")}
	if in.Exam != "" {
		kept, err := s.progress.Composed(ctx, a, in.Exam)
		if err != nil {
			return err
		}
		e = &kept
	}
	asFile := c.FormValue("as") == "file"
	f, problem, err := s.readCompose(c, asFile)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.showCompose(c, fiber.StatusUnprocessableEntity, e, f, asFile, []string{problem}, nil)
	}
	if !asFile {
		file, errs := composedFileOf(f, in.Exam, s.words.get)
		if len(errs) > 0 {
			return s.showCompose(c, fiber.StatusUnprocessableEntity, e, f, false, nil, errs)
		}
		body, err := yaml.Marshal(file)
		if err != nil {
			return err
		}
		f.Body = string(body)
	}
	in.From, in.Body = f.From, f.Body
	saved, err := s.progress.SaveComposed(ctx, a, in)
	if problems, fields := problemList(err); fields != nil {
		if !asFile { // the lines are those of a file that nobody has seen
			for i, p := range problems {
				problems[i] = sentence(lineOfFile.ReplaceAllString(p, ""))
			}
		}
		return s.showCompose(c, fiber.StatusUnprocessableEntity, e, f, asFile, problems, fields)
	}
	if err != nil {
		return err
	}
	s.say(c, "examsaved")
	return seeOther(c, examStaffPath(saved.Exam))
}

var dashes = regexp.MustCompile(`-+`)

var lineOfFile = regexp.MustCompile(`^Line [0-9]+: `)

// readCompose reads what was sent; problem says what is wrong with an uploaded file.
func (s *Server) readCompose(c *fiber.Ctx, asFile bool) (f composeForm, problem string, err error) {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f = composeForm{
		ID: value("id"), Name: value("name"), Minutes: value("minutes"), Percent: value("percent"), Navigation: value("navigation"), Book: value("book"), Feedback: value("feedback"),
		Warn: value("warn"), Unscored: value("unscored"), Breaks: value("breaks"), BreakMinutes: value("break_minutes"), Lock: value("lock") == "1", Questions: c.FormValue("questions"),
		Shuffle: value("shuffle") == "1", Charts: value("charts"), Weight: value("weight"), Counts: map[string]string{},
		Body: strings.ReplaceAll(c.FormValue("body"), "\r\n", "\n"),
	}
	f.From, _ = strconv.Atoi(c.FormValue("revision"))
	for _, b := range c.Request().PostArgs().PeekMulti("kinds") {
		f.Kinds = append(f.Kinds, string(b))
	}
	for _, a := range quizzes.Areas {
		if v := value("count." + a.ID); v != "" {
			f.Counts[a.ID] = v
		}
	}
	if !asFile {
		return f, "", nil
	}
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 {
		return f, "", nil // no file: the text counts
	}
	if head.Size > maxExamFile {
		return f, s.words.get("examstaff.big_file", maxExamFile>>10), nil
	}
	file, err := head.Open()
	if err != nil {
		return f, "", err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return f, "", err
	}
	f.Body = strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
	return f, "", nil
}

// composedFileOf is what the form says as a file, with what is wrong by field in the words of say. id is that of an exam that is there
// already.
func composedFileOf(f composeForm, id string, say func(key string, args ...any) string) (composedFile, map[string]string) {
	errs := map[string]string{}
	number := func(field, typed string, least, most int) int {
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(typed)
		if err != nil || n < least || n > most {
			errs[field] = say("examstaff.bad_number", least, most)
		}
		return n
	}
	out := composedFile{
		ID: f.ID, Name: strings.Join(strings.Fields(f.Name), " "), Minutes: number("minutes", f.Minutes, 0, 1440), Unscored: number("unscored", f.Unscored, 0, 999),
		Pass: composedPass{number("percent", f.Percent, 1, 99)}, Navigation: f.Navigation, Book: f.Book, Feedback: f.Feedback, Shuffle: f.Shuffle,
	}
	switch {
	case id != "":
		out.ID = id
	case f.ID == "":
		out.ID = dashes.ReplaceAllString(fileWord(f.Name), "-")
	}
	if out.Name == "" {
		errs["name"] = say("examstaff.need_name")
	}
	if f.Percent == "" {
		errs["percent"] = say("examstaff.bad_number", 1, 99)
	}
	for _, w := range strings.FieldsFunc(f.Warn, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if n := number("warn", w, 1, 1439); out.Minutes > 0 {
			if n >= out.Minutes && errs["warn"] == "" {
				errs["warn"] = say("examstaff.bad_warn")
			}
			out.WarnMinutes = append(out.WarnMinutes, n)
		}
	}
	if n := number("breaks", f.Breaks, 0, 20); n > 0 {
		out.Breaks = &composedBreak{n, number("break_minutes", f.BreakMinutes, 1, 240), f.Lock}
		if f.BreakMinutes == "" {
			errs["break_minutes"] = say("examstaff.bad_number", 1, 240)
		}
		if out.Minutes == 0 {
			errs["breaks"] = say("examstaff.break_untimed")
		}
	}
	total := 0
	for _, a := range quizzes.Areas {
		if n := number("count."+a.ID, f.Counts[a.ID], 0, 999); n > 0 {
			out.Areas = append(out.Areas, composedArea{a.ID, n})
			total += n
		}
	}
	if n := number("charts", f.Charts, 0, 999); n > 0 {
		out.Charts = &composedChart{n, number("weight", f.Weight, 1, 100)}
	}
	out.Questions = strings.FieldsFunc(f.Questions, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ' ' || r == '\t' })
	switch {
	case len(out.Questions) > 0 && len(out.Areas) > 0:
		errs["questions"] = say("examstaff.both")
	case len(out.Questions) == 0 && len(out.Areas) == 0 && out.Charts == nil:
		errs["areas"] = say("examstaff.neither")
	case len(out.Areas) > 0:
		out.Shuffle = false // what is drawn is always mixed
		out.Items = total + out.Unscored
		if out.Charts != nil {
			out.Items += out.Charts.Count
		}
		out.Kinds = f.Kinds
	default:
		if len(out.Questions) == 0 {
			out.Shuffle = false
		}
	}
	return out, errs
}

// composeFormOf is a kept exam as the form shows it. whole is false when it says something that the form has no field for.
func composeFormOf(e progress.ComposedExam) (f composeForm, whole bool) {
	f = newComposeForm()
	f.Body, f.From = e.Body, e.Revision
	bp, _ := quizzes.ParseBlueprint([]byte(e.Body), e.Exam)
	if bp == nil {
		return f, false
	}
	positive := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f.ID, f.Name, f.Minutes, f.Percent = bp.ID, bp.Name, strconv.Itoa(bp.Minutes), strconv.Itoa(bp.Pass.Percent)
	f.Navigation, f.Book, f.Feedback, f.Unscored, f.Shuffle = bp.Navigation, bp.Book, bp.Feedback, positive(bp.Unscored), bp.Shuffle
	f.Breaks, f.BreakMinutes, f.Lock = positive(bp.Breaks.Count), positive(bp.Breaks.Minutes), bp.Breaks.Lock
	if bp.Charts.Count > 0 {
		f.Charts, f.Weight = strconv.Itoa(bp.Charts.Count), strconv.Itoa(bp.Charts.Weight)
	}
	var warn []string
	for _, m := range bp.WarnMinutes {
		warn = append(warn, strconv.Itoa(m))
	}
	f.Warn, f.Questions = strings.Join(warn, ", "), strings.Join(bp.Questions, "\n")
	for _, k := range bp.Kinds {
		f.Kinds = append(f.Kinds, string(k))
	}
	for _, slot := range bp.Slots {
		if len(slot.Areas) == 1 {
			f.Counts[slot.Areas[0]] = positive(slot.Scored)
		}
	}
	// The form holds all of it when it writes the same exam.
	file, errs := composedFileOf(f, e.Exam, func(key string, _ ...any) string { return key })
	if len(errs) > 0 {
		return f, false
	}
	body, err := yaml.Marshal(file)
	if err != nil {
		return f, false
	}
	again, _ := quizzes.ParseBlueprint(body, e.Exam)
	return f, again != nil && sameExam(*bp, *again)
}

// sameExam reports whether two exams are the same but for the order in which areas and kinds are listed.
func sameExam(a, b quizzes.Blueprint) bool {
	text := func(bp quizzes.Blueprint) string {
		bp.Slots, bp.Kinds = slices.Clone(bp.Slots), slices.Clone(bp.Kinds)
		slices.SortFunc(bp.Slots, func(x, y quizzes.Slot) int { return strings.Compare(x.Name, y.Name) })
		slices.Sort(bp.Kinds)
		t, _ := json.Marshal(bp) // of strings and numbers alone
		return string(t)
	}
	return text(a) == text(b)
}

// showCompose shows the form or the file; e is a kept exam, nil for a new one.
func (s *Server) showCompose(c *fiber.Ctx, status int, e *progress.ComposedExam, f composeForm, asFile bool, problems []string, errs map[string]string) error {
	page := composePage{Action: "/teach/exams/new", AsFile: asFile, Form: f, Problems: problems, Errors: errs}
	title := s.words.get("examstaff.new_title")
	page.FormPath, page.FilePath = page.Action, page.Action+"?as=file"
	if e != nil {
		title, page.Exam, page.Action = s.words.get("examstaff.edit_title", e.Name), e.Exam, examStaffPath(e.Exam)
		page.FormPath, page.FilePath = page.Action+"/edit", page.Action+"/edit?as=file"
		if _, whole := composeFormOf(*e); !whole {
			page.FormPath = ""
		}
	}
	page.teachBase = s.teachBase(c, title, "exams")
	have := map[string]int{}
	for _, q := range s.bank().Questions() {
		if !q.Trial {
			have[q.Area]++
		}
	}
	for _, a := range quizzes.Areas {
		page.Areas = append(page.Areas, composeArea{a.ID, s.areaTitle(a.ID), f.Counts[a.ID], errs["count."+a.ID], have[a.ID]})
	}
	for _, k := range []grading.Kind{grading.Single, grading.Multiple, grading.Codes, grading.Number, grading.Text, grading.Order, grading.Match} {
		page.Kinds = append(page.Kinds, choice{string(k), s.words.get("examstaff.kind_" + string(k)), contains(f.Kinds, string(k))})
	}
	options := func(group, chosen string, values ...string) (out []choice) {
		for _, v := range values {
			out = append(out, choice{v, s.words.get("examstaff." + group + "_" + v), v == chosen})
		}
		return out
	}
	page.Navigations = options("navigation", f.Navigation, "free", "forward")
	page.Books = options("book", f.Book, "open", "closed")
	page.Feedbacks = options("feedback", f.Feedback, "each", "after", "never")
	return s.render(c, status, "examcompose", page)
}
