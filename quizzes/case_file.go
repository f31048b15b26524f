package quizzes

import (
	"gopkg.in/yaml.v3"

	"crosswalk/lessons/markdown"
)

// caseFile is the front matter of a case as written. Texts keep their lines, so that problems found later, against the codebook or the
// chart, still name the line.
type caseFile struct {
	ID         markdown.Line   `yaml:"id"`
	Title      markdown.Line   `yaml:"title"`
	Setting    markdown.Line   `yaml:"setting"`
	Bills      markdown.Line   `yaml:"bills"`
	Areas      []markdown.Line `yaml:"areas"`
	Date       markdown.Line   `yaml:"date_of_service"`
	Admitted   markdown.Line   `yaml:"admitted"`
	Discharged markdown.Line   `yaml:"discharged"`
	Payer      markdown.Line   `yaml:"payer"`
	Patient    patientFile     `yaml:"patient"`
	Difficulty int             `yaml:"difficulty"`
	Ask        []markdown.Line `yaml:"ask"`
	Key        keyFile         `yaml:"key"`
	Traps      []trapFile      `yaml:"traps"`
	CodeYear   markdown.Line   `yaml:"code_year"`
	Reviewed   markdown.Line   `yaml:"reviewed"`
}

type patientFile struct {
	Age     *int          `yaml:"age"`
	AgeUnit markdown.Line `yaml:"age_unit"`
	Sex     markdown.Line `yaml:"sex"`
}

// keyFile is a key, or an alternative to one.
type keyFile struct {
	Diagnoses    []diagnosisFile `yaml:"diagnoses"`
	Procedures   []procedureFile `yaml:"procedures"`
	DRG          markdown.Line   `yaml:"drg"`
	Disposition  markdown.Line   `yaml:"disposition"`
	EM           *emFile         `yaml:"em"`
	Query        *queryFile      `yaml:"query"`
	Alternatives []keyFile       `yaml:"alternatives"`
	Allow        []allowFile     `yaml:"allow"`
}

type diagnosisFile struct {
	Code     markdown.Line   `yaml:"code"`
	First    markdown.Line   `yaml:"first"`
	Weight   markdown.Line   `yaml:"weight"`
	POA      markdown.Line   `yaml:"poa"`
	Accept   []markdown.Line `yaml:"accept"`
	NearMiss nearMisses      `yaml:"near_miss"`
	After    []markdown.Line `yaml:"after"`
	Evidence []evidenceFile  `yaml:"evidence"`
	Why      markdown.Line   `yaml:"why"`
	Cites    []markdown.Line `yaml:"cites"`
}

type procedureFile struct {
	Code              markdown.Line     `yaml:"code"`
	Weight            markdown.Line     `yaml:"weight"`
	Accept            []markdown.Line   `yaml:"accept"`
	NearMiss          nearMisses        `yaml:"near_miss"`
	Modifiers         []markdown.Line   `yaml:"modifiers"`
	ModifiersAny      [][]markdown.Line `yaml:"modifiers_any"`
	ModifiersOptional []markdown.Line   `yaml:"modifiers_optional"`
	Units             *int              `yaml:"units"`
	Minutes           *int              `yaml:"minutes"`
	PointsTo          []markdown.Line   `yaml:"points_to"`
	Evidence          []evidenceFile    `yaml:"evidence"`
	Why               markdown.Line     `yaml:"why"`
	Cites             []markdown.Line   `yaml:"cites"`
}

type emFile struct {
	Problems emColumnFile    `yaml:"problems"`
	Data     emColumnFile    `yaml:"data"`
	Risk     emColumnFile    `yaml:"risk"`
	Minutes  int             `yaml:"minutes"`
	Criteria markdown.Line   `yaml:"criteria"` // a facility's own rule, in place of the grid
	Evidence []evidenceFile  `yaml:"evidence"`
	Why      markdown.Line   `yaml:"why"`
	Cites    []markdown.Line `yaml:"cites"`
	line     int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (e *emFile) UnmarshalYAML(n *yaml.Node) error {
	type plain emFile // without this method
	err := n.Decode((*plain)(e))
	e.line = n.Line
	return err
}

// emColumnFile is a column of the grid: its level, or {level, evidence, why}.
type emColumnFile struct {
	Level    markdown.Line  `yaml:"level"`
	Evidence []evidenceFile `yaml:"evidence"`
	Why      markdown.Line  `yaml:"why"`
	line     int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (c *emColumnFile) UnmarshalYAML(n *yaml.Node) error {
	c.line = n.Line
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&c.Level)
	}
	type plain emColumnFile // without this method
	return n.Decode((*plain)(c))
}

type queryFile struct {
	Ask        *bool           `yaml:"ask"` // false: the chart calls for no query, and the rest is only offered
	Reason     markdown.Line   `yaml:"reason"`
	Reasons    []markdown.Line `yaml:"reasons"`
	Indicators []evidenceFile  `yaml:"indicators"`
	Options    []wordingFile   `yaml:"options"`
	Why        markdown.Line   `yaml:"why"`
	Cites      []markdown.Line `yaml:"cites"`
	line       int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (q *queryFile) UnmarshalYAML(n *yaml.Node) error {
	type plain queryFile // without this method
	err := n.Decode((*plain)(q))
	q.line = n.Line
	return err
}

type wordingFile struct {
	Text    markdown.Line `yaml:"text"`
	OK      bool          `yaml:"ok"`
	Leading bool          `yaml:"leading"`
	Why     markdown.Line `yaml:"why"`
}

type allowFile struct {
	Pair  []markdown.Line `yaml:"pair"`
	Why   markdown.Line   `yaml:"why"`
	Cites []markdown.Line `yaml:"cites"`
}

type trapFile struct {
	Code  markdown.Line   `yaml:"code"`
	Kind  markdown.Line   `yaml:"kind"`
	Why   markdown.Line   `yaml:"why"`
	Cites []markdown.Line `yaml:"cites"`
}

// evidenceFile is words of the note: a text, or {text, in}.
type evidenceFile struct {
	Text markdown.Line `yaml:"text"`
	In   markdown.Line `yaml:"in"`
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (e *evidenceFile) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&e.Text)
	}
	type plain evidenceFile // without this method
	return n.Decode((*plain)(e))
}

// nearMisses are codes and their per cent, in the order of the file.
type nearMisses []nearMiss

type nearMiss struct {
	code    markdown.Line
	percent int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (m *nearMisses) UnmarshalYAML(n *yaml.Node) error {
	var values map[string]int
	if err := n.Decode(&values); err != nil {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		*m = append(*m, nearMiss{markdown.Line{Text: key.Value, At: key.Line}, values[key.Value]})
	}
	return nil
}
