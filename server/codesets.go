package server

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

// listedAtOnce is how many CPT or HCPCS codes one page lists; a larger set is listed range by range.
const listedAtOnce = 600

type codeSetPage struct {
	basePage
	Search   searchBox
	System   codebook.System
	Name     string
	About    string
	Releases []releaseView
	Date     dateForm
	Groups   []codeGroup
	Chosen   *codeGroup // the chapter or range shown by itself
	Starter  bool
	CPT      bool
	PCS      bool
}

// codeGroup is a chapter, a section, a body system or a range of codes.
type codeGroup struct {
	Anchor string
	Label  string // "Chapter 4"
	Range  string // "E00-E89"
	Name   string
	Path   string // a page of its own, "" when there is none
	Count  int
	Notes  []noteGroup // of a chapter or section
	Rows   []codeRow
	Groups []codeGroup
}

type codeRow struct {
	Path, Code, Title string
	Header            bool // more characters are needed
	Ended             bool // a CPT or HCPCS code that is out of force
}

// codeSet lists one code set: ICD-10-CM by chapters, sections and categories, ICD-10-PCS by tables, CPT and HCPCS by ranges.
func (s *Server) codeSet(c *fiber.Ctx) error {
	sys, err := codebook.ParseSystem(c.Params("set"))
	if err != nil {
		return fiber.ErrNotFound
	}
	page := codeSetPage{
		System: sys, Name: sys.Name(), About: s.words.get("codebook.about_" + string(sys)), Releases: s.releasesOf(sys), Date: s.readDate(c),
		Starter: s.hasStarter(), CPT: sys == codebook.CPT, PCS: sys == codebook.ICD10PCS,
	}
	on := page.Date.On
	switch sys {
	case codebook.ICD10CM:
		page.Groups = chapterGroups(s.book(), s.words, on)
		if want := c.Query("chapter"); want != "" {
			if page.Chosen = chosenGroup(page.Groups, want); page.Chosen == nil {
				return fiber.ErrNotFound
			}
			fillChapter(s.book(), page.Chosen, on)
		}
	case codebook.ICD10PCS:
		page.Groups = tableGroups(s.book(), on)
	default:
		page.Groups = rangeGroups(s.book(), s.words, sys, on)
		if want := c.Query("range"); want != "" {
			if page.Chosen = chosenGroup(page.Groups, want); page.Chosen == nil {
				return fiber.ErrNotFound
			}
		}
		dropLongLists(page.Groups)
	}
	title := page.Name
	if page.Chosen != nil {
		title = strings.TrimSpace(page.Chosen.Label+" "+page.Chosen.Name) + " · " + page.Name
	}
	page.basePage = s.base(c, title, "codebook")
	page.Search = s.searchBox("", sys, false, on)
	return s.render(c, fiber.StatusOK, "codeset", page)
}

func chosenGroup(groups []codeGroup, anchor string) *codeGroup {
	for i := range groups {
		if groups[i].Anchor == anchor {
			g := groups[i]
			return &g
		}
	}
	return nil
}

// chapterGroups are the chapters of the Tabular List with the number of categories that the book has of each.
func chapterGroups(book *codebook.Book, w words, on codebook.Date) []codeGroup {
	count := map[string]int{}
	for _, e := range book.Top(codebook.ICD10CM, nil, on) {
		if sec, ok := book.Section(e.Code, on); ok {
			count[sec.Chapter]++
		}
	}
	var out []codeGroup
	for _, ch := range book.Chapters(on) {
		out = append(out, codeGroup{
			Anchor: ch.Number, Label: w.get("codebook.chapter", ch.Number), Range: ch.Range(), Name: ch.Title, Path: chapterPath(ch.Number, "", on), Count: count[ch.Number],
		})
	}
	return out
}

// fillChapter adds the sections of a chapter and their categories; sections of which the book has none are left out.
func fillChapter(book *codebook.Book, ch *codeGroup, on codebook.Date) {
	for _, sec := range book.Sections(ch.Anchor, on) {
		categories := book.Top(codebook.ICD10CM, &sec, on)
		g := codeGroup{Anchor: sectionAnchor(sec.Range()), Range: sec.Range(), Name: sec.Title, Rows: rowsOf(categories, on)}
		if g.Count = len(g.Rows); g.Count > 0 {
			g.Notes = notesFrom(book, categories[0], sec.Range(), on)
			if len(ch.Groups) == 0 {
				ch.Notes = notesFrom(book, categories[0], "Chapter "+ch.Anchor, on)
			}
			ch.Groups = append(ch.Groups, g)
		}
	}
}

// notesFrom are the notes that a category inherits from a section or chapter.
func notesFrom(book *codebook.Book, category codebook.Entry, from string, on codebook.Date) []noteGroup {
	for _, lv := range noteLevels(book, category, on) {
		if !lv.Own && lv.From == from {
			return lv.Groups
		}
	}
	return nil
}

