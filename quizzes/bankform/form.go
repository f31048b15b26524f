package bankform

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"crosswalk/lessons/markdown"
)

// Form is a file of questions as fields.
type Form struct {
	Questions []Question
}

// Question is one question. Raw holds its markdown with the heading where it has no fields; all other fields but From and the lines are empty then.
type Question struct {
	From       string // its place in the file, counted from 0; "" for a new one
	ID         string
	Difficulty string
	Cites      string // as in the heading: parted by ;
	Stem       string // markdown
	Options    []Option
	Rationale  string // markdown
	Raw        string

	Line, Last int // where it stands in the file; read only
	attrs      []markdown.Attr
	heading    string // as it stands in the file, for what it says already
}

// Option is a choice of a question. Text is one line; Why is markdown.
type Option struct {
	Text  string
	Right bool
	Why   string
}

// part is a question as it stands in a file.
type part struct {
	text string
	q    Question
}

// Read gives the fields of a file. The error says in words why it has none.
func Read(text string) (Form, error) {
	_, parts, err := split(text)
	if err != nil {
		return Form{}, err
	}
	var f Form
	for _, p := range parts {
		f.Questions = append(f.Questions, p.q)
	}
	return f, nil
}

// split gives what stands before the first question, and the questions.
func split(text string) (before string, parts []part, err error) {
	var head struct{}
	body, first, problems := markdown.FrontMatter([]byte(text), "", &head)
	for _, p := range problems {
		if p.Rule == "front-matter" {
			return "", nil, errors.New(p.Message)
		}
	}
	_, sections, problems := markdown.Sections(body, "", first)
	if len(problems) > 0 {
		return "", nil, fmt.Errorf("line %d: %s", problems[0].Line, problems[0].Message)
	}
	lines := strings.SplitAfter(text, "\n")
	at := func(line int) int { return len(strings.Join(lines[:min(line-1, len(lines))], "")) }
	before = text
	for i, s := range sections {
		end := len(text)
		last := len(lines)
		if i+1 < len(sections) {
			end, last = at(sections[i+1].Line), sections[i+1].Line-1
		}
		if i == 0 {
			before = text[:at(s.Line)]
		}
		p := part{text: text[at(s.Line):end]}
		p.q = fieldsOf(s, p.text)
		p.q.From, p.q.Line, p.q.Last = strconv.Itoa(i), s.Line, last
		parts = append(parts, p)
	}
	return before, parts, nil
}

// fieldsOf reads a question; one that would be written in another way than it stands is left as markdown.
func fieldsOf(s markdown.Section, text string) Question {
	q := Question{ID: s.Title, attrs: s.Attrs}
	kind := ""
	for _, a := range s.Attrs {
		switch a.Name {
		case "difficulty":
			q.Difficulty = a.Value
		case "cites":
			q.Cites = a.Value
		case "kind":
			kind = a.Value
		}
	}
	if (kind == "" || kind == "single" || kind == "multiple") && q.body(string(s.Body)) && trim(q.printBody()) == trim(string(s.Body)) {
		q.heading, _, _ = strings.Cut(text, "\n")
		return q
	}
	return Question{Raw: trim(text)}
}

// trim leaves blank lines at both ends out.
func trim(s string) string { return strings.Trim(s, "\n") }

// body reads stem, options and rationale; false where they stand in another way.
func (q *Question) body(text string) bool {
	lines := strings.Split(trim(text), "\n")
	i := 0
	for i < len(lines) && !option(lines[i]) {
		i++
	}
	q.Stem = strings.TrimSpace(strings.Join(lines[:i], "\n"))
	for i < len(lines) && option(lines[i]) {
		o := Option{Text: strings.TrimSpace(lines[i][5:]), Right: lines[i][3] != ' '}
		var why []string
		for i++; i < len(lines) && strings.HasPrefix(lines[i], "  >"); i++ {
			why = append(why, strings.TrimPrefix(strings.TrimPrefix(lines[i], "  >"), " "))
		}
		o.Why = strings.Join(why, "\n")
		q.Options = append(q.Options, o)
	}
	for i < len(lines) && lines[i] == "" {
		i++
	}
	var why []string
	for ; i < len(lines) && strings.HasPrefix(lines[i], ">"); i++ {
		why = append(why, strings.TrimPrefix(lines[i][1:], " "))
	}
	q.Rationale = strings.Join(why, "\n")
	return i == len(lines) && len(q.Options) > 0
}

func option(line string) bool {
	return strings.HasPrefix(line, "- [ ] ") || strings.HasPrefix(line, "- [x] ") || strings.HasPrefix(line, "- [X] ")
}

// print writes a question with fields.
func (q *Question) print() string { return q.printHeading() + "\n\n" + q.printBody() }

