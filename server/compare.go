package server

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

type comparePage struct {
	basePage
	Date   dateForm
	A, B   compareSide
	Ready  bool // both codes are there
	Same   bool // both are one code
	Shared []treeStep
	Parts  string // where the ways part, in words
	Both   []noteLevel
	Facts  []factPair
	Notes  bool // at least one side has notes
	Seven  []seventhPair
	Chars  []charPair
	Rules  []ruleView
	CPT    bool
}

// compareSide is one of the two codes.
type compareSide struct {
	Typed   string
	Problem string
	Ref     codebook.Ref
	SetName string
	Path    string
	Entry   codebook.Entry
	Tree    []treeStep // below what both share
	Levels  []noteLevel
}

// factPair is one property on both sides; nil where the book knows none.
type factPair struct {
	Name    string
	A, B    *factView
	Differs bool
}

type seventhPair struct {
	Char, A, B string
	Differs    bool
}

type charPair struct {
	Position int
	Axis     string // "A / B" where the axes differ
	A, B     codebook.PCSChar
	Differs  bool
}

// ruleView is what a note or an edit says about the two codes reported together.
type ruleView struct {
	Tone string // of the tag: "bad", "warn", "good", "accent" or ""
	Name string
	Text string
	Note []textPart // the words of the note, nil for none
	From string
	Path string // where the note stands, "" when it has no page
}

func placeText(r codebook.Ref) string { return string(r.System) + ":" + r.Dotted() }

// compare sets two codes side by side: ?a=icd10cm:E11.22&b=icd10cm:E11.21. The code set may be left out.
func (s *Server) compare(c *fiber.Ctx) error {
	page := comparePage{basePage: s.base(c, s.words.get("compare.title"), "codebook"), Date: s.readDate(c)}
	on := page.Date.On
	page.A = s.readSide(c.Query("a"), "", on)
	page.B = s.readSide(c.Query("b"), page.A.Ref.System, on)
	page.Ready = page.A.Ref.Code != "" && page.B.Ref.Code != "" && page.A.Problem == "" && page.B.Problem == ""
	status := fiber.StatusOK
	if page.A.Problem != "" || page.B.Problem != "" {
		status = fiber.StatusUnprocessableEntity
	}
	if page.Ready {
		page.Title = s.words.get("compare.title_of", page.A.Ref.Dotted(), page.B.Ref.Dotted())
		s.fillComparison(&page)
	}
	return s.render(c, status, "compare", page)
}

// readSide finds the code that was typed. Without its set the one of the other side is tried first.
func (s *Server) readSide(typed string, prefer codebook.System, on codebook.Date) compareSide {
	side := compareSide{Typed: clipQuery(typed)}
	if side.Typed == "" {
		return side
	}
	name, text, named := strings.Cut(side.Typed, ":")
	var systems []codebook.System
	if named {
		sys, err := codebook.ParseSystem(name)
		if err != nil {
			side.Problem = s.words.get("codebook.set_bad", name)
			return side
		}
		systems = []codebook.System{sys}
	} else {
		text = side.Typed
		for _, sys := range append([]codebook.System{prefer}, codebook.Systems...) {
			if sys != "" && !slices.Contains(systems, sys) {
				systems = append(systems, sys)
			}
		}
	}
	formed := false
	for _, sys := range systems {
		code, err := codebook.ParseCode(sys, text)
		if err != nil {
			continue
		}
		formed = true
		e, err := s.book().Lookup(sys, code, on)
		if err != nil {
			continue
		}
		side.Entry, side.Ref, side.SetName, side.Path, side.Typed = e, e.Ref, sys.Name(), codePath(e.Ref, on), e.Dotted()
		return side
	}
	if side.Problem = s.words.get("compare.unknown", text); !formed {
		side.Problem = s.words.get("compare.malformed", text)
	}
	return side
}