func rowsOf(entries []codebook.Entry, on codebook.Date) []codeRow {
	out := make([]codeRow, 0, len(entries))
	for _, e := range entries {
		out = append(out, rowOf(e, on))
	}
	return out
}

func rowOf(e codebook.Entry, on codebook.Date) codeRow {
	icd := e.System == codebook.ICD10CM || e.System == codebook.ICD10PCS
	return codeRow{Path: codePath(e.Ref, on), Code: e.Dotted(), Title: e.Title, Header: icd && !e.Billable, Ended: !icd && !e.Billable}
}

// tableGroups are the PCS tables under their section and body system.
func tableGroups(book *codebook.Book, on codebook.Date) []codeGroup {
	var out []codeGroup
	for _, t := range book.Tables(on) {
		section, system := t.Prefix[:1], t.Prefix[:2]
		if n := len(out); n == 0 || out[n-1].Anchor != tableAnchor(section) {
			out = append(out, codeGroup{Anchor: tableAnchor(section), Label: string(section), Name: t.Labels[0]})
		}
		sec := &out[len(out)-1]
		if n := len(sec.Groups); n == 0 || sec.Groups[n-1].Anchor != tableAnchor(system) {
			sec.Groups = append(sec.Groups, codeGroup{Anchor: tableAnchor(system), Label: string(system), Name: t.Labels[1]})
		}
		sys := &sec.Groups[len(sec.Groups)-1]
		sys.Rows = append(sys.Rows, codeRow{
			Path: codePath(codebook.Ref{System: codebook.ICD10PCS, Code: t.Prefix}, on), Code: string(t.Prefix), Title: t.Labels[2],
		})
		sys.Count++
		sec.Count++
	}
	return out
}

// tableAnchor is where the tables of a section or body system stand on the page of ICD-10-PCS.
func tableAnchor(prefix codebook.Code) string { return "t-" + string(prefix) }

// rangeGroups are the codes of CPT or HCPCS Level II under the parts of their books.
func rangeGroups(book *codebook.Book, w words, sys codebook.System, on codebook.Date) []codeGroup {
	at := map[string]int{}
	var out []codeGroup
	for _, e := range book.Top(sys, nil, on) {
		key := codeRange(sys, e.Code)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, codeGroup{Anchor: key, Name: w.get("codebook." + string(sys) + "_" + key), Path: dated(setPath(sys)+"?range="+key, on)})
		}
		out[i].Count++
		out[i].Rows = append(out[i].Rows, rowOf(e, on))
	}
	for i := range out {
		first, last := out[i].Rows[0].Code, out[i].Rows[len(out[i].Rows)-1].Code
		if out[i].Range = first; first != last {
			out[i].Range += "-" + last
		}
	}
	// By number, codes that end in a letter would stand among the others; the book has them last, and evaluation and management first.
	slices.SortStableFunc(out, func(a, b codeGroup) int { return bookPlace(a.Anchor) - bookPlace(b.Anchor) })
	return out
}

// dropLongLists keeps only the ranges of a set that is too large for one page.
func dropLongLists(groups []codeGroup) {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	if n <= listedAtOnce {
		return
	}
	for i := range groups {
		groups[i].Rows = nil
	}
}

// cptRanges are the parts of the CPT book by their last number, in order of the numbers. The names are in the words of the pages.
var cptRanges = []struct{ last, key string }{
	{"01999", "anesthesia"}, {"19499", "integumentary"}, {"29999", "musculoskeletal"}, {"32999", "respiratory"}, {"37799", "cardiovascular"},
	{"38999", "hemic"}, {"39999", "mediastinum"}, {"49999", "digestive"}, {"53899", "urinary"}, {"55899", "male"}, {"55999", "reproductive"},
	{"58999", "female"}, {"59899", "maternity"}, {"60699", "endocrine"}, {"64999", "nervous"}, {"68899", "eye"}, {"69999", "ear"},
	{"79999", "radiology"}, {"89999", "pathology"}, {"99199", "medicine"}, {"99499", "em"}, {"99999", "medicine"},
}

// bookPlace is where a part stands in the CPT book; parts of HCPCS Level II stay where they are.
func bookPlace(key string) int {
	switch key {
	case "em":
		return -1
	case "category2":
		return len(cptRanges) + 1
	case "category3":
		return len(cptRanges) + 2
	}
	for i := len(cptRanges) - 1; i >= 0; i-- {
		if cptRanges[i].key == key {
			return i
		}
	}
	return 0
}

// codeRange is the part of its book that a CPT or HCPCS code stands in.
func codeRange(sys codebook.System, c codebook.Code) string {
	if sys == codebook.HCPCS {
		return strings.ToLower(string(c[:1]))
	}
	switch c[len(c)-1] {
	case 'F':
		return "category2"
	case 'T':
		return "category3"
	case 'U', 'M':
		return "pathology"
	case 'A':
		return "medicine"
	}
	for _, r := range cptRanges {
		if string(c) <= r.last {
			return r.key
		}
	}
	return "medicine"
}
