package server

import (
	"bytes"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Measures of the sheet in millimetres, on A4.
const (
	sheetMargin = 13.0
	sheetWidth  = 210 - 2*sheetMargin
	sheetGap    = 6.0
	sheetFoot   = 297 - 26.0 // where the notes begin
)

// hireSheet is the report on one sheet in the making. Its sections flow in two columns; where a test has more than fits, the type is set smaller.
type hireSheet struct {
	*fpdf.Fpdf
	w    words
	p    hireReportPage
	size float64 // of the type, 1 for the usual one
	over float64 // how far the longer column ran over its end
}

// hirePDF writes the report on one page.
func hirePDF(w words, p hireReportPage) ([]byte, error) {
	var buf bytes.Buffer
	err := setHireSheet(w, p).Output(&buf)
	return buf.Bytes(), err
}

// setHireSheet sets the sheet in the largest type that fits.
func setHireSheet(w words, p hireReportPage) (d *hireSheet) {
	for _, size := range []float64{1, .93, .86, .8, .74, .68, .62} {
		d = newHireSheet(w, p, size)
		d.head()
		d.accuracy()
		d.sections()
		d.foot()
		if d.over <= 0 {
			break
		}
	}
	return d
}

func newHireSheet(w words, p hireReportPage, size float64) *hireSheet {
	d := &hireSheet{Fpdf: newDocument(p.Title, sheetMargin), w: w, p: p, size: size}
	d.SetAutoPageBreak(false, 0)
	d.SetCellMargin(0)
	d.AddPage()
	return d
}

func (d *hireSheet) ink(bold bool, size float64, grey int) {
	style := ""
	if bold {
		style = "B"
	}
	d.SetFont("go", style, size)
	d.SetTextColor(grey, grey, grey)
}

// fit cuts a text to a width.
func (d *hireSheet) fit(text string, wide float64) string {
	text = inFont(text)
	if d.GetStringWidth(text) <= wide {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && d.GetStringWidth(string(runes)+"…") > wide {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// head is who sat what and when, and the result.
func (d *hireSheet) head() {
	p, w := d.p, d.w
	wide := sheetWidth
	if p.Verify != "" {
		const side = 25.0
		wide -= side + 1
		x, y := sheetMargin+sheetWidth-side, sheetMargin-4
		if err := drawQR(d.Fpdf, p.Verify, x, y, side); err != nil {
			d.SetError(err)
		}
		d.LinkString(x, y, side, side, p.Verify)
		d.ink(false, 6.2, 90)
		d.SetXY(x, y+side-.6)
		d.CellFormat(side, 2.6, inFont(w.get("hirereport.pdf_verify")), "", 0, "C", false, 0, "")
		d.SetXY(sheetMargin, sheetMargin)
	}
	whole, some := shownInFont(p.Who)
	who := p.Who
	if !some {
		who = p.Contact
	}
	for _, size := range []float64{16, 14, 12, 10.5, 9} {
		d.ink(true, size, 0)
		if d.GetStringWidth(inFont(who)) <= wide {
			break
		}
	}
	d.CellFormat(wide, 8, d.fit(who, wide), "", 1, "L", false, 0, "")
	if !whole {
		d.ink(false, 7, 90)
		d.CellFormat(wide, 3.5, d.fit(w.get("hirereport.pdf_letters"), wide), "", 1, "L", false, 0, "")
	}
	d.ink(false, 9.5, 0)
	test := p.Test
	if p.Ref != "" {
		test = w.get("hirereport.ref", p.Ref) + " · " + test
	}
	d.CellFormat(wide, 5, d.fit(test, wide), "", 1, "L", false, 0, "")
	d.ink(false, 8, 90)
	d.CellFormat(wide, 4.2, d.fit(p.Taken, wide), "", 1, "L", false, 0, "")
	d.Ln(2)
	verdict := "hirereport.not_passed"
	if p.R.Passed {
		verdict = "hirereport.passed"
	}
	text := w.get(verdict)
	if f := p.R.Overall; f != nil {
		text += ": " + w.get("hirereport.result", formatTenths(f.Percent10))
	}
	d.ink(true, 12.5, 0)
	d.CellFormat(sheetWidth, 6, inFont(text), "", 1, "L", false, 0, "")
	if f := p.R.Overall; f != nil {
		outcome{f.Percent10, f.Low10, f.High10, 10 * p.R.Test.PassPercent}.draw(d.Fpdf, sheetMargin, d.GetY()+1.6, sheetWidth, 3.6)
		d.SetXY(sheetMargin, d.GetY()+7.2)
	}
	d.ink(false, 8.3, 0)
	for _, line := range p.Verdict {
		d.MultiCell(sheetWidth, 3.9, inFont(line), "", "L", false)
	}
}

func (d *hireSheet) rule(grey int) {
	d.SetDrawColor(grey, grey, grey)
	d.SetLineWidth(.15)
}

// accuracy is the table of shares.
func (d *hireSheet) accuracy() {
	w := d.w
	d.Ln(2.2)
	wide := []float64{48, 56, 18, 26, 36}
	high := 4.6 * d.size
	head := []string{w.get("hirereport.accuracy"), "", w.get("hirereport.share"), w.get("hirereport.of"), w.get("hirereport.range")}
	row := func(bold bool, cells []string) {
		for i, text := range cells {
			d.ink(bold || i == 2, 8.3*d.size, 0)
			d.CellFormat(wide[i], high, d.fit(text, wide[i]-1), "", 0, "L", false, 0, "")
		}
		d.SetXY(sheetMargin, d.GetY()+high)
		d.rule(205)
		d.Line(sheetMargin, d.GetY(), sheetMargin+sheetWidth, d.GetY())
	}
	row(true, head)
	for _, f := range d.p.Figures {
		y := d.GetY()
		row(false, []string{f.Name, "", f.Share, f.Of, f.Range + " " + f.Mark})
		back := d.GetY()
		outcome{f.Percent10, f.Low10, f.High10, 0}.draw(d.Fpdf, sheetMargin+wide[0], y+high*.28, wide[1]-5, high*.44)
		d.SetXY(sheetMargin, back)
	}
	if d.p.NotAsked != "" {
		d.ink(false, 7.2*d.size, 90)
		d.Ln(.6)
		d.MultiCell(sheetWidth, 3.4*d.size, inFont(d.p.NotAsked), "", "L", false)
	}
}

// sections set the parts in two columns, each part whole, into the column that is shorter.
func (d *hireSheet) sections() {
	const columns = 2
	wide := (sheetWidth - sheetGap) / columns
	top := d.GetY() + 1.5
	ends := [columns]float64{top, top}
	for _, sec := range d.p.Sections {
		i := 0
		if ends[1] < ends[0] {
			i = 1
		}
		ends[i] = d.section(sec, sheetMargin+float64(i)*(wide+sheetGap), ends[i], wide)
	}
	d.over = max(ends[0], ends[1]) - sheetFoot
}

// section sets one part and gives where it ends.
func (d *hireSheet) section(sec hireSection, x, y, wide float64) float64 {
	line := 3.7 * d.size
	d.SetXY(x, y+1.6)
	d.ink(true, 9*d.size, 0)
	d.CellFormat(wide, 5*d.size, inFont(sec.Title), "", 0, "L", false, 0, "")
	y += 1.6 + 5.2*d.size
	label := d.labels(sec, wide)
	for _, l := range sec.Lines {
		d.ink(false, 7.8*d.size, 60)
		left := d.split(l.Label, label-1.5)
		d.ink(false, 7.8*d.size, 0)
		right := d.split(l.Value, wide-label)
		for i := range max(len(left), len(right)) {
			if i < len(left) {
				d.ink(false, 7.8*d.size, 60)
				d.SetXY(x, y)
				d.CellFormat(label, line, left[i], "", 0, "L", false, 0, "")
			}
			if i < len(right) {
				d.ink(false, 7.8*d.size, 0)
				d.SetXY(x+label, y)
				d.CellFormat(wide-label, line, right[i], "", 0, "L", false, 0, "")
			}
			y += line
		}
	}
	if sec.Note != "" {
		d.ink(false, 7*d.size, 90)
		for _, text := range d.split(sec.Note, wide) {
			d.SetXY(x, y)
			d.CellFormat(wide, 3.3*d.size, text, "", 0, "L", false, 0, "")
			y += 3.3 * d.size
		}
	}
	return y
}

// labels is how much room the labels of a part take: no more than they need, and no more than two fifths.
func (d *hireSheet) labels(sec hireSection, wide float64) float64 {
	d.ink(false, 7.8*d.size, 0)
	most := 0.0
	for _, l := range sec.Lines {
		most = max(most, d.GetStringWidth(inFont(l.Label)))
	}
	return min(most+6, .42*wide)
}

func (d *hireSheet) split(text string, wide float64) []string {
	return d.SplitText(strings.ReplaceAll(inFont(text), " %", "\u00a0%"), wide-1)
}

// foot is what counts as what, and which version of everything it was.
func (d *hireSheet) foot() {
	d.SetXY(sheetMargin, sheetFoot+1)
	d.rule(205)
	d.Line(sheetMargin, sheetFoot+.5, sheetMargin+sheetWidth, sheetFoot+.5)
	d.ink(false, 6.8, 90)
	text := ""
	for i, n := range d.p.Notes {
		if i > 0 {
			text += " "
		}
		text += n
	}
	d.MultiCell(sheetWidth, 3.1, inFont(text), "", "L", false)
	d.MultiCell(sheetWidth, 3.1, inFont(d.p.Versions), "", "L", false)
	d.SetTextColor(0, 0, 0)
}
