package main

import (
	"fmt"
	"io"
	"strings"

	"crosswalk/codebook"
)

// pairsPrinted is how many NCCI pairs of each kind a look-up prints.
const pairsPrinted = 10

// factsJSON is what edits and prices say of a code: the object "facts" of codes lookup -json. A field is left out when the book knows
// nothing of the kind. Letters and indicators are those of the official files.
type factsJSON struct {
	Licensed      bool          `json:"licensed,omitempty"` // the title is a descriptor that the site has licensed
	POAExempt     bool          `json:"poa_exempt,omitempty"`
	Manifestation bool          `json:"manifestation,omitempty"`
	Sex           string        `json:"sex,omitempty"` // M or F
	Ages          []ageJSON     `json:"ages,omitempty"`
	Severity      *severityJSON `json:"severity,omitempty"`
	Status        string        `json:"status,omitempty"`
	GlobalDays    string        `json:"global_days,omitempty"`
	Bilateral     string        `json:"bilateral,omitempty"`
	Multiple      string        `json:"multiple,omitempty"`
	Assistant     string        `json:"assistant,omitempty"`
	CoSurgeons    string        `json:"co_surgeons,omitempty"`
	Team          string        `json:"team,omitempty"`
	Components    string        `json:"components,omitempty"` // PC/TC indicator
	AddOn         bool          `json:"add_on,omitempty"`
	Primaries     []string      `json:"primaries,omitempty"`
	Ended         string        `json:"ended,omitempty"` // the last day of a discontinued code
	Fees          []feeJSON     `json:"fees,omitempty"`
	OPPS          *oppsJSON     `json:"opps,omitempty"`
	MUE           []mueJSON     `json:"mue,omitempty"`
	NCCI          *pairsJSON    `json:"ncci,omitempty"`
}

type ageJSON struct {
	Edit string `json:"edit"` // perinatal, pediatric, maternity or adult
	From int    `json:"from"` // whole years, both included
	To   int    `json:"to"`
}

type severityJSON struct {
	Edition string `json:"edition"`
	Level   string `json:"level"`             // CC or MCC
	Known   bool   `json:"exclusions_known"`  // the list says which principal diagnoses cancel it
	Cancels int    `json:"principals_cancel"` // how many do
}

// feeJSON is a row of the fee schedule. Units are relative value units, payments dollars at the national conversion factor.
type feeJSON struct {
	Edition         string `json:"edition"`
	Modifier        string `json:"modifier"` // "" for the code as a whole
	Status          string `json:"status"`
	Work            string `json:"work"`
	PE              string `json:"practice_expense"`
	FacilityPE      string `json:"facility_practice_expense"`
	MP              string `json:"malpractice"`
	Total           string `json:"total"`
	FacilityTotal   string `json:"facility_total"`
	Payment         string `json:"payment"`
	FacilityPayment string `json:"facility_payment"`
	NA              bool   `json:"na,omitempty"`          // rarely or never done outside of a facility
	FacilityNA      bool   `json:"facility_na,omitempty"` // rarely or never done in a facility
}

type oppsJSON struct {
	Edition string `json:"edition"`
	Status  string `json:"status"`
	APC     string `json:"apc,omitempty"`
	Rate    string `json:"rate,omitempty"` // dollars
}

type mueJSON struct {
	Edition   string `json:"edition"`
	Setting   string `json:"setting"` // practitioner, outpatient or dme
	Units     int    `json:"units"`
	Indicator string `json:"mai"`
	Rationale string `json:"rationale,omitempty"`
}

// pairsJSON counts the NCCI pairs of a code and lists the first of them.
type pairsJSON struct {
	Edition     string     `json:"edition"`
	Denies      int        `json:"denies"` // codes that are denied beside it: it is column 1
	DeniedBy    int        `json:"denied_by"`
	FirstDenies []pairJSON `json:"first_denies"`
	FirstDenied []pairJSON `json:"first_denied_by"`
}

type pairJSON struct {
	Code      string `json:"code"`
	Indicator string `json:"modifier_indicator"`
	Rationale string `json:"rationale,omitempty"`
}