func (s *Server) fillComparison(page *comparePage) {
	book, on, a, b := s.book(), page.Date.On, &page.A, &page.B
	page.Same = a.Ref == b.Ref
	page.CPT = a.Ref.System == codebook.CPT || b.Ref.System == codebook.CPT
	for _, side := range []*compareSide{a, b} {
		side.Tree = append(s.tree(side.Ref, book.Ancestors(side.Ref.System, side.Ref.Code, on), on), treeStep{Path: side.Path, Label: side.Ref.Dotted(), Title: side.Entry.Title, Code: true})
	}
	n := 0
	for a.Ref.System == b.Ref.System && n < len(a.Tree) && n < len(b.Tree) && a.Tree[n] == b.Tree[n] {
		n++
	}
	page.Shared = a.Tree[:n]
	page.Parts = s.partInWords(page)
	a.Tree, b.Tree = a.Tree[n:], b.Tree[n:]

	common, ofA, ofB := splitNotes(a.Entry, b.Entry)
	page.Both, a.Levels, b.Levels = noteLevels(book, common, on), noteLevels(book, ofA, on), noteLevels(book, ofB, on)
	page.Notes = len(a.Entry.Notes)+len(b.Entry.Notes) > 0
	page.Facts = pairFacts(factsInWords(s.words, a.Entry), factsInWords(s.words, b.Entry))
	page.Seven = pairSeventh(s.seventhChars(a, on), s.seventhChars(b, on))
	page.Chars = pairChars(book, a.Ref, b.Ref, on)
	if !page.Same {
		page.Rules = s.together(page)
	}
}

// partInWords says at which level of the book the two ways part.
func (s *Server) partInWords(page *comparePage) string {
	a, b, n := page.A, page.B, len(page.Shared)
	switch {
	case page.Same:
		return s.words.get("compare.same")
	case a.Ref.System != b.Ref.System:
		return s.words.get("compare.other_set", a.SetName, b.SetName)
	case n == 0:
		return s.words.get("compare.part_top", a.SetName)
	case n == len(a.Tree):
		return s.words.get("compare.above", a.Ref.Dotted(), b.Ref.Dotted())
	case n == len(b.Tree):
		return s.words.get("compare.above", b.Ref.Dotted(), a.Ref.Dotted())
	}
	last := page.Shared[n-1]
	name := last.Label
	if name == "" {
		name = last.Title
	}
	if !last.Code {
		return s.words.get("compare.part_below_section", name)
	}
	return s.words.get("compare.part_below", name)
}

// splitNotes separates the notes that hold for both codes from those of one.
func splitNotes(a, b codebook.Entry) (both, ofA, ofB codebook.Entry) {
	both, ofA, ofB = a, a, b
	both.Notes, ofA.Notes, ofB.Notes = nil, nil, nil
	type key struct {
		kind       codebook.NoteKind
		text, from string
	}
	keyOf := func(n codebook.Note) key { return key{n.Kind, n.Text, n.From} }
	inA, inB := map[key]bool{}, map[key]bool{}
	for _, n := range a.Notes {
		inA[keyOf(n)] = true
	}
	for _, n := range b.Notes {
		inB[keyOf(n)] = true
	}
	for _, n := range a.Notes {
		if inB[keyOf(n)] {
			n.Own = false // it names its place: it is the own note of one of them at most
			both.Notes = append(both.Notes, n)
		} else {
			ofA.Notes = append(ofA.Notes, n)
		}
	}
	for _, n := range b.Notes {
		if !inA[keyOf(n)] {
			ofB.Notes = append(ofB.Notes, n)
		}
	}
	return both, ofA, ofB
}

