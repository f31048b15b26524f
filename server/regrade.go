package server

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// How much of a dry run is listed; the counts are of all.
const (
	movesShown    = 100
	sittingsShown = 200
	runsShown     = 20
)

// regradePatience is how long the page that starts a regrade waits for its end, so that a short one is done when the next page shows.
const regradePatience = 900 * time.Millisecond

func regradePath(item string) string { return "/teach/regrade/items/" + url.PathEscape(item) }

func regradeRunPath(id progress.RegradeID) string { return "/teach/regrade/runs/" + string(id) }

type regradesPage struct {
	teachBase
	Unfinished []regradeRunRow
	Items      []regradeItemRow
	Editions   []regradeItemRow // graded by the key in force, with another book or grader
	Runs       []regradeRunRow
}

type regradeItemRow struct {
	Path, Item, Title string
	Kind              progress.ItemKind
	Attempts          int
	Other, OldText    int
}

type regradeRunRow struct {
	Path, Item, Title, At, By, Reason string
	State                             string // key of words
	Percent, Graded, Raised, Lowered  int
}

// regrades lists what is to be graded anew, and the regrades there were.
func (s *Server) regrades(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	items, err := s.progress.RegradeItems(ctx, a)
	if err != nil {
		return err
	}
	unfinished, err := s.progress.RegradeRuns(ctx, a, progress.RegradeFilter{Unfinished: true, Limit: runsShown})
	if err != nil {
		return err
	}
	runs, err := s.progress.RegradeRuns(ctx, a, progress.RegradeFilter{Limit: runsShown})
	if err != nil {
		return err
	}
	page := regradesPage{teachBase: s.teachBase(c, s.words.get("regrade.title"), "regrade")}
	for _, x := range items {
		row := regradeItemRow{Path: regradePath(x.Item), Item: x.Item, Title: x.Title, Kind: x.Kind, Attempts: x.Attempts, Other: x.OtherKey, OldText: x.OldText}
		switch {
		case x.OtherKey > 0:
			page.Items = append(page.Items, row)
		case x.OtherEd > 0:
			row.Other = x.OtherEd
			page.Editions = append(page.Editions, row)
		}
	}
	people := s.names(c)
	for _, r := range unfinished { // however many came to their end after them
		page.Unfinished = append(page.Unfinished, s.runRow(c, r, people))
	}
	for _, r := range runs {
		if !r.Unfinished() {
			page.Runs = append(page.Runs, s.runRow(c, r, people))
		}
	}
	return s.render(c, fiber.StatusOK, "regrades", page)
}

func (s *Server) runRow(c *fiber.Ctx, r progress.RegradeRun, people func(progress.LearnerID) string) regradeRunRow {
	return regradeRunRow{
		Path: regradeRunPath(r.ID), Item: r.Item, Title: s.itemTitle(r.Kind, r.Item), At: when(c, r.StartedAt), By: s.grader(r.By, people), Reason: r.Reason,
		State: s.runState(r), Percent: r.Percent(), Graded: r.Graded, Raised: r.Raised, Lowered: r.Lowered,
	}
}

// runState is the state of a run as people see it: an open one that nobody works on was interrupted.
func (s *Server) runState(r progress.RegradeRun) string {
	if r.State == progress.RegradeOpen && !r.Working(s.progress.Clock()) {
		return "interrupted"
	}
	return string(r.State)
}

// grader names who asked for a grading.
func (s *Server) grader(by string, people func(progress.LearnerID) string) string {
	switch by {
	case "grader", "operator", "import":
		return s.words.get("gradings.by_" + by)
	}
	return people(progress.LearnerID(by))
}

type regradePage struct {
	teachBase
	Plan        progress.RegradePlan
	Up, Down    int // sittings that cross the pass line
	Diff        []diffRow
	OldKeys     []oldKey
	Unkept      bool // the old key is not kept whole
	Moves       []moveRow
	Moved       int // attempts whose figure or verdict moves; Moves lists the first of them
	ByHand      int
	Lineless    int
	Exams       []examMoveRow
	Raised      int
	Lowered     int
	Unmoved     int
	OldText     int // of those skipped
	ItemPath    string
	Dispute     string // id, "" for none
	DisputePath string
	Reason      string
	Errors      map[string]string
	Run         string // address of the run that is not at its end
}

type oldKey struct {
	Path     string
	Attempts int
	Current  bool
}

type moveRow struct {
	Learner, Path, What  string
	Before, After        int
	WasCorrect, IsRight  bool
	Up, Down, HeldByHand bool
	Lineless             bool
}

type examMoveRow struct {
	Learner, Exam, Path    string
	Before, After          progress.Tally
	CrossesUp, CrossesDown bool
	Unopened               bool
}

