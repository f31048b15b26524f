package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
)

// hireTabs are the pages of one hiring test: the end of the address and the word of the tab. Those that have no route are left out.
var hireTabs = []struct{ path, word string }{{"", "overview"}, {"/preview", "preview"}, {"/candidates", "candidates"}, {"/compare", "compare"}, {"/evidence", "evidence"}, {"/ratings", "ratings"}}

type hireBase struct {
	basePage
	Tabs []navItem // of one test
}

func hirePath(id progress.AssessmentID) string { return "/hire/" + string(id) }

func assessmentID(c *fiber.Ctx) progress.AssessmentID {
	return progress.AssessmentID(c.Params("assessment"))
}

// hireBase fills the frame of a page of one test; tab is the end of its address.
func (s *Server) hireBase(c *fiber.Ctx, title string, x progress.Assessment, tab string) hireBase {
	b := hireBase{basePage: s.base(c, title, "hire")}
	for _, t := range hireTabs {
		item := navItem{Path: hirePath(x.ID) + t.path, Text: s.words.get("hire.tab_" + t.word)}
		if t.path == tab {
			item.Current = "page"
		}
		b.Tabs = append(b.Tabs, item)
	}
	return b
}

type hirePage struct {
	basePage
	Tests   []hireTestRow
	Shipped []hireShipped
}

type hireTestRow struct {
	Path, Name, State, StateText, What, Owner, At string
	Candidates, Begun, HandedIn                   int
}

type hireShipped struct{ Path, Name, Summary, What string }

// hire lists the viewer's hiring tests and those that come with Crosswalk.
func (s *Server) hire(c *fiber.Ctx) error {
	a := actor(c)
	list, err := s.progress.Assessments(c.UserContext(), a)
	if err != nil {
		return err
	}
	page := hirePage{basePage: s.base(c, s.words.get("hire.title"), "hire")}
	people := s.names(c)
	for _, x := range list {
		row := hireTestRow{
			Path: hirePath(x.ID), Name: x.Spec.Name, State: string(x.State()), StateText: s.words.get("hire.state_" + string(x.State())), What: x.Spec.String(), At: when(c, x.CreatedAt),
			Candidates: x.Candidates, Begun: x.Begun, HandedIn: x.HandedIn,
		}
		if x.Owner != a.Learner {
			row.Owner = people(x.Owner)
		}
		page.Tests = append(page.Tests, row)
	}
	if page.Shipped, err = s.shippedTests(a); err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "hire", page)
}

func (s *Server) shippedTests(a progress.Actor) (out []hireShipped, _ error) {
	tests, err := s.progress.HiringTests(a)
	for _, h := range tests {
		out = append(out, hireShipped{"/hire/new?from=" + h.ID, h.Name, h.Summary, progress.SpecOf(h).String()})
	}
	return out, err
}

type hireOnePage struct {
	hireBase
	Name, State, StateText string
	Action                 string
	Facts                  []hireFact
	Job                    string
	Tasks                  []hireTask
	Check                  hireCheckView
	Candidates             int
	Begun, HandedIn        int
	Invite                 string // address of the candidates, "" where there is none yet
	Revision               int
	Key                    string // of a copy
	Problems               []string
	Notes                  []string // what has changed under an open test
	Confirmed              string   // when and by whom the own charts were confirmed, "" for no
}

// notes says what has changed under a test that is open.
func (p *hireOnePage) notes(w words, drifted bool) {
	if drifted {
		p.Notes = append(p.Notes, w.get("hire.drifted"))
	}
	if len(p.Check.Own) > 0 && !p.Check.Confirmed {
		p.Notes = append(p.Notes, w.get("hire.own_late"))
	}
}

type hireFact struct{ Name, Text string }

type hireTask struct {
	Text    string
	Covered string
}

// hireOne is the overview of a hiring test.
func (s *Server) hireOne(c *fiber.Ctx) error { return s.showHireOne(c, fiber.StatusOK, nil) }