// printHeading keeps the heading as it stands where it says the same.
func (q *Question) printHeading() string {
	if q.heading != "" {
		_, sections, _ := markdown.Sections([]byte(q.heading), "", 1)
		was := Question{}
		for _, a := range q.attrs {
			switch a.Name {
			case "difficulty":
				was.Difficulty = a.Value
			case "cites":
				was.Cites = a.Value
			}
		}
		if len(sections) == 1 && sections[0].Title == q.ID && was.Difficulty == q.Difficulty && was.Cites == q.Cites {
			return q.heading
		}
	}
	attrs := slices.Clone(q.attrs)
	set := func(name, value string) {
		i := slices.IndexFunc(attrs, func(a markdown.Attr) bool { return a.Name == name })
		switch {
		case i >= 0 && value == "":
			attrs = slices.Delete(attrs, i, i+1)
		case i >= 0:
			attrs[i].Value = value
		case value != "":
			attrs = append(attrs, markdown.Attr{Name: name, Value: value})
		}
	}
	set("difficulty", q.Difficulty)
	set("cites", q.Cites)
	if len(attrs) == 0 {
		return "## " + q.ID
	}
	return "## " + q.ID + " {" + markdown.PrintAttrs(attrs) + "}"
}

func (q *Question) printBody() string {
	var b strings.Builder
	if q.Stem != "" {
		b.WriteString(q.Stem + "\n\n")
	}
	for _, o := range q.Options {
		mark := " "
		if o.Right {
			mark = "x"
		}
		b.WriteString("- [" + mark + "] " + o.Text + "\n" + quote("  > ", o.Why))
	}
	if q.Rationale != "" {
		b.WriteString("\n" + quote("> ", q.Rationale))
	}
	return b.String()
}

func quote(mark, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for _, l := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimRight(mark+l, " ") + "\n")
	}
	return b.String()
}

// Apply writes the fields into the file and gives the new file. Questions that name where they stood and say the same keep their bytes. The error says in words
// which question would not come back as it was typed.
func Apply(file string, f Form) (string, error) {
	before, parts, err := split(file)
	if err != nil {
		return "", err
	}
	used := map[int]bool{}
	var out strings.Builder
	out.WriteString(before)
	for n, q := range f.Questions {
		q = q.tidy()
		i, err := strconv.Atoi(q.From)
		known := err == nil && i >= 0 && i < len(parts) && !used[i]
		text := ""
		if known {
			used[i] = true
			if old := parts[i]; old.q.same(q) {
				text = old.text
			} else if q.Raw == "" {
				q.attrs, q.heading = old.q.attrs, old.q.heading
			}
		}
		if text == "" {
			if text = q.Raw; text == "" {
				text = q.print()
			}
			if err := comesBack(q, text); err != nil {
				return "", fmt.Errorf("question %d: %w", n+1, err)
			}
			text = trim(text) + "\n"
		}
		for s := out.String(); s != "" && !strings.HasSuffix(s, "\n\n"); s += "\n" { // one blank line between questions
			out.WriteByte('\n')
		}
		out.WriteString(text)
	}
	if now := out.String(); now == file || len(f.Questions) == len(parts) && trim(now) == trim(file) {
		return file, nil
	}
	return strings.TrimRight(out.String(), "\n") + "\n", nil
}

// comesBack refuses words that would be read as something else: a stem with a line that begins a question or an option.
func comesBack(q Question, text string) error {
	// A question stands behind it, which an open block of code would swallow.
	_, parts, err := split("---\narea: x\n---\n\n" + text + "\n\n## behind-it\n")
	switch {
	case err != nil:
		return err
	case len(parts) < 2:
		return errors.New("a block of code in it does not end")
	case len(parts) > 2:
		return errors.New("a line of it begins with ##, which begins another question")
	case q.Raw == "" && len(q.Options) > 0 && !parts[0].q.same(q):
		return errors.New("a line of it would be read as something else: options begin with - [ ], explanations with >")
	}
	return nil
}

func (q Question) same(p Question) bool {
	return q.ID == p.ID && q.Difficulty == p.Difficulty && q.Cites == p.Cites && q.Stem == p.Stem && q.Rationale == p.Rationale && q.Raw == p.Raw && slices.Equal(q.Options, p.Options)
}

// tidy is the question as a file can hold it.
func (q Question) tidy() Question {
	line := func(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }
	text := func(s string) string {
		lines := strings.Split(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r", ""), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " \t")
		}
		return strings.TrimSpace(strings.Join(lines, "\n"))
	}
	if q.Raw != "" {
		return Question{From: q.From, Raw: trim(strings.ReplaceAll(q.Raw, "\r", ""))}
	}
	q.ID, q.Difficulty, q.Cites, q.Stem, q.Rationale = line(q.ID), line(q.Difficulty), line(q.Cites), text(q.Stem), text(q.Rationale)
	q.Options = slices.Clone(q.Options)
	for i, o := range q.Options {
		q.Options[i] = Option{line(o.Text), o.Right, text(o.Why)}
	}
	return q
}
