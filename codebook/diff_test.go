package codebook

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// years is a book of three releases of ICD-10-CM; the first is a starter.
func years(t testing.TB) *Book {
	t.Helper()
	b := NewBuilder()
	sample := b.Release(Release{System: ICD10CM, Edition: "2024", ValidFrom: date(t, "2023-10-01"), Starter: true})
	sample.Code("E11", "Type 2 diabetes mellitus", false, Facts{})
	old := b.Release(Release{System: ICD10CM, Edition: "2025", ValidFrom: date(t, "2024-10-01")})
	old.Code("A01", "Typhoid and paratyphoid", false, Facts{})
	old.Code("A010", "Typhoid fever", true, Facts{})
	old.Code("A011", "Paratyphoid A", true, Facts{})
	old.Code("A012", "Paratyphoid B", true, Facts{})
	old.Code("E11", "Type 2 diabetes mellitus", false, Facts{})
	now := b.Release(Release{System: ICD10CM, Edition: "2026", ValidFrom: date(t, "2025-10-01")})
	now.Code("A01", "Typhoid and paratyphoid fevers", true, Facts{})
	now.Code("A010", "Typhoid fever", false, Facts{})
	now.Code("A0101", "Typhoid meningitis", true, Facts{})
	now.Code("A012", "Paratyphoid B", true, Facts{Ended: date(t, "2025-09-30")})
	now.Code("E11", "Type 2 diabetes mellitus", false, Facts{})
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func cm(c Code) Ref { return Ref{ICD10CM, c} }

func TestDiff(t *testing.T) {
	book := years(t)
	got, err := book.Diff(ICD10CM, "2025", "2026")
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{Ref: cm("A01"), Kind: Retitled, Title: "Typhoid and paratyphoid fevers", Was: "Typhoid and paratyphoid", Billable: true},
		{Ref: cm("A01"), Kind: BecameBillable, Title: "Typhoid and paratyphoid fevers", Billable: true},
		{Ref: cm("A010"), Kind: BecameHeader, Title: "Typhoid fever"},
		{Ref: cm("A0101"), Kind: Added, Title: "Typhoid meningitis", Billable: true},
		{Ref: cm("A011"), Kind: Deleted, Title: "Paratyphoid A", Billable: true},
		{Ref: cm("A012"), Kind: Deleted, Title: "Paratyphoid B", Billable: true}, // still listed, but past its last day
	}
	if d := cmp.Diff(want, got.List); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	if got.Older.Edition != "2025" || got.Newer.Edition != "2026" {
		t.Errorf("compared %s with %s", got.Older.Edition, got.Newer.Edition)
	}
	if n := got.Count(Deleted); n != 2 {
		t.Errorf("%d deleted, want 2", n)
	}

	back, err := book.Diff(ICD10CM, "2026", "2025")
	if err != nil {
		t.Fatal(err)
	}
	for a, b := range map[ChangeKind]ChangeKind{Added: Deleted, Deleted: Added, Retitled: Retitled, BecameHeader: BecameBillable, BecameBillable: BecameHeader} {
		if got.Count(a) != back.Count(b) {
			t.Errorf("%d %s one way, %d %s the other", got.Count(a), a, back.Count(b), b)
		}
	}
	if same, err := book.Diff(ICD10CM, "2026", "2026"); err != nil || len(same.List) != 0 {
		t.Errorf("a release against itself: %v, %v", same.List, err)
	}
}

func TestDiffOfReleasesThatAreNotLoaded(t *testing.T) {
	for _, tc := range []struct {
		sys          System
		older, newer string
		words        string
	}{
		{ICD10CM, "2019", "2026", `ICD-10-CM "2019": the editions loaded are 2024, 2025, 2026`},
		{ICD10CM, "2025", "2027", `ICD-10-CM "2027"`},
		{HCPCS, "2025", "2026", "no release of the set is loaded"},
	} {
		_, err := years(t).Diff(tc.sys, tc.older, tc.newer)
		if !errors.Is(err, ErrNoRelease) || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s %s %s: got %v, want ErrNoRelease with %q", tc.sys, tc.older, tc.newer, err, tc.words)
		}
	}
}

