package quizzes

import (
	"fmt"
	"html/template"
	"path"
	"strconv"
	"strings"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

type bankFile struct {
	Area     markdown.Line `yaml:"area"`
	CodeYear int           `yaml:"code_year"`
	Reviewed markdown.Line `yaml:"reviewed"`
}

// parseBank reads a file of questions. Questions with errors in their structure are reported and left out.
func parseBank(src []byte, file string, r *markdown.Renderer) ([]*Question, []markdown.Problem) {
	ps := &markdown.Problems{File: file}
	var fm bankFile
	body, line, problems := markdown.FrontMatter(src, file, &fm)
	ps.Add(problems...)
	switch folder := path.Base(path.Dir(file)); {
	case fm.Area.Text == "":
		ps.Errorf(1, "missing-key", "the front matter names no area")
	case !ValidArea(fm.Area.Text):
		ps.Errorf(fm.Area.At, "unknown-area", "there is no area %q", fm.Area.Text)
	case folder != fm.Area.Text:
		ps.Warnf(fm.Area.At, "file-name", "the file lies in the folder %s and its area is %s: put it into quizzes/bank/%s", folder, fm.Area.Text, fm.Area.Text)
	}
	if fm.CodeYear == 0 {
		ps.Errorf(1, "missing-key", "the front matter has no code_year, the fiscal year of the code sets")
	}
	if t := fm.Reviewed; t.Text != "" && !isDate(t.Text) {
		ps.Errorf(t.At, "wrong-value", "reviewed must be a day, as YYYY-MM-DD; it says %q", t.Text)
	}
	before, sections, problems := markdown.Sections(body, file, line)
	ps.Add(problems...)
	if strings.TrimSpace(string(before)) != "" {
		ps.Warnf(line, "stray-text", "the text before the first question is shown nowhere; a question begins with ## ID {difficulty=... cites=\"...\"}")
	}
	if len(sections) == 0 {
		ps.Warnf(1, "empty-file", "the file has no question")
	}
	var out []*Question
	for _, s := range sections {
		p := questionParser{q: &Question{ID: s.Title, Area: fm.Area.Text, CodeYear: fm.CodeYear, Reviewed: fm.Reviewed.Text, Topic: strings.TrimSuffix(path.Base(file), ".md"), File: file, Line: s.Line}, ps: markdown.Problems{File: file}, s: s}
		shown := p.parse(r)
		ps.Add(p.ps.List...)
		ps.Add(shown...)
		if len(markdown.Errors(p.ps.List)) == 0 {
			out = append(out, p.q)
		}
	}
	return out, ps.List
}

type questionParser struct {
	q    *Question
	s    markdown.Section
	ps   markdown.Problems
	tree *markdown.Tree
	refs []markdown.Problem // of rendering; they do not make a question unusable

	answers       []answerLine
	whySrc        []string // markdown of the explanations
	lefts, rights []string // entries of an order or match as plain text
}

// answerLine is a line "= ..." of a question.
type answerLine struct {
	text string
	line int
}

// parse fills p.q. Structural problems go to p.ps; problems of the text itself (an unknown code in a chip) are returned.
func (p *questionParser) parse(r *markdown.Renderer) []markdown.Problem {
	q := p.q
	if !validID(q.ID) {
		p.ps.Errorf(q.Line, "bad-id", "%q is no id of a question: use lower-case letters, digits and hyphens, as in icd10cm-excludes-1", q.ID)
	}
	p.attributes()
	body := p.s.Body
	if q.Kind == grading.Codes || q.Kind == grading.Number || q.Kind == grading.Text {
		body = p.takeAnswerLines()
	}
	p.tree = r.Parse(body, q.File, p.s.BodyLine, markdown.IDPrefix(q.ID+"-"))
	var blocks []ast.Node
	for n := p.tree.Root.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == extast.KindFootnoteList {
			p.ps.Errorf(p.tree.Line(n.FirstChild()), "footnote", "a question has no footnotes: write the note into the text")
			continue
		}
		blocks = append(blocks, n)
	}
	answer, rationale, stem := p.layOut(blocks)
	p.checkStem(stem)
	q.Stem, q.stem = p.doc(stem...), p.text(stem)
	if len(q.Stem.Checks) > 0 {
		p.ps.Errorf(q.Line, "bad-block", "a question cannot hold another one: take out :::check")
	}
	if rationale == nil {
		p.ps.Errorf(q.Line, "no-rationale", "%s has no rationale: end it with a paragraph that begins with > and says why, citing the rule", q.ID)
	} else {
		q.Rationale = p.doc(children(rationale)...).HTML
	}
	p.key(answer)
	q.Source = string(markdown.Normalize([]byte("## " + q.ID + " {" + markdown.PrintAttrs(p.s.Attrs) + "}\n" + string(p.s.Body))))
	p.hashes(stem, rationale)
	return p.refs
}

