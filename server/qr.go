package server

import (
	"fmt"
	"html/template"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/qr"
)

// qrQuiet is the width of the light edge around a code, in modules (ISO/IEC 18004, section 6.3.8).
const qrQuiet = 4

// qrModules are the dark modules of the QR code of a text, by row and column, without the light edge. Level M lets 15 % of it be damaged,
// as a print that was folded is. The error says that the text is too long for a code.
func qrModules(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	b := code.Bounds()
	rows := make([][]bool, b.Dy())
	for y := range rows {
		rows[y] = make([]bool, b.Dx())
		for x := range rows[y] {
			r, _, _, _ := code.At(b.Min.X+x, b.Min.Y+y).RGBA()
			rows[y][x] = r == 0
		}
	}
	return rows, nil
}

// qrRuns calls dark for each run of dark modules in a row.
func qrRuns(rows [][]bool, dark func(x, y, width int)) {
	for y, row := range rows {
		for x := 0; x < len(row); {
			if !row[x] {
				x++
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			dark(from, y, x-from)
		}
	}
}

// qrSVG is the QR code of a text as a picture in a page; label says what it leads to. It is black on white in dark pages too: many readers
// take no other.
func qrSVG(text, label string) (template.HTML, error) {
	rows, err := qrModules(text)
	if err != nil {
		return "", err
	}
	size := len(rows) + 2*qrQuiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" role="img" aria-label="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`,
		template.HTMLEscapeString(label), size, size, size, size)
	qrRuns(rows, func(x, y, width int) { fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+qrQuiet, y+qrQuiet, width, width) })
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// drawQR puts the QR code of a text on a page of a PDF: a square of this side in the PDF's unit, light edge included, with its left upper corner
// at x, y. The colour to fill with is black afterwards.
func drawQR(pdf *fpdf.Fpdf, text string, x, y, side float64) error {
	rows, err := qrModules(text)
	if err != nil {
		return err
	}
	module := side / float64(len(rows)+2*qrQuiet)
	pdf.SetFillColor(255, 255, 255)
	pdf.Rect(x, y, side, side, "F")
	pdf.SetFillColor(0, 0, 0)
	qrRuns(rows, func(col, row, width int) {
		pdf.Rect(x+float64(col+qrQuiet)*module, y+float64(row+qrQuiet)*module, float64(width)*module, module, "F")
	})
	return nil
}
