package interchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// Limits of a piece of XML.
const (
	maxItem  = 2000 // elements of an item of QTI, whose parts are looked up in each other
	maxDepth = 100
	maxNodes = 2_000_000
)

// node is an element, or text where name is "". Names are without prefix; those of QTI 3.0 are brought into the form of 2.x.
type node struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*node
	line  int
}

// parseXML reads a document into a tree. Entities beyond the five of XML and those of HTML are refused where they are declared, so that nothing can grow
// or be fetched; so is what is nested too deeply.
func parseXML(src []byte) (*node, error) {
	src = fromUTF16(src)
	d := xml.NewDecoder(bytes.NewReader(src))
	d.Strict = true
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset
	root := &node{}
	stack := []*node{root}
	for count := 0; ; count++ {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := d.InputPos()
		if err != nil {
			return nil, fmt.Errorf("the XML cannot be read: %w", err)
		}
		if count > maxNodes {
			return nil, refused("the XML has more than %d parts", maxNodes)
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.Directive:
			if up := bytes.ToUpper(t); bytes.Contains(up, []byte("ENTITY")) || bytes.ContainsRune(up, '[') {
				return nil, refused("line %d of the XML declares entities or the like of its own, which are not read: take the declaration out", line)
			}
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, refused("line %d: the XML is nested more than %d deep", line, maxDepth)
			}
			n := &node{name: plainName(t.Name.Local), attrs: map[string]string{}, line: line}
			for _, a := range t.Attr {
				n.attrs[plainName(a.Name.Local)] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.kids = append(top.kids, &node{text: string(t), line: line})
		}
	}
	for _, k := range root.kids {
		if k.name != "" {
			return k, nil
		}
	}
	return nil, errors.New("the XML has no element")
}

// plainName makes choiceInteraction of qti-choice-interaction and responseIdentifier of response-identifier. Data attributes stay.
func plainName(s string) string {
	if strings.HasPrefix(s, "data-") || strings.HasPrefix(s, "aria-") {
		return s
	}
	s = strings.TrimPrefix(s, "qti-")
	first, rest, ok := strings.Cut(s, "-")
	if !ok {
		return s
	}
	var b strings.Builder
	b.WriteString(first)
	for part := range strings.SplitSeq(rest, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// charset reads the encodings that files of old systems have.
func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16": // UTF-16 is UTF-8 by now
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("the encoding %s: save the file as UTF-8", clip(label, 40))
}

// fromUTF16 brings a text with the byte order mark of UTF-16 into UTF-8, and takes that of UTF-8 away.
func fromUTF16(b []byte) []byte {
	var high, low int
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		high, low = 1, 0
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		high, low = 0, 1
	default:
		return bytes.TrimPrefix(b, []byte("\uFEFF"))
	}
	var units []uint16
	for i := 2; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i+high])<<8|uint16(b[i+low]))
	}
	return []byte(string(utf16.Decode(units)))
}

// child is the first element of a name among the children, or an empty one.
func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return &node{}
}

// children are all elements of a name among the children.
func (n *node) children(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
	}
	return out
}

// find are all elements of a name at any depth, in order.
func (n *node) find(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == name {
			out = append(out, k)
		}
		out = append(out, k.find(name)...)
	}
	return out
}

// first is the first of find, or an empty element.
func (n *node) first(name string) *node {
	if all := n.find(name); len(all) > 0 {
		return all[0]
	}
	return &node{}
}

// words are the text of an element and all in it, trimmed.
func (n *node) words() string {
	var b strings.Builder
	n.writeText(&b)
	return strings.TrimSpace(b.String())
}

// raw is words untrimmed: text that is HTML in itself.
func (n *node) raw() string {
	var b strings.Builder
	n.writeText(&b)
	return b.String()
}

func (n *node) writeText(b *strings.Builder) {
	b.WriteString(n.text)
	for _, k := range n.kids {
		k.writeText(b)
	}
}

// markup writes what is in an element as HTML. replace gives other HTML for an element; ok false leaves it as it is.
func (n *node) markup(replace func(*node) (string, bool)) string {
	var b strings.Builder
	for _, k := range n.kids {
		k.writeMarkup(&b, replace)
	}
	return b.String()
}

func (n *node) writeMarkup(b *strings.Builder, replace func(*node) (string, bool)) {
	if n.name == "" {
		b.WriteString(html.EscapeString(n.text))
		return
	}
	if replace != nil {
		if s, ok := replace(n); ok {
			b.WriteString(s)
			return
		}
	}
	if n.name == "br" || n.name == "hr" {
		b.WriteString("<" + n.name + ">")
		return
	}
	b.WriteString("<" + n.name)
	for _, key := range []string{"alt", "href", "class"} {
		if v := n.attrs[key]; v != "" {
			b.WriteString(" " + key + `="` + html.EscapeString(v) + `"`)
		}
	}
	b.WriteString(">")
	if n.name == "img" {
		return
	}
	for _, k := range n.kids {
		k.writeMarkup(b, replace)
	}
	b.WriteString("</" + n.name + ">")
}

// tooLarge reports whether an item has more elements than it may.
func (n *node) tooLarge() bool { return n.elements(maxItem) > maxItem }

// elements counts the elements within one, up to a little more than a limit.
func (n *node) elements(limit int) int {
	count := 0
	for _, k := range n.kids {
		if count > limit {
			break
		}
		if k.name != "" {
			count += 1 + k.elements(limit-count)
		}
	}
	return count
}
