package storetest

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// Run tests a storage. open gives an empty one that is closed with the test.
func Run(t *testing.T, open func(t testing.TB) progress.Storage) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, st progress.Storage)
	}{
		{"accounts come back as they were kept", accounts},
		{"an e-mail belongs to one account of an organisation", emails},
		{"a guest becomes an account with the same id", promote},
		{"users are listed by role, text and page", users},
		{"sessions are found by their hash and end", sessions},
		{"a passphrase is set with the sessions it ends", passphrases},
		{"limits let a burst through and then one at a time", limits},
		{"limits of several keys count together", limitsTogether},
		{"an attempt and its grading come back as they were kept", attempts},
		{"the same client key is recorded once", duplicates},
		{"attempts are filtered and paged, newest first", attemptFilters},
		{"gradings are appended and the newest counts", gradings},
		{"content is kept once by its hash", versions},
		{"a submission drops the draft", dropsDraft},
		{"drafts go by their revision", drafts},
		{"lesson marks keep done, position and opening", marks},
		{"drills come back", drills},
		{"tabs and notes in the codebook go by their revision", bookNotes},
		{"a guest's tabs and notes go over to the account", mergesBookNotes},
		{"erasing takes tabs and notes", erasesBookNotes},
		{"policies have revisions of an owner and retire", policies},
		{"gradings by policies stand beside those that count", policyGradings},
		{"erasing staff leaves the policies that graded", erasesPolicies},
		{"composed exams have revisions of an owner and retire", composedExams},
		{"exam rules fit persons, cohorts and everyone", examRules},
		{"cohorts have members and close", cohorts},
		{"disputes are filtered and resolved once", disputes},
		{"answers are analysed by their newest gradings, those of learners alone", analysedAnswers},
		{"erasing takes places in cohorts, rules and words of disputes", erasesExams},
		{"a guest's places in cohorts, rules and disputes go over to the account", mergesExams},
		{"regrades are held by one, kept with their place, and stopped", regrades},
		{"a regrade settles what was disputed of a line", settlesDisputes},
		{"invitations let in as many as they say and are taken at sign-up", invites},
		{"an invitation lets in no more than it says, at once either", joinsAtOnce},
		{"assignments come with the rules of their exams", assignments},
		{"work is read by the newest gradings", work},
		{"messages are read up to a mark", messages},
		{"erasing takes invitations, terms and messages", erasesClasses},
		{"a guest's terms and messages go over to the account", mergesClasses},
		{"reviews stand in one order with attempts and are undone from the latest", reviews},
		{"snapshots hold as long as the record before them does", snapshots},
		{"parts that were missed come with the gradings", missedParts},
		{"goals are set and dropped", goals},
		{"forecasts and plans are kept once a day", forecastsAndPlans},
		{"placement tests go by their revision", placements},
		{"the newest fit and calibration are in force", fitsAndCalibrations},
		{"written files have revisions, and the newest published are served", authored},
		{"of those who save a revision at once one wins", authoredAtOnce},
		{"hiring tests have revisions of an owner", assessments},
		{"candidates belong to an open test and have one link", candidates},
		{"candidates agree once, sit, and have events", candidatesSit},
		{"candidates can say no", declines},
		{"erasing takes candidates, and drafts of an employer", erasesCandidates},
		{"previews of tests are in no list and leave nothing", previews},
		{"panels, helpers and ratings belong to a draft and stay as they were when it opens", panels},
		{"groups are kept in sums, and stay when candidates are erased", groups},
		{"tokens of the API are found by their hash and end", apiTokens},
		{"replies to programs that ask twice are kept until somebody they name is erased", apiReplies},
		{"what happens to a candidate is told to each endpoint once", webhooksAnnounce},
		{"deliveries are held by one for a while", webhooksLease},
		{"a record from elsewhere comes in once, under ids that are free", importsRecord},
		{"a guest's reviews, goal and forecasts go over to the account", mergesLearning},
		{"erasing takes reviews, goal and plans and leaves forecasts", erasesLearning},
		{"a guest's record goes over to the account", merges},
		{"erasing takes identity and free text and leaves attempts", erases},
		{"the audit log is listed newest first", audit},
		{"one key signs, the ones before it verify until they are retired", signingKeys},
		{"a key is made once, however many need it at the same moment", firstKey},
		{"a sitting has one credential in force, and revoking is once", credentials},
		{"erasing a candidate empties credentials", erasesCredentials},
		{"another organisation sees nothing", foreign},
		{"what has expired is swept", sweep},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := open(t)
			must(t, st.Health(t.Context()))
			c.test(t, st)
		})
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(quizzes.Blueprint{})); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func limits(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	limit := []progress.Limit{{Burst: 3, Every: time.Minute}}
	take := func(now time.Time) time.Duration {
		t.Helper()
		w, err := st.Take(ctx, now, []string{"k"}, limit)
		must(t, err)
		return w
	}
	for i := range 3 {
		if w := take(T0); w != 0 {
			t.Fatalf("try %d waits %v", i+1, w)
		}
	}
	if w := take(T0); w != time.Minute {
		t.Errorf("fourth try waits %v, want 1m", w)
	}
	if w := take(T0.Add(40 * time.Second)); w != 20*time.Second {
		t.Errorf("after 40 s it waits %v, want 20s: refused tries must not count", w)
	}
	if w := take(T0.Add(time.Minute)); w != 0 {
		t.Errorf("after a minute it waits %v", w)
	}
	must(t, st.Give(ctx, []string{"k"}, limit, nil))
	if w := take(T0.Add(time.Minute)); w != 0 {
		t.Errorf("after giving one back it waits %v", w)
	}
	must(t, st.Give(ctx, nil, nil, []string{"k"}))
	for i := range 3 {
		if w := take(T0.Add(time.Minute)); w != 0 {
			t.Errorf("try %d after forgetting waits %v", i+1, w)
		}
	}
	// Sent together, no more than the burst come through.
	through := atOnce(20, func(int) bool {
		w, err := st.Take(ctx, T0, []string{"storm"}, limit)
		return err == nil && w == 0
	})
	same(t, "of 20 at once come through", through, 3)
}

