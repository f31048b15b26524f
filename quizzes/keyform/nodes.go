package keyform

import (
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// find goes down a path of keys; nil where it ends.
func find(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var next *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				next = n.Content[i+1]
				break
			}
		}
		n = next
	}
	return n
}

// empty reports whether a node is there and says nothing, as in "traps:".
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" || n.Kind == yaml.ScalarNode && n.Value == ""
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// value is a single value as a field shows it: on one line.
func value(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || empty(n) {
		return ""
	}
	return tidy(n.Value)
}

// tidy puts words on one line and leaves out what is no text.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) && !unicode.IsSpace(r) || r == '\uFEFF' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func tidyAll(list []string) []string {
	var out []string
	for _, s := range list {
		if s = tidy(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func list(n *yaml.Node) []string {
	var out []string
	for _, e := range items(n) {
		if s := entry(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// entry is an entry of a list as a field shows it; evidence that says where it stands has that behind the words.
func entry(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return value(n)
	}
	text, in := value(find(n, "text")), value(find(n, "in"))
	if in == "" {
		return text
	}
	return text + inMark + in + "]"
}

const inMark = " [in: "

// entryNode is entry the other way round.
func entryNode(s string, evidence bool) *yaml.Node {
	if evidence {
		if at := strings.LastIndex(s, inMark); at > 0 && strings.HasSuffix(s, "]") {
			if in := strings.TrimSpace(s[at+len(inMark) : len(s)-1]); in != "" {
				return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{word("text"), quoted(strings.TrimSpace(s[:at])), word("in"), quoted(in)}}
			}
		}
		return quoted(s)
	}
	return text(s)
}

func word(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// text is a value that is always read as text: 25605 gets quotes.
func text(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
}
