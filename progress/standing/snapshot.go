package standing

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
)

// Clone is a standing of the same record, which goes its own way from then on.
func (s *Standing) Clone() *Standing {
	c := &Standing{cfg: s.cfg, known: s.known, own: new(owner), ability: s.ability.Clone(), f: s.f}
	f := &c.f
	// Values are replaced and never changed in place; whoever adds to the history of a card that is another's copies it first.
	f.cards, f.lines, f.items, f.findings = maps.Clone(f.cards), maps.Clone(f.lines), maps.Clone(f.items), maps.Clone(f.findings)
	f.days, f.undoable = slices.Clone(f.days), slices.Clone(f.undoable)
	f.tallies = make(map[string]*tally, len(s.f.tallies))
	for id, t := range s.f.tallies {
		n := *t
		n.last, n.area.Series = maps.Clone(t.last), slices.Clone(t.area.Series)
		f.tallies[id] = &n
	}
	return c
}

// ErrSnapshot is what Restore returns for a text that is no snapshot, or one of another version or prior: fold the record anew.
var ErrSnapshot = errors.New("no snapshot of this version")

// Snapshot is the standing as text. Two standings that hold the same are the same text.
func (s *Standing) Snapshot() (string, error) {
	w := &writer{strings: map[string]uint64{}}
	w.uint(Version)
	f := &s.f
	w.text(f.through)
	w.ints(f.entries, f.day, int(f.first), int(f.last), f.questions, f.correct, f.seconds, f.exams, f.examItems, f.placed, f.today)
	w.text(f.lastExam)
	prior := s.cfg.Ability.Prior()
	w.float(prior.Mean)
	w.float(prior.SD)
	w.float(prior.Correlation)
	areas := s.ability.Areas()
	w.uint(uint64(len(areas)))
	for _, a := range areas {
		e, err := s.ability.Evidence(a)
		if err != nil {
			return "", err
		}
		w.text(a)
		w.ints(e.Answers, len(e.LogLikelihood))
		for _, v := range e.LogLikelihood {
			w.float(v)
		}
	}
	w.uint(uint64(len(f.cards)))
	for _, id := range slices.Sorted(maps.Keys(f.cards)) {
		c := f.cards[id]
		w.text(id)
		w.float(c.state.Stability)
		w.float(c.state.Difficulty)
		w.ints(c.state.Reviews, c.state.Lapses, c.day, len(c.history))
		for _, r := range c.history {
			w.uint(uint64(r.Days)<<3 | uint64(r.Grade))
		}
	}
	w.uint(uint64(len(f.lines)))
	for _, id := range slices.Sorted(maps.Keys(f.lines)) {
		w.text(id)
		w.uint(uint64(len(f.lines[id])))
		for _, line := range f.lines[id] {
			w.text(line)
		}
	}
	w.uint(uint64(len(f.items)))
	for _, id := range slices.Sorted(maps.Keys(f.items)) {
		it := f.items[id]
		w.text(id)
		w.ints(it.Tries, it.Wrong, bit(it.Correct)|bit(it.Clean)<<1, it.Last10, it.Best10, it.Day, int(it.At))
		w.text(it.Context)
	}
	w.uint(uint64(len(f.tallies)))
	for _, id := range slices.Sorted(maps.Keys(f.tallies)) {
		t := f.tallies[id]
		a := &t.area
		w.text(id)
		w.ints(a.Seen, a.Answered, a.Correct, a.FirstTry, a.FirstTryCorrect, a.LastCorrect, a.Cases, a.Learning, int(t.lastMS), int(t.window), len(a.Series))
		for _, p := range a.Series {
			w.ints(p.Day, p.Right, p.N)
		}
		w.uint(uint64(len(t.last)))
		for _, q := range slices.Sorted(maps.Keys(t.last)) {
			w.text(q)
			w.ints(bit(t.last[q]))
		}
	}
	w.uint(uint64(len(f.days)))
	for _, d := range f.days {
		w.ints(d.Day, d.Questions, d.Correct, d.Cases, d.Audits, d.Reviews, d.Seconds)
	}
	w.ints(f.cases.Submitted, f.cases.Different, f.cases.Clean, f.cases.Learning, f.cases.Audit, f.audits.Answered, f.audits.Right, f.audits.Learning)
	w.uint(uint64(len(f.findings)))
	for _, id := range slices.Sorted(maps.Keys(f.findings)) {
		w.text(id)
		w.ints(f.findings[id].Count, f.findings[id].Cases)
	}
	w.uint(uint64(len(f.recent)))
	for _, c := range f.recent {
		w.text(c.ID)
		w.text(c.Case)
		w.text(c.Setting)
		w.text(c.Context)
		w.ints(int(c.At), c.Day, c.Seconds, c.Percent10, c.Audit10, bit(c.Clean))
	}
	w.uint(uint64(len(f.undoable)))
	for _, u := range f.undoable {
		w.text(u.id)
		w.text(u.card)
		w.ints(int(u.was))
	}
	for _, p := range []pace{f.questionPace, f.casePace, f.cardPace} {
		w.float(p.sum)
		w.ints(p.n)
	}
	return base64.StdEncoding.EncodeToString(w.b), nil
}