func TestChangesOf(t *testing.T) {
	book := years(t)
	for _, tc := range []struct {
		code Code
		want []ChangeKind
	}{
		{"A0101", []ChangeKind{Added}},
		{"A011", []ChangeKind{Deleted}},
		{"A012", []ChangeKind{Deleted}},
		{"A01", []ChangeKind{Retitled, BecameBillable}}, // not "added in 2025": the release before is a starter
		{"E11", nil},
		{"Z99", nil},
	} {
		var got []ChangeKind
		for _, c := range book.ChangesOf(cm(tc.code)) {
			got = append(got, c.Kind)
			if c.Older.Edition != "2025" || c.Newer.Edition != "2026" {
				t.Errorf("%s: from %s to %s", tc.code, c.Older.Edition, c.Newer.Edition)
			}
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.code, d)
		}
	}
}

// The addenda that CDC publishes with the release of fiscal year 2026 list what changed in the order file.
func TestDiffIsThePublishedAddenda(t *testing.T) {
	b := NewBuilder()
	for edition, from := range map[string]string{"2025": "2024-10-01", "2026": "2025-10-01"} {
		rb := b.Release(Release{System: ICD10CM, Edition: edition, ValidFrom: date(t, from)})
		for c, o := range orderFile(t, "icd10cm/icd10cm-order-"+edition+".txt*") {
			rb.Code(c, o.title, o.billable, Facts{})
		}
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.Diff(ICD10CM, "2025", "2026")
	if err != nil {
		t.Fatal(err)
	}

	type line struct {
		code     Code
		title    string
		billable bool
	}
	listed := map[string]map[Code]line{"Delete:": {}, "Add:": {}, "Revise from:": {}, "Revise to:": {}}
	lines := bufio.NewScanner(releaseFile(t, "icd10cm/icd10cm-order-addenda-2026.txt*"))
	for lines.Scan() {
		l := strings.TrimRight(lines.Text(), "\r ")
		if len(l) < 85 || listed[strings.TrimSpace(l[:13])] == nil {
			continue
		}
		x := line{Code(strings.TrimSpace(l[15:23])), strings.TrimSpace(l[84:]), l[13] == '1'}
		listed[strings.TrimSpace(l[:13])][x.code] = x
	}
	if len(listed["Add:"]) != 630 || len(listed["Delete:"]) != 28 {
		t.Fatalf("the addenda list %d added and %d deleted rows, want 630 and 28", len(listed["Add:"]), len(listed["Delete:"]))
	}
	want := map[Change]bool{}
	for c, is := range listed["Add:"] {
		was, both := listed["Delete:"][c] // a row deleted and added again has turned header or billable
		switch {
		case !both:
			want[Change{Ref: cm(c), Kind: Added, Title: is.title, Billable: is.billable}] = true
		case was.billable && !is.billable:
			want[Change{Ref: cm(c), Kind: BecameHeader, Title: is.title}] = true
		case !was.billable && is.billable:
			want[Change{Ref: cm(c), Kind: BecameBillable, Title: is.title, Billable: true}] = true
		}
		if both && was.title != is.title {
			want[Change{Ref: cm(c), Kind: Retitled, Title: is.title, Was: was.title, Billable: is.billable}] = true
		}
	}
	for c, was := range listed["Delete:"] {
		if _, both := listed["Add:"][c]; !both {
			want[Change{Ref: cm(c), Kind: Deleted, Title: was.title, Billable: was.billable}] = true
		}
	}
	for c, is := range listed["Revise to:"] {
		was := listed["Revise from:"][c]
		if was.title != is.title {
			want[Change{Ref: cm(c), Kind: Retitled, Title: is.title, Was: was.title, Billable: is.billable}] = true
		}
	}
	for _, c := range got.List {
		if !want[c] {
			t.Errorf("%s %s %q (was %q) is not in the addenda", c.Kind, c.Dotted(), c.Title, c.Was)
		}
		delete(want, c)
	}
	for c := range want {
		t.Errorf("the addenda have %s %s %q (was %q), which the comparison lacks", c.Kind, c.Dotted(), c.Title, c.Was)
	}
}

func BenchmarkChangesOf(b *testing.B) {
	book := years(b)
	b.ReportAllocs()
	for b.Loop() {
		book.ChangesOf(cm("A010"))
	}
}
