package main

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// candidateForm is what a candidate was given: whatever is drawn, the journey knows what is right.
type candidateForm struct {
	singles []int // places of the questions with one right option
	charts  []int // places of the charts
	right   map[int]int
}

// formOf asks the room for its form and looks the questions up.
func formOf(t *testing.T, ctx context.Context) candidateForm {
	t.Helper()
	var items []struct {
		Kind, Stem string
		Options    []string
	}
	do(t, ctx, "the form", chromedp.Evaluate(`fetch(location.pathname + "/form", {headers: {Accept: "application/json"}}).then(r => r.json()).then(f => f.items)`, &items, awaitPromise))
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	f := candidateForm{right: map[int]int{}}
	for pos, it := range items {
		switch it.Kind {
		case quizzes.ItemCase:
			f.charts = append(f.charts, pos)
		case string(grading.Single):
			i := slices.IndexFunc(c.bank.Questions(), func(q *quizzes.Question) bool { return string(q.Public().Stem) == it.Stem })
			if i < 0 {
				t.Fatalf("the bank does not have %s", it.Stem)
			}
			q := c.bank.Questions()[i]
			f.singles = append(f.singles, pos)
			f.right[pos] = slices.Index(it.Options, string(q.Options[slices.IndexFunc(q.Options, func(o quizzes.Option) bool { return o.Right })].HTML))
		}
	}
	if len(f.singles) == 0 || len(f.charts) != 2 { // two of the area's questions are of other kinds, and three are asked
		t.Fatalf("the form: %+v", items)
	}
	return f
}

// choose answers a question by its letter on the keyboard.
func (f candidateForm) choose(t *testing.T, ctx context.Context, pos int, right bool) {
	t.Helper()
	option := f.right[pos]
	if !right {
		option = (option + 1) % 3
	}
	f.goTo(t, ctx, pos)
	press(t, ctx, string("abcde"[option]))
	until(t, ctx, "chosen", fmt.Sprintf(`document.querySelector("#choice-%d").checked && document.querySelector('#pal-items [data-pos="%d"]').classList.contains("answered")`, option, pos))
}

// goTo clicks a place of the palette.
func (f candidateForm) goTo(t *testing.T, ctx context.Context, pos int) {
	t.Helper()
	do(t, ctx, "go to an item", chromedp.Click(fmt.Sprintf(`#pal-items [data-pos="%d"]`, pos), chromedp.ByQuery))
	roomIs(t, ctx, pos+1)
}

// code finds the fixed chart among those drawn and codes all that is required, by mouse and keyboard.
func (f candidateForm) code(t *testing.T, ctx context.Context) {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	cs, err := c.bank.Case(fixedChart)
	if err != nil {
		t.Fatal(err)
	}
	there := false
	for _, pos := range f.charts {
		if f.goTo(t, ctx, pos); !there {
			do(t, ctx, "which chart it is", chromedp.Evaluate(`document.querySelector("#room-chart").textContent.includes("Electrodiagnostic laboratory")`, &there))
			if there {
				break
			}
		}
	}
	if !there {
		t.Fatal("the fixed chart is not in the form")
	}
	line := func(id string, n int, code string) {
		var have bool
		do(t, ctx, "is there a line", chromedp.Evaluate(fmt.Sprintf(`document.querySelector("#%s-%d-code") !== null`, id, n), &have))
		if !have {
			do(t, ctx, "another line", chromedp.Click(fmt.Sprintf(`#room-form button[value="add-%s"]`, id), chromedp.ByQuery))
		}
		do(t, ctx, "code "+code, chromedp.SendKeys(fmt.Sprintf("#%s-%d-code", id, n), code, chromedp.ByQuery))
	}
	for i, d := range cs.Key.Diagnoses {
		if d.Weight == grading.Required {
			line("dx", i, string(d.Code))
		}
	}
	for i, p := range cs.Key.Procedures {
		line("px", i, string(p.Code))
	}
	saved(t, ctx)
}
