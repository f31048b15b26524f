package progress

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of what is logged. What goes beyond is not kept.
const (
	MaxEventsOfKind = 100 // in one sitting
	MaxEventsAtOnce = 50  // that a page sends together
	maxEventSeconds = 24 * 3600
	maxEventItem    = 9999
)

// readingFloor is how many words a second nobody reads: five times the mean of 238 words a minute that adults read English non-fiction at
// (M. Brysbaert, How many words do we read per minute?, Journal of Memory and Language 109, 2019).
const readingFloor = 20

// EventIn is something that the page of the room noticed.
type EventIn struct {
	Key     string // made by the page; the same key again is the same event
	Kind    EventKind
	Ago     time.Duration // since it began
	Seconds int
	Chars   int // of a paste or copy: how many characters. The text is never sent
	Item    int // number of the item in sight, from 1; 0 for none
}

// pageEvents are the kinds that a page may tell of; the server finds the others itself.
var pageEvents = []EventKind{EventAway, EventPaste, EventCopy, EventPause, EventWindow}

// Values are the figures of an event's Detail by name: item, chars, words, floor.
func (e CandidateEvent) Values() map[string]int {
	out := map[string]int{}
	for _, f := range strings.Fields(e.Detail) {
		name, text, _ := strings.Cut(f, "=")
		if n, err := strconv.Atoi(text); err == nil {
			out[name] = n
		}
	}
	return out
}

// RecordEvents logs what the page of a candidate's own open sitting noticed. What has no form, or goes beyond the bounds, is left out, and
// who is no candidate logs nothing: a page that tells nonsense harms nobody. ErrNotFound: no such sitting of the actor's.
func (s *Service) RecordEvents(ctx context.Context, a Actor, id SittingID, in []EventIn) error {
	if a.Role != RoleCandidate {
		return nil
	}
	x, err := s.ownHead(ctx, a, id)
	if err != nil {
		return err
	}
	now := s.clock()
	var es []CandidateEvent
	for _, e := range in[:min(len(in), MaxEventsAtOnce)] {
		at := now.Add(-max(0, e.Ago))
		if e.sound() && !at.Before(x.StartedAt.Add(-time.Minute)) {
			es = append(es, CandidateEvent{Sitting: id, ClientKey: "page:" + e.Key, At: at, Kind: e.Kind, Seconds: e.Seconds, Detail: e.detail()})
		}
	}
	return s.log(ctx, a, x, es)
}

// sound reports whether an event has a form that a page gives it.
func (e EventIn) sound() bool {
	return slices.Contains(pageEvents, e.Kind) && len(e.Key) >= 8 && len(e.Key) <= 60 && e.Seconds >= 0 && e.Seconds <= maxEventSeconds && e.Chars >= 0 && e.Item >= 0 && e.Item <= maxEventItem
}

// detail is what CandidateEvent.Values reads again.
func (e EventIn) detail() string {
	var out []string
	if e.Item > 0 {
		out = append(out, "item="+strconv.Itoa(e.Item))
	}
	if e.Kind == EventPaste || e.Kind == EventCopy {
		out = append(out, "chars="+strconv.Itoa(min(e.Chars, 1e6)))
	}
	return strings.Join(out, " ")
}

// log keeps events of a candidate's sitting as far as the bounds go.
func (s *Service) log(ctx context.Context, a Actor, x Sitting, es []CandidateEvent) error {
	if len(es) == 0 || x.HandedInAt != nil {
		return nil
	}
	c, have, err := s.logged(ctx, a)
	if err != nil {
		return err
	}
	return s.keepEvents(ctx, c, have, es)
}

// logged is the candidate whose hidden learner the actor is, with what is logged of them.
func (s *Service) logged(ctx context.Context, a Actor) (Candidate, []CandidateEvent, error) {
	c, err := s.st.CandidateByLearner(ctx, a.org(), a.Learner)
	if err != nil {
		return c, nil, fmt.Errorf("what is logged of a candidate: %w", err)
	}
	es, err := s.st.CandidateEvents(ctx, c.Org, c.ID)
	if err != nil {
		return c, nil, fmt.Errorf("what is logged of candidate %s: %w", c.ID, err)
	}
	return c, es, nil
}

