package release

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// guidelineList are the numbers and headings of the Official Guidelines.
type guidelineList struct {
	list  []codebook.Guideline // Rule is empty
	tally                      // rows are headings
}

// The levels of the Guidelines' numbering: Section I, A, 1, a, 1), (a), (i). A citation writes them with dots: I.C.1.d.1.a.i.
var guidelineLevels = []*regexp.Regexp{
	regexp.MustCompile(`^\s*Section ([IVX]+)\.\s+(\S.*)$`),
	regexp.MustCompile(`^\s*([A-Z])\.\s+(\S.*)$`),
	regexp.MustCompile(`^\s*([0-9]{1,2})\.\s+(\S.*)$`),
	regexp.MustCompile(`^\s*([a-z])\.\s+(\S.*)$`),
	regexp.MustCompile(`^\s*([0-9]{1,2})\)\s+(\S.*)$`),
	regexp.MustCompile(`^\s*\(([a-z])\)\s*(\S.*)$`),
	regexp.MustCompile(`^\s*\(([ivx]+)\)\s*(\S.*)$`),
}

var romans = []string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"}

var (
	contentsLine = regexp.MustCompile(`\.{4,}\s*[0-9]+\s*$`)
	appendixOne  = regexp.MustCompile(`^\s*Appendix I\s*$`)
	connecting   = regexp.MustCompile(`(?:,|-|\b(?:a|an|and|or|of|the|to|in|for|with|by|as|other|from|than|versus|its|due))$`)
	wordy        = regexp.MustCompile(`^[a-z(]`)
)

// readGuidelines reads the text of the Official Guidelines for ICD-10-CM. Headings are told from other lines that begin alike by their
// order: at every level the next heading bears the next number. The table of contents is left out, since it stops at the fourth level
// and lags behind the text (FY 2026: I.B.20 and I.C.5.d).
func readGuidelines(r io.Reader) (*guidelineList, error) {
	in := newLines(r)
	var all []string
	for in.next() {
		all = append(all, strings.TrimPrefix(in.text(), "\f"))
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	g := &guidelineList{}
	var o outline
	appendix := false
	for i, l := range all {
		if contentsLine.MatchString(l) {
			continue
		}
		if appendixOne.MatchString(l) && o.at[0] > 0 {
			appendix = true
			g.list = append(g.list, codebook.Guideline{Number: "App.I", Title: "Present on Admission Reporting Guidelines", Set: "icd10cm"})
			break
		}
		level, title := o.next(l)
		if level < 0 {
			continue
		}
		g.list = append(g.list, codebook.Guideline{Number: number(o.at[:]), Title: wholeTitle(title, all, i), Set: "icd10cm"})
	}
	g.tally.rows = len(g.list)
	if o.at[0] < 4 || !appendix {
		return nil, damaged(in.n, "the text ends before Section IV and Appendix I: %d headings were found", len(g.list))
	}
	return g, nil
}

// outline is where a reader of the Guidelines stands: the number open at each level, 0 for none.
type outline struct {
	at     [7]int
	dotted bool // level 5 is written "a.", not "(a)"
}

// next reports the level of a line that is the next heading at some level, and moves there; -1 for other lines. A level may begin only
// right below an open one, except that "a." may follow "1)" (I.C.19.d.1.a), where it stands for "(a)".
func (o *outline) next(line string) (level int, title string) {
	for l, re := range guidelineLevels {
		m := re.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n := ordinal(l, m[1])
		if n == 0 {
			continue
		}
		to, dotted := -1, false
		switch {
		case l == 3 && o.dotted && n == o.at[5]+1:
			to, dotted = 5, true
		case n == o.at[l]+1 && (l == 0 || o.at[l-1] > 0):
			to = l
		case l == 3 && o.at[4] > 0 && n == 1 && o.at[5] == 0:
			to, dotted = 5, true
		}
		if to < 0 {
			continue
		}
		if to <= 5 {
			o.dotted = dotted
		}
		o.at[to] = n
		for d := to + 1; d < len(o.at); d++ {
			o.at[d] = 0
		}
		return to, strings.TrimSpace(m[2])
	}
	return -1, ""
}

func ordinal(level int, s string) int {
	switch level {
	case 0, 6:
		for i, r := range romans {
			if strings.ToLower(s) == r {
				return i + 1
			}
		}
		return 0
	case 2, 4:
		n := 0
		for _, d := range s {
			n = 10*n + int(d-'0')
		}
		return n
	case 1:
		return int(s[0]-'A') + 1
	}
	return int(s[0]-'a') + 1
}

// number writes the open levels as a citation does.
func number(at []int) string {
	var parts []string
	for l, n := range at {
		if n == 0 {
			continue
		}
		switch l {
		case 0:
			parts = append(parts, strings.ToUpper(romans[n-1]))
		case 1:
			parts = append(parts, string(rune('A'+n-1)))
		case 3, 5:
			parts = append(parts, string(rune('a'+n-1)))
		case 6:
			parts = append(parts, romans[n-1])
		default:
			parts = append(parts, strconv.Itoa(n))
		}
	}
	return strings.Join(parts, ".")
}

// wholeTitle adds the lines that a long heading goes on over. They begin in lower case, or follow a word that cannot end a heading, or
// are short where the lines of a paragraph would be full.
func wholeTitle(title string, all []string, i int) string {
	const full = 48
	for n := i + 1; n < len(all) && n < i+4; n++ {
		next := strings.TrimSpace(all[n])
		if next == "" || slices.ContainsFunc(guidelineLevels, func(re *regexp.Regexp) bool { return re.MatchString(all[n]) }) {
			break
		}
		short := len(title) >= full && !strings.HasSuffix(title, ")") && len(next) < full && !strings.HasSuffix(next, ".")
		if !wordy.MatchString(next) && !connecting.MatchString(title) && !short {
			break
		}
		title += sep(title) + next
	}
	return strings.TrimRight(strings.Join(strings.Fields(title), " "), ".:")
}

// sep joins a heading that was parted at a hyphen without a blank: "non-" and "ST elevation".
func sep(title string) string {
	if strings.HasSuffix(title, "-") {
		return ""
	}
	return " "
}
