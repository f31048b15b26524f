package keyform

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Form is a case as fields. Texts are single lines but for Chart; lists hold no empty entries.
type Form struct {
	ID, Title, Setting, Bills    string
	Date, Admitted, Discharged   string // YYYY-MM-DD
	Payer, Age, AgeUnit, Sex     string
	Difficulty, CodeYear, Review string
	Areas, Ask                   []string
	Diagnoses                    []Diagnosis
	Procedures                   []Procedure
	DRG, Disposition             string
	Traps                        []Trap
	Chart                        string // the markdown below the front matter

	Kept  []string       // keys of the key that the form does not show and keeps: em, query, alternatives, allow
	Lines map[int]string // by line of the file: the field that stands there, as "dx.0.code"; read only
	Body  int            // the line of the file on which the chart begins; read only
}

// Diagnosis is a diagnosis of the key. From is its place in the file, counted from 0, "" for a new one.
type Diagnosis struct {
	From, Code, First, Weight, POA string
	Accept, After, Evidence, Cites []string // evidence: words of the note, with " [in: HEADING]" behind them where the file says where
	Why                            string
}

// Procedure is a procedure of the key.
type Procedure struct {
	From, Code, Weight, Units, Minutes           string
	Modifiers, PointsTo, Accept, Evidence, Cites []string
	Why                                          string
}

// Trap is a code that learners wrongly add.
type Trap struct {
	From, Code, Kind, Why string
	Cites                 []string
}

// Read gives the fields of a file. The error says in words why it cannot be shown as a form.
func Read(text string) (Form, error) {
	doc, body, line, err := split(text)
	if err != nil {
		return Form{}, err
	}
	root := doc.Content[0]
	f := Form{Chart: body, Body: line, Lines: map[int]string{}}
	for _, x := range f.scalars() {
		*x.at = value(find(root, x.path...))
		f.mark(root, x.path, x.path[len(x.path)-1])
	}
	f.Areas, f.Ask = list(find(root, "areas")), list(find(root, "ask"))
	f.mark(root, []string{"areas"}, "areas")
	f.mark(root, []string{"ask"}, "ask")
	for i, n := range items(find(root, "key", "diagnoses")) {
		d := Diagnosis{From: strconv.Itoa(i)}
		d.each(reader(n))
		f.Diagnoses = append(f.Diagnoses, d)
		f.markLine(n, fmt.Sprintf("dx.%d", i))
	}
	for i, n := range items(find(root, "key", "procedures")) {
		p := Procedure{From: strconv.Itoa(i)}
		p.each(reader(n))
		f.Procedures = append(f.Procedures, p)
		f.markLine(n, fmt.Sprintf("px.%d", i))
	}
	for i, n := range items(find(root, "traps")) {
		t := Trap{From: strconv.Itoa(i)}
		t.each(reader(n))
		f.Traps = append(f.Traps, t)
		f.markLine(n, fmt.Sprintf("trap.%d", i))
	}
	for _, name := range []string{"em", "query", "alternatives", "allow"} {
		if find(root, "key", name) != nil {
			f.Kept = append(f.Kept, name)
		}
	}
	return f, nil
}

// scalar is a single value of the front matter: where it stands and where the form has it. plain values are written without quotes.
type scalar struct {
	path  []string
	at    *string
	plain bool
}

func (f *Form) scalars() []scalar {
	return []scalar{
		{[]string{"id"}, &f.ID, false}, {[]string{"title"}, &f.Title, false}, {[]string{"setting"}, &f.Setting, false}, {[]string{"bills"}, &f.Bills, false},
		{[]string{"date_of_service"}, &f.Date, true}, {[]string{"admitted"}, &f.Admitted, true}, {[]string{"discharged"}, &f.Discharged, true},
		{[]string{"payer"}, &f.Payer, false}, {[]string{"patient", "age"}, &f.Age, true}, {[]string{"patient", "age_unit"}, &f.AgeUnit, false}, {[]string{"patient", "sex"}, &f.Sex, false},
		{[]string{"difficulty"}, &f.Difficulty, true}, {[]string{"code_year"}, &f.CodeYear, true}, {[]string{"reviewed"}, &f.Review, true},
		{[]string{"key", "drg"}, &f.DRG, false}, {[]string{"key", "disposition"}, &f.Disposition, false},
	}
}

// visitor is called with each field of a line: a single value or a list.
type visitor struct {
	one  func(key string, at *string, plain bool)
	many func(key string, at *[]string)
}

func (d *Diagnosis) each(v visitor) {
	v.one("code", &d.Code, false)
	v.one("first", &d.First, true)
	v.one("weight", &d.Weight, false)
	v.one("poa", &d.POA, false)
	v.many("accept", &d.Accept)
	v.many("after", &d.After)
	v.many("evidence", &d.Evidence)
	v.one("why", &d.Why, false)
	v.many("cites", &d.Cites)
}

func (p *Procedure) each(v visitor) {
	v.one("code", &p.Code, false)
	v.one("weight", &p.Weight, false)
	v.many("accept", &p.Accept)
	v.many("modifiers", &p.Modifiers)
	v.one("units", &p.Units, true)
	v.one("minutes", &p.Minutes, true)
	v.many("points_to", &p.PointsTo)
	v.many("evidence", &p.Evidence)
	v.one("why", &p.Why, false)
	v.many("cites", &p.Cites)
}

func (t *Trap) each(v visitor) {
	v.one("code", &t.Code, false)
	v.one("kind", &t.Kind, false)
	v.one("why", &t.Why, false)
	v.many("cites", &t.Cites)
}

