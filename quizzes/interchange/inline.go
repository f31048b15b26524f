package interchange

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a run of text is set.
type style byte

const (
	plain style = iota
	emph
	strong
	code
)

// run is a stretch of text of one style, or a line break.
type run struct {
	text  string
	style style
	brk   bool
}

// clean takes characters out that have no place in a text: control characters, byte order marks, and marks that turn the direction of what follows,
// so that a reviewer sees what a learner sees. White space of every kind becomes a blank, other than line feeds.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == 0xFEFF, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// foldSpace makes one blank of every stretch of white space, and keeps one at either end.
func foldSpace(s string) string {
	var b strings.Builder
	space := false
	for _, r := range clean(s) {
		if r == ' ' || r == '\n' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

// tidy brings runs into the one form that markdown gives back: no two of a style beside each other, blanks outside of emphasis, no
// break at an end, no two together, and no emphasis where markdown would not see it.
func tidy(in []run) []run {
	for out := hoistSpace(joinRuns(in)); ; out = joinRuns(out) {
		// All that cannot stand goes at once: one by one, a long text made to harm would take for ever.
		var falls []int
		for i := range out {
			if !emphasisStands(out, i) {
				falls = append(falls, i)
			}
		}
		if len(falls) == 0 {
			return out
		}
		for _, i := range falls {
			out[i].style = plain
		}
	}
}

// joinRuns folds white space across runs and joins neighbours of one style.
func joinRuns(in []run) []run {
	var out []run
	var text strings.Builder // of the last run of out, which is no break while there is any
	space := true            // what comes next follows a blank or begins a line
	end := func() {
		if text.Len() > 0 {
			out[len(out)-1].text = text.String()
			text.Reset()
		}
	}
	for _, r := range in {
		if r.brk {
			end()
			if n := len(out); n > 0 && !out[n-1].brk {
				out = append(out, run{brk: true})
			}
			space = true
			continue
		}
		r.text = foldSpace(r.text)
		if space {
			r.text = strings.TrimLeft(r.text, " ")
		}
		if r.text == "" {
			continue
		}
		if text.Len() == 0 || out[len(out)-1].style != r.style {
			end()
			out = append(out, run{style: r.style})
		}
		text.WriteString(r.text)
		space = strings.HasSuffix(r.text, " ")
	}
	end()
	return trimRuns(out)
}

// trimRuns takes blanks before breaks and at the end away, and breaks at the end.
func trimRuns(in []run) []run {
	var out []run
	for i, r := range in {
		last := i+1 == len(in) || in[i+1].brk
		if !r.brk && last {
			if r.text = strings.TrimRight(r.text, " "); r.text == "" {
				continue
			}
		}
		out = append(out, r)
	}
	for len(out) > 0 && out[len(out)-1].brk {
		out = out[:len(out)-1]
	}
	return out
}

// hoistSpace moves blanks at the ends of styled runs into plain ones.
func hoistSpace(in []run) []run {
	var out []run
	changed := false
	for _, r := range in {
		t := strings.Trim(r.text, " ")
		if r.brk || r.style == plain || t == r.text {
			out = append(out, r)
			continue
		}
		changed = true
		if strings.HasPrefix(r.text, " ") {
			out = append(out, run{text: " "})
		}
		if t != "" {
			out = append(out, run{text: t, style: r.style})
		}
		if strings.HasSuffix(r.text, " ") {
			out = append(out, run{text: " "})
		}
	}
	if changed {
		return joinRuns(out)
	}
	return out
}

// emphasisStands reports whether markdown would see the style of a run between its neighbours (CommonMark, left- and right-flanking runs). It is
// stricter than it has to be.
func emphasisStands(rs []run, i int) bool {
	r := rs[i]
	if r.brk || r.style == plain {
		return true
	}
	prev, next := ' ', ' '
	if i > 0 && !rs[i-1].brk {
		if rs[i-1].style != plain {
			return false
		}
		prev, _ = utf8.DecodeLastRuneInString(rs[i-1].text)
	}
	if i+1 < len(rs) && !rs[i+1].brk {
		if rs[i+1].style != plain {
			return false
		}
		next, _ = utf8.DecodeRuneInString(rs[i+1].text)
	}
	if r.style == code {
		return !strings.ContainsAny(r.text, "`|\\") && prev != '`' && next != '`'
	}
	first, _ := utf8.DecodeRuneInString(r.text)
	last, _ := utf8.DecodeLastRuneInString(r.text)
	return outside(prev) && outside(next) && (wordy(first) || prev == ' ') && (wordy(last) || next == ' ')
}

// outside reports whether emphasis may begin after a character and end before it.
func outside(r rune) bool {
	return r == ' ' || r < utf8.RuneSelf && unicode.In(r, unicode.P, unicode.S) && r != '*' && r != '_'
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// runsMarkdown prints tidy runs. A break is a backslash at the end of the line.
func runsMarkdown(rs []run) string {
	var b strings.Builder
	start := true
	for i, r := range rs {
		switch {
		case r.brk:
			b.WriteString("\\\n")
		case r.style == code:
			b.WriteString("`" + r.text + "`")
		case r.style == emph:
			b.WriteString("*" + escape(r.text, false) + "*")
		case r.style == strong:
			b.WriteString("**" + escape(r.text, false) + "**")
		default:
			text := escape(r.text, start)
			if i+1 < len(rs) && rs[i+1].brk && strings.HasSuffix(text, `\\`) {
				text = strings.TrimSuffix(text, `\\`) + "&#92;" // before the backslash of a break it would not be read as one of the text
			}
			b.WriteString(text)
		}
		start = r.brk
	}
	return b.String()
}

// escape writes text so that markdown takes it for text. start says that it begins a line, where more characters have a meaning.
func escape(s string, start bool) string {
	var b strings.Builder
	rs := []rune(s)
	if start {
		if n := listNumber(rs); n > 0 {
			b.WriteString(string(rs[:n]) + "\\")
			rs = rs[n:]
			b.WriteRune(rs[0])
			rs = rs[1:]
		} else if len(rs) > 0 && strings.ContainsRune("#+-=>:", rs[0]) {
			b.WriteByte('\\')
		}
	}
	for i, r := range rs {
		if strings.ContainsRune("\\`*[]<~|", r) || r == '_' && !within(rs, i) || r == '&' && i+1 < len(rs) && (rs[i+1] == '#' || unicode.IsLetter(rs[i+1])) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// listNumber is how many digits stand before a full stop or bracket that would make a list of the line; 0 for none.
func listNumber(rs []rune) int {
	for i, r := range rs {
		if r >= '0' && r <= '9' {
			continue
		}
		if i > 0 && i <= 9 && (r == '.' || r == ')') {
			return i
		}
		return 0
	}
	return 0
}

// within reports whether an underscore stands within a word, where it means nothing.
func within(rs []rune, i int) bool {
	return i > 0 && i+1 < len(rs) && wordy(rs[i-1]) && wordy(rs[i+1])
}

// runsPlain is the text of runs, with line feeds for breaks.
func runsPlain(rs []run) string {
	var b strings.Builder
	for _, r := range rs {
		if r.brk {
			b.WriteByte('\n')
		}
		b.WriteString(r.text)
	}
	return b.String()
}
