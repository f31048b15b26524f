package server

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// disputesPerPage is the length of the list of disputes.
const disputesPerPage = 50

type disputesPage struct {
	teachBase
	Status   string // "" is all
	Filters  []navItem
	Disputes []disputeRow
	Groups   []disputeGroupRow // of the open ones
	Next     string
	Later    bool
}

type disputeRow struct {
	Path, Item, Line, Learner, At, Reason string
	Status                                progress.DisputeStatus
}

func disputePath(id progress.DisputeID) string { return "/teach/disputes/" + string(id) }

// disputes is the queue: open disputes, or with ?status= others.
func (s *Server) disputes(c *fiber.Ctx) error {
	status := c.Query("status", string(progress.DisputeOpen))
	f := progress.DisputeFilter{Status: progress.DisputeStatus(status), Before: progress.DisputeID(c.Query("before")), Limit: disputesPerPage}
	if status == "all" {
		f.Status = ""
	}
	list, err := s.progress.Disputes(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	page := disputesPage{teachBase: s.teachBase(c, s.words.get("disputed.title"), "disputes"), Status: status, Later: f.Before != ""}
	for _, x := range []string{string(progress.DisputeOpen), string(progress.DisputeAccepted), string(progress.DisputeDeclined), "all"} {
		page.Filters = append(page.Filters, navItem{Path: "/teach/disputes?status=" + x, Text: s.words.get("disputed.filter_" + x), Current: lit(x == status)})
	}
	if f.Status == progress.DisputeOpen && f.Before == "" {
		if page.Groups, err = s.disputeGroups(c); err != nil {
			return err
		}
	}
	people := s.names(c)
	for _, d := range list {
		page.Disputes = append(page.Disputes, disputeRow{
			Path: disputePath(d.ID), Item: s.itemTitle(d.Kind, d.Item), Line: d.Line, Learner: people(d.Learner), At: when(c, d.CreatedAt), Reason: firstWords(d.Reason, 140), Status: d.Status,
		})
	}
	if len(list) == disputesPerPage {
		page.Next = "/teach/disputes?status=" + status + "&before=" + string(list[len(list)-1].ID)
	}
	return s.render(c, fiber.StatusOK, "disputes", page)
}

// itemTitle is the title of a case, or the id of a question.
func (s *Server) itemTitle(kind progress.ItemKind, id string) string {
	if kind != progress.KindQuestion {
		if k, err := s.bank().Case(id); err == nil {
			return k.Title
		}
	}
	return id
}

// firstWords is the beginning of a text, cut between words.
func firstWords(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	cut := string(r[:most])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

type disputePage struct {
	teachBase
	Action     string
	Item       string
	Line       string
	Learner    string
	At         string
	Reason     string
	Citation   string
	Status     progress.DisputeStatus
	Answer     string // as it stands, or as it was typed
	Chosen     string
	ResolvedAt string
	ResolvedBy string
	Errors     map[string]string
	Attempt    string // address of the result
	ItemPath   string
	Command    string // what grades the item anew
	OtherKey   bool   // the key has changed since
	Question   *questionView
	Parts      []grading.Part // of a chart: what the result says of the line, or of all that is not right
	Gone       bool           // the item is no longer in the bank
	Number     string
	Fix        string // the checklist of an accepted one
	Override   string // deciding the line by hand, for this learner alone
	Alike      int    // other open disputes of the line
	Anew       bool   // accepted, and what was answered is graded anew
}

// dispute is one dispute with the item, and the form to answer it.
func (s *Server) dispute(c *fiber.Ctx) error {
	d, err := s.progress.DisputeByID(c.UserContext(), actor(c), progress.DisputeID(c.Params("id")))
	if err != nil {
		return err
	}
	return s.showDispute(c, fiber.StatusOK, d, "", "", nil)
}

// resolveDispute keeps the answer.
func (s *Server) resolveDispute(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	d, err := s.progress.DisputeByID(ctx, a, progress.DisputeID(c.Params("id")))
	if err != nil {
		return err
	}
	status, answer := c.FormValue("status"), c.FormValue("answer")
	_, err = s.progress.ResolveDispute(ctx, a, d.ID, progress.DisputeStatus(status), answer)
	if errs := s.inputErrors(err); errs != nil {
		return s.showDispute(c, fiber.StatusUnprocessableEntity, d, status, answer, errs)
	}
	if err != nil {
		return err
	}
	s.say(c, "disputeresolved")
	if status == string(progress.DisputeAccepted) {
		return seeOther(c, disputePath(d.ID)+"/fix")
	}
	return seeOther(c, disputePath(d.ID))
}

func (s *Server) showDispute(c *fiber.Ctx, status int, d progress.Dispute, chosen, answer string, errs map[string]string) error {
	people := s.names(c)
	page := disputePage{
		Action: disputePath(d.ID), Item: s.itemTitle(d.Kind, d.Item), Line: d.Line, Learner: people(d.Learner), At: when(c, d.CreatedAt), Reason: d.Reason, Citation: d.Citation,
		Status: d.Status, Answer: answer, Chosen: chosen, Errors: errs, Command: "crosswalk regrade " + d.Item,
	}
	page.Number, page.Fix, page.Anew = shortID(string(d.ID)), disputePath(d.ID)+"/fix", d.Run != ""
	if d.Kind != progress.KindAudit {
		page.Override = overridePath(d.Attempt) + "?line=" + url.QueryEscape(d.Line)
	}
	groups, err := s.progress.DisputeGroups(c.UserContext(), actor(c), progress.DisputeOpen)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Kind == d.Kind && g.Item == d.Item && g.Line == d.Line {
			page.Alike = g.Count
		}
	}
	if d.Status == progress.DisputeOpen {
		page.Alike = max(0, page.Alike-1)
	}
	page.teachBase = s.teachBase(c, s.words.get("disputed.one_title", page.Item), "disputes")
	if c.Method() != fiber.MethodGet {
		page.Path = page.Action
	}
	if d.Status != progress.DisputeOpen {
		page.ResolvedBy = people(d.ResolvedBy)
		if errs == nil {
			page.Answer = d.Answer
		}
		if d.ResolvedAt != nil {
			page.ResolvedAt = when(c, *d.ResolvedAt)
		}
	}
	g, err := s.progress.Attempt(c.UserContext(), actor(c), d.Attempt)
	if err != nil {
		return err
	}
	if d.Kind == progress.KindQuestion {
		page.Attempt, page.ItemPath = "/practice/attempts/"+string(d.Attempt), "/practice/questions/"+d.Item
		q, err := s.bank().Question(d.Item)
		if page.Gone = err != nil; !page.Gone {
			view, err := s.gradedQuestion(q, g)
			if err != nil {
				return err
			}
			view.Inline = true
			page.Question, page.OtherKey = &view, q.KeyHash != d.KeyHash
		}
		return s.render(c, status, "dispute", page)
	}
	page.Attempt, page.ItemPath = "/cases/"+d.Item+"/attempts/"+string(d.Attempt), "/cases/"+d.Item
	k, err := s.bank().Case(d.Item)
	page.Gone = err != nil
	page.OtherKey = err == nil && k.KeyHash != d.KeyHash
	r, err := g.Grading.CaseResult()
	if err != nil {
		return err
	}
	is := func(code *string) bool { return code != nil && *code == d.Line }
	for _, p := range r.Parts {
		if d.Line != "" && (is(p.Line) || is(p.Entered)) || d.Line == "" && p.Finding != "" {
			page.Parts = append(page.Parts, p)
		}
	}
	return s.render(c, status, "dispute", page)
}
