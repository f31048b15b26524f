package store

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

// A database made before there were notes in the codebook takes them once it is opened, and keeps what it had.
func TestADatabaseOfTheFirstSchemaTakesBookNotes(t *testing.T) {
	path := saved(t, shipped(t), 1)
	if _, there := schema(t, path)["book_notes"]; there {
		t.Fatal("the first schema has book notes already")
	}
	db := open(t, path)
	if c := copies(t, path); len(c) != 1 {
		t.Errorf("copies made before migrating: %v, want one", c)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	open(t, fresh)
	if d := cmp.Diff(schema(t, fresh), schema(t, path)); d != "" {
		t.Errorf("schemas of a fresh and a migrated database differ (-fresh +migrated):\n%s", d)
	}
	l := storetest.Account(1)
	if hist, err := db.History(t.Context(), l.Org, l.ID); err != nil || len(hist) != 1 {
		t.Errorf("history after migration: %v, %v", hist, err)
	}
	want := progress.BookNote{NotePlace: progress.NotePlace{Part: "icd10cm", Ref: "E11.22"}, Title: "DKD", Text: "with its stage", UpdatedAt: storetest.T0}
	rev, err := db.SaveNote(t.Context(), l.Org, l.ID, want)
	if err != nil {
		t.Fatal(err)
	}
	want.Rev = rev
	if got, err := db.BookNote(t.Context(), l.Org, l.ID, want.NotePlace); err != nil || got != want {
		t.Errorf("note after migration: %+v, %v, want %+v", got, err, want)
	}
}
