package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
)

// watchEvery is how often the server looks whether the book was imported anew. A variable for tests.
var watchEvery = 2 * time.Second

// rebuildBook makes the book of the data folder anew, of the release files that it keeps. The server does so when another version of the
// program wrote the book, so that an update of the program needs no import.
func rebuildBook(ctx context.Context, data string, log *slog.Logger) error {
	log.Info("another version wrote the book; making it anew of the release files that it keeps", "file", bookPath(data))
	began := time.Now()
	if _, err := release.Import(ctx, bookPath(data), nil, release.Options{}); err != nil {
		return fmt.Errorf("making the book anew: %w", err)
	}
	log.Info("the book is made anew", "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// bookFile is the state of the book file by which one sees that another has taken its place: an import renames a new file over it.
type bookFile struct{ info fs.FileInfo }

func statBook(data string) bookFile {
	info, err := os.Stat(bookPath(data))
	if err != nil {
		return bookFile{}
	}
	return bookFile{info}
}

func (b bookFile) same(o bookFile) bool {
	if b.info == nil || o.info == nil {
		return b.info == nil && o.info == nil
	}
	return os.SameFile(b.info, o.info) && b.info.ModTime().Equal(o.info.ModTime()) && b.info.Size() == o.info.Size()
}

// watchBook calls swap with each new book that is imported into the data folder. A book that cannot be read is logged once and the one in
// use stays, as it does when the file goes away.
func watchBook(ctx context.Context, data string, seen bookFile, swap func(*codebook.Book), log *slog.Logger) {
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := statBook(data)
		if now.same(seen) {
			continue
		}
		seen = now
		if now.info == nil {
			log.Warn("the book file is gone; the book in use stays until the server stops", "file", bookPath(data))
			continue
		}
		book, err := loadBook(ctx, data, "")
		if err != nil {
			log.Error("the new book cannot be read; the one in use stays", "err", err)
			continue
		}
		swap(book)
		log.Info("the new book is in use", "edition", book.Edition())
		debug.FreeOSMemory() // two books were there for a moment
	}
}
