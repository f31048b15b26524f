package server

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
)

// Limits of the index pages: how many terms a search shows, and down to how many terms a term is shown with all that stands below it.
const (
	termsFound = 100
	rowsFound  = 150
	termsBelow = 600
)

// indexFrame is what all pages of the indexes have.
type indexFrame struct {
	basePage
	Kind    codebook.IndexKind
	Name    string
	Tabs    []indexTab
	Date    dateForm
	Volume  codebook.IndexVolume
	Missing bool // the book has no index of the kind
	Q       string
	Action  string // where the search form leads
	Set     string // hidden field of the search form, "" for none
	Letters []letterView
	Letter  string // the chosen one
	All     string // address without letter and search
}

type indexTab struct {
	Name, Path string
	Current    bool
}

type letterView struct {
	Letter, Path string
	Count        int
	Current      bool
}

// indexPlaces are the addresses of the indexes, in the order of the tabs.
var indexPlaces = []struct {
	kind codebook.IndexKind
	path string
	set  string
}{
	{codebook.IndexDiseases, "/codebook/index", ""},
	{codebook.IndexNeoplasms, "/codebook/neoplasms", ""},
	{codebook.IndexDrugs, "/codebook/drugs", ""},
	{codebook.IndexExternal, "/codebook/external-causes", ""},
	{codebook.IndexProcedures, "/codebook/index", string(codebook.ICD10PCS)},
}

// indexPath is the address of an index, of a letter of it when one is given.
func indexPath(k codebook.IndexKind, letter string, on codebook.Date) string {
	v := url.Values{}
	path := ""
	for _, p := range indexPlaces {
		if p.kind == k {
			path = p.path
			if p.set != "" {
				v.Set("set", p.set)
			}
		}
	}
	switch {
	case letter == "":
	case path == "/codebook/index":
		path += "/" + url.PathEscape(letter)
	default:
		v.Set("letter", letter)
	}
	if !on.IsZero() {
		v.Set("date", on.String())
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return path
}

func termPath(id codebook.TermID, on codebook.Date) string {
	return dated("/codebook/index/term/"+string(id), on)
}

func (s *Server) indexFrame(c *fiber.Ctx, k codebook.IndexKind) indexFrame {
	date := s.readDate(c)
	name := s.words.get("index.name_" + strings.ReplaceAll(string(k), "-", "_"))
	f := indexFrame{basePage: s.base(c, name, "codebook"), Kind: k, Name: name, Date: date, Q: clipQuery(c.Query("q")), All: indexPath(k, "", date.On)}
	for _, p := range indexPlaces {
		f.Tabs = append(f.Tabs, indexTab{s.words.get("index.tab_" + strings.ReplaceAll(string(p.kind), "-", "_")), indexPath(p.kind, "", date.On), p.kind == k})
		if p.kind == k {
			f.Action, f.Set = p.path, p.set
		}
	}
	var ok bool
	f.Volume, ok = s.book().IndexOf(k, date.On)
	f.Missing = !ok
	return f
}

// listAnchor is where the terms of a letter begin: who opens one by keyboard stands behind the letters and not before them.
const listAnchor = "#list"

// letters lists the letters of the index; false when the chosen one is not among them.
func (f *indexFrame) letters(list []codebook.IndexLetter, chosen string) bool {
	found := chosen == ""
	for _, l := range list {
		v := letterView{l.Letter, indexPath(f.Kind, l.Letter, f.Date.On) + listAnchor, l.MainTerms, strings.EqualFold(l.Letter, chosen)}
		if v.Current {
			f.Letter, found = l.Letter, true
		}
		f.Letters = append(f.Letters, v)
	}
	return found || f.Missing
}

// termView is a term as a page shows it.
type termView struct {
	codebook.IndexTerm
	Path  string
	Words string // the whole path, where the term stands without those above it
	Jump  string // id of the first main term that begins with two letters, "" for all others
	Depth int
	Codes []chipView
	Refs  []refView
	More  int // terms below that the page does not show
}

// chipView is a code of an index.
type chipView struct {
	Text, Path string
	System     codebook.System
	SetName    string
	Incomplete bool
	Brackets   bool   // a manifestation, printed in brackets
	Title      string // of the code; "" when it is not asked for or not known
}

type refView struct {
	Kind   codebook.RefKind
	Text   string
	Path   string // of the term or table it leads to; "" for none
	Near   bool   // it leads to a term on the way
	Code   *chipView
	Column string // of the table
}

func (s *Server) viewTerm(t codebook.IndexTerm, above int, on codebook.Date) termView {
	v := termView{IndexTerm: t, Path: termPath(t.ID, on), Depth: t.Level - above}
	for _, c := range t.Codes {
		v.Codes = append(v.Codes, viewChip(c, on))
	}
	for _, r := range t.Refs {
		v.Refs = append(v.Refs, s.viewRef(t.Kind, r, on))
	}
	return v
}

func viewChip(c codebook.IndexCode, on codebook.Date) chipView {
	v := chipView{Text: c.Text(), Path: codePath(c.Ref, on), System: c.System, SetName: c.System.Name(), Incomplete: c.Incomplete, Brackets: c.Manifestation}
	if c.System == codebook.ICD10PCS && c.Incomplete {
		v.Path = builderPath(string(c.Code), on)
	}
	return v
}

func (s *Server) viewRef(k codebook.IndexKind, r codebook.IndexRef, on codebook.Date) refView {
	v := refView{Kind: r.Kind, Text: r.Text}
	kind := k
	switch {
	case r.Target != "":
		v.Path, v.Near = termPath(r.Target, on), !r.Exact
		if t, err := s.book().IndexTerm(r.Target); err == nil {
			kind = t.Kind
		}
	case r.Table != "":
		v.Path, kind = indexPath(r.Table, "", on), r.Table
	}
	if vol, ok := s.book().IndexOf(kind, on); ok && r.Column > 0 && r.Column <= len(vol.Heads) {
		v.Column = vol.Heads[r.Column-1]
	}
	if r.Code != "" {
		chip := viewChip(codebook.IndexCode{Ref: codebook.Ref{System: k.System(), Code: r.Code}, Incomplete: true}, on)
		if r.Kind == codebook.RefSeeCategory {
			chip.Text = v.Text
			v.Text = ""
		}
		v.Code = &chip
	}
	return v
}

type indexPage struct {
	indexFrame
	Terms []termView
	Jumps []jumpView
}

// jumpView leads to the first main term that begins with two letters.
type jumpView struct{ Text, Anchor string }

// jumpsFrom is how many main terms a letter must have for jumps within it.
const jumpsFrom = 40

// setJumps marks the first main term of each two letters and gives back the marks in order; none for a short list.
func setJumps(terms []termView) []jumpView {
	if len(terms) < jumpsFrom {
		return nil
	}
	var out []jumpView
	seen := map[string]bool{}
	for i := range terms {
		if len(terms[i].Title) < 2 {
			continue
		}
		key := strings.ToLower(terms[i].Title[:2])
		if seen[key] || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") != "" {
			continue
		}
		seen[key] = true
		terms[i].Jump = "i-" + key
		out = append(out, jumpView{strings.ToUpper(key[:1]) + key[1:], terms[i].Jump})
	}
	return out
}

