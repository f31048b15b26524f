package server

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

// changesOnPage is how many changes one page lists.
const changesOnPage = 200

type changesPage struct {
	basePage
	System   codebook.System
	Name     string
	Tabs     []indexTab
	Releases []releaseView // newest first
	From, To string        // editions
	Problem  string
	Starter  bool // one of the two is the starter's
	Ready    bool // two releases are compared
	Kinds    []kindCount
	Kind     codebook.ChangeKind // "" for all
	Chapters []codebook.Chapter  // to choose from
	Chapter  string
	Prefix   string // first characters, as printed
	Rows     []changeRow
	Found    int
	First    int // number of the first row shown, from 1
	Last     int
	Newer    string // addresses of the pages before and after, "" for none
	Further  string
	Clear    string // address without filters, "" when there is none set
}

// kindCount is a kind of change, how many the filter lets through, and the address that shows only those.
type kindCount struct {
	Kind    codebook.ChangeKind
	Tone    string
	Count   int
	Path    string
	Current bool
}

type changeRow struct {
	codebook.Change
	Tone   string
	Path   string
	Header bool
}

var changeTones = map[codebook.ChangeKind]string{
	codebook.Added: "good", codebook.Deleted: "bad", codebook.Retitled: "accent", codebook.BecameHeader: "warn", codebook.BecameBillable: "good",
}

// changesHome leads to the code set that changes most.
func (s *Server) changesHome(c *fiber.Ctx) error {
	return seeOther(c, changesPath(codebook.ICD10CM))
}

func changesPath(sys codebook.System) string { return "/codebook/changes/" + string(sys) }

// changes lists what changed in a code set from one release to another: ?from=2025&to=2026, narrowed by kind, chapter and the first characters
// of the code.
func (s *Server) changes(c *fiber.Ctx) error {
	sys, err := codebook.ParseSystem(c.Params("set"))
	if err != nil {
		return fiber.ErrNotFound
	}
	page := changesPage{
		basePage: s.base(c, s.words.get("changes.title_of", sys.Name()), "codebook"), System: sys, Name: sys.Name(), Releases: s.releasesOf(sys),
		From: clipQuery(c.Query("from")), To: clipQuery(c.Query("to")), Kind: codebook.ChangeKind(c.Query("kind")), Chapter: clipQuery(c.Query("chapter")),
		Prefix: strings.ToUpper(clipQuery(c.Query("code"))),
	}
	for _, other := range codebook.Systems {
		page.Tabs = append(page.Tabs, indexTab{other.Name(), changesPath(other), other == sys})
	}
	if !slices.Contains(codebook.ChangeKinds, page.Kind) {
		page.Kind = ""
	}
	if len(page.Releases) < 2 {
		return s.render(c, fiber.StatusOK, "changes", page)
	}
	page.chooseReleases()
	diff, err := s.book().Diff(sys, page.From, page.To)
	if err != nil {
		page.Problem = s.words.get("changes.not_loaded")
		return s.render(c, fiber.StatusUnprocessableEntity, "changes", page)
	}
	page.Ready, page.Starter = true, diff.Older.Starter || diff.Newer.Starter
	if page.From == page.To {
		page.Problem = s.words.get("changes.same")
	}
	if sys == codebook.ICD10CM {
		page.Chapters = s.book().Chapters(diff.Newer.ValidFrom)
	}
	at, err := strconv.Atoi(c.Query("page"))
	if err != nil || at < 1 {
		at = 1
	}
	page.fill(s.book(), diff, at)
	return s.render(c, fiber.StatusOK, "changes", page)
}

// chooseReleases fills in what was not chosen: the newest release and the one before it, full ones where there are two.
func (p *changesPage) chooseReleases() {
	var full []releaseView
	for _, r := range p.Releases {
		if !r.Starter {
			full = append(full, r)
		}
	}
	if len(full) < 2 {
		full = p.Releases
	}
	if p.To == "" {
		p.To = full[0].Edition
	}
	if p.From == "" {
		i := slices.IndexFunc(full, func(r releaseView) bool { return r.Edition == p.To })
		p.From = full[min(i+1, len(full)-1)].Edition
	}
}

// fill narrows the changes, counts them by kind and shows one page of them.
func (p *changesPage) fill(book *codebook.Book, diff codebook.Changes, at int) {
	prefix := strings.ReplaceAll(p.Prefix, ".", "")
	counts := map[codebook.ChangeKind]int{}
	var kept []codebook.Change
	for _, x := range diff.List {
		if !strings.HasPrefix(string(x.Code), prefix) {
			continue
		}
		if p.Chapter != "" && p.System == codebook.ICD10CM {
			if sec, ok := book.Section(x.Code, diff.Newer.ValidFrom); !ok || sec.Chapter != p.Chapter {
				continue
			}
		}
		counts[x.Kind]++
		if p.Kind == "" || x.Kind == p.Kind {
			kept = append(kept, x)
		}
	}
	total := 0
	for _, k := range codebook.ChangeKinds {
		p.Kinds = append(p.Kinds, kindCount{k, changeTones[k], counts[k], p.address(k, 1), k == p.Kind})
		total += counts[k]
	}
	p.Kinds = append([]kindCount{{Count: total, Path: p.address("", 1), Current: p.Kind == ""}}, p.Kinds...)
	p.Found = len(kept)
	if p.Kind != "" || p.Chapter != "" || p.Prefix != "" {
		q := changesPage{System: p.System, From: p.From, To: p.To}
		p.Clear = q.address("", 1)
	}
	from := min((at-1)*changesOnPage, max(0, (len(kept)-1)/changesOnPage*changesOnPage))
	to := min(from+changesOnPage, len(kept))
	p.First, p.Last = from+1, to
	if from > 0 {
		p.Newer = p.address(p.Kind, from/changesOnPage)
	}
	if to < len(kept) {
		p.Further = p.address(p.Kind, from/changesOnPage+2)
	}
	for _, x := range kept[from:to] {
		on := diff.Newer.ValidFrom
		if x.Kind == codebook.Deleted {
			on = diff.Older.ValidFrom
		}
		p.Rows = append(p.Rows, changeRow{x, changeTones[x.Kind], codePath(x.Ref, on), !x.Billable})
	}
}

// address is the page with the same releases and filters, of a kind and page number.
func (p *changesPage) address(kind codebook.ChangeKind, at int) string {
	v := url.Values{"from": {p.From}, "to": {p.To}}
	for name, value := range map[string]string{"kind": string(kind), "chapter": p.Chapter, "code": p.Prefix} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if at > 1 {
		v.Set("page", strconv.Itoa(at))
	}
	return changesPath(p.System) + "?" + v.Encode()
}

// codeChangeView is what happened to a code between two releases, in words.
type codeChangeView struct {
	Tone, Text string
	Was        string // the older title
	Path       string // the code as it was, "" where it is there still
}

// changesOfCode are the words about a code's own changes, newest first.
func (s *Server) changesOfCode(ref codebook.Ref) []codeChangeView {
	var out []codeChangeView
	for _, x := range slices.Backward(s.book().ChangesOf(ref)) {
		v := codeChangeView{Tone: changeTones[x.Kind], Was: x.Was}
		edition := x.Newer.Edition
		if x.Kind == codebook.Deleted {
			edition = x.Older.Edition
			v.Path = codePath(ref, x.Older.ValidFrom)
		}
		v.Text = s.words.get("changes.code_"+string(x.Kind), edition)
		out = append(out, v)
	}
	return out
}
