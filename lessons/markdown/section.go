package markdown

import (
	"bytes"
	"fmt"
	"strings"
)

// Section is a part of a file under a second-level heading: a question of a bank, an entry of the glossary.
type Section struct {
	Title    string // heading without its attributes
	Attrs    []Attr
	Line     int // line of the heading in the file
	Body     []byte
	BodyLine int // line of the file where Body begins
}

// Attr is one attribute of a heading, as in {difficulty=2 cites="I.A.12.a"}.
type Attr struct {
	Name, Value string
}

// Sections cuts src at its second-level headings ("## "); such lines within fenced code do not count. What stands before the first
// heading is returned apart. firstLine is the line of the file where src begins. A heading whose attributes cannot be read is a
// problem; its section comes without them.
func Sections(src []byte, file string, firstLine int) (before []byte, sections []Section, problems []Problem) {
	ps := &Problems{File: file}
	fence := ""
	line := firstLine
	start := 0
	end := func(at int) {
		if n := len(sections); n > 0 {
			sections[n-1].Body = src[start:at]
		} else {
			before = src[start:at]
		}
	}
	for at := 0; at < len(src); line++ {
		next := len(src)
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		text := strings.TrimRight(string(src[at:next]), " \t\r\n")
		if f := codeFence(text); f != "" {
			switch {
			case fence == "":
				fence = f
			case strings.HasPrefix(f, fence) && strings.TrimLeft(strings.TrimSpace(text), fence[:1]) == "":
				fence = ""
			}
		}
		if rest, ok := strings.CutPrefix(text, "##"); ok && fence == "" && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			end(at)
			title, attrs, err := cutAttrs(strings.TrimSpace(rest))
			if err != nil {
				ps.Errorf(line, "bad-heading", "the heading's attributes cannot be read: %v", err)
			}
			sections = append(sections, Section{Title: title, Attrs: attrs, Line: line, BodyLine: line + 1})
			start = next
		}
		at = next
	}
	end(len(src))
	return before, sections, ps.List
}

// codeFence returns the run of backticks or tildes that opens or closes fenced code, or "".
func codeFence(line string) string {
	s := strings.TrimLeft(line, " ")
	if len(line)-len(s) > 3 || len(s) < 3 || s[0] != '`' && s[0] != '~' {
		return ""
	}
	run := len(s) - len(strings.TrimLeft(s, s[:1]))
	if run < 3 || s[0] == '`' && strings.Contains(s[run:], "`") {
		return ""
	}
	return s[:run]
}

func cutAttrs(s string) (title string, attrs []Attr, err error) {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return s, nil, nil
	}
	title = strings.TrimSpace(s[:open])
	if !strings.HasSuffix(s, "}") {
		return title, nil, fmt.Errorf("the closing } is missing at the end of the line")
	}
	attrs, err = ParseAttrs(s[open+1 : len(s)-1])
	return title, attrs, err
}

// ParseAttrs reads name=value pairs parted by blanks. A value with blanks stands in double quotes; within them \" is a quote and \\ a
// backslash. A name may stand once.
func ParseAttrs(s string) ([]Attr, error) {
	var attrs []Attr
	seen := map[string]bool{}
	for s = strings.TrimLeft(s, " \t"); s != ""; s = strings.TrimLeft(s, " \t") {
		eq := strings.IndexByte(s, '=')
		name := s
		if eq >= 0 {
			name = s[:eq]
		}
		if eq <= 0 || strings.ContainsAny(name, " \t\"{}") {
			word, _, _ := strings.Cut(s, " ")
			return attrs, fmt.Errorf("%q is not of the form name=value", word)
		}
		if seen[name] {
			return attrs, fmt.Errorf("%s stands twice", name)
		}
		seen[name] = true
		s = s[eq+1:]
		var value strings.Builder
		if strings.HasPrefix(s, `"`) {
			i := 1
			for ; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
					i++
				}
				value.WriteByte(s[i])
			}
			if i == len(s) {
				return attrs, fmt.Errorf("the value of %s has no closing quote", name)
			}
			s = s[i+1:]
			if s != "" && s[0] != ' ' && s[0] != '\t' {
				return attrs, fmt.Errorf("put a blank after the value of %s", name)
			}
		} else {
			i := strings.IndexAny(s, " \t")
			if i < 0 {
				i = len(s)
			}
			if strings.ContainsAny(s[:i], `"{}`) || i == 0 {
				return attrs, fmt.Errorf("the value of %s is missing or needs quotes", name)
			}
			value.WriteString(s[:i])
			s = s[i:]
		}
		attrs = append(attrs, Attr{name, value.String()})
	}
	return attrs, nil
}

// PrintAttrs writes attributes so that ParseAttrs reads them back.
func PrintAttrs(attrs []Attr) string {
	var b strings.Builder
	for i, a := range attrs {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(a.Name + "=")
		if a.Value != "" && !strings.ContainsAny(a.Value, " \t\"{}\\") {
			b.WriteString(a.Value)
			continue
		}
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Value) + `"`)
	}
	return b.String()
}

// Normalize is the text that content hashes are taken of: line ends as \n, no blanks at the ends of lines and no empty lines at the
// end, so that saving a file in another editor changes nothing.
func Normalize(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	out := make([]byte, 0, len(src))
	for line := range bytes.Lines(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))) {
		out = append(out, bytes.TrimRight(line, " \t\r\n")...)
		out = append(out, '\n')
	}
	return append(bytes.TrimRight(out, "\n"), '\n')
}