func reader(n *yaml.Node) visitor {
	return visitor{
		one:  func(key string, at *string, _ bool) { *at = value(find(n, key)) },
		many: func(key string, at *[]string) { *at = list(find(n, key)) },
	}
}

// mark notes the lines of a key of the front matter.
func (f *Form) mark(root *yaml.Node, path []string, field string) {
	if n := find(root, path...); n != nil {
		for l := n.Line; l <= lastLine(n); l++ {
			f.note(l, field)
		}
	}
}

// markLine notes the lines of a line of the key: those of its fields, and what is left for its code.
func (f *Form) markLine(n *yaml.Node, name string) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; known[key.Value] && key.Line != n.Line {
				last := lastLine(n.Content[i+1])
				if i+2 < len(n.Content) { // a text over several lines says only where it begins
					last = max(last, n.Content[i+2].Line-1)
				}
				for l := key.Line; l <= last; l++ {
					f.note(l, name+"."+key.Value)
				}
			}
		}
	}
	for l := n.Line; l <= lastLine(n); l++ {
		f.note(l, name+".code")
	}
}

func (f *Form) note(line int, field string) {
	if f.Lines[line] == "" {
		f.Lines[line] = field
	}
}

// known are the keys of a line that the form shows.
var known = func() map[string]bool {
	out := map[string]bool{}
	v := visitor{one: func(key string, _ *string, _ bool) { out[key] = true }, many: func(key string, _ *[]string) { out[key] = true }}
	new(Diagnosis).each(v)
	new(Procedure).each(v)
	new(Trap).each(v)
	return out
}()

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, c := range n.Content {
		last = max(last, lastLine(c))
	}
	return last
}

// split takes a file apart: its front matter as a document whose lines are those of the file, and the rest, which begins at line.
func split(text string) (doc *yaml.Node, body string, line int, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return nil, "", 0, errors.New("it does not begin with a line ---")
	}
	at, head := 2, "\n"
	for {
		l, after, more := strings.Cut(rest, "\n")
		if strings.TrimRight(l, " \t") == "---" {
			body, line = after, at+1
			break
		}
		if !more {
			return nil, "", 0, errors.New("the keys do not end with a line ---")
		}
		head += l + "\n"
		rest, at = after, at+1
	}
	doc = &yaml.Node{}
	if err := yaml.Unmarshal([]byte(head), doc); err != nil {
		return nil, "", 0, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, "", 0, errors.New("there are no keys between the lines ---")
	}
	return doc, body, line, sound(doc.Content[0])
}

// sound refuses what fields cannot say: a value that stands elsewhere, and one of another shape than the form has.
func sound(root *yaml.Node) error {
	if n := odd(root); n != nil {
		return fmt.Errorf("line %d refers to another place of the file", n.Line)
	}
	shapes := []struct {
		kind yaml.Kind
		path []string
	}{
		{yaml.MappingNode, []string{"patient"}}, {yaml.MappingNode, []string{"key"}}, {yaml.SequenceNode, []string{"key", "diagnoses"}}, {yaml.SequenceNode, []string{"key", "procedures"}},
		{yaml.SequenceNode, []string{"traps"}}, {yaml.SequenceNode, []string{"areas"}}, {yaml.SequenceNode, []string{"ask"}},
	}
	for _, s := range shapes {
		n := find(root, s.path...)
		if n == nil || empty(n) {
			continue
		}
		if n.Kind != s.kind {
			return fmt.Errorf("line %d: %s has another form than expected", n.Line, strings.Join(s.path, "."))
		}
	}
	var f Form
	for _, x := range f.scalars() {
		if n := find(root, x.path...); n != nil && n.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: %s should be a single value", n.Line, strings.Join(x.path, "."))
		}
	}
	for _, path := range [][]string{{"key", "diagnoses"}, {"key", "procedures"}, {"traps"}} {
		for _, n := range items(find(root, path...)) {
			if n.Kind != yaml.MappingNode {
				return fmt.Errorf("line %d: %s has a line without keys", n.Line, strings.Join(path, "."))
			}
			if err := soundLine(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func soundLine(n *yaml.Node) error {
	var wrong error
	v := visitor{
		one: func(key string, _ *string, _ bool) {
			if c := find(n, key); c != nil && c.Kind != yaml.ScalarNode {
				wrong = fmt.Errorf("line %d: %s should be a single value", c.Line, key)
			}
		},
		many: func(key string, _ *[]string) {
			c := find(n, key)
			if c == nil || empty(c) {
				return
			}
			if c.Kind != yaml.SequenceNode {
				wrong = fmt.Errorf("line %d: %s should be a list in [ ]", c.Line, key)
				return
			}
			for _, e := range c.Content {
				if e.Kind != yaml.ScalarNode && !(key == "evidence" && e.Kind == yaml.MappingNode) {
					wrong = fmt.Errorf("line %d: %s holds more than words", e.Line, key)
				}
			}
		},
	}
	new(Diagnosis).each(v)
	if wrong == nil {
		new(Procedure).each(v)
	}
	return wrong
}

// odd finds a value that stands elsewhere, among what the form shows. What it does not show may have some.
func odd(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Tag == "!!merge" {
		return n
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && hidden[n.Content[i-1].Value] {
			continue
		}
		if o := odd(c); o != nil {
			return o
		}
	}
	return nil
}

// hidden are the keys that the form keeps and does not show.
var hidden = map[string]bool{"em": true, "query": true, "alternatives": true, "allow": true, "near_miss": true, "modifiers_any": true, "modifiers_optional": true}
