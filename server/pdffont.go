package server

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// pdfFont is the font of documents, to ask what it can show. The Go fonts have Latin, Greek and Cyrillic, and are free to ship (BSD).
var pdfFont = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(goregular.TTF) })

// inFont is a text in characters that the font of documents has: letters with marks that it lacks lose the marks, and what it has
// nothing for becomes a question mark. A name in another script is read on the page, which has the fonts of the reader's machine.
func inFont(text string) string {
	font, err := pdfFont()
	if err != nil {
		return text
	}
	var buf sfnt.Buffer
	has := func(r rune) bool {
		i, err := font.GlyphIndex(&buf, r)
		return err == nil && i != 0
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case has(r):
			b.WriteRune(r)
		default:
			shown := false
			for _, near := range nearest(r, has) {
				b.WriteRune(near)
				shown = true
			}
			if !shown {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}

// shownInFont tells how a name stands in documents: whole, in part, or not at all where the font has none of its letters.
func shownInFont(name string) (whole, some bool) {
	shown := inFont(name)
	whole = strings.Count(shown, "?") == strings.Count(name, "?")
	return whole, whole || strings.Trim(shown, "? -.'") != ""
}

// nearest is a character taken apart, without the marks that cannot be shown on it.
func nearest(r rune, has func(rune) bool) (out []rune) {
	for _, part := range norm.NFKD.String(string(r)) {
		if n := len(out); n > 0 && unicode.Is(unicode.Mn, part) {
			if whole := []rune(norm.NFC.String(string([]rune{out[n-1], part}))); len(whole) == 1 && has(whole[0]) {
				out[n-1] = whole[0]
			}
		} else if has(part) {
			out = append(out, part)
		}
	}
	return out
}
