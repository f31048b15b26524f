package coverage

import (
	"slices"
	"strings"
)

// Gap is something that is missing or thin.
type Gap struct {
	Kind  GapKind `json:"kind"`
	ID    string  `json:"id"` // of the area, exam, rule, ... as elsewhere in the report
	Title string  `json:"title"`
	Have  int     `json:"have"`
	Want  int     `json:"want"`
	Below int     `json:"below,omitempty"` // guideline: how many rules under it are not cited either
}

// GapKind is the kind of a gap.
type GapKind string

// The kinds of gaps, in the order in which they are listed.
const (
	GapTotal         GapKind = "total"          // fewer than a whole course has
	GapForms         GapKind = "forms"          // an exam of which the bank fills too few forms
	GapLessons       GapKind = "lessons"        // an area that an exam asks for, without a lesson
	GapQuestions     GapKind = "questions"      // the same, without a question
	GapDifficulty    GapKind = "difficulty"     // an area that an exam asks for has no question of a difficulty (ID is AREA/LEVEL)
	GapSetting       GapKind = "setting"        // an exam asks for charts of the settings, and there are too few
	GapGuideline     GapKind = "guideline"      // a rule that nothing cites or shows, and nothing under it
	GapChapter       GapKind = "chapter"        // a chapter of ICD-10-CM of which no code is shown
	GapRootOperation GapKind = "root-operation" // never shown
	GapPCSSection    GapKind = "pcs-section"    // a section of ICD-10-PCS of which no code is shown
	GapSeries        GapKind = "series"         // a series of CPT of which no number is shown
	GapLetter        GapKind = "letter"         // a letter of HCPCS Level II of which no code is shown
)

// GapKinds are all kinds in their order.
var GapKinds = []GapKind{GapTotal, GapForms, GapLessons, GapQuestions, GapDifficulty, GapSetting, GapGuideline, GapChapter, GapRootOperation, GapPCSSection, GapSeries, GapLetter}

func (m *maker) gaps(r *Report) []Gap {
	out := []Gap{}
	thin := func(k GapKind, id, title string, have, want int) {
		if have < want {
			out = append(out, Gap{Kind: k, ID: id, Title: title, Have: have, Want: want})
		}
	}
	for _, t := range r.Totals {
		thin(GapTotal, t.ID, t.Title, t.Have, t.Want)
	}
	for _, e := range r.Exams {
		thin(GapForms, e.ID, e.Name, e.Forms, e.Want)
	}
	for _, a := range r.Areas {
		if len(a.Exams) == 0 {
			continue
		}
		thin(GapLessons, a.ID, a.Title, a.Lessons, 1)
		thin(GapQuestions, a.ID, a.Title, a.Questions, 1)
		for i, n := range a.Difficulty {
			if a.Questions > 0 && m.drawsLevel(a.ID, i) {
				thin(GapDifficulty, a.ID+"/"+string(rune('1'+i)), a.Title, n, 1)
			}
		}
	}
	for i, g := range r.Cases.Groups {
		asked := func(s Setting) bool {
			return slices.Contains(m.Course.Charts[i].Settings, s.ID) && len(s.Asked) > 0
		}
		if slices.ContainsFunc(r.Cases.Settings, asked) {
			thin(GapSetting, g.ID, g.Title, g.Have, g.Want)
		}
	}
	out = append(out, unshownRules(r.Guidelines.Rules)...)
	for _, set := range []struct {
		kind   GapKind
		groups []Group
	}{
		{GapChapter, r.Codes.Chapters}, {GapRootOperation, r.Codes.RootOperations}, {GapPCSSection, r.Codes.PCSSections}, {GapSeries, r.Codes.Series}, {GapLetter, r.Codes.Letters},
	} {
		for _, g := range set.groups {
			thin(set.kind, g.ID, g.Title, g.Lessons+g.Questions+g.Cases, 1)
		}
	}
	slices.SortStableFunc(out, func(x, y Gap) int { return slices.Index(GapKinds, x.Kind) - slices.Index(GapKinds, y.Kind) })
	return out
}

// drawsLevel reports whether an exam that asks for the area wants questions of a difficulty, counted from 0.
func (m *maker) drawsLevel(area string, level int) bool {
	for _, bp := range m.Bank.Blueprints() {
		if bp.Full == "" && asks(bp, area) && bp.Difficulty[level] > 0 {
			return true
		}
	}
	return false
}

// unshownRules names the rules that nothing cites; of a rule with all that stands under it only the rule.
func unshownRules(rules []Rule) []Gap {
	var out []Gap
	var top []string
	for _, r := range rules {
		path := pathOf(r.Number)
		switch {
		case r.Covered:
		case top != nil && len(path) > len(top) && slices.Equal(path[:len(top)], top):
			out[len(out)-1].Below++
		default:
			out = append(out, Gap{Kind: GapGuideline, ID: r.Number, Title: strings.TrimSpace(r.Title), Want: 1})
			top = path
		}
	}
	return out
}
