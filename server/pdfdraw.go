package server

import (
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// newDocument is an A4 document without a page yet, in the font of documents. Lengths are millimetres.
func newDocument(title string, margin float64) *fpdf.Fpdf {
	d := fpdf.New("P", "mm", "A4", "")
	d.AddUTF8FontFromBytes("go", "", goregular.TTF)
	d.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	d.SetMargins(margin, margin, margin)
	d.SetTitle(title, true) // which the reader shows in fonts of its own
	d.SetLang("en")
	return d
}

// draw draws the result as a bar with its interval and, where there is one, the pass line.
func (o outcome) draw(d *fpdf.Fpdf, x, y, wide, high float64) {
	at := func(tenths int) float64 { return x + wide*float64(tenths)/1000 }
	d.SetFillColor(232, 229, 222)
	d.Rect(x, y, wide, high, "F")
	d.SetFillColor(29, 63, 114)
	d.Rect(x, y, wide*float64(o.Share)/1000, high, "F")
	mid := y + high/2
	d.SetDrawColor(214, 138, 20)
	d.SetLineWidth(.6)
	d.Line(at(o.Low), mid, at(o.High), mid)
	d.Line(at(o.Low), y+high*.15, at(o.Low), y+high*.85)
	d.Line(at(o.High), y+high*.15, at(o.High), y+high*.85)
	if o.Pass > 0 {
		d.SetDrawColor(163, 32, 32)
		d.SetLineWidth(.5)
		d.Line(at(o.Pass), y-1, at(o.Pass), y+high+1)
	}
	d.SetDrawColor(0, 0, 0)
	d.SetLineWidth(.2)
}
