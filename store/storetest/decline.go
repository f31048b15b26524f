package storetest

import (
	"testing"
	"time"

	"crosswalk/progress"
)

// declines: who said no has no link any more, and who agreed cannot say no.
func declines(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	boss := Account(1)
	add(t, st, boss)
	x := openTestOf(t, st, 10, boss.ID, 100)
	_, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{CandidateOf(20, x.ID), CandidateOf(21, x.ID)}, hireEntry(102))
	must(t, err)
	no, yes := progress.CandidateID(ID(20)), progress.CandidateID(ID(21))
	when := T0.Add(2 * time.Hour)
	must(t, st.DeclineCandidate(ctx, Org, no, when, "no", hireEntry(103)))
	c, err := st.Candidate(ctx, Org, no)
	must(t, err)
	if c.RevokedAt == nil || !c.RevokedAt.Equal(when) || c.ConsentHash != "no" || c.ConsentAt != nil {
		t.Errorf("declined: %+v", c)
	}
	_, err = st.ConsentCandidate(ctx, Org, yes, hidden(30), when, "hash")
	must(t, err)
	wantErr(t, "of one who agreed", st.DeclineCandidate(ctx, Org, yes, when, "no", hireEntry(104)), progress.ErrNotFound)
	wantErr(t, "of another organisation", st.DeclineCandidate(ctx, Other, no, when, "no", hireEntry(105)), progress.ErrNotFound)
	wantErr(t, "of nobody", st.DeclineCandidate(ctx, Org, progress.CandidateID(ID(99)), when, "no", hireEntry(106)), progress.ErrNotFound)
	must(t, st.EraseCandidate(ctx, Org, no, when, nil, hireEntry(107)))
	wantErr(t, "of one who is erased", st.DeclineCandidate(ctx, Org, no, when, "no", hireEntry(108)), progress.ErrNotFound)
}
