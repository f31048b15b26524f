package server

import (
	"net/url"
	"strings"

	"crosswalk/codebook"
)

// citeView is a citation of a question or a case as a page shows it.
type citeView struct {
	Text  string // "ICD-10-CM guideline I.C.19.c"
	Path  string // the page that shows it, "" when there is none
	Title string // what it is about: the guideline's title, the code's title, "" for free text
}

// cites turns citations (I.C.19.c, B3.8, App.I, tabular:N18, ncci:25605/29125, pfs:25605 or free text) into words with a link to the
// page of the codebook that shows what is cited.
func (s *Server) cites(list []string) []citeView {
	out := make([]citeView, 0, len(list))
	for _, c := range list {
		if c = strings.TrimSpace(c); c != "" {
			out = append(out, citeOf(s.book(), s.words, c))
		}
	}
	return out
}

func citeOf(book *codebook.Book, w words, cite string) citeView {
	kind, rest, hasKind := strings.Cut(cite, ":")
	rest = strings.TrimSpace(rest)
	if hasKind {
		switch strings.ToLower(kind) {
		case "tabular":
			return citeTabular(book, w, rest)
		case "ncci":
			return citeNCCI(book, w, rest)
		case "pfs":
			v := citeView{Text: w.get("cite.pfs", strings.ToUpper(rest))}
			v.Path, v.Title = procedurePage(book, rest)
			return v
		}
	}
	if _, checked := book.CiteOK(cite); checked {
		return citeGuideline(book, w, cite)
	}
	return citeView{Text: cite}
}

// citeGuideline links a guideline, or the nearest one above it that the book has.
func citeGuideline(book *codebook.Book, w words, number string) citeView {
	set := "icd10pcs"
	if strings.HasPrefix(number, "I") || strings.HasPrefix(number, "App") {
		set = "icd10cm"
	}
	v := citeView{Text: w.get("cite.guideline_"+set, number)}
	for n := number; n != ""; n = guidelineAbove(n) {
		if g, ok := book.Guideline(n); ok {
			v.Path, v.Title = guidelinePath(g.Number), g.Title
			break
		}
	}
	return v
}

// guidelineAbove is the number one level up: I.C.4.a of I.C.4.a.3, B3.8 of B3.8a and B3 of B3.8; "" at the top.
func guidelineAbove(n string) string {
	n = strings.TrimRight(n, ")")
	if i := strings.LastIndexAny(n, ".("); i > 0 {
		tail := n[i+1:]
		// The last letter of a PCS number is a level of its own: B3.1a stands below B3.1.
		if len(tail) > 1 && tail[0] >= '0' && tail[0] <= '9' && tail[len(tail)-1] >= 'a' && tail[len(tail)-1] <= 'z' {
			return n[:len(n)-1]
		}
		return strings.TrimRight(n[:i], ".(")
	}
	return ""
}

func citeTabular(book *codebook.Book, w words, at string) citeView {
	v := citeView{Text: w.get("cite.tabular", at)}
	plain := strings.TrimSuffix(strings.TrimSuffix(at, "-"), ".")
	if code, err := codebook.ParseCode(codebook.ICD10CM, plain); err == nil {
		if e, err := book.Lookup(codebook.ICD10CM, code, codebook.Date{}); err == nil {
			v.Path, v.Title = codePath(e.Ref, codebook.Date{}), e.Title
			return v
		}
	}
	v.Path, v.Title = tabularPlace(book, plain, codebook.Date{})
	return v
}

// tabularPlace finds the page of a section ("E08-E13") or chapter ("Chapter 4", "E00-E89") of the Tabular List.
func tabularPlace(book *codebook.Book, name string, on codebook.Date) (path, title string) {
	for _, sec := range book.Sections("", on) {
		if strings.EqualFold(sec.Range(), name) {
			return chapterPath(sec.Chapter, sec.Range(), on), sec.Title
		}
	}
	for _, ch := range book.Chapters(on) {
		if strings.EqualFold("Chapter "+ch.Number, name) || strings.EqualFold(ch.Range(), name) {
			return chapterPath(ch.Number, "", on), ch.Title
		}
	}
	return "", ""
}

func citeNCCI(book *codebook.Book, w words, pair string) citeView {
	x, y, ok := strings.Cut(strings.ToUpper(pair), "/")
	x, y = strings.TrimSpace(x), strings.TrimSpace(y)
	if !ok {
		return citeView{Text: w.get("cite.ncci_one", pair)}
	}
	v := citeView{Text: w.get("cite.ncci", x, y)}
	v.Path, _ = procedurePage(book, x)
	for _, p := range [][2]string{{x, y}, {y, x}} {
		m, found := book.NCCI(codebook.Code(p[0]), codebook.Code(p[1]))
		if !found {
			continue
		}
		switch m {
		case "0":
			v.Title = w.get("cite.ncci_never", p[1], p[0])
		case "1":
			v.Title = w.get("cite.ncci_modifier", p[1], p[0])
		}
		break
	}
	return v
}

// procedurePage is the page and label of a procedure code, "" when the book has no such code.
func procedurePage(book *codebook.Book, code string) (path, title string) {
	sys, c, err := codebook.ProcedureSystem(code)
	if err != nil {
		return "", ""
	}
	e, err := book.Lookup(sys, c, codebook.Date{})
	if err != nil {
		return "", ""
	}
	return codePath(e.Ref, codebook.Date{}), e.Title
}

func guidelinePath(number string) string { return "/codebook/guidelines/" + url.PathEscape(number) }

func setPath(sys codebook.System) string { return "/codebook/" + string(sys) }

// dated adds the date of service to an address of the codebook.
func dated(path string, on codebook.Date) string {
	if on.IsZero() {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "date=" + on.String()
}

func codePath(r codebook.Ref, on codebook.Date) string {
	return dated(setPath(r.System)+"/"+url.PathEscape(r.Dotted()), on)
}

// chapterPath is a chapter of the Tabular List, at one of its sections where one is given.
func chapterPath(number, section string, on codebook.Date) string {
	p := dated(setPath(codebook.ICD10CM)+"?chapter="+url.QueryEscape(number), on)
	if section != "" {
		p += "#" + sectionAnchor(section)
	}
	return p
}

func sectionAnchor(name string) string { return "s-" + name }
