package grading

import (
	"fmt"
	"strings"
)

// Overlap is how the words that a learner marked cover the words of the key, counted in words.
type Overlap struct {
	Words   int            `json:"words"`   // of the key's evidence
	Covered int            `json:"covered"` // of these, how many lie in a mark
	Marked  int            `json:"marked"`  // words in all marks together
	Extra   int            `json:"extra"`   // marked words that are no evidence
	Phrases []PhraseCovers `json:"phrases,omitempty"`
}

// PhraseCovers is one phrase of the key and how much of it was marked.
type PhraseCovers struct {
	Text    string `json:"text"`
	Words   int    `json:"words"`
	Covered int    `json:"covered"`
}

// Found reports whether at least half of the phrase was marked.
func (p PhraseCovers) Found() bool { return p.Words > 0 && 2*p.Covered >= p.Words }

// tooMuch is how many times the words of the evidence marks may hold, so that marking the whole note shows nothing.
const tooMuch = 3

// enough reports whether the marks support the line: they cover at least half of the words of its evidence, and they hold at most three
// times as many words as the evidence has.
func (o Overlap) enough() bool {
	return o.Words > 0 && o.Marked > 0 && o.Marked <= tooMuch*o.Words && 2*o.Covered >= o.Words
}

// overlap counts how marks in the note cover the evidence of a line.
func overlap(evidence []Evidence, marks []string) Overlap {
	var o Overlap
	marked := make([][]string, len(marks))
	used := make([][]bool, len(marks)) // words of each mark that are evidence
	for i, m := range marks {
		marked[i] = words(m)
		used[i] = make([]bool, len(marked[i]))
		o.Marked += len(marked[i])
	}
	for _, e := range evidence {
		p := words(e.Text)
		hit := make([]bool, len(p))
		for i, m := range marked {
			from, at, n := longestRun(p, m)
			for k := range n {
				hit[from+k], used[i][at+k] = true, true
			}
		}
		covers := PhraseCovers{Text: e.Text, Words: len(p), Covered: count(hit)}
		o.Words += covers.Words
		o.Covered += covers.Covered
		o.Phrases = append(o.Phrases, covers)
	}
	for _, u := range used {
		o.Extra += len(u) - count(u)
	}
	return o
}

func count(bs []bool) int {
	n := 0
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}

// supports reports whether marks in the note support a line.
func supports(evidence []Evidence, marks []string) bool { return overlap(evidence, marks).enough() }

// tell says in words how the marks cover what supports a thing: "the code", "the query".
func (o Overlap) tell(evidence []Evidence, thing string) string {
	support := "support " + thing
	if o.Words == 1 {
		support = "supports " + thing
	}
	right := " The note's own words: " + quoted(evidence) + "."
	switch {
	case o.enough() && o.Covered == o.Words && o.Extra == 0:
		return fmt.Sprintf("You marked just what %s: %s.", "supports "+thing, plural(o.Words, "word"))
	case o.enough():
		s := fmt.Sprintf("You marked %d of the %s that %s", o.Covered, plural(o.Words, "word"), support)
		if o.Extra > 0 {
			s += fmt.Sprintf(", and %d more", o.Extra)
		}
		return s + "."
	case o.Covered == 0:
		return fmt.Sprintf("The words you marked are not those that support %s.", thing) + right
	case 2*o.Covered < o.Words:
		return fmt.Sprintf("You marked %d of the %s that %s; at least half are wanted.", o.Covered, plural(o.Words, "word"), support) + right
	}
	return fmt.Sprintf("You marked %s where %d %s; at most %d count, because whoever marks everything has shown nothing.",
		plural(o.Marked, "word"), o.Words, support, tooMuch*o.Words) + right
}

// evidencePart judges the words marked for a line.
func (g *grader) evidencePart(s *side, i, j int, code Part, evidence []Evidence, marks []string) {
	if !g.evidenceAsked(evidence) {
		return
	}
	p := code
	p.Component, p.Earned, p.Possible, p.Entered, p.Finding = CompEvidence, 0, g.w.Evidence, text(strings.Join(marks, " / ")), EVID
	o := overlap(evidence, marks)
	if j >= 0 && o.Marked > 0 {
		p.Marks, p.Overlap = marks, &o
	}
	switch {
	case j < 0 || code.Earned <= 0:
		p.Finding, p.Entered, p.Why = code.Finding, nil, "Evidence counts only beside a code that earned points."
	case o.Marked == 0:
		p.Why = "No words of the note were marked. These support the code: " + quoted(evidence) + "."
	default:
		if p.Why = o.tell(evidence, "the code"); o.enough() {
			p.Earned, p.Finding = g.w.Evidence, ""
		}
	}
	g.add(p)
}

// longestRun finds the longest run of words of p that stands in m as it is: n words from index from in p and at in m. A mark is a piece
// of the note, so what it shares with a phrase is one run; single words strewn over the note are not support.
func longestRun(p, m []string) (from, at, n int) {
	before := make([]int, len(m)+1)
	for i := range p {
		now := make([]int, len(m)+1)
		for j := range m {
			if p[i] == m[j] {
				now[j+1] = before[j] + 1
				if now[j+1] > n {
					n = now[j+1]
					from, at = i+1-n, j+1-n
				}
			}
		}
		before = now
	}
	return from, at, n
}

func wordCount(phrases []string) int {
	n := 0
	for _, p := range phrases {
		n += len(words(p))
	}
	return n
}

func quotes(evidence []Evidence) []string {
	var out []string
	for _, e := range evidence {
		out = append(out, e.Text)
	}
	return out
}

func quoted(evidence []Evidence) string {
	var out []string
	for _, e := range evidence {
		out = append(out, `"`+e.Text+`"`)
	}
	return list(out, "and")
}
