package release

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// procedures makes the CPT and HCPCS Level II releases. No file lists CPT numbers as such; they are those of the fee schedule and of OPPS
// addendum B, one release to a calendar year.
func (a *assembly) procedures() {
	var years []string
	for _, k := range []Kind{FeeSchedule, AddendumB} {
		for _, it := range a.parts[k] {
			if !slices.Contains(years, it.edition.year()) {
				years = append(years, it.edition.year())
			}
		}
	}
	slices.Sort(years)
	for _, y := range years {
		a.cpt(y)
	}
	for _, it := range a.parts[HCPCSCodes] {
		a.hcpcs(it)
	}
	if len(years) == 0 && len(a.parts[HCPCSCodes]) == 0 {
		for _, k := range []Kind{MUEs, HCPCSStatus} {
			for _, it := range a.parts[k] {
				it.reject("no fee schedule, OPPS addendum B or HCPCS Level II codes to go with it")
			}
		}
	}
}

// procedureFacts looks up what all files say of CPT and HCPCS codes.
type procedureFacts struct {
	fees     *fees // nil for none, as the others
	opps     *opps
	mue      *mues
	hospital *mues
	addOns   *addOns
	before   codebook.Date // the last day before the year of addendum B
}

func (a *assembly) facts(feeFile, oppsFile *item) procedureFacts {
	var p procedureFacts
	if feeFile != nil {
		p.fees = feeFile.content.(*fees)
	}
	if oppsFile != nil {
		p.opps = oppsFile.content.(*opps)
		p.before = codebook.Date{Year: oppsFile.edition.from.Year - 1, Month: 12, Day: 31}
	}
	for _, it := range a.parts[MUEs] {
		switch m := it.content.(*mues); mueSetting(it.path) {
		case practitioner:
			p.mue = m
		case hospital:
			p.hospital = m
		}
	}
	if it := a.only(AddOns); it != nil {
		p.addOns = it.content.(*addOns)
	}
	return p
}

// of are the facts of a code. A code that addendum B calls discontinued and the later fee schedule does not list ended with the year
// before.
func (p *procedureFacts) of(c codebook.Code) codebook.Facts {
	var f codebook.Facts
	listed := false
	if p.fees != nil {
		var row fee
		row, listed = p.fees.byCode[c]
		f = row.facts
	}
	if p.opps != nil {
		f.OPPS = p.opps.byCode[c].status
		if f.OPPS == "D" && !listed {
			f.Ended = p.before
		}
	}
	if p.addOns != nil {
		f.AddOn = f.AddOn || p.addOns.codes[c]
	}
	if p.mue != nil {
		f.MUE = p.mue.plain(c)
	}
	if p.hospital != nil {
		f.MUEHospital = p.hospital.plain(c)
	}
	return f
}

func (a *assembly) of(k Kind, year string) *item {
	for _, it := range a.parts[k] {
		if it.edition.year() == year {
			return it
		}
	}
	return nil
}

func (a *assembly) cpt(year string) {
	feeFile, oppsFile := a.of(FeeSchedule, year), a.of(AddendumB, year)
	facts := a.facts(feeFile, oppsFile)
	codes := map[codebook.Code]bool{}
	var sources []string
	if facts.fees != nil {
		sources = append(sources, feeFile.path)
		for c, row := range facts.fees.byCode {
			if row.system == codebook.CPT {
				codes[c] = true
			}
		}
	}
	if facts.opps != nil {
		sources = append(sources, oppsFile.path)
		for c, row := range facts.opps.byCode {
			if row.system == codebook.CPT {
				codes[c] = true
			}
		}
	}
	if len(codes) == 0 {
		return
	}
	from := codebook.Date{Month: 1, Day: 1, Year: cmp.Or(feeFile, oppsFile).edition.from.Year}
	rb := a.b.Release(codebook.Release{System: codebook.CPT, Edition: year, ValidFrom: from, Source: strings.Join(sources, ", ")})
	for _, c := range slices.Sorted(maps.Keys(codes)) {
		f := facts.of(c)
		rb.Code(c, "", f.Ended.IsZero(), f)
	}
}

