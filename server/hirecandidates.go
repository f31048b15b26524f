package server

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
)

func candidatesPath(x progress.AssessmentID) string { return "/hire/" + string(x) + "/candidates" }

func candidatePath(x progress.AssessmentID, id progress.CandidateID) string {
	return candidatesPath(x) + "/" + string(id)
}

func testOf(c *fiber.Ctx) progress.AssessmentID { return progress.AssessmentID(c.Params("assessment")) }

func candidateOf(c *fiber.Ctx) progress.CandidateID {
	return progress.CandidateID(c.Params("candidate"))
}

// candidatesPage lists the candidates of a test and invites others.
type candidatesPage struct {
	hireBase
	TestPath, Test, Home string
	Open                 bool // the test takes candidates
	Blind                bool // names are hidden once there is a result
	Rows                 []candidateRow
	Form                 inviteForm
	Links                []candidateLink // that were just made, shown once
}

type inviteForm struct {
	Key, People, Days string
	Extra, Breaks     string // accommodation of all whose line says none
	PeopleErrors      []string
	Errors            map[string]string // of the other fields
}

type candidateRow struct {
	Path, Name, Says, State, StateText, Erase string
}

type candidateLink struct{ Name, Email, Ref, Link, Until string }

// candidates shows the candidates of a test.
func (s *Server) candidates(c *fiber.Ctx) error {
	return s.showCandidates(c, fiber.StatusOK, newInviteForm("14"), nil)
}

func newInviteForm(days string) inviteForm {
	return inviteForm{Key: uuid.NewString(), Days: days, Extra: "0", Breaks: "0"}
}

func (s *Server) showCandidates(c *fiber.Ctx, status int, form inviteForm, links []progress.CandidateLink) error {
	ctx, a := c.UserContext(), actor(c)
	x, err := s.progress.Assessment(ctx, a, testOf(c))
	if err != nil {
		return err
	}
	vs, err := s.progress.Candidates(ctx, a, x.ID)
	if err != nil {
		return err
	}
	p := candidatesPage{
		hireBase: s.hireBase(c, s.words.get("cand.title"), x, "/candidates"), TestPath: "/hire/" + string(x.ID), Test: x.Spec.Name, Home: candidatesPath(x.ID), Form: form,
		Blind: x.Spec.Blind, Open: x.State() == progress.AssessmentOpen, Links: s.candidateLinks(c, links),
	}
	for _, v := range inOrder(vs, x) {
		row := candidateRow{Path: candidatePath(x.ID, v.ID), Name: v.Name, State: string(v.State), StateText: s.words.get("cand.state_" + string(v.State))}
		var says []string
		for _, t := range []string{v.Ref, v.Email} {
			if t != "" {
				says = append(says, t)
			}
		}
		switch v.State {
		case progress.CandidateErased:
			says = append(says, s.words.get("cand.erased_at", when(c, *v.ErasedAt)))
		case progress.CandidateInvited, progress.CandidateAgreed:
			says = append(says, s.words.get("cand.link_until", when(c, v.LinkUntil)))
		case progress.CandidateDone:
			if v.Newest != nil && v.Newest.HandedInAt != nil {
				says = append(says, s.words.get("cand.handed_in", when(c, *v.Newest.HandedInAt)))
			}
		}
		row.Says = strings.Join(says, " · ")
		p.Rows = append(p.Rows, row)
	}
	return s.render(c, status, "candidates", p)
}

// inOrder are candidates as they are shown, the newest first. Those whose names are hidden stand before the others in the order of their
// codes: between people with names their place would tell who they are.
func inOrder(vs []progress.CandidateView, x progress.Assessment) []progress.CandidateView {
	var hidden, named []progress.CandidateView
	for _, v := range slices.Backward(vs) {
		if v.Hidden(x) {
			hidden = append(hidden, v.Shown(x))
		} else {
			named = append(named, v.Shown(x))
		}
	}
	slices.SortFunc(hidden, func(a, b progress.CandidateView) int { return strings.Compare(a.Name, b.Name) })
	return append(hidden, named...)
}

