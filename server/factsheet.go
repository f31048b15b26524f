package server

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

// pairsShown is how many NCCI pairs of each kind a code page lists.
const pairsShown = 12

// rangesShown is how many ranges of principal diagnoses that cancel a CC a code page lists.
const rangesShown = 12

// factSheetView is what the lists of edits and prices say of a code.
type factSheetView struct {
	Code      string
	Path      string // of the code's page, for the forms
	Date      string
	Fees      []feeView
	FeesFrom  string
	NA        bool // a figure is marked: the place is unusual
	OPPS      *oppsView
	Units     []unitsView
	UnitsFrom string
	Pairs     *pairsView
	Severity  *severityView
}

type feeView struct {
	Modifier, Status    string
	Work, PE, FacPE, MP string
	Total, FacTotal     string
	Payment, FacPayment string
	NA, FacNA           bool
}

type oppsView struct{ Status, Text, APC, Rate, Edition string }

type unitsView struct {
	Setting, Units, Indicator, Text, Rationale string
}

type pairsView struct {
	Edition        string
	Typed          string // what the form was sent with
	Answer         string // of a look-up of one pair
	Problem        string
	Denies, Denied []pairRow
	MoreDenies     int
	MoreDenied     int
	AllDenies      int
	AllDenied      int
}

type pairRow struct {
	Code, Path, Title   string
	Modifier, Text, Why string
	Tone                string
}

type severityView struct {
	Edition, Text string
	Ranges        []string
	More          int
	Typed         string
	Answer        string
	Tone          string
	Problem       string
}

// factSheet makes the sheet of a code; nil when no list has it. The forms on it come back to the same page with a pair or a principal
// diagnosis.
func (s *Server) factSheet(c *fiber.Ctx, e codebook.Entry, date dateForm) *factSheetView {
	book, on := s.book(), date.On
	sheet := book.FactSheet(e.Ref)
	v := &factSheetView{Code: e.Dotted(), Path: codePath(e.Ref, codebook.Date{}), Date: date.Value, FeesFrom: sheet.Editions.Fees, UnitsFrom: sheet.Editions.MUE}
	for _, f := range sheet.Fees {
		v.Fees = append(v.Fees, viewFee(f))
		v.NA = v.NA || f.NA || f.FacNA
	}
	if f, ok := book.Fees(e.Code, ""); ok && f.OPPS != "" && e.System != codebook.ICD10CM && e.System != codebook.ICD10PCS {
		v.OPPS = &oppsView{Status: f.OPPS, Text: s.wordsOf("fact.opps_" + strings.ToLower(f.OPPS)), APC: f.APC, Edition: f.RateName}
		if f.Rate > 0 {
			v.OPPS.Rate = dollars(f.Rate)
		}
	}
	for _, u := range sheet.Units {
		v.Units = append(v.Units, unitsView{
			Setting: s.words.get("fact.setting_" + string(u.Setting)), Units: fmt.Sprint(u.Units), Indicator: u.Indicator,
			Text: s.words.get("fact.mai_" + u.Indicator), Rationale: u.Rationale,
		})
	}
	v.Pairs = s.viewPairs(e, sheet.Editions.NCCI, strings.ToUpper(strings.TrimSpace(c.Query("pair"))), on)
	v.Severity = s.viewSeverity(e, sheet, strings.TrimSpace(c.Query("pdx")), on)
	if len(v.Fees)+len(v.Units) == 0 && v.OPPS == nil && v.Pairs == nil && v.Severity == nil {
		return nil
	}
	return v
}

// wordsOf is a text, or that there is none for the value.
func (s *Server) wordsOf(key string) string {
	if text, ok := s.words[key]; ok {
		return text
	}
	return s.words.get("fact.unknown_value")
}

func viewFee(f codebook.ModifierFee) feeView {
	v := feeView{
		Modifier: f.Modifier, Status: f.Status, Work: f.Work.String(), PE: f.PE.String(), FacPE: f.FacPE.String(), MP: f.MP.String(),
		Total: f.Total().String(), FacTotal: f.FacTotal().String(), NA: f.NA, FacNA: f.FacNA,
	}
	if cents, ok := f.Payment(f.Total()); ok && cents > 0 {
		v.Payment = dollars(cents)
	}
	if cents, ok := f.Payment(f.FacTotal()); ok && cents > 0 {
		v.FacPayment = dollars(cents)
	}
	return v
}

