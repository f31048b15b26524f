package server

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
)

// assignmentRow is an assignment in a list for staff.
type assignmentRow struct {
	Path, Title, Kind string
	Says              []string
}

// assignmentForm is the form as it was sent. Times are as the browser's field has them, in the viewer's zone.
type assignmentForm struct {
	Kind, Ref, Amount, Counts, Attempts, Extra, Opens, Due, Closes, Key string
}

type assignmentPage struct {
	teachBase
	Cohort, Back string
	Action       string
	New          bool
	Closed       bool
	What         string // title of what is assigned, when it is not new
	Form         assignmentForm
	Kinds        []navItem
	Groups       []choiceGroup
	Counts       []choice
	Zone         string
	Errors       map[string]string
	Drop         string

	Terms       []termsRow
	Members     []choice
	TermsForm   termsForm
	TermsErrors map[string]string
	TermsAction string
}

// choiceGroup is a part of a list to choose from.
type choiceGroup struct {
	Title   string
	Choices []choice
}

// termsRow is what is different for a learner.
type termsRow struct {
	Name, Drop string
	Says       []string
}

type termsForm struct {
	Learner, Attempts, Extra, Due, Closes string
}

func (s *Server) kindWord(k progress.AssignmentKind) string {
	return s.words.get("assign.kind_" + string(k))
}

// assignmentRows lists what a cohort was given to do.
func (s *Server) assignmentRows(c *fiber.Ctx, id progress.CohortID) ([]assignmentRow, error) {
	xs, err := s.progress.Assignments(c.UserContext(), actor(c), id)
	if err != nil {
		return nil, err
	}
	var out []assignmentRow
	for _, x := range xs {
		row := assignmentRow{Path: assignmentPath(x.Assignment), Title: gradesheet.Title(x), Kind: s.kindWord(x.Kind)}
		t := progress.WorkTerms{OpensAt: x.OpensAt, DueAt: x.DueAt, ClosesAt: x.ClosesAt}
		if x.Attempts != nil {
			t.Attempts = *x.Attempts
		}
		if r := x.Rule; r != nil {
			t.ClosesAt = r.ClosesAt
			if r.Attempts != nil {
				t.Attempts = *r.Attempts
			}
			if r.ExtraPercent != nil {
				t.ExtraPercent = *r.ExtraPercent
			}
		}
		row.Says = append(s.termsSay(c, x.Kind, t, s.now()), s.countsSay(x.Assignment)...)
		out = append(out, row)
	}
	return out, nil
}

func assignmentPath(x progress.Assignment) string {
	return cohortPath(x.Cohort) + "/assignments/" + string(x.ID)
}

// termsSay are the terms of an assignment in words.
func (s *Server) termsSay(c *fiber.Ctx, kind progress.AssignmentKind, t progress.WorkTerms, now time.Time) (out []string) {
	say := func(key string, args ...any) { out = append(out, s.words.get("assign."+key, args...)) }
	if now.Before(t.OpensAt) {
		say("says_opens", when(c, t.OpensAt))
	}
	if t.DueAt != nil {
		say("says_due", when(c, *t.DueAt))
	}
	if t.ClosesAt != nil && kind == progress.AssignExam {
		say("says_start", when(c, *t.ClosesAt))
	} else if t.ClosesAt != nil {
		say("says_closes", when(c, *t.ClosesAt))
	}
	switch {
	case t.Attempts == 1:
		say("says_attempt")
	case t.Attempts > 1:
		say("says_attempts", t.Attempts)
	}
	if t.ExtraPercent > 0 {
		say("says_extra", t.ExtraPercent)
	}
	return out
}

// countsSay says which attempt counts.
func (s *Server) countsSay(x progress.Assignment) []string {
	if x.Kind == progress.AssignLesson {
		return []string{s.words.get("assign.counts_lesson")}
	}
	return []string{s.words.get("assign.counts_" + string(x.Counts))}
}

// newAssignment is the form for something to do. ?kind= chooses what.
func (s *Server) newAssignment(c *fiber.Ctx) error {
	f := assignmentForm{Kind: c.Query("kind", string(progress.AssignLesson)), Ref: c.Query("ref"), Amount: "10", Counts: string(progress.CountBest), Key: uuid.NewString()}
	return s.showAssignment(c, fiber.StatusOK, nil, f, nil, termsForm{}, nil)
}

// assignment is the page of one: its dates, and what is different for single learners.
func (s *Server) assignment(c *fiber.Ctx) error {
	x, err := s.progress.Assignment(c.UserContext(), actor(c), progress.CohortID(c.Params("id")), progress.AssignmentID(c.Params("assignment")))
	if err != nil {
		return err
	}
	return s.showAssignment(c, fiber.StatusOK, &x, formOfAssignment(x, viewer(c).Learner.Location()), nil, termsForm{Learner: c.Query("learner")}, nil)
}

