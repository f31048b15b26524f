package codebook

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func term(level int, title string, rest ...any) NewTerm {
	t := NewTerm{Level: level, Title: title}
	if level == 0 {
		t.Letter = strings.ToUpper(title[:1])
	}
	for _, r := range rest {
		switch r := r.(type) {
		case IndexCode:
			t.Codes = append(t.Codes, r)
		case IndexRef:
			t.Refs = append(t.Refs, r)
		case string:
			t.Nonessential = r
		}
	}
	return t
}

func at(code string) IndexCode {
	c, open := strings.CutSuffix(code, "-")
	return IndexCode{Ref: Ref{ICD10CM, undot(strings.TrimSuffix(c, "."))}, Incomplete: open}
}

func columns(codes ...string) (out []any) {
	for i, c := range codes {
		if c != "" {
			x := at(c)
			x.Column = i + 1
			out = append(out, x)
		}
	}
	return out
}

func see(text string) IndexRef     { return IndexRef{Kind: RefSee, Text: text} }
func seeAlso(text string) IndexRef { return IndexRef{Kind: RefSeeAlso, Text: text} }

// miniIndexes are invented indexes in the shape of the official ones, over codes of the mini book.
func miniIndexes() []NewIndex {
	manifestation := at("N18.3-")
	manifestation.Manifestation = true
	year := Date{2024, 10, 1}
	return []NewIndex{
		{Kind: IndexDiseases, Edition: "2025", ValidFrom: year, Terms: []NewTerm{
			term(0, "Attack, attacks"),
			term(1, "heart", see("weakness, ventricle")),
			term(1, "sugar", see("Diabetes, type 2, with chronic kidney disease")),
			term(1, "of nerves", see("condition")),
			term(0, "Diabetes, diabetic", at("E11.9"), "(mellitus) (sweet)"),
			term(1, "type 2"),
			term(2, "with"),
			term(3, "chronic kidney disease", at("E11.22"), manifestation),
			term(1, "type 1", see("Diabetes, by type, with")),
			term(0, "Weakness"),
			term(1, "ventricle, ventricular", at("I50.9")),
			term(0, "Wrist drop", at("S52.-"), seeAlso("Neoplasm, wrist, benign")),
			term(0, "Tumour", see("Neoplasm, benign, by site")),
			term(0, "Attrition", at("Z99.9")),
			term(0, "Overdose", see("Table of Drugs and Chemicals, by drug, poisoning")),
		}},
		{Kind: IndexDiseases, Edition: "2017", ValidFrom: Date{2016, 10, 1}, Terms: []NewTerm{
			term(0, "Diabetes, diabetic", at("E10.9")),
			term(0, "Dropsy", at("I50.9")),
		}},
		{Kind: IndexNeoplasms, Edition: "2025", ValidFrom: year, Heads: []string{"Malignant Primary", "Malignant Secondary", "Ca in situ", "Benign"}, Terms: []NewTerm{
			term(0, "Neoplasm, neoplastic", columns("N18.6", "", "", "I10")...),
			term(1, "arm", columns("E11.2", "", "", "N18.32")...),
			term(1, "wrist", columns("E11.21", "E11.22", "", "I11.0")...),
			term(2, "skin", columns("", "", "", "I1A.0")...),
		}},
		{Kind: IndexDrugs, Edition: "2025", ValidFrom: year, Heads: []string{"Poisoning Accidental (unintentional)", "Adverse effect"}, Terms: []NewTerm{
			term(0, "Glucophagin", columns("E10.9", "N18.6")...),
			term(1, "slow", columns("E10.9", "")...),
		}},
	}
}

func miniIndexed(t testing.TB, indexes ...NewIndex) *Book {
	t.Helper()
	b := NewBuilder()
	for _, x := range indexes {
		b.Index(x)
	}
	over, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return Merge(mini(t), over)
}

func titles(terms []IndexTerm) (out []string) {
	for _, t := range terms {
		out = append(out, strings.Repeat("- ", t.Level)+t.Text())
	}
	return out
}

