package codebook

import "slices"

// The rules of this file say which modifiers a procedure cannot take. They rest on the indicators of the fee schedule (Medicare Claims
// Processing Manual, chapter 23, addendum to section 50.6) and on the few public rules that follow from the kind of service alone. An
// indicator that the book does not have objects to nothing, and so does one that leaves the modifier to documentation.

// Sources of rules that are no indicator of a code.
const (
	bilateralClaims = "CMS Claims Processing Manual, chapter 12, section 40.7"
	globalSurgery   = "CMS Claims Processing Manual, chapter 12, section 40.2"
	hospitalClaims  = "CMS Claims Processing Manual, chapter 4, section 20.6"
	claimForm       = "CMS Claims Processing Manual, chapter 26, section 10.4"
	anesthesiaRules = "CMS Claims Processing Manual, chapter 12, section 50"
	ncciPolicy      = "NCCI Policy Manual, chapter I, section E"
)

var (
	assistants      = []string{"80", "81", "82", "AS"}
	visitModifiers  = []string{"24", "25", "57"}                                                                   // of an E/M service beside a procedure
	returnModifiers = []string{"58", "78", "79"}                                                                   // of a procedure in the days after another
	splitCare       = []string{"54", "55", "56"}                                                                   // parts of a global surgical package
	physicianOnly   = []string{"24", "26", "51", "53", "54", "55", "56", "57", "62", "66", "80", "81", "82", "AS"} // not on outpatient hospital claims
	hospitalOnly    = []string{"27", "73", "74"}                                                                   // not on practitioners' claims
	anesthesiaOnly  = []string{"AA", "AD", "P1", "P2", "P3", "P4", "P5", "P6", "QK", "QX", "QY"}                   // of anesthesia services
	surgical        = []string{"000", "010", "090"}                                                                // global days of procedures
	payable         = []string{"A", "J", "R"}                                                                      // statuses whose indicator 9 says that the idea does not apply
)

// unfitModifiers are the modifiers that the procedures of a claim cannot take.
func (b *Book) unfitModifiers(c *Claim) []Conflict {
	var out []Conflict
	for i := range c.Lines {
		l := &c.Lines[i]
		if len(l.Modifiers) == 0 || l.System != CPT && l.System != HCPCS {
			continue
		}
		f := b.procedureFacts(&l.Ref, c.On)
		if f == nil {
			f = &Facts{}
		}
		add := func(m, why, from string) {
			out = append(out, Conflict{Kind: KindModifier, Codes: []Ref{l.Ref}, Note: string(l.Code) + " " + m + ": " + why, From: from})
		}
		for n, m := range l.Modifiers {
			if slices.Contains(l.Modifiers[:n], m) {
				add("carries the modifier "+m+" twice", "report it once", claimForm)
				continue
			}
			if why, from := b.unfit(c.Setting, l.Code, f, m); why != "" {
				add("takes no modifier "+m, why, from)
			}
		}
		if slices.Contains(l.Modifiers, "RT") && slices.Contains(l.Modifiers, "LT") {
			if why := notBilateral(f); why != "" {
				add("takes no modifiers RT and LT", why, "pfs:"+string(l.Code))
			} else {
				add("has RT and LT on one line", "a line names one side; report both with 50 where the procedure takes it, or each side on a line of its own", bilateralClaims)
			}
		}
	}
	return out
}

