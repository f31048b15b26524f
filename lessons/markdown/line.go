package markdown

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// Line is a text value of a YAML file that knows its line, for problems that come to light after decoding. Numbers and dates are taken as they are
// written, so that a code such as 25605 needs no quotes.
type Line struct {
	Text string
	At   int // line of the file
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *Line) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return n.Decode(&l.Text) // gives yaml's own error with the line
	}
	if n.Tag != "!!null" {
		l.Text = strings.TrimSpace(n.Value)
	}
	l.At = n.Line
	return nil
}
