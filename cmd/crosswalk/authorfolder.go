package main

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
)

// lookEvery is how often the folder of the content is looked at. Looking, and not being told by the system, works on every file system, over
// a network and from one container into another too; a thousand files take a few milliseconds. A variable for tests.
var lookEvery = 100 * time.Millisecond

// authorFolder is the folder that -content names. It keeps the last text of each file that was free of errors, so that a file that breaks
// while somebody works on it takes down nothing that was good. The files themselves are never written.
type authorFolder struct {
	dir  string
	seen map[string]fileStamp
	good map[string][]byte // by path, of the files that were read without an error
	old  []string          // the files of which the last good text is served, sorted

	under authored // what the folder is laid over besides what ships
}

// fileStamp is by what one sees that a file was written.
type fileStamp struct {
	size int64
	at   time.Time
}

func openAuthorFolder(dir string) *authorFolder {
	return &authorFolder{dir: dir, good: map[string][]byte{}}
}

// look gives the files below lessons and quizzes with their stamps. What cannot be read is passed over: reading the content tells of it.
func (f *authorFolder) look() map[string]fileStamp {
	out := map[string]fileStamp{}
	root := os.DirFS(f.dir)
	for _, top := range []string{"lessons", "quizzes"} {
		_ = fs.WalkDir(root, top, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(d.Name(), "~") { // an editor's own
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if info, err := d.Info(); err == nil && !d.IsDir() {
				out[name] = fileStamp{info.Size(), info.ModTime()}
			}
			return nil
		})
	}
	return out
}

// read reads the content with the folder laid over it. Files with errors that were good before are read by their last good text, those that
// were never seen good by the text that they hide, where there is one; what is wrong with them is among the problems all the same.
func (f *authorFolder) read(book *codebook.Book) (*content, error) {
	root, err := contentFolder(f.dir)
	if err != nil {
		return nil, err
	}
	f.seen = f.look()
	texts := map[string][]byte{} // read once: a file that is written meanwhile must not pass for what was judged
	for name := range f.seen {
		if text, err := fs.ReadFile(root, name); err == nil {
			texts[name] = text
		}
	}
	c := readContent(laidOver(replaced{root, texts}, f.under, book))
	broken := map[string]bool{}
	for _, p := range markdown.Errors(c.problems) {
		broken[p.File] = true
	}
	f.old = nil
	old := map[string][]byte{}
	lessonFS, quizFS, _ := laidOver(nil, f.under, nil)
	for name := range f.seen {
		if !broken[name] {
			if text, ok := texts[name]; ok {
				f.good[name] = text
			}
			continue
		}
		last, had := f.good[name]
		if !had {
			last, had = textIn(lessonFS, quizFS, name)
		}
		if had {
			f.old, old[name] = append(f.old, name), last
		}
	}
	maps.DeleteFunc(f.good, func(name string, _ []byte) bool { _, there := f.seen[name]; return !there })
	if len(f.old) == 0 {
		return c, nil
	}
	slices.Sort(f.old)
	again := readContent(laidOver(replaced{replaced{root, texts}, old}, f.under, book))
	// Of a file that is served by its old text, what is wrong with the new one is told.
	isOld := func(p markdown.Problem) bool { return slices.Contains(f.old, p.File) }
	again.problems = slices.DeleteFunc(again.problems, isOld)
	for _, p := range c.problems {
		if isOld(p) {
			again.problems = append(again.problems, p)
		}
	}
	markdown.Sort(again.problems)
	return again, nil
}

// holds reports whether the folder holds a file of that path.
func (f *authorFolder) holds(name string) bool {
	if f == nil || !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(os.DirFS(f.dir), name)
	return err == nil && !info.IsDir()
}

// concerning are the problems that an author of the folder should hear of: all of its files, and the errors of others, since they came by it.
func (f *authorFolder) concerning(problems []markdown.Problem) []markdown.Problem {
	var out []markdown.Problem
	for _, p := range problems {
		if _, own := f.seen[p.File]; own || p.Severity == markdown.Error {
			out = append(out, p)
		}
	}
	return out
}

// watch calls changed with the files that were written, made or taken away, once they have stood still for one look: an editor may write in steps.
func (f *authorFolder) watch(ctx context.Context, changed func([]string)) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	have := f.seen
	before := have
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := f.look()
		if maps.Equal(now, have) {
			before = now
			continue
		}
		if !maps.Equal(now, before) { // it moves still
			before = now
			continue
		}
		names := differing(have, now)
		have = now
		changed(names)
	}
}

func differing(a, b map[string]fileStamp) []string {
	var out []string
	for name, s := range b {
		if old, ok := a[name]; !ok || old != s {
			out = append(out, name)
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