// regradeItem is the dry run: what a regrade of an item would do.
func (s *Server) regradeItem(c *fiber.Ctx) error {
	return s.showRegrade(c, fiber.StatusOK, "", c.Query("dispute"), nil)
}

func (s *Server) showRegrade(c *fiber.Ctx, status int, reason, dispute string, errs map[string]string) error {
	ctx, a := c.UserContext(), actor(c)
	plan, err := s.progress.PlanRegrade(ctx, a, c.Params("item"))
	if err != nil {
		return err
	}
	page := regradePage{
		Plan: plan, Reason: reason, Errors: errs, Raised: plan.Raised(), Lowered: plan.Lowered(), OldText: plan.Skipped - plan.Formless - plan.Faultless, ItemPath: itemPagePath(plan.Kind, plan.Item),
	}
	page.teachBase = s.teachBase(c, s.words.get("regrade.one_title", s.itemTitle(plan.Kind, plan.Item)), "regrade")
	page.Up, page.Down = plan.Crossing()
	if plan.Run != nil {
		page.Run = regradeRunPath(plan.Run.ID)
	}
	if dispute != "" {
		d, err := s.progress.DisputeByID(ctx, a, progress.DisputeID(dispute))
		if err != nil {
			return err
		}
		page.Dispute, page.DisputePath = string(d.ID), disputePath(d.ID)
		if reason == "" && errs == nil {
			page.Reason = s.disputeReason(d)
		}
	}
	if err := s.diffKeys(c, &page); err != nil {
		return err
	}
	s.listMoves(c, &page)
	return s.render(c, status, "regrade", page)
}

// disputeReason is the reason of a regrade that follows from a dispute, with the number by which people name it.
func (s *Server) disputeReason(d progress.Dispute) string {
	if d.Line != "" {
		return s.words.get("regrade.dispute_reason_line", shortID(string(d.ID)), d.Line)
	}
	return s.words.get("regrade.dispute_reason", shortID(string(d.ID)))
}

func itemPagePath(kind progress.ItemKind, item string) string {
	if kind == progress.KindCase {
		return "/cases/" + item
	}
	return "/practice/questions/" + item
}

// diffKeys sets the old key that most attempts were graded by, or the one that is asked for, beside the key in force.
func (s *Server) diffKeys(c *fiber.Ctx, page *regradePage) error {
	if len(page.Plan.OldKeys) == 0 {
		return nil
	}
	chosen := page.Plan.OldKeys[0].KeyHash
	for _, k := range page.Plan.OldKeys {
		if k.KeyHash == c.Query("old") {
			chosen = k.KeyHash
		}
	}
	for _, k := range page.Plan.OldKeys {
		q := url.Values{"old": {k.KeyHash}}
		if page.Dispute != "" {
			q.Set("dispute", page.Dispute)
		}
		page.OldKeys = append(page.OldKeys, oldKey{withQuery(regradePath(page.Plan.Item), q) + "#key", k.Attempts, k.KeyHash == chosen})
	}
	old, err := s.progress.Version(c.UserContext(), actor(c), chosen)
	if err == nil && old.Item != page.Plan.Item { // another item has the same key, word for word
		err = progress.ErrNotFound
	}
	now, nowErr := s.progress.Version(c.UserContext(), actor(c), page.Plan.KeyHash)
	if errors.Is(err, progress.ErrNotFound) || errors.Is(nowErr, progress.ErrNotFound) {
		page.Unkept = true
		return nil
	}
	if err := errors.Join(err, nowErr); err != nil {
		return err
	}
	page.Diff = diffText(old.Body, now.Body)
	return nil
}

// listMoves lists who moves: the greatest moves first, and the sittings.
func (s *Server) listMoves(c *fiber.Ctx, page *regradePage) {
	people := s.names(c)
	plan := page.Plan
	for _, m := range plan.Changes {
		if m.ByHand > 0 {
			page.ByHand++
		}
		page.Lineless += m.Lineless
		if m.Before == m.After && m.WasCorrect == m.NowCorrect {
			continue
		}
		if page.Moved++; page.Moved > movesShown {
			continue
		}
		row := moveRow{
			Learner: people(m.Learner), Path: attemptPath(plan.Kind, plan.Item, m), Before: m.Before, After: m.After, WasCorrect: m.WasCorrect, IsRight: m.NowCorrect,
			Up: m.After > m.Before, Down: m.After < m.Before, HeldByHand: m.ByHand > 0, Lineless: m.Lineless > 0, What: s.words.get("regrade.in_practice"),
		}
		switch {
		case m.Audit:
			row.What = s.words.get("regrade.in_audit")
		case m.Sitting != "":
			row.What = s.words.get("regrade.in_exam")
		}
		page.Moves = append(page.Moves, row)
	}
	page.Unmoved = len(plan.Changes) - page.Moved
	for _, x := range plan.Sittings[:min(sittingsShown, len(plan.Sittings))] {
		row := examMoveRow{Learner: people(x.Learner), Exam: x.Exam, Path: sittingReport(x.Sitting), Before: x.Before, After: x.After, Unopened: !x.Opened}
		row.CrossesUp, row.CrossesDown = x.Crosses()
		page.Exams = append(page.Exams, row)
	}
}

