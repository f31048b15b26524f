package server

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

func examPath(id string) string                      { return "/exams/" + id }
func sittingPath(id progress.SittingID) string       { return "/exams/sittings/" + string(id) }
func sittingReport(id progress.SittingID) string     { return sittingPath(id) + "/report" }
func clockTime(t time.Time, z *time.Location) string { return t.In(z).Format("2 Jan 2006, 15:04") }

type examsPage struct {
	basePage
	Open   []sittingLink // to go on with
	Groups []examGroup
}

// examGroup is a heading of the list with its exams: a whole one stands before its half.
type examGroup struct {
	Name  string // behind exams.group_
	Exams []examCard
}

// examCard is an exam as it stands in the list.
type examCard struct {
	ID, Name   string
	Shipped    bool
	Drill      bool
	Full       string // of a half the id of the whole one
	Items      int
	Minutes    int
	Percent    int
	Scaled     int
	Short      string // what the bank lacks to fill it, "" when it can
	Open       *sittingLink
	Taken      int
	Last, Best *sittingLink // with results that may be looked at; nil for none
	Left       int          // attempts left, -1 for any number
	Opens      string       // from when on it can be started, "" for now
	Closes     string       // the last moment to start it
	Closed     bool         // that is over
	Half       *examCard    // the same exam at half its length
}

// HasState reports whether there is more to say of the exam than what it is.
func (e examCard) HasState() bool {
	return e.Open != nil || e.Short != "" || e.Opens != "" || e.Closes != "" || e.Left >= 0 || e.Best != nil
}

// Ready reports whether a sitting can be started now.
func (e examCard) Ready() bool { return e.Short == "" && e.Left != 0 && e.Opens == "" && !e.Closed }

// sittingLink is a sitting in a list.
type sittingLink struct {
	ID, Exam, Name string
	Path           string
	Started        string
	Ends           string // "" without a clock
	Open           bool
	Break          bool
	ByClock        bool
	Results        bool   // may be looked at
	ResultsOn      string // from when on, "" for never
	Percent        int    // tenths
	Passed         bool
}

func sittingLinkOf(x progress.Sitting, now time.Time, z *time.Location) sittingLink {
	l := sittingLink{
		ID: string(x.ID), Exam: x.Exam, Name: x.Name, Path: sittingPath(x.ID), Started: clockTime(x.StartedAt, z), Open: x.HandedInAt == nil,
		Break: x.BreakSince != nil, ByClock: x.HandedInBy == progress.HandedInByClock,
	}
	if x.EndsAt != nil {
		l.Ends = clockTime(*x.EndsAt, z)
	}
	if l.Open {
		return l
	}
	l.Path = sittingReport(x.ID)
	if l.Results = x.GradedAt != nil && x.ResultsOpen(now); l.Results {
		l.Percent, l.Passed = x.Percent10, x.Passed
	} else if x.ResultsAt != nil {
		l.ResultsOn = clockTime(*x.ResultsAt, z)
	}
	return l
}

// sittingLinks are the viewer's sittings that pass, newest first.
func (s *Server) sittingLinks(c *fiber.Ctx, pass func(sittingLink) bool) ([]sittingLink, error) {
	sat, err := s.progress.Sittings(c.UserContext(), actor(c), "")
	if err != nil {
		return nil, err
	}
	now, z := s.progress.Clock(), s.where(c)
	var out []sittingLink
	for _, x := range sat {
		if l := sittingLinkOf(x, now, z); pass(l) {
			out = append(out, l)
		}
	}
	return out, nil
}

// where is the time zone of whoever looks.
func (s *Server) where(c *fiber.Ctx) *time.Location {
	if v := viewer(c); v != nil {
		return v.Learner.Location()
	}
	if z, err := time.LoadLocation(s.zone(c)); err == nil {
		return z
	}
	return time.UTC
}