// candidateLinks are links as they are handed out.
func (s *Server) candidateLinks(c *fiber.Ctx, links []progress.CandidateLink) []candidateLink {
	var out []candidateLink
	for _, l := range links {
		out = append(out, candidateLink{l.Name, l.Email, l.Ref, s.here(c) + seatPath(l.Token), when(c, l.LinkUntil)})
	}
	return out
}

// inviteCandidates takes typed names or a CSV file and shows each link, once: what is kept is a hash.
func (s *Server) inviteCandidates(c *fiber.Ctx) error {
	form := inviteForm{Key: c.FormValue("client_key"), People: c.FormValue("people"), Days: strings.TrimSpace(c.FormValue("days")), Extra: c.FormValue("extra"), Breaks: c.FormValue("breaks"), Errors: map[string]string{}}
	people, err := peopleOf(c, form.People)
	if err != nil {
		return err
	}
	links, err := s.progress.InviteCandidates(c.UserContext(), actor(c), testOf(c), progress.CandidateInvite{
		ClientKey: form.Key, People: people, Days: wholeOf(form.Days), ExtraPercent: wholeOf(form.Extra), ExtraBreaks: wholeOf(form.Breaks),
	})
	if es := inputErrors(err); len(es) > 0 {
		for _, e := range es {
			if e.Field == "people" || e.Field == "client_key" {
				form.PeopleErrors = append(form.PeopleErrors, e.Reason)
			} else {
				form.Errors[e.Field] = e.Reason
			}
		}
		return s.showCandidates(c, fiber.StatusUnprocessableEntity, form, nil)
	}
	if err != nil {
		return err
	}
	return s.showCandidates(c, fiber.StatusOK, newInviteForm(form.Days), links)
}

// peopleOf is the file that a form brought, else what was typed.
func peopleOf(c *fiber.Ctx, typed string) ([]byte, error) {
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 {
		return []byte(typed), nil
	}
	if head.Size > progress.MaxPeopleFile {
		return make([]byte, progress.MaxPeopleFile+1), nil // refused in words
	}
	file, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// linksCSV gives the links that a page has just shown as a file. The page brings them: here nobody knows them any more.
func (s *Server) linksCSV(c *fiber.Ctx) error {
	if _, err := s.progress.Assessment(c.UserContext(), actor(c), testOf(c)); err != nil {
		return err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"name", "email", "number", "link", "good until"}}
	args := c.Request().PostArgs()
	names, emails, refs, links, untils := args.PeekMulti("name"), args.PeekMulti("email"), args.PeekMulti("ref"), args.PeekMulti("link"), args.PeekMulti("until")
	for i := range min(len(names), len(emails), len(refs), len(links), len(untils)) {
		rows = append(rows, []string{cell(names[i]), cell(emails[i]), cell(refs[i]), cell(links[i]), cell(untils[i])})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="candidate-links.csv"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b.Bytes())
}

// cell is a text that no spreadsheet takes for a formula.
func cell(text []byte) string {
	if len(text) > 0 && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + string(text)
	}
	return string(text)
}

// candidatePage is one candidate as the employer sees them, beside the report.
type candidatePage struct {
	basePage
	TestPath, Test, Home, List string
	Name, Says                 string
	State, StateText           string
	Facts                      []seatFact
	Report                     string // address of the report, "" where nothing was handed in
	Link                       *candidateLink
	Events                     []eventView
	Counts                     []eventCount
	Extra, Breaks              string
	Days                       string
	CanLink, CanRevoke, Fixed  bool
	Erased, Hidden             bool // Hidden: who it is
	Errors                     map[string]string
}

type eventView struct{ At, Kind, Text string }

type eventCount struct {
	Name string
	N    int
}

// candidate shows one candidate: where they stand, link, accommodation, what was logged, export and erasing.
func (s *Server) candidate(c *fiber.Ctx) error { return s.showCandidate(c, fiber.StatusOK, nil) }