// hcpcs makes a HCPCS Level II release. The file of codes holds discontinued ones, with nothing that shows it; the attributes file and
// addendum B tell them.
func (a *assembly) hcpcs(it *item) {
	facts := a.facts(a.nearest(FeeSchedule, it.edition), a.nearest(AddendumB, it.edition))
	ended := map[codebook.Code]codebook.Date{}
	status := a.only(HCPCSStatus)
	if status != nil {
		ended = status.content.(*hcpcsEnds).ended
	} else {
		a.note("HCPCS Level II %s has no attributes file: codes that were discontinued count as valid", it.edition.name)
	}
	rb := a.b.Release(codebook.Release{System: codebook.HCPCS, Edition: it.edition.name, ValidFrom: it.edition.from, Source: it.path})
	have := make(map[codebook.Code]bool, len(it.content.(*hcpcsList).list))
	for _, r := range it.content.(*hcpcsList).list {
		have[r.code] = true
		f := facts.of(r.code)
		if d, ok := ended[r.code]; ok {
			f.Ended = d
		}
		rb.Code(r.code, r.title, f.Ended.IsZero() || !f.Ended.Before(it.edition.from), f)
	}
	if it != a.only(HCPCSCodes) {
		return
	}
	// Rows about HCPCS codes that the newest file of codes lacks make no code: they would have no title.
	for _, k := range []Kind{FeeSchedule, AddendumB} {
		o := a.nearest(k, it.edition)
		if o == nil {
			continue
		}
		var codes []codebook.Code
		switch v := o.content.(type) {
		case *fees:
			for c, row := range v.byCode {
				if row.system == codebook.HCPCS && !have[c] {
					codes = append(codes, c)
				}
			}
		case *opps:
			for c, row := range v.byCode {
				if row.system == codebook.HCPCS && !have[c] {
					codes = append(codes, c)
				}
			}
		}
		slices.Sort(codes)
		for _, c := range codes {
			o.content.counts().skip(noSuchCode, string(c))
		}
	}
	if status != nil {
		countOuter(status, &outer{have}, keys(ended))
	}
}

// units adds the medically unlikely edits of all settings.
func (a *assembly) units() {
	settings := map[string]codebook.Setting{practitioner: codebook.Practitioner, hospital: codebook.Outpatient, supplier: codebook.Supplier}
	for _, it := range a.parts[MUEs] {
		a.b.MUEEdition(it.edition.name)
		list := it.content.(*mues).byCode
		for c := range keys(list) { // in order, so that one set of files makes one book
			a.b.MUE(c, settings[mueSetting(it.path)], list[c])
		}
	}
}

// prices adds the rows of the newest fee schedule and of the newest addendum B.
func (a *assembly) prices() {
	if it := a.only(FeeSchedule); it != nil {
		f := it.content.(*fees)
		a.b.FeeEdition(it.edition.name, f.conversion)
		for _, r := range f.rows {
			a.b.Fee(r.code, r.modifier, r.Fee)
		}
	}
	if it := a.only(AddendumB); it != nil {
		a.b.OPPSEdition(it.edition.name)
		for c, r := range it.content.(*opps).byCode {
			a.b.OPPS(c, r.status, r.apc)
			if r.apc > 0 && r.cents > 0 {
				a.b.OPPSRate(r.apc, r.cents)
			}
		}
	}
}

// countOuter tells the rows of a file whose codes no release has.
func countOuter(it *item, used *outer, codes iter.Seq[codebook.Code]) {
	for c := range codes {
		if !used.used[c] {
			it.content.counts().skip(noSuchCode, string(c))
		}
	}
}

func keys[V any](m map[codebook.Code]V) iter.Seq[codebook.Code] {
	return slices.Values(slices.Sorted(maps.Keys(m)))
}
