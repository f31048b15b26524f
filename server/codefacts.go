package server

import (
	"regexp"
	"strings"

	"crosswalk/codebook"
)

// noteLevel are the notes that stand at one place and hold for a code.
type noteLevel struct {
	Own    bool
	From   string // "E11", "E08-E13", "Chapter 4"
	Path   string // the page of that place
	Title  string
	Groups []noteGroup
}

// noteGroup are the notes of one kind at one place.
type noteGroup struct {
	Kind  codebook.NoteKind
	Tone  string // of the tag: "bad", "warn", "accent", "good" or ""
	Lines []noteLine
}

type noteLine struct {
	Parts []textPart
	Under bool // belongs to a line before it that ends with a colon
}

// textPart is a piece of a text, a link where it names a code that the book has.
type textPart struct{ Text, Path, Title string }

var noteTones = map[codebook.NoteKind]string{
	codebook.Excludes1: "bad", codebook.Excludes2: "warn", codebook.CodeFirst: "accent", codebook.UseAdditional: "accent", codebook.CodeAlso: "accent",
	codebook.Includes: "good", codebook.Inclusion: "good",
}

// noteLevels groups the notes of an entry by place and kind, in the book's order: own ones first, then from near to far.
func noteLevels(book *codebook.Book, e codebook.Entry, on codebook.Date) []noteLevel {
	var out []noteLevel
	for _, n := range e.Notes {
		if l := len(out); l == 0 || out[l-1].From != n.From || out[l-1].Own != n.Own {
			lv := noteLevel{Own: n.Own, From: n.From}
			if !n.Own {
				lv.Path, lv.Title = placeOf(book, e.System, n.From, on)
			}
			out = append(out, lv)
		}
		lv := &out[len(out)-1]
		if l := len(lv.Groups); l == 0 || lv.Groups[l-1].Kind != n.Kind {
			lv.Groups = append(lv.Groups, noteGroup{Kind: n.Kind, Tone: noteTones[n.Kind]})
		}
		g := &lv.Groups[len(lv.Groups)-1]
		line := noteLine{Parts: linkCodes(book, n.Text, on)}
		if l := len(g.Lines); l > 0 && !strings.HasSuffix(n.Text, ":") {
			before := g.Lines[l-1]
			line.Under = before.Under || strings.HasSuffix(before.Parts[len(before.Parts)-1].Text, ":")
		}
		g.Lines = append(g.Lines, line)
	}
	return out
}

// placeOf is the page and title of the place that a note stands at.
func placeOf(book *codebook.Book, sys codebook.System, from string, on codebook.Date) (path, title string) {
	if code, err := codebook.ParseCode(sys, from); err == nil {
		if e, err := book.Lookup(sys, code, on); err == nil {
			return codePath(e.Ref, on), e.Title
		}
	}
	return tabularPlace(book, from, on)
}

var codeInText = regexp.MustCompile(`\b[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?\b`)

// linkCodes cuts a text at the ICD-10-CM codes that it names and the book has.
func linkCodes(book *codebook.Book, text string, on codebook.Date) []textPart {
	var out []textPart
	done := 0
	for _, m := range codeInText.FindAllStringIndex(text, -1) {
		code, err := codebook.ParseCode(codebook.ICD10CM, text[m[0]:m[1]])
		if err != nil {
			continue
		}
		e, err := book.Lookup(codebook.ICD10CM, code, on)
		if err != nil {
			continue
		}
		if m[0] > done {
			out = append(out, textPart{Text: text[done:m[0]]})
		}
		out = append(out, textPart{Text: text[m[0]:m[1]], Path: codePath(e.Ref, on), Title: e.Title})
		done = m[1]
	}
	if done < len(text) || len(out) == 0 {
		out = append(out, textPart{Text: text[done:]})
	}
	return out
}

// factView is one property of a code in words.
type factView struct {
	Name  string
	Short string // the value as files have it: "090", "MCC"
	Text  string
}

// factsInWords says what the book knows of a code beyond its title. What it does not know is not mentioned.
func factsInWords(w words, e codebook.Entry) []factView {
	l := &factList{w: w}
	f := e.Facts
	if f.POAExempt {
		l.add("poa", "", "poa_exempt")
	}
	if f.Manifestation {
		l.add("manifestation", "", "manifestation_yes")
	}
	l.coded("severity", f.Severity)
	l.coded("sex", f.Sex)
	if f.AddOn {
		l.add("addon", "+", "addon_yes")
	}
	l.coded("global", f.GlobalDays)
	l.coded("bilateral", f.Bilateral)
	l.coded("multiple", f.Multiple)
	l.coded("assistant", f.Assistant)
	l.coded("cosurgeons", f.CoSurgeons)
	l.coded("team", f.TeamSurgeons)
	l.coded("components", f.Components)
	if f.Status != "" {
		l.add("status", f.Status, statusKey(w, e.System, f.Status))
	}
	if f.Units != "" {
		l.out = append(l.out, factView{Name: w.get("fact.units"), Text: f.Units})
	}
	return l.out
}

// statusKey is the key of a status letter: the coverage letters of the HCPCS file for HCPCS Level II where there is one, else those of
// the physician fee schedule.
func statusKey(w words, sys codebook.System, letter string) string {
	letter = strings.ToLower(letter)
	if _, ok := w["fact.coverage_"+letter]; ok && sys == codebook.HCPCS {
		return "coverage_" + letter
	}
	return "status_" + letter
}