func (p *questionParser) attributes() {
	q := p.q
	for _, a := range p.s.Attrs {
		switch a.Name {
		case "kind":
			q.Kind = grading.Kind(a.Value)
			switch q.Kind {
			case grading.Single, grading.Multiple, grading.Codes, grading.Number, grading.Text, grading.Order, grading.Match:
			default:
				p.ps.Errorf(q.Line, "wrong-value", "there is no kind %q: use codes, number, text, order or match, or leave it out for a choice", a.Value)
			}
		case "difficulty":
			n, err := strconv.Atoi(a.Value)
			if err != nil || n < 1 || n > 5 {
				p.ps.Errorf(q.Line, "wrong-value", "difficulty is 1 (easy) to 5 (hard), not %q", a.Value)
				n = 3
			}
			q.Difficulty = n
		case "cites":
			for c := range strings.SplitSeq(a.Value, ";") {
				if c = strings.TrimSpace(c); c != "" {
					q.Cites = append(q.Cites, c)
				}
			}
		case "enemies":
			q.Enemies = strings.Fields(a.Value)
		case "group":
			q.Group = a.Value
		case "ordered", "trial":
			if a.Value != "true" && a.Value != "false" {
				p.ps.Errorf(q.Line, "wrong-value", "%s is true or false, not %q", a.Name, a.Value)
			}
			if a.Name == "trial" {
				q.Trial = a.Value == "true"
			} else {
				q.Key.Ordered = a.Value == "true"
			}
		default:
			p.ps.Errorf(q.Line, "unknown-attribute", "a question has no attribute %q; it has kind, difficulty, cites, ordered, enemies, group and trial", a.Name)
		}
	}
	if q.Key.Ordered && q.Kind != grading.Codes {
		p.ps.Errorf(q.Line, "wrong-value", "ordered=true only means something with kind=codes; for a sequence of words use kind=order")
	}
	if q.Difficulty == 0 {
		p.ps.Errorf(q.Line, "missing-key", "%s has no difficulty: write {difficulty=1} to {difficulty=5}", q.ID)
	}
	if len(q.Cites) == 0 {
		p.ps.Errorf(q.Line, "no-cites", "%s cites nothing: name the rule, the table or the source, as in {cites=\"I.A.12.a\"}", q.ID)
	}
}

// takeAnswerLines collects the lines "= ..." and returns the body with empty lines in their place. They are taken out before the
// markdown is parsed, because markdown would make paragraphs, tables and even headings of them.
func (p *questionParser) takeAnswerLines() []byte {
	var out strings.Builder
	line := p.s.BodyLine
	for l := range strings.Lines(string(p.s.Body)) {
		if rest, ok := strings.CutPrefix(l, "="); ok && (strings.TrimLeft(rest, "=") == rest) {
			p.answers = append(p.answers, answerLine{strings.TrimSpace(rest), line})
			out.WriteByte('\n')
		} else {
			out.WriteString(l)
		}
		line++
	}
	if len(p.answers) == 0 {
		p.ps.Errorf(p.q.Line, "no-answer", "%s has no answer: a question of kind %s wants a line that begins with =", p.q.ID, p.q.Kind)
	}
	return []byte(out.String())
}

