package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crosswalk/progress"
)

func authoredFile(n int, path string, revision int, state progress.AuthoredState) progress.AuthoredFile {
	return progress.AuthoredFile{
		ID: progress.RevisionID(ID(n)), Org: Org, Path: path, Revision: revision, Base: revision - 1, State: state, Text: fmt.Sprintf("text %d\n", n), Hash: fmt.Sprint("hash", n),
		Author: progress.LearnerID(ID(1)), Message: fmt.Sprint("message ", n), At: T0.Add(time.Duration(n) * time.Second),
	}
}

func authored(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	const a, b = "quizzes/cases/office/a.md", "quizzes/cases/office/b.md"
	one, two, three := authoredFile(10, a, 1, progress.AuthoredSaved), authoredFile(11, a, 2, progress.AuthoredPublished), authoredFile(12, a, 3, progress.AuthoredSaved)
	gone := authoredFile(13, b, 1, progress.AuthoredPublished)
	gone.Gone, gone.Text = true, ""
	entry := &progress.AuditEntry{ID: progress.EntryID(ID(100)), Org: Org, Action: "content.publish", At: T0}
	must(t, st.AddAuthored(ctx, Org, one, nil))
	if n, err := st.AuthoredCount(ctx, Org); err != nil || n != 0 {
		t.Errorf("a draft counts as published: %d, %v", n, err)
	}
	must(t, st.AddAuthored(ctx, Org, two, entry))
	must(t, st.AddAuthored(ctx, Org, three, nil))
	must(t, st.AddAuthored(ctx, Org, gone, nil))
	wantErr(t, "a revision that is there", st.AddAuthored(ctx, Org, authoredFile(14, a, 3, progress.AuthoredSaved), nil), progress.ErrDuplicate)
	wantErr(t, "a revision that skips one", st.AddAuthored(ctx, Org, authoredFile(14, a, 5, progress.AuthoredSaved), entry), progress.ErrDuplicate)
	wantErr(t, "a first revision again", st.AddAuthored(ctx, Org, authoredFile(14, b, 1, progress.AuthoredSaved), nil), progress.ErrDuplicate)
	must(t, st.AddAuthored(ctx, Other, authoredFile(20, a, 1, progress.AuthoredPublished), nil)) // the path of another organisation is its own
	bare := func(f progress.AuthoredFile) progress.AuthoredFile { f.Text = ""; return f }
	newest, err := st.AuthoredNewest(ctx, Org)
	must(t, err)
	same(t, "newest", newest, []progress.AuthoredFile{bare(three), gone})
	published, err := st.AuthoredPublished(ctx, Org)
	must(t, err)
	same(t, "published", published, []progress.AuthoredFile{two, gone})
	revisions, err := st.AuthoredRevisions(ctx, Org, a)
	must(t, err)
	same(t, "revisions", revisions, []progress.AuthoredFile{bare(one), bare(two), bare(three)})
	got, err := st.AuthoredRevision(ctx, Org, a, 1)
	must(t, err)
	same(t, "a revision", got, one)
	_, err = st.AuthoredRevision(ctx, Org, a, 9)
	wantErr(t, "no such revision", err, progress.ErrNotFound)
	_, err = st.AuthoredRevision(ctx, Other, b, 1)
	wantErr(t, "a revision of another organisation", err, progress.ErrNotFound)
	if n, err := st.AuthoredCount(ctx, Org); err != nil || n != 2 {
		t.Errorf("published: %d, %v", n, err)
	}
	entries, err := st.Entries(ctx, Org, progress.AuditFilter{Action: "content.publish"})
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("%d entries of what was refused and kept", len(entries))
	}
}

// authoredAtOnce: of many who save the same revision at the same moment one wins, and nobody else's text is kept.
func authoredAtOnce(t *testing.T, st progress.Storage) {
	const path = "quizzes/cases/office/a.md"
	var wg sync.WaitGroup
	var won, lost atomic.Int32
	for i := range 12 {
		wg.Go(func() {
			switch err := st.AddAuthored(t.Context(), Org, authoredFile(30+i, path, 1, progress.AuthoredPublished), nil); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, progress.ErrDuplicate):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	revisions, err := st.AuthoredRevisions(t.Context(), Org, path)
	must(t, err)
	if won.Load() != 1 || lost.Load() != 11 || len(revisions) != 1 {
		t.Errorf("%d won, %d lost, %d kept", won.Load(), lost.Load(), len(revisions))
	}
}
