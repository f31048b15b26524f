package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
)

type guidelinesPage struct {
	basePage
	Search searchBox
	Q      string
	Sets   []guidelineSet
	Found  int
	All    int
}

type guidelineSet struct {
	Set    string
	Groups []guidelineGroup
}

type guidelineGroup struct {
	Number, Title string
	Items         []guidelineRow
}

type guidelineRow struct {
	Number, Title, Path string
	Depth               int // 0 for the head of a group
}

// guidelines lists the numbered rules, all of them or those that have the words of ?q=.
func (s *Server) guidelines(c *fiber.Ctx) error {
	page := guidelinesPage{
		basePage: s.base(c, s.words.get("guidelines.title"), "codebook"), Search: s.searchBox("", "", false, codebook.Date{}), Q: clipQuery(c.Query("q")),
	}
	all := s.book().Guidelines()
	page.All = len(all)
	var kept []codebook.Guideline
	for _, g := range all {
		if guidelineHas(g, page.Q) {
			kept = append(kept, g)
		}
	}
	page.Found = len(kept)
	page.Sets = guidelineSets(s.book(), kept)
	return s.render(c, fiber.StatusOK, "guidelines", page)
}

// guidelineHas reports whether number, title or rule have every word of q.
func guidelineHas(g codebook.Guideline, q string) bool {
	text := strings.ToLower(g.Number + " " + g.Title + " " + g.Rule)
	for _, w := range strings.Fields(strings.ToLower(q)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// guidelineSets puts guidelines under their code set and, in it, under the part of the document that they stand in.
func guidelineSets(book *codebook.Book, list []codebook.Guideline) []guidelineSet {
	var out []guidelineSet
	for _, g := range list {
		if n := len(out); n == 0 || out[n-1].Set != g.Set {
			out = append(out, guidelineSet{Set: g.Set})
		}
		set := &out[len(out)-1]
		part := guidelinePart(g.Number)
		if n := len(set.Groups); n == 0 || set.Groups[n-1].Number != part {
			group := guidelineGroup{Number: part}
			if head, ok := book.Guideline(part); ok {
				group.Title = head.Title
			}
			set.Groups = append(set.Groups, group)
		}
		group := &set.Groups[len(set.Groups)-1]
		group.Items = append(group.Items, guidelineRow{g.Number, g.Title, guidelinePath(g.Number), min(guidelineDepth(g.Number)-guidelineDepth(part), 4)})
	}
	return out
}

// guidelinePart is the part of its document that a guideline stands in: I.A, I.B, a chapter such as I.C.4, II, III, IV, App.I, or a
// letter of the ICD-10-PCS guidelines.
func guidelinePart(number string) string {
	p := strings.Split(strings.NewReplacer("(", ".", ")", "").Replace(number), ".")
	switch {
	case p[0] == "App":
		return strings.Join(p[:min(2, len(p))], ".")
	case p[0] == "I" && len(p) > 1 && p[1] == "C":
		return strings.Join(p[:min(3, len(p))], ".")
	case p[0] == "I":
		return strings.Join(p[:min(2, len(p))], ".")
	case strings.HasPrefix(p[0], "I"):
		return p[0]
	}
	return number[:1]
}

// guidelineDepth is how many levels a number has.
func guidelineDepth(number string) int {
	n := 0
	for ; number != ""; number = guidelineAbove(number) {
		n++
	}
	return n
}

type guidelinePage struct {
	basePage
	Search     searchBox
	Guideline  codebook.Guideline
	Rule       []textPart
	Above      []guidelineRow // outermost first
	Below      []guidelineRow
	Prev, Next *guidelineRow
	Note       noteForm
}

// guideline is the page of one numbered rule.
func (s *Server) guideline(c *fiber.Ctx) error {
	book := s.book()
	g, ok := book.Guideline(c.Params("number"))
	if !ok {
		return fiber.ErrNotFound
	}
	if c.Params("number") != g.Number {
		return seeOther(c, guidelinePath(g.Number))
	}
	page := guidelinePage{
		basePage: s.base(c, g.Number+" "+g.Title, "codebook"), Search: s.searchBox("", "", false, codebook.Date{}), Guideline: g, Rule: linkCodes(book, g.Rule, codebook.Date{}),
	}
	var err error
	if page.Note, err = s.noteAt(c, progress.PartGuideline, g.Number); err != nil {
		return err
	}
	for n := guidelineAbove(g.Number); n != ""; n = guidelineAbove(n) {
		if up, ok := book.Guideline(n); ok {
			page.Above = append([]guidelineRow{guidelineRowOf(up)}, page.Above...)
		}
	}
	all := book.Guidelines()
	for i, o := range all {
		if o.Set != g.Set {
			continue
		}
		if nearestAbove(book, o.Number) == g.Number {
			page.Below = append(page.Below, guidelineRowOf(o))
		}
		if o.Number != g.Number {
			continue
		}
		if i > 0 && all[i-1].Set == g.Set {
			r := guidelineRowOf(all[i-1])
			page.Prev = &r
		}
		if i+1 < len(all) && all[i+1].Set == g.Set {
			r := guidelineRowOf(all[i+1])
			page.Next = &r
		}
	}
	return s.render(c, fiber.StatusOK, "guideline", page)
}

func guidelineRowOf(g codebook.Guideline) guidelineRow {
	return guidelineRow{Number: g.Number, Title: g.Title, Path: guidelinePath(g.Number)}
}

// nearestAbove is the number of the nearest guideline above one, "" when the book has none.
func nearestAbove(book *codebook.Book, number string) string {
	for n := guidelineAbove(number); n != ""; n = guidelineAbove(n) {
		if g, ok := book.Guideline(n); ok {
			return g.Number
		}
	}
	return ""
}

type modifiersPage struct {
	basePage
	Search searchBox
	CPT    []codebook.Modifier
	HCPCS  []codebook.Modifier
}

// modifiers lists the modifiers of CPT and of HCPCS Level II.
func (s *Server) modifiers(c *fiber.Ctx) error {
	page := modifiersPage{basePage: s.base(c, s.words.get("modifiers.title"), "codebook"), Search: s.searchBox("", "", false, codebook.Date{})}
	for _, m := range s.book().Modifiers() {
		if m.System == codebook.CPT {
			page.CPT = append(page.CPT, m)
		} else {
			page.HCPCS = append(page.HCPCS, m)
		}
	}
	return s.render(c, fiber.StatusOK, "modifiers", page)
}