// keepEvents adds events to those that there are.
func (s *Service) keepEvents(ctx context.Context, c Candidate, have, es []CandidateEvent) error {
	type kindOf struct {
		x SittingID
		k EventKind
	}
	n := map[kindOf]int{}
	for _, e := range have {
		n[kindOf{e.Sitting, e.Kind}]++
	}
	var add []CandidateEvent
	for _, e := range es {
		k := kindOf{e.Sitting, e.Kind}
		if n[k]++; n[k] > MaxEventsOfKind {
			continue
		}
		id, err := s.newID(e.At)
		if err != nil {
			return err
		}
		e.ID, e.Candidate = EventID(id), c.ID
		add = append(add, e)
	}
	if len(add) == 0 {
		return nil
	}
	if err := s.st.AddCandidateEvents(ctx, c.Org, add); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("events of candidate %s: %w", c.ID, err)
	}
	return nil
}

// CandidateSeen logs, for the server, that a candidate's own sitting was asked for from a network: its prefix, when it is another than before.
// opened says that the room was opened anew. Who is no candidate logs nothing.
func (s *Service) CandidateSeen(ctx context.Context, a Actor, x Sitting, ip string, opened bool, lastSaved time.Time) error {
	if a.Role != RoleCandidate || x.HandedInAt != nil || x.Learner != a.Learner {
		return nil
	}
	c, have, err := s.logged(ctx, a)
	if err != nil {
		return err
	}
	now := s.clock()
	var es []CandidateEvent
	if opened && x.Opens > 1 {
		e := CandidateEvent{Sitting: x.ID, ClientKey: fmt.Sprintf("opened:%s:%d", x.ID, x.Opens), At: now, Kind: EventResume}
		if !lastSaved.IsZero() {
			e.Seconds = int(max(0, now.Sub(lastSaved)) / time.Second)
		}
		es = append(es, e)
	}
	was, n := "", 0
	for _, e := range have {
		if e.Sitting == x.ID && e.Kind == EventAddress {
			was, n = e.Detail, n+1
		}
	}
	if p := netPrefix(ip); p != "" && p != was {
		es = append(es, CandidateEvent{Sitting: x.ID, ClientKey: fmt.Sprintf("address:%s:%d", x.ID, n), At: now, Kind: EventAddress, Detail: p})
	}
	return s.keepEvents(ctx, c, have, es)
}

// netPrefix is what is kept of an address: 24 bits, of IPv6 48; "" for what is none.
func netPrefix(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	a, bits := a.Unmap().WithZone(""), 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// counter counts the words that a person reads of an item.
type counter interface {
	Words(kind ItemKind, id string) int
}

// tooFast are the answered items of a sitting that were in sight for less time than anybody can read them in.
func (s *Service) tooFast(c Candidate, x Sitting, states map[int]StoredItem) ([]CandidateEvent, error) {
	content, ok := s.items().(counter)
	if !ok {
		return nil, nil
	}
	var out []CandidateEvent
	for pos, f := range x.Form {
		kept, there := states[pos]
		st := kept.State()
		if !there || !st.Answered() || len(out) >= MaxEventsOfKind {
			continue
		}
		it, known := s.items().Item(kindOf(f), f.ID)
		if !known || it.ShownHash != f.ShownHash {
			continue
		}
		words := content.Words(it.Kind, it.ID)
		floor := words / readingFloor
		if st.Seconds >= floor {
			continue
		}
		id, err := s.newID(kept.At)
		if err != nil {
			return nil, err
		}
		out = append(out, CandidateEvent{
			ID: EventID(id), Candidate: c.ID, Sitting: x.ID, ClientKey: fmt.Sprintf("fast:%s:%d", x.ID, pos), At: kept.At, Kind: EventFast, Seconds: st.Seconds,
			Detail: fmt.Sprintf("item=%d words=%d floor=%d", pos+1, words, floor),
		})
	}
	return out, nil
}
