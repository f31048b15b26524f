package server

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// disputeGroupRow counts the open disputes of a line in the queue.
type disputeGroupRow struct {
	Path, Item, Line, Since string
	Count                   int
}

// disputeGroups is the head of the queue: what is disputed more than once.
func (s *Server) disputeGroups(c *fiber.Ctx) ([]disputeGroupRow, error) {
	groups, err := s.progress.DisputeGroups(c.UserContext(), actor(c), progress.DisputeOpen)
	if err != nil {
		return nil, err
	}
	var out []disputeGroupRow
	for _, g := range groups {
		out = append(out, disputeGroupRow{Path: disputePath(g.First), Item: s.itemTitle(g.Kind, g.Item), Line: g.Line, Count: g.Count, Since: when(c, g.Oldest)})
	}
	return out, nil
}

type disputeFixPage struct {
	teachBase
	Number  string
	Dispute string // address
	Item    string
	Line    string
	Answer  string

	ResolvedBy, ResolvedAt string

	Fix      progress.DisputeFix
	Diff     []diffRow
	Alike    []disputeRow
	Told     int    // who is told: this one and those alike
	DryRun   string // address
	Override string // address of deciding this one by hand
	Run      *regradeRunRow
	Done     bool
}

// disputeFix is the checklist after a dispute was accepted: the key in force, whether it has changed, and the regrade.
func (s *Server) disputeFix(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	f, err := s.progress.DisputeFix(ctx, a, progress.DisputeID(c.Params("id")))
	if err != nil {
		return err
	}
	d := f.Dispute
	if d.Status != progress.DisputeAccepted {
		return seeOther(c, disputePath(d.ID))
	}
	page := disputeFixPage{
		Number: shortID(string(d.ID)), Dispute: disputePath(d.ID), Item: s.itemTitle(d.Kind, d.Item), Line: d.Line, Answer: d.Answer, Fix: f, Told: 1 + len(f.Alike),
		DryRun: regradePath(d.Item) + "?dispute=" + string(d.ID), Override: overridePath(d.Attempt), Done: d.Run != "",
	}
	page.teachBase = s.teachBase(c, s.words.get("fix.title", page.Number, page.Item), "disputes")
	people := s.names(c)
	if page.ResolvedBy = people(d.ResolvedBy); d.ResolvedAt != nil {
		page.ResolvedAt = when(c, *d.ResolvedAt)
	}
	for _, x := range f.Alike {
		page.Alike = append(page.Alike, disputeRow{Path: disputePath(x.ID), Learner: people(x.Learner), At: when(c, x.CreatedAt), Reason: firstWords(x.Reason, 140), Status: x.Status})
	}
	if f.Run != nil {
		row := s.runRow(c, *f.Run, people)
		page.Run = &row
	}
	if f.Changed {
		old, err := s.progress.Version(ctx, a, d.KeyHash)
		switch {
		case err == nil && old.Item == d.Item:
			page.Diff = diffText(old.Body, f.Source)
		case err != nil && !errors.Is(err, progress.ErrNotFound):
			return err
		}
	}
	return s.render(c, fiber.StatusOK, "disputefix", page)
}
