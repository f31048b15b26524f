package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// fenceLabels are the blocks that authors may open, with the word that heads each.
var fenceLabels = map[string]string{
	"guideline": "Guideline",
	"note":      "Note",
	"warning":   "Warning",
	"example":   "Example",
	"check":     "Check yourself",
}

// fence is a block between ":::name argument" and ":::".
type fence struct {
	ast.BaseBlock
	name   string // "" for a closing line that closes nothing
	arg    string
	closed bool
}

var kindFence = ast.NewNodeKind("CrosswalkFence")

func (n *fence) Kind() ast.NodeKind { return kindFence }

func (n *fence) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"name": n.name, "arg": n.arg}, nil)
}

type fenceParser struct{}

func (fenceParser) Trigger() []byte { return []byte{':'} }

func (fenceParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(":::"))
	if !ok || len(rest) > 0 && rest[0] == ':' {
		return nil, parser.NoChildren
	}
	name, arg, _ := strings.Cut(strings.TrimSpace(string(rest)), " ")
	n := &fence{name: name, arg: strings.TrimSpace(arg)}
	// The line end stays, so that the parser sees an empty rest of the line and not the next line.
	reader.Advance(len(bytes.TrimRight(line, "\r\n")))
	if name == "" {
		return n, parser.NoChildren
	}
	return n, parser.HasChildren
}

func (fenceParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*fence)
	if n.name == "" {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if string(bytes.TrimSpace(line)) != ":::" {
		return parser.Continue | parser.HasChildren
	}
	// The line belongs to the innermost open block, and to none when it stands in a code block.
	open := pc.OpenedBlocks()
	for i := len(open) - 1; i >= 0; i-- {
		switch m := open[i].Node.(type) {
		case *ast.FencedCodeBlock:
			return parser.Continue | parser.HasChildren
		case *fence:
			if m != n && m.name != "" {
				return parser.Continue | parser.HasChildren
			}
		}
		if open[i].Node == node {
			break
		}
	}
	n.closed = true
	reader.Advance(len(bytes.TrimRight(line, "\r\n")))
	return parser.Close
}

func (fenceParser) Close(ast.Node, text.Reader, parser.Context) {}

func (fenceParser) CanInterruptParagraph() bool { return true }

func (fenceParser) CanAcceptIndentedLine() bool { return false }
