package quizzes

import (
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Shows are the codes that a question shows or asks for, each once: those in its stem, those of its key, and the right options that are
// codes. Some may be headers, which a text can show though no claim can.
func (q *Question) Shows() []codebook.Ref {
	out := shownIn(q.Stem)
	for _, c := range q.Key.Codes {
		out = append(out, codebook.Ref{System: c.System, Code: c.Code})
	}
	for _, o := range q.Options {
		if o.Right {
			out = append(out, codesIn(o.Text)...)
		}
	}
	return once(out)
}

// Shows are the codes that the chart of a case shows and those of its key and its alternatives, each once. Traps are not among them.
func (c *Case) Shows() []codebook.Ref {
	out := shownIn(c.Chart)
	for _, k := range c.Key.Versions() {
		for _, d := range k.Diagnoses {
			out = append(out, codebook.Ref{System: codebook.ICD10CM, Code: d.Code})
		}
		for _, p := range k.Procedures {
			out = append(out, codebook.Ref{System: p.System, Code: p.Code})
		}
	}
	return once(out)
}

// CitedLine is a part of a key and what it cites.
type CitedLine struct {
	Line  string // the code of a line of the key; of a trap with a plus sign before it; "" for what is no line, such as the query
	Cites []string
}

// Cited are the cites of a case: of the lines of its key and its alternatives, of its traps, and of what else the key states. A line that
// several versions of the key have stands once for each.
func (c *Case) Cited() []CitedLine {
	var out []CitedLine
	for _, k := range c.Key.Versions() {
		for _, d := range k.Diagnoses {
			out = append(out, CitedLine{d.Code.Dotted(codebook.ICD10CM), d.Cites})
		}
		for _, p := range k.Procedures {
			out = append(out, CitedLine{p.Code.Dotted(p.System), p.Cites})
		}
		if k.EM != nil {
			out = append(out, CitedLine{Cites: k.EM.Cites})
		}
		if k.Query != nil {
			out = append(out, CitedLine{Cites: k.Query.Cites})
		}
		if k.NoQuery != nil {
			out = append(out, CitedLine{Cites: k.NoQuery.Cites})
		}
	}
	for _, t := range c.Key.Traps {
		out = append(out, CitedLine{"+" + string(t.Code), t.Cites})
	}
	for _, a := range c.Key.Allow {
		out = append(out, CitedLine{Cites: a.Cites})
	}
	return out
}

// shownIn are the codes that a text shows as chips. What is no code is reported when the text is rendered.
func shownIn(d markdown.Doc) []codebook.Ref { return References(d.Codes) }

// References reads the codes that a text shows, as codes of the book; what has the form of no code is left out.
func References(shown []markdown.CodeRef) []codebook.Ref {
	var out []codebook.Ref
	for _, r := range shown {
		if sys, err := codebook.ParseSystem(r.Set); err == nil {
			if c, err := codebook.ParseCode(sys, r.Code); err == nil {
				out = append(out, codebook.Ref{System: sys, Code: c})
			}
		}
	}
	return out
}

func once(refs []codebook.Ref) []codebook.Ref {
	seen := map[codebook.Ref]bool{}
	return slices.DeleteFunc(refs, func(r codebook.Ref) bool {
		had := seen[r]
		seen[r] = true
		return had
	})
}

// codesIn reads an option that is a list of codes, with or without modifiers; nil when it has other words.
func codesIn(text string) []codebook.Ref {
	fields := strings.FieldsFunc(strings.ReplaceAll(text, " and ", ","), func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	var out []codebook.Ref
	for _, f := range fields {
		f, _, _ = strings.Cut(f, "-")
		if sys, c, err := codebook.ProcedureSystem(f); err == nil && (sys != codebook.CPT || len(f) == 5) {
			out = append(out, codebook.Ref{System: sys, Code: c})
		} else if c, err := codebook.ParseCode(codebook.ICD10CM, f); err == nil && strings.Contains(f, ".") {
			out = append(out, codebook.Ref{System: codebook.ICD10CM, Code: c})
		} else {
			return nil // words, not codes
		}
	}
	return out
}

// Drawable are the questions that may fill a slot of a blueprint, in the order of its areas: those whose kind it takes and whose chart, where they
// have one, is of a setting that it does not keep out.
func (b *Bank) Drawable(bp *Blueprint, slot int) []*Question {
	d := newDrawing(b.pool, bp, nil, nil)
	var out []*Question
	for _, area := range bp.Slots[slot].Areas {
		for _, q := range b.byArea[area] {
			if d.usable[b.pool.byID[q.ID]] {
				out = append(out, q)
			}
		}
	}
	return out
}

// Wants reports whether an exam has a place for charts of a setting, as scenarios of questions or to be coded.
func (bp *Blueprint) Wants(setting string) bool {
	wants := func(shares []Share) bool {
		i := settingOf(setting, shares)
		return i >= 0 && shares[i].Weight > 0
	}
	return wants(bp.Settings) || bp.Charts.Count > 0 && (len(bp.Charts.Settings) == 0 || wants(bp.Charts.Settings))
}

// NeedsQuery reports whether the right answer of a case is, or includes, a query.
func (c *Case) NeedsQuery() bool {
	return slices.ContainsFunc(c.Key.Versions(), func(k grading.Key) bool { return k.Query != nil })
}
