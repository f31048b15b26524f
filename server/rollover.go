package server

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/quizzes/rollover"
)

// rolloverPerPage is how many lessons, questions, cases and terms one page lists.
const rolloverPerPage = 40

// drillMost is how many questions a drill of the page has at most.
const drillMost = 30

type rolloverPage struct {
	teachBase
	Pairs  []rolloverPair
	Kinds  []rolloverKind
	Items  []rolloverItem
	Found  int
	First  int
	Last   int
	Before string // addresses of the pages about this one, "" for none
	After  string
}

// rolloverPair is a code set with its two releases.
type rolloverPair struct {
	Set, Name, Older, Newer string
	Changes                 string // the page of all changes
	Drill                   string // "" where no drill is made
}

type rolloverKind struct {
	Kind    string // "" for all
	Count   int
	Path    string
	Current bool
}

type rolloverItem struct {
	rollover.Item
	Path     string // the page of the item, "" for none
	Mentions []rolloverMention
}

type rolloverMention struct {
	rollover.Mention
	Path  string // the code's page
	Codes []rolloverCode
}

type rolloverCode struct{ Code, Title, Path string }

// rollover lists what mentions codes that changed between the two newest releases of each code set.
func (s *Server) rollover(c *fiber.Ctx) error {
	page := rolloverPage{teachBase: s.teachBase(c, s.words.get("rollover.title"), "rollover")}
	content := s.content.Load()
	pairs := rollover.Newest(content.Book)
	for _, p := range pairs {
		v := rolloverPair{Set: string(p.System), Name: p.System.Name(), Older: p.Older, Newer: p.Newer}
		v.Changes = changesPath(p.System) + "?" + url.Values{"from": {p.Older}, "to": {p.Newer}}.Encode()
		if p.System != codebook.CPT {
			v.Drill = "/teach/rollover/drill?set=" + v.Set
		}
		page.Pairs = append(page.Pairs, v)
	}
	if len(pairs) == 0 {
		return s.render(c, fiber.StatusOK, "rollover", page)
	}
	report, err := rollover.Make(rollover.Input{Lessons: content.Lessons, Bank: content.Bank, Book: content.Book, Pairs: pairs})
	if err != nil {
		return err
	}
	kind := rollover.Kind(c.Query("kind"))
	kinds := []rollover.Kind{rollover.Lesson, rollover.Question, rollover.Case, rollover.Term}
	if !slices.Contains(kinds, kind) {
		kind = ""
	}
	page.Kinds = []rolloverKind{{Count: len(report.Items), Path: "/teach/rollover", Current: kind == ""}}
	for _, k := range kinds {
		page.Kinds = append(page.Kinds, rolloverKind{string(k), report.Count(k), rolloverPath(k, 1), k == kind})
	}
	items := slices.DeleteFunc(report.Items, func(i rollover.Item) bool { return kind != "" && i.Kind != kind })
	page.fill(s, content.Book, items, kind, c.QueryInt("page", 1))
	return s.render(c, fiber.StatusOK, "rollover", page)
}

// fill shows one page of the items.
func (p *rolloverPage) fill(s *Server, book *codebook.Book, items []rollover.Item, kind rollover.Kind, at int) {
	p.Found = len(items)
	at = min(max(at, 1), max(1, (len(items)+rolloverPerPage-1)/rolloverPerPage))
	from := (at - 1) * rolloverPerPage
	to := min(from+rolloverPerPage, len(items))
	p.First, p.Last = from+1, to
	if at > 1 {
		p.Before = rolloverPath(kind, at-1)
	}
	if to < len(items) {
		p.After = rolloverPath(kind, at+1)
	}
	link := func(set codebook.System, dotted string) string {
		if c, err := codebook.ParseCode(set, dotted); err == nil {
			return codePath(codebook.Ref{System: set, Code: c}, codebook.Date{})
		}
		return ""
	}
	for _, i := range items[from:to] {
		v := rolloverItem{Item: i, Path: rolloverItemPath(i)}
		for _, m := range i.Mentions {
			mv := rolloverMention{Mention: m, Path: link(m.Set, m.Code)}
			for _, c := range m.Proposal.Codes {
				mv.Codes = append(mv.Codes, rolloverCode{c.Code, c.Title, link(m.Set, c.Code)})
			}
			v.Mentions = append(v.Mentions, mv)
		}
		p.Items = append(p.Items, v)
	}
}

func rolloverItemPath(i rollover.Item) string {
	switch i.Kind {
	case rollover.Lesson:
		return "/lessons/" + i.ID
	case rollover.Question:
		return "/practice/questions/" + i.ID
	case rollover.Case:
		return "/cases/" + i.ID
	}
	return "/lessons/glossary"
}

func rolloverPath(kind rollover.Kind, page int) string {
	v := url.Values{}
	if kind != "" {
		v.Set("kind", string(kind))
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "/teach/rollover"
	}
	return "/teach/rollover?" + v.Encode()
}

// rolloverDrill is a file of questions on what changed in a code set, to be laid into a folder of content.
func (s *Server) rolloverDrill(c *fiber.Ctx) error {
	book := s.book()
	sys, err := codebook.ParseSystem(c.Query("set"))
	if err != nil {
		return fiber.ErrNotFound
	}
	pairs := slices.DeleteFunc(rollover.Newest(book), func(p rollover.Pair) bool { return p.System != sys })
	drills, err := rollover.Drills(book, pairs, rollover.DrillOptions{Most: drillMost, Seed: 1})
	if errors.Is(err, codebook.ErrNoRelease) || err == nil && len(drills) == 0 {
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/markdown; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="what-changed-`+string(sys)+"-"+fileWord(pairs[0].Newer)+`.md"`)
	return c.SendString(drills[0].Text)
}
