package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/quizzes"
)

// demoExams are what the class sits, by the share of the course that has gone: a half in the middle, another and a whole one near the end.
var demoExams = []struct {
	exam  string
	after float64
	share float64 // of the class
}{
	{"cpc-half", 0.45, 0.8}, {"ccs-half", 0.7, 0.4}, {"cpc", 0.9, 0.6},
}

// sits has the learner sit those exams of the course that are due, on a free afternoon.
func (d *demoStudent) sits(ctx context.Context, course float64) error {
	for _, x := range demoExams {
		if course < x.after || d.sat[x.exam] {
			continue
		}
		d.sat[x.exam] = true
		if d.rng.Float64() >= x.share {
			continue
		}
		err := d.exam(ctx, x.exam, course)
		if errors.Is(err, ErrNotFound) || errors.Is(err, quizzes.ErrTooSmall) { // another bank than ours
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", x.exam, err)
		}
	}
	return nil
}

// exam answers a whole form as the learner would, with doubts, changes and now and then an item left out.
func (d *demoStudent) exam(ctx context.Context, id string, course float64) error {
	x, err := d.svc.StartSitting(ctx, d.actor, SittingStart{Exam: id, ClientKey: d.key(), Seed: d.rng.Uint64()})
	if err != nil {
		return err
	}
	return d.sitThrough(ctx, x, course, [2]int{35, 150})
}

// sitThrough answers the form of a sitting and hands it in. A chart takes seconds between two bounds.
func (d *demoStudent) sitThrough(ctx context.Context, x Sitting, course float64, chart [2]int) error {
	var saves []ItemSave
	for pos, f := range x.Form {
		from, least, most := d.clock, 35, 150
		if f.Kind == quizzes.ItemCase {
			least, most = chart[0], chart[1]
		}
		d.spend(least, most)
		if d.rng.Float64() < 0.03 { // no time to think about this one
			continue
		}
		st, err := d.examItem(f, course)
		if err != nil {
			return err
		}
		st.Seconds = int(d.clock.Sub(from) / time.Second)
		if len(st.Trail) > 0 {
			st.Trail[0].At = d.clock.Sub(x.StartedAt).Milliseconds()
		}
		body, err := json.Marshal(st)
		if err != nil {
			return err
		}
		saves = append(saves, ItemSave{Pos: pos, Seq: d.clock.UnixMilli(), Body: body})
	}
	if x.EndsAt != nil && d.clock.After(*x.EndsAt) {
		d.clock = x.EndsAt.Add(-time.Minute)
		for i := range saves {
			saves[i].Seq = min(saves[i].Seq, d.clock.UnixMilli())
		}
	}
	if _, _, err := d.svc.SaveItems(ctx, d.actor, x.ID, saves); err != nil {
		return err
	}
	d.spend(20, 40)
	_, err := d.svc.HandIn(ctx, d.actor, x.ID)
	return err
}

// examItem is what the learner does with one item, in the order of the page.
func (d *demoStudent) examItem(f quizzes.FormItem, course float64) (ItemState, error) {
	it, err := d.svc.item(kindOf(f), f.ID)
	if err != nil {
		return ItemState{}, err
	}
	knows := d.knows(it, course)
	st := ItemState{Flag: d.rng.Float64() < 0.1}
	if it.Kind == KindCase {
		ans := grading.ModelAnswer(it.Case)
		slip(d.rng, it.Case, &ans, 1-knows, d.svc.book())
		sh := answersheet.Of(ans)
		st.Sheet = &sh
		return st, nil
	}
	right, wrong := pageAnswer(f.Shuffle, rightItem(it.Question)), pageAnswer(f.Shuffle, wrongItem(d.rng, it.Question))
	if d.rng.Float64() < knows {
		st.Answer = right
		if d.rng.Float64() < 0.06 { // thought better of it
			st.Trail = []AnswerChange{{Answer: wrong}}
		}
		return st, nil
	}
	if st.Answer = wrong; d.rng.Float64() < 0.05 { // should have kept the first answer
		st.Trail = []AnswerChange{{Answer: right}}
	}
	return st, nil
}

// pageAnswer puts an answer in the author's order into that of the page; authorAnswer undoes it.
func pageAnswer(shuffle []int, a grading.ItemAnswer) grading.ItemAnswer {
	at := func(list []int) []int {
		var out []int
		for _, i := range list {
			out = append(out, slices.Index(shuffle, i))
		}
		return out
	}
	a.Options, a.Order, a.Match = at(a.Options), at(a.Order), at(a.Match)
	return a
}
