package interchange

import (
	"regexp"
	"strconv"
	"strings"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// GIFT, as Moodle documents it (docs.moodle.org, "GIFT format"): questions parted by empty lines, ::title:: text {answers}, with ~ = # % { } : escaped
// by a backslash. While a file is read, escaped characters stand as runes of the private use area.
const giftSpecial = `\~=#{}:>n`

func giftRune(i int) string { return string(rune(0xE000 + i)) }

// giftHide puts escaped characters out of sight of the parser; giftShow brings them back.
func giftHide(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if at := strings.IndexByte(giftSpecial, s[i+1]); at >= 0 {
				b.WriteString(giftRune(at))
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func giftShow(s string) string {
	for i := range len(giftSpecial) {
		c := giftSpecial[i : i+1]
		if c == "n" {
			c = "\n"
		}
		s = strings.ReplaceAll(s, giftRune(i), c)
	}
	return s
}

var (
	giftCategory = regexp.MustCompile(`^\s*\$CATEGORY:\s*(.*)$`)
	giftComment  = regexp.MustCompile(`^\s*//(.*)$`)
	giftID       = regexp.MustCompile(`\[id:((?:\\\]|[^\]])*)\]`)
	giftTag      = regexp.MustCompile(`\[tag:((?:\\\]|[^\]])*)\]`)
	giftFormat   = regexp.MustCompile(`^\s*\[(html|markdown|moodle|plain)\]`)
	giftWeight   = regexp.MustCompile(`^\s*%(-?[0-9]+(?:\.[0-9]+)?)%`)
	giftTitle    = regexp.MustCompile(`^\s*::(.*?)::`)
	looksHTML    = regexp.MustCompile(`</?[A-Za-z][^<>]*>|&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]+);`)
)

func readGIFT(s *source) ([]*found, []Note, error) {
	// What already stands in the private use area would be taken for an escaped character.
	text := strings.Map(func(r rune) rune {
		if r >= 0xE000 && r < 0xE010 {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(string(s.text), ""), "\r\n", "\n"))
	var out []*found
	g := giftReader{}
	for i, line := range append(strings.Split(text, "\n"), "") {
		if len(out) > MaxItems {
			break // read refuses the file
		}
		if m := giftCategory.FindStringSubmatch(line); m != nil {
			out = append(out, g.end()...)
			g.area = areaIn(m[1])
			continue
		}
		if m := giftComment.FindStringSubmatch(line); m != nil {
			g.comment(m[1])
			continue
		}
		if strings.TrimSpace(line) == "" {
			out = append(out, g.end()...)
			continue
		}
		if len(g.lines) == 0 {
			g.start = i + 1
		}
		g.lines = append(g.lines, line)
	}
	return out, nil, nil
}

// areaIn is the area of ours that a category names at its end, or "".
func areaIn(category string) string {
	parts := strings.Split(category, "/")
	if last := strings.TrimSpace(parts[len(parts)-1]); quizzes.ValidArea(last) {
		return last
	}
	return ""
}

// giftReader holds the question under way.
type giftReader struct {
	lines []string
	start int
	area  string
	id    string
	tags  []string
}

// comment takes the id and tags that Moodle writes into comments, where a closing bracket has a backslash before it.
func (g *giftReader) comment(s string) {
	unslash := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, `\]`, "]")) }
	if m := giftID.FindStringSubmatch(s); m != nil {
		g.id = unslash(m[1])
	}
	for _, m := range giftTag.FindAllStringSubmatch(s, -1) {
		g.tags = append(g.tags, unslash(m[1]))
	}
}

func (g *giftReader) end() []*found {
	if len(g.lines) == 0 {
		return nil
	}
	f := foundItem("line %d", g.start)
	f.ID, f.Area = g.id, g.area
	f.setTags(g.tags)
	text := giftHide(strings.Join(g.lines, "\n"))
	*g = giftReader{area: g.area}
	if m := giftTitle.FindStringSubmatch(text); m != nil {
		if f.ID == "" {
			f.ID = strings.TrimSpace(giftShow(m[1]))
		}
		text = text[len(m[0]):]
	}
	format := ""
	if m := giftFormat.FindStringSubmatch(text); m != nil {
		format, text = m[1], text[len(m[0]):]
	}
	before, rest, ok := strings.Cut(text, "{")
	if !ok {
		f.Stem = f.gift(before, format)
		return []*found{f.refuse("it is a description without an answer")}
	}
	answers, after, ok := strings.Cut(rest, "}")
	if !ok {
		f.Stem = f.gift(before, format)
		return []*found{f.refuse("its answers have no closing brace")}
	}
	if strings.TrimSpace(after) != "" {
		before = strings.TrimRight(before, " \n") + " _____ " + strings.TrimLeft(after, " \n")
		f.notes.changed("the answer goes into a gap of the text, which is marked by a line")
	}
	f.Stem = f.gift(before, format)
	answers, general, _ := strings.Cut(answers, "####")
	f.Rationale = f.gift(general, format)
	return f.giftAnswers(answers, format)
}

// gift reads a text in the format that it names itself, else in the given one.
func (f *found) gift(s, format string) string {
	if m := giftFormat.FindStringSubmatch(s); m != nil {
		format, s = m[1], s[len(m[0]):]
	}
	s = strings.TrimSpace(giftShow(s))
	switch {
	case format == "html":
		return f.html(s)
	case format == "markdown":
		return canon(s, &f.notes)
	case format != "plain" && looksHTML.MatchString(s):
		return f.html(strings.ReplaceAll(s, "\n", "<br>"))
	}
	return fromPlain(s)
}

// giftLine is gift for a text on one line.
func (f *found) giftLine(s, format string) string {
	return lineFromHTML(toHTML(f.gift(s, format)), &f.notes)
}

// giftAnswer is one answer with its weight and feedback.
type giftAnswer struct {
	mark   byte // = or ~
	text   string
	why    string
	weight float64 // per cent
	given  bool    // a weight stands there
}

func giftAnswersOf(s string) []giftAnswer {
	var out []giftAnswer
	for at := strings.IndexAny(s, "=~"); at >= 0 && at < len(s); {
		next := strings.IndexAny(s[at+1:], "=~")
		end := len(s)
		if next >= 0 {
			end = at + 1 + next
		}
		a := giftAnswer{mark: s[at], text: s[at+1 : end]}
		if a.mark == '=' {
			a.weight = 100
		}
		if m := giftWeight.FindStringSubmatch(a.text); m != nil {
			a.weight, _ = strconv.ParseFloat(m[1], 64) // the pattern is that of a number
			a.given, a.text = true, a.text[len(m[0]):]
		}
		a.text, a.why, _ = strings.Cut(a.text, "#")
		out = append(out, a)
		at = end
	}
	return out
}

func (f *found) giftAnswers(s, format string) []*found {
	trimmed := strings.TrimSpace(s)
	word, feedback, _ := strings.Cut(trimmed, "#")
	switch strings.ToUpper(strings.TrimSpace(word)) {
	case "T", "TRUE":
		return []*found{f.trueFalse(true, feedback, format)}
	case "F", "FALSE":
		return []*found{f.trueFalse(false, feedback, format)}
	}
	switch {
	case trimmed == "":
		return []*found{f.refuse("it is an essay, which has no key")}
	case strings.HasPrefix(trimmed, "#"):
		return []*found{f.giftNumber(trimmed[1:])}
	}
	as := giftAnswersOf(trimmed)
	if len(as) > maxParts {
		return []*found{f.refuse("it has more than %d options, entries or answers", maxParts)}
	}
	wrong, arrows := 0, 0
	for _, a := range as {
		if a.mark == '~' {
			wrong++
		}
		if strings.Contains(a.text, "->") {
			arrows++
		}
	}
	switch {
	case len(as) == 0:
		return []*found{f.refuse("its answers begin with neither = nor ~")}
	case wrong > 0:
		f.giftChoices(as, format)
	case arrows == len(as):
		return f.giftMatch(as, format)
	default:
		f.giftTexts(as)
	}
	return []*found{f}
}

// trueFalse makes a choice of a statement. feedback is for the wrong answer, and after another # for the right one.
func (f *found) trueFalse(right bool, feedback, format string) *found {
	wrong, good, _ := strings.Cut(feedback, "#")
	f.Kind = grading.Single
	f.notes.changed("true or false is a choice of two options")
	why := map[bool]string{true: f.gift(good, format), false: f.gift(wrong, format)}
	f.Choices = []Choice{{"True", right, why[right]}, {"False", !right, why[!right]}}
	return f
}

func (f *found) giftChoices(as []giftAnswer, format string) {
	f.Kind = grading.Multiple
	for _, a := range as {
		if a.mark == '=' {
			f.Kind = grading.Single
		}
	}
	var cs []Choice
	for _, a := range as {
		right := a.weight > 0 && (f.Kind == grading.Multiple || a.weight >= 100)
		if a.given && a.weight > 0 && !right {
			f.notes.dropped("the part of the points that an option earned which is not right as a whole")
		}
		cs = append(cs, Choice{f.giftLine(a.text, format), right, f.gift(a.why, format)})
	}
	f.setChoices(cs)
}

func (f *found) giftMatch(as []giftAnswer, format string) []*found {
	f.Kind = grading.Match
	var extra []string
	for _, a := range as {
		left, right, _ := strings.Cut(a.text, "->")
		p := Pair{f.giftLine(left, format), lineFromPlain(giftShow(right))}
		if p.Left == "" {
			extra = append(extra, p.Right)
			continue
		}
		f.Pairs = append(f.Pairs, p)
	}
	return f.splitMatch(extra)
}

func (f *found) giftTexts(as []giftAnswer) {
	f.Kind = grading.Text
	var texts []string
	for _, a := range as {
		if a.weight < 100 {
			f.notes.dropped("an answer that earned part of the points")
			continue
		}
		if strings.TrimSpace(a.why) != "" {
			f.notes.dropped("the feedback to a typed answer")
		}
		texts = append(texts, giftShow(a.text))
	}
	f.setTexts(texts)
}

// giftNumber reads 3.14:0.01, 1..5, or a list of such answers of which the first one with full points counts.
func (f *found) giftNumber(s string) *found {
	f.Kind = grading.Number
	as := giftAnswersOf(s)
	if len(as) == 0 {
		text, why, _ := strings.Cut(s, "#")
		as = []giftAnswer{{text: text, why: why, weight: 100}}
	}
	for _, a := range as {
		if strings.TrimSpace(a.why) != "" {
			f.notes.dropped("the feedback to a typed answer")
		}
		if a.weight < 100 || f.Number != "" {
			f.notes.dropped("a further answer to a question for a number")
			continue
		}
		text := giftShow(a.text)
		ok := false
		if low, high, isRange := strings.Cut(text, ".."); isRange {
			ok = f.setRange(low, high)
		} else {
			value, tolerance, _ := strings.Cut(text, ":")
			ok = f.setNumber(value, tolerance)
		}
		if !ok {
			return f.refuse("its answer %q is no number", clip(text, 40))
		}
	}
	return f
}
