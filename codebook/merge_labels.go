package codebook

import "slices"

// withLabels are releases of CPT or HCPCS Level II with what only the starter book knows of their codes. The official files have CPT
// numbers without a word (descriptors belong to the AMA) and no inclusion terms at all, so a full release takes labels, units and terms
// from the starter, and CPT also the codes that neither the fee schedule nor OPPS lists. Other sets are complete and stay as they are.
func withLabels(full, base []*release) []*release {
	full = slices.Clone(full)
	i := slices.IndexFunc(base, func(r *release) bool { return r.Starter })
	if i < 0 {
		return full
	}
	for n, r := range full {
		if (r.System == CPT || r.System == HCPCS) && !r.Starter {
			full[n] = r.labelled(base[i])
		}
	}
	return full
}

func (r *release) labelled(by *release) *release {
	rb := NewBuilder().Release(r.Release)
	for i := range r.rows {
		w := &r.rows[i]
		c, title, f, span := unpack(w.key), w.title, r.facts[w.facts], w.span
		notes := r.groups[r.spans[span].from:r.spans[span].to]
		if at := by.find(c); at >= 0 {
			o := &by.rows[at]
			if title == "" {
				title = o.title
			}
			if f.Units == "" {
				f.Units = by.facts[o.facts].Units
			}
			f.AddOn = f.AddOn || by.facts[o.facts].AddOn
			if span == 0 {
				notes = by.groups[by.spans[o.span].from:by.spans[o.span].to]
			}
		}
		rb.row(c, title, w.billable, f, notes)
	}
	for i := range by.rows {
		w := &by.rows[i]
		if c := unpack(w.key); r.System == CPT && r.find(c) < 0 {
			rb.row(c, w.title, w.billable, by.facts[w.facts], by.groups[by.spans[w.span].from:by.spans[w.span].to])
		}
	}
	return rb.build()
}

func (rb *ReleaseBuilder) row(c Code, title string, billable bool, f Facts, notes []noteGroup) {
	rb.Code(c, title, billable, f)
	for _, g := range notes {
		rb.Notes(c, g.kind, g.lines...)
	}
}

// mergeGuidelines lists the guidelines of over in their order, then those that only base has. A guideline that over knows by number and
// title alone, as the official text gives it, keeps the rule that base tells in our words.
func mergeGuidelines(base, over *Book) []Guideline {
	var out []Guideline
	for _, g := range over.guidelines {
		if b, ok := base.Guideline(g.Number); ok && g.Rule == "" {
			g.Rule = b.Rule
		}
		out = append(out, g)
	}
	for _, g := range base.guidelines {
		if _, ok := over.Guideline(g.Number); !ok {
			out = append(out, g)
		}
	}
	return out
}
