package server

import "strings"

// sheet sets an evidence sheet.
func (d *pdf) sheet(x evidenceDoc) {
	d.ink(true, 18)
	d.MultiCell(0, 9, inFont(d.page.Exam), "", "L", false)
	for _, m := range x.Meta {
		d.muted(m)
	}
	for _, p := range x.Parts {
		d.heading(p.Title)
		if p.Warning != "" {
			d.SetFillColor(250, 240, 214)
			d.ink(false, 10)
			d.MultiCell(0, pdfLine, inFont(p.Warning), "", "L", true)
			d.Ln(1.5)
		}
		for _, t := range p.Texts {
			d.text(t)
			d.Ln(1)
		}
		for _, t := range p.Tables {
			d.table(t)
		}
		for _, n := range p.Notes {
			d.muted(n)
			d.Ln(.8)
		}
	}
}

// table sets a table: the columns share the width by what stands in them, and cells break into lines. A row is never torn apart.
func (d *pdf) table(t sheetTable) {
	wide := d.columns(t)
	d.keep(22)
	if t.Name != "" {
		d.Ln(1)
		d.ink(true, 9.5)
		d.MultiCell(0, pdfLine, inFont(t.Name), "", "L", false)
	}
	const line = 4.4
	row := func(bold bool, cells []string) {
		d.ink(bold, 8.5)
		most := 1
		texts := make([][]string, len(cells))
		for i, c := range cells {
			texts[i] = d.SplitText(inFont(c), wide[i])
			most = max(most, len(texts[i]))
		}
		d.keep(float64(most)*line + 1)
		y, x := d.GetY(), pdfMargin
		for i := range cells {
			for n, s := range texts[i] {
				d.SetXY(x, y+float64(n)*line)
				d.CellFormat(wide[i], line, s, "", 0, "L", false, 0, "")
			}
			x += wide[i]
		}
		d.SetXY(pdfMargin, y+float64(most)*line+.4)
		d.SetDrawColor(200, 196, 186)
		d.Line(pdfMargin, d.GetY(), pdfMargin+pdfWidth, d.GetY())
		d.SetDrawColor(0, 0, 0)
		d.Ln(.8)
	}
	row(true, t.Head)
	for _, r := range t.Rows {
		row(false, r)
	}
	d.Ln(2)
}

func (d *pdf) columns(t sheetTable) []float64 {
	d.ink(true, 8.5)
	most := make([]float64, len(t.Head))
	for _, r := range append([][]string{t.Head}, t.Rows...) {
		for i, c := range r {
			most[i] = max(most[i], min(70, d.GetStringWidth(inFont(c))+3))
		}
	}
	sum := 0.0
	for _, m := range most {
		sum += m
	}
	least := make([]float64, len(most)) // no word of a head is broken
	for i, h := range t.Head {
		for _, word := range strings.Fields(inFont(h)) {
			least[i] = max(least[i], d.GetStringWidth(word)+3.5)
		}
	}
	over, widest := 0.0, 0
	for i := range most {
		most[i] *= pdfWidth / sum
		if most[i] < least[i] {
			over, most[i] = over+least[i]-most[i], least[i]
		}
		if most[i] > most[widest] {
			widest = i
		}
	}
	most[widest] -= over
	return most
}
