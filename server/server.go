package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// Limits of a request. A case answer of 100 lines with evidence is far under the body limit.
const (
	bodyLimit      = 1 << 20
	readTimeout    = 20 * time.Second
	writeTimeout   = 30 * time.Second
	idleTimeout    = 90 * time.Second
	requestTimeout = 15 * time.Second
)

// Content is what the pages show, swapped as a whole when a new version is loaded.
type Content struct {
	Lessons *lessons.Catalogue
	Bank    *quizzes.Bank
	Book    *codebook.Book
}

// Config is what a server needs. Progress, Content, Logger and Version are required.
type Config struct {
	Progress       *progress.Service
	Content        Content
	Logger         *slog.Logger
	Version        string
	PublicURL      string   // the address that people use, e.g. https://coding.example.edu; https makes cookies Secure
	TrustedProxies []string // addresses or CIDR ranges whose X-Forwarded-For is believed
	Org            progress.OrgID
	Now            func() time.Time
	Database       func() DatabaseCounts // for /metrics; nil where there is nothing to count
	Authoring      Authoring             // nil where nobody works on the files of the content
	Desk           Desk                  // what serves the content, for those who write it in the browser; nil where nobody can
	AllAuthors     bool                  // whoever looks works on them, as on a machine of one's own; else instructors and admins do
}

// Server answers requests.
type Server struct {
	progress *progress.Service
	content  atomic.Pointer[Content]
	rooms    atomic.Pointer[roomCache] // of the content
	log      *slog.Logger
	app      *fiber.App
	frontend
	metrics  *metrics
	database func() DatabaseCounts
	now      func() time.Time
	org      progress.OrgID
	version  string
	secure   bool // cookies carry Secure and the __Host- prefix
	origin   string
	proxies  []netip.Prefix

	authoring  Authoring
	press      Desk
	allAuthors bool
	stopping   chan struct{} // closed at shutdown, for those who wait
	stopOnce   sync.Once
	behind     sync.WaitGroup // what is worked on behind the pages; it ends when the server stops
}

// frontend is what is made of the embedded files: scripts, styles and pictures, the words, the templates.
type frontend struct {
	assets *assets
	words  words
	pages  *pages
}

// embedded is the front end of this program. It never changes, and making it takes longer than all else of a start, so that servers of one
// process have it in common.
var embedded = sync.OnceValues(func() (f frontend, err error) {
	if f.assets, err = loadAssets(); err != nil {
		return f, err
	}
	if f.words, err = loadWords(); err != nil {
		return f, err
	}
	f.pages, err = loadPages(f.assets, f.words)
	return f, err
})

// New builds the application: assets hashed, templates parsed, routes laid. The error says which template or address is wrong.
func New(cfg Config) (*Server, error) {
	s := &Server{
		progress: cfg.Progress, log: cfg.Logger, now: cfg.Now, org: cfg.Org, version: cfg.Version, metrics: newMetrics(), database: cfg.Database,
		authoring: cfg.Authoring, press: cfg.Desk, allAuthors: cfg.AllAuthors, stopping: make(chan struct{}),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.org == "" {
		s.org = progress.DefaultOrg
	}
	s.SetContent(cfg.Content)
	if cfg.PublicURL != "" {
		u, err := url.Parse(cfg.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("-public-url %q is not an address: write it like https://coding.example.edu", cfg.PublicURL)
		}
		s.secure = u.Scheme == "https"
		s.origin = u.Scheme + "://" + u.Host
	}
	var err error
	if s.proxies, err = parseProxies(cfg.TrustedProxies); err != nil {
		return nil, err
	}
	if s.frontend, err = embedded(); err != nil {
		return nil, err
	}
	s.app = fiber.New(fiber.Config{
		AppName:               "Crosswalk",
		Immutable:             true, // fiber reuses request buffers; what a handler keeps must be its own
		DisableStartupMessage: true,
		ReduceMemoryUsage:     true, // a class of two thousand keeps as many connections, and most of them wait
		BodyLimit:             bodyLimit,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		ErrorHandler:          s.handleError,

		EnableTrustedProxyCheck: true, // X-Forwarded-Host only from these; for addresses see clientIP
		TrustedProxies:          cfg.TrustedProxies,
		UnescapePath:            true,
	})
	s.app.Server().HeaderReceived = s.moreForImport
	s.routes(s.app)
	return s, nil
}

// SetContent swaps the lessons, the bank and the book that pages show.
func (s *Server) SetContent(c Content) {
	s.content.Store(&c)
	s.rooms.Store(&roomCache{content: &c})
}

func (s *Server) lessons() *lessons.Catalogue { return s.content.Load().Lessons }
func (s *Server) bank() *quizzes.Bank         { return s.content.Load().Bank }
func (s *Server) book() *codebook.Book        { return s.content.Load().Book }

// App is the fiber application, for tests.
func (s *Server) App() *fiber.App { return s.app }

// Serve answers requests on ln until Shutdown. It returns nil after a shutdown.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.app.Listener(ln); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve on %s: %w", ln.Addr(), err)
	}
	return nil
}

// Shutdown stops taking requests and waits for those under way until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopOnce.Do(func() { close(s.stopping) })
	err := s.app.ShutdownWithContext(ctx)
	s.behind.Wait()
	return err
}
