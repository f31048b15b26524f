package lessons

import (
	"crosswalk/lessons/markdown"
)

// How long sentences of a lesson may be, in words. Plain-language guides ask for 15 to 20 on average (Martin Cutts, Oxford Guide to Plain
// English); the long words of medicine cannot be helped, the sentences around them can.
const (
	mostWords        = 45 // in one sentence
	mostAverageWords = 22
	leastSentences   = 10 // below it an average says little
)

// checkReadable warns of sentences that lose their reader. Only sentences are judged: formulas that count syllables would forbid the subject.
func (c *Catalogue) checkReadable(l *Lesson, ps *markdown.Problems) {
	body, line, _ := markdown.FrontMatter([]byte(l.Source), l.File, &frontMatter{})
	total, n := 0, 0
	for _, s := range c.renderer.Parse(body, l.File, line).Sentences() {
		if s.Words > mostWords {
			ps.Warnf(s.Line, "readability", "a sentence of %d words: cut it in two, or make it a list (%d at most)", s.Words, mostWords)
		}
		total += s.Words
		n++
	}
	if n >= leastSentences && total > mostAverageWords*n {
		ps.Warnf(1, "readability", "the sentences have %.0f words on average: shorten them (%d at most)", float64(total)/float64(n), mostAverageWords)
	}
}

// checkPictures warns of pictures beside the lessons of a module that none of them shows.
func (c *Catalogue) checkPictures() []markdown.Problem {
	shown := map[string]map[string]bool{}
	for _, l := range c.ordered {
		if shown[l.Module] == nil {
			shown[l.Module] = map[string]bool{}
		}
		for _, i := range l.Doc.Images {
			shown[l.Module][i] = true
		}
	}
	var out []markdown.Problem
	for _, m := range c.modules {
		for _, p := range m.pictures {
			if !shown[m.ID][p] {
				out = append(out, markdown.Problem{File: root + "content/" + m.ID + "/" + p, Line: 1, Severity: markdown.Warning, Rule: "unreferenced", Message: "no lesson of the module shows this picture: show it, or take it away"})
			}
		}
	}
	return out
}
