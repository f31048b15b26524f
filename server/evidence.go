package server

import (
	"strconv"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// evidenceField is the part of an answer sheet where the words of the note are kept that support a line, or a query.
type evidenceField struct {
	ID, Name   string // of the text field: dx-0-ev, dx.0.ev
	AtName     string // of the field for the places of the marks
	Words, At  string
	Label, Key string // Key is a word of the catalogue with the line's letter: "Words of the note that support diagnosis A"
}

// EvidenceOf is the evidence field of a diagnosis row.
func (r dxRow) EvidenceOf() evidenceField {
	id, name := fieldNamesOf("dx", r.Index)
	return evidenceField{ID: id + "ev", Name: name + "ev", AtName: name + "at", Words: r.Evidence, At: r.At, Label: r.Letter, Key: "sheet.ev_dx"}
}

// EvidenceOf is the evidence field of a procedure row.
func (r pxRow) EvidenceOf() evidenceField {
	id, name := fieldNamesOf("px", r.Index)
	return evidenceField{ID: id + "ev", Name: name + "ev", AtName: name + "at", Words: r.Evidence, At: r.At, Label: strconv.Itoa(r.Index + 1), Key: "sheet.ev_px"}
}

// QueryEvidence is the field for the clinical indicators of a query.
func (p sheetFields) QueryEvidence() evidenceField {
	return evidenceField{ID: "query-indicators", Name: "query.indicators", AtName: "query.at", Words: p.Sheet.Indicators, At: p.Sheet.IndicatorAt, Key: "sheet.query_indicators"}
}

// Marks reports whether words of the chart are marked on this page.
func (p sheetFields) Marks() bool { return p.Case.Ask.Evidence || p.Case.Ask.Query }

func fieldNamesOf(kind string, i int) (id, name string) {
	return kind + "-" + strconv.Itoa(i) + "-", kind + "." + strconv.Itoa(i) + "."
}

// emColumn is one column of the grid on the sheet, with what each level takes.
type emColumn struct {
	Name, Label, Value string
	Levels             []grading.EMAsk
}

// EMColumns are the columns of the grid in their order.
func (p sheetFields) EMColumns() []emColumn {
	table := grading.EMTable()
	return []emColumn{
		{"problems", "sheet.em_problems", p.Sheet.Problems, table["problems"]},
		{"data", "sheet.em_data", p.Sheet.Data, table["data"]},
		{"risk", "sheet.em_risk", p.Sheet.Risk, table["risk"]},
	}
}

// markTick is one phrase of the key, or of what was marked, on a graded case.
type markTick struct {
	State          string // yes: found, no: not found
	Text           string
	Covered, Words int
}

// ticks tell phrase by phrase what was marked; what else was marked is in the chart.
func ticks(p grading.Part) []markTick {
	if p.Overlap == nil {
		return nil
	}
	var out []markTick
	for _, f := range p.Overlap.Phrases {
		t := markTick{State: "no", Text: f.Text, Covered: f.Covered, Words: f.Words}
		if f.Found() {
			t.State = "yes"
		}
		out = append(out, t)
	}
	return out
}

// LineName is the part's line as printed, "" when it has none.
func (p resultPart) LineName() string {
	if p.Line == nil {
		return ""
	}
	return *p.Line
}

// overlapWidth is the width of the bar that shows the words of the key; what was marked beside them goes on behind it.
const overlapWidth = 100

// Hit and More are the lengths of the bar's parts: the words found, and those marked too many, of overlapWidth for the words of the key.
func (p resultPart) Hit() int { return overlapWidth * p.Overlap.Covered / max(p.Overlap.Words, 1) }

// More is at most two more bars long: beyond that nothing is earned.
func (p resultPart) More() int {
	return min(overlapWidth*p.Overlap.Extra/max(p.Overlap.Words, 1), 2*overlapWidth)
}

// partPhrases gives the parts of the E/M grid and of a query ids of their own, and the phrases to be lit for each.
func partPhrases(others []resultLine, cs *quizzes.Case) []markdown.Phrase {
	var out []markdown.Phrase
	for i := range others {
		l := &others[i]
		for j := range l.Parts {
			p := &l.Parts[j]
			if len(p.Evidence) == 0 || p.Part.Component == grading.CompQuery && p.Part.Overlap == nil && *p.Line != "ask" {
				continue
			}
			p.ID = "o" + strconv.Itoa(i) + "-" + strconv.Itoa(j)
			for _, e := range p.Evidence {
				out = append(out, markdown.Phrase{Text: e, In: headingOf(cs, e), ID: p.ID})
			}
		}
	}
	return out
}

// marks are the words that the learner marked, with the id of the line or part they were marked for behind an m.
func (p *caseResultPage) marks() []markdown.Phrase {
	var out []markdown.Phrase
	add := func(id string, parts []resultPart) {
		for _, part := range parts {
			of := id
			if part.ID != "" {
				of = part.ID
			}
			for _, m := range part.Marks {
				p.Marked = true
				out = append(out, markdown.Phrase{Text: m, ID: "m" + of})
			}
		}
	}
	for _, l := range p.Lines {
		add(l.ID, l.Parts)
	}
	for _, l := range p.Others {
		add(l.ID, l.Parts)
	}
	return out
}

// emRow is one column of the grid of a graded visit.
type emRow struct {
	Name, Yours, Chart string // a word of the catalogue behind result.em_, and the levels
	Right              bool
}

// emRows lay the entered grid beside the one of the version of the key that counted; none where minutes decide or nothing was asked.
func emRows(cs *quizzes.Case, res grading.Result) []emRow {
	versions := cs.Key.Versions()
	if res.Alternative >= len(versions) {
		return nil // the case was changed since
	}
	em := versions[res.Alternative].EM
	if em == nil || em.Minutes > 0 {
		return nil
	}
	chart := map[string]string{"problems": em.Problems, "data": em.Data, "risk": em.Risk}
	var out []emRow
	for _, p := range res.Parts {
		if p.Component != grading.CompEM || p.Line == nil {
			continue
		}
		level, ok := chart[*p.Line]
		if *p.Line != "level" && (!ok || level == "") {
			continue
		}
		row := emRow{Name: *p.Line, Chart: level, Right: p.Finding == ""}
		if p.Entered != nil {
			row.Yours = *p.Entered
		}
		if *p.Line == "level" {
			if row.Chart, _, _ = versions[res.Alternative].EMLevel(); row.Chart == "" {
				continue
			}
		}
		out = append(out, row)
	}
	return out
}
