package answersheet

import (
	"encoding/json"
	"strconv"
	"strings"

	"crosswalk/grading"
)

// MaxLines is how many lines of one kind the answer sheet takes; the grader's own limit is on both kinds together.
const MaxLines = 50

// Sheet is the answer sheet of a case as it is typed: the body of a draft and of the form. It holds whatever was typed, right or
// wrong; Answer makes an answer of it and the grader says what has no form.
type Sheet struct {
	Dx          []DxLine `json:"dx"`
	Px          []PxLine `json:"px"`
	DRG         string   `json:"drg,omitempty"`
	Disposition string   `json:"disposition,omitempty"`
	Problems    string   `json:"problems,omitempty"`
	Data        string   `json:"data,omitempty"`
	Risk        string   `json:"risk,omitempty"`
	EMMinutes   string   `json:"em_minutes,omitempty"`
	QueryAsk    string   `json:"query_ask,omitempty"` // "yes", "no" or ""
	Reason      string   `json:"query_reason,omitempty"`
	Indicators  string   `json:"query_indicators,omitempty"`
	IndicatorAt string   `json:"query_at,omitempty"`
	Wording     string   `json:"query_option,omitempty"`
}

// DxLine is a diagnosis. Evidence has a phrase to a row; At says where in the chart the script marked each, because the same words may
// stand there twice, and is of no account without the words.
type DxLine struct {
	Code     string `json:"code"`
	POA      string `json:"poa,omitempty"`
	Evidence string `json:"ev,omitempty"`
	At       string `json:"at,omitempty"`
}

// PxLine is a procedure or service. Pointers are the letters of diagnoses; Minutes stand in place of units for anesthesia.
type PxLine struct {
	Code     string `json:"code"`
	Mods     string `json:"mods,omitempty"`
	Units    string `json:"units,omitempty"`
	Minutes  string `json:"minutes,omitempty"`
	Pointers string `json:"ptr,omitempty"`
	Evidence string `json:"ev,omitempty"`
	At       string `json:"at,omitempty"`
}

// Blank reports whether nothing was entered in the line.
func (l DxLine) Blank() bool { return strings.TrimSpace(l.Code+l.POA+l.Evidence) == "" }

// Blank reports whether nothing was entered in the line.
func (l PxLine) Blank() bool {
	return strings.TrimSpace(l.Code+l.Mods+l.Units+l.Minutes+l.Pointers+l.Evidence) == ""
}

// Empty reports whether nothing was entered at all.
func (s Sheet) Empty() bool {
	for _, l := range s.Dx {
		if !l.Blank() {
			return false
		}
	}
	for _, l := range s.Px {
		if !l.Blank() {
			return false
		}
	}
	return strings.TrimSpace(s.DRG+s.Disposition+s.Problems+s.Data+s.Risk+s.EMMinutes+s.QueryAsk+s.Reason+s.Indicators+s.Wording) == ""
}

// Decode reads a sheet that was kept as JSON; lines beyond MaxLines are dropped.
func Decode(b []byte) (Sheet, error) {
	var s Sheet
	err := json.Unmarshal(b, &s)
	if len(s.Dx) > MaxLines {
		s.Dx = s.Dx[:MaxLines]
	}
	if len(s.Px) > MaxLines {
		s.Px = s.Px[:MaxLines]
	}
	return s, err
}

// Act does what a button of the form without script asks for: add-dx, remove-dx-2, up-px-1, down-px-0. It reports whether the button
// was one of these.
func (s *Sheet) Act(do string) bool {
	verb, rest, _ := strings.Cut(do, "-")
	kind, at, _ := strings.Cut(rest, "-")
	i, err := strconv.Atoi(at)
	if err != nil && verb != "add" {
		return false
	}
	switch kind {
	case "dx":
		before := s.letters()
		s.Dx = editLines(s.Dx, verb, i, DxLine{})
		if verb == "up" || verb == "down" || verb == "remove" {
			s.repoint(before, verb, i)
		}
	case "px":
		s.Px = editLines(s.Px, verb, i, PxLine{})
	default:
		return false
	}
	return true
}