// Restore makes a standing of a snapshot that was taken under the same Config. The error is ErrSnapshot.
func Restore(cfg Config, snapshot string) (s *Standing, err error) {
	raw, err := base64.StdEncoding.DecodeString(snapshot)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	r := &reader{b: raw}
	defer func() {
		if err == nil && (r.bad || len(r.b) > 0) {
			s, err = nil, fmt.Errorf("%w: it is cut off or too long", ErrSnapshot)
		}
	}()
	if v := r.uint(); v != Version {
		return nil, fmt.Errorf("%w: version %d", ErrSnapshot, v)
	}
	s = New(cfg)
	f := &s.f
	f.through = r.text()
	var first, last int
	r.ints(&f.entries, &f.day, &first, &last, &f.questions, &f.correct, &f.seconds, &f.exams, &f.examItems, &f.placed, &f.today)
	f.first, f.last = int64(first), int64(last)
	f.lastExam = r.text()
	prior := ability.Prior{Mean: r.float(), SD: r.float(), Correlation: r.float()}
	for range r.count() {
		area := r.text()
		e := ability.Evidence{Prior: prior}
		var n int
		r.ints(&e.Answers, &n)
		if n < 0 || n > len(r.b)/8 {
			r.bad = true
			return s, nil
		}
		for range n {
			e.LogLikelihood = append(e.LogLikelihood, r.float())
		}
		if err := s.ability.Restore(area, e); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
		}
	}
	for range r.count() {
		id := r.text()
		var c card
		c.state.Stability, c.state.Difficulty = r.float(), r.float()
		var n int
		r.ints(&c.state.Reviews, &c.state.Lapses, &c.day, &n)
		if n < 1 || n > len(r.b) {
			r.bad = true
			return s, nil
		}
		c.history, c.own = make([]memory.Review, n), s.own
		for i := range c.history {
			v := r.uint()
			c.history[i] = memory.Review{Days: int(v >> 3), Grade: memory.Grade(v & 7)}
			if g := c.history[i].Grade; g < memory.Again || g > memory.Easy {
				r.bad = true
				return s, nil
			}
		}
		f.cards[id] = c
	}
	for range r.count() {
		id := r.text()
		for range r.count() {
			f.lines[id] = append(f.lines[id], r.text())
		}
	}
	for range r.count() {
		id := r.text()
		var it Item
		var flags, at int
		r.ints(&it.Tries, &it.Wrong, &flags, &it.Last10, &it.Best10, &it.Day, &at)
		it.Correct, it.Clean, it.At, it.Context = flags&1 != 0, flags&2 != 0, int64(at), r.text()
		f.items[id] = it
	}
	for range r.count() {
		id := r.text()
		t := &tally{last: map[string]bool{}}
		a := &t.area
		var lastMS, window, n int
		r.ints(&a.Seen, &a.Answered, &a.Correct, &a.FirstTry, &a.FirstTryCorrect, &a.LastCorrect, &a.Cases, &a.Learning, &lastMS, &window, &n)
		t.lastMS, t.window = int64(lastMS), uint32(window)
		if n < 0 || n > len(r.b) {
			r.bad = true
			return s, nil
		}
		for range n {
			var p Point
			r.ints(&p.Day, &p.Right, &p.N)
			a.Series = append(a.Series, p)
		}
		for range r.count() {
			q := r.text()
			var right int
			r.ints(&right)
			t.last[q] = right == 1
		}
		f.tallies[id] = t
	}
	for range r.count() {
		var d Day
		r.ints(&d.Day, &d.Questions, &d.Correct, &d.Cases, &d.Audits, &d.Reviews, &d.Seconds)
		f.days = append(f.days, d)
	}
	r.ints(&f.cases.Submitted, &f.cases.Different, &f.cases.Clean, &f.cases.Learning, &f.cases.Audit, &f.audits.Answered, &f.audits.Right, &f.audits.Learning)
	for range r.count() {
		c := FindingCount{Finding: r.text()}
		r.ints(&c.Count, &c.Cases)
		f.findings[c.Finding] = c
	}
	for range r.count() {
		c := CaseDone{ID: r.text(), Case: r.text(), Setting: r.text(), Context: r.text()}
		var at, clean int
		r.ints(&at, &c.Day, &c.Seconds, &c.Percent10, &c.Audit10, &clean)
		c.At, c.Clean = int64(at), clean == 1
		f.recent = append(f.recent, c)
	}
	for range r.count() {
		u := reviewed{id: r.text(), card: r.text()}
		var was int
		r.ints(&was)
		u.was = memory.Grade(was)
		f.undoable = append(f.undoable, u)
	}
	for _, p := range []*pace{&f.questionPace, &f.casePace, &f.cardPace} {
		p.sum = r.float()
		r.ints(&p.n)
	}
	return s, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writer writes numbers in as many bytes as they need, and each text once.
type writer struct {
	b       []byte
	strings map[string]uint64
}

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }

func (w *writer) ints(vs ...int) {
	for _, v := range vs {
		w.b = binary.AppendVarint(w.b, int64(v))
	}
}

func (w *writer) float(v float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }

// text writes a text when it is new, else the number that it got then.
func (w *writer) text(s string) {
	if n, ok := w.strings[s]; ok {
		w.uint(n)
		return
	}
	w.uint(0)
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
	w.strings[s] = uint64(len(w.strings) + 1)
}

// reader reads what writer wrote. After bad it gives zeros.
type reader struct {
	b       []byte
	strings []string
	bad     bool
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) ints(vs ...*int) {
	for _, v := range vs {
		x, n := binary.Varint(r.b)
		if n <= 0 {
			r.bad, r.b = true, nil
			return
		}
		r.b = r.b[n:]
		*v = int(x)
	}
}

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.bad, r.b = true, nil
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	return v
}

// count is the length of a list, none of whose entries takes less than a byte.
func (r *reader) count() int {
	v := r.uint()
	if v > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(v)
}

func (r *reader) text() string {
	n := r.uint()
	if n > 0 {
		if n > uint64(len(r.strings)) {
			r.bad, r.b = true, nil
			return ""
		}
		return r.strings[n-1]
	}
	l := r.count()
	s := string(r.b[:l])
	r.b = r.b[l:]
	r.strings = append(r.strings, s)
	return s
}
