package server

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type rulesPage struct {
	teachBase
	Rules    []ruleRow
	Form     ruleForm
	Exams    []choice
	Cohorts  []choice
	Kinds    []choice
	Zone     string
	Errors   map[string]string
	Everyone bool // the viewer may say something to everyone about every exam
}

// ruleRow is a rule in words.
type ruleRow struct {
	ID       string
	Exam     string // name of the exam
	ExamPath string // "" for every exam
	For      string
	Email    string
	Closed   bool
	Says     []string
	Owner    string // "" for the viewer's own
	Edit     string
	Drop     string
}

// ruleForm is the form as it was sent. Times are as the browser's field has them, in the viewer's zone.
type ruleForm struct {
	Exam, Kind, Cohort, Email string
	Extra, Attempts           string
	Opens, Closes, Results    string
}

// localTime is how a field of date and time writes a moment.
const localTime = "2006-01-02T15:04"

func (s *Server) examName(c *fiber.Ctx, id string) string {
	if id == "" {
		return s.words.get("examstaff.every_exam")
	}
	if bp, e, err := s.staffExam(c, id); err == nil {
		if e != nil {
			return e.Name
		}
		return bp.Name
	}
	return id
}

func (s *Server) ruleRow(c *fiber.Ctx, r progress.RuleInfo) ruleRow {
	row := ruleRow{ID: string(r.ID), Exam: s.examName(c, r.Exam), For: r.Name, Email: r.Email, Closed: r.Closed, Edit: "/teach/exams/rules?rule=" + string(r.ID) + "#rule", Drop: "/teach/exams/rules/" + string(r.ID) + "/drop"}
	if r.Exam != "" {
		row.ExamPath = examStaffPath(r.Exam)
	}
	switch {
	case r.Kind == progress.RuleForEveryone:
		row.For = s.words.get("examstaff.for_everyone")
	case r.Kind == progress.RuleForCohort:
		row.For = s.words.get("examstaff.for_cohort", r.Name)
	case r.Name == "":
		row.For = s.words.get("teach.guest", shortID(r.Ref))
	}
	if r.Owner != actor(c).Learner {
		row.Owner = s.names(c)(r.Owner)
	}
	say := func(key string, args ...any) { row.Says = append(row.Says, s.words.get("examstaff."+key, args...)) }
	if n := r.ExtraPercent; n != nil {
		say("says_extra", *n)
	}
	if n := r.Attempts; n != nil {
		if *n == 1 {
			say("says_attempt")
		} else {
			say("says_attempts", *n)
		}
	}
	if t := r.OpensAt; t != nil {
		say("says_opens", when(c, *t))
	}
	if t := r.ClosesAt; t != nil {
		say("says_closes", when(c, *t))
	}
	if t := r.ResultsAt; t != nil {
		say("says_results", when(c, *t))
	}
	if len(row.Says) == 0 {
		say("says_open")
	}
	return row
}

