package release

import (
	"io"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// pcsTables are the ICD-10-PCS tables.
type pcsTables struct {
	list  []codebook.PCSTable
	tally // rows are rows of tables
}

// readTables reads the PCS tables XML: axes one to three of a table, then rows with the values of axes four to seven.
func readTables(r io.Reader) (*pcsTables, error) {
	p := &tableReader{out: &pcsTables{}, own: internStrings{}}
	if err := walkXML(r, p.start, p.end); err != nil {
		return nil, err
	}
	return p.out, nil
}

type tableReader struct {
	out    *pcsTables
	own    internStrings // 33,000 labels have some thousand texts
	table  codebook.PCSTable
	row    codebook.PCSRow
	codes  string
	pos    int
	values string
	char   string
	here   []codebook.Choice
	title  string
}

func (p *tableReader) start(e *element) error {
	switch e.name() {
	case "pcsTable":
		p.table = codebook.PCSTable{}
	case "pcsRow":
		p.row, p.codes = codebook.PCSRow{}, e.get("codes")
	case "axis":
		low, high := 1, 3
		if e.parent() == "pcsRow" {
			low, high = 4, 7
		}
		n, err := strconv.Atoi(e.get("pos"))
		if err != nil || n < low || n > high {
			return damaged(e.line, "axis %q: want %d to %d", e.get("pos"), low, high)
		}
		p.pos, p.values, p.here, p.title = n, e.get("values"), nil, ""
	case "label":
		p.char = e.get("code")
		if len(p.char) != 1 {
			return damaged(e.line, "label with code %q: want one character", p.char)
		}
	}
	return nil
}

func (p *tableReader) end(e *element, text string) error {
	switch e.name() {
	case "title":
		p.title = p.own.of(text)
	case "label":
		p.here = append(p.here, codebook.Choice{Char: p.own.of(p.char), Title: p.own.of(text)})
	case "definition":
		if e.parent() == "axis" && p.pos == 3 {
			p.table.Definition = p.own.of(text)
		}
	case "axis":
		if p.values != "" && p.values != strconv.Itoa(len(p.here)) {
			return damaged(e.line, "axis %d says that it has %s values and has %d", p.pos, p.values, len(p.here))
		}
		if p.pos > 3 {
			p.row[p.pos-4] = codebook.PCSAxis{Title: p.title, Values: p.here}
			return nil
		}
		if len(p.here) != 1 {
			return damaged(e.line, "axis %d of a table has %d values: want one", p.pos, len(p.here))
		}
		p.table.Axes[p.pos-1], p.table.Labels[p.pos-1] = p.title, p.here[0].Title
		p.table.Prefix += codebook.Code(p.here[0].Char)
	case "pcsRow":
		n := 1
		for _, a := range p.row {
			n *= len(a.Values)
		}
		if n == 0 || p.codes != "" && p.codes != strconv.Itoa(n) {
			return damaged(e.line, "a row of table %s says that it has %q codes and has %d", p.table.Prefix, p.codes, n)
		}
		p.table.Rows = append(p.table.Rows, p.row)
		p.out.tally.rows++
	case "pcsTable":
		if len(p.table.Prefix) != 3 || len(p.table.Rows) == 0 {
			return damaged(e.line, "table %q has no three characters or no rows", p.table.Prefix)
		}
		p.out.list = append(p.out.list, p.table)
	}
	return nil
}

// term is what the definitions file says of a value.
type term struct {
	section  string
	position int
	label    string
	text     string
}

// pcsTerms are the ICD-10-PCS definitions: of root operations, approaches, types and qualifiers, and the body part and device keys.
type pcsTerms struct {
	list  []term
	tally // rows are terms elements
}

// readTerms reads the PCS definitions XML. A key has no definition, only what its value includes.
func readTerms(r io.Reader) (*pcsTerms, error) {
	p := &pcsTerms{}
	own := internStrings{}
	section, position := "", 0
	var titles, texts, includes []string
	err := walkXML(r, func(e *element) error {
		switch e.name() {
		case "section":
			if section = e.get("code"); len(section) != 1 {
				return damaged(e.line, "section %q: want one character", section)
			}
		case "axis":
			n, err := strconv.Atoi(e.get("pos"))
			if err != nil || n < 1 || n > 7 {
				return damaged(e.line, "axis %q: want 1 to 7", e.get("pos"))
			}
			position = n
		case "terms":
			titles, texts, includes = nil, nil, nil
		}
		return nil
	}, func(e *element, text string) error {
		if e.parent() == "terms" && text != "" {
			switch e.name() {
			case "title":
				titles = append(titles, text)
			case "definition", "explanation":
				texts = append(texts, strings.TrimSuffix(text, "."))
			case "includes":
				includes = append(includes, strings.TrimPrefix(text, "Includes "))
			}
			return nil
		}
		if e.name() == "aggregate" {
			p.tally.rows++
			p.tally.skip("device aggregation is not part of the book", "deviceAggregation")
		}
		if e.name() != "terms" {
			return nil
		}
		if len(titles) == 0 || section == "" || position == 0 {
			return damaged(e.line, "terms without a title, a section or an axis")
		}
		p.tally.rows++
		if len(includes) > 0 {
			texts = append(texts, "Includes: "+strings.Join(includes, "; "))
		}
		all := own.of(strings.Join(texts, ". "))
		if all == "" {
			p.tally.skip("terms without a definition", titles[0])
			return nil
		}
		for _, t := range titles {
			p.list = append(p.list, term{section, position, own.of(t), all})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