func TestIndexWalk(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	if diff := cmp.Diff([]IndexLetter{{"A", 2}, {"D", 1}, {"W", 2}, {"T", 1}, {"O", 1}}, book.IndexLetters(IndexDiseases, Date{})); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Attack, attacks", "Attrition"}, titles(book.IndexMain(IndexDiseases, "a", Date{}))); diff != "" {
		t.Errorf("main terms of A (-want +got):\n%s", diff)
	}
	d := book.IndexMain(IndexDiseases, "D", Date{})[0]
	if d.Text() != "Diabetes, diabetic (mellitus) (sweet)" || d.Below != 4 || d.Edition != "2025" || d.Letter != "D" {
		t.Errorf("main term %+v", d)
	}
	if diff := cmp.Diff([]string{"- type 2", "- - with", "- type 1"}, titles(book.IndexBelow(d.ID, 2))); diff != "" {
		t.Errorf("two levels below (-want +got):\n%s", diff)
	}
	deep, ok := book.IndexFind(IndexDiseases, "diabetes (mellitus) (sweet), TYPE 2, with, chronic kidney disease", Date{})
	if !ok || len(deep.Codes) != 2 || deep.Codes[0].Text() != "E11.22" || deep.Codes[1].Text() != "[N18.3-]" {
		t.Fatalf("IndexFind: %+v %v", deep, ok)
	}
	if got := book.IndexWords(deep.ID); got != "Diabetes, diabetic, type 2, with, chronic kidney disease" {
		t.Errorf("words %q", got)
	}
	if diff := cmp.Diff([]string{"Diabetes, diabetic (mellitus) (sweet)", "- type 2", "- - with", "- - - chronic kidney disease"}, titles(book.IndexPath(deep.ID))); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
	if again, err := book.IndexTerm(deep.ID); err != nil || cmp.Diff(deep, again) != "" {
		t.Errorf("by id: %+v, %v", again, err)
	}
	for _, id := range []TermID{"", "d", "d0000000000", "x0000000000", "dILOU000000", deep.ID + "0"} {
		if _, err := book.IndexTerm(id); !errors.Is(err, ErrUnknownTerm) {
			t.Errorf("IndexTerm(%q): %v", id, err)
		}
	}
	if at("T71-").Text() != "T71.-" {
		t.Errorf("a category without its characters is printed %q", at("T71-").Text())
	}
}

// The newest edition answers, an older one for its time, and the oldest for what was before it; a term only an old edition has is still found.
func TestIndexEditions(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	for _, tc := range []struct {
		on   Date
		want string
	}{{Date{}, "2025"}, {Date{2026, 1, 1}, "2025"}, {Date{2024, 9, 30}, "2017"}, {Date{1999, 1, 1}, "2017"}} {
		if v, ok := book.IndexOf(IndexDiseases, tc.on); !ok || v.Edition != tc.want {
			t.Errorf("on %s: %q, want %q", tc.on, v.Edition, tc.want)
		}
	}
	old, ok := book.IndexFind(IndexDiseases, "dropsy", Date{2018, 1, 1})
	if !ok {
		t.Fatal("no dropsy in 2018")
	}
	if _, ok := book.IndexFind(IndexDiseases, "dropsy", Date{}); ok {
		t.Error("the index of 2017 answers for today")
	}
	if _, err := book.IndexTerm(old.ID); err != nil {
		t.Error(err)
	}
	newer, _ := book.IndexFind(IndexDiseases, "diabetic", Date{})
	older, _ := book.IndexFind(IndexDiseases, "diabetic", Date{2018, 1, 1})
	if newer.ID != older.ID || newer.Codes[0].Code == older.Codes[0].Code {
		t.Errorf("ids %s and %s, codes %v and %v: want one address and two codes", newer.ID, older.ID, newer.Codes, older.Codes)
	}
}