func attemptPath(kind progress.ItemKind, item string, m progress.RegradeChange) string {
	switch {
	case m.Audit:
		return "/practice/audits/attempts/" + string(m.Attempt)
	case kind == progress.KindCase:
		return "/cases/" + item + "/attempts/" + string(m.Attempt)
	}
	return "/practice/attempts/" + string(m.Attempt)
}

// startRegrade begins a regrade and shows how far it is.
func (s *Server) startRegrade(c *fiber.Ctx) error {
	in := progress.RegradeInput{Item: c.Params("item"), Reason: c.FormValue("reason"), Dispute: progress.DisputeID(c.FormValue("dispute")), KeyHash: c.FormValue("key")}
	r, err := s.progress.StartRegrade(c.UserContext(), actor(c), in)
	if errs := s.inputErrors(err); errs != nil {
		return s.showRegrade(c, fiber.StatusUnprocessableEntity, in.Reason, string(in.Dispute), errs)
	}
	if err != nil {
		return err
	}
	s.workOn(actor(c), r.ID)
	return seeOther(c, regradeRunPath(r.ID))
}

// workOn works on a regrade behind the pages, until it is done or the server stops; then it can be gone on with.
func (s *Server) workOn(a progress.Actor, id progress.RegradeID) {
	done := make(chan struct{})
	s.behind.Go(func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic in a regrade", "panic", p, "run", string(id))
			}
		}()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			select {
			case <-s.stopping:
				cancel()
			case <-ctx.Done():
			}
		}()
		_, err := s.progress.ContinueRegrade(ctx, a, id, nil)
		if err != nil && !errors.Is(err, progress.ErrConflict) && !errors.Is(err, progress.ErrUnderWay) {
			s.log.Error("a regrade was interrupted", "run", string(id), "err", err.Error())
		}
	})
	select {
	case <-done:
	case <-time.After(regradePatience):
	}
}

type regradeRunPage struct {
	teachBase
	Run         progress.RegradeRun
	State       string
	Item        string
	ItemPath    string
	Action      string
	By          string
	Started     string
	Ended       string
	Unmoved     int
	Working     bool
	DisputePath string
}

// regradeRun shows how far a regrade is.
func (s *Server) regradeRun(c *fiber.Ctx) error {
	r, err := s.progress.RegradeRun(c.UserContext(), actor(c), progress.RegradeID(c.Params("run")))
	if err != nil {
		return err
	}
	page := regradeRunPage{
		Run: r, State: s.runState(r), Item: s.itemTitle(r.Kind, r.Item), ItemPath: regradePath(r.Item), Action: regradeRunPath(r.ID), By: s.grader(r.By, s.names(c)),
		Started: when(c, r.StartedAt), Unmoved: r.Graded - r.Raised - r.Lowered, Working: r.Working(s.progress.Clock()),
	}
	if r.EndedAt != nil {
		page.Ended = when(c, *r.EndedAt)
	}
	if r.Dispute != "" {
		page.DisputePath = disputePath(r.Dispute)
	}
	page.teachBase = s.teachBase(c, s.words.get("regrade.run_title", page.Item), "regrade")
	return s.render(c, fiber.StatusOK, "regraderun", page)
}

// continueRegrade goes on with a regrade that was stopped or interrupted.
func (s *Server) continueRegrade(c *fiber.Ctx) error {
	r, err := s.progress.RegradeRun(c.UserContext(), actor(c), progress.RegradeID(c.Params("run")))
	if err != nil {
		return err
	}
	if r.Unfinished() {
		s.workOn(actor(c), r.ID)
	}
	return seeOther(c, regradeRunPath(r.ID))
}

func (s *Server) stopRegrade(c *fiber.Ctx) error {
	r, err := s.progress.StopRegrade(c.UserContext(), actor(c), progress.RegradeID(c.Params("run")))
	if err != nil && !errors.Is(err, progress.ErrConflict) { // it came to its end meanwhile, and the page says so
		return err
	}
	return seeOther(c, regradeRunPath(r.ID))
}
