package grading

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"
)

// section is a file of a txtar archive.
type section struct{ name, data string }

// readTxtar reads a txtar archive: a comment, then files that each begin with a line "-- name --".
func readTxtar(b []byte) (comment string, files []section) {
	for line := range strings.Lines(string(b)) {
		t := strings.TrimSpace(line)
		name, ok := strings.CutPrefix(t, "-- ")
		if name, closed := strings.CutSuffix(name, " --"); ok && closed {
			files = append(files, section{name: name})
			continue
		}
		if len(files) == 0 {
			comment += line
		} else {
			files[len(files)-1].data += line
		}
	}
	return comment, files
}

func writeTxtar(comment string, files []section) []byte {
	var b bytes.Buffer
	b.WriteString(comment)
	for _, f := range files {
		fmt.Fprintf(&b, "-- %s --\n%s", f.name, f.data)
	}
	return b.Bytes()
}

// TestGolden grades the cases of testdata. Each has a comment that says why it is there, a key, an answer and the result in a readable
// form; "-update" writes the results, and the difference is read before it is committed.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 150 {
		t.Fatalf("%d cases in testdata (%v), want at least 150", len(paths), err)
	}
	book := readFakeBook(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			comment, files := readTxtar(raw)
			if strings.TrimSpace(comment) == "" {
				t.Errorf("%s: the comment that says why the case exists is missing", path)
			}
			got, want := "", ""
			var rest []section
			c := golden{book: book, summary: summary}
			if strings.HasPrefix(filepath.Base(path), "rule-") {
				c.summary = ruleSummary
			}
			for _, f := range files {
				switch f.name {
				case "key.json":
					c.key = readKey(t, f.data)
				case "answer.json":
					c.answer = []byte(f.data)
				case "policy.json":
					p, err := ParsePolicy([]byte(f.data))
					if err != nil {
						t.Fatalf("%s: %v", path, err)
					}
					c.policy = &p
				case "options":
					c.options(t, f.data)
				case "result":
					want = f.data
					continue
				default:
					t.Fatalf("%s: unknown file %q", path, f.name)
				}
				rest = append(rest, f)
			}
			got = c.run()
			if testkit.Update() {
				if err := os.WriteFile(path, writeTxtar(comment, append(rest, section{"result", got})), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("%s:\n got:\n%s\nwant:\n%s", path, got, want)
			}
		})
	}
}

type golden struct {
	book    Book
	summary func(Result) string
	key     Key
	answer  []byte
	scheme  Scheme
	money   bool
	policy  *Policy
	respond bool // the key's own model answer is graded
}

// options are words on a line each: "scheme NAME", "starter" for a book that may lack codes, "no-book", "model" for the key's own answer.
func (c *golden) options(t *testing.T, s string) {
	for line := range strings.Lines(s) {
		word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "scheme":
			var err error
			if c.scheme, err = ParseScheme(arg); err != nil {
				t.Fatal(err)
			}
		case "starter":
			b := *c.book.(*fakeBook)
			b.partial = true
			c.book = &b
		case "money": // prices as testdata/fees.txt has them are loaded, and the money is printed
			c.book, c.money = c.book.(*fakeBook).withFees(t), true
		case "no-book":
			c.book = nil
		case "model":
			c.respond = true
		default:
			t.Fatalf("unknown option %q", line)
		}
	}
}

func (c *golden) run() string {
	a := ModelAnswer(&c.key)
	if !c.respond {
		var err error
		if a, err = DecodeAnswer(c.answer); err != nil {
			return "refused: " + err.Error() + "\n"
		}
	}
	r, err := ParseAnswer(&c.key, a)
	if err != nil {
		var list FormatErrors
		if !errors.As(err, &list) {
			return "not a FormatErrors: " + err.Error() + "\n"
		}
		var b strings.Builder
		for _, e := range list {
			fmt.Fprintf(&b, "format error: %s %q: %s\n", e.Part, e.Input, e.Reason)
		}
		return b.String()
	}
	policy := Policy{Scheme: c.scheme}
	if c.policy != nil {
		policy = *c.policy
	}
	res := GradeUnder(&c.key, r, c.book, policy)
	if c.policy != nil {
		return summary(res) + "\n" + strings.Join(res.Formula(), "\n") + "\n"
	}
	if c.money {
		return c.summary(res) + moneySummary(res.Money)
	}
	return c.summary(res)
}