func pairFacts(a, b []factView) []factPair {
	var out []factPair
	for i := range a {
		p := factPair{Name: a[i].Name, A: &a[i], Differs: true}
		if j := slices.IndexFunc(b, func(f factView) bool { return f.Name == a[i].Name }); j >= 0 {
			p.B, p.Differs = &b[j], b[j] != a[i]
		}
		out = append(out, p)
	}
	for j := range b {
		if !slices.ContainsFunc(a, func(f factView) bool { return f.Name == b[j].Name }) {
			out = append(out, factPair{Name: b[j].Name, B: &b[j], Differs: true})
		}
	}
	return out
}

// seventhChars are the seventh characters that complete a code, by the nearest header that asks for one.
func (s *Server) seventhChars(side *compareSide, on codebook.Date) []codebook.Choice {
	if side.Ref.System != codebook.ICD10CM {
		return nil
	}
	for _, e := range append([]codebook.Entry{side.Entry}, s.book().Ancestors(side.Ref.System, side.Ref.Code, on)...) {
		if len(e.Facts.SeventhChars) > 0 {
			return e.Facts.SeventhChars
		}
	}
	return nil
}

func pairSeventh(a, b []codebook.Choice) []seventhPair {
	meaning := func(list []codebook.Choice, ch string) string {
		for _, c := range list {
			if c.Char == ch {
				return c.Title
			}
		}
		return ""
	}
	var out []seventhPair
	seen := map[string]bool{}
	for _, c := range append(slices.Clone(a), b...) {
		if seen[c.Char] {
			continue
		}
		seen[c.Char] = true
		p := seventhPair{Char: c.Char, A: meaning(a, c.Char), B: meaning(b, c.Char)}
		p.Differs = p.A != p.B
		out = append(out, p)
	}
	return out
}

// pairChars sets two ICD-10-PCS codes side by side, character by character.
func pairChars(book *codebook.Book, a, b codebook.Ref, on codebook.Date) []charPair {
	if a.System != codebook.ICD10PCS || b.System != codebook.ICD10PCS {
		return nil
	}
	as, errA := book.PCS(a.Code, on)
	bs, errB := book.PCS(b.Code, on)
	if errA != nil || errB != nil {
		return nil
	}
	var out []charPair
	for i := range max(len(as), len(bs)) {
		p := charPair{Position: i + 1}
		if i < len(as) {
			p.A, p.Axis = as[i], as[i].Axis
		}
		if i < len(bs) {
			p.B = bs[i]
			switch {
			case p.Axis == "":
				p.Axis = bs[i].Axis
			case p.Axis != bs[i].Axis:
				p.Axis += " / " + bs[i].Axis
			}
		}
		// The same letter may mean two things in two tables.
		p.Differs = p.A.Char != p.B.Char || p.A.Label != p.B.Label
		out = append(out, p)
	}
	return out
}

// together says what the notes and edits of the book have to say about the two codes on one claim.
func (s *Server) together(page *comparePage) []ruleView {
	a, b := page.A, page.B
	var out []ruleView
	for _, side := range []compareSide{a, b} {
		icd := side.Ref.System == codebook.ICD10CM || side.Ref.System == codebook.ICD10PCS
		if icd && !side.Entry.Billable {
			out = append(out, ruleView{Tone: "warn", Name: s.words.get("code.header"), Text: s.words.get("compare.header", side.Ref.Dotted())})
		}
	}
	claim := func(sys codebook.System) bool { return sys == codebook.CPT || sys == codebook.HCPCS }
	switch {
	case a.Ref.System == codebook.ICD10CM && b.Ref.System == codebook.ICD10CM:
		out = append(out, s.notesTogether(page)...)
	case claim(a.Ref.System) && claim(b.Ref.System):
		out = append(out, s.editsTogether(page)...)
	case a.Ref.System == codebook.ICD10PCS && b.Ref.System == codebook.ICD10PCS:
		r := ruleView{Name: s.words.get("compare.pcs"), Text: s.words.get("compare.pcs_text")}
		if g, ok := s.book().Guideline("B3.2"); ok {
			r.From, r.Path = g.Number, guidelinePath(g.Number)
		}
		out = append(out, r)
	default:
		out = append(out, ruleView{Name: s.words.get("compare.kinds"), Text: s.words.get("compare.kinds_text")})
	}
	return out
}

