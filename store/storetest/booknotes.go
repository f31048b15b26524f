package storetest

import (
	"testing"
	"time"

	"crosswalk/progress"
)

func place(ref string) progress.NotePlace { return progress.NotePlace{Part: "icd10cm", Ref: ref} }

func bookNotes(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, other := Account(1), Account(2)
	add(t, st, l, other)
	e11 := place("E11.22")
	save := func(text string, rev int64, at time.Time) (int64, error) {
		return st.SaveNote(ctx, Org, l.ID, progress.BookNote{NotePlace: e11, Title: "DKD", Text: text, Rev: rev, UpdatedAt: at})
	}
	tab := func(on bool, at time.Time) {
		t.Helper()
		must(t, st.SetTab(ctx, Org, l.ID, progress.BookNote{NotePlace: e11, Title: "DKD", Tabbed: on, UpdatedAt: at}))
	}
	gone := func(what string) {
		t.Helper()
		_, err := st.BookNote(ctx, Org, l.ID, e11)
		wantErr(t, what, err, progress.ErrNotFound)
	}
	gone("before anything")
	tab(false, T0)
	rev, err := save("", 0, T0)
	must(t, err)
	same(t, "nothing saved: revision", rev, int64(0))
	gone("after taking off and emptying nothing")

	tab(true, T0)
	tab(true, T0.Add(time.Minute)) // a second click says nothing new
	got, err := st.BookNote(ctx, Org, l.ID, e11)
	must(t, err)
	same(t, "a tab", got, progress.BookNote{NotePlace: e11, Title: "DKD", Tabbed: true, UpdatedAt: T0})
	text := "code the stage too\nN18.- ünïcode 'quotes' 100 %"
	r1, err := save(text, 0, T0.Add(time.Hour))
	must(t, err)
	got, err = st.BookNote(ctx, Org, l.ID, e11)
	must(t, err)
	same(t, "a tab with words", got, progress.BookNote{NotePlace: e11, Title: "DKD", Tabbed: true, Text: text, Rev: r1, UpdatedAt: T0.Add(time.Hour)})

	r2, err := save("second", r1, T0)
	must(t, err)
	if r1 <= 0 || r2 <= r1 {
		t.Errorf("revisions %d, %d: want them to grow", r1, r2)
	}
	for name, old := range map[string]int64{"an older revision": r1, "no revision": 0, "a revision that never was": r2 + 1000} {
		rev, err := save("third", old, T0)
		wantErr(t, name, err, progress.ErrStaleNote)
		same(t, name+": the stored revision", rev, r2)
		wantErr(t, name+", removing", st.DropNote(ctx, Org, l.ID, e11, old), progress.ErrStaleNote)
	}
	rev, err = save("second", r1, T0)
	must(t, err)
	same(t, "the same words again, since the reply was lost", rev, r2)

	tab(false, T0)
	got, err = st.BookNote(ctx, Org, l.ID, e11)
	must(t, err)
	if got.Tabbed || got.Text != "second" || got.Rev != r2 {
		t.Errorf("without its tab: %+v, want the words and their revision", got)
	}
	_, err = save("", r2, T0)
	must(t, err)
	gone("after taking tab and words away")
	_, err = save("late", r2, T0)
	wantErr(t, "a stale tab after the note is gone", err, progress.ErrStaleNote)
	must(t, st.DropNote(ctx, Org, l.ID, e11, r2)) // gone already

	r5, err := save("again", 0, T0.Add(2*time.Hour))
	must(t, err)
	if r5 <= r2 {
		t.Errorf("revision %d after %d: a new note must not reuse revisions", r5, r2)
	}
	rule := progress.NotePlace{Part: progress.PartGuideline, Ref: "I.C.4.a"}
	must(t, st.SetTab(ctx, Org, l.ID, progress.BookNote{NotePlace: rule, Title: "Diabetes", Tabbed: true, UpdatedAt: T0.Add(3 * time.Hour)}))
	must(t, st.SetTab(ctx, Org, other.ID, progress.BookNote{NotePlace: rule, Title: "Diabetes", Tabbed: true, UpdatedAt: T0}))
	all, err := st.BookNotes(ctx, Org, l.ID)
	must(t, err)
	if len(all) != 2 || all[0].NotePlace != rule || all[1].NotePlace != e11 {
		t.Errorf("notes %+v, want the guideline and then E11.22", all)
	}
	n, err := st.CountNotes(ctx, Org, l.ID)
	must(t, err)
	same(t, "count", n, 2)

	wantErr(t, "another organisation's learner", st.SetTab(ctx, Org, progress.LearnerID(ID(99)), progress.BookNote{NotePlace: e11, Tabbed: true}), progress.ErrNotFound)
	if ns, err := st.BookNotes(ctx, Other, l.ID); err != nil || len(ns) != 0 {
		t.Errorf("another organisation sees %d notes, %v", len(ns), err)
	}
	must(t, st.DropNote(ctx, Other, l.ID, e11, r5))
	must(t, st.DropNote(ctx, Org, other.ID, e11, r5))
	if _, err := st.BookNote(ctx, Org, l.ID, e11); err != nil {
		t.Errorf("someone else removed the note: %v", err)
	}
	must(t, st.DropNote(ctx, Org, l.ID, e11, r5))
	gone("after removing")
}

