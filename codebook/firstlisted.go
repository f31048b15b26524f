package codebook

// placeRule keeps codes from the first place among the diagnoses, or from every other one.
type placeRule struct {
	codes CodeRange
	note  string    // why, and what to do
	from  string    // the rule
	with  CodeRange // only where such a code is reported too; zero for always
}

func upTo(first, last Code) CodeRange { return CodeRange{First: first, Last: last} }
func below(c Code) CodeRange          { return CodeRange{First: c, Last: c} }

// neverFirst are codes that the Official Guidelines, or a note of the Tabular List, keep from being the principal or first-listed
// diagnosis. What the text calls unusual or leaves to the circumstances is not here. Manifestations (I.A.13) are a fact of the code.
var neverFirst = []placeRule{
	{codes: upTo("V00", "Y99"), from: "I.C.20.a.6", note: "an external cause only adds to the injury or condition that it brought about; report that first"},
	{codes: below("R652"), from: "I.C.1.d.3", note: "severe sepsis follows the systemic infection that causes it; report the infection first"},
	{codes: below("T8112"), from: "I.C.1.d.2", note: "septic shock follows the infection; report the infection first"},
	{codes: upTo("B95", "B97"), from: "I.C.1.b", note: "an organism follows the infection that it explains; report the infection first"},
	{codes: below("Z16"), from: "I.C.21.c.3", note: "resistance to drugs follows the infection; report the infection first"},
	{codes: CodeRange{First: "T36", Last: "T50", At: "56", Chars: "5"}, from: "I.C.19.e.5.a", note: "an adverse effect is told by what the drug did; report that condition first"},
	{codes: CodeRange{First: "T36", Last: "T50", At: "56", Chars: "6"}, from: "I.C.19.e.5.c", note: "underdosing follows the condition that the drug was for; report that condition first"},
	{codes: CodeRange{First: "S00", Last: "T88", At: "7", Chars: "S"}, from: "I.C.19.a", note: "the injury that left a sequela follows what remained of it; report that condition first"},
	{codes: upTo("B90", "B94"), from: "I.B.10", note: "what remained of the infection comes first, its sequela code second"},
	{codes: below("E64"), from: "I.B.10", note: "what remained of the deficiency comes first, its sequela code second"},
	{codes: below("E68"), from: "I.B.10", note: "what remained of the hyperalimentation comes first, its sequela code second"},
	{codes: below("G09"), from: "I.B.10", note: "what remained of the inflammation comes first, its sequela code second"},
	{codes: below("O94"), from: "I.C.15.p.3", note: "what remained of the complication comes first, O94 second"},
	{codes: upTo("R4021", "R4024"), from: "I.B.14", note: "a coma scale follows the diagnosis that it measures"},
	{codes: below("R297"), from: "I.B.14", note: "a stroke scale follows the stroke that it measures"},
	{codes: below("Z68"), from: "I.B.14", note: "a body mass index follows the diagnosis that it belongs to, such as obesity"},
	{codes: below("Z283"), from: "I.B.14", note: "underimmunization is told beside the reason for the visit, which comes first"},
	{codes: upTo("Z55", "Z65"), from: "I.B.14", note: "social determinants of health are told beside the condition that they influence, which comes first"},
	{codes: below("Z331"), from: "I.C.21.c.3", note: "a pregnancy that is incidental follows the reason for the visit"},
	{codes: below("Z9282"), from: "I.C.21.c.3", note: "the condition that tPA was given for comes first"},
	{codes: below("Z37"), from: "I.C.21.c.11", note: "the outcome follows the code of the delivery"},
	{codes: below("Z3A"), from: "tabular:Z3A", note: "weeks of gestation follow the obstetric condition or the delivery"},
	{codes: upTo("T31", "T32"), with: upTo("T20", "T25"), from: "I.C.19.d.6", note: "the extent of a burn or corrosion follows the code of its site"},
}

