package interchange

import (
	"strconv"
	"strings"

	"crosswalk/quizzes"
)

// tags carry what formats with tags have no field for.
func (it *Item) tags() []string {
	var out []string
	if it.Difficulty != 0 {
		out = append(out, "difficulty: "+strconv.Itoa(it.Difficulty))
	}
	for _, c := range it.Cites {
		out = append(out, "cites: "+c)
	}
	return out
}

// setTags reads tags; those that are not ours are named in the report.
func (f *found) setTags(tags []string) {
	for _, t := range tags {
		name, value, _ := strings.Cut(t, ":")
		switch name, value = strings.TrimSpace(name), strings.TrimSpace(value); name {
		case "difficulty":
			f.setDifficulty(value)
		case "cites":
			f.Cites = append(f.Cites, citesOf(value)...)
		case "area":
			if quizzes.ValidArea(value) {
				f.Area = value
			}
		default:
			f.notes.dropped("the tag %q", clip(t, 60))
		}
	}
}

// levels are the difficulties in words, as the metadata of learning objects (IEEE LOM) has them.
var levels = []string{"very easy", "easy", "medium", "difficult", "very difficult"}

// setDifficulty reads a level from 1 to 5 or its word.
func (f *found) setDifficulty(s string) {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= 5 {
		f.Difficulty = n
		return
	}
	for i, l := range levels {
		if s == l {
			f.Difficulty = i + 1
		}
	}
	if s == "hard" {
		f.Difficulty = 4
	}
	if f.Difficulty == 0 && s != "" {
		f.notes.dropped("the difficulty %q, which is none from 1 to 5", clip(s, 40))
	}
}
