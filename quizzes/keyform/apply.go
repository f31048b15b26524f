package keyform

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// writer writes fields into nodes and remembers whether anything changed.
type writer struct{ changed bool }

// Orders of keys, by which a new key finds its place.
var (
	rootOrder = []string{"id", "title", "setting", "bills", "areas", "date_of_service", "admitted", "discharged", "payer", "patient", "difficulty", "ask", "key", "traps", "code_year", "reviewed"}
	subOrders = map[string][]string{
		"patient": {"age", "age_unit", "sex"},
		"key":     {"diagnoses", "procedures", "drg", "disposition", "em", "query", "alternatives", "allow"},
	}
	lineOrder = []string{"code", "first", "kind", "weight", "poa", "accept", "near_miss", "after", "modifiers", "modifiers_any", "modifiers_optional", "units", "minutes", "points_to", "evidence", "why", "cites"}
)

// Apply writes the fields into the file and gives the new file. Lines that name where they stood keep what the form does not show. A form that
// says what the file says gives the file as it is. The errors are those of Read.
func Apply(file string, f Form) (string, error) {
	doc, body, _, err := split(file)
	if err != nil {
		return "", err
	}
	root := doc.Content[0]
	w := &writer{}
	for _, x := range f.scalars() {
		at, order := root, rootOrder
		if len(x.path) == 2 {
			if order = subOrders[x.path[0]]; find(root, x.path[0]) == nil && tidy(*x.at) == "" {
				continue
			}
			at = w.mapping(root, x.path[0], rootOrder)
		}
		w.one(at, x.path[len(x.path)-1], *x.at, x.plain, order)
	}
	w.many(root, "areas", f.Areas, rootOrder)
	w.many(root, "ask", f.Ask, rootOrder)
	dx, px, traps := make([]line, len(f.Diagnoses)), make([]line, len(f.Procedures)), make([]line, len(f.Traps))
	for i := range f.Diagnoses {
		dx[i] = line{f.Diagnoses[i].From, f.Diagnoses[i].each}
	}
	for i := range f.Procedures {
		px[i] = line{f.Procedures[i].From, f.Procedures[i].each}
	}
	for i := range f.Traps {
		traps[i] = line{f.Traps[i].From, f.Traps[i].each}
	}
	key := func() *yaml.Node { return w.mapping(root, "key", rootOrder) }
	if len(dx) > 0 || find(root, "key", "diagnoses") != nil {
		w.lines(key(), "diagnoses", dx, subOrders["key"])
	}
	if len(px) > 0 || find(root, "key", "procedures") != nil {
		w.lines(key(), "procedures", px, subOrders["key"])
	}
	if len(traps) > 0 || find(root, "traps") != nil {
		w.lines(root, "traps", traps, rootOrder)
	}
	if !w.changed && f.Chart == body {
		return file, nil
	}
	head := file[:len(file)-len(body)]
	if w.changed {
		if head, err = frontMatter(doc); err != nil {
			return "", err
		}
	}
	return head + f.Chart, nil
}

