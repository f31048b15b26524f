package quizzes

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"

	"github.com/yuin/goldmark/ast"
)

// key reads the answer of a question into its key.
func (p *questionParser) key(answer ast.Node) {
	q := p.q
	switch q.Kind {
	case grading.Codes:
		p.codes()
	case grading.Number:
		p.number()
	case grading.Text:
		p.texts()
	case grading.Order:
		if answer != nil {
			p.order(answer)
		}
	case grading.Match:
		if answer != nil {
			p.match(answer)
		}
	default:
		if answer != nil {
			p.options(answer)
		}
	}
	q.Key.Kind = q.Kind
}

func (p *questionParser) options(list ast.Node) {
	q := p.q
	q.answerLine = p.tree.Line(list)
	seen := map[string]bool{}
	for _, item := range children(list) {
		line := p.tree.Line(item)
		box := checkBox(item)
		if box == nil {
			p.ps.Errorf(line, "bad-option", "an option begins with - [ ] or - [x]")
			continue
		}
		box.Parent().RemoveChild(box.Parent(), box)
		var text, why []ast.Node
		for _, b := range children(item) {
			switch {
			case b.Kind() == ast.KindBlockquote:
				why = append(why, children(b)...)
				p.whySrc = append(p.whySrc, p.source(b))
			case len(why) > 0:
				p.ps.Errorf(p.tree.Line(b), "bad-option", "the explanation, a line that begins with >, is the last thing in an option")
			default:
				text = append(text, b)
			}
		}
		o := Option{Text: p.text(text), HTML: p.flat(text), Right: box.IsChecked}
		if o.Text == "" {
			p.ps.Errorf(line, "bad-option", "the option is empty")
		} else if seen[o.Text] {
			p.ps.Errorf(line, "bad-option", "the option %q stands twice", o.Text)
		}
		seen[o.Text] = true
		if p.text(why) == "" {
			p.ps.Errorf(line, "no-explanation", "the option %q has no explanation: put a line below it that begins with >, indented by two blanks", o.Text)
		} else {
			o.Why = p.flat(why)
		}
		if o.Right {
			q.Key.Correct = append(q.Key.Correct, len(q.Options))
		}
		q.Options = append(q.Options, o)
	}
	q.Key.Options = len(q.Options)
	right := len(q.Key.Correct)
	switch {
	case len(q.Options) < 2:
		p.ps.Errorf(q.answerLine, "bad-option", "%s has one option; a choice wants two or more", q.ID)
	case right == 0:
		p.ps.Errorf(q.answerLine, "no-right-option", "%s has no right option: mark it with - [x]", q.ID)
	case right == len(q.Options):
		p.ps.Errorf(q.answerLine, "no-wrong-option", "every option of %s is right", q.ID)
	}
	kind := grading.Single
	if right > 1 {
		kind = grading.Multiple
		q.Choose = right
	}
	if q.Kind != "" && q.Kind != kind {
		if q.Kind == grading.Single {
			p.ps.Errorf(q.answerLine, "wrong-value", "kind=single has one right option, and %d are marked", right)
		}
		q.Choose = right // a choose-n of which one is right
		kind = q.Kind
	}
	q.Kind = kind
	var texts []string
	for _, i := range q.Key.Correct {
		texts = append(texts, q.Options[i].Text)
	}
	q.AnswerText = strings.Join(texts, "; ")
}

var modifierForm = regexp.MustCompile(`^[0-9A-Z]{2}$`)

func (p *questionParser) codes() {
	q := p.q
	var texts []string
	for _, a := range p.answers {
		set, list, ok := strings.Cut(a.text, ":")
		sys, err := codebook.ParseSystem(set)
		if !ok || err != nil {
			p.ps.Errorf(a.line, "bad-answer", "the answer %q does not begin with its code set: write = icd10cm: E11.22, N18.32 (or icd10pcs, cpt, hcpcs)", a.text)
			continue
		}
		var printed []string
		for item := range strings.SplitSeq(list, ",") {
			ic, err := parseItemCode(sys, strings.TrimSpace(item))
			if err != "" {
				p.ps.Errorf(a.line, "bad-code", "%s", err)
				continue
			}
			for _, have := range q.Key.Codes {
				if have.System == ic.System && have.Code == ic.Code && slices.Equal(have.Modifiers, ic.Modifiers) {
					p.ps.Errorf(a.line, "bad-answer", "%s stands twice in the answer", item)
				}
			}
			q.Key.Codes = append(q.Key.Codes, ic)
			q.codeLines = append(q.codeLines, a.line)
			printed = append(printed, strings.Join(append([]string{ic.Code.Dotted(sys)}, ic.Modifiers...), "-"))
		}
		texts = append(texts, sys.Name()+" "+strings.Join(printed, ", "))
	}
	q.AnswerText = strings.Join(texts, "; ")
}

