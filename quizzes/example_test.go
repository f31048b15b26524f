package quizzes_test

import (
	"fmt"
	"testing/fstest"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

func ExampleLoad() {
	fsys := fstest.MapFS{"bank/em/time.md": {Data: []byte(`---
area: em
code_year: 2026
---

## em-time-1 {kind=number difficulty=1 cites="CPT E/M guidelines, time"}

A visit lasts from 9:10 to 9:45. How many minutes is that?

= 35

> From start to end.

## em-time-2 {kind=number difficulty=1}

No cite.

= 1
`)}}
	bank, problems := quizzes.Load(fsys, markdown.New(nil, nil), nil)
	for _, p := range problems {
		fmt.Println(p)
	}
	q, err := bank.Question("em-time-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(q.Public().Stem)
	fmt.Println(grading.GradeItem(&q.Key, grading.ItemAnswer{Value: "35"}).Correct)
	// Output:
	// quizzes/bank/em/time.md:14: error: em-time-2 cites nothing: name the rule, the table or the source, as in {cites="I.A.12.a"} (no-cites)
	// quizzes/bank/em/time.md:14: error: em-time-2 has no rationale: end it with a paragraph that begins with > and says why, citing the rule (no-rationale)
	// <p>A visit lasts from 9:10 to 9:45. How many minutes is that?</p>
	// true
}

func ExampleBank_Draw() {
	fsys := fstest.MapFS{"bank/em/a.md": filled("em", 3, nil)}
	bank, _ := quizzes.Load(fsys, markdown.New(nil, nil), nil)
	drill, err := bank.Blueprint("drill-em")
	if err != nil {
		fmt.Println(err)
		return
	}
	form, err := bank.Draw(drill, 7, func(id string) bool { return id == "em-01" })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(form.Blueprint, len(form.Items), form.Items[0].Scored)
	// Output: drill-em 3 true
}
