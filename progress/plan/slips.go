package plan

import (
	"cmp"
	"slices"
)

// slip tells which past promises were not kept, and what that costs. A slip costs minutes, and a minute costs what it would buy now: the
// expected score with the lost minutes given back today, less that without. So a day that fell out costs next to nothing where there is more
// time than work, and much where every minute counts. Time that was studied on other things than planned is not lost, and what was studied
// beyond the plan on later days makes up for the days before.
func slip(p *Plan, in *Input) {
	slips := slipped(in)
	lost := 0.0
	for _, s := range slips {
		lost += s.Minutes
	}
	p.Slips = slips
	if lost == 0 || len(p.Days) == 0 || in.Through != 0 {
		return
	}
	back := *in
	back.Past, back.Done = nil, nil
	e := newEngine(&back)
	e.extra = int(lost + 0.5)
	with := e.run()
	cost := max(with.Expected-p.Expected, 0)
	for i := range p.Slips {
		p.Slips[i].Cost = cost * p.Slips[i].Minutes / lost
	}
}

// slipped compares promises with what was done, oldest first. Only days that still miss something are told.
func slipped(in *Input) []Slip {
	past := slices.Clone(in.Past)
	past = slices.DeleteFunc(past, func(p Promise) bool { return p.Day >= in.Today || p.Day < in.Today-MostSlipDays })
	slices.SortStableFunc(past, func(a, b Promise) int { return cmp.Compare(a.Day, b.Day) })
	past = slices.CompactFunc(past, func(a, b Promise) bool { return a.Day == b.Day })
	done := map[Day]DoneDay{}
	for _, d := range in.Done {
		done[d.Day] = d
	}
	r := newRecord(in)
	out := []Slip{}
	for i, p := range past {
		s := Slip{Day: p.Day}
		planned := 0.0
		until := in.Seen
		if i+1 < len(past) {
			until = past[i+1].Seen
		}
		answered := since(p.Seen, until)
		for _, t := range p.Tasks {
			planned += t.Minutes
			rest, missed := r.undone(t, p.Day, answered)
			s.missed = s.missed || missed
			if rest.Count > 0 {
				s.Tasks = append(s.Tasks, rest)
			}
		}
		s.Minutes = planned - done[p.Day].Minutes
		// More on a later day makes up for the days before it.
		for i := len(out) - 1; i >= 0 && s.Minutes < 0; i-- {
			back := min(out[i].Minutes, -s.Minutes)
			out[i].Minutes -= back
			s.Minutes += back
		}
		s.Minutes = max(s.Minutes, 0)
		out = append(out, s)
	}
	// So does what was done on days without a promise, today among them.
	for _, d := range in.Done {
		if slices.ContainsFunc(past, func(p Promise) bool { return p.Day == d.Day }) || d.Day >= in.Today {
			continue
		}
		left := d.Minutes
		for i := len(out) - 1; i >= 0; i-- {
			if out[i].Day < d.Day {
				back := min(out[i].Minutes, left)
				out[i].Minutes -= back
				left -= back
			}
		}
	}
	return slices.DeleteFunc(out, func(s Slip) bool { return !s.missed || s.Minutes < 1 })
}

// ticked is what was promised for today, with what is done of it.
func ticked(in *Input) []Task {
	for _, p := range in.Past {
		if p.Day != in.Today {
			continue
		}
		r, answered := newRecord(in), since(p.Seen, in.Seen)
		out := make([]Task, len(p.Tasks))
		for i, t := range p.Tasks {
			rest, _ := r.undone(t, p.Day, answered)
			t.Done = t.Count - rest.Count
			out[i] = t
		}
		return out
	}
	return nil
}

// since is what was answered between two counts.
func since(from, until map[string]int) map[string]int {
	out := map[string]int{}
	for k, n := range until {
		out[k] = max(n-from[k], 0)
	}
	return out
}

// record is what was done, as promises are held against it.
type record struct {
	in   *Input
	read map[string]bool
	last map[string]Day  // of reviews, by card
	told map[string]bool // each card and lesson slips once, on the first day that it waits from
}

func newRecord(in *Input) *record {
	r := &record{in: in, read: map[string]bool{}, last: map[string]Day{}, told: map[string]bool{}}
	for _, l := range in.Lessons {
		r.read[l.ID] = l.Done
	}
	for _, c := range in.Cards {
		r.last[c.ID] = c.Last
	}
	return r
}

// undone is what is left of a task that was planned for a day, without what waits from an earlier day already; missed says that anything is left.
// answered are the new items of that day, of which the task takes its part.
func (r *record) undone(t Task, d Day, answered map[string]int) (rest Task, missed bool) {
	rest = t
	rest.Count, rest.Cards = 0, nil
	switch t.Kind {
	case KindLesson:
		done, known := r.read[t.Ref]
		missed = known && !done
		if missed && !r.told[t.Ref] {
			r.told[t.Ref] = true
			rest.Count = 1
		}
	case KindMock:
		missed = !slices.ContainsFunc(r.in.Sat, func(s Day) bool { return s >= d })
		if missed {
			rest.Count = 1
		}
	case KindReview:
		for _, c := range t.Cards {
			l, known := r.last[c]
			if !known || l >= d {
				continue
			}
			missed = true
			if !r.told[c] {
				r.told[c] = true
				rest.Cards = append(rest.Cards, c)
			}
		}
		rest.Count = len(rest.Cards)
	default:
		n := min(answered[t.Kind], t.Count)
		answered[t.Kind] -= n
		rest.Count = t.Count - n
		missed = rest.Count > 0
	}
	if t.Count > 0 {
		share := min(float64(rest.Count)/float64(t.Count), 1)
		rest.Minutes, rest.Gain = t.Minutes*share, t.Gain*share
	}
	return rest, missed
}
