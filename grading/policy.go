package grading

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crosswalk/codebook"
)

// Policy is a way of scoring that an instructor or employer owns: the scheme whose figure counts, other weights, and what is left out of
// account. The zero Policy is the scheme Learning with the weights of docs/grading.md. Its name is kept with every grading made by it.
type Policy struct {
	Name        string      `json:"name"`
	Scheme      Scheme      `json:"scheme,omitempty"`
	Weights     *Weights    `json:"weights,omitempty"`      // nil for Standard
	Ignore      []Component `json:"ignore,omitempty"`       // components that neither earn nor cost
	IgnoreCodes []string    `json:"ignore_codes,omitempty"` // diagnoses and procedures that are optional in every chart: "Z79", "V00-Y99", "36415"
}

// Ignorable are the components that a policy may leave out of account, in the order of pages.
var Ignorable = []Component{CompPosition, CompModifiers, CompUnits, CompPointers, CompPOA, CompDRG, CompDisposition, CompEM, CompEvidence, CompQuery, CompExtra, CompOrder}

// ParsePolicy reads a policy in JSON. Weights that it leaves out are the standard ones. The error lists all that is wrong.
func ParsePolicy(data []byte) (Policy, error) {
	var p Policy
	read := func(v any) error {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(v); err != nil {
			return fmt.Errorf("the policy cannot be read: %w", err)
		}
		if _, err := d.Token(); err != io.EOF {
			return fmt.Errorf("the policy goes on behind its end: give one JSON object")
		}
		return nil
	}
	if err := read(&p); err != nil {
		return Policy{}, err
	}
	if p.Weights != nil {
		w := Standard
		p.Weights = &w
		if err := read(&p); err != nil {
			return Policy{}, err
		}
	}
	if errs := p.Check(); len(errs) > 0 {
		return Policy{}, errs
	}
	return p, nil
}

// PolicyErrors are all that is wrong with a policy, each a sentence that says what to do.
type PolicyErrors []string

func (e PolicyErrors) Error() string { return strings.Join(e, " ") }

// PolicyProblem is one thing that is wrong with a policy, and where: name, scheme, ignore, ignore_codes, or the name of a weight.
type PolicyProblem struct {
	Field  string
	Reason string // a sentence that says what to do
}

// Check says what keeps a policy from being used; nil when nothing does.
func (p Policy) Check() PolicyErrors {
	var errs PolicyErrors
	for _, x := range p.Problems() {
		errs = append(errs, x.Reason)
	}
	return errs
}

// Problems is Check with the field of each problem.
func (p Policy) Problems() []PolicyProblem {
	var out []PolicyProblem
	fail := func(field, format string, args ...any) {
		out = append(out, PolicyProblem{field, fmt.Sprintf(format, args...)})
	}
	name := strings.TrimSpace(p.Name)
	switch n := utf8.RuneCountInString(name); {
	case name == "":
		fail("name", "Give the policy a name.")
	case n > 80:
		fail("name", "The name has %d characters: use at most 80.", n)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		fail("name", "Use letters, blanks and punctuation only in the name.")
	case slices.Contains(Schemes, Scheme(strings.ToLower(name))):
		fail("name", "%q is the name of a scheme: give the policy another one.", name)
	}
	if _, err := ParseScheme(string(p.Scheme)); err != nil {
		fail("scheme", "%v.", err)
	}
	for _, c := range p.Ignore {
		if !slices.Contains(Ignorable, c) {
			fail("ignore", "%q cannot be left out of account: use %s.", c, join(Ignorable))
		}
	}
	if len(p.IgnoreCodes) > 100 {
		fail("ignore_codes", "%d codes and ranges are left out of account: use at most 100.", len(p.IgnoreCodes))
	}
	for _, s := range p.IgnoreCodes {
		if _, err := parseIgnored(s); err != nil {
			fail("ignore_codes", "%v.", err)
		}
	}
	if p.Weights != nil {
		for _, f := range p.Weights.fields() {
			if *f.at < f.least || *f.at > f.most {
				fail(f.name, "%s is %d: use %d to %d.", f.name, *f.at, f.least, f.most)
			}
		}
		if n := p.Weights.Modifiers + p.Weights.Units + p.Weights.Pointers; n > 100 {
			fail("modifiers_percent", "Modifiers, units and pointers take %d %% of a line: use at most 100.", n)
		}
	}
	return out
}

