package codebook

// PCSDefinition is what a value of ICD-10-PCS means: the root operation "Resection" of section 0 at position 3, an approach at position 5.
// The label is as PCSNext and PCS give it. "" where the book has no definition.
func (b *Book) PCSDefinition(prefix Code, position int, label string, on Date) string {
	r, _ := b.pick(ICD10PCS, on)
	if r == nil || len(prefix) == 0 {
		return ""
	}
	if d := r.definition(prefix[0], position, label); d != "" || position != 3 || len(prefix) < 3 {
		return d
	}
	if t := r.table(prefix[:3]); t != nil {
		return t.Definition
	}
	return ""
}
