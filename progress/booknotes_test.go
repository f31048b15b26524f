package progress_test

import (
	"encoding/json"
	"strings"
	"testing"

	"crosswalk/progress"
)

func at(part, ref string) progress.NotePlace { return progress.NotePlace{Part: part, Ref: ref} }

func TestSaveNoteTidiesAndRefuses(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	for _, tc := range []struct {
		name  string
		note  progress.BookNote
		want  string // the text that is kept
		field string // of the refusal, "" when it is taken
	}{
		{"line ends of a form", progress.BookNote{NotePlace: at("icd10cm", "E11.22"), Text: "one\r\ntwo  \r\n\r\n"}, "one\ntwo", ""},
		{"what no one can see", progress.BookNote{NotePlace: at("icd10cm", "E11.21"), Text: "a\x00b\x1bc\td\xff"}, "abc\td", ""},
		{"markup is text", progress.BookNote{NotePlace: at("icd10cm", "I10"), Text: "<b>not bold</b>"}, "<b>not bold</b>", ""},
		{"the most characters", progress.BookNote{NotePlace: at("cpt", "99213"), Text: strings.Repeat("ü", progress.MaxNote)}, strings.Repeat("ü", progress.MaxNote), ""},
		{"one more", progress.BookNote{NotePlace: at("cpt", "99214"), Text: strings.Repeat("ü", progress.MaxNote+1)}, "", "text"},
		{"no place", progress.BookNote{Text: "x"}, "", "ref"},
		{"a long place", progress.BookNote{NotePlace: at("index", strings.Repeat("x", 500)), Text: "x"}, "", "ref"},
		{"a place with a line end", progress.BookNote{NotePlace: at("index", "/codebook\n"), Text: "x"}, "", "ref"},
	} {
		_, err := h.SaveNote(ctx, a, tc.note)
		if tc.field != "" {
			wantField(t, tc.name, err, tc.field)
			continue
		}
		h.must(err)
		got, err := h.BookNote(ctx, a, tc.note.NotePlace)
		h.must(err)
		same(t, tc.name, got.Text, tc.want)
	}
	if _, err := h.SaveNote(ctx, progress.Actor{}, progress.BookNote{NotePlace: at("icd10cm", "I10"), Text: "x"}); err == nil {
		t.Error("a visitor without a record kept a note")
	}
}

func TestAnOlderTabDoesNotOverwriteANote(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	e11 := at("icd10cm", "E11.22")
	first, err := h.SaveNote(ctx, a, progress.BookNote{NotePlace: e11, Text: "first"})
	h.must(err)
	second, err := h.SaveNote(ctx, a, progress.BookNote{NotePlace: e11, Text: "second", Rev: first})
	h.must(err)
	rev, err := h.SaveNote(ctx, a, progress.BookNote{NotePlace: e11, Text: "from the old tab", Rev: first})
	wantErr(t, "the old tab", err, progress.ErrStaleNote)
	same(t, "the stored revision", rev, second)
	wantErr(t, "removing from the old tab", h.RemoveBookNote(ctx, a, e11, first), progress.ErrStaleNote)
	h.must(h.TabPage(ctx, a, progress.BookNote{NotePlace: e11, Tabbed: true})) // a tab takes no words away
	got, err := h.BookNote(ctx, a, e11)
	h.must(err)
	if got.Text != "second" || !got.Tabbed {
		t.Errorf("stored %+v, want the second words and the tab", got)
	}
	h.must(h.RemoveBookNote(ctx, a, e11, second))
	n, err := h.CountBookNotes(ctx, a)
	h.must(err)
	same(t, "count after removing", n, 0)
}

func TestBookNotesAreOnesOwnAndSearched(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, b := h.guest(), h.guest()
	for ref, text := range map[string]string{"E11.22": "Stage of the CKD too", "I10": "not with I12"} {
		_, err := h.SaveNote(ctx, a, progress.BookNote{NotePlace: at("icd10cm", ref), Title: "Title of " + ref, Text: text})
		h.must(err)
	}
	for q, want := range map[string]int{"": 2, "ckd stage": 1, "title": 2, "i12": 1, "e11.22": 1, "nothing": 0} {
		got, err := h.BookNotes(ctx, a, q)
		h.must(err)
		same(t, "notes with "+q, len(got), want)
	}
	if got, err := h.BookNotes(ctx, b, ""); err != nil || len(got) != 0 {
		t.Errorf("another guest sees %d notes, %v", len(got), err)
	}
	if got, err := h.BookNote(ctx, b, at("icd10cm", "I10")); err != nil || got.Text != "" {
		t.Errorf("another guest reads %q, %v", got.Text, err)
	}
}

func TestBookNotesGoWithTheirOwner(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	g := h.guest()
	e11 := at("icd10cm", "E11.22")
	_, err := h.SaveNote(ctx, g, progress.BookNote{NotePlace: e11, Title: "DKD", Text: "ask Edna"})
	h.must(err)
	_, token, err := h.SignUp(ctx, g, progress.SignUp{Name: "Ada Lovelace", Email: "ada@example.org", Passphrase: pass})
	h.must(err)
	s, err := h.Session(ctx, token)
	h.must(err)
	a := s.Actor()
	if n, err := h.BookNote(ctx, a, e11); err != nil || n.Text != "ask Edna" {
		t.Errorf("after signing up: %+v, %v", n, err)
	}

	again := h.guest()
	_, err = h.SaveNote(ctx, again, progress.BookNote{NotePlace: e11, Title: "DKD", Text: "and Bob"})
	h.must(err)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass, Guest: again})
	h.must(err)
	if n, err := h.BookNote(ctx, a, e11); err != nil || n.Text != "ask Edna\n\nand Bob" {
		t.Errorf("after signing in as a guest with a note of the same page: %+v, %v", n, err)
	}

	rec, err := h.Export(ctx, a, a.Learner)
	h.must(err)
	text, err := json.Marshal(rec)
	h.must(err)
	if !strings.Contains(string(text), "ask Edna") {
		t.Error("the export lacks the note")
	}
	h.must(h.Erase(ctx, a, a.Learner))
	rec, err = h.Export(ctx, progress.Operator(progress.DefaultOrg), a.Learner)
	h.must(err)
	if len(rec.Notes) != 0 {
		t.Errorf("%d notes left after erasing", len(rec.Notes))
	}
}
