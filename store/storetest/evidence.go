package storetest

import (
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
	"crosswalk/quizzes"
)

// HelperOf is a helper of a test with a link of a week.
func HelperOf(n int, x progress.AssessmentID, kind progress.HelperKind) progress.Helper {
	return progress.Helper{
		ID: progress.HelperID(ID(n)), Org: Org, Assessment: x, ClientKey: fmt.Sprintf("helper-key-%d", n), Kind: kind, Name: fmt.Sprintf("SECRET Helper %d", n),
		TokenHash: fmt.Sprintf("%064x", n), LinkUntil: T0.Add(7 * 24 * time.Hour), CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

func panels(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	x := AssessmentOf(10, a.ID)
	must(t, st.SaveAssessment(ctx, Org, x, hireEntry(100)))
	_, err := st.Panel(ctx, Org, x.ID)
	wantErr(t, "no panel", err, progress.ErrNotFound)
	p := progress.Panel{Assessment: x.ID, Revision: 1, Round: 1, PanelBody: progress.PanelBody{Items: []quizzes.FormItem{{ID: "q1", Weight: 1, KeyHash: "k"}, {ID: "q2", Weight: 1}}, Borderline: "Just able"}}
	wantErr(t, "panel in another organisation", st.SavePanel(ctx, Other, p, hireEntry(101)), progress.ErrNotFound)
	must(t, st.SavePanel(ctx, Org, p, hireEntry(102)))
	wantErr(t, "the same revision", st.SavePanel(ctx, Org, p, hireEntry(103)), progress.ErrDuplicate)
	got, err := st.Panel(ctx, Org, x.ID)
	must(t, err)
	same(t, "panel", got, p)

	judge, other, recorder := HelperOf(20, x.ID, progress.HelperJudge), HelperOf(21, x.ID, progress.HelperJudge), HelperOf(22, x.ID, progress.HelperRecorder)
	for i, h := range []progress.Helper{judge, other, recorder} {
		kept, err := st.AddHelper(ctx, Org, h, hireEntry(110+i))
		must(t, err)
		same(t, "helper", kept, h)
	}
	_, err = st.AddHelper(ctx, Other, HelperOf(23, x.ID, progress.HelperJudge), hireEntry(113))
	wantErr(t, "helper from another organisation", err, progress.ErrNotFound)
	again := HelperOf(24, x.ID, progress.HelperJudge)
	again.ClientKey = judge.ClientKey
	kept, err := st.AddHelper(ctx, Org, again, hireEntry(114))
	must(t, err)
	same(t, "sent twice", kept.ID, judge.ID)
	byToken, err := st.HelperByToken(ctx, again.TokenHash)
	must(t, err)
	same(t, "by token", byToken, kept)
	_, err = st.HelperByToken(ctx, judge.TokenHash)
	wantErr(t, "the secret before", err, progress.ErrNotFound)

	must(t, st.SaveRatings(ctx, Org, judge, 1, map[int]int{0: 60, 1: 70}, T0))
	must(t, st.SaveRatings(ctx, Org, judge, 1, map[int]int{0: 65}, T0.Add(time.Minute)))
	must(t, st.SaveRatings(ctx, Org, other, 1, map[int]int{1: 0}, T0))
	for what, err := range map[string]error{
		"round 2":                   st.SaveRatings(ctx, Org, judge, 2, map[int]int{0: 1}, T0),
		"a recorder":                st.SaveRatings(ctx, Org, recorder, 1, map[int]int{0: 1}, T0),
		"from another organisation": st.SaveRatings(ctx, Other, judge, 1, map[int]int{0: 1}, T0),
	} {
		wantErr(t, what, err, progress.ErrSittingClosed)
	}
	rs, err := st.Ratings(ctx, Org, x.ID)
	must(t, err)
	same(t, "ratings", rs, []progress.PanelRating{{Helper: judge.ID, Round: 1, Item: 0, Percent: 65}, {Helper: judge.ID, Round: 1, Item: 1, Percent: 70}, {Helper: other.ID, Round: 1, Item: 1, Percent: 0}})
	rs, err = st.Ratings(ctx, Other, x.ID)
	must(t, err)
	same(t, "in another organisation", len(rs), 0)

	must(t, st.RevokeHelper(ctx, Org, x.ID, other.ID, hireEntry(120)))
	wantErr(t, "revoke elsewhere", st.RevokeHelper(ctx, Other, x.ID, other.ID, hireEntry(121)), progress.ErrNotFound)
	wantErr(t, "a revoked judge", st.SaveRatings(ctx, Org, other, 1, map[int]int{0: 1}, T0), progress.ErrSittingClosed)
	hs, err := st.Helpers(ctx, Org, x.ID)
	must(t, err)
	if len(hs) != 3 || hs[1].RevokedAt == nil || hs[0].RevokedAt != nil {
		t.Errorf("helpers %+v, want three, the second revoked", hs)
	}

	p.Revision, p.Round = 2, 2
	must(t, st.SavePanel(ctx, Org, p, hireEntry(130)))
	rs, err = st.Ratings(ctx, Org, x.ID)
	must(t, err)
	same(t, "ratings stay with the items", len(rs), 3)
	p.Revision, p.Items = 3, p.Items[:1]
	must(t, st.SavePanel(ctx, Org, p, hireEntry(131)))
	rs, err = st.Ratings(ctx, Org, x.ID)
	must(t, err)
	same(t, "ratings of other items", len(rs), 0)
	must(t, st.SaveRatings(ctx, Org, judge, 2, map[int]int{0: 80}, T0))
	x = opened(t, st, x, 132)
	wantErr(t, "rating an open test", st.SaveRatings(ctx, Org, judge, 2, map[int]int{0: 1}, T0), progress.ErrSittingClosed)
	p.Revision = 4
	wantErr(t, "the panel of an open test", st.SavePanel(ctx, Org, p, hireEntry(133)), progress.ErrNotFound)

	// A draft goes with all that belongs to it.
	y := AssessmentOf(11, a.ID)
	must(t, st.SaveAssessment(ctx, Org, y, hireEntry(140)))
	p.Assessment, p.Revision = y.ID, 1
	must(t, st.SavePanel(ctx, Org, p, hireEntry(141)))
	j := HelperOf(30, y.ID, progress.HelperJudge)
	_, err = st.AddHelper(ctx, Org, j, hireEntry(142))
	must(t, err)
	must(t, st.SaveRatings(ctx, Org, j, 2, map[int]int{0: 1}, T0))
	must(t, st.SaveGroups(ctx, Org, y.ID, []evidence.Group{{Name: "a", Tested: 1}}, hireEntry(143)))
	must(t, st.TellGroups(ctx, Org, y.ID, progress.GroupsEntered, 1, []evidence.Group{{Name: "a", Tested: 9}}))
	must(t, st.DropAssessment(ctx, Org, y.ID, hireEntry(144)))
	_, err = st.HelperByToken(ctx, j.TokenHash)
	wantErr(t, "a helper of a dropped draft", err, progress.ErrNotFound)
	// Those who helped one who is erased lose their names, and what they said stays.
	must(t, st.Erase(ctx, Org, a.ID, T0.Add(time.Hour), words{}, hireEntry(150)))
	hs, err = st.Helpers(ctx, Org, x.ID)
	must(t, err)
	for _, h := range hs {
		if h.Name != "" || h.RevokedAt == nil {
			t.Errorf("helper after erasing the owner: %+v", h)
		}
	}
	rs, err = st.Ratings(ctx, Org, x.ID)
	must(t, err)
	same(t, "ratings after erasing the owner", len(rs), 1)
}

func groups(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	x := openTestOf(t, st, 10, a.ID, 100)
	sums := func(want progress.GroupSums) {
		t.Helper()
		got, err := st.Groups(ctx, Org, x.ID)
		must(t, err)
		same(t, "groups", got, want)
	}
	sums(progress.GroupSums{})
	entered := []evidence.Group{{Name: "a", Tested: 9, Selected: 3}, {Name: "b", Tested: 8, Selected: 4}}
	must(t, st.SaveGroups(ctx, Org, x.ID, []evidence.Group{{Name: "old", Tested: 1}}, hireEntry(102)))
	must(t, st.SaveGroups(ctx, Org, x.ID, entered, hireEntry(103)))
	wantErr(t, "groups in another organisation", st.SaveGroups(ctx, Other, x.ID, entered, hireEntry(104)), progress.ErrNotFound)
	sums(progress.GroupSums{Entered: entered})

	// Three candidates: one passes at the second try, one fails, one has not sat.
	cs := []progress.Candidate{CandidateOf(20, x.ID), CandidateOf(21, x.ID), CandidateOf(22, x.ID)}
	_, err := st.AddCandidates(ctx, Org, x.ID, cs, hireEntry(105))
	must(t, err)
	sit := func(n int, l progress.LearnerID, passed bool) {
		t.Helper()
		s := progress.Sitting{ID: progress.SittingID(ID(n)), Org: Org, Learner: l, ClientKey: fmt.Sprint("sit-", n), Exam: x.Exam(), Blueprint: x.Blueprint, Form: []quizzes.FormItem{}, StartedAt: T0}
		_, _, err := st.AddSitting(ctx, Org, nil, s, 0)
		must(t, err)
		_, err = st.HandIn(ctx, Org, s.ID, T0.Add(time.Minute), progress.HandedInByLearner)
		must(t, err)
		must(t, st.RecordSitting(ctx, Org, s.ID, T0.Add(time.Hour), nil, progress.Tally{Scored: 100, Passed: passed}))
	}
	for i, c := range cs {
		_, err := st.ConsentCandidate(ctx, Org, c.ID, hidden(30+i), T0, "words")
		must(t, err)
	}
	sit(40, hidden(30).ID, false)
	sit(41, hidden(30).ID, true)
	sit(42, hidden(31).ID, false)
	by := map[progress.CandidateID]string{cs[0].ID: "b", cs[1].ID: "a", cs[2].ID: "a"}
	wantErr(t, "recorded from another organisation", st.SetCandidateGroups(ctx, Other, x.ID, by, hireEntry(106)), progress.ErrNotFound)
	must(t, st.SetCandidateGroups(ctx, Org, x.ID, by, hireEntry(107)))
	sums(progress.GroupSums{Entered: entered, Candidates: []evidence.Group{{Name: "a", Tested: 1}, {Name: "b", Tested: 1, Selected: 1}}})
	must(t, st.SetCandidateGroups(ctx, Org, x.ID, map[progress.CandidateID]string{cs[2].ID: "", cs[1].ID: "b"}, hireEntry(108)))
	sums(progress.GroupSums{Entered: entered, Candidates: []evidence.Group{{Name: "b", Tested: 2, Selected: 1}}})
	known, err := st.GroupedCandidates(ctx, Org, x.ID)
	must(t, err)
	same(t, "candidates with a group", known, map[progress.CandidateID]bool{cs[0].ID: true, cs[1].ID: true})
	known, err = st.GroupedCandidates(ctx, Other, x.ID)
	must(t, err)
	same(t, "in another organisation", len(known), 0)

	// What was told is kept in the order in which it was.
	one, two := []evidence.Group{{Name: "a", Tested: 9, Selected: 3}, {Name: "b", Tested: 8, Selected: 4}}, []evidence.Group{{Name: "a"}, {Name: "b"}}
	must(t, st.TellGroups(ctx, Org, x.ID, progress.GroupsEntered, 1, one))
	wantErr(t, "told by another at once", st.TellGroups(ctx, Org, x.ID, progress.GroupsEntered, 1, two), progress.ErrDuplicate)
	wantErr(t, "told before the one before", st.TellGroups(ctx, Org, x.ID, progress.GroupsEntered, 3, two), progress.ErrDuplicate)
	wantErr(t, "told from another organisation", st.TellGroups(ctx, Other, x.ID, progress.GroupsEntered, 2, two), progress.ErrNotFound)
	must(t, st.TellGroups(ctx, Org, x.ID, progress.GroupsEntered, 2, two))
	must(t, st.TellGroups(ctx, Org, x.ID, progress.GroupsOfCandidates, 1, two))
	told := progress.GroupSums{Entered: entered, ToldEntered: [][]evidence.Group{one, two}, ToldCandidates: [][]evidence.Group{two}}

	// Erasing a candidate leaves the sum alone.
	for i, c := range cs {
		must(t, st.EraseCandidate(ctx, Org, c.ID, T0.Add(2*time.Hour), words{}, hireEntry(120+i)))
		must(t, st.EraseCandidate(ctx, Org, c.ID, T0.Add(2*time.Hour), words{}, hireEntry(130+i)))
	}
	told.Candidates = []evidence.Group{{Name: "b", Tested: 2, Selected: 1}}
	sums(told)
	wantErr(t, "the group of one who is erased", st.SetCandidateGroups(ctx, Org, x.ID, by, hireEntry(140)), progress.ErrNotFound)
}
