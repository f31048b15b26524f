package codebook

import "slices"

// Modifiers that NCCI accepts as a reason to pay both services of a pair (NCCI Policy Manual, chapter I, section E).
var (
	distinct = []string{"24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XP", "XS", "XU"}
	sites    = []string{"E1", "E2", "E3", "E4", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "FA", "LC", "LD", "LM", "LT", "RC", "RI", "RT",
		"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "TA"}
	eitherSide = []string{"59", "XE", "XP", "XS", "XU"}
)

// SetApart reports whether the modifiers of an NCCI pair's two lines say that the service denied was distinct from the one paid: the
// denied line carries a modifier that says so, or one that names a site which the paid line does not name. 59, XE, XP, XS and XU count on
// either line (CMS change request 11168). Only a pair whose modifier indicator is "1" is opened by it.
func SetApart(paid, denied *ClaimLine) bool {
	for _, m := range denied.Modifiers {
		if slices.Contains(distinct, m) || slices.Contains(sites, m) && !slices.Contains(paid.Modifiers, m) {
			return true
		}
	}
	return slices.ContainsFunc(paid.Modifiers, func(m string) bool { return slices.Contains(eitherSide, m) })
}

// SetsApart reports whether a modifier is one that can set a service of an NCCI pair apart from the other.
func SetsApart(modifier string) bool {
	return slices.Contains(distinct, modifier) || slices.Contains(sites, modifier)
}
