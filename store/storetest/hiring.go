package storetest

import (
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// AssessmentOf is the first revision of a draft of a hiring test.
func AssessmentOf(n int, owner progress.LearnerID) progress.Assessment {
	id := progress.AssessmentID(ID(n))
	return progress.Assessment{
		ID: id, Org: Org, Owner: owner, ClientKey: fmt.Sprintf("assessment-key-%d", n), Revision: 1, CreatedAt: T0.Add(time.Duration(n) * time.Second),
		Spec: progress.AssessmentSpec{
			Name: fmt.Sprintf("Test %d", n), Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"icd10cm"}, Settings: []string{"office"}}}},
			Minutes: 60, PassPercent: 80, Questions: []progress.AreaCount{{Area: "icd10cm", Count: 5}},
			Charts: progress.ChartSpec{Count: 2, Settings: []quizzes.Share{{Setting: "office", Weight: 1}}}, Book: true, From: T0, Tries: 1, KeepDays: 180,
		},
		Blueprint: quizzes.Blueprint{ID: progress.AssessmentExam(id), Name: fmt.Sprintf("Test %d", n), Items: 7, Minutes: 60},
	}
}

// CandidateOf is a candidate of a test with a link of a week.
func CandidateOf(n int, x progress.AssessmentID) progress.Candidate {
	return progress.Candidate{
		ID: progress.CandidateID(ID(n)), Org: Org, Assessment: x, ClientKey: fmt.Sprintf("candidate-key-%d", n), Name: fmt.Sprintf("SECRET Candidate %d", n), Email: fmt.Sprintf("SECRET%d@example.org", n),
		Ref: "SECRET-7", TokenHash: fmt.Sprintf("%064x", n), LinkUntil: T0.Add(7 * 24 * time.Hour), CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

// hidden is the learner who sits for a candidate.
func hidden(n int) progress.Learner {
	return progress.Learner{ID: progress.LearnerID(ID(n)), Org: Org, Role: progress.RoleCandidate, Name: "Candidate", Zone: "UTC", CreatedAt: T0}
}

func hireEntry(n int) progress.AuditEntry {
	return progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Action: "hire", At: T0.Add(time.Hour)}
}

// opened opens a draft and keeps it.
func opened(t *testing.T, st progress.Storage, x progress.Assessment, entry int) progress.Assessment {
	t.Helper()
	when := T0.Add(time.Minute)
	x.Revision, x.OpenedAt = x.Revision+1, &when
	x.Frozen = progress.Frozen{ContentHash: "abc", CodeYear: 2026, Edition: "starter", Items: 40, Plan: quizzes.Strata{{Area: "icd10cm", Difficulty: 2, Count: 5}}}
	must(t, st.SaveAssessment(t.Context(), Org, x, hireEntry(entry)))
	return x
}

// openTestOf is a test of an owner that takes candidates; entry and the one after it are those of the log.
func openTestOf(t *testing.T, st progress.Storage, n int, owner progress.LearnerID, entry int) progress.Assessment {
	t.Helper()
	draft := AssessmentOf(n, owner)
	must(t, st.SaveAssessment(t.Context(), Org, draft, hireEntry(entry)))
	return opened(t, st, draft, entry+1)
}

func assessments(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	first, theirs := AssessmentOf(10, a.ID), AssessmentOf(11, b.ID)
	must(t, st.SaveAssessment(ctx, Org, first, hireEntry(100)))
	must(t, st.SaveAssessment(ctx, Org, theirs, hireEntry(101)))
	twin, foreignOwner, later := AssessmentOf(12, a.ID), AssessmentOf(13, a.ID), AssessmentOf(14, a.ID)
	twin.ClientKey, later.Revision = first.ClientKey, 2
	wantErr(t, "a client key again", st.SaveAssessment(ctx, Org, twin, hireEntry(102)), progress.ErrDuplicate)
	wantErr(t, "an owner of another organisation", st.SaveAssessment(ctx, Other, foreignOwner, hireEntry(102)), progress.ErrNotFound)
	wantErr(t, "a later revision of nothing", st.SaveAssessment(ctx, Org, later, hireEntry(102)), progress.ErrNotFound)

	second := first
	second.Revision, second.Spec.Name, second.Spec.Minutes, second.Blueprint.Minutes = 2, "Other", 90, 90
	must(t, st.SaveAssessment(ctx, Org, second, hireEntry(103)))
	wantErr(t, "a revision that is there", st.SaveAssessment(ctx, Org, second, hireEntry(104)), progress.ErrDuplicate)
	skips := second
	skips.Revision = 4
	wantErr(t, "a revision that skips one", st.SaveAssessment(ctx, Org, skips, hireEntry(104)), progress.ErrDuplicate)
	third := opened(t, st, second, 105)
	wantErr(t, "drop what was opened", st.DropAssessment(ctx, Org, third.ID, hireEntry(106)), progress.ErrNotFound)

	got, err := st.Assessment(ctx, Org, first.ID)
	must(t, err)
	same(t, "the newest revision", got, third)
	_, err = st.Assessment(ctx, Other, first.ID)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	got, err = st.AssessmentByKey(ctx, Org, a.ID, first.ClientKey)
	must(t, err)
	same(t, "by its client key", got, third)
	_, err = st.AssessmentByKey(ctx, Org, b.ID, first.ClientKey)
	wantErr(t, "by another's client key", err, progress.ErrNotFound)
	for _, c := range []struct {
		org   progress.OrgID
		owner progress.LearnerID
		want  []progress.Assessment
	}{{Org, a.ID, []progress.Assessment{third}}, {Org, "", []progress.Assessment{theirs, third}}, {Other, "", nil}} {
		got, err := st.Assessments(ctx, c.org, c.owner)
		must(t, err)
		same(t, "assessments of "+string(c.owner), got, c.want)
	}
	wantErr(t, "drop from another organisation", st.DropAssessment(ctx, Other, theirs.ID, hireEntry(107)), progress.ErrNotFound)
	must(t, st.DropAssessment(ctx, Org, theirs.ID, hireEntry(107)))
	_, err = st.Assessment(ctx, Org, theirs.ID)
	wantErr(t, "a dropped draft", err, progress.ErrNotFound)
	es, err := st.Entries(ctx, Org, progress.AuditFilter{Action: "hire"})
	must(t, err)
	same(t, "entries: those of what was done", len(es), 5)
}

func candidates(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	draft := AssessmentOf(10, a.ID)
	must(t, st.SaveAssessment(ctx, Org, draft, hireEntry(100)))
	one, two := CandidateOf(20, draft.ID), CandidateOf(21, draft.ID)
	_, err := st.AddCandidates(ctx, Org, draft.ID, []progress.Candidate{one}, hireEntry(101))
	wantErr(t, "of a draft", err, progress.ErrNotFound)
	x := opened(t, st, draft, 102)
	_, err = st.AddCandidates(ctx, Other, x.ID, []progress.Candidate{one}, hireEntry(103))
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	kept, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{one, two}, hireEntry(104))
	must(t, err)
	same(t, "added", kept, []progress.Candidate{one, two})
	again := CandidateOf(22, x.ID)
	again.ClientKey, again.Name = one.ClientKey, "Somebody else"
	kept, err = st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{again}, hireEntry(105))
	must(t, err)
	one.TokenHash = again.TokenHash // the new link works, the person stays who they are
	same(t, "added again", kept, []progress.Candidate{one})

	until, revoked := T0.Add(24*time.Hour), T0.Add(time.Hour)
	must(t, st.SetLink(ctx, Org, two.ID, "", until, &revoked, hireEntry(106)))
	must(t, st.SetAccommodation(ctx, Org, one.ID, 50, 2, hireEntry(107)))
	must(t, st.SetEraseOn(ctx, Org, one.ID, until))
	two.LinkUntil, two.RevokedAt, one.ExtraPercent, one.ExtraBreaks, one.EraseOn = until, &revoked, 50, 2, &until
	list, err := st.Candidates(ctx, Org, x.ID)
	must(t, err)
	same(t, "candidates", list, []progress.Candidate{one, two})
	got, err := st.CandidateByToken(ctx, two.TokenHash)
	must(t, err)
	same(t, "a revoked link", got, two)
	_, err = st.CandidateByToken(ctx, "")
	wantErr(t, "no link", err, progress.ErrNotFound)
	must(t, st.SetLink(ctx, Org, two.ID, fmt.Sprintf("%064x", 99), until, nil, hireEntry(108)))
	two.TokenHash, two.RevokedAt = fmt.Sprintf("%064x", 99), nil
	got, err = st.Candidate(ctx, Org, two.ID)
	must(t, err)
	same(t, "a new link", got, two)
	for name, err := range map[string]error{
		"link":          st.SetLink(ctx, Other, one.ID, "", until, nil, hireEntry(109)),
		"accommodation": st.SetAccommodation(ctx, Other, one.ID, 10, 0, hireEntry(109)),
		"day":           st.SetEraseOn(ctx, Other, one.ID, until),
		"erase":         st.EraseCandidate(ctx, Other, one.ID, T0, nil, hireEntry(109)),
		"events":        st.AddCandidateEvents(ctx, Other, []progress.CandidateEvent{{ID: progress.EventID(ID(1)), Candidate: one.ID, At: T0}}),
	} {
		wantErr(t, name+" from another organisation", err, progress.ErrNotFound)
	}
	closedAt := T0.Add(2 * time.Hour)
	x.Revision, x.ClosedAt = x.Revision+1, &closedAt
	must(t, st.SaveAssessment(ctx, Org, x, hireEntry(110)))
	_, err = st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{CandidateOf(23, x.ID)}, hireEntry(111))
	wantErr(t, "of a closed test", err, progress.ErrNotFound)
	tallies, err := st.AssessmentTallies(ctx, Org)
	must(t, err)
	same(t, "tallies", tallies, map[progress.AssessmentID]progress.AssessmentTally{x.ID: {Candidates: 2}})
}