// unfit says why a procedure cannot take a modifier, and by which rule; "" when nothing is known against it.
func (b *Book) unfit(s Setting, c Code, f *Facts, m string) (why, from string) {
	pfs := "pfs:" + string(c)
	switch {
	case s == Outpatient && slices.Contains(physicianOnly, m):
		return "the modifier belongs to practitioners' claims, not to a hospital's; leave it out", hospitalClaims
	case s == Practitioner && slices.Contains(hospitalOnly, m):
		return "the modifier belongs to facility claims; a practitioner tells a procedure that was broken off with 53 or 52", hospitalClaims
	case slices.Contains(anesthesiaOnly, m) && !isAnesthesia(c):
		return "the modifier tells who gave anesthesia or how ill the patient was; it goes with an anesthesia code (00100-01999)", anesthesiaRules
	case m == "50":
		return notBilateral(f), pfs
	case slices.Contains(assistants, m):
		switch {
		case f.Assistant == "1":
			return "an assistant at surgery is never paid for it (indicator 1); leave the line out", pfs
		case notApplicable(f, f.Assistant):
			return "the idea of an assistant does not apply to it (indicator 9); take the modifier off", pfs
		}
	case m == "62":
		return together(f, f.CoSurgeons, "two surgeons"), pfs
	case m == "66":
		return together(f, f.TeamSurgeons, "a surgical team"), pfs
	case m == "26" || m == "TC":
		return b.wholeService(c, f, m), pfs
	case m == "51":
		switch {
		case f.AddOn:
			return "an add-on code is paid in full beside its primary and takes no 51; take it off", pfs
		case f.Multiple == "0":
			return "it is not reduced as one of several procedures (indicator 0) and takes no 51; take it off", pfs
		}
	case slices.Contains(visitModifiers, m):
		if notEM(c, f) {
			return "the modifier goes with an E/M service, and this is none; put it on the visit's line", globalSurgery
		}
	case slices.Contains(eitherSide, m):
		if isVisit(c) {
			return "the modifier never goes with an E/M service; a visit beside a procedure takes 25", ncciPolicy
		}
	case slices.Contains(returnModifiers, m):
		if isVisit(c) {
			return "the modifier goes with a procedure; an unrelated visit in the days after surgery takes 24", globalSurgery
		}
	case slices.Contains(splitCare, m):
		if f.GlobalDays == "000" || f.GlobalDays == "XXX" {
			return "there is no care after surgery to share (global days " + f.GlobalDays + "); take the modifier off", pfs
		}
	}
	return "", ""
}

// notBilateral says why the bilateral indicator of a code rules out that it was done on both sides.
func notBilateral(f *Facts) string {
	switch {
	case f.Bilateral == "0":
		return "it is not paid as bilateral (indicator 0); look for the code of both sides, or report it once"
	case f.Bilateral == "2":
		return "its value already covers both sides (indicator 2); report it once and without a modifier for the sides"
	case notApplicable(f, f.Bilateral):
		return "the idea of two sides does not apply to it (indicator 9); take the modifier off"
	}
	return ""
}

func together(f *Facts, indicator, who string) string {
	switch {
	case indicator == "0":
		return who + " are not paid for it (indicator 0); take the modifier off"
	case notApplicable(f, indicator):
		return "the idea of " + who + " does not apply to it (indicator 9); take the modifier off"
	}
	return ""
}

// wholeService says why a service does not split into a professional and a technical component.
func (b *Book) wholeService(c Code, f *Facts, m string) string {
	if _, listed := b.Fees(c, m); listed {
		return ""
	}
	switch f.Components {
	case "0":
		return "a physician's service has no technical component (PC/TC indicator 0); take the modifier off"
	case "2":
		return "the code is the professional component already (PC/TC indicator 2); take the modifier off"
	case "3":
		return "the code is the technical component already (PC/TC indicator 3); take the modifier off"
	case "4":
		return "the code is the service as a whole (PC/TC indicator 4); use the code of the component"
	case "5":
		return "the service is incident to a physician's and does not split (PC/TC indicator 5); take the modifier off"
	case "6", "8":
		if m == "TC" {
			return "the code is an interpretation and has no technical component (PC/TC indicator " + f.Components + "); take the modifier off"
		}
	}
	return ""
}

// notApplicable reports whether an indicator says that its idea does not apply. On codes that Medicare does not pay by the schedule a 9
// only says that nobody looked.
func notApplicable(f *Facts, indicator string) bool {
	return indicator == "9" && slices.Contains(payable, f.Status)
}

// isVisit reports whether a code is a visit: 99202 to 99350, evaluation and management face to face.
func isVisit(c Code) bool { return c >= "99202" && c <= "99350" && len(c) == 5 && allDigits(string(c)) }

// isAnesthesia reports whether a code stands in the anesthesia section.
func isAnesthesia(c Code) bool {
	return c >= "00100" && c <= "01999" && len(c) == 5 && allDigits(string(c))
}

// notEM reports whether a code is surely no evaluation and management: it has the global days of a procedure, or stands in the sections of
// anesthesia, radiology or laboratory.
func notEM(c Code, f *Facts) bool {
	if len(c) != 5 || c >= "99202" && c <= "99499" {
		return false
	}
	return slices.Contains(surgical, f.GlobalDays) || isAnesthesia(c) || allDigits(string(c)) && c >= "70010" && c <= "89398"
}
