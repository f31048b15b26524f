package interchange

import (
	"cmp"
	"slices"
	"strings"

	"crosswalk/grading"
)

// readMoodle reads the XML of Moodle's question bank (docs.moodle.org, "Moodle XML format").
func readMoodle(s *source) ([]*found, []Note, error) {
	if s.zip != nil {
		return nil, nil, refused("a file of Moodle is given as it is, not packed")
	}
	root, err := parseXML(s.text)
	if err != nil {
		return nil, nil, err
	}
	var out []*found
	area, number := "", 0
	for _, q := range root.children("question") {
		if len(out) > MaxItems {
			break // read refuses the file
		}
		if q.attrs["type"] == "category" {
			area = areaIn(q.child("category").words())
			continue
		}
		number++
		f := foundItem("question %d, line %d", number, q.line)
		f.Area = area
		out = append(out, f.moodle(q)...)
	}
	return out, nil, nil
}

// moodleText reads an element <x format="html"><text>…</text></x>.
func (f *found) moodleText(n *node) string {
	text := n.child("text").raw()
	if len(n.children("file")) > 0 || strings.Contains(text, "@@PLUGINFILE@@") {
		f.notes.dropped("a file that belongs to the text")
	}
	switch n.attrs["format"] {
	case "plain_text", "plain":
		return fromPlain(text)
	case "markdown":
		return canon(text, &f.notes)
	case "html", "":
		return f.html(text)
	}
	if looksHTML.MatchString(text) {
		return f.html(strings.ReplaceAll(text, "\n", "<br>"))
	}
	return fromPlain(text)
}

func (f *found) moodleLine(n *node) string { return lineFromHTML(toHTML(f.moodleText(n)), &f.notes) }

func (f *found) moodle(q *node) []*found {
	if q.tooLarge() {
		return []*found{f.refuse("it has more than %d elements", maxItem)}
	}
	f.ID = q.child("idnumber").words()
	if f.ID == "" {
		f.ID = q.child("name").words()
	}
	f.Stem = f.moodleText(q.child("questiontext"))
	f.Rationale = f.moodleText(q.child("generalfeedback"))
	var tags []string
	for _, t := range q.child("tags").children("tag") {
		tags = append(tags, t.words())
	}
	f.setTags(tags)
	if len(q.children("hint")) > 0 {
		f.notes.dropped("its hints")
	}
	switch kind := q.attrs["type"]; kind {
	case "multichoice", "multichoiceset":
		f.moodleChoices(q, !slices.Contains([]string{"false", "0"}, q.child("single").words()) && kind == "multichoice")
	case "truefalse":
		f.moodleTrueFalse(q)
	case "shortanswer":
		f.moodleTexts(q)
	case "numerical":
		f.moodleNumber(q)
	case "matching", "match", "ddmatch":
		return f.moodleMatch(q)
	case "ordering":
		f.Kind = grading.Order
		// The fraction of an answer is its place.
		answers := q.children("answer")
		slices.SortStableFunc(answers, func(a, b *node) int { return cmp.Compare(fraction(a), fraction(b)) })
		for _, a := range answers {
			f.Entries = append(f.Entries, f.moodleLine(a))
		}
	case "description":
		f.refuse("it is a description without an answer")
	case "essay":
		f.refuse("it is an essay, which has no key")
	default:
		f.refuse("questions of the kind %q cannot be taken", clip(kind, 40))
	}
	return []*found{f}
}

func fraction(a *node) float64 { return number(a.attrs["fraction"]) }

func (f *found) moodleChoices(q *node, single bool) {
	f.Kind = grading.Multiple
	if single {
		f.Kind = grading.Single
	}
	var cs []Choice
	for _, a := range q.children("answer") {
		x := fraction(a)
		right := x > 0 && (!single || x >= 99.9)
		if x > 0 && !right {
			f.notes.dropped("the part of the points that an option earned which is not right as a whole")
		}
		cs = append(cs, Choice{f.moodleLine(a), right, f.moodleText(a.child("feedback"))})
	}
	f.setChoices(cs)
}

func (f *found) moodleTrueFalse(q *node) {
	f.Kind = grading.Single
	f.notes.changed("true or false is a choice of two options")
	for _, a := range q.children("answer") {
		name := "False"
		if strings.EqualFold(a.child("text").words(), "true") {
			name = "True"
		}
		f.Choices = append(f.Choices, Choice{name, fraction(a) > 0, f.moodleText(a.child("feedback"))})
	}
}

func (f *found) moodleTexts(q *node) {
	f.Kind = grading.Text
	if q.child("usecase").words() == "1" {
		f.notes.changed("capital and small letters no longer matter in the answer")
	}
	var texts []string
	for _, a := range q.children("answer") {
		text := a.child("text").words()
		switch {
		case fraction(a) < 99.9:
			if text != "*" || fraction(a) > 0 {
				f.notes.dropped("an answer that earned part of the points or none")
			}
			continue
		case text == "*":
			f.refuse("it takes any answer for right")
		case strings.Contains(strings.ReplaceAll(text, `\*`, ""), "*"):
			f.notes.changed("the star in an accepted answer, which stood for any text, is a star")
		}
		if a.child("feedback").words() != "" {
			f.notes.dropped("the feedback to a typed answer")
		}
		texts = append(texts, strings.ReplaceAll(text, `\*`, "*"))
	}
	f.setTexts(texts)
}

func (f *found) moodleNumber(q *node) {
	f.Kind = grading.Number
	if len(q.child("units").children("unit")) > 0 {
		f.notes.dropped("the units of the answer")
	}
	for _, a := range q.children("answer") {
		if a.child("feedback").words() != "" {
			f.notes.dropped("the feedback to a typed answer")
		}
		text := a.child("text").words()
		if text == "" {
			text = strings.TrimSpace(textBefore(a))
		}
		if fraction(a) < 99.9 || f.Number != "" {
			if text != "*" {
				f.notes.dropped("a further answer to a question for a number")
			}
			continue
		}
		if !f.setNumber(text, a.child("tolerance").words()) {
			f.refuse("its answer %q is no number", clip(text, 40))
		}
	}
}

// textBefore is the text that stands in an element itself.
func textBefore(n *node) string {
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.text)
	}
	return b.String()
}

func (f *found) moodleMatch(q *node) []*found {
	f.Kind = grading.Match
	var extra []string
	for _, sub := range append(q.children("subquestion"), q.children("subquestions")...) {
		p := Pair{f.moodleLine(sub), lineFromPlain(sub.child("answer").words())}
		if p.Left == "" {
			extra = append(extra, p.Right)
			continue
		}
		f.Pairs = append(f.Pairs, p)
	}
	return f.splitMatch(extra)
}
