package progress_test

import (
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

// manyCases is the bank with the case c1 under 25 names, every third of them in the emergency department.
func manyCases() bank {
	b := newBank()
	c1, _ := b.Item(progress.KindCase, "c1")
	for i := range 25 {
		it, k := c1, *c1.Case
		it.ID, it.Title = fmt.Sprintf("case-%02d", i), fmt.Sprintf("Case number %d", i)
		if i%3 == 0 {
			k.Setting = "ed"
		}
		it.Case = &k
		b.items = append(b.items, it)
	}
	return b
}

func TestJobReadiness(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.SwapContent(manyCases())
	a, b, staff := h.guest(), h.guest(), h.user("staff", progress.RoleInstructor, progress.DefaultOrg)
	j, err := h.JobReadiness(ctx, a, a.Learner)
	h.must(err)
	same(t, "nothing yet", j, progress.Job{Goal10: 950})
	code := func(id string, codes ...string) {
		t.Helper()
		started := h.clock.now()
		h.clock.add(6 * time.Minute)
		_, err := h.SubmitCase(ctx, a, progress.CaseSubmission{ClientKey: h.key(), Case: id, Answer: caseAnswer(codes...), StartedAt: &started})
		h.must(err)
	}
	for i := range 25 {
		codes := []string{"E11.22", "N18.32"}
		switch {
		case i < 5: // too old to count
			codes = []string{"I10"}
		case i == 10:
			codes = append(codes, "R07.9")
		case i == 11:
			codes = codes[:1]
		}
		code(fmt.Sprintf("case-%02d", i), codes...)
	}
	code("case-11", "E11.22", "N18.32") // a second time proves nothing
	j, err = h.JobReadiness(ctx, staff, a.Learner)
	h.must(err)
	// 20 cases of two lines; one has a line too many (2 of 3), one a line too few (1 of 2).
	if j.Cases != 20 || j.Clean != 18 || j.Accuracy10 != 951 {
		t.Errorf("%d cases, %d clean, accuracy %d; want 20, 18, 39 lines of 41", j.Cases, j.Clean, j.Accuracy10)
	}
	if j.Over.Lines != 1 || j.Over.Cases != 1 || j.Under.Lines != 1 || j.Under.Cases != 1 {
		t.Errorf("over %+v, under %+v; want one line each", j.Over, j.Under)
	}
	if len(j.Findings) != 2 || j.Findings[0].Finding != "DX-MISS" || j.Findings[0].Points != 300 || j.Findings[1].Count != 1 || j.Findings[0].Name == "" {
		t.Errorf("findings by cost: %+v", j.Findings)
	}
	if len(j.Settings) != 2 || j.Settings[0].Setting != "office" || j.Settings[1].Cases != 7 || j.Settings[1].Field.Low != 20 {
		t.Errorf("settings: %+v", j.Settings)
	}
	if j.PerHour != 10 || j.Settings[0].PerHour != 10 {
		t.Errorf("%v charts an hour, want 10", j.PerHour)
	}
	if p := j.Points; len(p) != 20 || p[0].Case != "case-05" || p[19].Title != "Case number 24" || p[6].Clean {
		t.Errorf("points: %+v", p)
	}
	_, err = h.JobReadiness(ctx, b, a.Learner)
	wantErr(t, "another learner's", err, progress.ErrNotFound)
}