func (s *Server) showCandidate(c *fiber.Ctx, status int, change func(*candidatePage)) error {
	ctx, a := c.UserContext(), actor(c)
	x, err := s.progress.Assessment(ctx, a, testOf(c))
	if err != nil {
		return err
	}
	v, err := s.progress.Candidate(ctx, a, x.ID, candidateOf(c))
	if err != nil {
		return err
	}
	es, err := s.progress.CandidateEvents(ctx, a, x.ID, v.ID)
	if err != nil {
		return err
	}
	hidden := v.Hidden(x)
	v = v.Shown(x)
	p := candidatePage{
		basePage: s.base(c, v.Name, "hire"), TestPath: "/hire/" + string(x.ID), Test: x.Spec.Name, Home: candidatePath(x.ID, v.ID), List: candidatesPath(x.ID), Name: v.Name, Says: joined(v.Ref, v.Email),
		State: string(v.State), StateText: s.words.get("cand.state_" + string(v.State)), Extra: strconv.Itoa(v.ExtraPercent), Breaks: strconv.Itoa(v.ExtraBreaks), Days: "14",
		Erased: v.ErasedAt != nil, Hidden: hidden, Fixed: v.State == progress.CandidateSitting, CanRevoke: v.ErasedAt == nil && v.RevokedAt == nil, CanLink: v.ErasedAt == nil,
	}
	p.Path = p.Home
	p.Facts = s.candidateFacts(c, x, v)
	if v.State == progress.CandidateDone {
		p.Report = p.Home + "/report"
	}
	p.Events, p.Counts = s.eventViews(c, es)
	if change != nil {
		change(&p)
	}
	return s.render(c, status, "candidate", p)
}

func (s *Server) candidateFacts(c *fiber.Ctx, x progress.Assessment, v progress.CandidateView) []seatFact {
	w := s.words
	out := []seatFact{{w.get("cand.invited"), when(c, v.CreatedAt)}}
	add := func(key, text string) { out = append(out, seatFact{w.get("cand." + key), text}) }
	switch {
	case v.RevokedAt != nil:
		add("link", w.get("cand.revoked_at", when(c, *v.RevokedAt)))
	case v.ErasedAt == nil:
		add("link", w.get("cand.link_until", when(c, v.LinkUntil)))
	}
	if v.ConsentAt != nil {
		add("agreed", w.get("cand.agreed_at", when(c, *v.ConsentAt), v.ConsentHash[:min(12, len(v.ConsentHash))]))
	}
	if n := v.Newest; n != nil {
		add("begun", when(c, n.StartedAt))
		if n.HandedInAt != nil {
			key := "cand.by_hand"
			if n.HandedInBy == progress.HandedInByClock {
				key = "cand.by_clock"
			}
			add("handed", w.get(key, when(c, *n.HandedInAt)))
		} else if n.EndsAt != nil {
			add("ends", when(c, *n.EndsAt))
		}
		add("tries", w.get("cand.tries_of", len(v.Sittings), x.Spec.Tries))
	}
	switch {
	case v.ErasedAt != nil:
		add("erased", when(c, *v.ErasedAt))
	case v.EraseOn != nil:
		add("erase_on", when(c, *v.EraseOn))
	}
	return out
}