func TestIndexReferences(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	for _, tc := range []struct {
		at, to string
		exact  bool
		table  IndexKind
		column int
	}{
		{"Attack, heart", "Weakness, ventricle, ventricular", true, "", 0},
		{"Attack, sugar", "Diabetes, diabetic, type 2, with, chronic kidney disease", true, "", 0},
		{"Attack, of nerves", "", false, "", 0},
		{"Diabetes, type 1", "Diabetes, diabetic", false, "", 0},
		{"Wrist drop", "Neoplasm, neoplastic, wrist", true, "", 4},
		{"Tumour", "", false, IndexNeoplasms, 4},
		{"Overdose", "", false, IndexDrugs, 1},
	} {
		t.Run(tc.at, func(t *testing.T) {
			term, ok := book.IndexFind(IndexDiseases, tc.at, Date{})
			if !ok || len(term.Refs) != 1 {
				t.Fatalf("%+v", term)
			}
			r := term.Refs[0]
			if got := book.IndexWords(r.Target); got != tc.to || r.Exact != tc.exact || r.Table != tc.table || r.Column != tc.column {
				t.Errorf("%q leads to %q (exact %v), table %q, column %d; want %q, %v, %q, %d", r.Text, got, r.Exact, r.Table, r.Column, tc.to, tc.exact, tc.table, tc.column)
			}
		})
	}
}

