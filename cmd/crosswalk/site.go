package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/server"
)

// site is what a running server serves: the book and the content, read again when one of them changes.
type site struct {
	log *slog.Logger
	use func(context.Context, *content)  // hands content to those who work with it
	say func(format string, args ...any) // tells the author in the terminal

	mu     sync.Mutex // held while content is read and handed over
	folder *authorFolder
	latest *content

	prog     *progress.Service // knows what was published in the browser
	authored authored          // what of that is served
	tried    *tried

	state server.AuthorState
	moved chan struct{} // closed when state moves on
	seen  sync.Mutex    // guards state and moved
}

// setBook reads the content again with the titles of a new book. Where that fails the content stays, and only the book is new.
func (s *site) setBook(ctx context.Context, book *codebook.Book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := readFolder(s.folder, s.authored, book)
	if err != nil {
		s.log.Error("the content cannot be read again; it stays with the titles of the book before", "err", err)
		next = &content{book: book, lessons: s.latest.lessons, bank: s.latest.bank}
	}
	s.latest = next
	s.use(ctx, next)
	reportProblems(s.log, next.check())
}

// reload reads the files of the content's folder again after a change. What was sound in a file that is broken now is served on. Pages show
// the change as soon as it is read; what the check across files finds follows.
func (s *site) reload(ctx context.Context, changed []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	began := time.Now()
	next, err := readFolder(s.folder, s.authored, s.latest.book)
	if err != nil {
		s.say("the content cannot be read again, and what was read before stays: %v", err)
		return
	}
	s.latest = next
	s.use(ctx, next)
	parsed := s.folder.concerning(next.problems)
	s.tell(parsed, true)
	s.log.Info("the content is read again", "changed", len(changed), "took", time.Since(began).Round(time.Millisecond))
	all := s.folder.concerning(next.check())
	for _, p := range all {
		s.say("%s", p)
	}
	for _, f := range s.folder.old {
		s.say("%s is broken: what it said before is served until it is mended", f)
	}
	if len(all) == 0 {
		s.say("no problems")
	}
	if !slices.Equal(parsed, all) {
		s.tell(all, false)
	}
}

// readFolder reads the content that ships with what was published in the browser, and with a folder laid over it where there is one.
func readFolder(folder *authorFolder, written authored, book *codebook.Book) (*content, error) {
	if folder == nil {
		return withBook("", written, book)
	}
	folder.under = written
	return folder.read(book)
}

// tell moves the state on, for pages that wait. fresh says that the content itself has changed and not only what is said of it.
func (s *site) tell(problems []markdown.Problem, fresh bool) {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.state.Moves++
	if fresh {
		s.state.Content++
	}
	s.state.Problems = problems
	if s.folder != nil {
		s.state.Old = slices.Clone(s.folder.old)
	}
	close(s.moved)
	s.moved = make(chan struct{})
}

// State implements server.Authoring.
func (s *site) State() server.AuthorState {
	s.seen.Lock()
	defer s.seen.Unlock()
	return s.state
}

// Wait implements server.Authoring.
func (s *site) Wait(ctx context.Context, after int) server.AuthorState {
	for {
		s.seen.Lock()
		state, moved := s.state, s.moved
		s.seen.Unlock()
		if state.Moves != after {
			return state
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return state
		}
	}
}

// newSite begins with content that was read, of the folder that may be nil.
func newSite(c *content, folder *authorFolder, log *slog.Logger, io streams, use func(context.Context, *content)) *site {
	s := &site{log: log, use: use, folder: folder, latest: c, moved: make(chan struct{})}
	s.say = func(format string, args ...any) { fmt.Fprintf(io.err, "content: "+format+"\n", args...) }
	s.state = server.AuthorState{Moves: 1, Content: 1}
	if folder != nil {
		s.state.Problems = folder.concerning(c.check())
	}
	return s
}