func formOfAssignment(x progress.AssignmentInfo, zone *time.Location) assignmentForm {
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.In(zone).Format(localTime)
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	f := assignmentForm{
		Kind: string(x.Kind), Ref: x.Ref, Amount: strconv.Itoa(x.Amount), Counts: string(x.Counts), Attempts: number(x.Attempts), Opens: moment(&x.OpensAt), Due: moment(x.DueAt), Closes: moment(x.ClosesAt),
	}
	if r := x.Rule; r != nil {
		f.Attempts, f.Extra, f.Closes = number(r.Attempts), number(r.ExtraPercent), moment(r.ClosesAt)
		if r.OpensAt != nil {
			f.Opens = moment(r.OpensAt)
		}
	}
	return f
}

// saveAssignment keeps a new assignment, or what was changed of one.
func (s *Server) saveAssignment(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), actor(c), progress.CohortID(c.Params("id"))
	var old *progress.AssignmentInfo
	if of := c.Params("assignment"); of != "" {
		x, err := s.progress.Assignment(ctx, a, id, progress.AssignmentID(of))
		if err != nil {
			return err
		}
		old = &x
	} else if _, err := s.progress.Cohort(ctx, a, id); err != nil {
		return err
	}
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f := assignmentForm{
		Kind: value("kind"), Ref: value("ref"), Amount: value("amount"), Counts: value("counts"), Attempts: value("attempts"), Extra: value("extra"), Opens: value("opens"), Due: value("due"), Closes: value("closes"), Key: value("client_key"),
	}
	in := progress.AssignmentDraft{Cohort: id, ClientKey: f.Key, Kind: progress.AssignmentKind(f.Kind), Ref: f.Ref, Counts: progress.Counting(f.Counts)}
	if old != nil {
		in.ID, f.Kind, f.Ref = old.ID, string(old.Kind), old.Ref
	}
	errs := s.readTerms(c, f.Attempts, f.Extra, map[string]string{"opens": f.Opens, "due": f.Due, "closes": f.Closes}, func(attempts, extra *int, at map[string]*time.Time) {
		in.Attempts, in.ExtraPercent, in.OpensAt, in.DueAt, in.ClosesAt = attempts, extra, at["opens"], at["due"], at["closes"]
	})
	if old != nil && f.Opens == formOfAssignment(*old, viewer(c).Learner.Location()).Opens && old.Kind != progress.AssignExam {
		in.OpensAt = &old.OpensAt // the field has no seconds
	}
	if f.Kind == string(progress.AssignDrill) {
		n, ok := numberIn(f.Amount)
		if !ok || n == nil {
			errs["amount"] = s.words.get("examstaff.bad_number", 1, progress.MaxDrill)
		} else {
			in.Amount = *n
		}
	}
	if len(errs) > 0 {
		return s.showAssignment(c, fiber.StatusUnprocessableEntity, old, f, errs, termsForm{}, nil)
	}
	_, err := s.progress.SaveAssignment(ctx, a, in)
	if errs := s.inputErrors(err); errs != nil {
		return s.showAssignment(c, fiber.StatusUnprocessableEntity, old, f, errs, termsForm{}, nil)
	}
	if err != nil {
		return err
	}
	s.say(c, "assignmentsaved")
	return seeOther(c, cohortPath(id)+"#assignments")
}

// readTerms reads numbers and moments of a form, and says by field which are none.
func (s *Server) readTerms(c *fiber.Ctx, attempts, extra string, moments map[string]string, use func(attempts, extra *int, at map[string]*time.Time)) map[string]string {
	errs := map[string]string{}
	tries, ok := numberIn(attempts)
	if !ok {
		errs["attempts"] = s.words.get("examstaff.bad_number", 1, progress.MaxAttempts)
	}
	more, ok := numberIn(extra)
	if !ok {
		errs["extra"] = s.words.get("examstaff.bad_number", 0, progress.MaxExtraPercent)
	}
	at := map[string]*time.Time{}
	for field, typed := range moments {
		t, ok := momentIn(typed, viewer(c).Learner.Location())
		if !ok {
			errs[field] = s.words.get("examstaff.bad_time")
		}
		at[field] = t
	}
	use(tries, more, at)
	return errs
}

// dropAssignment takes one back.
func (s *Server) dropAssignment(c *fiber.Ctx) error {
	id := progress.CohortID(c.Params("id"))
	if err := s.progress.DropAssignment(c.UserContext(), actor(c), id, progress.AssignmentID(c.Params("assignment"))); err != nil {
		return err
	}
	s.say(c, "assignmentdropped")
	return seeOther(c, cohortPath(id)+"#assignments")
}

