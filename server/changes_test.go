package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/server"
	"crosswalk/store"
)

// siteOfTwoYears is a site whose book has two releases of ICD-10-CM.
func siteOfTwoYears(t *testing.T) *site {
	t.Helper()
	b := codebook.NewBuilder()
	year := func(edition string, from int) *codebook.ReleaseBuilder {
		rb := b.Release(codebook.Release{System: codebook.ICD10CM, Edition: edition, ValidFrom: codebook.Date{Year: from, Month: time.October, Day: 1}})
		rb.Chapter(codebook.Chapter{Number: "1", First: "A00", Last: "B99", Title: "Infections"})
		rb.Section(codebook.Section{First: "A00", Last: "A09", Title: "Intestinal", Chapter: "1"})
		rb.Chapter(codebook.Chapter{Number: "4", First: "E00", Last: "E89", Title: "Endocrine"})
		rb.Section(codebook.Section{First: "E08", Last: "E13", Title: "Diabetes", Chapter: "4"})
		return rb
	}
	old := year("2025", 2024)
	old.Code("A01", "Typhoid", true, codebook.Facts{})
	old.Code("A02", "Salmonella", true, codebook.Facts{})
	old.Code("E11", "Type 2 diabetes", true, codebook.Facts{})
	now := year("2026", 2025)
	now.Code("A01", "Typhoid fever", true, codebook.Facts{})
	now.Code("E11", "Type 2 diabetes", false, codebook.Facts{})
	for i := range 250 {
		now.Code(codebook.Code(fmt.Sprintf("E11%d%02d", i/100, i%100)), fmt.Sprintf("Diabetes %d", i), true, codebook.Facts{})
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	c, err := shippedContent()
	if err != nil {
		t.Fatal(err)
	}
	c.Book = book
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	prog := progress.New(db, c.Bank, func() *codebook.Book { return c.Book }, progress.Options{Passphrase: cheapPassphrases})
	srv, err := server.New(server.Config{Progress: prog, Logger: logger, Version: "test", Content: c})
	if err != nil {
		t.Fatal(err)
	}
	return &site{srv: srv, prog: prog, db: db, c: c}
}

func TestChangesBetweenTwoReleases(t *testing.T) {
	b := siteOfTwoYears(t).browser(t)
	for _, tc := range []struct {
		path   string
		status int
		has    []string
		hasNot []string
	}{
		{"/codebook/changes/icd10cm", 200, []string{"1 to 200 of 253 changes", "253 All changes", "250 Added", "1 Deleted", "1 New title", "1 Became a header", "was: Typhoid", "More"}, []string{"Without filters", "Before these"}},
		{"/codebook/changes/icd10cm?page=2", 200, []string{"201 to 253 of 253", "Before these"}, nil},
		{"/codebook/changes/icd10cm?page=99", 200, []string{"201 to 253 of 253"}, nil},
		{"/codebook/changes/icd10cm?kind=deleted", 200, []string{"1 to 1 of 1", "A02 Salmonella", "Without filters"}, []string{"Typhoid"}},
		{"/codebook/changes/icd10cm?chapter=1", 200, []string{"2 All changes", "A02"}, []string{"Became a header E11"}},
		{"/codebook/changes/icd10cm?code=e11.24", 200, []string{"10 All changes"}, []string{"A02"}},
		{"/codebook/changes/icd10cm?code=Z", 200, []string{"No changes", "0 All changes"}, nil},
		{"/codebook/changes/icd10cm?from=2026&to=2025", 200, []string{"250 Deleted", "1 Added", "1 Became billable"}, nil},
		{"/codebook/changes/icd10cm?from=2026&to=2026", 200, []string{"Both releases are the same one"}, nil},
		{"/codebook/changes/icd10cm?from=1999", 422, []string{"not loaded"}, nil},
		{"/codebook/icd10cm/E11.000", 200, []string{"New in 2026"}, nil},
		{"/codebook/icd10cm/E11", 200, []string{"Became a header in 2026"}, []string{"New in"}},
		{"/codebook/icd10cm/A01", 200, []string{"New title in 2026", "was: Typhoid"}, nil},
		{"/codebook/icd10cm/A02", 404, []string{"Deleted after 2025", "Show it as it was"}, nil},
		{"/codebook/icd10cm/A02?date=2024-11-01", 200, []string{"Salmonella", "Deleted after 2025"}, nil},
	} {
		p := b.get(tc.path)
		if p.StatusCode != tc.status {
			t.Errorf("%s: status %d, want %d", tc.path, p.StatusCode, tc.status)
		}
		for _, want := range tc.has {
			if !strings.Contains(p.text(), want) {
				t.Errorf("%s lacks %q\n%.700s", tc.path, want, p.text())
			}
		}
		for _, not := range tc.hasNot {
			if strings.Contains(p.text(), not) {
				t.Errorf("%s has %q", tc.path, not)
			}
		}
	}
	// A deleted code leads to itself as it was, and can be tabbed there.
	p := b.get("/codebook/changes/icd10cm?kind=deleted")
	href, _ := p.doc.Find(".ch-rows a").First().Attr("href")
	if p := b.get(href); p.StatusCode != 200 || !strings.Contains(p.text(), "Salmonella") {
		t.Errorf("%s: status %d", href, p.StatusCode)
	}
}
