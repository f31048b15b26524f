package interchange

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"crosswalk/grading"
)

// giftEscape writes text so that no character of it is one of GIFT's.
func giftEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
			continue
		case strings.ContainsRune(`\~=#{}:`, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// giftText writes markdown: as it stands where it is plain text, else as HTML.
func giftText(md string) string {
	if md == "" {
		return ""
	}
	if t := toPlain(md); isPlain(md) && !strings.ContainsAny(t, "<>&\u00A0") && !strings.ContainsAny(t[:1], "[%/$") {
		return giftEscape(t)
	}
	return "[html]" + giftEscape(toHTML(md))
}

// giftLineText is giftText for one line, without a paragraph around it.
func giftLineText(md string) string {
	if t := giftText(md); !strings.HasPrefix(t, "[html]") {
		return t
	}
	return "[html]" + giftEscape(lineHTML(md))
}

// percentOf is one right option's share of the points as Moodle writes it.
func percentOf(n int) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(100/float64(n), 'f', 5, 64), "0"), ".")
}

// giftBracket writes text that stands in brackets. A backslash at its end would take the closing one along.
func giftBracket(s string) string {
	s = strings.ReplaceAll(s, "]", `\]`)
	if strings.HasSuffix(s, `\`) {
		s += " "
	}
	return s
}

func writeGIFT(w io.Writer, items []*Item) error {
	var b strings.Builder
	area := ""
	for i, it := range items {
		if it.Area != area || i == 0 {
			area = it.Area
			fmt.Fprintf(&b, "$CATEGORY: $course$/top/Crosswalk/%s\n\n", area)
		}
		b.WriteString("//")
		if it.ID != "" {
			b.WriteString(" [id:" + giftBracket(it.ID) + "]")
		}
		for _, t := range it.tags() {
			b.WriteString(" [tag:" + giftBracket(t) + "]")
		}
		b.WriteString("\n::" + giftEscape(it.ID) + "::" + giftText(it.Stem) + "{\n")
		giftKey(&b, it)
		if it.Rationale != "" {
			b.WriteString("####" + giftText(it.Rationale) + "\n")
		}
		b.WriteString("}\n\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func giftKey(b *strings.Builder, it *Item) {
	switch it.Kind {
	case grading.Single, grading.Multiple:
		for _, c := range it.Choices {
			switch {
			case it.Kind == grading.Single && c.Right:
				b.WriteString("=")
			case it.Kind == grading.Single:
				b.WriteString("~")
			case c.Right:
				b.WriteString("~%" + percentOf(it.rights()) + "%")
			default:
				b.WriteString("~%-100%")
			}
			b.WriteString(giftLineText(c.Text))
			if c.Why != "" {
				b.WriteString("#" + giftText(c.Why))
			}
			b.WriteByte('\n')
		}
	case grading.Number:
		b.WriteString("#" + it.Number + ":" + it.Tolerance + "\n")
	case grading.Text:
		for _, t := range it.Texts {
			b.WriteString("=%100%" + strings.ReplaceAll(giftEscape(t), "->", `-\>`) + "\n")
		}
	case grading.Match:
		for _, p := range it.Pairs {
			b.WriteString("=" + strings.ReplaceAll(giftLineText(p.Left), "->", `-\>`) + " -> " + strings.ReplaceAll(giftEscape(toPlain(p.Right)), "->", `-\>`) + "\n")
		}
	}
}