// index is the Alphabetic Index, or the ICD-10-PCS Index when the set says so: its letters, the main terms of one, or what a search finds.
func (s *Server) index(c *fiber.Ctx) error {
	if c.Query("set") == string(codebook.ICD10PCS) {
		return s.indexOf(c, codebook.IndexProcedures, c.Params("letter"))
	}
	return s.indexOf(c, codebook.IndexDiseases, c.Params("letter"))
}

// externalCauses is the External Cause Index.
func (s *Server) externalCauses(c *fiber.Ctx) error {
	return s.indexOf(c, codebook.IndexExternal, c.Query("letter"))
}

func (s *Server) indexOf(c *fiber.Ctx, k codebook.IndexKind, letter string) error {
	page := indexPage{indexFrame: s.indexFrame(c, k)}
	book, on := s.book(), page.Date.On
	if !page.letters(book.IndexLetters(k, on), letter) {
		return fiber.ErrNotFound
	}
	switch {
	case page.Q != "":
		for _, t := range book.IndexSearch(page.Q, codebook.IndexSearchOptions{Kinds: []codebook.IndexKind{k}, Limit: termsFound, On: on}) {
			v := s.viewTerm(t, t.Level, on)
			if t.Level > 0 {
				v.Words = book.IndexWords(t.Parent)
			}
			v.More = t.Below
			page.Terms = append(page.Terms, v)
		}
	case page.Letter != "":
		page.Title += ": " + page.Letter
		for _, t := range book.IndexMain(k, page.Letter, on) {
			v := s.viewTerm(t, 0, on)
			v.More = t.Below
			page.Terms = append(page.Terms, v)
		}
		page.Jumps = setJumps(page.Terms)
	}
	return s.render(c, fiber.StatusOK, "index", page)
}

type indexTermPage struct {
	indexFrame
	Unknown    bool
	Term       termView
	Above      []termView // from the main term down
	Below      []termView
	LetterPath string
	Heads      []string // of a table
	Rows       []tableRow
	Note       noteForm
}