// Whole is the policy with nothing left to be understood, in one form: the scheme and all weights stated, components in the order of
// Ignorable, codes in capitals and sorted, each once. It grades as the policy does, and goes on doing so should the standard weights change.
func (p Policy) Whole() Policy {
	out := Policy{Name: strings.Join(strings.Fields(p.Name), " "), Scheme: p.Scheme}
	if sch, err := ParseScheme(string(p.Scheme)); err == nil {
		out.Scheme = sch
	}
	w := Standard
	if p.Weights != nil {
		w = *p.Weights
	}
	out.Weights = &w
	for _, c := range Ignorable {
		if slices.Contains(p.Ignore, c) {
			out.Ignore = append(out.Ignore, c)
		}
	}
	for _, s := range p.IgnoreCodes {
		out.IgnoreCodes = append(out.IgnoreCodes, strings.ToUpper(strings.Join(strings.Fields(s), "")))
	}
	slices.Sort(out.IgnoreCodes)
	out.IgnoreCodes = slices.Compact(out.IgnoreCodes)
	return out
}

func join(cs []Component) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}

// parseIgnored reads a code, the beginning of one, or a range of them.
func parseIgnored(s string) (codebook.CodeRange, error) {
	clean := func(s string) codebook.Code {
		return codebook.Code(strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), ".", ""))
	}
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	r := codebook.CodeRange{First: clean(first), Last: clean(last)}
	for _, c := range []codebook.Code{r.First, r.Last} {
		if len(c) < 2 || len(c) > 7 || strings.ContainsFunc(string(c), func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) {
			return r, fmt.Errorf("%q is no code and no range of codes: write Z79, Z79.84, V00-Y99 or 36415", s)
		}
	}
	if r.Last < r.First {
		return r, fmt.Errorf("%q ends before it begins", s)
	}
	return r, nil
}

// uncounted stands in the place of a judgement that a policy does not want.
const uncounted = "Not counted by this policy."

// ignores reports whether the policy leaves a component out of account.
func (g *grader) ignores(c Component) bool { return slices.Contains(g.policy.Ignore, c) }

// without is what is asked less what is left out of account.
func (a Ask) without(ignored []Component) Ask {
	asked := map[Component]*bool{
		CompPointers: &a.Pointers, CompPOA: &a.POA, CompDRG: &a.DRG, CompDisposition: &a.Disposition, CompEM: &a.EM, CompEvidence: &a.Evidence, CompQuery: &a.Query,
	}
	for _, c := range ignored {
		if field := asked[c]; field != nil {
			*field = false
		}
	}
	return a
}

// apply is the key as the policy asks it: what is left out of account is not asked, and codes that are make optional lines, in the key
// where they stand in it and behind it where only the answer has them.
func (p *Policy) apply(k Key, r *Response) Key {
	if len(p.Ignore) > 0 {
		k.Ask = k.Ask.without(p.Ignore)
	}
	if slices.Contains(p.Ignore, CompPosition) {
		k.Diagnoses = slices.Clone(k.Diagnoses)
		for i := range k.Diagnoses {
			k.Diagnoses[i].First = NotFirst
		}
	}
	if len(p.IgnoreCodes) == 0 {
		return k
	}
	var ranges []codebook.CodeRange
	for _, s := range p.IgnoreCodes {
		if rg, err := parseIgnored(s); err == nil {
			ranges = append(ranges, rg)
		}
	}
	ignored := func(c codebook.Code) bool {
		return slices.ContainsFunc(ranges, func(r codebook.CodeRange) bool { return r.Contains(c) })
	}
	k.Diagnoses, k.Procedures = slices.Clone(k.Diagnoses), slices.Clone(k.Procedures)
	for i := range k.Diagnoses {
		if d := &k.Diagnoses[i]; ignored(d.Code) && d.First == NotFirst {
			d.Weight = Optional
		}
	}
	for i := range k.Procedures {
		if ignored(k.Procedures[i].Code) {
			k.Procedures[i].Optional = true
		}
	}
	for _, e := range r.Diagnoses {
		if ignored(e.Code) && !slices.ContainsFunc(k.Diagnoses, func(d Diagnosis) bool { return d.fullCredit(e.Code) }) {
			k.Diagnoses = append(k.Diagnoses, Diagnosis{Code: e.Code, Weight: Optional})
		}
	}
	for _, e := range r.Procedures {
		if ignored(e.Code) && !slices.ContainsFunc(k.Procedures, func(p Procedure) bool { return p.fullCredit(e.Code) }) {
			k.Procedures = append(k.Procedures, Procedure{System: e.System, Code: e.Code, Optional: true})
		}
	}
	return k
}