// dollars prints cents as $1,234.56.
func dollars(cents int64) string {
	whole := fmt.Sprint(cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("$%s.%02d", whole, cents%100)
}

func (s *Server) viewPairs(e codebook.Entry, edition, typed string, on codebook.Date) *pairsView {
	book := s.book()
	if !book.HasNCCI() || e.System != codebook.CPT && e.System != codebook.HCPCS {
		return nil
	}
	v := &pairsView{Edition: edition, Typed: typed}
	prefix := typed
	if len(typed) >= 5 {
		prefix = ""
		v.Answer, v.Problem = s.pairAnswer(e, typed)
	}
	list := book.PairList(e.Code, prefix, pairsShown)
	row := func(p codebook.PairEdit, other codebook.Code) pairRow {
		r := pairRow{Code: string(other), Modifier: p.Modifier, Text: s.words.get("fact.pair_" + p.Modifier), Why: p.Rationale, Tone: map[string]string{"0": "bad", "1": "warn"}[p.Modifier]}
		if sys, code, err := codebook.ProcedureSystem(r.Code); err == nil {
			if o, err := book.Lookup(sys, code, on); err == nil {
				r.Path, r.Title = codePath(o.Ref, on), o.Title
			}
		}
		return r
	}
	for _, p := range list.Denies {
		v.Denies = append(v.Denies, row(p, p.Column2))
	}
	for _, p := range list.Denied {
		v.Denied = append(v.Denied, row(p, p.Column1))
	}
	v.AllDenies, v.AllDenied = list.AllDenies, list.AllDenied
	v.MoreDenies, v.MoreDenied = list.AllDenies-len(v.Denies), list.AllDenied-len(v.Denied)
	if v.AllDenies+v.AllDenied == 0 && typed == "" {
		return nil
	}
	return v
}

// pairAnswer looks one pair up in both orders.
func (s *Server) pairAnswer(e codebook.Entry, typed string) (answer, problem string) {
	sys, other, err := codebook.ProcedureSystem(typed)
	if err != nil || sys == codebook.ICD10PCS {
		return "", s.words.get("fact.pair_malformed", typed)
	}
	edits := s.book().PairEdits(e.Code, other)
	if len(edits) == 0 {
		return s.words.get("fact.pair_none", e.Dotted(), string(other)), ""
	}
	var out []string
	for _, p := range edits {
		text := s.words.get("fact.pair_found_"+p.Modifier, string(p.Column2), string(p.Column1))
		if p.Rationale != "" {
			text += " " + s.words.get("fact.pair_why", p.Rationale)
		}
		out = append(out, text)
	}
	return strings.Join(out, " "), ""
}

func (s *Server) viewSeverity(e codebook.Entry, sheet codebook.FactSheet, typed string, on codebook.Date) *severityView {
	x := sheet.Exclusion
	if x == nil {
		return nil
	}
	v := &severityView{Edition: sheet.Editions.Severity, Typed: typed}
	switch {
	case !x.Known:
		v.Text = s.words.get("fact.exclusion_unknown", x.Level)
	case x.Codes == 0:
		v.Text = s.words.get("fact.exclusion_none", x.Level)
	case x.Codes == 1:
		v.Text = s.words.get("fact.exclusion_one", x.Level)
	default:
		v.Text = s.words.get("fact.exclusion_many", x.Level, x.Codes)
	}
	for _, r := range x.Ranges[:min(len(x.Ranges), rangesShown)] {
		name := r.First.Dotted(codebook.ICD10CM)
		if r.Last != r.First {
			name = s.words.get("fact.exclusion_range", name, r.Last.Dotted(codebook.ICD10CM))
		}
		v.Ranges = append(v.Ranges, name)
	}
	v.More = len(x.Ranges) - len(v.Ranges)
	if typed == "" {
		return v
	}
	code, err := codebook.ParseCode(codebook.ICD10CM, typed)
	if err != nil {
		v.Problem = s.words.get("fact.pdx_malformed", typed)
		return v
	}
	p, err := s.book().Lookup(codebook.ICD10CM, code, on)
	if err != nil {
		v.Problem = s.words.get("fact.pdx_missing", code.Dotted(codebook.ICD10CM))
		return v
	}
	switch level, excluded, known := s.book().Severity(e.Code, code, on); {
	case !known:
		v.Answer = s.words.get("fact.pdx_unknown", p.Dotted())
	case excluded:
		v.Answer, v.Tone = s.words.get("fact.pdx_excluded", p.Dotted(), p.Title, e.Dotted(), level), "warn"
	default:
		v.Answer, v.Tone = s.words.get("fact.pdx_counts", p.Dotted(), p.Title, e.Dotted(), level), "good"
	}
	return v
}

// factList gathers the properties of a code in words.
type factList struct {
	w   words
	out []factView
}

// add names a property with its words, or that there are none for the value.
func (l *factList) add(name, short, key string) {
	text, ok := l.w["fact."+key]
	if !ok {
		text = l.w.get("fact.unknown_value")
	}
	l.out = append(l.out, factView{l.w.get("fact." + name), short, text})
}

// coded adds a value that has a code, when there is one.
func (l *factList) coded(name, value string) {
	if value != "" {
		l.add(name, value, name+"_"+strings.ToLower(value))
	}
}

// ageFacts are the ages that the Medicare Code Editor expects.
func ageFacts(w words, ages []codebook.AgeEdit) []factView {
	var out []factView
	for _, a := range ages {
		text := w.get("fact.age_"+a.Name, a.From, a.To)
		if a.From == a.To {
			text = w.get("fact.age_"+a.Name, a.From)
		}
		out = append(out, factView{w.get("fact.age"), "", text})
	}
	return slices.Clip(out)
}
