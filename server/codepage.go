package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

// neighboursShown is how many siblings a code page lists.
const neighboursShown = 24

type codePage struct {
	basePage
	Search    searchBox
	Date      dateForm
	Ref       codebook.Ref
	SetName   string
	SetPath   string
	Entry     codebook.Entry
	Missing   bool        // the book has no such code; Nearest is what it has of it
	Nearest   []codeRow   // from the nearest to the top
	Release   releaseView // the one that answered
	Tree      []treeStep  // chapter, section and headers above, outermost first
	Children  []codeRow
	Siblings  []codeRow
	MoreSibs  int // siblings left out
	Levels    []noteLevel
	Seventh   *seventhTable
	Facts     []factView
	Sheet     *factSheetView // nil when no list of edits or prices has the code
	PCS       []pcsCharView
	Table     *pcsTableView
	Starter   bool
	CPT       bool
	Primaries []codeRow // of an add-on code
	Index     []indexEntry
	MoreIndex int // index terms left out
	Changes   []codeChangeView
	Note      noteForm
	Compare   string // the code as the comparison takes it
	ICD       bool   // ICD-10-CM or -PCS, where a code can be reported or is a header; elsewhere the payer decides
}

type treeStep struct {
	Path, Label, Title string
	Code               bool
}

// code is the page of one code or header.
func (s *Server) code(c *fiber.Ctx) error {
	sys, err := codebook.ParseSystem(c.Params("set"))
	if err != nil {
		return fiber.ErrNotFound
	}
	code, err := codebook.ParseCode(sys, c.Params("code"))
	if err != nil {
		return err
	}
	date := s.readDate(c)
	ref := codebook.Ref{System: sys, Code: code}
	if c.Params("code") != ref.Dotted() {
		return seeOther(c, codePath(ref, date.On))
	}
	page := codePage{
		Search: s.searchBox("", sys, false, date.On), Date: date, Ref: ref, SetName: sys.Name(), SetPath: dated(setPath(sys), date.On),
		Starter: s.hasStarter(), CPT: sys == codebook.CPT, ICD: sys == codebook.ICD10CM || sys == codebook.ICD10PCS,
	}
	book := s.book()
	page.Changes, page.Compare = s.changesOfCode(ref), placeText(ref)
	if page.Note, err = s.noteAt(c, string(sys), ref.Dotted()); err != nil {
		return err
	}
	page.Entry, err = book.Lookup(sys, code, date.On)
	table := tableOf(book, ref, date.On)
	switch {
	case errors.Is(err, codebook.ErrUnknownCode) && table == nil:
		page.basePage = s.base(c, s.words.get("code.missing_title", ref.Dotted()), "codebook")
		page.Missing, page.Nearest = true, nearestCodes(book, ref, date.On)
		return s.render(c, fiber.StatusNotFound, "code", page)
	case errors.Is(err, codebook.ErrUnknownCode): // a PCS table whose header is in no list of codes
		page.Entry = codebook.Entry{Ref: ref, Title: strings.Join(table.Labels[:], ", "), Exact: true}
	case err != nil:
		return err
	}
	s.fillCode(&page, table)
	page.Sheet = s.factSheet(c, page.Entry, date)
	page.basePage = s.base(c, strings.TrimSpace(ref.Dotted()+" "+page.Entry.Title), "codebook")
	return s.render(c, fiber.StatusOK, "code", page)
}

func (s *Server) fillCode(page *codePage, table *codebook.PCSTable) {
	book, ref, on := s.book(), page.Ref, page.Date.On
	for _, r := range book.Releases() {
		if r.System == ref.System && r.Edition == page.Entry.Release {
			page.Release = s.releaseView(r)
		}
	}
	ancestors := book.Ancestors(ref.System, ref.Code, on)
	page.Tree = s.tree(ref, ancestors, on)
	page.Levels = noteLevels(book, page.Entry, on)
	page.Facts = append(factsInWords(s.words, page.Entry), ageFacts(s.words, book.FactSheet(ref).Ages)...)
	page.Seventh = seventhOf(book, page.Entry, ancestors, on)
	if table != nil {
		page.Table = viewTable(*table, on)
	} else {
		page.Children = rowsOf(book.Children(ref.System, ref.Code, on), on)
		if page.Seventh != nil && page.Seventh.Linked {
			page.Children = nil // the table of seventh characters lists them
		}
	}
	if chars, err := book.PCS(ref.Code, on); ref.System == codebook.ICD10PCS && err == nil {
		page.PCS = viewChars(chars, on)
	}
	for _, p := range book.Primaries(ref.Code) {
		if sys, code, err := codebook.ProcedureSystem(string(p)); err == nil {
			if e, err := book.Lookup(sys, code, on); err == nil {
				page.Primaries = append(page.Primaries, rowsOf([]codebook.Entry{e}, on)...)
			}
		}
	}
	page.Index, page.MoreIndex = indexEntries(book, ref, on)
	if page.Seventh == nil || len(ref.Code) < 7 { // the table of seventh characters has the codes beside it too
		page.Siblings = rowsOf(book.Siblings(ref.System, ref.Code, on), on)
	}
	if n := len(page.Siblings); n > neighboursShown {
		page.MoreSibs, page.Siblings = n-neighboursShown, nearRows(page.Siblings, ref.Dotted(), neighboursShown)
	}
}

