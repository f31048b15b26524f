package grading

import (
	"slices"

	"crosswalk/codebook"
)

// disorder is a diagnosis that stands before one that must come first.
type disorder struct {
	line   int // key line
	before int // entered line that should stand before it
}

// disorders are the answered key lines that stand too early: before a line that the key names in After, or as a manifestation code
// before every etiology of it (Official Guidelines I.A.13). Only lines that answer the key are looked at, on both ends: an extra line
// is priced by itself and cannot put an order right.
func (g *grader) disorders(p pairing) []disorder {
	if g.ignores(CompOrder) {
		return nil
	}
	var out []disorder
	for i, j := range p.of {
		if j < 0 {
			continue
		}
		if before := g.stoodAfter(p, i, j); before >= 0 {
			out = append(out, disorder{i, before})
		}
	}
	return out
}

func (g *grader) stoodAfter(p pairing, i, j int) int {
	for _, c := range g.key.Diagnoses[i].After {
		at := slices.IndexFunc(g.key.Diagnoses, func(d Diagnosis) bool { return d.Code == c })
		if at >= 0 && p.of[at] > j {
			return p.of[at]
		}
	}
	if g.ref.book == nil {
		return -1
	}
	ranges, ok := g.ref.book.Etiologies(g.dx.entered[j].Code, g.ref.on)
	if !ok || len(ranges) == 0 {
		return -1
	}
	late := -1
	for j2, i2 := range p.by {
		if i2 < 0 || j2 == j || !inRanges(ranges, g.dx.entered[j2].Code) {
			continue
		}
		if j2 < j {
			return -1
		}
		if late < 0 {
			late = j2
		}
	}
	return late
}

func inRanges(rs []codebook.CodeRange, c codebook.Code) bool {
	return slices.ContainsFunc(rs, func(r codebook.CodeRange) bool { return r.Contains(c) })
}