// examCards makes the cards of exams for the one who looks, with what that one has sat.
func (s *Server) examCards(c *fiber.Ctx, exams []progress.Exam, sat []progress.Sitting) []examCard {
	now, z := s.progress.Clock(), s.where(c)
	byExam := map[string][]progress.Sitting{}
	for _, x := range sat {
		byExam[x.Exam] = append(byExam[x.Exam], x)
	}
	out := make([]examCard, 0, len(exams))
	for _, e := range exams {
		bp, t := e.Blueprint, e.Terms
		card := examCard{
			ID: bp.ID, Name: bp.Name, Shipped: e.Shipped, Drill: bp.Drill, Full: bp.Full, Items: bp.Items, Minutes: bp.Minutes, Percent: bp.Pass.Percent, Scaled: bp.Pass.Scaled,
			Short: s.room().short(bp), Taken: len(byExam[bp.ID]), Left: -1,
		}
		if bp.Drill { // the heading says what it is
			card.Name = bp.Slots[0].Name
		}
		if t.Attempts > 0 {
			card.Left = max(0, t.Attempts-card.Taken)
		}
		if t.OpensAt != nil && now.Before(*t.OpensAt) {
			card.Opens = clockTime(*t.OpensAt, z)
		}
		if t.ClosesAt != nil {
			card.Closes, card.Closed = clockTime(*t.ClosesAt, z), now.After(*t.ClosesAt)
		}
		for _, x := range byExam[bp.ID] { // newest first
			l := sittingLinkOf(x, now, z)
			if l.Open {
				card.Open = &l
			}
			if !l.Results {
				continue
			}
			if card.Last == nil {
				card.Last = &l
			}
			if card.Best == nil || l.Percent > card.Best.Percent {
				card.Best = &l
			}
		}
		out = append(out, card)
	}
	return out
}

// exams lists what can be sat.
func (s *Server) exams(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	exams, err := s.progress.Exams(ctx, a)
	if err != nil {
		return err
	}
	for _, bp := range s.bank().Drills() {
		exams = append(exams, progress.Exam{Blueprint: bp, Shipped: true})
	}
	sat, err := s.progress.Sittings(ctx, a, "")
	if err != nil {
		return err
	}
	page := examsPage{basePage: s.base(c, s.words.get("exams.title"), "exams")}
	now, z := s.progress.Clock(), s.where(c)
	for _, x := range sat {
		if l := sittingLinkOf(x, now, z); l.Open {
			page.Open = append(page.Open, l)
		}
	}
	groups := []examGroup{{Name: "given"}, {Name: "mock"}, {Name: "drill"}}
	for _, card := range s.examCards(c, exams, sat) {
		g := 1
		switch {
		case !card.Shipped:
			g = 0
		case card.Drill:
			g = 2
		}
		if i := slices.IndexFunc(groups[g].Exams, func(e examCard) bool { return e.ID == card.Full }); i >= 0 {
			groups[g].Exams[i].Half = &card
			continue
		}
		groups[g].Exams = append(groups[g].Exams, card)
	}
	for _, g := range groups {
		if len(g.Exams) > 0 {
			page.Groups = append(page.Groups, g)
		}
	}
	return s.render(c, fiber.StatusOK, "exams", page)
}

type examPage struct {
	basePage
	Exam       examCard
	Blueprint  *quizzes.Blueprint
	Slots      []slotRow
	Estimated  bool
	Extras     []extraTime // to choose from; nil where there is nothing to choose
	ExtraFixed int         // per cent that a rule gives
	Minutes    int         // with what a rule gives
	ClientKey  string
	Past       []sittingLink
	Scored     int
	ResultsOn  string // when the answers open, where that is set for later
	Serves     *served
}

// slotRow is a part of an exam in the table of what it is made of.
type slotRow struct {
	Name  string
	Areas []string // of a domain, by their titles
	Items int
	Share int // of all items, per cent
}

// extraTime is one choice of more time.
type extraTime struct {
	Percent, Minutes int
}

// exam shows what an exam is, before it is started.
func (s *Server) exam(c *fiber.Ctx) error { return s.showExam(c, fiber.StatusOK) }