// onlyFirst are codes that stand nowhere but first (I.C.21.c.15: except when the records of several encounters on one day are combined,
// which a claim shows by another of these codes in the first place).
var onlyFirst = []placeRule{
	{codes: upTo("Z000", "Z005"), from: onlyFirstList},
	{codes: upTo("Z007", "Z008"), from: onlyFirstList},
	{codes: upTo("Z01", "Z02"), from: onlyFirstList},
	{codes: below("Z04"), from: onlyFirstList},
	{codes: below("Z3181"), from: onlyFirstList},
	{codes: upTo("Z3183", "Z3184"), from: onlyFirstList},
	{codes: below("Z332"), from: onlyFirstList},
	{codes: below("Z34"), from: onlyFirstList},
	{codes: upTo("Z38", "Z39"), from: onlyFirstList},
	{codes: below("Z40"), from: onlyFirstList},
	{codes: below("Z42"), from: onlyFirstList},
	{codes: upTo("Z510", "Z511"), from: onlyFirstList},
	{codes: upTo("Z520", "Z528"), from: onlyFirstList},
	{codes: upTo("Z761", "Z762"), from: onlyFirstList},
	{codes: below("Z9912"), from: onlyFirstList},
	{codes: below("O80"), from: "I.C.15.n.1"},
}

const onlyFirstList = "I.C.21.c.15"

func ruleOf(rules []placeRule, c Code, all []Code) *placeRule {
	for i := range rules {
		n := &rules[i]
		if c[0] < n.codes.First[0] || c[0] > n.codes.Last[0] || !n.codes.Contains(c) {
			continue
		}
		if n.with.First != "" && !containsAny(n.with, all) {
			continue
		}
		return n
	}
	return nil
}

func containsAny(r CodeRange, codes []Code) bool {
	for _, c := range codes {
		if r.Contains(c) {
			return true
		}
	}
	return false
}

// places are the objections to where diagnoses stand: what cannot be the principal or first-listed one, and what cannot be any other.
func (r *release) places(dx []Code) []Conflict {
	if len(dx) == 0 || dx[0] == "" {
		return nil
	}
	first := dx[0]
	var out []Conflict
	add := func(c Code, mild bool, note, from string) {
		out = append(out, Conflict{Kind: KindPrincipal, Codes: []Ref{{ICD10CM, c}}, Note: note, From: from, Mild: mild})
	}
	if n := ruleOf(neverFirst, first, dx); n != nil {
		add(first, false, first.Dotted(ICD10CM)+" cannot stand first: "+n.note, n.from)
	} else if at := r.nearest(first); at >= 0 && r.facts[r.rows[at].facts].Manifestation {
		note := first.Dotted(ICD10CM) + " cannot stand first: a manifestation follows its etiology"
		ranges, _ := r.etiologies(at)
		if e := firstIn(ranges, dx[1:]); e != "" {
			note += "; put " + e.Dotted(ICD10CM) + " before it"
		} else {
			note += "; report that first" + suchAs(ranges)
		}
		add(first, false, note, "I.A.13")
	} else if o := obstetric(dx[1:]); o != "" && !obstetricOrStatus(first) {
		add(o, false, o.Dotted(ICD10CM)+" stands behind "+first.Dotted(ICD10CM)+": codes of chapter 15 go before all other chapters; put it first", "I.C.15.a.1")
	}
	if ruleOf(onlyFirst, first, dx) != nil {
		return out
	}
	for _, c := range dx[1:] {
		if c == "" || c[0] != 'Z' && c[0] != 'O' {
			continue
		}
		if n := ruleOf(onlyFirst, c, dx); n != nil {
			note := c.Dotted(ICD10CM) + " may only stand first: put it there, or leave it out"
			if n.from == onlyFirstList {
				note += " unless the records of several encounters of the day are combined"
			}
			add(c, n.from == onlyFirstList, note, n.from)
		}
	}
	return out
}

// obstetric is the first code of chapter 15 that has to stand before other chapters; O94 follows what remained (I.C.15.p.3), and O80 has
// a rule of its own.
func obstetric(dx []Code) Code {
	for _, c := range dx {
		if c != "" && c[0] == 'O' && !below("O94").Contains(c) && !below("O80").Contains(c) {
			return c
		}
	}
	return ""
}

// obstetricOrStatus reports whether a code may stand before those of chapter 15: one of them, or a reason for the encounter of chapter 21.
func obstetricOrStatus(c Code) bool { return c[0] == 'O' || c[0] == 'Z' }

func firstIn(ranges []CodeRange, codes []Code) Code {
	for _, c := range codes {
		if anyContains(ranges, c) {
			return c
		}
	}
	return ""
}