func editLines[T any](lines []T, verb string, i int, blank T) []T {
	switch {
	case verb == "add" && len(lines) < MaxLines:
		return append(lines, blank)
	case i < 0 || i >= len(lines):
	case verb == "remove":
		return append(lines[:i:i], lines[i+1:]...)
	case verb == "up" && i > 0:
		lines[i-1], lines[i] = lines[i], lines[i-1]
	case verb == "down" && i+1 < len(lines):
		lines[i+1], lines[i] = lines[i], lines[i+1]
	}
	return lines
}

func (s *Sheet) letters() int { return len(s.Dx) }

// repoint keeps pointers at the diagnosis they meant when diagnoses move or go.
func (s *Sheet) repoint(before int, verb string, i int) {
	moved := map[string]string{}
	switch {
	case verb == "remove" && i < before:
		moved[Letter(i)] = ""
		for j := i + 1; j < before; j++ {
			moved[Letter(j)] = Letter(j - 1)
		}
	case verb == "up" && i > 0:
		moved[Letter(i)], moved[Letter(i-1)] = Letter(i-1), Letter(i)
	case verb == "down" && i+1 < before:
		moved[Letter(i)], moved[Letter(i+1)] = Letter(i+1), Letter(i)
	}
	for n := range s.Px {
		var out []string
		for _, p := range splitPointers(s.Px[n].Pointers) {
			to, known := moved[strings.ToUpper(p)]
			if !known {
				to = p
			}
			if to != "" {
				out = append(out, to)
			}
		}
		s.Px[n].Pointers = strings.Join(out, " ")
	}
}

// splitWords cuts what was typed at blanks, commas and semicolons; "AB" as pointers stays one word.
func splitWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r == ' ' || r == ',' || r == ';' || r == '\t' || r == '\n' || r == '\r' || r == '/'
	})
}

// Lines tells where the lines of an answer stand on the sheet, since blank lines of the sheet are no lines of the answer.
type Lines struct{ Dx, Px []int }

// Answer makes an answer of the sheet. Blank lines are left out. A pointer letter becomes the code it points at; one that points at
// nothing stays a letter, which the grader refuses with words. asks says which fields the case asks for; others are not sent.
func (s Sheet) Answer(ask grading.Ask) (grading.Answer, Lines, grading.FormatErrors) {
	var a grading.Answer
	var m Lines
	var bad grading.FormatErrors
	byLetter := map[string]string{}
	for i, l := range s.Dx {
		if l.Blank() {
			continue
		}
		if code := strings.TrimSpace(l.Code); code != "" {
			byLetter[Letter(i)] = code
		}
		d := grading.AnswerDiagnosis{Code: strings.TrimSpace(l.Code), Evidence: evidenceLines(l.Evidence)}
		if ask.POA {
			d.POA = strings.TrimSpace(l.POA)
		}
		a.Diagnoses = append(a.Diagnoses, d)
		m.Dx = append(m.Dx, i)
	}
	for i, l := range s.Px {
		if l.Blank() {
			continue
		}
		part := "procedures[" + strconv.Itoa(len(a.Procedures)) + "]"
		p := grading.AnswerProcedure{Code: strings.TrimSpace(l.Code), Modifiers: splitWords(strings.ReplaceAll(l.Mods, "-", " ")), Evidence: evidenceLines(l.Evidence)}
		p.Units = wholeNumber(l.Units, part+".units", &bad)
		p.Minutes = wholeNumber(l.Minutes, part+".minutes", &bad)
		if ask.Pointers {
			for _, w := range splitPointers(l.Pointers) {
				if code, ok := byLetter[strings.ToUpper(w)]; ok {
					w = code
				}
				p.PointsTo = append(p.PointsTo, w)
			}
		}
		a.Procedures = append(a.Procedures, p)
		m.Px = append(m.Px, i)
	}
	if ask.DRG {
		a.DRG = strings.TrimSpace(s.DRG)
	}
	if ask.Disposition {
		a.Disposition = strings.TrimSpace(s.Disposition)
	}
	if ask.EM && (s.Problems != "" || s.Data != "" || s.Risk != "" || strings.TrimSpace(s.EMMinutes) != "") {
		a.EM = &grading.AnswerEM{Problems: s.Problems, Data: s.Data, Risk: s.Risk, Minutes: wholeNumber(s.EMMinutes, "em.minutes", &bad)}
	}
	if ask.Query && s.QueryAsk != "" {
		a.Query = &grading.AnswerQuery{Ask: s.QueryAsk == "yes"}
		if a.Query.Ask {
			a.Query.Reason, a.Query.Indicators = s.Reason, evidenceLines(s.Indicators)
			a.Query.Option = wholeNumber(s.Wording, "query.option", &bad)
		}
	}
	return a, m, bad
}

