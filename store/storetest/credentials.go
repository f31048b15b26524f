package storetest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

func signingKey(n int) progress.SigningKey {
	return progress.SigningKey{
		ID: fmt.Sprintf("thumbprint-%d", n), Org: Org, Public: bytes.Repeat([]byte{byte(n)}, 32), Sealed: []byte(fmt.Sprintf("sealed %d", n)), CreatedAt: T0.Add(time.Duration(n) * time.Minute),
	}
}

func signingKeys(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	keys := func() []progress.SigningKey {
		t.Helper()
		ks, err := st.SigningKeys(ctx, Org)
		must(t, err)
		return ks
	}
	if ks := keys(); len(ks) != 0 {
		t.Fatalf("keys of nobody: %v", ks)
	}
	one, two, three := signingKey(1), signingKey(2), signingKey(3)
	must(t, st.AddSigningKey(ctx, Org, one, "", nil))
	same(t, "the first", keys(), []progress.SigningKey{one})
	wantErr(t, "a second that signs", st.AddSigningKey(ctx, Org, two, "", nil), progress.ErrDuplicate)
	wantErr(t, "after another than the one that signs", st.AddSigningKey(ctx, Org, two, "thumbprint-9", nil), progress.ErrDuplicate)
	entry := hireEntry(100)
	must(t, st.AddSigningKey(ctx, Org, two, one.ID, &entry))
	one.Sealed, one.RotatedAt = nil, &two.CreatedAt
	same(t, "rotated", keys(), []progress.SigningKey{two, one})
	wantErr(t, "after one that signs no more", st.AddSigningKey(ctx, Org, three, one.ID, nil), progress.ErrDuplicate)
	same(t, "after what was refused", keys(), []progress.SigningKey{two, one})

	when, later := T0.Add(time.Hour), T0.Add(2*time.Hour)
	entry = hireEntry(101)
	must(t, st.RetireSigningKey(ctx, Org, two.ID, when, &entry))
	entry = hireEntry(102)
	must(t, st.RetireSigningKey(ctx, Org, two.ID, later, &entry)) // stays as it is
	two.Sealed, two.RetiredAt = nil, &when
	must(t, st.AddSigningKey(ctx, Org, three, "", nil)) // none signed
	same(t, "retired", keys(), []progress.SigningKey{three, two, one})
	entry = hireEntry(103)
	wantErr(t, "retire what is not there", st.RetireSigningKey(ctx, Org, "thumbprint-9", when, &entry), progress.ErrNotFound)
	wantErr(t, "retire another's", st.RetireSigningKey(ctx, Other, three.ID, when, &entry), progress.ErrNotFound)
	if ks, err := st.SigningKeys(ctx, Other); err != nil || len(ks) != 0 {
		t.Errorf("another organisation has %v, %v", ks, err)
	}
	must(t, st.AddSigningKey(ctx, Other, progress.SigningKey{ID: "theirs", Org: Other, Public: three.Public, CreatedAt: T0}, "", nil)) // its own signs beside ours
	entries, err := st.Entries(ctx, Org, progress.AuditFilter{Action: "hire"})
	must(t, err)
	if len(entries) != 2 {
		t.Errorf("%d entries, want one of rotating and one of retiring", len(entries))
	}
}

func firstKey(t *testing.T, st progress.Storage) {
	won := atOnce(12, func(n int) bool { return st.AddSigningKey(t.Context(), Org, signingKey(n+1), "", nil) == nil })
	same(t, "of 12 at once win", won, 1)
	ks, err := st.SigningKeys(t.Context(), Org)
	must(t, err)
	same(t, "keys", len(ks), 1)
	won = atOnce(12, func(n int) bool { return st.AddSigningKey(t.Context(), Org, signingKey(n+20), ks[0].ID, nil) == nil })
	same(t, "of 12 that rotate at once win", won, 1)
}

// candidateOf keeps an open test of a new owner, and candidates of it.
func candidatesOf(t *testing.T, st progress.Storage, ns ...int) (progress.Assessment, []progress.Candidate) {
	t.Helper()
	owner := Account(1)
	add(t, st, owner)
	x := openTestOf(t, st, 10, owner.ID, 200)
	var cs []progress.Candidate
	for _, n := range ns {
		cs = append(cs, CandidateOf(n, x.ID))
	}
	cs, err := st.AddCandidates(t.Context(), Org, x.ID, cs, hireEntry(202))
	must(t, err)
	return x, cs
}

