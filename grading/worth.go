package grading

import (
	"slices"

	"crosswalk/codebook"
)

// Weights are what the lines and fields of a case are worth and what errors cost: points in hundredths, shares and the cap in per cent.
type Weights struct {
	First          Points `json:"first"`           // the code of the principal or first-listed diagnosis
	Position       Points `json:"position"`        // its place
	Required       Points `json:"required"`        // other diagnoses, by weight
	Reportable     Points `json:"reportable"`      //
	Status         Points `json:"status"`          //
	MainProcedure  Points `json:"main_procedure"`  // the first procedure of the key
	OtherProcedure Points `json:"other_procedure"` //
	POA            Points `json:"poa"`             // each indicator
	Evidence       Points `json:"evidence"`        // each line
	DRG            Points `json:"drg"`             //
	Disposition    Points `json:"disposition"`     //
	EMColumn       Points `json:"em_column"`       // the minutes, where time decides, are worth all three columns
	EMLevel        Points `json:"em_level"`        //
	QueryAsk       Points `json:"query_ask"`       // right to ask, or not to ask
	QueryPart      Points `json:"query_part"`      // reason, indicators, wording

	// How the points of a CPT or HCPCS Level II line are shared; the code has the rest.
	Modifiers Points `json:"modifiers_percent"`
	Units     Points `json:"units_percent"`
	Pointers  Points `json:"pointers_percent"`

	// What an extra line and a broken order cost.
	Integral    Points `json:"integral"`    // integral, needless, and codes of the chapters that rarely harm
	Unsupported Points `json:"unsupported"` //
	Redundant   Points `json:"redundant"`   // at most; else half of the line that it repeats
	Order       Points `json:"order"`       //
	Cap         Points `json:"cap_percent"` // of the possible points, that all penalties together may cost
}

// Standard are the weights of docs/grading.md, "What a line is worth".
var Standard = Weights{
	First: 300, Position: 100, Required: 300, Reportable: 200, Status: 100, MainProcedure: 400, OtherProcedure: 300, POA: 50, Evidence: 50,
	DRG: 300, Disposition: 100, EMColumn: 50, EMLevel: 50, QueryAsk: 150, QueryPart: 50,
	Modifiers: 20, Units: 10, Pointers: 10, Integral: 100, Unsupported: 200, Redundant: 100, Order: 100, Cap: 40,
}

func (w *Weights) codeShare() int { return int(100 - w.Modifiers - w.Units - w.Pointers) }

type weight struct {
	name        string
	at          *Points
	least, most Points
}

// fields are all weights with their names and bounds. A line is worth 20 at least, so that a near miss of it still earns something.
func (w *Weights) fields() []weight {
	return []weight{
		{"first", &w.First, 20, 10000}, {"position", &w.Position, 0, 10000}, {"required", &w.Required, 20, 10000}, {"reportable", &w.Reportable, 20, 10000},
		{"status", &w.Status, 20, 10000}, {"main_procedure", &w.MainProcedure, 20, 10000}, {"other_procedure", &w.OtherProcedure, 20, 10000}, {"poa", &w.POA, 0, 10000},
		{"evidence", &w.Evidence, 0, 10000}, {"drg", &w.DRG, 0, 10000}, {"disposition", &w.Disposition, 0, 10000}, {"em_column", &w.EMColumn, 0, 10000},
		{"em_level", &w.EMLevel, 0, 10000}, {"query_ask", &w.QueryAsk, 0, 10000}, {"query_part", &w.QueryPart, 0, 10000},
		{"modifiers_percent", &w.Modifiers, 0, 100}, {"units_percent", &w.Units, 0, 100}, {"pointers_percent", &w.Pointers, 0, 100},
		{"integral", &w.Integral, 0, 10000}, {"unsupported", &w.Unsupported, 0, 10000}, {"redundant", &w.Redundant, 0, 10000}, {"order", &w.Order, 0, 10000},
		{"cap_percent", &w.Cap, 0, 100},
	}
}

// WeightField is one of the weights as a form shows it.
type WeightField struct {
	Name        string // as in JSON; one that ends in _percent is a share, the others are points
	At          Points
	Least, Most Points
}

// All are the weights in the order of docs/grading.md, with what each may be.
func (w Weights) All() []WeightField {
	var out []WeightField
	for _, f := range w.fields() {
		out = append(out, WeightField{f.name, *f.at, f.least, f.most})
	}
	return out
}

// Set changes one weight by its name and reports whether there is one of that name.
func (w *Weights) Set(name string, to Points) bool {
	for _, f := range w.fields() {
		if f.name == name {
			*f.at = to
			return true
		}
	}
	return false
}

const poaExempt = "exempt"

func (p Points) percent(n int) Points { return p * Points(n) / 100 }

// worth is what the code of a diagnosis line is worth.
func (d *Diagnosis) worth(w *Weights) Points {
	switch {
	case d.Weight == Optional:
		return 0
	case d.First != NotFirst:
		return w.First
	}
	switch d.Weight {
	case Reportable:
		return w.Reportable
	case Status:
		return w.Status
	}
	return w.Required
}

// asksPOA reports whether the line has an indicator to earn.
func (d *Diagnosis) asksPOA() bool {
	return d.Weight != Optional && (d.POA == "Y" || d.POA == "N" || d.POA == "U" || d.POA == "W")
}

func (d *Diagnosis) fullCredit(c codebook.Code) bool {
	return c == d.Code || slices.Contains(d.Accept, c)
}

func (p *Procedure) fullCredit(c codebook.Code) bool {
	return c == p.Code || slices.Contains(p.Accept, c)
}

// units is the number of units that the key wants; a key that says nothing wants one.
func (p *Procedure) units() int { return max(p.Units, 1) }

// wholeLine reports whether the code is all of the line: an ICD-10-PCS code has no modifiers, units or pointers.
func (p *Procedure) wholeLine() bool { return p.System == codebook.ICD10PCS }

// procedureWorth is what the procedure line at index i is worth.
func procedureWorth(ps []Procedure, i int, w *Weights) Points {
	if ps[i].Optional {
		return 0
	}
	if i == slices.IndexFunc(ps, func(p Procedure) bool { return !p.Optional }) {
		return w.MainProcedure
	}
	return w.OtherProcedure
}