func factsOf(book *codebook.Book, e codebook.Entry) *factsJSON {
	s, f := book.FactSheet(e.Ref), e.Facts
	out := &factsJSON{
		Licensed: e.Licensed, POAExempt: f.POAExempt, Manifestation: f.Manifestation, Sex: f.Sex, Status: f.Status, GlobalDays: f.GlobalDays, Bilateral: f.Bilateral,
		Multiple: f.Multiple, Assistant: f.Assistant, CoSurgeons: f.CoSurgeons, Team: f.TeamSurgeons, Components: f.Components, AddOn: f.AddOn,
	}
	if !f.Ended.IsZero() {
		out.Ended = f.Ended.String()
	}
	for _, a := range s.Ages {
		out.Ages = append(out.Ages, ageJSON{a.Name, a.From, a.To})
	}
	switch x := s.Exclusion; {
	case x != nil:
		out.Severity = &severityJSON{s.Editions.Severity, x.Level, x.Known, x.Codes}
	case f.Severity != "":
		out.Severity = &severityJSON{Edition: s.Editions.Severity, Level: f.Severity}
	}
	for _, p := range s.Primaries {
		out.Primaries = append(out.Primaries, string(p))
	}
	for _, x := range s.Fees {
		out.Fees = append(out.Fees, feeJSON{
			x.Edition, x.Modifier, x.Status, x.Work.String(), x.PE.String(), x.FacPE.String(), x.MP.String(), x.Total().String(), x.FacTotal().String(),
			payment(x.Fee, x.Total()), payment(x.Fee, x.FacTotal()), x.NA, x.FacNA,
		})
	}
	for _, m := range s.Units {
		out.MUE = append(out.MUE, mueJSON{s.Editions.MUE, string(m.Setting), m.Units, m.Indicator, m.Rationale})
	}
	if e.System == codebook.CPT || e.System == codebook.HCPCS {
		if x, ok := book.Fees(e.Code, ""); ok && x.OPPS != "" {
			out.OPPS = &oppsJSON{Edition: x.RateName, Status: x.OPPS, APC: x.APC}
			if x.Rate > 0 {
				out.OPPS.Rate = cents(x.Rate)
			}
		}
		out.NCCI = pairsOf(book, e.Code, s.Editions.NCCI)
	}
	return out
}

func pairsOf(book *codebook.Book, c codebook.Code, edition string) *pairsJSON {
	list := book.PairList(c, "", pairsPrinted)
	if list.AllDenies+list.AllDenied == 0 {
		return nil
	}
	out := &pairsJSON{edition, list.AllDenies, list.AllDenied, []pairJSON{}, []pairJSON{}}
	for _, p := range list.Denies {
		out.FirstDenies = append(out.FirstDenies, pairJSON{string(p.Column2), p.Modifier, p.Rationale})
	}
	for _, p := range list.Denied {
		out.FirstDenied = append(out.FirstDenied, pairJSON{string(p.Column1), p.Modifier, p.Rationale})
	}
	return out
}

func cents(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// payment is what the fee schedule pays for units, "" when it has no conversion factor.
func payment(f codebook.Fee, units codebook.RVU) string {
	n, ok := f.Payment(units)
	if !ok {
		return ""
	}
	return cents(n)
}

// print writes the facts as lines of text.
func (f *factsJSON) print(w io.Writer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-14s %s\n", name, fmt.Sprintf(format, args...))
	}
	if f.Licensed {
		line("title", "a descriptor that this site has licensed")
	}
	if f.POAExempt {
		line("poa", "exempt")
	}
	if f.Manifestation {
		line("manifestation", "never first")
	}
	if f.Sex != "" {
		line("sex", "%s", f.Sex)
	}
	for _, a := range f.Ages {
		line("age", "%s, %d to %d years", a.Edit, a.From, a.To)
	}
	if x := f.Severity; x != nil {
		switch {
		case !x.Known:
			line("severity", "%s; the book does not say what cancels it", x.Level)
		default:
			line("severity", "%s; %d principal diagnoses cancel it (MS-DRG %s)", x.Level, x.Cancels, x.Edition)
		}
	}
	if f.Ended != "" {
		line("ended", "%s", f.Ended)
	}
	if f.AddOn {
		line("add-on", "%s", strings.TrimSpace("only beside a primary code "+strings.Join(f.Primaries, " ")))
	}
	var indicators []string
	for _, x := range [][2]string{
		{"status", f.Status}, {"global", f.GlobalDays}, {"bilateral", f.Bilateral}, {"multiple", f.Multiple}, {"assistant", f.Assistant},
		{"co-surgeons", f.CoSurgeons}, {"team", f.Team}, {"PC/TC", f.Components},
	} {
		if x[1] != "" {
			indicators = append(indicators, x[0]+" "+x[1])
		}
	}
	if len(indicators) > 0 {
		line("indicators", "%s", strings.Join(indicators, ", "))
	}
	for _, x := range f.Fees {
		name := "fee"
		if x.Modifier != "" {
			name += " -" + x.Modifier
		}
		line(name, "status %s; work %s, total %s ($%s); in a facility %s ($%s); schedule %s", x.Status, x.Work, x.Total, x.Payment, x.FacilityTotal, x.FacilityPayment, x.Edition)
	}
	if x := f.OPPS; x != nil {
		text := "status " + x.Status
		if x.APC != "" {
			text += ", APC " + x.APC
		}
		if x.Rate != "" {
			text += ", $" + x.Rate
		}
		line("opps", "%s", text)
	}
	for _, x := range f.MUE {
		line("mue", "%d for %s, MAI %s", x.Units, x.Setting, x.Indicator)
	}
	if x := f.NCCI; x != nil {
		line("ncci", "%d codes are denied beside it, it is denied beside %d", x.Denies, x.DeniedBy)
	}
}
