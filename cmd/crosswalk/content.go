package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// content is everything that is read at start: book, lessons and bank, and what is wrong with them.
type content struct {
	book     *codebook.Book
	lessons  *lessons.Catalogue
	bank     *quizzes.Bank
	problems []markdown.Problem // found while it was read

	once    sync.Once
	checked []markdown.Problem
}

// loadBook gives the book: the official releases of a folder when one is named, else the book imported into the data folder, each over
// the starter book of this version; else the starter book alone.
func loadBook(ctx context.Context, data, releases string) (*codebook.Book, error) {
	starter, err := codebook.Starter()
	if err != nil {
		return nil, fmt.Errorf("the starter book: %w", err)
	}
	if releases == "" {
		book, err := codebook.ReadBook(bookPath(data))
		if errors.Is(err, fs.ErrNotExist) {
			return starter, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the imported book: %w", err)
		}
		return codebook.Merge(starter, book), nil
	}
	if _, err := os.Stat(releases); err != nil {
		return nil, usagef("-releases %s: %v", releases, err)
	}
	book, _, err := release.Load(ctx, os.DirFS(releases), release.Options{Base: starter})
	if err != nil {
		return nil, fmt.Errorf("releases in %s: %w", releases, err)
	}
	return book, nil
}

// contentFolder is the folder that -content names, which must be one.
func contentFolder(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, usagef("-content %s is no folder that can be read: it should hold the folders lessons and quizzes", dir)
	}
	return os.DirFS(dir), nil
}

// laidOver are the files of lessons and quizzes that ship, with those that were published in the browser laid over them, and over both the
// folders of those names in a file system, which may be nil.
func laidOver(over fs.FS, written authored, book *codebook.Book) (lessonFS, quizFS fs.FS, _ *codebook.Book) {
	sub := func(name string, base fs.FS) fs.FS {
		base = written.over(name, base)
		if over == nil {
			return base
		}
		top, err := fs.Sub(over, name)
		if err != nil {
			return base
		}
		return overlay{top, base}
	}
	return sub("lessons", lessons.Content), sub("quizzes", quizzes.Content), book
}

// loadContent reads everything: the book as loadBook has it, and the lessons and questions with it. What is sound is loaded even when there
// are problems.
func loadContent(ctx context.Context, f *flags, releases string) (*content, error) {
	book, err := loadBook(ctx, f.data, releases)
	if err != nil {
		return nil, err
	}
	return withBook(f.content, authored{}, book)
}

// withBook reads lessons and questions with the titles of a book, and with what was published in the browser.
func withBook(dir string, written authored, book *codebook.Book) (*content, error) {
	if dir == "" && written.empty() {
		return readShipped(book), nil
	}
	if dir == "" {
		return readContent(laidOver(nil, written, book)), nil
	}
	folder, err := contentFolder(dir)
	if err != nil {
		return nil, err
	}
	return readContent(laidOver(folder, written, book)), nil
}

// readShipped reads what ships. A variable for tests: they run many servers and commands in one process and let them share it.
var readShipped = func(book *codebook.Book) *content { return readContent(lessons.Content, quizzes.Content, book) }

func readContent(lessonFS, quizFS fs.FS, book *codebook.Book) *content {
	c := &content{book: book}
	c.lessons, c.problems = lessons.Load(lessonFS, book)
	bank, problems := quizzes.Load(quizFS, c.lessons.Renderer(), book)
	c.bank = bank
	c.problems = append(c.problems, problems...)
	return c
}

// check adds what only shows across files and against the book and the grader. It looks once.
func (c *content) check() []markdown.Problem {
	c.once.Do(func() { c.checked = c.checkAll() })
	return slices.Clone(c.checked)
}

func (c *content) checkAll() []markdown.Problem {
	all := append([]markdown.Problem(nil), c.problems...)
	all = append(all, c.lessons.Check(lessons.Exists{
		Question: func(id string) bool { _, err := c.bank.Question(id); return err == nil },
		Cite:     func(number string) bool { known, checked := c.book.CiteOK(number); return known || !checked },
		Area:     quizzes.ValidArea,
	})...)
	all = append(all, c.bank.Check(c.book)...)
	all = append(all, c.expired()...)
	all = append(all, c.unreferenced()...)
	markdown.Sort(all)
	return all
}