// rules lists the viewer's rules with the form for another. ?exam= and ?cohort= choose those of the form, ?rule= fills it with a rule.
func (s *Server) rules(c *fiber.Ctx) error {
	f := ruleForm{Exam: c.Query("exam"), Kind: string(progress.RuleForCohort), Cohort: c.Query("cohort")}
	if id := c.Query("rule"); id != "" {
		all, err := s.progress.Rules(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		found := false
		for _, r := range all {
			if string(r.ID) == id {
				f, found = ruleFormOf(r, viewer(c).Learner.Location()), true
			}
		}
		if !found {
			return progress.ErrNotFound
		}
	}
	return s.showRules(c, fiber.StatusOK, f, nil)
}

func ruleFormOf(r progress.RuleInfo, zone *time.Location) ruleForm {
	f := ruleForm{Exam: r.Exam, Kind: string(r.Kind), Email: r.Email}
	if r.Kind == progress.RuleForCohort {
		f.Cohort = r.Ref
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.In(zone).Format(localTime)
	}
	f.Extra, f.Attempts, f.Opens, f.Closes, f.Results = number(r.ExtraPercent), number(r.Attempts), moment(r.OpensAt), moment(r.ClosesAt), moment(r.ResultsAt)
	return f
}

// saveRule keeps a rule in the place of the one of the same exam and people.
func (s *Server) saveRule(c *fiber.Ctx) error {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f := ruleForm{
		Exam: value("exam"), Kind: value("kind"), Cohort: value("cohort"), Email: value("email"), Extra: strings.TrimSpace(strings.TrimSuffix(value("extra"), "%")), Attempts: value("attempts"),
		Opens: value("opens"), Closes: value("closes"), Results: value("results"),
	}
	errs := map[string]string{}
	number := func(field, typed string, least, most int) *int {
		if typed == "" {
			return nil
		}
		n, err := strconv.Atoi(typed)
		if err != nil {
			errs[field] = s.words.get("examstaff.bad_number", least, most)
			return nil
		}
		return &n
	}
	moment := func(field, typed string) *time.Time {
		if typed == "" {
			return nil
		}
		t, err := parseMoment(typed, viewer(c).Learner.Location())
		if err != nil {
			errs[field] = s.words.get("examstaff.bad_time")
			return nil
		}
		return &t
	}
	in := progress.RuleDraft{
		Exam: f.Exam, Kind: progress.RuleKind(f.Kind), ExtraPercent: number("extra", f.Extra, 0, progress.MaxExtraPercent), Attempts: number("attempts", f.Attempts, 1, progress.MaxAttempts),
		OpensAt: moment("opens", f.Opens), ClosesAt: moment("closes", f.Closes), ResultsAt: moment("results", f.Results),
	}
	switch in.Kind {
	case progress.RuleForCohort:
		in.Ref = f.Cohort
	case progress.RuleForPerson:
		in.Email = f.Email
	}
	if len(errs) > 0 {
		return s.showRules(c, fiber.StatusUnprocessableEntity, f, errs)
	}
	_, err := s.progress.SaveRule(c.UserContext(), actor(c), in)
	if errs := s.inputErrors(err); errs != nil {
		return s.showRules(c, fiber.StatusUnprocessableEntity, f, errs)
	}
	if err != nil {
		return err
	}
	s.say(c, "rulesaved")
	if f.Exam != "" {
		return seeOther(c, examStaffPath(f.Exam))
	}
	return seeOther(c, "/teach/exams/rules")
}

// parseMoment reads a date and time as a browser's field writes it, or as people type it where there is none. A date alone is its first minute.
func parseMoment(typed string, zone *time.Location) (time.Time, error) {
	var t time.Time
	var err error
	for _, layout := range []string{localTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err = time.ParseInLocation(layout, typed, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return t, err
}

// dropRule takes a rule back.
func (s *Server) dropRule(c *fiber.Ctx) error {
	if err := s.progress.DropRule(c.UserContext(), actor(c), progress.RuleID(c.Params("rule"))); err != nil {
		return err
	}
	s.say(c, "ruledropped")
	return seeOther(c, "/teach/exams/rules")
}

func (s *Server) showRules(c *fiber.Ctx, status int, f ruleForm, errs map[string]string) error {
	ctx, a := c.UserContext(), actor(c)
	all, err := s.progress.Rules(ctx, a)
	if err != nil {
		return err
	}
	page := rulesPage{teachBase: s.teachBase(c, s.words.get("examstaff.rules_title"), "rules"), Form: f, Errors: errs, Zone: viewer(c).Learner.Location().String(), Everyone: a.Role == progress.RoleAdmin}
	for _, r := range all {
		page.Rules = append(page.Rules, s.ruleRow(c, r))
	}
	page.Exams = []choice{{"", s.words.get("examstaff.every_exam"), f.Exam == ""}}
	own, err := s.progress.ComposedExams(ctx, a)
	if err != nil {
		return err
	}
	for _, e := range own {
		if e.RetiredAt == nil || e.Exam == f.Exam {
			page.Exams = append(page.Exams, choice{e.Exam, e.Name, e.Exam == f.Exam})
		}
	}
	for _, bp := range s.bank().Blueprints() {
		page.Exams = append(page.Exams, choice{bp.ID, bp.Name, bp.ID == f.Exam})
	}
	cohorts, err := s.progress.Cohorts(ctx, a)
	if err != nil {
		return err
	}
	for _, co := range cohorts {
		if co.ClosedAt == nil {
			page.Cohorts = append(page.Cohorts, choice{string(co.ID), co.Name, string(co.ID) == f.Cohort})
		}
	}
	for _, k := range []progress.RuleKind{progress.RuleForCohort, progress.RuleForPerson, progress.RuleForEveryone} {
		page.Kinds = append(page.Kinds, choice{string(k), s.words.get("examstaff.kind_of_" + string(k)), f.Kind == string(k)})
	}
	return s.render(c, status, "examrules", page)
}