func issued(n int, c progress.Candidate, sitting int) progress.IssuedCredential {
	return progress.IssuedCredential{
		ID: progress.CredentialID(ID(n)), Org: Org, Candidate: c.ID, Assessment: c.Assessment, Sitting: progress.SittingID(ID(sitting)), Key: "thumbprint-1", JWT: fmt.Sprintf("SECRET.%d.jwt", n),
		IssuedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

func credentials(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	_, cs := candidatesOf(t, st, 20, 21)
	one, two := issued(30, cs[0], 40), issued(31, cs[0], 41)
	must(t, st.AddIssued(ctx, Org, one))
	must(t, st.AddIssued(ctx, Org, two))
	wantErr(t, "a second of the sitting", st.AddIssued(ctx, Org, issued(32, cs[0], 40)), progress.ErrDuplicate)
	nobody := issued(33, cs[0], 43)
	nobody.Candidate = progress.CandidateID(ID(99))
	wantErr(t, "of nobody", st.AddIssued(ctx, Org, nobody), progress.ErrNotFound)
	wantErr(t, "of another organisation's", st.AddIssued(ctx, Other, issued(33, cs[0], 43)), progress.ErrNotFound)

	got, err := st.Issued(ctx, Org, one.ID)
	must(t, err)
	same(t, "one", got, one)
	_, err = st.Issued(ctx, Other, one.ID)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	_, err = st.Issued(ctx, Org, "x")
	wantErr(t, "that is not there", err, progress.ErrNotFound)
	list, err := st.IssuedTo(ctx, Org, cs[0].ID)
	must(t, err)
	same(t, "of a candidate", list, []progress.IssuedCredential{two, one})
	if list, err := st.IssuedTo(ctx, Org, cs[1].ID); err != nil || len(list) != 0 {
		t.Errorf("of one who has none: %v, %v", list, err)
	}

	entry := hireEntry(203)
	r := progress.Revocation{At: T0.Add(time.Hour), By: progress.LearnerID(ID(1)), Reason: "SECRET reason"}
	must(t, st.RevokeIssued(ctx, Org, one.ID, r, &entry))
	must(t, st.RevokeIssued(ctx, Org, one.ID, progress.Revocation{At: T0.Add(2 * time.Hour), ByHolder: true}, nil)) // stays as it is
	must(t, st.RevokeIssued(ctx, Org, two.ID, progress.Revocation{At: T0.Add(3 * time.Hour), ByHolder: true}, nil))
	wantErr(t, "revoke another organisation's", st.RevokeIssued(ctx, Other, one.ID, r, nil), progress.ErrNotFound)
	one.RevokedAt, one.RevokedBy, one.Reason = &r.At, r.By, r.Reason
	later := T0.Add(3 * time.Hour)
	two.RevokedAt, two.ByHolder = &later, true
	list, err = st.IssuedTo(ctx, Org, cs[0].ID)
	must(t, err)
	same(t, "revoked", list, []progress.IssuedCredential{two, one})
	revoked, err := st.RevokedCredentials(ctx, Org)
	must(t, err)
	bare := func(c progress.IssuedCredential) progress.IssuedCredential { c.JWT, c.Reason = "", ""; return c }
	same(t, "the list", revoked, []progress.IssuedCredential{bare(one), bare(two)})
	if list, err := st.RevokedCredentials(ctx, Other); err != nil || len(list) != 0 {
		t.Errorf("revoked by another organisation: %v, %v", list, err)
	}
	must(t, st.AddIssued(ctx, Org, issued(34, cs[0], 40))) // again, after the one before was revoked
}

func erasesCredentials(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	_, cs := candidatesOf(t, st, 20, 21)
	one, two := issued(30, cs[0], 40), issued(31, cs[1], 41)
	must(t, st.AddIssued(ctx, Org, one))
	must(t, st.AddIssued(ctx, Org, two))
	r := progress.Revocation{At: T0.Add(time.Hour), By: progress.LearnerID(ID(1)), Reason: "SECRET reason"}
	must(t, st.RevokeIssued(ctx, Org, one.ID, r, nil))
	when := T0.Add(2 * time.Hour)
	must(t, st.EraseCandidate(ctx, Org, cs[0].ID, when, nil, hireEntry(203)))
	one.JWT, one.RevokedAt, one.ErasedAt = "", &r.At, &when
	got, err := st.Issued(ctx, Org, one.ID)
	must(t, err)
	same(t, "the erased one's", got, one)
	got, err = st.Issued(ctx, Org, two.ID)
	must(t, err)
	same(t, "another's", got, two)
	revoked, err := st.RevokedCredentials(ctx, Org)
	must(t, err)
	same(t, "it stays revoked", len(revoked), 1)
	wantErr(t, "a credential of one who is erased", st.AddIssued(ctx, Org, issued(35, cs[0], 45)), progress.ErrNotFound)
}
