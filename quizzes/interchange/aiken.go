package interchange

import (
	"io"
	"regexp"
	"strings"

	"crosswalk/grading"
)

// Aiken (docs.moodle.org, "Aiken format"): a text, options A. or A), and a line ANSWER: with a letter.
var (
	aikenOption = regexp.MustCompile(`^\s*([A-Z])[.)]\s+(.*)$`)
	aikenAnswer = regexp.MustCompile(`^\s*ANSWER:\s*([A-Za-z])\s*$`)
)

func readAiken(s *source) ([]*found, []Note, error) {
	var out []*found
	var stem, letters []string
	var f *found
	text := strings.ReplaceAll(strings.ToValidUTF8(string(s.text), ""), "\r\n", "\n")
	for i, line := range append(strings.Split(text, "\n"), "ANSWER:") {
		if f == nil {
			if strings.TrimSpace(line) == "" || line == "ANSWER:" {
				continue
			}
			f = foundItem("line %d", i+1)
			f.Kind = grading.Single
		}
		m := aikenOption.FindStringSubmatch(line)
		switch {
		case m != nil && len(stem) > 0 && m[1] == string(rune('A'+len(letters))):
			letters = append(letters, m[1])
			f.Choices = append(f.Choices, Choice{Text: lineFromPlain(m[2])})
			continue
		case !strings.HasPrefix(strings.TrimSpace(line), "ANSWER:"):
			switch {
			case len(letters) == 0:
				stem = append(stem, line)
			case strings.TrimSpace(line) != "":
				f.refuse("the line %q stands among its options and is none", clip(line, 60))
			}
			continue
		}
		f.Stem = fromPlain(strings.Join(stem, "\n"))
		f.aikenKey(line, letters)
		options := f.Choices
		f.Choices = nil
		f.setChoices(options)
		out = append(out, f)
		f, stem, letters = nil, nil, nil
	}
	return out, nil, nil
}

// aikenKey marks the right option.
func (f *found) aikenKey(line string, letters []string) {
	m := aikenAnswer.FindStringSubmatch(line)
	if m == nil {
		f.refuse("it has no line ANSWER: with a letter")
		return
	}
	at := int(strings.ToUpper(m[1])[0] - 'A')
	if at >= len(letters) {
		f.refuse("its answer is %s, and there is no such option", m[1])
		return
	}
	f.Choices[at].Right = true
}

func writeAiken(w io.Writer, items []*Item) error {
	var b strings.Builder
	for _, it := range items {
		b.WriteString(toPlain(it.Stem) + "\n")
		answer := ""
		for i, c := range it.Choices {
			letter := string(rune('A' + i))
			b.WriteString(letter + ". " + toPlain(c.Text) + "\n")
			if c.Right {
				answer = letter
			}
		}
		b.WriteString("ANSWER: " + answer + "\n\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