// saveTerms says what is different for a learner. A form without anything takes back what was.
func (s *Server) saveTerms(c *fiber.Ctx) error {
	ctx, a, id, of := c.UserContext(), actor(c), progress.CohortID(c.Params("id")), progress.AssignmentID(c.Params("assignment"))
	x, err := s.progress.Assignment(ctx, a, id, of)
	if err != nil {
		return err
	}
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f := termsForm{Learner: value("learner"), Attempts: value("attempts"), Extra: value("extra"), Due: value("due"), Closes: value("closes")}
	var in progress.TermsDraft
	errs := s.readTerms(c, f.Attempts, f.Extra, map[string]string{"due": f.Due, "closes": f.Closes}, func(attempts, extra *int, at map[string]*time.Time) {
		in = progress.TermsDraft{Attempts: attempts, ExtraPercent: extra, DueAt: at["due"], ClosesAt: at["closes"]}
	})
	if len(errs) == 0 {
		err = s.progress.SetTerms(ctx, a, id, of, progress.LearnerID(f.Learner), in)
		if errs = s.inputErrors(err); errs == nil && err != nil {
			return err
		}
	}
	if len(errs) > 0 {
		return s.showAssignment(c, fiber.StatusUnprocessableEntity, &x, formOfAssignment(x, viewer(c).Learner.Location()), nil, f, errs)
	}
	s.say(c, "termssaved")
	return seeOther(c, assignmentPath(x.Assignment)+"#terms")
}

func (s *Server) showAssignment(c *fiber.Ctx, status int, x *progress.AssignmentInfo, f assignmentForm, errs map[string]string, tf termsForm, terrs map[string]string) error {
	ctx, a, id := c.UserContext(), actor(c), progress.CohortID(c.Params("id"))
	co, err := s.progress.Cohort(ctx, a, id)
	if err != nil {
		return err
	}
	page := assignmentPage{
		teachBase: s.teachBase(c, s.words.get("assign.new_title"), "cohorts"), Cohort: co.Name, Back: cohortPath(id), Action: cohortPath(id) + "/assignments", New: x == nil, Closed: co.ClosedAt != nil,
		Form: f, Zone: viewer(c).Learner.Location().String(), Errors: errs, TermsForm: tf, TermsErrors: terrs,
	}
	for _, k := range progress.Countings {
		page.Counts = append(page.Counts, choice{string(k), s.words.get("assign.counts_" + string(k)), string(k) == f.Counts})
	}
	if x == nil {
		for _, k := range progress.AssignmentKinds {
			page.Kinds = append(page.Kinds, navItem{Path: cohortPath(id) + "/assignments/new?kind=" + url.QueryEscape(string(k)), Text: s.kindWord(k), Current: lit(string(k) == f.Kind)})
		}
		if page.Groups, err = s.assignable(c, progress.AssignmentKind(f.Kind), f.Ref); err != nil {
			return err
		}
		return s.render(c, status, "assignment", page)
	}
	page.What = gradesheet.Title(*x)
	page.Title, page.Action, page.Drop = page.What, assignmentPath(x.Assignment), assignmentPath(x.Assignment)+"/drop"
	page.TermsAction = page.Action + "/learners"
	members, err := s.progress.Members(ctx, a, id)
	if err != nil {
		return err
	}
	for _, m := range members {
		page.Members = append(page.Members, choice{string(m.ID), s.learnerName(m), string(m.ID) == tf.Learner})
	}
	terms, err := s.progress.Terms(ctx, a, id, x.ID)
	if err != nil {
		return err
	}
	for _, t := range terms {
		w := progress.WorkTerms{DueAt: t.DueAt, ClosesAt: t.ClosesAt}
		if t.Attempts != nil {
			w.Attempts = *t.Attempts
		}
		if t.ExtraPercent != nil {
			w.ExtraPercent = *t.ExtraPercent
		}
		page.Terms = append(page.Terms, termsRow{Name: s.learnerName(t.Learner), Drop: string(t.Learner.ID), Says: s.termsSay(c, x.Kind, w, s.now())})
	}
	return s.render(c, status, "assignment", page)
}

// assignable is what can be assigned of a kind.
func (s *Server) assignable(c *fiber.Ctx, kind progress.AssignmentKind, ref string) ([]choiceGroup, error) {
	var out []choiceGroup
	pick := func(value, text string) choice { return choice{value, text, value == ref} }
	add := func(title string, of ...choice) {
		i := slices.IndexFunc(out, func(g choiceGroup) bool { return g.Title == title })
		if i < 0 {
			i = len(out)
			out = append(out, choiceGroup{Title: title})
		}
		out[i].Choices = append(out[i].Choices, of...)
	}
	switch kind {
	case progress.AssignLesson:
		for _, m := range s.lessons().Modules() {
			for _, l := range m.Lessons {
				add(m.Title, pick(l.ID, l.Title))
			}
		}
	case progress.AssignDrill:
		for _, a := range s.bank().Areas() {
			if a.Questions > 0 {
				add(s.words.get("practice.group_"+areaGroupOf(a.ID)), pick(a.ID, s.words.get("assign.area_has", a.Title, a.Questions)))
			}
		}
	case progress.AssignCase:
		for _, k := range s.bank().Cases() {
			add(settingTitle(k.Setting), pick(k.ID, k.Title))
		}
	case progress.AssignExam:
		own, err := s.progress.ComposedExams(c.UserContext(), actor(c))
		if err != nil {
			return nil, err
		}
		for _, e := range own {
			if e.RetiredAt == nil {
				add(s.words.get("examstaff.own"), pick(e.Exam, e.Name))
			}
		}
		for _, bp := range s.bank().Blueprints() {
			add(s.words.get("examstaff.shipped"), pick(bp.ID, bp.Name))
		}
	}
	return out, nil
}