// layOut tells the stem, the answer and the rationale apart. The rationale is a block quote directly after the answer or directly
// before it; where the answer is in "=" lines it is the last block.
func (p *questionParser) layOut(blocks []ast.Node) (answer, rationale ast.Node, stem []ast.Node) {
	at := len(blocks)
	wants := ""
	isAnswer := func(ast.Node) bool { return false }
	switch p.q.Kind {
	case grading.Order:
		wants, isAnswer = "a numbered list in the right order", func(n ast.Node) bool { l, ok := n.(*ast.List); return ok && l.IsOrdered() }
	case grading.Match:
		wants, isAnswer = "a table of two columns", func(n ast.Node) bool { return n.Kind() == extast.KindTable }
	case grading.Codes, grading.Number, grading.Text:
	default:
		wants, isAnswer = "a list of options, - [ ] for a wrong one and - [x] for a right one", func(n ast.Node) bool { return n.Kind() == ast.KindList && checkBox(n.FirstChild()) != nil }
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		if isAnswer(blocks[i]) {
			at, answer = i, blocks[i]
			break
		}
	}
	if answer == nil && wants != "" {
		p.ps.Errorf(p.q.Line, "no-answer", "%s has no answer: it wants %s", p.q.ID, wants)
		if n := len(blocks); n > 0 && blocks[n-1].Kind() == ast.KindBlockquote {
			return nil, blocks[n-1], blocks[:n-1]
		}
		return nil, nil, blocks
	}
	stem = blocks[:at]
	after := []ast.Node(nil)
	if at < len(blocks) {
		after = blocks[at+1:]
	}
	switch {
	case len(after) > 0 && after[0].Kind() == ast.KindBlockquote:
		rationale, after = after[0], after[1:]
	case len(stem) > 0 && stem[len(stem)-1].Kind() == ast.KindBlockquote:
		rationale, stem = stem[len(stem)-1], stem[:len(stem)-1]
	}
	for _, n := range after {
		p.ps.Errorf(p.tree.Line(n), "stray-text", "only the rationale, one block quote, may stand after the answer of %s", p.q.ID)
	}
	return answer, rationale, stem
}

func (p *questionParser) checkStem(stem []ast.Node) {
	for _, n := range stem {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			p.ps.Errorf(p.tree.Line(n), "heading-level", "a heading within a question is ### or lower")
		}
	}
	if len(stem) == 0 {
		p.ps.Errorf(p.q.Line, "no-stem", "%s has no text before its answer", p.q.ID)
	}
}

func (p *questionParser) doc(nodes ...ast.Node) markdown.Doc {
	d, problems := p.tree.Doc(nodes...)
	p.refs = append(p.refs, problems...)
	return d
}

// flat renders blocks; a single paragraph without its <p>, so that it can stand in a label.
func (p *questionParser) flat(blocks []ast.Node) template.HTML {
	if len(blocks) == 1 && (blocks[0].Kind() == ast.KindParagraph || blocks[0].Kind() == ast.KindTextBlock) {
		blocks = children(blocks[0])
	}
	return template.HTML(strings.TrimSpace(string(p.doc(blocks...).HTML)))
}

func (p *questionParser) text(blocks []ast.Node) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, p.tree.Text(b))
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// source is the markdown of a block, for the hashes.
func (p *questionParser) source(n ast.Node) string {
	start := n.Pos()
	if start < 0 && n.Lines() != nil && n.Lines().Len() > 0 {
		start = n.Lines().At(0).Start
	}
	if start < 0 {
		return p.tree.Text(n)
	}
	end := len(p.tree.Source)
	for m := n; m != nil; m = m.Parent() {
		if next := m.NextSibling(); next != nil && next.Pos() > start {
			end = next.Pos()
			break
		}
	}
	return strings.TrimSpace(string(p.tree.Source[start:end]))
}

func children(n ast.Node) []ast.Node {
	var out []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, c)
	}
	return out
}

// checkBox is the box that begins a list item, or nil.
func checkBox(item ast.Node) *extast.TaskCheckBox {
	if item == nil || item.FirstChild() == nil {
		return nil
	}
	box, _ := item.FirstChild().FirstChild().(*extast.TaskCheckBox)
	return box
}

func validID(s string) bool {
	return s != "" && len(s) <= 100 && s[0] != '-' && s[len(s)-1] != '-' && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}

func unreadable(file string, err error) markdown.Problem {
	return markdown.Problem{File: file, Line: 1, Severity: markdown.Error, Rule: "unreadable", Message: fmt.Sprintf("cannot be read: %v", err)}
}