func candidatesSit(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	x := openTestOf(t, st, 10, a.ID, 100)
	c, other := CandidateOf(20, x.ID), CandidateOf(21, x.ID)
	_, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{c, other}, hireEntry(102))
	must(t, err)
	at := T0.Add(time.Minute)
	l := hidden(30)
	got, err := st.ConsentCandidate(ctx, Org, c.ID, l, at, "words")
	must(t, err)
	c.Learner, c.ConsentAt, c.ConsentHash = l.ID, &at, "words"
	same(t, "agreed", got, c)
	got, err = st.ConsentCandidate(ctx, Org, c.ID, hidden(31), at.Add(time.Hour), "others")
	must(t, err)
	same(t, "agreed again", got, c)
	_, err = st.ConsentCandidate(ctx, Other, other.ID, hidden(32), at, "words")
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	people, total, err := st.Learners(ctx, Org, progress.UserFilter{WithGuests: true, Limit: 10})
	must(t, err)
	if len(people) != 1 || total != 1 {
		t.Errorf("the hidden learner is among the people: %v", people)
	}

	form := []quizzes.FormItem{{ID: "q1", Kind: quizzes.ItemQuestion}, {ID: "c1", Kind: quizzes.ItemCase}}
	s := progress.Sitting{ID: progress.SittingID(ID(40)), Org: Org, Learner: l.ID, ClientKey: "sit-1", Exam: x.Exam(), Blueprint: x.Blueprint, Form: form, StartedAt: T0}
	_, _, err = st.AddSitting(ctx, Org, nil, s, 0)
	must(t, err)
	elsewhere := s
	elsewhere.ID, elsewhere.ClientKey, elsewhere.Exam = progress.SittingID(ID(41)), "sit-2", "cpc"
	_, _, err = st.AddSitting(ctx, Org, nil, elsewhere, 0)
	must(t, err)
	c.Sittings = []progress.SittingID{s.ID}
	got, err = st.CandidateByLearner(ctx, Org, l.ID)
	must(t, err)
	same(t, "with the sitting at the test", got, c)
	use, err := st.ItemUse(ctx, Org, x.Exam(), 100)
	must(t, err)
	same(t, "use of items", use, map[string]int{"q1": 1, "c1": 1})
	_, err = st.HandIn(ctx, Org, s.ID, T0.Add(time.Hour), progress.HandedInByLearner)
	must(t, err)
	tallies, err := st.AssessmentTallies(ctx, Org)
	must(t, err)
	same(t, "tallies", tallies, map[progress.AssessmentID]progress.AssessmentTally{x.ID: {Candidates: 2, Begun: 1, HandedIn: 1}})

	e := progress.CandidateEvent{ID: progress.EventID(ID(50)), Candidate: c.ID, Sitting: s.ID, ClientKey: "e1", At: T0.Add(time.Second), Kind: progress.EventAway, Seconds: 12, Detail: "SECRET"}
	earlier := progress.CandidateEvent{ID: progress.EventID(ID(51)), Candidate: c.ID, Sitting: s.ID, ClientKey: "e2", At: T0, Kind: progress.EventPaste}
	must(t, st.AddCandidateEvents(ctx, Org, []progress.CandidateEvent{e, earlier}))
	twice := e
	twice.ID, twice.Seconds = progress.EventID(ID(52)), 99
	must(t, st.AddCandidateEvents(ctx, Org, []progress.CandidateEvent{twice}))
	events, err := st.CandidateEvents(ctx, Org, c.ID)
	must(t, err)
	same(t, "events", events, []progress.CandidateEvent{earlier, e})
	events, err = st.CandidateEvents(ctx, Other, c.ID)
	must(t, err)
	same(t, "events from another organisation", len(events), 0)
}