// wholeNumber reads an optional whole number; what is none goes to bad.
func wholeNumber(text, part string, bad *grading.FormatErrors) *int {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		*bad = append(*bad, &grading.FormatError{Part: part, Input: text, Reason: "“" + text + "” is no whole number: enter digits, such as 1."})
		return nil
	}
	return &n
}

// splitPointers reads "A B", "A,B" and "AB" alike, as claim forms are filled in.
func splitPointers(text string) []string {
	var out []string
	for _, w := range splitWords(text) {
		if len(w) > 1 && len(w) <= 12 && strings.Trim(strings.ToUpper(w), "ABCDEFGHIJKL") == "" {
			for _, r := range w {
				out = append(out, string(r))
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// evidenceLines are the quotations typed or marked for a line, one to a row.
func evidenceLines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// Of turns a recorded answer back into a sheet, to mend it.
func Of(a grading.Answer) Sheet {
	s := Sheet{DRG: a.DRG, Disposition: a.Disposition}
	letter := map[string]string{}
	for i, d := range a.Diagnoses {
		s.Dx = append(s.Dx, DxLine{Code: d.Code, POA: d.POA, Evidence: strings.Join(d.Evidence, "\n")})
		if _, twice := letter[strings.ToUpper(d.Code)]; !twice {
			letter[strings.ToUpper(d.Code)] = Letter(i)
		}
	}
	for _, p := range a.Procedures {
		l := PxLine{Code: p.Code, Mods: strings.Join(p.Modifiers, " "), Evidence: strings.Join(p.Evidence, "\n")}
		if p.Units != nil {
			l.Units = strconv.Itoa(*p.Units)
		}
		if p.Minutes != nil {
			l.Minutes = strconv.Itoa(*p.Minutes)
		}
		var ptr []string
		for _, c := range p.PointsTo {
			if x, ok := letter[strings.ToUpper(c)]; ok {
				c = x
			}
			ptr = append(ptr, c)
		}
		l.Pointers = strings.Join(ptr, " ")
		s.Px = append(s.Px, l)
	}
	if a.EM != nil {
		s.Problems, s.Data, s.Risk = a.EM.Problems, a.EM.Data, a.EM.Risk
		if a.EM.Minutes != nil {
			s.EMMinutes = strconv.Itoa(*a.EM.Minutes)
		}
	}
	if q := a.Query; q != nil {
		s.QueryAsk, s.Reason, s.Indicators = "no", q.Reason, strings.Join(q.Indicators, "\n")
		if q.Ask {
			s.QueryAsk = "yes"
		}
		if q.Option != nil {
			s.Wording = strconv.Itoa(*q.Option)
		}
	}
	return s
}

// Letter is the letter that a claim form gives the nth diagnosis, counted from 0: A, B, ... Z, AA, ...
func Letter(n int) string {
	s := ""
	for n++; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}
