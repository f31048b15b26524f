package progress

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
)

// learning is what a Service holds to make standings of records, shared by its copies at other clocks.
type learning struct {
	course   atomic.Pointer[Course]
	catalogs sync.Map // OrgID -> *catalog
	gone     sync.Map // goneKey -> *standing.Facts: items that are no longer in force, as they were
	ability  *ability.Model
	held     heldStandings
	forms    sync.Map // formKey -> examForm
	tracks   sync.Map // trackKey -> keptTrack
	plans    heldPlans
	figures  heldFigures
}

// mostHeld is about how many bytes of standings stay in memory: some twenty of 20,000 answers each, or hundreds of ordinary ones.
const mostHeld = 32 << 20

// saveAfter is how many entries a load folds at least before the snapshot that it comes to is stored.
const saveAfter = 64

func newLearning() *learning {
	m, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		panic(err) // the default is within its own bounds
	}
	return &learning{ability: m, held: heldStandings{limit: mostHeld}}
}

// LearnerStanding is what a learner's record comes to, by the newest gradings and without the answers of exams that are not open. It may not be
// changed. ErrNotFound also when the actor may not see the learner.
func (s *Service) LearnerStanding(ctx context.Context, a Actor, id LearnerID) (*standing.Standing, error) {
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return nil, err
	}
	return s.standingOf(ctx, a.org(), l)
}

// standingOf brings the standing that is held, or else the stored one, up to date with the record.
func (s *Service) standingOf(ctx context.Context, org OrgID, l Learner) (*standing.Standing, error) {
	st, err := s.foldRecord(ctx, org, l, true)
	if err != nil {
		return nil, fmt.Errorf("standing of %s: %w", l.ID, err)
	}
	return st, nil
}