// notesTogether are the Excludes1 conflict of two diagnoses and the other notes of either that name the other.
func (s *Server) notesTogether(page *comparePage) []ruleView {
	book, on := s.book(), page.Date.On
	var out []ruleView
	for _, x := range book.Excludes1([]codebook.Code{page.A.Ref.Code, page.B.Ref.Code}, on) {
		r := ruleView{Tone: "bad", Name: s.words.get("note.kind_excludes1"), Text: s.words.get("compare.excludes1", x.Codes[0].Dotted(), x.Codes[1].Dotted()), Note: linkCodes(book, x.Note, on), From: x.From}
		r.Path, _ = placeOf(book, codebook.ICD10CM, x.From, on)
		out = append(out, r)
	}
	apart := len(out) > 0
	for _, pair := range [][2]compareSide{{page.A, page.B}, {page.B, page.A}} {
		for _, n := range pair[0].Entry.Notes {
			key, tone := "", "accent"
			switch n.Kind {
			case codebook.Excludes2:
				key, tone = "excludes2", "good"
			case codebook.CodeFirst:
				key = "code_first"
			case codebook.UseAdditional:
				key = "use_additional"
			case codebook.CodeAlso:
				key = "code_also"
			}
			if key == "" || !slices.ContainsFunc(codebook.References(n.Text), func(r codebook.CodeRange) bool { return r.Contains(pair[1].Ref.Code) }) {
				continue
			}
			r := ruleView{
				Tone: tone, Name: s.words.get("note.kind_" + string(n.Kind)), Text: s.words.get("compare."+key, pair[0].Ref.Dotted(), pair[1].Ref.Dotted()),
				Note: linkCodes(book, n.Text, on), From: n.From,
			}
			r.Path, _ = placeOf(book, codebook.ICD10CM, n.From, on)
			out = append(out, r)
		}
	}
	if !apart {
		out = append(out, ruleView{Tone: "good", Name: s.words.get("note.kind_excludes1"), Text: s.words.get("compare.no_excludes1")})
	}
	return out
}

// editsTogether are the NCCI edit of two procedures and whether one is the add-on of the other.
func (s *Server) editsTogether(page *comparePage) []ruleView {
	book, a, b := s.book(), page.A.Ref, page.B.Ref
	ncci := s.words.get("compare.ncci")
	var out []ruleView
	for _, pair := range [][2]codebook.Ref{{a, b}, {b, a}} {
		modifier, ok := book.NCCI(pair[0].Code, pair[1].Code)
		if !ok {
			continue
		}
		r := ruleView{Tone: "warn", Name: ncci, Text: s.words.get("compare.ncci_modifier", pair[1].Dotted(), pair[0].Dotted())}
		switch modifier {
		case "0":
			r.Tone, r.Text = "bad", s.words.get("compare.ncci_never", pair[1].Dotted(), pair[0].Dotted())
		case "9":
			r.Tone, r.Text = "", s.words.get("compare.ncci_ended")
		}
		out = append(out, r)
	}
	switch {
	case len(out) > 0:
	case book.HasNCCI():
		out = append(out, ruleView{Tone: "good", Name: ncci, Text: s.words.get("compare.ncci_none")})
	default:
		out = append(out, ruleView{Name: ncci, Text: s.words.get("compare.ncci_unknown")})
	}
	for _, pair := range [][2]codebook.Ref{{a, b}, {b, a}} {
		if slices.Contains(book.Primaries(pair[0].Code), pair[1].Code) {
			out = append(out, ruleView{Tone: "good", Name: s.words.get("fact.addon"), Text: s.words.get("compare.addon", pair[0].Dotted(), pair[1].Dotted())})
		}
	}
	return out
}