func erasesCandidates(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	draft, unopened := AssessmentOf(10, a.ID), AssessmentOf(11, a.ID)
	must(t, st.SaveAssessment(ctx, Org, draft, hireEntry(100)))
	must(t, st.SaveAssessment(ctx, Org, unopened, hireEntry(101)))
	x := opened(t, st, draft, 102)
	c, other := CandidateOf(20, x.ID), CandidateOf(21, x.ID)
	soon, late := T0.Add(time.Hour), T0.Add(48*time.Hour)
	c.EraseOn, other.EraseOn = &soon, &late
	_, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{c, other}, hireEntry(103))
	must(t, err)
	l := hidden(30)
	_, err = st.ConsentCandidate(ctx, Org, c.ID, l, T0, "words")
	must(t, err)
	session := Session(31, l)
	must(t, st.OpenSession(ctx, Org, session, ""))
	must(t, st.AddCandidateEvents(ctx, Org, []progress.CandidateEvent{{ID: progress.EventID(ID(50)), Candidate: c.ID, ClientKey: "e1", At: T0, Kind: progress.EventCopy, Detail: "SECRET"}}))

	due, err := st.DueCandidates(ctx, T0.Add(2*time.Hour), 10)
	must(t, err)
	same(t, "due", due, []progress.CandidateRef{{Org: Org, ID: c.ID}})
	when := T0.Add(2 * time.Hour)
	must(t, st.EraseCandidate(ctx, Org, c.ID, when, words{}, hireEntry(104)))
	must(t, st.EraseCandidate(ctx, Org, c.ID, when.Add(time.Hour), words{}, hireEntry(105)))
	got, err := st.Candidate(ctx, Org, c.ID)
	must(t, err)
	want := c
	want.Name, want.Email, want.Ref, want.TokenHash = "", "", "", ""
	want.Learner, want.ConsentAt, want.ConsentHash, want.ErasedAt = l.ID, &T0, "words", &when
	same(t, "erased", got, want)
	events, err := st.CandidateEvents(ctx, Org, c.ID)
	must(t, err)
	same(t, "events of the erased", len(events), 0)
	_, _, err = st.SessionByHash(ctx, session.TokenHash)
	wantErr(t, "the session of the erased", err, progress.ErrNotFound)
	gone, err := st.Learner(ctx, Org, l.ID)
	must(t, err)
	if gone.ErasedAt == nil || gone.Name != "" {
		t.Errorf("the hidden learner is still there: %+v", gone)
	}
	wantErr(t, "a link for the erased", st.SetLink(ctx, Org, c.ID, "x", late, nil, hireEntry(106)), progress.ErrNotFound)
	wantErr(t, "an event of the erased", st.AddCandidateEvents(ctx, Org, []progress.CandidateEvent{{ID: progress.EventID(ID(51)), Candidate: c.ID, ClientKey: "e9", At: T0}}), progress.ErrNotFound)
	due, err = st.DueCandidates(ctx, T0.Add(2*time.Hour), 10)
	must(t, err)
	same(t, "due after erasing", len(due), 0)

	must(t, st.Erase(ctx, Org, a.ID, late, words{}, hireEntry(107)))
	_, err = st.Assessment(ctx, Org, unopened.ID)
	wantErr(t, "a draft of the erased employer", err, progress.ErrNotFound)
	closed, err := st.Assessment(ctx, Org, x.ID)
	must(t, err)
	same(t, "the open test of the erased employer is closed", closed.ClosedAt, &late)
}
