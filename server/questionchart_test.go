package server_test

import (
	"crosswalk/quizzes"
	"strings"
	"testing"
)

// TestQuestionShowsItsChart: who is asked about a chart can read it, wherever the question is asked.
func TestQuestionShowsItsChart(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	var q *quizzes.Question
	for _, one := range s.c.Bank.ByArea("cases") {
		if one.Group != "" {
			q = one
		}
	}
	if q == nil {
		t.Fatal("no question about a chart")
	}
	chart, err := s.c.Bank.Case(q.Group)
	if err != nil {
		t.Fatal(err)
	}
	p := b.get("/practice/questions/" + q.ID)
	box := p.doc.Find(".question details.q-chart[open]")
	if box.Length() != 1 || !strings.Contains(box.Text(), chart.Title) || box.Find(".chart-body").Text() == "" {
		t.Errorf("the chart is not beside the question: %s", p.text())
	}
	form := p.formValues("form.question-form")
	form.Set("choice", "0")
	form.Set("value", "A00.0")
	if p = b.follow("/practice/questions/"+q.ID, form); p.doc.Find(".question.graded details.q-chart").Length() != 1 || p.doc.Find("details.q-chart[open]").Length() != 0 {
		t.Errorf("after the answer the chart is there, folded: %s", p.text())
	}
	if one := s.c.Bank.ByArea("anatomy")[0]; b.get("/practice/questions/"+one.ID).doc.Find(".q-chart").Length() != 0 {
		t.Errorf("%s is about no chart", one.ID)
	}
}