func (s *Server) showHireOne(c *fiber.Ctx, status int, problems []string) error {
	ctx, a := c.UserContext(), actor(c)
	x, err := s.progress.Assessment(ctx, a, assessmentID(c))
	if err != nil {
		return err
	}
	list, err := s.progress.Assessments(ctx, a)
	if err != nil {
		return err
	}
	page := hireOnePage{
		hireBase: s.hireBase(c, x.Spec.Name, x, ""), Name: x.Spec.Name, State: string(x.State()), StateText: s.words.get("hire.state_" + string(x.State())), Action: hirePath(x.ID),
		Job: x.Spec.Job.Title, Revision: x.Revision, Key: uuid.NewString(), Problems: problems, Facts: s.hireFacts(c, x),
	}
	if x.State() != progress.AssessmentDraft {
		page.Invite = page.Action + "/candidates"
	}
	for _, o := range list {
		if o.ID == x.ID {
			page.Candidates, page.Begun, page.HandedIn = o.Candidates, o.Begun, o.HandedIn
		}
	}
	covers := func(t progress.JobTask) progress.JobTask { return t }
	if check, err := s.progress.CheckAssessment(a, x.Spec); err == nil {
		page.Check, covers = s.hireCheck(x.Spec, check), check.Covers
	}
	for _, t := range x.Spec.Job.Tasks {
		page.Tasks = append(page.Tasks, hireTask{t.Text, s.coverTitles(covers(t))})
	}
	if x.State() == progress.AssessmentOpen {
		drifted, err := s.progress.Drifted(x)
		if err != nil {
			return err
		}
		page.notes(s.words, drifted)
	}
	if d := x.Spec.Deidentified; d.List != "" {
		page.Confirmed = s.words.get("hire.confirmed", len(d.Cases), s.names(c)(d.By), when(c, d.At), d.List)
	}
	return s.render(c, status, "hireone", page)
}

// coverTitles are the areas and settings of a task by their titles.
func (s *Server) coverTitles(t progress.JobTask) string {
	var out []string
	for _, a := range t.Areas {
		out = append(out, s.areaTitle(a))
	}
	for _, set := range t.Settings {
		out = append(out, s.words.get("hire.charts_of", settingTitle(set)))
	}
	return strings.Join(out, "; ")
}

func (s *Server) hireFacts(c *fiber.Ctx, x progress.Assessment) (out []hireFact) {
	add := func(word string, text string) { out = append(out, hireFact{s.words.get("hire.fact_" + word), text}) }
	spec := x.Spec
	add("asks", spec.String())
	book := "closed"
	if spec.FullLookup {
		book = "lookup"
	} else if spec.Book {
		book = "open"
	}
	add("book", s.words.get("hire.book_"+book))
	window := s.words.get("hire.always")
	switch {
	case !spec.From.IsZero() && !spec.Until.IsZero():
		window = s.words.get("hire.from_until", when(c, spec.From), when(c, spec.Until))
	case !spec.From.IsZero():
		window = s.words.get("hire.from_on", when(c, spec.From))
	case !spec.Until.IsZero():
		window = s.words.get("hire.until_day", when(c, spec.Until))
	}
	add("window", window)
	if spec.Tries == 1 {
		add("tries", s.words.get("hire.once"))
	} else {
		add("tries", s.words.get("hire.times", spec.Tries, spec.RetryDays))
	}
	add("keep", s.words.get("hire.days", spec.KeepDays))
	if x.OpenedAt != nil {
		add("opened", when(c, *x.OpenedAt))
		add("year", strconv.Itoa(x.Frozen.CodeYear))
		add("hash", x.Frozen.ContentHash[:16])
	}
	if x.ClosedAt != nil {
		add("closed", when(c, *x.ClosedAt))
	}
	return out
}

// onAssessment does something to a test and says so on its page; what cannot be done is said there too.
func (s *Server) onAssessment(do func(c *fiber.Ctx, a progress.Actor, id progress.AssessmentID) (path string, err error), said string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		path, err := do(c, actor(c), assessmentID(c))
		if why := reasons(err); why != nil {
			return s.showHireOne(c, fiber.StatusUnprocessableEntity, why)
		}
		if err != nil {
			return err
		}
		s.say(c, said)
		return seeOther(c, path)
	}
}

func (s *Server) openHire(c *fiber.Ctx, a progress.Actor, id progress.AssessmentID) (string, error) {
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	_, err := s.progress.OpenAssessment(c.UserContext(), a, id, revision)
	return hirePath(id), err
}

func (s *Server) closeHire(c *fiber.Ctx, a progress.Actor, id progress.AssessmentID) (string, error) {
	_, err := s.progress.CloseAssessment(c.UserContext(), a, id)
	return hirePath(id), err
}

func (s *Server) copyHire(c *fiber.Ctx, a progress.Actor, id progress.AssessmentID) (string, error) {
	x, err := s.progress.CopyAssessment(c.UserContext(), a, id, c.FormValue("client_key"))
	return hirePath(x.ID) + "/edit", err
}

func (s *Server) dropHire(c *fiber.Ctx, a progress.Actor, id progress.AssessmentID) (string, error) {
	return "/hire", s.progress.DropAssessment(c.UserContext(), a, id)
}