// parseItemCode reads CODE or CODE-MODIFIER-MODIFIER; problem says what is wrong with it.
func parseItemCode(sys codebook.System, s string) (ic grading.ItemCode, problem string) {
	parts := strings.Split(s, "-")
	c, err := codebook.ParseCode(sys, parts[0])
	if err != nil {
		return ic, err.Error()
	}
	ic = grading.ItemCode{System: sys, Code: c}
	for _, m := range parts[1:] {
		m = strings.ToUpper(strings.TrimSpace(m))
		if !modifierForm.MatchString(m) {
			return ic, "the modifier " + strings.ToUpper(m) + " of " + parts[0] + " must have two characters"
		}
		if sys != codebook.CPT && sys != codebook.HCPCS {
			return ic, sys.Name() + " codes take no modifiers: " + s
		}
		ic.Modifiers = append(ic.Modifiers, m)
	}
	return ic, ""
}

var numberForm = regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?)(?:\s*(?:±|\+-|\+/-)\s*([0-9]+(?:\.[0-9]+)?))?$`)

func (p *questionParser) number() {
	for i, a := range p.answers {
		m := numberForm.FindStringSubmatch(a.text)
		switch {
		case i > 0:
			p.ps.Errorf(a.line, "bad-answer", "a question of kind number has one answer")
		case m == nil:
			p.ps.Errorf(a.line, "bad-answer", "%q is no number: write = 47, = 2.5 or = 47 ± 1, without blanks or commas within the number", a.text)
		default:
			p.q.Key.Number, p.q.Key.Tolerance = m[1], m[2]
			p.q.AnswerText = m[1]
			if m[2] == "" || strings.Trim(m[2], "0.") == "" {
				p.q.Key.Tolerance = "0"
			} else {
				p.q.AnswerText += " ± " + m[2]
			}
		}
	}
}

func (p *questionParser) texts() {
	for _, a := range p.answers {
		for t := range strings.SplitSeq(a.text, "|") {
			if t = strings.Join(strings.Fields(t), " "); t == "" {
				p.ps.Errorf(a.line, "bad-answer", "one of the accepted answers is empty")
			} else {
				p.q.Key.Texts = append(p.q.Key.Texts, t)
			}
		}
	}
	p.q.AnswerText = strings.Join(p.q.Key.Texts, ", or ")
}

func (p *questionParser) order(list ast.Node) {
	q := p.q
	q.answerLine = p.tree.Line(list)
	var texts []string
	for _, item := range children(list) {
		blocks := children(item)
		t := p.text(blocks)
		if t == "" || slices.Contains(texts, t) {
			p.ps.Errorf(p.tree.Line(item), "bad-answer", "the entry %q of the order is empty or stands twice", t)
		}
		texts = append(texts, t)
		q.Right = append(q.Right, p.flat(blocks))
	}
	if len(texts) < 2 {
		p.ps.Errorf(q.answerLine, "bad-answer", "an order has two entries or more")
	}
	q.Key.Length, p.rights = len(texts), texts
	q.AnswerText = strings.Join(texts, ", then ")
}

func (p *questionParser) match(table ast.Node) {
	q := p.q
	q.answerLine = p.tree.Line(table)
	var texts []string
	for i, row := range children(table) {
		cells := children(row)
		line := p.tree.Line(row)
		if len(cells) != 2 {
			p.ps.Errorf(line, "bad-answer", "the table of a match question has two columns, and this row has %d", len(cells))
			continue
		}
		if i == 0 { // the header names the columns
			continue
		}
		l, r := p.text(cells[:1]), p.text(cells[1:])
		switch {
		case l == "" || r == "":
			p.ps.Errorf(line, "bad-answer", "a row of the match table has an empty cell")
		case slices.Contains(p.lefts, l) || slices.Contains(p.rights, r):
			p.ps.Errorf(line, "bad-answer", "%q or %q stands twice in its column: then there is more than one right way to match", l, r)
		}
		p.lefts, p.rights = append(p.lefts, l), append(p.rights, r)
		q.Left = append(q.Left, p.cell(cells[0]))
		q.Right = append(q.Right, p.cell(cells[1]))
		texts = append(texts, l+": "+r)
	}
	if len(texts) < 2 {
		p.ps.Errorf(q.answerLine, "bad-answer", "a match table has two rows or more below its header")
	}
	q.Key.Length = len(texts)
	q.AnswerText = strings.Join(texts, "; ")
}

// cell renders what is in a table cell, without the cell.
func (p *questionParser) cell(n ast.Node) template.HTML {
	return template.HTML(strings.TrimSpace(string(p.doc(children(n)...).HTML)))
}
