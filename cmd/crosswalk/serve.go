package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/server"
	"crosswalk/store"
)

// shutdownGrace is how long requests under way may take after a signal.
const shutdownGrace = 10 * time.Second

// sweepEvery is how often ended sessions and rate limits are dropped, and candidates erased whose day has come.
const sweepEvery = 15 * time.Minute

// closeEvery is how often exams whose time is up are handed in, where nobody looks at them.
const closeEvery = 15 * time.Second

// serve opens the database, loads the content and answers requests until it is told to stop.
func serve(ctx context.Context, args []string, io streams) error {
	f := newFlags("serve", io).withDB().withKeyFile()
	addr := f.String("addr", "127.0.0.1:8080", "the `address` to listen on")
	publicURL := f.String("public-url", "", "the `address` that people use, such as https://coding.example.edu")
	proxies := f.String("trusted-proxies", "", "addresses or `CIDR` ranges of proxies whose X-Forwarded-For is believed, separated by commas")
	demo := f.Bool("demo", false, "fill an empty database with a believable class and print the sign-ins; only on a loopback address")
	issuer := f.String("issuer", "", "the `name` that credentials give as their issuer (default: the host of -public-url)")
	hooksHere := f.Bool("webhooks-loopback", false, "let webhooks reach this machine, by http too: to try them out")
	logJSON := f.Bool("log-json", false, "write the log as JSON")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("it takes no arguments, but got %q", rest[0])
	}
	logger := newLogger(io, *logJSON)
	if *demo && !loopback(*addr) {
		return usagef("-demo prints passphrases that everyone may know, so it serves only a loopback address such as 127.0.0.1:8080, not %s", *addr)
	}
	// Take the address first: a second server on the same address should fail before it touches anything.
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("cannot listen on %s: something is running there already, perhaps another Crosswalk; choose another address with -addr", *addr)
		}
		return fmt.Errorf("cannot listen on %s: %w; an address is written like 127.0.0.1:8080 or :8080", *addr, err)
	}
	defer ln.Close()

	readingDone := boundReading()
	defer readingDone()
	seen := statBook(f.data) // before it is read: an import meanwhile is seen later
	book, err := loadBook(ctx, f.data, "")
	if errors.Is(err, codebook.ErrOtherLayout) {
		if err := rebuildBook(ctx, f.data, logger); err != nil {
			return err
		}
		seen = statBook(f.data)
		book, err = loadBook(ctx, f.data, "")
	}
	if err != nil {
		return err
	}
	var folder *authorFolder
	if f.content != "" {
		folder = openAuthorFolder(f.content)
	}
	if f.content != "" { // before a database is made
		if _, err := contentFolder(f.content); err != nil {
			return err
		}
	}
	db, err := store.Open(ctx, store.Options{URL: f.db, Path: filepath.Join(f.data, "crosswalk.db"), Logger: logger})
	if err != nil {
		return err
	}
	defer func() {
		if err := db.Close(); err != nil {
			logger.Error("closing the database", "err", err)
		}
	}()
	written, err := publishedIn(ctx, db)
	if err != nil {
		return err
	}
	c, err := readFolder(folder, written, book)
	if err != nil {
		return err
	}
	reportProblems(logger, c.check())
	var current atomic.Pointer[codebook.Book]
	current.Store(c.book)
	prog := progress.New(db, c.bank, current.Load, progress.Options{SealKey: f.sealKey(), IssuerName: *issuer, Webhooks: newPoster(*hooksHere)})
	prog.SetCourse(progress.FromCatalogue(c.lessons))
	if _, err := prog.KeepContent(ctx); err != nil {
		return err
	}
	if n, err := prog.SealWebhooks(ctx); err != nil { // they stay as they are and go on to sign
		logger.Error("sealing secrets of endpoints", "err", err)
	} else if n > 0 {
		logger.Info("secrets of endpoints are sealed now", "endpoints", n)
	}
	if *demo {
		if err := fillDemo(ctx, prog, c, io); err != nil {
			return err
		}
	}
	var srv *server.Server
	here := newSite(c, folder, logger, io, func(ctx context.Context, next *content) {
		current.Store(next.book)
		prog.SetContent(next.bank)
		prog.SetCourse(progress.FromCatalogue(next.lessons))
		srv.SetContent(server.Content{Lessons: next.lessons, Bank: next.bank, Book: next.book})
		if _, err := prog.KeepContent(ctx); err != nil && ctx.Err() == nil {
			logger.Error("keeping the content", "err", err)
		}
	})
	here.prog, here.authored = prog, written
	cfg := server.Config{
		Progress: prog, Logger: logger, Version: version(), PublicURL: *publicURL, TrustedProxies: splitList(*proxies),
		Content: server.Content{Lessons: c.lessons, Bank: c.bank, Book: c.book}, Desk: here,
		Database: func() server.DatabaseCounts {
			n := db.Stats()
			return server.DatabaseCounts{Writes: n.Writes, Commits: n.Commits}
		},
	}
	if folder != nil {
		// On a machine of one's own whoever looks is the author; where others come, it is the staff.
		cfg.Authoring, cfg.AllAuthors = here, loopback(*addr) && *publicURL == "" && *proxies == ""
	}
	if srv, err = server.New(cfg); err != nil {
		return err
	}
	go sweep(ctx, prog, logger)
	go sendWebhooks(ctx, prog, logger)
	go here.follow(ctx, logger)
	go watchBook(ctx, f.data, seen, func(book *codebook.Book) { here.setBook(ctx, book) }, logger)
	if folder != nil {
		go folder.watch(ctx, func(changed []string) { here.reload(ctx, changed) })
	}
	readingDone()
	go paceGarbage(ctx)
	debug.FreeOSMemory() // reading and checking the content takes far more than keeping it

	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	fmt.Fprintf(io.out, "Crosswalk %s is ready: http://%s\n", version(), reachable(ln.Addr().String()))
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	logger.Info("stopping")
	stop, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return fmt.Errorf("shutdown: %w", err)
	}
	return <-failed
}