func mergesBookNotes(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	guest, acct := Guest(1), Account(2)
	add(t, st, guest, acct)
	save := func(who progress.LearnerID, ref, text string, at time.Time) int64 {
		rev, err := st.SaveNote(ctx, Org, who, progress.BookNote{NotePlace: place(ref), Title: ref, Text: text, UpdatedAt: at})
		must(t, err)
		return rev
	}
	tab := func(who progress.LearnerID, ref string) {
		must(t, st.SetTab(ctx, Org, who, progress.BookNote{NotePlace: place(ref), Title: ref, Tabbed: true, UpdatedAt: T0}))
	}
	save(guest.ID, "both", "guest's", T0)
	bothRev := save(acct.ID, "both", "account's", T0.Add(time.Hour))
	save(guest.ID, "same", "equal", T0)
	save(acct.ID, "same", "equal", T0)
	save(guest.ID, "guest", "alone", T0)
	save(acct.ID, "account", "alone", T0)
	save(guest.ID, "mixed", "words", T0)
	tab(acct.ID, "mixed")

	must(t, st.OpenSession(ctx, Org, Session(4, acct), guest.ID))

	all, err := st.BookNotes(ctx, Org, acct.ID)
	must(t, err)
	got := map[string]string{}
	for _, n := range all {
		got[n.Ref] = n.Text
		if n.Ref == "mixed" && !n.Tabbed {
			t.Error("the account's tab is lost")
		}
		if n.Ref == "both" && n.Rev <= bothRev {
			t.Errorf("revision %d of the joined note, want more than %d", n.Rev, bothRev)
		}
	}
	same(t, "notes", got, map[string]string{"both": "account's\n\nguest's", "same": "equal", "guest": "alone", "account": "alone", "mixed": "words"})
	if left, err := st.BookNotes(ctx, Org, guest.ID); err != nil || len(left) != 0 {
		t.Errorf("%d notes left with the guest, %v", len(left), err)
	}
}

func erasesBookNotes(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, other := Account(1), Account(2)
	add(t, st, l, other)
	for _, who := range []progress.Learner{l, other} {
		_, err := st.SaveNote(ctx, Org, who.ID, progress.BookNote{NotePlace: place("I10"), Text: "SECRET", UpdatedAt: T0})
		must(t, err)
	}
	must(t, st.Erase(ctx, Org, l.ID, T0, words{}, progress.AuditEntry{ID: progress.EntryID(ID(7)), Action: "user.erase", Target: string(l.ID), At: T0}))
	for who, want := range map[progress.LearnerID]int{l.ID: 0, other.ID: 1} {
		n, err := st.CountNotes(ctx, Org, who)
		must(t, err)
		same(t, "notes of "+string(who), n, want)
	}
}
