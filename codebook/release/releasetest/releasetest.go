// Package releasetest gives tests the codebook of the official releases.
//
// The environment variable CROSSWALK_RELEASES names the folder of the official files; a test that asks for them is skipped without it.
// Reading them takes some seconds in each package that wants them. Whoever tests many packages imports them once (crosswalk codes import)
// and names the book file in CROSSWALK_BOOK; what an import does with the files is for package release to test.
//
// Under the race detector a test that asks for the book is skipped: a book never changes once built, and what is done with one the detector
// watches with the starter book and the sample. A run without it is needed for these tests.
//
// This package is for tests alone and has nothing to say on what is in a book.
package releasetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
	"crosswalk/internal/testkit"
)

// Folder is the folder of the official files. The test is skipped without CROSSWALK_RELEASES.
func Folder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" {
		t.Skip("CROSSWALK_RELEASES names no folder of official release files")
	}
	return dir
}

// Book is the book of the official files over the starter book, as a server has it after an import. All tests of a package share it.
func Book(t testing.TB) *codebook.Book {
	t.Helper()
	Folder(t)
	if testkit.Race {
		t.Skip("the official book is looked at without the race detector")
	}
	book, err := book()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// Data makes a data folder whose book is that of the official files. The file is copied as it is: whoever wants a folder alone does not
// wait for a book to be read.
func Data(t testing.TB) string {
	t.Helper()
	Folder(t)
	file, err := file()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.cwb"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// file is the book file, without the starter.
var file = sync.OnceValues(func() ([]byte, error) {
	if path := os.Getenv("CROSSWALK_BOOK"); path != "" {
		return os.ReadFile(path)
	}
	dir, err := os.MkdirTemp("", "crosswalk-releases-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "book.cwb")
	if _, err := release.Import(context.Background(), path, []string{os.Getenv("CROSSWALK_RELEASES")}, release.Options{}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// book is the file's book over the starter book.
var book = sync.OnceValues(func() (*codebook.Book, error) {
	path := os.Getenv("CROSSWALK_BOOK")
	if path == "" {
		file, err := file()
		if err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp("", "crosswalk-releases-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "book.cwb")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			return nil, err
		}
	}
	starter, err := codebook.Starter()
	if err != nil {
		return nil, err
	}
	book, err := codebook.ReadBook(path)
	if err != nil {
		return nil, err
	}
	return codebook.Merge(starter, book), nil
})
