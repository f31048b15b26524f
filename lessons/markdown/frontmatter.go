package markdown

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// FrontMatter splits a file at its front matter (YAML between two lines "---", the first of which is the first line of the file) and
// decodes that into the struct that into points to. Keys that the struct does not have are errors, like values of the wrong kind;
// what could be decoded is decoded. body is the rest and begins at line bodyLine of the file.
func FrontMatter(src []byte, file string, into any) (body []byte, bodyLine int, problems []Problem) {
	head, body, bodyLine, ok := cutFrontMatter(src)
	if !ok {
		return src, 1, []Problem{{file, 1, Error, "front-matter", "the file must begin with front matter: a line ---, the keys, and a line ---"}}
	}
	// A blank line in place of the opening --- makes YAML's line numbers those of the file.
	return body, bodyLine, DecodeYAML(append([]byte("\n"), head...), file, into)
}

func cutFrontMatter(src []byte) (head, body []byte, bodyLine int, ok bool) {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	first, rest, found := bytes.Cut(src, []byte("\n"))
	if !found || strings.TrimRight(string(first), " \t\r") != "---" {
		return nil, src, 1, false
	}
	for at, line := 0, 2; at < len(rest); line++ {
		end := bytes.IndexByte(rest[at:], '\n')
		next := at + end + 1
		if end < 0 {
			end, next = len(rest)-at, len(rest)
		}
		if strings.TrimRight(string(rest[at:at+end]), " \t\r") == "---" {
			return rest[:at], rest[next:], line + 1, true
		}
		at = next
	}
	return nil, src, 1, false
}

// DecodeYAML decodes a YAML document into the struct that into points to, as strictly as FrontMatter does.
func DecodeYAML(src []byte, file string, into any) []Problem {
	ps := &Problems{File: file}
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		yamlError(ps, err)
		return ps.List
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		ps.Errorf(1, "front-matter", "there are no keys")
		return ps.List
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		ps.Errorf(root.Line, "front-matter", "keys are written as \"name: value\", one to a line")
		return ps.List
	}
	strictKeys(root, reflect.TypeOf(into), ps, 0)
	if err := root.Decode(into); err != nil {
		yamlError(ps, err)
	}
	return ps.List
}

// strictKeys reports mapping keys that the type has no field for. yaml.v3 can do so too (KnownFields), but forgets it below every type
// with an UnmarshalYAML method of its own, and names Go types in its message.
func strictKeys(n *yaml.Node, t reflect.Type, ps *Problems, depth int) {
	if depth > 100 { // an alias that holds itself; Decode reports it
		return
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, c := range n.Content {
			strictKeys(c, t.Elem(), ps, depth+1)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			strictKeys(n.Content[i], t.Elem(), ps, depth+1)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields := map[string]reflect.Type{}
		structFields(t, fields)
		if len(fields) == 0 { // a type that decodes itself
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			ft, ok := fields[key.Value]
			if !ok {
				names := make([]string, 0, len(fields))
				for f := range fields {
					names = append(names, f)
				}
				slices.Sort(names)
				ps.Errorf(key.Line, "unknown-key", "unknown key %q%s; the keys here are %s", key.Value, nearest(key.Value, names), strings.Join(names, ", "))
				continue
			}
			strictKeys(n.Content[i+1], ft, ps, depth+1)
		}
	}
}

func structFields(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(flags, "inline"):
			structFields(f.Type, into)
		case name != "" && name != "-":
			into[name] = f.Type
		}
	}
}

func nearest(word string, among []string) string {
	best, at := 3, ""
	for _, w := range among {
		if d := distance(word, w); d < best {
			best, at = d, w
		}
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", at)
}

// distance is the edit distance of two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)
var yamlInto = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (\\S+)$")

// yamlError turns errors of yaml.v3 into problems at their lines, in words for people who do not write Go.
func yamlError(ps *Problems, err error) {
	messages := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		messages = te.Errors
	}
	for _, m := range messages {
		for part := range strings.SplitSeq(m, "\n") {
			part = strings.TrimSpace(part)
			if part == "" || part == "yaml: unmarshal errors:" {
				continue
			}
			line := 1
			if at := yamlLine.FindStringSubmatch(part); at[0] != "" {
				if n, err := strconv.Atoi(at[1]); err == nil {
					line = n
				}
				part = part[len(at[0]):]
			}
			if in := yamlInto.FindStringSubmatch(part); in != nil {
				ps.Errorf(line, "wrong-value", "%s", wrongValue(in[1], in[2], in[3]))
				continue
			}
			ps.Errorf(line, "yaml", "not well-formed YAML: %s", part)
		}
	}
}

func wrongValue(tag, value, goType string) string {
	found := map[string]string{"str": "text", "seq": "a list", "map": "keys and values", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing"}[tag]
	if found == "" {
		found = tag
	}
	if value != "" {
		found = strconv.Quote(value)
	}
	want := "a text"
	switch {
	case strings.HasPrefix(goType, "[]"):
		want = "a list such as [one, two]"
	case strings.HasPrefix(goType, "int"):
		want = "a whole number"
	case goType == "bool":
		want = "true or false"
	case strings.HasPrefix(goType, "float"):
		want = "a number"
	case strings.HasPrefix(goType, "map") || strings.Contains(goType, "."):
		want = "keys and values"
	}
	return fmt.Sprintf("here stands %s where %s is wanted", found, want)
}