// atOnce does the same n times side by side and counts how often it went well.
func atOnce(n int, do func(i int) bool) int {
	var wg sync.WaitGroup
	var well atomic.Int64
	for i := range n {
		wg.Go(func() {
			if do(i) {
				well.Add(1)
			}
		})
	}
	wg.Wait()
	return int(well.Load())
}

func limitsTogether(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	keys, ls := []string{"account", "address"}, []progress.Limit{{Burst: 1, Every: time.Minute}, {Burst: 2, Every: time.Minute}}
	w, err := st.Take(ctx, T0, keys, ls)
	must(t, err)
	same(t, "first", w, time.Duration(0))
	w, err = st.Take(ctx, T0, keys, ls)
	must(t, err)
	same(t, "account used up", w, time.Minute)
	w, err = st.Take(ctx, T0, []string{"account 2", "address"}, ls)
	must(t, err)
	same(t, "the refused try did not count for the address", w, time.Duration(0))
}

func audit(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	for n := 1; n <= 4; n++ {
		must(t, st.AddEntry(ctx, Org, progress.AuditEntry{
			ID: progress.EntryID(ID(n)), Org: Org, Actor: progress.LearnerID(ID(100 + n%2)), Action: "regrade", Target: "q1", Detail: strings.Repeat("x", n), At: T0,
		}))
	}
	es, err := st.Entries(ctx, Org, progress.AuditFilter{Limit: 2})
	must(t, err)
	if len(es) != 2 || es[0].ID != progress.EntryID(ID(4)) || es[0].Detail != "xxxx" {
		t.Errorf("entries %+v, want the two newest", es)
	}
	es, err = st.Entries(ctx, Org, progress.AuditFilter{Actor: progress.LearnerID(ID(101)), Before: progress.EntryID(ID(3))})
	must(t, err)
	if len(es) != 1 || es[0].ID != progress.EntryID(ID(1)) {
		t.Errorf("entries %+v, want the first alone", es)
	}
}

func foreign(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	s := Session(2, l)
	must(t, st.AddLearner(ctx, Org, l, "h", &s, nil))
	a, g := Attempt(1, l.ID, "q1", true)
	record(t, st, a, g)
	_, err := st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`), UpdatedAt: T0})
	must(t, err)
	must(t, st.AddDrill(ctx, Org, l.ID, progress.Drill{ID: progress.DrillID(ID(3)), Items: []string{}, CreatedAt: T0}))

	_, err = st.Learner(ctx, Other, l.ID)
	wantErr(t, "learner", err, progress.ErrNotFound)
	_, _, err = st.Credentials(ctx, Other, l.Email)
	wantErr(t, "credentials", err, progress.ErrNotFound)
	_, err = st.Attempt(ctx, Other, a.ID)
	wantErr(t, "attempt", err, progress.ErrNotFound)
	_, err = st.Version(ctx, Other, a.KeyHash)
	wantErr(t, "version", err, progress.ErrNotFound)
	_, err = st.Draft(ctx, Other, l.ID, "c1")
	wantErr(t, "draft", err, progress.ErrNotFound)
	_, err = st.Drill(ctx, Other, l.ID, progress.DrillID(ID(3)))
	wantErr(t, "drill", err, progress.ErrNotFound)
	wantErr(t, "erase", st.Erase(ctx, Other, l.ID, T0, words{}, progress.AuditEntry{ID: "e", At: T0}), progress.ErrNotFound)
	wantErr(t, "append grading", st.AppendGradings(ctx, Other, []progress.Grading{g}, nil), progress.ErrNotFound)
	wantErr(t, "set hash", st.SetHash(ctx, Other, l.ID, "x", true, nil, nil), progress.ErrNotFound)
	if gs, n, err := st.Attempts(ctx, Other, progress.AttemptFilter{}); err != nil || n != 0 || len(gs) != 0 {
		t.Errorf("attempts: %d, %v", n, err)
	}
	if gs, err := st.Gradings(ctx, Other, a.ID); err != nil || len(gs) != 0 {
		t.Errorf("gradings: %d, %v", len(gs), err)
	}
	if h, err := st.History(ctx, Other, l.ID); err != nil || len(h) != 0 {
		t.Errorf("history: %d, %v", len(h), err)
	}
	if ls, n, err := st.Learners(ctx, Other, progress.UserFilter{}); err != nil || n != 0 || len(ls) != 0 {
		t.Errorf("learners: %d, %v", n, err)
	}
	must(t, st.EndSessions(ctx, Other, l.ID))
	if _, _, err := st.SessionByHash(ctx, s.TokenHash); err != nil {
		t.Errorf("another organisation ended the session: %v", err)
	}
}

func sweep(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	old, young := Session(2, l), Session(3, l)
	young.ExpiresAt = T0.Add(48 * time.Hour)
	must(t, st.OpenSession(ctx, Org, old, ""))
	must(t, st.OpenSession(ctx, Org, young, ""))
	_, err := st.Take(ctx, T0, []string{"k"}, []progress.Limit{{Burst: 2, Every: time.Minute}})
	must(t, err)
	n, err := st.Sweep(ctx, T0.Add(2*time.Hour))
	must(t, err)
	same(t, "rows swept", n, 2)
	left, err := st.Sessions(ctx, Org, l.ID)
	must(t, err)
	same(t, "sessions left", left, []progress.StoredSession{young})
}
