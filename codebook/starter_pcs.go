package codebook

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var (
	pcsTableLine = regexp.MustCompile(`^table\s+([0-9A-HJ-NP-Z]{3})\s+(\S.*)$`)
	pcsValue     = regexp.MustCompile(`^([0-9A-HJ-NP-Z])\s+(\S.*)$`)
	pcsDefine    = regexp.MustCompile(`^define\s+([0-9A-HJ-NP-Z])\s+([1-7])\s+([^:]+):\s*(\S.*)$`)
	pcsOptional  = regexp.MustCompile(`\[[^\]]*\]`)
	pcsPlace     = regexp.MustCompile(`\{([4-7]|approach)\}`)
)

// starterTable is a table of ICD-10-PCS as its files give it: each may bring rows of its own.
type starterTable struct {
	PCSTable
	rb    *ReleaseBuilder
	title string // the pattern of its codes' titles
	codes map[Code]string
}

// pcsLines reads tables and definitions of ICD-10-PCS.
func (sr *starterReader) pcsLines(rb *ReleaseBuilder, lines []sourceLine) {
	for _, bl := range blocks(lines) {
		if m := pcsDefine.FindStringSubmatch(bl.text); m != nil {
			if label := strings.TrimSpace(m[3]); !sr.repeats("define "+m[1]+" "+m[2]+" "+label, rb, bl) {
				rb.Term(m[1], int(m[2][0]-'0'), label, m[4])
			}
			continue
		}
		m := pcsTableLine.FindStringSubmatch(bl.text)
		if m == nil {
			sr.fail(bl.sourceLine, "%q is no table or define line; write: table 0FT Section / Body System / Operation", bl.text)
			continue
		}
		labels := strings.Split(m[2], " / ")
		if len(labels) != 3 {
			sr.fail(bl.sourceLine, "table %s: write its three labels as: Section / Body System / Operation", m[1])
			continue
		}
		t := &starterTable{PCSTable: PCSTable{Prefix: Code(m[1]), Axes: [3]string{"Section", "Body System", "Operation"}}, rb: rb, codes: map[Code]string{}}
		copy(t.Labels[:], labels)
		sr.pcsTable(bl, t)
	}
}

// pcsTable reads what is below a table line, and adds its rows to those of other files.
func (sr *starterReader) pcsTable(bl block, t *starterTable) {
	for _, old := range sr.pcs {
		if old.rb != t.rb || old.Prefix != t.Prefix {
			continue
		}
		if old.Labels != t.Labels {
			sr.fail(bl.sourceLine, "table %s stands in another file as: %s", t.Prefix, strings.Join(old.Labels[:], " / "))
			return
		}
		t = old
	}
	had := len(t.Rows)
	for _, u := range bl.under {
		key, text, _ := strings.Cut(u.text, ":")
		text = strings.TrimSpace(text)
		switch {
		case key == "definition" && text != "":
			if t.Definition != "" && t.Definition != text {
				sr.fail(u.sourceLine, "table %s has another definition in another file: %s", t.Prefix, t.Definition)
			}
			t.Definition = text
		case key == "title" && text != "":
			t.title = text
		case u.text == "row":
			row, said, own, ok := sr.pcsRow(u)
			if !ok {
				continue
			}
			if own == "" {
				own = t.title
			}
			if own == "" {
				sr.fail(u.sourceLine, "table %s: write a title: line above its rows", t.Prefix)
				continue
			}
			t.add(row)
			expandRow(t.Prefix, row, said, own, t.codes)
		default:
			sr.fail(u.sourceLine, "%q: below a table stand definition:, title: and row", u.text)
		}
	}
	switch {
	case len(t.Rows) == 0:
		sr.fail(bl.sourceLine, "table %s has no row", t.Prefix)
	case had == 0:
		sr.pcs = append(sr.pcs, t)
	}
}

// add adds a row, unless another file has the same.
func (t *starterTable) add(row PCSRow) {
	if !slices.ContainsFunc(t.Rows, func(o PCSRow) bool { return reflect.DeepEqual(o, row) }) {
		t.Rows = append(t.Rows, row)
	}
}