// nearRows are the n rows around where a code would stand among rows in code order.
func nearRows(rows []codeRow, code string, n int) []codeRow {
	at, _ := slices.BinarySearchFunc(rows, code, func(r codeRow, c string) int { return strings.Compare(r.Code, c) })
	lo := min(max(0, at-n/2), len(rows)-n)
	return rows[lo : lo+n]
}

// tree is the way down to a code.
func (s *Server) tree(ref codebook.Ref, ancestors []codebook.Entry, on codebook.Date) []treeStep {
	var out []treeStep
	if ref.System == codebook.ICD10CM {
		if sec, ok := s.book().Section(ref.Code, on); ok {
			for _, ch := range s.book().Chapters(on) {
				if ch.Number == sec.Chapter {
					out = append(out, treeStep{Path: chapterPath(ch.Number, "", on), Label: s.words.get("codebook.chapter", ch.Number), Title: ch.Title})
				}
			}
			out = append(out, treeStep{Path: chapterPath(sec.Chapter, sec.Range(), on), Label: sec.Range(), Title: sec.Title})
		}
	}
	if t := tableOf(s.book(), codebook.Ref{System: ref.System, Code: ref.Code[:min(3, len(ref.Code))]}, on); t != nil {
		for n := 1; n <= 2; n++ {
			out = append(out, treeStep{Path: dated(setPath(ref.System), on) + "#" + tableAnchor(t.Prefix[:n]), Label: string(t.Prefix[:n]), Title: t.Labels[n-1]})
		}
	}
	if ref.System == codebook.CPT || ref.System == codebook.HCPCS {
		key := codeRange(ref.System, ref.Code)
		out = append(out, treeStep{Path: dated(setPath(ref.System)+"?range="+key, on), Title: s.words.get("codebook." + string(ref.System) + "_" + key)})
	}
	for _, a := range slices.Backward(ancestors) {
		out = append(out, treeStep{Path: codePath(a.Ref, on), Label: a.Dotted(), Title: a.Title, Code: true})
	}
	return out
}

// nearestCodes are the codes that the book has of the beginnings of an unknown one, longest first.
func nearestCodes(book *codebook.Book, ref codebook.Ref, on codebook.Date) []codeRow {
	var out []codeRow
	for n := len(ref.Code) - 1; n > 0; n-- {
		if e, err := book.Lookup(ref.System, ref.Code[:n], on); err == nil {
			out = append(out, rowsOf([]codebook.Entry{e}, on)...)
		}
	}
	return out
}

// seventhTable are the seventh characters that complete a code, with the code that each makes.
type seventhTable struct {
	From   string // the header that says so
	Own    bool   // it is the code itself
	Rows   []seventhRow
	Linked bool // at least one row makes a code that the book has
}

type seventhRow struct {
	Char, Title string
	Code, Path  string // "" when the book has no such code
	Current     bool
}

func seventhOf(book *codebook.Book, e codebook.Entry, ancestors []codebook.Entry, on codebook.Date) *seventhTable {
	holders := append([]codebook.Entry{e}, ancestors...)
	i := slices.IndexFunc(holders, func(h codebook.Entry) bool { return len(h.Facts.SeventhChars) > 0 })
	if i < 0 || e.System != codebook.ICD10CM {
		return nil
	}
	stem := string(e.Code)
	if len(stem) == 7 {
		stem = stem[:6]
	}
	stem += strings.Repeat("X", 6-len(stem)) // the placeholder fills what is empty (Official Guidelines I.A.4, I.A.5)
	t := &seventhTable{From: holders[i].Dotted(), Own: i == 0}
	for _, ch := range holders[i].Facts.SeventhChars {
		row := seventhRow{Char: ch.Char, Title: ch.Title}
		if full, err := book.Lookup(e.System, codebook.Code(stem+ch.Char), on); err == nil {
			row.Code, row.Path = full.Dotted(), codePath(full.Ref, on)
			row.Current = full.Code == e.Code
			t.Linked = true
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