// eventViews are events as sentences, and how many there are of each kind.
func (s *Server) eventViews(c *fiber.Ctx, es []progress.CandidateEvent) ([]eventView, []eventCount) {
	n := map[progress.EventKind]int{}
	var out []eventView
	first := map[progress.SittingID]bool{}
	for _, e := range es {
		n[e.Kind]++
		v := e.Values()
		kind, text := s.words.get("event."+string(e.Kind)), ""
		switch e.Kind {
		case progress.EventAddress:
			if text = s.words.get("event.address_text", e.Detail); !first[e.Sitting] {
				kind, text = s.words.get("event.network"), s.words.get("event.address_first", e.Detail)
				n[e.Kind]-- // the network that one began from is no change
			}
			first[e.Sitting] = true
		case progress.EventPaste, progress.EventCopy:
			text = s.words.get("event."+string(e.Kind)+"_text", v["chars"])
		case progress.EventFast:
			text = s.words.get("event.fast_text", v["words"], e.Seconds, v["floor"])
		case progress.EventWindow:
			text = s.words.get("event.window_text")
		default:
			text = s.words.get("event."+string(e.Kind)+"_text", took(e.Seconds))
		}
		if v["item"] > 0 {
			text = s.words.get("event.at_item", v["item"]) + " " + text
		}
		out = append(out, eventView{At: e.At.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04:05"), Kind: kind, Text: text})
	}
	var counts []eventCount
	for _, k := range []progress.EventKind{progress.EventAway, progress.EventPause, progress.EventPaste, progress.EventCopy, progress.EventAddress, progress.EventWindow, progress.EventResume, progress.EventFast} {
		counts = append(counts, eventCount{s.words.get("event." + string(k)), n[k]})
	}
	return out, counts
}

// took is a stretch of time in minutes and seconds.
func took(seconds int) string {
	if seconds < 60 {
		return strconv.Itoa(seconds) + " s"
	}
	return strconv.Itoa(seconds/60) + " min " + strconv.Itoa(seconds%60) + " s"
}

// reissueLink makes a new link and shows it once.
func (s *Server) reissueLink(c *fiber.Ctx) error {
	l, err := s.progress.ReissueLink(c.UserContext(), actor(c), testOf(c), candidateOf(c), wholeOf(c.FormValue("days")))
	if errs := s.inputErrors(err); errs != nil {
		return s.showCandidate(c, fiber.StatusUnprocessableEntity, func(p *candidatePage) { p.Errors, p.Days = errs, c.FormValue("days") })
	}
	if err != nil {
		return err
	}
	return s.showCandidate(c, fiber.StatusOK, func(p *candidatePage) { p.Link = &s.candidateLinks(c, []progress.CandidateLink{l})[0] })
}

// revokeCandidate ends a candidate's link.
func (s *Server) revokeCandidate(c *fiber.Ctx) error {
	if err := s.progress.RevokeCandidate(c.UserContext(), actor(c), testOf(c), candidateOf(c)); err != nil {
		return err
	}
	s.say(c, "candidaterevoked")
	return seeOther(c, candidatePath(testOf(c), candidateOf(c)))
}

// wholeOf is the whole number of a field, with or without a per cent sign; 0 of an empty field, and -1, which is refused in words, of
// anything else.
func wholeOf(text string) int {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// setAccommodation sets extra time and breaks.
func (s *Server) setAccommodation(c *fiber.Ctx) error {
	err := s.progress.SetAccommodation(c.UserContext(), actor(c), testOf(c), candidateOf(c), wholeOf(c.FormValue("extra")), wholeOf(c.FormValue("breaks")))
	if errs := s.inputErrors(err); errs != nil {
		return s.showCandidate(c, fiber.StatusUnprocessableEntity, func(p *candidatePage) {
			p.Errors, p.Extra, p.Breaks = errs, c.FormValue("extra"), c.FormValue("breaks")
		})
	}
	if err != nil {
		return err
	}
	s.say(c, "accommodation")
	return seeOther(c, candidatePath(testOf(c), candidateOf(c)))
}

// exportCandidate gives all that is kept of a candidate.
func (s *Server) exportCandidate(c *fiber.Ctx) error {
	x, err := s.progress.ExportCandidate(c.UserContext(), actor(c), testOf(c), candidateOf(c))
	if err != nil {
		return err
	}
	return sendExport(c, x, "candidate.json")
}

// eraseCandidate erases a candidate, when the form says so on purpose.
func (s *Server) eraseCandidate(c *fiber.Ctx) error {
	if c.FormValue("confirm") != "yes" {
		return s.showCandidate(c, fiber.StatusUnprocessableEntity, func(p *candidatePage) {
			p.Errors = map[string]string{"confirm": s.words.get("cand.erase_confirm")}
		})
	}
	err := s.progress.EraseCandidate(c.UserContext(), actor(c), testOf(c), candidateOf(c))
	if err != nil {
		return err
	}
	s.say(c, "candidateerased")
	return seeOther(c, candidatesPath(testOf(c)))
}