func (s *Server) showExam(c *fiber.Ctx, status int) error {
	ctx, a := c.UserContext(), actor(c)
	e, err := s.examOf(c)
	if err != nil {
		return err
	}
	bp := e.Blueprint
	sat, err := s.progress.Sittings(ctx, a, bp.ID)
	if err != nil {
		return err
	}
	now, z := s.progress.Clock(), s.where(c)
	page := examPage{
		basePage: s.base(c, bp.Name, "exams"), Exam: s.examCards(c, []progress.Exam{e}, sat)[0], Blueprint: bp, Estimated: bp.Pass.Estimated(), Serves: servedBy(bp),
		ClientKey: uuid.NewString(), Scored: bp.Items - bp.Unscored, Minutes: bp.Minutes,
	}
	page.Path = examPath(bp.ID)
	page.Exam.Name = bp.Name
	if bp.Minutes > 0 {
		if e.Terms.ExtraFixed || !e.Shipped {
			page.ExtraFixed = e.Terms.ExtraPercent
			page.Minutes = bp.Minutes * (100 + page.ExtraFixed) / 100
		} else {
			for _, p := range progress.Extras {
				page.Extras = append(page.Extras, extraTime{p, bp.Minutes * (100 + p) / 100})
			}
		}
	}
	if at := e.Terms.ResultsAt; at != nil && at.After(now) {
		page.ResultsOn = clockTime(*at, z)
	}
	for _, sl := range bp.Slots {
		row := slotRow{Name: sl.Name, Items: sl.Scored + sl.Unscored}
		row.Share = (100*row.Items + bp.Items/2) / max(1, bp.Items)
		if bp.ByDomain && (len(sl.Areas) > 1 || s.areaTitle(sl.Areas[0]) != sl.Name) {
			for _, area := range sl.Areas {
				row.Areas = append(row.Areas, s.areaTitle(area))
			}
		}
		page.Slots = append(page.Slots, row)
	}
	if n := bp.Charts.Count; n > 0 {
		page.Slots = append(page.Slots, slotRow{Name: s.words.get("exam.charts"), Items: n, Share: (100*n + bp.Items/2) / max(1, bp.Items)})
	}
	for _, x := range sat {
		if l := sittingLinkOf(x, now, z); !l.Open {
			page.Past = append(page.Past, l)
		}
	}
	return s.render(c, status, "exam", page)
}

// examOf is the exam of the address, for the one who asks.
func (s *Server) examOf(c *fiber.Ctx) (progress.Exam, error) {
	if viewer(c) != nil {
		return s.progress.Exam(c.UserContext(), actor(c), c.Params("id"))
	}
	bp, err := s.bank().Blueprint(c.Params("id"))
	return progress.Exam{Blueprint: bp, Shipped: true}, err
}

// startExam draws the form and opens the room. One that is open already is gone on with.
func (s *Server) startExam(c *fiber.Ctx) error {
	in := progress.SittingStart{Exam: c.Params("id"), ClientKey: c.FormValue("client_key")}
	in.OwnExtra, _ = strconv.Atoi(c.FormValue("extra")) // what is no number is no extra time
	x, err := s.progress.StartSitting(c.UserContext(), actor(c), in)
	switch {
	case errors.Is(err, progress.ErrNotYet), errors.Is(err, progress.ErrSittingClosed), errors.Is(err, progress.ErrNoAttemptLeft), errors.Is(err, quizzes.ErrTooSmall):
		return s.showExam(c, fiber.StatusConflict) // the page says why
	case err != nil:
		return err
	}
	return seeOther(c, sittingPath(x.ID))
}

// roomCache is what rooms need of one version of the content, made once and shared by all who sit.
type roomCache struct {
	content   *Content
	fragments sync.Map     // hash of what is shown -> *fragment
	old       sync.Map     // hash -> *quizzes.Question or *quizzes.Case that is no longer in the bank
	shorts    sync.Map     // blueprint as JSON -> what is short
	itemBytes atomic.Int64 // the most bytes that an item and its chart took in a form, on average
}

// room is the cache of the content in force.
func (s *Server) room() *roomCache { return s.rooms.Load() }

// short says what the bank lacks to fill an exam, "" when it can.
func (r *roomCache) short(bp *quizzes.Blueprint) string {
	key := bp.ID
	if b, err := json.Marshal(bp); err == nil {
		key = string(b)
	}
	if v, ok := r.shorts.Load(key); ok {
		text, _ := v.(string)
		return text
	}
	text := ""
	if n, short := r.content.Bank.Forms(bp, 1); n == 0 {
		text = strings.TrimSpace(short)
	}
	r.shorts.Store(key, text)
	return text
}
