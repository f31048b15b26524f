package codebook

import (
	"regexp"
	"strings"
)

var (
	pcsTableLine = regexp.MustCompile(`^table\s+([0-9A-HJ-NP-Z]{3})\s+(\S.*)$`)
	pcsValue     = regexp.MustCompile(`^([0-9A-HJ-NP-Z])\s+(\S.*)$`)
	pcsDefine    = regexp.MustCompile(`^define\s+([0-9A-HJ-NP-Z])\s+([1-7])\s+([^:]+):\s*(\S.*)$`)
	pcsOptional  = regexp.MustCompile(`\[[^\]]*\]`)
	pcsPlace     = regexp.MustCompile(`\{([4-7]|approach)\}`)
)

// pcsLines reads tables and definitions of ICD-10-PCS and adds every code that the tables allow.
func (sr *starterReader) pcsLines(rb *ReleaseBuilder, lines []sourceLine) {
	for _, bl := range blocks(lines) {
		if m := pcsDefine.FindStringSubmatch(bl.text); m != nil {
			rb.Term(m[1], int(m[2][0]-'0'), strings.TrimSpace(m[3]), m[4])
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
		t := PCSTable{Prefix: Code(m[1]), Axes: [3]string{"Section", "Body System", "Operation"}}
		copy(t.Labels[:], labels)
		sr.pcsTable(rb, bl, t)
	}
}

func (sr *starterReader) pcsTable(rb *ReleaseBuilder, bl block, t PCSTable) {
	title := ""
	codes := map[Code]string{}
	for _, u := range bl.under {
		key, text, _ := strings.Cut(u.text, ":")
		text = strings.TrimSpace(text)
		switch {
		case key == "definition" && text != "":
			t.Definition = text
		case key == "title" && text != "":
			title = text
		case u.text == "row":
			row, own, ok := sr.pcsRow(u)
			if !ok {
				continue
			}
			if own == "" {
				own = title
			}
			if own == "" {
				sr.fail(u.sourceLine, "table %s: write a title: line above its rows", t.Prefix)
				continue
			}
			t.Rows = append(t.Rows, row)
			expandRow(t.Prefix, row, own, codes)
		default:
			sr.fail(u.sourceLine, "%q: below a table stand definition:, title: and row", u.text)
		}
	}
	if len(t.Rows) == 0 {
		sr.fail(bl.sourceLine, "table %s has no row", t.Prefix)
		return
	}
	rb.Table(t)
	rb.Code(t.Prefix, t.Labels[1]+", "+t.Labels[2], false, Facts{})
	for c, title := range codes {
		rb.Code(c, title, true, Facts{})
	}
}

// pcsRow reads four axis lines, "Approach: 0 Open; 4 Percutaneous Endoscopic", and perhaps a title of the row's own.
func (sr *starterReader) pcsRow(bl block) (row PCSRow, title string, ok bool) {
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
			return row, title, false
		}
		row[n].Title = strings.TrimSpace(key)
		for _, v := range strings.Split(text, ";") {
			m := pcsValue.FindStringSubmatch(strings.TrimSpace(v))
			if m == nil {
				sr.fail(u.sourceLine, "%q is no value; write: 0 Open; 4 Percutaneous Endoscopic", strings.TrimSpace(v))
				ok = false
				continue
			}
			row[n].Values = append(row[n].Values, Choice{m[1], m[2]})
		}
		n++
	}
	if n != 4 {
		sr.fail(bl.sourceLine, "a row has four axes, for characters four to seven; this one has %d", n)
		return row, title, false
	}
	return row, title, ok
}

// expandRow adds every code of a row. The title is a pattern: {4} to {7} are labels, {approach} the label of character five with the
// word Approach where the official titles have it, and a part in brackets falls away when a character in it is Z.
func expandRow(prefix Code, row PCSRow, pattern string, codes map[Code]string) {
	var at [4]Choice
	var walk func(n int)
	walk = func(n int) {
		if n < 4 {
			for _, at[n] = range row[n].Values {
				walk(n + 1)
			}
			return
		}
		c := prefix
		for _, v := range at {
			c += Code(v.Char)
		}
		codes[c] = pcsTitle(pattern, at)
	}
	walk(0)
}

func pcsTitle(pattern string, at [4]Choice) string {
	pick := func(place string) Choice {
		p := strings.Trim(place, "{}")
		if p == "approach" {
			v := at[1]
			if !strings.HasPrefix(v.Title, "Via ") {
				v.Title += " Approach"
			}
			return v
		}
		return at[p[0]-'4']
	}
	pattern = pcsOptional.ReplaceAllStringFunc(pattern, func(s string) string {
		for _, p := range pcsPlace.FindAllString(s, -1) {
			if pick(p).Char == "Z" {
				return ""
			}
		}
		return s[1 : len(s)-1]
	})
	return pcsPlace.ReplaceAllStringFunc(pattern, func(s string) string { return pick(s).Title })
}