func frontMatter(doc *yaml.Node) (string, error) {
	var b bytes.Buffer
	b.WriteString("---\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(doc); err != nil {
		return "", fmt.Errorf("the keys cannot be written: %w", err)
	}
	if err := e.Close(); err != nil {
		return "", fmt.Errorf("the keys cannot be written: %w", err)
	}
	// A line that another place refers to may have been taken away.
	if err := yaml.Unmarshal(b.Bytes(), &yaml.Node{}); err != nil {
		return "", fmt.Errorf("the keys do not hold together any more: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	b.WriteString("---\n")
	return b.String(), nil
}

// line is a line of the key: where it stood and what it says.
type line struct {
	from string
	each func(visitor)
}

func (w *writer) lines(in *yaml.Node, key string, lines []line, order []string) {
	seq := w.child(in, key, yaml.SequenceNode, order)
	old := seq.Content
	if len(old) == 0 && len(lines) > 0 {
		seq.Style = 0 // traps: [] becomes a list of lines
	}
	used := map[int]bool{}
	var now []*yaml.Node
	for _, l := range lines {
		i, err := strconv.Atoi(l.from)
		n := &yaml.Node{Kind: yaml.MappingNode}
		if err == nil && i >= 0 && i < len(old) && !used[i] {
			n, used[i] = old[i], true
		} else {
			w.changed = true
		}
		if len(n.Content) == 0 {
			n.Style = 0 // a line that was only begun
		}
		l.each(visitor{
			one:  func(key string, at *string, plain bool) { w.one(n, key, *at, plain, lineOrder) },
			many: func(key string, at *[]string) { w.many(n, key, *at, lineOrder) },
		})
		now = append(now, n)
	}
	if !slices.Equal(old, now) {
		w.changed = true
	}
	seq.Content = now
}

// child is the node below a key, made where it is not there.
func (w *writer) child(in *yaml.Node, key string, kind yaml.Kind, order []string) *yaml.Node {
	n := find(in, key)
	switch {
	case n == nil:
		n = &yaml.Node{Kind: kind}
		w.insert(in, key, n, order)
	case n.Kind != kind: // it said nothing
		*n = yaml.Node{Kind: kind, HeadComment: n.HeadComment, LineComment: n.LineComment, FootComment: n.FootComment}
		if kind == yaml.SequenceNode {
			n.Style = yaml.FlowStyle
		}
		// An empty list says what nothing said; that alone changes nothing.
	}
	return n
}

func (w *writer) mapping(in *yaml.Node, key string, order []string) *yaml.Node {
	return w.child(in, key, yaml.MappingNode, order)
}

// insert puts a new key before the first that comes after it in the usual order.
func (w *writer) insert(in *yaml.Node, key string, n *yaml.Node, order []string) {
	w.changed = true
	at := len(in.Content)
	if rank := slices.Index(order, key); rank >= 0 {
		for i := 0; i+1 < len(in.Content); i += 2 {
			if slices.Index(order, in.Content[i].Value) > rank {
				at = i
				break
			}
		}
	}
	in.Content = slices.Insert(in.Content, at, word(key), n)
}

// remove takes a key away; comments beside it go to the key before it, or the one after.
func (w *writer) remove(in *yaml.Node, key string) {
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value != key {
			continue
		}
		w.changed = true
		left := comments(in.Content[i])
		left = append(left, comments(in.Content[i+1])...)
		in.Content = slices.Delete(in.Content, i, i+2)
		if len(left) > 0 && len(in.Content) > 0 {
			at := min(i, len(in.Content)-2)
			in.Content[at].HeadComment = strings.TrimPrefix(in.Content[at].HeadComment+"\n"+strings.Join(left, "\n"), "\n")
		}
		return
	}
}

func comments(n *yaml.Node) []string {
	var out []string
	for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		if c != "" {
			out = append(out, c)
		}
	}
	for _, c := range n.Content {
		out = append(out, comments(c)...)
	}
	return out
}

func (w *writer) one(in *yaml.Node, key, want string, plain bool, order []string) {
	want = tidy(want)
	n := find(in, key)
	if value(n) == want {
		return
	}
	if want == "" {
		w.remove(in, key)
		return
	}
	w.changed = true
	now := text(want)
	if plain {
		now = word(want)
	}
	if n == nil {
		w.insert(in, key, now, order)
		return
	}
	n.Kind, n.Value, n.Tag = yaml.ScalarNode, want, now.Tag
	if plain || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		n.Style = 0
	}
}

func (w *writer) many(in *yaml.Node, key string, want []string, order []string) {
	want = tidyAll(want)
	n := find(in, key)
	if slices.Equal(list(n), want) {
		return
	}
	if len(want) == 0 {
		w.remove(in, key)
		return
	}
	w.changed = true
	if n == nil {
		n = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		w.insert(in, key, n, order)
	} else if n.Kind != yaml.SequenceNode {
		*n = yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, HeadComment: n.HeadComment, LineComment: n.LineComment, FootComment: n.FootComment}
	}
	// Entries that stay keep their node, and so the comments beside them.
	left := slices.Clone(n.Content)
	n.Content = nil
	for _, s := range want {
		i := slices.IndexFunc(left, func(e *yaml.Node) bool { return e != nil && entry(e) == s })
		if i < 0 {
			n.Content = append(n.Content, entryNode(s, key == "evidence"))
			continue
		}
		n.Content = append(n.Content, left[i])
		left[i] = nil
	}
	for _, e := range left {
		if e != nil {
			if c := comments(e); len(c) > 0 {
				n.HeadComment = strings.TrimPrefix(n.HeadComment+"\n"+strings.Join(c, "\n"), "\n")
			}
		}
	}
}
