package gradesheet

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
)

// Cell is a text or a number; the zero Cell is empty.
type Cell struct {
	Text   string
	Number *float64 // takes the place of the text
}

// Text makes a cell of a text.
func Text(s string) Cell { return Cell{Text: s} }

// Number makes a cell of a number.
func Number(v float64) Cell { return Cell{Number: &v} }

// Sheet is a table. Its first row names the columns.
type Sheet struct {
	Name string
	Rows [][]Cell
}

func (c Cell) plain() string {
	if c.Number != nil {
		return strconv.FormatFloat(*c.Number, 'f', -1, 64)
	}
	return c.Text
}

// CSV writes the sheet with a byte order mark, by which spreadsheets know UTF-8. A text that a spreadsheet would take for a formula gets an
// apostrophe before it (OWASP, "CSV Injection"); numbers, negative ones too, stay numbers.
func (s Sheet) CSV() ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString("\xef\xbb\xbf")
	w := csv.NewWriter(&buf)
	w.UseCRLF = true
	for _, row := range s.Rows {
		out := make([]string, len(row))
		for i, c := range row {
			out[i] = c.plain()
			if c.Number == nil {
				out[i] = Harmless(out[i])
			}
		}
		if err := w.Write(out); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

// Harmless keeps a spreadsheet from taking a text for a formula: one that begins with = + - @, with their full-width forms or with a control
// character, blanks before it or not, gets an apostrophe.
func Harmless(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "\t\r\n") {
		return "'" + text
	}
	if t := strings.TrimLeft(text, " \u00a0"); t != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(t)[0]) {
		return "'" + text
	}
	return text
}
