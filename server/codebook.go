package server

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
)

// Limits of a search: what the type-ahead asks for, what the page shows at first and at most, and how much of a query is read.
const (
	hitsForScripts = 12
	hitsOnPage     = 50
	hitsAtMost     = 200
	queryAtMost    = 200 // characters
)

// searchBox is the search form that stands on every page of the codebook.
type searchBox struct {
	Q        string
	Sets     []setOption
	Billable bool
	Date     string
	Full     bool // with its options: the search page
}

type setOption struct {
	Value, Name string
	Selected    bool
}

// searchBox fills the form; chosen is the set to search in, "" for all.
func (s *Server) searchBox(q string, chosen codebook.System, billable bool, on codebook.Date) searchBox {
	box := searchBox{Q: q, Billable: billable, Date: on.String()}
	for _, sys := range codebook.Systems {
		box.Sets = append(box.Sets, setOption{string(sys), sys.Name(), sys == chosen})
	}
	return box
}

// dateForm is the date of service that a page of the codebook is seen on.
type dateForm struct {
	Value string // as typed
	Error string
	On    codebook.Date // zero: the newest releases
}

func (s *Server) readDate(c *fiber.Ctx) dateForm {
	f := dateForm{Value: strings.TrimSpace(c.Query("date"))}
	if f.Value == "" {
		return f
	}
	on, err := codebook.ParseDate(f.Value)
	if err != nil {
		f.Error = s.words.get("codebook.date_bad")
		return f
	}
	f.On = on
	return f
}

// releaseView is a release in words.
type releaseView struct {
	codebook.Release
	Valid string // "1 Oct 2025 to 30 Sep 2026"
}

func (s *Server) releaseView(r codebook.Release) releaseView {
	const day = "2 Jan 2006"
	v := releaseView{Release: r}
	switch {
	case r.ValidFrom.IsZero():
		v.Valid = s.words.get("codebook.valid_unknown")
	case r.ValidTo.IsZero():
		v.Valid = s.words.get("codebook.valid_from", r.ValidFrom.Time().Format(day))
	default:
		v.Valid = s.words.get("codebook.valid_span", r.ValidFrom.Time().Format(day), r.ValidTo.Time().Format(day))
	}
	return v
}

// releasesOf are the releases of a set, newest first.
func (s *Server) releasesOf(sys codebook.System) []releaseView {
	var out []releaseView
	all := s.book().Releases()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].System == sys {
			out = append(out, s.releaseView(all[i]))
		}
	}
	return out
}

// hasStarter reports whether any release of the book is the starter's.
func (s *Server) hasStarter() bool {
	for _, r := range s.book().Releases() {
		if r.Starter {
			return true
		}
	}
	return false
}

type codebookPage struct {
	basePage
	Search     searchBox
	Sets       []setCard
	Starter    bool
	Guidelines int
	Modifiers  int
	Tables     int
	Mine       int // pages with a tab or note of the viewer's
}

type setCard struct {
	System   codebook.System
	Name     string
	Path     string
	About    string
	Releases []releaseView
}

// codebookHome is the search box and the code sets there are.
func (s *Server) codebookHome(c *fiber.Ctx) error {
	book := s.book()
	page := codebookPage{
		basePage: s.base(c, s.words.get("codebook.title"), "codebook"), Search: s.searchBox("", "", false, codebook.Date{}), Starter: s.hasStarter(),
		Guidelines: len(book.Guidelines()), Modifiers: len(book.Modifiers()), Tables: len(book.Tables(codebook.Date{})),
	}
	var err error
	if page.Mine, err = s.progress.CountBookNotes(c.UserContext(), actor(c)); err != nil {
		return err
	}
	for _, sys := range codebook.Systems {
		page.Sets = append(page.Sets, setCard{
			System: sys, Name: sys.Name(), Path: setPath(sys), About: s.words.get("codebook.about_" + string(sys)), Releases: s.releasesOf(sys),
		})
	}
	return s.render(c, fiber.StatusOK, "codebook", page)
}

// searchRequest is what a search asks for.
type searchRequest struct {
	Q        string
	Sets     []codebook.System
	Billable bool
	Limit    int // 0 when not given
	Date     dateForm
	Problem  string // what cannot be read, in words; "" when all can
}

