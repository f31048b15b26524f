package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// setNames are the code sets that a reference can name, with their names as coders write them. The names stand in the chips, so that
// a set is never told by colour alone.
var setNames = map[string]string{
	"icd10cm":  "ICD-10-CM",
	"icd10pcs": "ICD-10-PCS",
	"cpt":      "CPT",
	"hcpcs":    "HCPCS Level II",
}

// reference is [[set:code]] or [[term:name]].
type reference struct {
	ast.BaseInline
	kind  string // before the colon, "" when there is none
	value string // after it, white space folded
	// Filled in before rendering.
	title, slug string
	known       bool
}

var kindReference = ast.NewNodeKind("CrosswalkReference")

func (n *reference) Kind() ast.NodeKind { return kindReference }

func (n *reference) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"kind": n.kind, "value": n.value}, nil)
}

// label is the visible text of a reference in a table of contents.
func (n *reference) label() string {
	if name, ok := setNames[n.kind]; ok {
		return name + " " + n.value
	}
	return n.value
}

type referenceParser struct{}

func (referenceParser) Trigger() []byte { return []byte{'['} }

// Parse reads a reference. One line break inside is allowed, since authors wrap their lines.
func (referenceParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 2 || line[1] != '[' {
		return nil
	}
	block.Advance(2)
	line, _ = block.PeekLine()
	body, ok := cutClose(line)
	if !ok {
		if len(line) == 0 || line[len(line)-1] != '\n' {
			return nil
		}
		body = append(bytes.TrimRight(bytes.Clone(line), "\r\n"), ' ')
		block.AdvanceLine()
		line, _ = block.PeekLine()
		rest, ok := cutClose(line)
		if !ok {
			return nil
		}
		body = append(body, rest...)
		block.Advance(len(rest) + 2)
	} else {
		block.Advance(len(body) + 2)
	}
	// [[text]](address) and [[text]][label] are links around a bracketed text.
	if next := block.Peek(); next == '(' || next == '[' {
		return nil
	}
	if bytes.IndexByte(body, '[') >= 0 || len(bytes.TrimSpace(body)) == 0 || body[0] == '^' {
		return nil
	}
	kind, value, found := strings.Cut(string(body), ":")
	if !found {
		kind, value = "", string(body)
	}
	n := &reference{kind: strings.TrimSpace(kind), value: strings.Join(strings.Fields(value), " ")}
	if _, ok := setNames[n.kind]; ok {
		n.value = strings.ToUpper(n.value)
		if n.kind == "icd10cm" && len(n.value) > 3 && !strings.Contains(n.value, ".") {
			n.value = n.value[:3] + "." + n.value[3:]
		}
	}
	return n
}

// cutClose returns what stands before "]]".
func cutClose(line []byte) ([]byte, bool) {
	i := bytes.Index(line, []byte("]]"))
	if i < 0 {
		return nil, false
	}
	return line[:i], true
}