func newLogger(io streams, asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(io.err, nil))
	}
	return slog.New(slog.NewTextHandler(io.err, nil))
}

// reportProblems logs what is wrong with the content. The server starts all the same with what is sound.
func reportProblems(log *slog.Logger, problems []markdown.Problem) {
	for _, p := range problems {
		if p.Severity == markdown.Error {
			log.Error("content", "at", fmt.Sprintf("%s:%d", p.File, p.Line), "problem", p.Message)
		}
	}
}

func fillDemo(ctx context.Context, prog *progress.Service, c *content, io streams) error {
	var ids []string
	for _, l := range c.lessons.Lessons() {
		ids = append(ids, l.ID)
	}
	accounts, err := prog.Demo(ctx, 1, ids...)
	if errors.Is(err, progress.ErrNotEmpty) {
		return usagef("-demo fills only an empty database; choose another folder with -data, or start without -demo")
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(io.out, "The demo class is there. Sign in as:")
	for _, a := range accounts {
		fmt.Fprintf(io.out, "  %-11s %-28s %-32s %s\n", a.Role, a.Name, a.Email, a.Passphrase)
	}
	return nil
}

// sweep does what falls due while the server runs.
func sweep(ctx context.Context, prog *progress.Service, log *slog.Logger) {
	t, due := time.NewTicker(sweepEvery), time.NewTicker(closeEvery)
	defer t.Stop()
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if _, err := prog.Sweep(ctx); err != nil && ctx.Err() == nil {
				log.Error("sweep", "err", err)
			}
			if _, err := prog.EraseDue(ctx); err != nil && ctx.Err() == nil {
				log.Error("erasing candidates whose day has come", "err", err)
			}
		case <-due.C:
			if _, err := prog.CloseDue(ctx); err != nil && ctx.Err() == nil {
				log.Error("handing in exams whose time is up", "err", err)
			}
		}
	}
}

// loopback reports whether an address can be reached from this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// reachable is an address to type into a browser: one that listens everywhere is shown as localhost.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// openProgress opens the learner data for a command. Commands that only read never make a database.
func openProgress(ctx context.Context, f *flags, io streams, mustExist bool) (*progress.Service, *content, func(), error) {
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return nil, nil, nil, err
	}
	db, err := store.Open(ctx, store.Options{
		URL: f.db, Path: filepath.Join(f.data, "crosswalk.db"), MustExist: mustExist, Logger: newLogger(io, false),
	})
	if errors.Is(err, store.ErrNoDatabase) && f.db != "" {
		return nil, nil, nil, usagef("%v", err)
	}
	if errors.Is(err, store.ErrNoDatabase) {
		return nil, nil, nil, usagef("there is no database in %s yet: start the server once, or name the place with -data or -db", f.data)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	closeDB := func() {
		if err := db.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	written, err := publishedIn(ctx, db)
	if err == nil && !written.empty() {
		c, err = withBook(f.content, written, c.book)
	}
	if err != nil {
		closeDB()
		return nil, nil, nil, err
	}
	prog := progress.New(db, c.bank, func() *codebook.Book { return c.book }, progress.Options{SealKey: f.sealKey(), Webhooks: newPoster(false)})
	prog.SetCourse(progress.FromCatalogue(c.lessons))
	return prog, c, closeDB, nil
}