// emit adds the table to the release, and every code that it allows.
func (t *starterTable) emit() {
	t.rb.Table(t.PCSTable)
	// The order file heads a table by body system and operation, outside Medical and Surgical by the section too.
	heading := strings.TrimPrefix(t.Labels[1]+", "+t.Labels[2], "None, ")
	if t.Prefix[0] != '0' {
		heading = t.Labels[0] + ", " + heading
	}
	t.rb.Code(t.Prefix, heading, false, Facts{})
	for c, title := range t.codes {
		t.rb.Code(c, title, true, Facts{})
	}
}

// saidRow is a row as titles say it: for each value the words that stand in the title of a code.
type saidRow [4]map[string]string

// pcsRow reads four axis lines, "Approach: 0 Open; 4 Percutaneous Endoscopic", and perhaps a title of the row's own. A value whose
// title says it otherwise has that after a "=": "E Intraluminal Device, Endotracheal Airway = Endotracheal Airway".
func (sr *starterReader) pcsRow(bl block) (row PCSRow, said saidRow, title string, ok bool) {
	n := 0
	ok = true
	for _, u := range bl.under {
		key, text, _ := strings.Cut(u.text, ":")
		if key == "title" {
			title = strings.TrimSpace(text)
			continue
		}
		if n == 4 {
			sr.fail(u.sourceLine, "a row has four axes, for characters four to seven")
			return row, said, title, false
		}
		row[n].Title, said[n] = strings.TrimSpace(key), map[string]string{}
		for _, v := range strings.Split(text, ";") {
			m := pcsValue.FindStringSubmatch(strings.TrimSpace(v))
			if m == nil {
				sr.fail(u.sourceLine, "%q is no value; write: 0 Open; 4 Percutaneous Endoscopic", strings.TrimSpace(v))
				ok = false
				continue
			}
			label, words, other := strings.Cut(m[2], " = ")
			if !other {
				words = turned(label)
			}
			row[n].Values = append(row[n].Values, Choice{m[1], label})
			said[n][m[1]] = words
		}
		n++
	}
	if n != 4 {
		sr.fail(bl.sourceLine, "a row has four axes, for characters four to seven; this one has %d", n)
		return row, said, title, false
	}
	return row, said, title, ok
}

// turned puts what follows the last comma of a label first, as titles do: "Radius, Right" is Right Radius there.
func turned(label string) string {
	if i := strings.LastIndex(label, ", "); i >= 0 {
		return label[i+2:] + " " + label[:i]
	}
	return label
}

// expandRow adds every code of a row. The title is a pattern: {4} to {7} are values as titles say them, {approach} the approach with
// the word Approach where the official titles have it, and a part in brackets falls away when a value in it is Z (no device, no
// qualifier).
func expandRow(prefix Code, row PCSRow, said saidRow, pattern string, codes map[Code]string) {
	var at [4]string
	var walk func(n int)
	walk = func(n int) {
		if n < 4 {
			for _, v := range row[n].Values {
				at[n] = v.Char
				walk(n + 1)
			}
			return
		}
		codes[prefix+Code(strings.Join(at[:], ""))] = pcsTitle(pattern, at, said)
	}
	walk(0)
}

func pcsTitle(pattern string, at [4]string, said saidRow) string {
	pick := func(place string) (char, words string) {
		p := strings.Trim(place, "{}")
		if p != "approach" {
			n := p[0] - '4'
			return at[n], said[n][at[n]]
		}
		words = said[1][at[1]]
		if !strings.HasPrefix(words, "Via ") {
			words += " Approach"
		}
		return at[1], words
	}
	pattern = pcsOptional.ReplaceAllStringFunc(pattern, func(s string) string {
		for _, p := range pcsPlace.FindAllString(s, -1) {
			if char, _ := pick(p); char == "Z" {
				return ""
			}
		}
		return s[1 : len(s)-1]
	})
	return pcsPlace.ReplaceAllStringFunc(pattern, func(s string) string {
		_, words := pick(s)
		return words
	})
}
