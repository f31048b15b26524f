package server

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/quizzes"
)

// readRoomAnswer reads the form of a question in the room. Positions stay those of the page: the sitting knows its own shuffle. n is how many
// options or entries are shuffled.
func readRoomAnswer(c *fiber.Ctx, q *quizzes.Question, n int, do string) grading.ItemAnswer {
	var a grading.ItemAnswer
	place := func(i int) int { // from 0, -1 for none
		p, err := strconv.Atoi(c.FormValue("place." + strconv.Itoa(i)))
		if err != nil || p < 1 || p > n {
			return -1
		}
		return p - 1
	}
	switch q.Kind {
	case grading.Single, grading.Multiple:
		for _, b := range c.Request().PostArgs().PeekMulti("choice") {
			if i, err := strconv.Atoi(string(b)); err == nil && i >= 0 && i < n && !slices.Contains(a.Options, i) {
				a.Options = append(a.Options, i)
			}
		}
		slices.Sort(a.Options)
	case grading.Codes:
		sh := readSheet(c)
		sh.Act(do)
		a.Codes = joinCodes(sh)
	case grading.Number, grading.Text:
		a.Value = cutText(strings.TrimSpace(c.FormValue("value")), 500)
	case grading.Order:
		order := slices.Repeat([]int{-1}, n)
		for i := range n {
			if p := place(i); p >= 0 && order[p] < 0 {
				order[p] = i
			}
		}
		if slices.ContainsFunc(order, func(i int) bool { return i >= 0 }) {
			a.Order = order
		}
	case grading.Match:
		for i := range q.Left {
			a.Match = append(a.Match, place(i))
		}
		if !slices.ContainsFunc(a.Match, func(i int) bool { return i >= 0 }) {
			a.Match = nil
		}
	}
	return a
}

// joinCodes makes codes of lines, modifiers after a hyphen: 25605-RT.
func joinCodes(sh answersheet.Sheet) []string {
	var out []string
	for _, l := range sh.Dx {
		if code := strings.TrimSpace(l.Code); code != "" {
			out = append(out, code)
		}
	}
	for _, l := range sh.Px {
		code := strings.TrimSpace(l.Code)
		if code == "" {
			continue
		}
		for _, m := range strings.FieldsFunc(l.Mods, func(r rune) bool { return strings.ContainsRune(" ,;-\t", r) }) {
			code += "-" + m
		}
		out = append(out, code)
	}
	return out
}

// cutModifiers parts a code from the modifiers behind it.
func cutModifiers(text string) (code, mods string) {
	code, mods, _ = strings.Cut(text, "-")
	return strings.TrimSpace(code), strings.ReplaceAll(mods, "-", " ")
}