func (s *Server) readSearch(c *fiber.Ctx) searchRequest {
	r := searchRequest{Q: clipQuery(c.Query("q")), Billable: c.Query("billable") == "1", Date: s.readDate(c)}
	for _, name := range strings.Split(c.Query("sets"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		sys, err := codebook.ParseSystem(name)
		if err != nil {
			r.Problem = s.words.get("codebook.set_bad", clipQuery(name))
			continue
		}
		r.Sets = append(r.Sets, sys)
	}
	if n, err := strconv.Atoi(c.Query("limit")); err == nil && n > 0 {
		r.Limit = min(n, hitsAtMost)
	}
	if r.Date.Error != "" {
		r.Problem = r.Date.Error
	}
	return r
}

func clipQuery(q string) string {
	q = strings.Join(strings.Fields(q), " ")
	if r := []rune(q); len(r) > queryAtMost {
		return string(r[:queryAtMost])
	}
	return q
}

func (s *Server) find(r searchRequest, limit int) []codebook.Hit {
	if r.Q == "" {
		return nil
	}
	return s.book().Search(r.Q, codebook.SearchOptions{Systems: r.Sets, BillableOnly: r.Billable, Limit: limit, On: r.Date.On})
}

// hitJSON is a hit as scripts get it, the same as `crosswalk codes search -json` and with the words that matched.
type hitJSON struct {
	Set      codebook.System `json:"set"`
	Code     string          `json:"code"` // with its dot
	Title    string          `json:"title"`
	Billable bool            `json:"billable"`
	Match    string          `json:"match"`
}

type searchPage struct {
	basePage
	Search  searchBox
	Q       string
	Problem string
	Hits    []hitView
	More    string // address that shows more, "" when all are shown
	Wider   string // address of the same search without narrowing, "" when it is not narrowed
	Starter bool
}

type hitView struct {
	codebook.Hit
	Path    string
	SetName string
	Ended   bool // a CPT or HCPCS code that is out of force
}

// suggest answers a search by a script, which asks at every letter that someone types. It stands before the session and the
// compression: the book is the same for everyone, and a dozen hits are smaller than what packing them costs.
func (s *Server) suggest(c *fiber.Ctx) error {
	c.Vary(fiber.HeaderAccept)
	if !wantsJSON(c) {
		return c.Next()
	}
	if token := s.cookie(c, cookieSession); token != "" { // no session is needed, but a candidate's closes the book
		if sess, err := s.progress.SessionCached(c.UserContext(), progress.Token(token)); err == nil {
			if err := s.confine(c, sess.Actor()); err != nil {
				return err
			}
		}
	}
	return s.searchJSON(c, s.readSearch(c))
}

// codebookSearch is the page of a search.
func (s *Server) codebookSearch(c *fiber.Ctx) error {
	r := s.readSearch(c)
	var chosen codebook.System
	if len(r.Sets) == 1 {
		chosen = r.Sets[0]
	}
	page := searchPage{
		basePage: s.base(c, s.words.get("codebook.search_title"), "codebook"), Search: s.searchBox(r.Q, chosen, r.Billable, r.Date.On),
		Q: r.Q, Problem: r.Problem, Starter: s.hasStarter(),
	}
	page.Search.Date, page.Search.Full = r.Date.Value, true
	limit := hitsOnPage
	if r.Limit > 0 {
		limit = r.Limit
	}
	hits := s.find(r, limit+1)
	if len(hits) > limit {
		hits = hits[:limit]
		if limit < hitsAtMost {
			page.More = searchPath(r, hitsAtMost)
		}
	}
	for _, h := range hits {
		page.Hits = append(page.Hits, hitView{
			Hit: h, Path: codePath(h.Ref, r.Date.On), SetName: h.System.Name(), Ended: !h.Billable && (h.System == codebook.CPT || h.System == codebook.HCPCS),
		})
	}
	if len(r.Sets) > 0 || r.Billable || r.Date.Value != "" {
		page.Wider = searchPath(searchRequest{Q: r.Q}, 0)
	}
	status := fiber.StatusOK
	if r.Problem != "" {
		status = fiber.StatusUnprocessableEntity
	}
	return s.render(c, status, "codesearch", page)
}

func (s *Server) searchJSON(c *fiber.Ctx, r searchRequest) error {
	if r.Problem != "" {
		return &saidError{fiber.StatusBadRequest, r.Problem}
	}
	limit := hitsForScripts
	if r.Limit > 0 {
		limit = r.Limit
	}
	out := []hitJSON{} // never null
	for _, h := range s.find(r, limit) {
		out = append(out, hitJSON{h.System, h.Dotted(), h.Title, h.Billable, h.Match})
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=60")
	return c.JSON(out)
}

// searchPath is the address of a search.
func searchPath(r searchRequest, limit int) string {
	v := url.Values{"q": {r.Q}}
	var sets []string
	for _, sys := range r.Sets {
		sets = append(sets, string(sys))
	}
	if len(sets) > 0 {
		v.Set("sets", strings.Join(sets, ","))
	}
	if r.Billable {
		v.Set("billable", "1")
	}
	if !r.Date.On.IsZero() {
		v.Set("date", r.Date.On.String())
	}
	if limit > 0 {
		v.Set("limit", strconv.Itoa(limit))
	}
	return "/codebook/search?" + v.Encode()
}
