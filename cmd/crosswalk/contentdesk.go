package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// pollEvery is how often a server looks whether another one of the same database has published something. A variable for tests.
var pollEvery = time.Second

// tried is content that was read to be checked. Where it is published it need not be read again.
type tried struct {
	over    authored
	content *content
}

// InFolder implements progress.ContentDesk.
func (s *site) InFolder(name string) bool { return s.folder.holds(name) }

// Served implements server.Desk.
func (s *site) Served(name string) (string, bool) {
	s.mu.Lock()
	over := s.authored
	s.mu.Unlock()
	var folder fs.FS
	if s.folder != nil {
		folder = os.DirFS(s.folder.dir)
	}
	lessonFS, quizFS, _ := laidOver(folder, over, nil)
	text, ok := textIn(lessonFS, quizFS, name)
	return string(text), ok
}

// Shipped implements server.Desk.
func (s *site) Shipped(name string) (string, bool) { return shippedText(name) }

// shippedText is a file that ships.
func shippedText(name string) (string, bool) {
	text, ok := textIn(lessons.Content, quizzes.Content, name)
	return string(text), ok
}

// textIn reads a file of the content by its path, which begins with lessons or quizzes; false where there is none.
func textIn(lessonFS, quizFS fs.FS, name string) ([]byte, bool) {
	top, rest, _ := strings.Cut(name, "/")
	fsys := map[string]fs.FS{"lessons": lessonFS, "quizzes": quizFS}[top]
	if fsys == nil || !fs.ValidPath(rest) {
		return nil, false
	}
	text, err := fs.ReadFile(fsys, rest)
	return text, err == nil
}

// Problems implements server.Desk.
func (s *site) Problems() []markdown.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest.check()
}

// CheckWith implements progress.ContentDesk.
func (s *site) CheckWith(ctx context.Context, name, text string, gone bool) ([]markdown.Problem, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	over := s.authored.with(name, text, gone)
	next, err := readFolder(s.folder, over, s.latest.book)
	if err != nil {
		return nil, err
	}
	s.tried = &tried{over, next}
	return newProblems(s.latest.check(), next.check(), name), ctx.Err()
}

// newProblems are those of a file, and the errors of others that were not there before. A line may have moved, so it does not count.
func newProblems(before, after []markdown.Problem, file string) []markdown.Problem {
	type key struct{ file, rule, message string }
	known := map[key]int{}
	for _, p := range before {
		known[key{p.File, p.Rule, p.Message}]++
	}
	var out []markdown.Problem
	for _, p := range after {
		k := key{p.File, p.Rule, p.Message}
		known[k]--
		if p.File == file || p.Severity == markdown.Error && known[k] < 0 {
			out = append(out, p)
		}
	}
	return out
}

// Reload implements progress.ContentDesk: it reads what is published and serves it.
func (s *site) Reload(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	over, err := readAuthored(ctx, s.prog)
	if err != nil {
		return err
	}
	if over.same(s.authored) {
		s.authored = over
		return nil
	}
	began := time.Now()
	next := (*content)(nil)
	if s.tried != nil && s.tried.over.same(over) && s.tried.content.book == s.latest.book && s.folder == nil {
		next = s.tried.content
	} else if next, err = readFolder(s.folder, over, s.latest.book); err != nil {
		return err
	}
	s.tried, s.authored, s.latest = nil, over, next
	s.use(ctx, next)
	s.log.Info("published content is served", "files", len(over.texts), "taken away", len(over.gone), "took", time.Since(began).Round(time.Millisecond))
	if s.folder != nil {
		s.tell(s.folder.concerning(next.check()), true)
	} else {
		s.tell(nil, true)
	}
	return nil
}

// follow serves what other servers of the same database publish.
func (s *site) follow(ctx context.Context, log *slog.Logger) {
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		count, err := s.prog.PublishedCount(ctx)
		s.mu.Lock()
		known := s.authored.count
		s.mu.Unlock()
		if err == nil && count != known {
			err = s.Reload(ctx)
		}
		if err != nil && ctx.Err() == nil && !failing { // said once, and not each second
			log.Error("looking for published content", "err", err)
		}
		failing = err != nil
	}
}

// commandDesk is what a command needs to publish: it checks as a server does, and servers find what it kept by themselves.
type commandDesk struct {
	folder  string
	over    authored
	content *content
	found   []markdown.Problem // by the last check
}

// InFolder implements progress.ContentDesk.
func (d *commandDesk) InFolder(name string) bool {
	return d.folder != "" && openAuthorFolder(d.folder).holds(name)
}

// CheckWith implements progress.ContentDesk.
func (d *commandDesk) CheckWith(_ context.Context, name, text string, gone bool) ([]markdown.Problem, error) {
	next, err := withBook(d.folder, d.over.with(name, text, gone), d.content.book)
	if err != nil {
		return nil, err
	}
	d.found = newProblems(d.content.check(), next.check(), name)
	return d.found, nil
}

// Reload implements progress.ContentDesk.
func (d *commandDesk) Reload(context.Context) error { return nil }

// sayProblems prints problems as check does.
func sayProblems(io streams, problems []markdown.Problem) {
	for _, p := range problems {
		fmt.Fprintf(io.out, "%s:%d: %s: %s (%s)\n", p.File, p.Line, p.Severity, p.Message, p.Rule)
	}
}
