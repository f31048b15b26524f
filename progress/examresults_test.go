package progress_test

import (
	"testing"
	"time"

	"crosswalk/progress"
)

func TestStaffSeeWhoSatAnExam(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	ina, ivo, ada := r.user("ina", progress.RoleInstructor, ""), r.user("ivo", progress.RoleInstructor, ""), r.user("ada", progress.RoleAdmin, "")
	guest, gone := r.guest(), r.user("gone", progress.RoleLearner, "")
	r.compose(ina, "hers")
	_, err := r.SaveRule(ctx, ina, progress.RuleDraft{Exam: "hers", Kind: progress.RuleForEveryone})
	r.must(err)

	erased := r.sit(gone, "breaks")
	_, err = r.HandIn(ctx, gone, erased.ID)
	r.must(err)
	r.must(r.Erase(ctx, gone, gone.Learner))
	r.clock.add(time.Minute)
	ofGuest := r.sit(guest, "breaks")
	_, err = r.TakeBreak(ctx, guest, ofGuest.ID)
	r.must(err)
	r.clock.add(11 * time.Minute) // longer than the break may be
	mine := r.sit(r.lea, "breaks")
	r.answer(mine, 0, 1, 2, 3)
	_, err = r.HandIn(ctx, r.lea, mine.ID)
	r.must(err)
	r.clock.add(time.Minute)
	composed := r.sit(r.lea, "hers")

	ids := func(in []progress.SittingInfo) (out []progress.SittingID) {
		for _, i := range in {
			out = append(out, i.Sitting.ID)
			if i.Sitting.Form != nil || i.Sitting.Seed != 0 {
				t.Errorf("sitting %s tells its form", i.Sitting.ID)
			}
		}
		return out
	}
	for _, a := range []progress.Actor{ina, ivo, ada} {
		in, err := r.ExamSittings(ctx, a, "breaks")
		r.must(err)
		same(t, "of a shipped exam, newest first", ids(in), []progress.SittingID{mine.ID, ofGuest.ID, erased.ID})
		same(t, "who", []bool{in[0].Learner.Name == "lea", in[1].Learner.Guest, in[2].Learner.ErasedAt != nil}, []bool{true, true, true})
		same(t, "the result", in[0].Sitting.Tally, progress.Tally{Correct: 400, Scored: 400, Percent10: 1000, Passed: true})
		left, ok := in[1].Sitting.Left(r.clock.now())
		same(t, "time left after a break that has ended by itself", []any{left, ok}, []any{58 * time.Minute, true})
	}
	for _, c := range []struct {
		name string
		a    progress.Actor
		exam string
		want error
	}{
		{"the owner", ina, "hers", nil}, {"an admin", ada, "hers", nil}, {"another instructor", ivo, "hers", progress.ErrNotFound}, {"no exam", ina, "nothing", progress.ErrNotFound},
		{"a learner", r.lea, "breaks", progress.ErrForbidden}, {"an employer", r.user("emp", progress.RoleEmployer, ""), "breaks", progress.ErrForbidden}, {"nobody", progress.Actor{}, "breaks", progress.ErrForbidden},
	} {
		in, err := r.ExamSittings(ctx, c.a, c.exam)
		wantErr(t, c.name, err, c.want)
		if c.want == nil {
			same(t, c.name, ids(in), []progress.SittingID{composed.ID})
		}
		_, err = r.LearnerSittings(ctx, c.a, r.lea.Learner)
		if forbidden := c.want == progress.ErrForbidden; forbidden {
			wantErr(t, c.name+", by learner", err, progress.ErrForbidden)
		} else {
			wantErr(t, c.name+", by learner", err, nil)
		}
	}
	for _, c := range []struct {
		name string
		a    progress.Actor
		want []progress.SittingID
	}{
		{"the owner", ina, []progress.SittingID{composed.ID, mine.ID}}, {"another instructor", ivo, []progress.SittingID{mine.ID}}, {"an admin", ada, []progress.SittingID{composed.ID, mine.ID}},
	} {
		in, err := r.LearnerSittings(ctx, c.a, r.lea.Learner)
		r.must(err)
		same(t, "a learner's, for "+c.name, ids(in), c.want)
	}
	if _, err := r.LearnerSittings(ctx, ina, "nobody"); err == nil {
		t.Error("the sittings of nobody")
	}
	far := r.user("far", progress.RoleAdmin, otherOrg)
	in, err := r.ExamSittings(ctx, far, "breaks")
	r.must(err)
	same(t, "for an admin of another organisation", len(in), 0)
	_, err = r.LearnerSittings(ctx, far, r.lea.Learner)
	wantErr(t, "a learner of another organisation", err, progress.ErrNotFound)
}
