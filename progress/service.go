package progress

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"crosswalk/codebook"
)

// Service holds the use cases. It is safe to share; its content can be swapped while it works.
type Service struct {
	st      Storage
	content atomic.Pointer[Content]
	book    func() *codebook.Book
	now     func() time.Time
	clock   func() time.Time // by which exams start and end
	rand    io.Reader
	ids     *idSource
	hash    *hasher
	opts    Options

	sessions *sessionCache
	learning *learning
	heavy    chan struct{} // held by those who draw or grade an exam
}

// mostHeavy is how many exams are drawn or graded at the same time. When all of a class start or hand in at once they take turns: none is
// done later for it, most are done sooner, memory stays bounded, and the answers of others do not wait behind a hundred results.
const mostHeavy = 8

// takeTurn waits for the turn to do something heavy; done ends it.
func (s *Service) takeTurn(ctx context.Context) (done func(), err error) {
	select {
	case s.heavy <- struct{}{}:
		return func() { <-s.heavy }, nil
	case <-ctx.Done():
		return nil, ErrBusy
	}
}

// Options are what a Service takes from outside. The zero value is right for a server.
type Options struct {
	Now        func() time.Time // time.Now when nil; where it is set, exams go by it too, and else by the clock of the storage
	Rand       io.Reader        // crypto/rand when nil; must be safe to share
	Passphrase PassphraseParams // zero fields get the defaults
	// SessionLife is how long a session of an account lasts without use (30 days when 0); GuestLife the same for guests, whose cookie is all
	// that leads to their record (400 days when 0, the most that browsers keep a cookie).
	SessionLife, GuestLife time.Duration
	// AccountLimit and AddressLimit are the rate limits of signing in, by account and by client address, of which only failures
	// count; SignUpLimit that of new accounts by address. Zero values get 10 and one a minute, 100 and one each 6 s (a school may
	// sit behind one address), 100 and one a minute.
	AccountLimit, AddressLimit, SignUpLimit Limit
	// GuestLimit is the rate limit of new guests by client address: 200 and one each 3 s when zero.
	GuestLimit Limit
	// Webhooks sends messages to the endpoints of employers; nil where none are sent.
	Webhooks WebhookPoster
	// SealKey gives the 32 bytes that signing keys and secrets of endpoints are sealed with in the database; it is asked when one is needed.
	// Without it no credential can be signed and no endpoint added. IssuerName is who issues them; by default the host of the site's address.
	SealKey    func() ([]byte, error)
	IssuerName string
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.SessionLife == 0 {
		o.SessionLife = 30 * 24 * time.Hour
	}
	if o.GuestLife == 0 {
		o.GuestLife = 400 * 24 * time.Hour
	}
	set := func(l *Limit, burst int, every time.Duration) {
		if l.Burst == 0 {
			*l = Limit{Burst: burst, Every: every}
		}
	}
	set(&o.AccountLimit, 10, time.Minute)
	set(&o.AddressLimit, 100, 6*time.Second)
	set(&o.SignUpLimit, 100, time.Minute)
	set(&o.GuestLimit, 200, 3*time.Second)
	o.Passphrase = o.Passphrase.withDefaults()
	return o
}

// NewWithContent makes a Service over any content; New is the usual way.
func NewWithContent(st Storage, content Content, book func() *codebook.Book, opts Options) *Service {
	clock := st.Clock
	if opts.Now != nil {
		clock = opts.Now
	}
	opts = opts.withDefaults()
	s := &Service{
		st: st, book: book, rand: opts.Rand, opts: opts,
		now:   func() time.Time { return opts.Now().UTC().Truncate(time.Millisecond) },
		clock: func() time.Time { return clock().UTC().Truncate(time.Millisecond) },
		ids:   &idSource{rand: opts.Rand},
		hash:  newHasher(opts.Passphrase, opts.Rand),

		sessions: &sessionCache{},
		learning: newLearning(),
		heavy:    make(chan struct{}, mostHeavy),
	}
	s.content.Store(&content)
	return s
}

// at is the same service at another clock: the demo lives through weeks with it.
func (s *Service) at(now func() time.Time) *Service {
	c := &Service{st: s.st, book: s.book, rand: s.rand, opts: s.opts, hash: s.hash, ids: &idSource{rand: s.rand}, now: now, clock: now, sessions: &sessionCache{}, learning: s.learning, heavy: s.heavy}
	c.content.Store(s.content.Load())
	return c
}

// SwapContent makes the service use other content from the next call on.
func (s *Service) SwapContent(c Content) { s.content.Store(&c) }

func (s *Service) items() Content { return *s.content.Load() }

// item finds a question or case of the bank in force; ErrNotFound says what was asked for.
func (s *Service) item(kind ItemKind, id string) (Item, error) {
	it, ok := s.items().Item(kind, id)
	if !ok {
		return Item{}, fmt.Errorf("%s %q: %w", kind, id, ErrNotFound)
	}
	return it, nil
}

// newID makes the id of something made at a moment.
func (s *Service) newID(at time.Time) (string, error) {
	id, err := s.ids.next(at)
	if err != nil {
		return "", fmt.Errorf("random numbers: %w", err)
	}
	return id, nil
}

// KeepContent keeps every revision of the bank in force that is not kept yet, so that whatever a page shows from now on stays
// readable, and says how many were new. Call it after New and after each change of content.
func (s *Service) KeepContent(ctx context.Context) (int, error) {
	var vs []ContentVersion
	now := s.now()
	for _, kind := range []ItemKind{KindQuestion, KindCase} {
		for _, it := range s.items().Items(kind) {
			vs = append(vs, it.versions(now)...)
		}
	}
	n, err := s.st.KeepVersions(ctx, DefaultOrg, vs)
	if err != nil {
		return 0, fmt.Errorf("keep content: %w", err)
	}
	return n, nil
}

// versions are the revisions of an item as they are kept: the same text under the hash of what is shown and under that of the key.
func (it Item) versions(at time.Time) []ContentVersion {
	v := ContentVersion{Hash: it.ShownHash, Kind: it.Kind, Item: it.ID, Body: it.Source, At: at}
	if v.Kind == KindAudit { // an audit drill is made of a case, and the case is the text
		v.Kind = KindCase
	}
	w := v
	w.Hash = it.KeyHash
	return []ContentVersion{v, w}
}

// Version gives a kept revision whole, key included. Staff may read every one, a learner those that they answered; else ErrNotFound.
func (s *Service) Version(ctx context.Context, a Actor, hash string) (ContentVersion, error) {
	if !a.teaches() {
		ok, err := s.st.AnsweredVersion(ctx, a.org(), a.Learner, hash)
		if err != nil {
			return ContentVersion{}, fmt.Errorf("version: %w", err)
		}
		if !ok {
			return ContentVersion{}, fmt.Errorf("version %.12s: %w", hash, ErrNotFound)
		}
	}
	v, err := s.st.Version(ctx, a.org(), hash)
	if errors.Is(err, ErrNotFound) && a.org() != DefaultOrg {
		v, err = s.st.Version(ctx, DefaultOrg, hash) // the shipped content belongs to the default organisation
	}
	if err != nil {
		return ContentVersion{}, fmt.Errorf("version %.12s: %w", hash, err)
	}
	return v, nil
}

// Health answers nil when the database answers.
func (s *Service) Health(ctx context.Context) error { return s.st.Health(ctx) }

// Sweep drops what has expired: sessions and counts of rate limits. Call it now and then; it says how many rows went.
func (s *Service) Sweep(ctx context.Context) (int, error) { return s.st.Sweep(ctx, s.now()) }
