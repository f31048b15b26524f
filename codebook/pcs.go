package codebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// PCSChar is one character of an ICD-10-PCS code and what it means.
type PCSChar struct {
	Position   int    // 1 to 7
	Axis       string // "Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier", ...
	Char       string
	Label      string
	Definition string // "" where the book has none
}

// PCSAxis is one column of a row of a PCS table: the values that its character may have.
type PCSAxis struct {
	Title  string
	Values []Choice
}

// PCSRow is a row of a PCS table, characters four to seven. Every combination of one value per column is a valid code (A9).
type PCSRow [4]PCSAxis

// PCSTable is a PCS table: its three characters and its rows.
type PCSTable struct {
	Prefix     Code      // "0FT"
	Axes       [3]string // titles of characters one to three: "Section", "Body System", "Operation"
	Labels     [3]string // what its three characters mean
	Definition string    // of the operation
	Rows       []PCSRow
}

type pcsTable struct{ PCSTable }

type pcsTerm struct {
	section  byte
	position int
	label    string
	text     string
}

// Table adds a PCS table. It adds no codes: a code is valid when Code added it and a row of the table has it.
func (rb *ReleaseBuilder) Table(t PCSTable) { rb.tables = append(rb.tables, pcsTable{t}) }

// Term adds the definition of a value: of a root operation, approach or device key, by section, position and label.
func (rb *ReleaseBuilder) Term(sectionChar string, position int, label, definition string) {
	if len(sectionChar) != 1 || position < 1 || position > 7 {
		rb.b.fail("%s %s: definition of %q for section %q, position %d: want one character and 1 to 7", rb.info.System, rb.info.Edition, label, sectionChar, position)
		return
	}
	rb.terms = append(rb.terms, pcsTerm{sectionChar[0], position, label, definition})
}

func (rb *ReleaseBuilder) placeTables(r *release) {
	r.tables = slices.Clone(rb.tables)
	slices.SortFunc(r.tables, func(x, y pcsTable) int { return cmp.Compare(x.Prefix, y.Prefix) })
	for i, t := range r.tables {
		if len(t.Prefix) != 3 {
			rb.b.fail("%s %s: table %q: want three characters", r.System, r.Edition, t.Prefix)
		}
		if i > 0 && r.tables[i-1].Prefix == t.Prefix {
			rb.b.fail("%s %s: table %s stands twice", r.System, r.Edition, t.Prefix)
		}
	}
	r.terms = slices.Clone(rb.terms)
	slices.SortStableFunc(r.terms, compareTerms)
}

func compareTerms(x, y pcsTerm) int {
	return cmp.Or(cmp.Compare(x.section, y.section), cmp.Compare(x.position, y.position), cmp.Compare(x.label, y.label))
}

func (r *release) definition(sectionChar byte, position int, label string) string {
	want := pcsTerm{section: sectionChar, position: position, label: label}
	if i, ok := slices.BinarySearchFunc(r.terms, want, compareTerms); ok {
		return r.terms[i].text
	}
	return ""
}

func (r *release) table(prefix Code) *pcsTable {
	i, ok := slices.BinarySearchFunc(r.tables, prefix, func(t pcsTable, p Code) int { return cmp.Compare(t.Prefix, p) })
	if !ok {
		return nil
	}
	return &r.tables[i]
}

func (a *PCSAxis) value(ch byte) (Choice, bool) {
	for _, v := range a.Values {
		if v.Char[0] == ch {
			return v, true
		}
	}
	return Choice{}, false
}

// PCS is what each of the seven characters of a code means. The error, which wraps ErrUnknownCode, says which character no row of the
// table has.
func (b *Book) PCS(c Code, on Date) ([]PCSChar, error) {
	r, _ := b.pick(ICD10PCS, on)
	if r == nil {
		return nil, b.noRelease(ICD10PCS, c, on)
	}
	if len(c) != 7 {
		return nil, fmt.Errorf("%s has %d characters: an ICD-10-PCS code has seven: %w", c, len(c), ErrUnknownCode)
	}
	t := r.table(c[:3])
	if t == nil {
		return nil, fmt.Errorf("%s: ICD-10-PCS %s has no table %s: %w", c, r.Edition, c[:3], ErrUnknownCode)
	}
	var out []PCSChar
	for i := range 3 {
		out = append(out, PCSChar{i + 1, t.Axes[i], string(c[i]), t.Labels[i], r.definition(c[0], i+1, t.Labels[i])})
	}
	if out[2].Definition == "" {
		out[2].Definition = t.Definition
	}
	deepest := 0
	for _, row := range t.Rows {
		got := 0
		chars := out[:3:3]
		for i := range row {
			v, ok := row[i].value(c[3+i])
			if !ok {
				break
			}
			got++
			chars = append(chars, PCSChar{4 + i, row[i].Title, v.Char, v.Title, r.definition(c[0], 4+i, v.Title)})
		}
		if got == 4 {
			return chars, nil
		}
		deepest = max(deepest, got)
	}
	axis, choices := b.PCSNext(c[:3+deepest], on)
	var names []string
	for _, ch := range choices {
		names = append(names, ch.Char+" "+ch.Title)
	}
	return nil, fmt.Errorf("%s: character %d (%s) cannot be %s after %s in table %s; it can be %s: %w",
		c, 4+deepest, axis, c[3+deepest:4+deepest], c[:3+deepest], t.Prefix, strings.Join(names, ", "), ErrUnknownCode)
}

// PCSNext is the title of the next character's axis and the values that it may have after the prefix, in table order. Nothing when no
// table goes on from there.
func (b *Book) PCSNext(prefix Code, on Date) (axis string, choices []Choice) {
	r, _ := b.pick(ICD10PCS, on)
	if r == nil || len(prefix) > 6 {
		return "", nil
	}
	n := len(prefix)
	add := func(title string, c Choice) {
		if axis == "" {
			axis = title
		}
		if !slices.ContainsFunc(choices, func(o Choice) bool { return o.Char == c.Char }) {
			choices = append(choices, c)
		}
	}
	for i := range r.tables {
		t := &r.tables[i]
		if n < 3 {
			if strings.HasPrefix(string(t.Prefix), string(prefix)) {
				add(t.Axes[n], Choice{string(t.Prefix[n]), t.Labels[n]})
			}
			continue
		}
		if t.Prefix != prefix[:3] {
			continue
		}
	rows:
		for _, row := range t.Rows {
			for p := 3; p < n; p++ {
				if _, ok := row[p-3].value(prefix[p]); !ok {
					continue rows
				}
			}
			for _, v := range row[n-3].Values {
				add(row[n-3].Title, v)
			}
		}
	}
	slices.SortFunc(choices, func(x, y Choice) int { return cmp.Compare(x.Char, y.Char) })
	return axis, choices
}

// Tables are the PCS tables of the release of the date, in order.
func (b *Book) Tables(on Date) []PCSTable {
	r, _ := b.pick(ICD10PCS, on)
	if r == nil {
		return nil
	}
	out := make([]PCSTable, len(r.tables))
	for i, t := range r.tables {
		out[i] = t.PCSTable
	}
	return out
}
