package grading

import "crosswalk/codebook"

// EMFamily gives the codes of the family that an E/M code belongs to, the lowest level first, and the place of the code among them; nil
// and -1 for a code that is of none. The slice is the caller's own.
func EMFamily(c codebook.Code) (family []codebook.Code, at int) {
	f, level, ok := emPlace(c)
	if !ok {
		return nil, -1
	}
	for _, e := range emFamilies[f] {
		family = append(family, e.code)
	}
	return family, level
}
