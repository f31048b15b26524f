package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

// pcsCharView is one character of an ICD-10-PCS code.
type pcsCharView struct {
	codebook.PCSChar
	Change string // address of the builder before this character
}

func viewChars(chars []codebook.PCSChar, on codebook.Date) []pcsCharView {
	var out []pcsCharView
	prefix := ""
	for _, ch := range chars {
		out = append(out, pcsCharView{ch, builderPath(prefix, on)})
		prefix += ch.Char
	}
	return out
}

// builderPath is the builder with the characters chosen so far, at the place where the next is chosen: who goes on by keyboard stands
// before the values and not at the top of the page.
func builderPath(prefix string, on codebook.Date) string {
	p := "/codebook/icd10pcs/build"
	if prefix != "" {
		p += "?code=" + prefix
	}
	return dated(p, on) + "#next"
}

// pcsTableView is a PCS table as it is printed.
type pcsTableView struct {
	codebook.PCSTable
	Heads [4]string
	Rows  []pcsRowView
	Build string // address of the builder at this table
}

type pcsRowView [4]pcsCell

type pcsCell struct {
	Title  string // the axis, where it is not the column's
	Values []codebook.Choice
}

// tableOf is the PCS table that a three-character code names, nil when it is none.
func tableOf(book *codebook.Book, ref codebook.Ref, on codebook.Date) *codebook.PCSTable {
	if ref.System != codebook.ICD10PCS || len(ref.Code) != 3 {
		return nil
	}
	for _, t := range book.Tables(on) {
		if t.Prefix == ref.Code {
			return &t
		}
	}
	return nil
}

func viewTable(t codebook.PCSTable, on codebook.Date) *pcsTableView {
	v := &pcsTableView{PCSTable: t, Build: builderPath(string(t.Prefix), on)}
	for n, row := range t.Rows {
		var r pcsRowView
		for i, axis := range row {
			if n == 0 {
				v.Heads[i] = axis.Title
			}
			r[i].Values = axis.Values
			if axis.Title != v.Heads[i] {
				r[i].Title = axis.Title
			}
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

type pcsBuilderPage struct {
	basePage
	Search   searchBox
	Date     dateForm
	Chosen   []pcsCharView // characters so far
	Prefix   string
	Back     string // address before the last character, "" when none is chosen
	Next     int    // position that is chosen next, 0 when the code is complete
	Axis     string // its title
	Choices  []pcsChoice
	Complete *codeRow // the finished code, nil while it is not
	Listed   bool     // the book lists the finished code with a title
	Refused  string   // what was in the address and cannot be
	NoTables bool
	Steps    []int // 1 to 7
}

type pcsChoice struct {
	codebook.Choice
	Definition string
	Path       string
}

// pcsBuilder builds an ICD-10-PCS code character by character; only values that the tables allow are offered.
func (s *Server) pcsBuilder(c *fiber.Ctx) error {
	book := s.book()
	page := pcsBuilderPage{Date: s.readDate(c), Steps: []int{1, 2, 3, 4, 5, 6, 7}}
	on := page.Date.On
	page.NoTables = len(book.Tables(on)) == 0
	asked := strings.ToUpper(strings.TrimSpace(c.Query("code")))
	chars, refused := walkPCS(book, asked, on)
	page.Chosen = viewChars(chars, on)
	if n := len(page.Chosen); n > 0 {
		page.Back = page.Chosen[n-1].Change
	}
	page.Refused = clipQuery(refused)
	for _, ch := range chars {
		page.Prefix += ch.Char
	}
	if len(chars) == 7 {
		page.Complete = &codeRow{Code: page.Prefix}
		if e, err := book.Lookup(codebook.ICD10PCS, codebook.Code(page.Prefix), on); err == nil {
			page.Complete.Path, page.Complete.Title, page.Listed = codePath(e.Ref, on), e.Title, true
		}
	} else {
		var choices []codebook.Choice
		page.Axis, choices = book.PCSNext(codebook.Code(page.Prefix), on)
		page.Next = len(chars) + 1
		for _, ch := range choices {
			longer := page.Prefix + ch.Char
			page.Choices = append(page.Choices, pcsChoice{ch, book.PCSDefinition(codebook.Code(longer), page.Next, ch.Title, on), builderPath(longer, on)})
		}
	}
	page.basePage = s.base(c, s.words.get("pcs.title"), "codebook")
	page.Search = s.searchBox("", codebook.ICD10PCS, false, on)
	return s.render(c, fiber.StatusOK, "pcsbuilder", page)
}

// walkPCS follows characters through the tables as far as they allow and gives back the rest.
func walkPCS(book *codebook.Book, code string, on codebook.Date) (chars []codebook.PCSChar, refused string) {
	for i := 0; i < len(code); i++ {
		if i == 7 {
			return chars, code[i:]
		}
		axis, choices := book.PCSNext(codebook.Code(code[:i]), on)
		found := false
		for _, ch := range choices {
			if ch.Char == code[i:i+1] {
				def := book.PCSDefinition(codebook.Code(code[:i+1]), i+1, ch.Title, on)
				chars = append(chars, codebook.PCSChar{Position: i + 1, Axis: axis, Char: ch.Char, Label: ch.Title, Definition: def})
				found = true
				break
			}
		}
		if !found {
			return chars, code[i:]
		}
	}
	return chars, ""
}
