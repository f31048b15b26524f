// Package releasetest gives tests the codebook of the official releases.
//
// The environment variable CROSSWALK_RELEASES names the folder of the official files; a test that asks for them is skipped without it.
// Reading them takes the better part of a minute under the race detector, in each package that wants them. Whoever tests many packages
// imports them once (crosswalk codes import) and names the book file in CROSSWALK_BOOK; what an import does with the files is for
// package release to test. This package is for tests alone and has nothing to say on what is in a book.
package releasetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
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
	whole, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return whole.book
}

// Data makes a data folder whose book is that of the official files.
func Data(t testing.TB) string {
	t.Helper()
	Folder(t)
	whole, err := load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.cwb"), whole.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

type whole struct {
	book *codebook.Book
	file []byte // of the book without the starter
}

var load = sync.OnceValues(func() (w whole, err error) {
	path := os.Getenv("CROSSWALK_BOOK")
	if path == "" {
		dir, err := os.MkdirTemp("", "crosswalk-releases-")
		if err != nil {
			return w, err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "book.cwb")
		if _, err := release.Import(context.Background(), path, []string{os.Getenv("CROSSWALK_RELEASES")}, release.Options{}); err != nil {
			return w, err
		}
	}
	starter, err := codebook.Starter()
	if err != nil {
		return w, err
	}
	book, err := codebook.ReadBook(path)
	if err != nil {
		return w, err
	}
	w.book = codebook.Merge(starter, book)
	w.file, err = os.ReadFile(path)
	return w, err
})
