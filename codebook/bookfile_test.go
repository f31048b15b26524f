package codebook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"crosswalk/codebook/bookfile"
	"crosswalk/internal/testkit"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// everything compares books in all fields, whatever is added to them; but what every process makes anew is left out.
var everything = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(sync.Pool{}),
}

func TestBookFileRoundTrip(t *testing.T) {
	books := map[string]*Book{"mini": mini(t)}
	if !testkit.Race {
		full, err := Starter()
		if err != nil {
			t.Fatal(err)
		}
		books["starter"] = full
	}
	for name, book := range books {
		path := filepath.Join(t.TempDir(), "book.cwb")
		kept := []bookfile.Section{{Name: "source/1", Data: []byte("kept")}}
		if _, err := WriteBook(path, book, kept, nil); err != nil {
			t.Fatal(err)
		}
		got, err := ReadBook(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(book, got, everything); diff != "" {
			t.Errorf("%s (-written +read):\n%.4000s", name, diff)
		}
		if same, err := WriteBook(path, got, kept, nil); err != nil || !same {
			t.Errorf("%s: one book makes two files (%v)", name, err)
		}
		kept[0].Data = []byte("kapt")
		if same, err := WriteBook(path, got, kept, nil); err != nil || same {
			t.Errorf("%s: another file is taken for the same (%v)", name, err)
		}
		for _, q := range []string{"diabetes", "E11.2", "hypertenzion", "heart attack", "colles fracture"} {
			if diff := cmp.Diff(book.Search(q, SearchOptions{}), got.Search(q, SearchOptions{})); diff != "" {
				t.Errorf("%s: search for %q (-written +read):\n%s", name, q, diff)
			}
		}
	}
}

// Every field of the types that are written as they are survives, also those that the starter book does not use.
func TestPackedValues(t *testing.T) {
	for _, want := range []any{&Release{}, &Facts{}, &CodeRange{}, &Chapter{}, &Section{}, &PCSTable{}, &Modifier{}, &Guideline{}} {
		n := 0
		fill(reflect.ValueOf(want).Elem(), &n)
		p := newPacker()
		p.value(reflect.ValueOf(want).Elem())
		got := reflect.New(reflect.TypeOf(want).Elem())
		u := newUnpacker(p.bytes())
		u.value(got.Elem())
		if err := u.done(); err != nil {
			t.Errorf("%T: %v", want, err)
		}
		if diff := cmp.Diff(want, got.Interface()); diff != "" || n == 0 {
			t.Errorf("%T, %d values (-written +read):\n%s", want, n, diff)
		}
	}
}

// fill gives every field a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		v.SetInt(int64(*n))
	}
}

func fileOf(t testing.TB, sections []bookfile.Section) *bookfile.File {
	t.Helper()
	var b bytes.Buffer
	if err := bookfile.Encode(&b, sections); err != nil {
		t.Fatal(err)
	}
	f, err := bookfile.New(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A file that another version wrote is no damaged file: the message says how to rebuild it.
func TestOtherLayout(t *testing.T) {
	sections := mini(t).sections()
	sections[0].Data = bytes.Clone(sections[0].Data)
	at := 8 + binary.LittleEndian.Uint64(sections[0].Data)
	sections[0].Data[at]++
	_, err := fromSections(fileOf(t, sections))
	if !errors.Is(err, ErrOtherLayout) || errors.Is(err, bookfile.ErrDamaged) || !strings.Contains(err.Error(), "crosswalk codes import") {
		t.Errorf("another layout: %v", err)
	}
	if _, err := fromSections(fileOf(t, mini(t).sections()[:2])); !errors.Is(err, bookfile.ErrDamaged) {
		t.Errorf("sections are gone: %v", err)
	}
	if shape(struct{ A int }{}) == shape(struct{ B int }{}) || shape([]string{}) == shape([]int{}) {
		t.Error("different types have one shape")
	}
}

// Whatever stands in a section, reading it gives an error or a book that answers without a panic.
func FuzzBookFile(f *testing.F) {
	sections := mini(f).sections()
	for i, s := range sections {
		f.Add(uint8(i), s.Data)
		f.Add(uint8(i), s.Data[:len(s.Data)/2])
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		changed := append([]bookfile.Section(nil), sections...)
		changed[int(which)%len(changed)].Data = data
		b, err := fromSections(fileOf(t, changed))
		if err != nil {
			if !errors.Is(err, bookfile.ErrDamaged) && !errors.Is(err, ErrOtherLayout) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		for _, sys := range Systems {
			r, _ := b.pick(sys, Date{})
			if r == nil {
				continue
			}
			for i := range r.rows {
				e := r.entry(i, true)
				b.Children(sys, e.Code, Date{})
				b.Siblings(sys, e.Code, Date{})
				b.Ancestors(sys, e.Code, Date{})
				_, _ = b.PCS(e.Code, Date{})
				b.ClaimConflicts(Claim{Setting: Practitioner, Lines: []ClaimLine{{Ref: e.Ref, Modifiers: []string{"50"}}, {Ref: Ref{ICD10CM, "N186"}}}})
			}
		}
		for _, q := range []string{"diabetes", "e11", "hypertenzion", "heart attack"} {
			b.Search(q, SearchOptions{})
		}
		b.PCSNext("0FT", Date{})
	})
}

// What stands in a book file is written by hand for these types. When one of them changes, this test fails until the change is written and
// read, or made anew by the reader; a new part of Book is best a bookPart of its own.
func TestNothingIsForgotten(t *testing.T) {
	for _, c := range []struct {
		of   any
		want string
	}{
		{Book{}, "bySystem modifiers guidelines byGuideline pairs ncciName addOns aliases aliasesBy index claims licensed edition pairsDigest addOnsDigest"},
		{release{}, "Release rows facts groups spans chapters sections placed tables terms index digest"},
		{row{}, "key title parent end facts span section billable licensed"}, {noteGroup{}, "kind lines refs first must"}, {span{}, "from to"},
		{chapter{}, "Chapter span"}, {section{}, "Section chapter parent span"}, {pcsTable{}, "PCSTable"}, {pcsTerm{}, "section position label text"},
		{&index{}, "vocabulary from posts byLength wordsFrom words brevity sides scratch"}, {alias{}, "phrase means says any"},
	} {
		var got []string
		for f := range reflect.Indirect(reflect.ValueOf(c.of)).Type().Fields() {
			got = append(got, f.Name)
		}
		if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
			t.Errorf("%T has changed: see to it in bookfile.go, bookfile_release.go or bookfile_index.go, raise layout, then mend this list\n%s", c.of, diff)
		}
	}
}