func (s *Service) foldRecord(ctx context.Context, org OrgID, l Learner, stored bool) (*standing.Standing, error) {
	cat, err := s.catalogOf(ctx, org)
	if err != nil {
		return nil, err
	}
	mem, weights, err := s.memoryOf(ctx, org, l.ID)
	if err != nil {
		return nil, err
	}
	cfg := standing.Config{Areas: (*cat.content).Areas(), Ability: s.learning.ability, Memory: mem, Catalog: cat}
	model := modelOf(cat, weights, l.Zone)
	key := heldKey{org, l.ID}
	var have *Snapshot
	held, ok := s.learning.held.get(key)
	if ok && stored {
		have = &held.at
	}
	asked := model
	if !stored {
		asked = "" // no snapshot is of this model
	}
	rec, err := s.st.ReadRecord(ctx, org, l.ID, asked, have)
	if err != nil {
		return nil, err
	}
	var base *standing.Standing
	switch {
	case rec.From == nil:
		base = standing.New(cfg)
	case rec.From == have:
		if base = held.standing; len(rec.Tail) == 0 {
			return base, nil
		}
		base = base.Clone() // others read it
	default:
		if base, err = standing.Restore(cfg, rec.From.Body); err != nil {
			return s.foldRecord(ctx, org, l, false)
		}
	}
	entries, err := s.entriesOf(ctx, org, l, cat, rec.Tail)
	if err != nil {
		return nil, err
	}
	// What follows an exam whose answers are not open is folded anew each time: those that open later come in their order.
	open := len(rec.Tail)
	for i, e := range rec.Tail {
		if e.Sealed {
			open = i
			break
		}
	}
	for _, e := range entries[:open] {
		if err := base.Apply(e); err != nil {
			return nil, err
		}
	}
	at := Snapshot{Rev: rec.Rev, Folded: rec.Entries - int64(len(rec.Tail)-open), Model: model, Through: base.Through()}
	if at.Folded > 0 { // of nothing there is nothing to hold, and a class of newcomers would take the place of all others
		s.learning.held.put(key, heldStanding{at, base})
	}
	if open > saveAfter {
		if at.Body, err = base.Snapshot(); err != nil {
			return nil, err
		}
		// Should it not be kept, the next one folds as much again: that is no reason to show nothing.
		_ = s.st.SaveSnapshot(ctx, org, l.ID, at)
	}
	if open == len(rec.Tail) {
		return base, nil
	}
	all := base.Clone()
	for i, e := range entries[open:] {
		if !rec.Tail[open+i].Sealed {
			if err := all.Apply(e); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// memoryOf is the model of a learner's memory: the newest weights that were learnt, else the published ones.
func (s *Service) memoryOf(ctx context.Context, org OrgID, l LearnerID) (memory.Model, memory.Weights, error) {
	f, err := s.st.Fit(ctx, org, l)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return memory.Model{}, memory.Weights{}, err
	}
	if err == nil && f.Outcome == string(memory.Learned) {
		w := memory.Weights(f.Weights)
		if m, err := memory.NewModel(w); err == nil { // of a version with other bounds they count no longer
			return m, w, nil
		}
	}
	return memory.Default(), memory.DefaultWeights(), nil
}

// modelOf names all that the fold reads besides the record.
func modelOf(cat *catalog, w memory.Weights, zone string) string {
	h := sha256.New()
	fmt.Fprintln(h, standing.Version, cat.hash, w, zone, ability.DefaultPrior(), standing.RepeatWeight, standing.LessonWeight, standing.HalfLife)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// entriesOf turns entries of the record into those of the fold.
func (s *Service) entriesOf(ctx context.Context, org OrgID, l Learner, cat *catalog, tail []RecordEntry) ([]standing.Entry, error) {
	loc := l.Location()
	out := make([]standing.Entry, len(tail))
	for i, r := range tail {
		if r.Review != nil {
			out[i] = reviewEntry(*r.Review)
			out[i].Day = StudyDayNumber(r.Review.At, loc)
			continue
		}
		e := standing.Entry{
			ID: string(r.Attempt), Kind: string(r.Kind), Item: r.Item, Areas: r.Areas, Context: string(r.Context), Ref: r.Ref, At: r.SubmittedAt,
			Day: StudyDayNumber(r.SubmittedAt, loc), Seconds: r.Seconds, Score: float64(r.Percent10) / 1000, Audit10: r.AuditTenths, Correct: r.Correct, Findings: r.Findings,
		}
		for _, m := range r.Missed {
			e.Missed = append(e.Missed, standing.Missed(m))
		}
		if _, ok := cat.Facts(e.Kind, e.Item); !ok && r.Kind != KindAudit {
			var err error
			if e.Facts, err = s.goneFacts(ctx, org, cat, r); err != nil {
				return nil, err
			}
		}
		out[i] = e
	}
	return out, nil
}

func reviewEntry(r Review) standing.Entry {
	e := standing.Entry{
		ID: string(r.ID), Context: standing.InReview, At: r.At, Seconds: r.Seconds, Correct: r.Correct, Grade: memory.Grade(r.Grade), Of: string(r.Attempt), Undoes: string(r.Undoes),
	}
	kind, item, ok := standing.ParseCardID(r.Card)
	if e.Kind, e.Item = kind, item; !ok || kind == standing.Question && r.Attempt == "" && r.Undoes == "" {
		e.Undoes = e.ID // of no card: it is passed over
	}
	return e
}

type goneKey struct {
	content *Content
	org     OrgID
	hash    string
	batch   BatchID
}

// goneFacts is what is known of an item that is no longer in force: its kept revision, nil when that cannot be read any more. Its areas
// are those of the attempt.
func (s *Service) goneFacts(ctx context.Context, org OrgID, cat *catalog, r RecordEntry) (*standing.Facts, error) {
	key := goneKey{cat.content, org, r.ShownHash, cat.batch}
	if f, ok := s.learning.gone.Load(key); ok {
		return f.(*standing.Facts), nil
	}
	v, err := s.st.Version(ctx, org, r.ShownHash)
	if errors.Is(err, ErrNotFound) && org != DefaultOrg {
		v, err = s.st.Version(ctx, DefaultOrg, r.ShownHash)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	var facts *standing.Facts
	if err == nil {
		area := ""
		if len(r.Areas) > 0 {
			area = r.Areas[0]
		}
		if it, ok := (*cat.content).Read(r.Kind, v.Body, area); ok {
			it.Areas = r.Areas
			f := cat.factsOf(it)
			facts = &f
		}
	}
	s.learning.gone.Store(key, facts)
	return facts, nil
}

type heldKey struct {
	org     OrgID
	learner LearnerID
}

// heldStanding is a standing in memory and where in the record it is; nobody changes it any more.
type heldStanding struct {
	at       Snapshot
	standing *standing.Standing
}

// heldStandings are the standings asked for last. Whether one still holds is for the storage to say.
type heldStandings struct {
	mu    sync.Mutex
	limit int
	size  int
	order list.List // of *heldItem, the newest first
	byKey map[heldKey]*list.Element
}

type heldItem struct {
	key  heldKey
	h    heldStanding
	size int
}

func (c *heldStandings) get(key heldKey) (heldStanding, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return heldStanding{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*heldItem).h, true
}

func (c *heldStandings) put(key heldKey, h heldStanding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[heldKey]*list.Element{}
	}
	if e := c.byKey[key]; e != nil {
		c.drop(e)
	}
	it := &heldItem{key, h, h.standing.Size()}
	c.byKey[key] = c.order.PushFront(it)
	c.size += it.size
	for c.size > c.limit && c.order.Len() > 1 {
		c.drop(c.order.Back())
	}
}

func (c *heldStandings) drop(e *list.Element) {
	it := c.order.Remove(e).(*heldItem)
	delete(c.byKey, it.key)
	c.size -= it.size
}