// summary is a result for people to read.
func summary(r Result) string {
	var b strings.Builder
	points := func(p Points) string { return fmt.Sprintf("%.2f", float64(p)/100) }
	figure := func(name string, f *float64) {
		if f != nil {
			fmt.Fprintf(&b, "%s %.1f %%\n", name, *f)
		}
	}
	fmt.Fprintf(&b, "learning %s of %s = %.1f %%\n", points(r.Learning.Earned), points(r.Learning.Possible), r.Learning.Percent)
	figure("audit accuracy", &r.AuditAccuracy)
	figure("POA accuracy", r.POAAccuracy)
	fmt.Fprintf(&b, "clean %v", r.Clean)
	if r.FinancialMatch != nil {
		fmt.Fprintf(&b, ", financial match %v", *r.FinancialMatch)
	}
	b.WriteString("\n")
	if r.Alternative > 0 {
		fmt.Fprintf(&b, "against alternative %d\n", r.Alternative)
	}
	if r.SchemeScore != nil {
		fmt.Fprintf(&b, "%s %s of %s = %.1f %%\n", r.Scheme, points(r.SchemeScore.Earned), points(r.SchemeScore.Possible), r.SchemeScore.Percent)
	}
	or := func(s *string) string {
		switch {
		case s == nil:
			return "-"
		case *s == "":
			return `""`
		}
		return *s
	}
	for _, p := range r.Parts {
		fmt.Fprintf(&b, "\n%s %s <- %s: %s of %s %s\n    %s\n", or(p.Line), p.Component, or(p.Entered), points(p.Earned), points(p.Possible), p.Finding, p.Why)
		if p.Component == CompEM || p.Component == CompQuery {
			for _, e := range p.Evidence {
				fmt.Fprintf(&b, "    note: %s\n", e)
			}
		}
		if p.Overlap != nil {
			for _, e := range p.Overlap.Phrases {
				fmt.Fprintf(&b, "    %d of %d words: %s\n", e.Covered, e.Words, e.Text)
			}
		}
		for _, s := range p.Reached {
			if s.OK {
				fmt.Fprintf(&b, "      ok    %s %s %s\n", s.Level, s.Code, s.Title)
			} else {
				fmt.Fprintf(&b, "      wrong %s %s %s (entered %s %s)\n", s.Level, s.Code, s.Title, s.Entered, s.EnteredTitle)
			}
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// ruleSummary is a result for the cases about rules on the answer itself: the parts in a line each, then the rules in full.
func ruleSummary(r Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "learning %.1f %%, clean %v\n", r.Learning.Percent, r.Clean)
	or := func(s *string) string {
		if s == nil {
			return "-"
		}
		return *s
	}
	for _, p := range r.Parts {
		if p.Finding == "" {
			continue
		}
		fmt.Fprintf(&b, "%s %s <- %s: %s", or(p.Line), p.Component, or(p.Entered), p.Finding)
		if p.KeyWord {
			b.WriteString(", the key's word")
		}
		b.WriteString("\n")
	}
	if len(r.Rules) == 0 {
		b.WriteString("\nno rules\n")
	}
	for _, u := range r.Rules {
		fmt.Fprintf(&b, "\n%s %s %s", u.Kind, u.Finding, strings.Join(u.Entered, " "))
		if u.Mild {
			b.WriteString(", to be looked at again")
		}
		fmt.Fprintf(&b, "\n    %s\n    Next: %s\n", u.Why, u.Next)
		if len(u.Cites) > 0 {
			fmt.Fprintf(&b, "    See %s\n", strings.Join(u.Cites, ", "))
		}
		for _, e := range u.Evidence {
			fmt.Fprintf(&b, "    The note: %s\n", e)
		}
	}
	return b.String()
}

// jsonKey is a key in the form of the cases here: the names of the case format, in JSON.
type jsonKey struct {
	Setting, Bills, Date, Payer string
	Patient                     *codebook.Patient
	Ask                         []string
	jsonLines
	Alternatives []jsonLines
	Allow        []struct{ Pair [2]string }
	Traps        []struct {
		Code, Kind, Why string
		Cites           []string
	}
}

type jsonLines struct {
	Diagnoses []struct {
		Code          string
		First         any // true or "either"
		Weight        string
		POA           string
		Accept, After []string
		NearMiss      map[string]int `json:"near_miss"`
		Evidence      []string
		Why           string
		Cites         []string
	}
	Procedures []struct {
		Code              string
		Optional          bool
		Accept            []string
		NearMiss          map[string]int `json:"near_miss"`
		Modifiers         []string
		ModifiersAny      [][]string `json:"modifiers_any"`
		ModifiersOptional []string   `json:"modifiers_optional"`
		Units, Minutes    int
		PointsTo          []string `json:"points_to"`
		Evidence          []string
		Why               string
		Cites             []string
	}
	DRG, Disposition string
	EM               *struct {
		Problems, Data, Risk, Why, Criteria string
		Minutes                             int
		Evidence                            []string
		Columns                             map[string]struct {
			Evidence []string
			Why      string
		}
	}
	Query *struct {
		Ask        *bool
		Reason     string
		Reasons    []string
		Indicators []string
		Why        string
		Options    []struct {
			Text, Why   string
			OK, Leading bool
		}
	}
}

func readKey(t *testing.T, s string) Key {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	var j jsonKey
	if err := d.Decode(&j); err != nil {
		t.Fatalf("key.json: %v", err)
	}
	k := j.jsonLines.key(t)
	k.Setting, k.Bills, k.Payer, k.Patient = j.Setting, Bills(j.Bills), j.Payer, j.Patient
	if k.Bills == "" {
		k.Bills = Professional
	}
	if j.Date == "" {
		j.Date = "2025-11-14"
	}
	var err error
	if k.Date, err = codebook.ParseDate(j.Date); err != nil {
		t.Fatal(err)
	}
	ask := map[string]*bool{"diagnoses": &k.Ask.Diagnoses, "procedures": &k.Ask.Procedures, "pointers": &k.Ask.Pointers, "poa": &k.Ask.POA, "drg": &k.Ask.DRG,
		"disposition": &k.Ask.Disposition, "em": &k.Ask.EM, "evidence": &k.Ask.Evidence, "query": &k.Ask.Query}
	for _, a := range j.Ask {
		if ask[a] == nil {
			t.Fatalf("key.json: unknown ask %q", a)
		}
		*ask[a] = true
	}
	for _, a := range j.Alternatives {
		k.Alternatives = append(k.Alternatives, a.key(t))
	}
	for _, a := range j.Allow {
		k.Allow = append(k.Allow, Allow{Pair: [2]codebook.Code{anyCode(t, a.Pair[0]).Code, anyCode(t, a.Pair[1]).Code}})
	}
	for _, x := range j.Traps {
		k.Traps = append(k.Traps, Trap{Code: anyCode(t, x.Code).Code, Kind: TrapKind(x.Kind), Why: x.Why, Cites: x.Cites})
	}
	return k
}

func (j jsonLines) key(t *testing.T) Key {
	k := Key{DRG: j.DRG, Disposition: j.Disposition}
	for _, d := range j.Diagnoses {
		line := Diagnosis{Code: anyCode(t, d.Code).Code, Weight: Weight(d.Weight), POA: d.POA, Accept: codes(t, d.Accept), After: codes(t, d.After),
			NearMiss: percents(t, d.NearMiss), Evidence: evidence(d.Evidence), Why: d.Why, Cites: d.Cites}
		if line.Weight == "" {
			line.Weight = Required
		}
		switch d.First {
		case true:
			line.First = IsFirst
		case "either":
			line.First = EitherFirst
		}
		k.Diagnoses = append(k.Diagnoses, line)
	}
	for _, p := range j.Procedures {
		ref := anyCode(t, p.Code)
		k.Procedures = append(k.Procedures, Procedure{System: ref.System, Code: ref.Code, Optional: p.Optional, Accept: codes(t, p.Accept), NearMiss: percents(t, p.NearMiss),
			Modifiers: p.Modifiers, ModifiersAny: p.ModifiersAny, ModifiersOptional: p.ModifiersOptional, Units: max(p.Units, 1), Minutes: p.Minutes,
			PointsTo: codes(t, p.PointsTo), Evidence: evidence(p.Evidence), Why: p.Why, Cites: p.Cites})
	}
	if e := j.EM; e != nil {
		k.EM = &EM{Problems: e.Problems, Data: e.Data, Risk: e.Risk, Minutes: e.Minutes, Why: e.Why, Criteria: e.Criteria, Evidence: evidence(e.Evidence)}
		for name, c := range e.Columns {
			if k.EM.Columns == nil {
				k.EM.Columns = map[string]EMColumn{}
			}
			k.EM.Columns[name] = EMColumn{Evidence: evidence(c.Evidence), Why: c.Why}
		}
	}
	if q := j.Query; q != nil && q.Ask != nil && !*q.Ask {
		k.NoQuery = &NoQuery{Why: q.Why, Evidence: evidence(q.Indicators)}
	} else if q != nil {
		k.Query = &Query{Reason: q.Reason, Reasons: q.Reasons, Indicators: q.Indicators, Why: q.Why}
		for _, o := range q.Options {
			k.Query.Options = append(k.Query.Options, QueryOption{Text: o.Text, OK: o.OK, Leading: o.Leading, Why: o.Why})
		}
	}
	return k
}

// anyCode reads a code of any set by its form; a dot or a length other than 5 and 7 makes it a diagnosis.
func anyCode(t *testing.T, s string) codebook.Ref {
	t.Helper()
	if !strings.Contains(s, ".") {
		if sys, c, err := codebook.ProcedureSystem(s); err == nil {
			return codebook.Ref{System: sys, Code: c}
		}
	}
	c, err := codebook.ParseCode(codebook.ICD10CM, s)
	if err != nil {
		t.Fatal(err)
	}
	return codebook.Ref{System: codebook.ICD10CM, Code: c}
}

func codes(t *testing.T, in []string) []codebook.Code {
	var out []codebook.Code
	for _, s := range in {
		out = append(out, anyCode(t, s).Code)
	}
	return out
}

func percents(t *testing.T, in map[string]int) map[codebook.Code]int {
	out := map[codebook.Code]int{}
	for s, n := range in {
		out[anyCode(t, s).Code] = n
	}
	return out
}

func evidence(in []string) []Evidence {
	var out []Evidence
	for _, s := range in {
		out = append(out, Evidence{Text: s})
	}
	return out
}