func TestIndexTables(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	show := func(rows []IndexRow) (out []string) {
		for _, r := range rows {
			s := strings.Repeat("- ", r.Level) + r.Title + ":"
			for _, c := range r.Cells {
				s += " "
				for _, one := range c {
					s += one.Text()
				}
				s += "|"
			}
			out = append(out, s)
		}
		return out
	}
	for _, tc := range []struct {
		name string
		rows []IndexRow
		want []string
	}{
		{"all sites", book.NeoplasmRows("", Date{}), []string{"Neoplasm, neoplastic: N18.6| | | I10|", "- arm: E11.2| | | N18.32|", "- wrist: E11.21| E11.22| | I11.0|", "- - skin: | | | I1A.0|"}},
		{"sites with W", book.NeoplasmRows("w", Date{}), []string{"- wrist: E11.21| E11.22| | I11.0|", "- - skin: | | | I1A.0|"}},
		{"drugs with G", book.DrugRows("G", Date{}), []string{"Glucophagin: E10.9| N18.6|", "- slow: E10.9| |"}},
		{"drugs with X", book.DrugRows("X", Date{}), nil},
		{"found", book.IndexRows(IndexDrugs, "glucoph", 10, Date{}), []string{"Glucophagin: E10.9| N18.6|", "- slow: E10.9| |"}},
	} {
		if diff := cmp.Diff(tc.want, show(tc.rows)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	if diff := cmp.Diff([]IndexLetter{{"A", 1}, {"W", 1}}, book.NeoplasmLetters(Date{})); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

func TestIndexTo(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	for c, want := range map[Code][]string{
		"I509":    {"Weakness, ventricle, ventricular"},
		"N1832":   {"Neoplasm, neoplastic, arm", "Diabetes, diabetic, type 2, with, chronic kidney disease"},
		"S52531A": {"Wrist drop"},
		"Q999":    nil,
	} {
		var got []string
		for _, term := range book.IndexTo(ICD10CM, c, Date{}) {
			got = append(got, book.IndexWords(term.ID))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c, diff)
		}
	}
	if got := book.IndexTo(ICD10PCS, "I509", Date{}); got != nil {
		t.Errorf("PCS: %v", got)
	}
}

func TestIndexSearch(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	for q, want := range map[string]string{
		"attack heart":                 "Attack, attacks, heart",
		"heart attacks":                "Attack, attacks, heart",
		"hea att":                      "Attack, attacks, heart",
		"sweet":                        "Diabetes, diabetic",
		"kidney diabetes":              "Diabetes, diabetic, type 2, with, chronic kidney disease",
		"skin of the wrist":            "Neoplasm, neoplastic, wrist, skin",
		"benign wrist":                 "Neoplasm, neoplastic, wrist",
		"adverse effect slow glucoph.": "Glucophagin, slow",
		"nothing such":                 "",
		"of the":                       "",
	} {
		got := ""
		if hits := book.IndexSearch(q, IndexSearchOptions{Limit: 1}); len(hits) > 0 {
			got = book.IndexWords(hits[0].ID)
		}
		if got != want {
			t.Errorf("IndexSearch(%q) is %q, want %q", q, got, want)
		}
	}
	if got := book.IndexSearch("wrist", IndexSearchOptions{Kinds: []IndexKind{IndexDrugs}}); got != nil {
		t.Errorf("in the drugs alone: %v", titles(got))
	}
}

// Codes that only an index term leads to come after those that titles lead to.
func TestSearchByIndexTerms(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	for _, tc := range []struct {
		name, q string
		opt     SearchOptions
		want    string
	}{
		{"the term refers to another", "attack, heart", SearchOptions{}, "I50.9"},
		{"words in any order, beginnings", "heart att", SearchOptions{}, "I50.9"},
		{"a nonessential modifier", "sweet", SearchOptions{}, "E11.9"},
		{"little words", "weakness of the ventricle", SearchOptions{}, "I50.9"},
		{"a column of a table", "benign neoplasm of the wrist", SearchOptions{}, "I11.0"},
		{"the column that a reference names", "wrist drop", SearchOptions{Limit: 1}, "S52"},
		{"a drug's adverse effect", "glucophagin adverse effect", SearchOptions{}, "N18.6"},
		{"incomplete codes made whole", "wrist drop", SearchOptions{BillableOnly: true, Limit: 3}, "S52.531A S52.531D S52.531S"},
		{"titles first", "weakness", SearchOptions{}, "I50.9"},
		{"a code that no release has", "attrition", SearchOptions{}, ""},
		{"not in the other sets", "attack heart", SearchOptions{Systems: []System{ICD10PCS, CPT}}, ""},
	} {
		if got := hitCodes(book.Search(tc.q, tc.opt)); got != tc.want {
			t.Errorf("%s: Search(%q) = %q, want %q", tc.name, tc.q, got, tc.want)
		}
	}
	if hits := book.Search("attack heart", SearchOptions{}); hits[0].Match != "Attack, attacks, heart" {
		t.Errorf("matched %q", hits[0].Match)
	}
	plain, indexed := mini(t).Search("kidney", SearchOptions{Limit: 50}), book.Search("kidney", SearchOptions{Limit: 50})
	if len(indexed) < len(plain) || indexed[0].Ref != plain[0].Ref {
		t.Errorf("with the index %q, without %q: no title match may be lost, the best one has to stay in front", hitCodes(indexed), hitCodes(plain))
	}
}

func TestIndexProblems(t *testing.T) {
	for name, x := range map[string]NewIndex{
		"stands at level 2":   {Kind: IndexDiseases, Terms: []NewTerm{term(0, "A"), term(2, "b")}},
		"no kind of index":    {Kind: "x"},
		"is no code":          {Kind: IndexDiseases, Terms: []NewTerm{term(0, "A", IndexCode{Ref: Ref{ICD10CM, "E11.9"}})}},
		"column 1 of 0":       {Kind: IndexDrugs, Terms: []NewTerm{term(0, "A", columns("E10.9")...)}},
		"a reference":         {Kind: IndexDiseases, Terms: []NewTerm{term(0, "A", IndexRef{Kind: RefSee})}},
		"reference \"look at": {Kind: IndexDiseases, Terms: []NewTerm{term(0, "A", IndexRef{Kind: "look at", Text: "x"})}},
	} {
		b := NewBuilder()
		b.Index(x)
		if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := NewBuilder()
	b.Index(NewIndex{Kind: IndexDrugs, Edition: "2025"})
	b.Index(NewIndex{Kind: IndexDrugs, Edition: "2025"})
	if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("two of one edition: %v", err)
	}
}

// A book without an index answers as if it had an empty one.
func TestNoIndex(t *testing.T) {
	book := mini(t)
	if book.Index() != nil || book.Indexes() != nil || book.IndexLetters(IndexDiseases, Date{}) != nil || book.IndexMain(IndexDrugs, "A", Date{}) != nil ||
		book.IndexSearch("heart", IndexSearchOptions{}) != nil || book.IndexTo(ICD10CM, "I10", Date{}) != nil || book.NeoplasmRows("", Date{}) != nil ||
		book.DrugRows("", Date{}) != nil || book.NeoplasmLetters(Date{}) != nil || book.IndexPath("d0000000000") != nil || book.IndexBelow("d0000000000", 1) != nil {
		t.Error("something comes out of no index")
	}
	if _, err := book.IndexTerm("d0000000000"); !errors.Is(err, ErrUnknownTerm) {
		t.Error(err)
	}
}

func TestIndexMerge(t *testing.T) {
	all := miniIndexes()
	first, second := miniIndexed(t, all[0], all[2]), NewBuilder()
	second.Index(all[1])
	second.Index(all[3])
	newer := all[2]
	newer.Terms = slices.Clone(newer.Terms)
	newer.Terms[2].Title = "wrist and hand"
	second.Index(newer)
	over, err := second.Build()
	if err != nil {
		t.Fatal(err)
	}
	book := Merge(first, over)
	var got []string
	for _, v := range book.Indexes() {
		got = append(got, string(v.Kind)+" "+v.Edition)
	}
	if diff := cmp.Diff([]string{"diseases 2017", "diseases 2025", "neoplasms 2025", "drugs 2025"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	drop := func(b *Book) IndexRef {
		term, _ := b.IndexFind(IndexDiseases, "wrist drop", Date{})
		return term.Refs[0]
	}
	if r := drop(book); r.Target != "" || r.Table != IndexNeoplasms {
		t.Errorf("the reference is not resolved anew: %+v", r)
	}
	if r := drop(first); first.IndexWords(r.Target) != "Neoplasm, neoplastic, wrist" {
		t.Errorf("the book that was merged changed: %+v", r)
	}
	if first.Edition() == book.Edition() || first.Edition() == mini(t).Edition() {
		t.Error("the edition of a book does not tell its index")
	}
}

func TestIndexBinary(t *testing.T) {
	book := miniIndexed(t, miniIndexes()...)
	b := book.Index().AppendBinary([]byte("before"))[len("before"):]
	ix, err := ReadIndex(b)
	if err != nil {
		t.Fatal(err)
	}
	if again := ix.AppendBinary(nil); !bytes.Equal(b, again) {
		t.Error("written again, it differs")
	}
	stored := mini(t).WithIndex(ix)
	if stored.Edition() != book.Edition() {
		t.Errorf("edition %s, stored %s", book.Edition(), stored.Edition())
	}
	for _, q := range []string{"attack heart", "wrist", "glucophagin"} {
		if diff := cmp.Diff(book.IndexSearch(q, IndexSearchOptions{}), stored.IndexSearch(q, IndexSearchOptions{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", q, diff)
		}
	}
	for i := range b {
		if _, err := ReadIndex(b[:i]); !errors.Is(err, ErrIndexDamaged) {
			t.Fatalf("cut to %d of %d bytes: %v", i, len(b), err)
		}
	}
	if none, err := ReadIndex((*Index)(nil).AppendBinary(nil)); none != nil || err != nil {
		t.Errorf("no index: %v, %v", none, err)
	}
}

// Whatever bytes are read as an index, all of its terms can be looked at.
func FuzzReadIndex(f *testing.F) {
	b := NewBuilder()
	for _, x := range miniIndexes() {
		b.Index(x)
	}
	book, err := b.Build()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(book.Index().AppendBinary(nil), 7, byte(1))
	f.Add([]byte{1, 0}, 0, byte(0))
	f.Fuzz(func(t *testing.T, raw []byte, at int, change byte) {
		raw = slices.Clone(raw)
		if at >= 0 && at < len(raw) {
			raw[at] ^= change
		}
		ix, err := ReadIndex(raw)
		if err != nil {
			if !errors.Is(err, ErrIndexDamaged) {
				t.Fatal(err)
			}
			return
		}
		book := book.WithIndex(ix)
		for _, v := range book.Indexes() {
			for _, l := range book.IndexLetters(v.Kind, v.ValidFrom) {
				for _, m := range book.IndexMain(v.Kind, l.Letter, v.ValidFrom) {
					book.IndexBelow(m.ID, 3)
					book.IndexPath(m.ID)
				}
			}
		}
		book.NeoplasmRows("", Date{})
		book.DrugRows("", Date{})
		book.IndexSearch("wrist dia heart slow", IndexSearchOptions{})
		book.IndexTo(ICD10CM, "E1122", Date{})
	})
}