// indexTerm is a term with those above and below it. A row of a table is shown with its columns.
func (s *Server) indexTerm(c *fiber.Ctx) error {
	book := s.book()
	t, err := book.IndexTerm(codebook.TermID(c.Params("id")))
	if errors.Is(err, codebook.ErrUnknownTerm) {
		page := indexTermPage{indexFrame: s.indexFrame(c, codebook.IndexDiseases), Unknown: true}
		page.Title = s.words.get("index.unknown_title")
		return s.render(c, fiber.StatusNotFound, "indexterm", page)
	}
	if err != nil {
		return err
	}
	page := indexTermPage{indexFrame: s.indexFrame(c, t.Kind)}
	on := page.Date.On
	page.Title = book.IndexWords(t.ID)
	if page.Note, err = s.noteAt(c, progress.PartIndex, string(t.ID)); err != nil {
		return err
	}
	page.Volume.Edition = t.Edition
	letter := t.Letter
	if t.Kind == codebook.IndexNeoplasms {
		letter = ""
	}
	page.LetterPath = indexPath(t.Kind, letter, on)
	page.Term = s.viewTerm(t, t.Level, on)
	for i := range page.Term.Codes {
		if e, err := book.Lookup(t.Codes[i].System, t.Codes[i].Code, on); err == nil {
			page.Term.Codes[i].Title = e.Title
		}
	}
	for _, up := range book.IndexPath(t.ID) {
		if up.ID != t.ID {
			page.Above = append(page.Above, s.viewTerm(up, 0, on))
		}
	}
	levels := 100
	if t.Below > termsBelow {
		levels = 1
	}
	if t.Kind.Table() {
		page.Heads = page.Volume.Heads
		page.Rows = append(page.Rows, s.tableRow(t, t.Level, len(page.Heads), on))
	}
	for _, b := range book.IndexBelow(t.ID, levels) {
		if t.Kind.Table() {
			page.Rows = append(page.Rows, s.tableRow(b, t.Level, len(page.Heads), on))
			continue
		}
		v := s.viewTerm(b, t.Level+1, on)
		if levels == 1 {
			v.More = b.Below
		}
		page.Below = append(page.Below, v)
	}
	return s.render(c, fiber.StatusOK, "indexterm", page)
}

// tableRow is a row of the Table of Neoplasms or of Drugs and Chemicals.
type tableRow struct {
	termView
	Cells [][]chipView
}

func (s *Server) tableRow(t codebook.IndexTerm, above, columns int, on codebook.Date) tableRow {
	r := tableRow{termView: s.viewTerm(t, above, on), Cells: make([][]chipView, columns)}
	for i, c := range t.Codes {
		if c.Column > 0 && c.Column <= columns {
			r.Cells[c.Column-1] = append(r.Cells[c.Column-1], r.Codes[i])
		}
	}
	return r
}

// indexTermsShown is how many terms that lead to a code its page lists.
const indexTermsShown = 12

// indexEntry is a term that leads to a code.
type indexEntry struct {
	Words, Path string
	Column      string // of a table
}

// indexEntries are the terms that lead to a code, and how many are left out.
func indexEntries(book *codebook.Book, ref codebook.Ref, on codebook.Date) (out []indexEntry, more int) {
	terms := book.IndexTo(ref.System, ref.Code, on)
	for i, t := range terms {
		if i == indexTermsShown {
			return out, len(terms) - i
		}
		e := indexEntry{Words: book.IndexWords(t.ID), Path: termPath(t.ID, on)}
		vol, _ := book.IndexOf(t.Kind, on)
		for _, c := range t.Codes {
			if c.Column > 0 && c.Column <= len(vol.Heads) && strings.HasPrefix(string(ref.Code), string(c.Code)) {
				e.Column = vol.Heads[c.Column-1]
			}
		}
		out = append(out, e)
	}
	return out, 0
}

type indexTablePage struct {
	indexFrame
	Heads []string
	Rows  []tableRow
}

// neoplasms is the Table of Neoplasms, by the letter of the site or by a search.
func (s *Server) neoplasms(c *fiber.Ctx) error {
	on := s.readDate(c).On
	return s.indexTable(c, codebook.IndexNeoplasms, s.book().NeoplasmLetters(on), func(letter string) []codebook.IndexRow {
		if letter != "" {
			return s.book().NeoplasmRows(letter, on)
		}
		// Without a site: what is reported when the record names none.
		if all := s.book().NeoplasmRows("", on); len(all) > 0 {
			return all[:1]
		}
		return nil
	})
}

// drugs is the Table of Drugs and Chemicals, by letter or by a search.
func (s *Server) drugs(c *fiber.Ctx) error {
	on := s.readDate(c).On
	return s.indexTable(c, codebook.IndexDrugs, s.book().IndexLetters(codebook.IndexDrugs, on), func(letter string) []codebook.IndexRow {
		if letter == "" {
			return nil
		}
		return s.book().DrugRows(letter, on)
	})
}

func (s *Server) indexTable(c *fiber.Ctx, k codebook.IndexKind, letters []codebook.IndexLetter, rows func(letter string) []codebook.IndexRow) error {
	page := indexTablePage{indexFrame: s.indexFrame(c, k)}
	on := page.Date.On
	page.Heads = page.Volume.Heads
	if !page.letters(letters, c.Query("letter")) {
		return fiber.ErrNotFound
	}
	list := rows
	if page.Q != "" {
		list = func(string) []codebook.IndexRow { return s.book().IndexRows(k, page.Q, rowsFound, on) }
	} else if page.Letter != "" {
		page.Title += ": " + page.Letter
	}
	above := 0
	for i, r := range list(page.Letter) {
		// A search finds rows at any level: each is shown from the margin, with the words above it.
		if r.First || i == 0 {
			above = r.Level
		}
		row := s.tableRow(r.IndexTerm, above, len(page.Heads), on)
		if r.First && r.Level > 0 {
			row.Words = s.book().IndexWords(r.Parent)
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render(c, fiber.StatusOK, "indextable", page)
}
