package progress_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/memory"
)

func TestRecalibrate(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	admin, staff := progress.Operator(progress.DefaultOrg), h.user("staff", progress.RoleInstructor, progress.DefaultOrg)
	_, err := h.Recalibrate(ctx, staff, false)
	wantErr(t, "an instructor", err, progress.ErrForbidden)
	none, err := h.Recalibrate(ctx, admin, false)
	h.must(err)
	same(t, "nothing to learn from", none, progress.Recalibrated{})

	var last progress.Actor
	for i := range 40 {
		a := h.guest()
		h.answer(a, "em-1", 1) // wrong, all of them
		h.answer(a, "em-1", 0) // a second answer says nothing of the question
		if i%2 == 0 {
			h.answer(a, "em-2", 0)
		}
		h.code(a, "E11.22", "N18.32")
		last = a
	}
	last = h.guest()
	h.answer(last, "em-1", 1)
	before, err := h.LearnerStanding(ctx, last, last.Learner)
	h.must(err)
	dry, err := h.Recalibrate(ctx, admin, true)
	h.must(err)
	if dry.Learners != 41 || dry.Answers != 101 || dry.Batch != "" || len(dry.Items) != 3 {
		t.Errorf("dry run: %+v", dry)
	}
	if st, err := h.LearnerStanding(ctx, last, last.Learner); err != nil || st != before {
		t.Errorf("a dry run changed standings: %v", err)
	}
	done, err := h.Recalibrate(ctx, admin, false)
	h.must(err)
	byItem := map[string]progress.ItemCalibration{}
	for _, it := range done.Items {
		byItem[it.Item] = it
	}
	if c := byItem["em-1"]; !(c.Difficulty > c.Author+1 && c.SD < 0.6 && c.Responses == 41) {
		t.Errorf("a question that all got wrong: %+v", c)
	}
	if c := byItem["em-2"]; !(c.Difficulty < c.Author && c.Responses == 20) {
		t.Errorf("a question that all got right: %+v", c)
	}
	after, err := h.LearnerStanding(ctx, last, last.Learner)
	h.must(err)
	x, err := before.Ability(0).Area("em")
	h.must(err)
	y, err := after.Ability(0).Area("em")
	h.must(err)
	if y.Mean <= x.Mean {
		t.Errorf("missing a hard question costs %.3f, as a middling one %.3f; want less", y.Mean, x.Mean)
	}
	if h.text(last) != h.rebuilt(last, newBank()) {
		t.Error("folded anew under the calibration it is another standing")
	}
	es, err := h.db.Entries(ctx, progress.DefaultOrg, progress.AuditFilter{Action: "recalibrate"})
	h.must(err)
	same(t, "logged", len(es), 2)
}

func TestWeightsOfMemoryAreLearnt(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	admin := progress.Operator(progress.DefaultOrg)
	a := h.guest()
	r := rand.New(rand.NewPCG(1, 1))
	// Someone who forgets far sooner than most: of what comes back after some days hardly anything is known.
	n := 0
	for round := range 12 {
		h.clock.add(time.Duration(2+round%5) * 24 * time.Hour)
		for card := range 60 {
			n++
			now := h.clock.now().Add(time.Duration(card) * time.Second)
			g := int(memory.Again)
			if r.IntN(10) < 3 {
				g = int(memory.Good)
			}
			_, _, err := h.db.AddReview(ctx, progress.DefaultOrg, progress.Review{
				ID: progress.ReviewID(uuid7(now, n)), Learner: a.Learner, ClientKey: fmt.Sprintf("review-%d", n), Card: fmt.Sprintf("term/t%d", card), Grade: g, Correct: g > 1, At: now,
			})
			h.must(err)
		}
		if round == 5 {
			done, err := h.Recalibrate(ctx, admin, false)
			h.must(err)
			same(t, "too few reviews", len(done.Fits), 0)
		}
	}
	before, err := h.LearnerStanding(ctx, a, a.Learner)
	h.must(err)
	done, err := h.Recalibrate(ctx, admin, false)
	h.must(err)
	if len(done.Fits) != 1 || done.Fits[0].Outcome != string(memory.Learned) || done.Fits[0].Reviews != 660 || done.Fits[0].Loss >= done.Fits[0].DefaultLoss {
		t.Fatalf("fits: %+v", done.Fits)
	}
	after, err := h.LearnerStanding(ctx, a, a.Learner)
	h.must(err)
	x, _ := before.Card("term/t1")
	y, _ := after.Card("term/t1")
	if y.State == x.State || y.State.Reviews != x.State.Reviews {
		t.Errorf("cards are not folded by the weights: %+v, %+v", x.State, y.State)
	}
	if h.text(a) != h.rebuilt(a, newBank()) {
		t.Error("folded anew under the weights it is another standing")
	}
	again, err := h.Recalibrate(ctx, admin, false)
	h.must(err)
	same(t, "nothing new to learn from", len(again.Fits), 0)
}
