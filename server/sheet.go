package server

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
)

// maxLines is how many lines of one kind the answer sheet takes; the grader's own limit is on both kinds together.
const maxLines = 50

// sheet is the answer sheet of a case as it is typed: the body of a draft and of the form. It holds whatever was typed, right or
// wrong; toAnswer makes an answer of it and the grader says what has no form.
type sheet struct {
	Dx          []dxLine `json:"dx"`
	Px          []pxLine `json:"px"`
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

// dxLine is a diagnosis. Evidence has a phrase to a row; At says where in the chart the script marked each, because the same words may
// stand there twice, and is of no account without the words.
type dxLine struct {
	Code     string `json:"code"`
	POA      string `json:"poa,omitempty"`
	Evidence string `json:"ev,omitempty"`
	At       string `json:"at,omitempty"`
}

type pxLine struct {
	Code     string `json:"code"`
	Mods     string `json:"mods,omitempty"`
	Units    string `json:"units,omitempty"`
	Minutes  string `json:"minutes,omitempty"`
	Pointers string `json:"ptr,omitempty"`
	Evidence string `json:"ev,omitempty"`
	At       string `json:"at,omitempty"`
}

func (l dxLine) blank() bool { return strings.TrimSpace(l.Code+l.POA+l.Evidence) == "" }
func (l pxLine) blank() bool {
	return strings.TrimSpace(l.Code+l.Mods+l.Units+l.Minutes+l.Pointers+l.Evidence) == ""
}

// empty reports whether nothing was entered at all.
func (s sheet) empty() bool {
	for _, l := range s.Dx {
		if !l.blank() {
			return false
		}
	}
	for _, l := range s.Px {
		if !l.blank() {
			return false
		}
	}
	return strings.TrimSpace(s.DRG+s.Disposition+s.Problems+s.Data+s.Risk+s.EMMinutes+s.QueryAsk+s.Reason+s.Indicators+s.Wording) == ""
}

// readSheet reads the form of the workbench.
func readSheet(c *fiber.Ctx) sheet {
	s := sheet{
		DRG: c.FormValue("drg"), Disposition: c.FormValue("disposition"),
		Problems: c.FormValue("em.problems"), Data: c.FormValue("em.data"), Risk: c.FormValue("em.risk"), EMMinutes: c.FormValue("em.minutes"),
		QueryAsk: c.FormValue("query.ask"), Reason: c.FormValue("query.reason"), Indicators: c.FormValue("query.indicators"), IndicatorAt: c.FormValue("query.at"), Wording: c.FormValue("query.option"),
	}
	args := c.Request().PostArgs()
	for i := range maxLines {
		p := "dx." + strconv.Itoa(i) + "."
		if !args.Has(p + "code") {
			break
		}
		s.Dx = append(s.Dx, dxLine{Code: c.FormValue(p + "code"), POA: c.FormValue(p + "poa"), Evidence: c.FormValue(p + "ev"), At: c.FormValue(p + "at")})
	}
	for i := range maxLines {
		p := "px." + strconv.Itoa(i) + "."
		if !args.Has(p + "code") {
			break
		}
		s.Px = append(s.Px, pxLine{
			Code: c.FormValue(p + "code"), Mods: c.FormValue(p + "mods"), Units: c.FormValue(p + "units"), Minutes: c.FormValue(p + "minutes"),
			Pointers: c.FormValue(p + "ptr"), Evidence: c.FormValue(p + "ev"), At: c.FormValue(p + "at"),
		})
	}
	return s
}

// decodeSheet reads the body of a draft.
func decodeSheet(b []byte) (sheet, error) {
	var s sheet
	err := json.Unmarshal(b, &s)
	if len(s.Dx) > maxLines {
		s.Dx = s.Dx[:maxLines]
	}
	if len(s.Px) > maxLines {
		s.Px = s.Px[:maxLines]
	}
	return s, err
}

// act does what a button of the form without script asks for: add-dx, remove-dx-2, up-px-1, down-px-0. It reports whether the button
// was one of these.
func (s *sheet) act(do string) bool {
	verb, rest, _ := strings.Cut(do, "-")
	kind, at, _ := strings.Cut(rest, "-")
	i, err := strconv.Atoi(at)
	if err != nil && verb != "add" {
		return false
	}
	switch kind {
	case "dx":
		before := s.letters()
		s.Dx = editLines(s.Dx, verb, i, dxLine{})
		if verb == "up" || verb == "down" || verb == "remove" {
			s.repoint(before, verb, i)
		}
	case "px":
		s.Px = editLines(s.Px, verb, i, pxLine{})
	default:
		return false
	}
	return true
}

func editLines[T any](lines []T, verb string, i int, blank T) []T {
	switch {
	case verb == "add" && len(lines) < maxLines:
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

func (s *sheet) letters() int { return len(s.Dx) }

// repoint keeps pointers at the diagnosis they meant when diagnoses move or go.
func (s *sheet) repoint(before int, verb string, i int) {
	moved := map[string]string{}
	switch {
	case verb == "remove" && i < before:
		moved[pointerLetter(i)] = ""
		for j := i + 1; j < before; j++ {
			moved[pointerLetter(j)] = pointerLetter(j - 1)
		}
	case verb == "up" && i > 0:
		moved[pointerLetter(i)], moved[pointerLetter(i-1)] = pointerLetter(i-1), pointerLetter(i)
	case verb == "down" && i+1 < before:
		moved[pointerLetter(i)], moved[pointerLetter(i+1)] = pointerLetter(i+1), pointerLetter(i)
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

// lineMap tells where the lines of an answer stand on the sheet, since blank lines of the sheet are no lines of the answer.
type lineMap struct{ dx, px []int }

// toAnswer makes an answer of the sheet. Blank lines are left out. A pointer letter becomes the code it points at; one that points at
// nothing stays a letter, which the grader refuses with words. asks says which fields the case asks for; others are not sent.
func (s sheet) toAnswer(ask grading.Ask) (grading.Answer, lineMap, grading.FormatErrors) {
	var a grading.Answer
	var m lineMap
	var bad grading.FormatErrors
	byLetter := map[string]string{}
	for i, l := range s.Dx {
		if l.blank() {
			continue
		}
		if code := strings.TrimSpace(l.Code); code != "" {
			byLetter[pointerLetter(i)] = code
		}
		d := grading.AnswerDiagnosis{Code: strings.TrimSpace(l.Code), Evidence: evidenceLines(l.Evidence)}
		if ask.POA {
			d.POA = strings.TrimSpace(l.POA)
		}
		a.Diagnoses = append(a.Diagnoses, d)
		m.dx = append(m.dx, i)
	}
	for i, l := range s.Px {
		if l.blank() {
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
		m.px = append(m.px, i)
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

// sheetOf turns a recorded answer back into a sheet, to mend it.
func sheetOf(a grading.Answer) sheet {
	s := sheet{DRG: a.DRG, Disposition: a.Disposition}
	letter := map[string]string{}
	for i, d := range a.Diagnoses {
		s.Dx = append(s.Dx, dxLine{Code: d.Code, POA: d.POA, Evidence: strings.Join(d.Evidence, "\n")})
		if _, twice := letter[strings.ToUpper(d.Code)]; !twice {
			letter[strings.ToUpper(d.Code)] = pointerLetter(i)
		}
	}
	for _, p := range a.Procedures {
		l := pxLine{Code: p.Code, Mods: strings.Join(p.Modifiers, " "), Evidence: strings.Join(p.Evidence, "\n")}
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
