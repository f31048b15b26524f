package grading

import (
	"slices"

	"crosswalk/codebook"
)

// What the lines and fields of a case are worth, in hundredths of a point (docs/grading.md, "What a line is worth").
const (
	worthFirst       Points = 300 // the code of the principal or first-listed diagnosis
	worthPosition    Points = 100 // its place
	worthRequired    Points = 300
	worthReportable  Points = 200
	worthStatus      Points = 100
	worthMainPx      Points = 400 // the first procedure of the key
	worthOtherPx     Points = 300
	worthPOA         Points = 50
	worthEvidence    Points = 50
	worthDRG         Points = 300
	worthDisposition Points = 100
	worthEMColumn    Points = 50 // the minutes, where time decides, are worth all three columns
	worthEMLevel     Points = 50
	worthQueryAsk    Points = 150
	worthQueryPart   Points = 50 // reason, indicators, wording
)

// How the points of a CPT or HCPCS Level II line are shared, in percent.
const (
	shareCode      = 60
	shareModifiers = 20
	shareUnits     = 10
	sharePointers  = 10
)

// What an extra line and a broken order cost.
const (
	priceIntegral    Points = 100 // integral, needless, and codes of the chapters that rarely harm
	priceUnsupported Points = 200
	priceRedundant   Points = 100 // at most; else half of the line that it repeats
	priceOrder       Points = 100
	penaltyCap              = 40 // percent of the possible points that all penalties together may cost
)

const poaExempt = "exempt"

func (p Points) percent(n int) Points { return p * Points(n) / 100 }

// worth is what the code of a diagnosis line is worth.
func (d *Diagnosis) worth() Points {
	switch {
	case d.Weight == Optional:
		return 0
	case d.First != NotFirst:
		return worthFirst
	}
	switch d.Weight {
	case Reportable:
		return worthReportable
	case Status:
		return worthStatus
	}
	return worthRequired
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
func procedureWorth(ps []Procedure, i int) Points {
	if ps[i].Optional {
		return 0
	}
	if i == slices.IndexFunc(ps, func(p Procedure) bool { return !p.Optional }) {
		return worthMainPx
	}
	return worthOtherPx
}
