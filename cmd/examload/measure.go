package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"crosswalk/cmd/examload/crowd"
)

// load is a run under way.
type load struct {
	options
	ctx      context.Context
	note     func(format string, a ...any)
	servers  []*crowd.Process // none with -url
	learners []*crowd.Learner
	kills    atomic.Int64
	res      *result
}

// measure runs everything. The result is what was found until an error, nil for nothing.
func measure(ctx context.Context, o options, note func(string, ...any)) (res *result, err error) {
	dir, err := os.MkdirTemp(o.dir, "examload-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	l := &load{options: o, ctx: ctx, note: note}
	defer func() {
		for _, p := range l.servers {
			p.Stop()
		}
	}()
	most := slices.Max(o.learners)
	addr, closeProxy, err := l.serve(dir, most)
	if err != nil {
		return nil, err
	}
	defer closeProxy()
	client, err := crowd.NewClient(addr, o.exam, most)
	if err != nil {
		return nil, err
	}
	for n := range most {
		l.learners = append(l.learners, client.Learner(n))
	}
	l.res = &result{When: time.Now(), Machine: machine(), Database: "SQLite", Servers: max(1, len(l.servers)), Exam: o.exam}
	if strings.HasPrefix(o.db, "postgres") {
		l.res.Database = "PostgreSQL"
	}
	if err := l.begin(); err != nil {
		return l.res, err
	}
	var top *ceiling
	if o.ceiling && o.url == "" {
		note("the store alone: %d sittings", most)
		if top, err = newCeiling(ctx, o.db, dir, most); err != nil {
			return l.res, err
		}
		defer func() { err = errors.Join(err, top.close()) }()
	}
	if err := l.save(top); err != nil {
		return l.res, err
	}
	if err := l.end(); err != nil {
		return l.res, err
	}
	for _, p := range l.servers {
		now, peak := p.Memory()
		l.res.RSS, l.res.Peak = max(l.res.RSS, now), max(l.res.Peak, peak)
	}
	l.res.Kills = int(l.kills.Load())
	return l.res, nil
}

// serve starts the servers, and the proxy where there are several, and gives the address to send to.
func (l *load) serve(dir string, most int) (addr string, closeProxy func(), err error) {
	if l.url != "" {
		return l.url, func() {}, nil
	}
	if l.binary == "" {
		l.note("building crosswalk")
		if l.binary, err = crowd.Build(l.ctx, dir); err != nil {
			return "", nil, err
		}
	}
	var addrs []string
	for n := range l.options.servers {
		data := filepath.Join(dir, fmt.Sprintf("data-%d", n+1))
		if err := os.MkdirAll(data, 0o700); err != nil {
			return "", nil, err
		}
		if l.book != "" {
			if err := copyFile(filepath.Join(l.book, "book.cwb"), filepath.Join(data, "book.cwb")); err != nil {
				return "", nil, err
			}
		}
		args := []string{"-data", data}
		if l.db != "" {
			args = append(args, "-db", l.db)
		}
		p, err := crowd.NewProcess(l.binary, args...)
		if err != nil {
			return "", nil, err
		}
		if err := p.Start(); err != nil {
			return "", nil, err
		}
		l.servers = append(l.servers, p)
		addrs = append(addrs, p.Addr)
	}
	if len(addrs) == 1 {
		return addrs[0], func() {}, nil
	}
	front, err := newProxy(addrs, most)
	if err != nil {
		return "", nil, err
	}
	return front.addr, front.close, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// gauge is an action being measured.
type gauge struct {
	mu sync.Mutex
	action
}

func (g *gauge) done(took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Done++
	g.took = append(g.took, float64(took.Microseconds())/1000)
}

func (g *gauge) failed(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.Errors++; g.First == "" {
		g.First = err.Error()
	}
}

// time measures one doing of something.
func (g *gauge) time(do func() error) error {
	begun := time.Now()
	err := do()
	if err != nil {
		g.failed(err)
		return err
	}
	g.done(time.Since(begun))
	return nil
}

// counters are what is read before and after.
type counters struct {
	at              time.Time
	cpu, own        time.Duration
	writes, commits float64
}

func (l *load) counters() counters {
	c := counters{at: time.Now(), own: ownCPU()}
	for _, p := range l.servers {
		c.cpu += p.CPU()
		if m, err := p.Metrics(); err == nil {
			c.writes += m["crosswalk_db_writes_total"]
			c.commits += m["crosswalk_db_commits_total"]
		}
	}
	return c
}

// keep ends actions that were measured together, and puts them into the result. What the servers did counts for the first.
func (l *load) keep(from counters, gs ...*gauge) {
	to := l.counters()
	for i, g := range gs {
		g.finish(to.at.Sub(from.at))
		if n := float64(g.Done); i == 0 && n > 0 {
			g.ServerCPU, g.OwnCPU = float64((to.cpu-from.cpu).Microseconds())/n, float64((to.own-from.own).Microseconds())/n
			if l.kill == 0 {
				g.Commits = (to.commits - from.commits) / g.Seconds
				g.PerCommit = (to.writes - from.writes) / max(1, to.commits-from.commits)
			}
			for _, p := range l.servers {
				now, _ := p.Memory()
				g.RSS = max(g.RSS, now)
			}
		}
		l.res.Actions = append(l.res.Actions, g.action)
		l.note("%-22s %5d learners: %d done, %.0f/s, p50 %.1f, p99 %.1f ms, %d errors", g.Name, g.Learners, g.Done, g.PerSecond, g.P50, g.P99, g.Errors)
	}
}

// some does something with learners, so many at the same time.
func (l *load) some(lanes int, do func(x *crowd.Learner) error) {
	var wg sync.WaitGroup
	free := make(chan struct{}, lanes)
	for _, x := range l.learners {
		if l.ctx.Err() != nil {
			break
		}
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			_ = do(x)
		})
	}
	wg.Wait()
}

// together does something with all learners at the same moment.
func (l *load) together(do func(x *crowd.Learner) error) {
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for _, x := range l.learners {
		wg.Go(func() {
			<-gate
			_ = do(x)
		})
	}
	close(gate)
	wg.Wait()
}

func (l *load) gauge(name string) *gauge {
	return &gauge{action: action{Name: name, Learners: len(l.learners)}}
}

// begin brings all learners into the room.
func (l *load) begin() error {
	in, look := l.gauge("sign in"), l.gauge("page of the exam")
	for _, step := range []struct {
		g  *gauge
		do func(x *crowd.Learner) error
	}{{in, (*crowd.Learner).SignIn}, {look, (*crowd.Learner).Look}} {
		from := l.counters()
		l.some(8, func(x *crowd.Learner) error { return step.g.time(func() error { return step.do(x) }) })
		l.keep(from, step.g)
		if step.g.Errors > 0 {
			return fmt.Errorf("%s: %s", step.g.Name, step.g.First)
		}
	}
	all, start, form, state := l.gauge("start to room"), l.gauge("  start"), l.gauge("  form"), l.gauge("  state")
	from := l.counters()
	l.together(func(x *crowd.Learner) error {
		return all.time(func() error {
			if err := start.time(x.Start); err != nil {
				return err
			}
			if err := form.time(x.Form); err != nil {
				return err
			}
			return state.time(x.State)
		})
	})
	l.keep(from, all, start, form, state)
	if all.Errors > 0 {
		return fmt.Errorf("start: %s", all.First)
	}
	return l.ctx.Err()
}

// save runs the steps in which learners save.
func (l *load) save(top *ceiling) error {
	for _, n := range l.options.learners {
		g := l.gauge("save, unpaced")
		g.Learners = n
		l.saving(g, n, 0)
		if top != nil {
			perSecond, perCommit, err := top.measure(l.ctx, n, l.lasts)
			if err != nil {
				return fmt.Errorf("the store alone: %w", err)
			}
			a := &l.res.Actions[len(l.res.Actions)-1]
			a.Ceiling, a.Ratio = perSecond, a.PerSecond/perSecond
			l.note("the store alone: %.0f/s, %.0f in a commit; ratio %.2f", perSecond, perCommit, a.Ratio)
		}
		if l.ctx.Err() != nil {
			return l.ctx.Err()
		}
	}
	if l.rate > 0 {
		l.saving(l.gauge(fmt.Sprintf("save, %d/s", l.rate)), len(l.learners), l.rate)
	}
	return l.ctx.Err()
}

// saving lets n learners save for a time, as fast as they are acknowledged or at a rate of all together.
func (l *load) saving(g *gauge, n, rate int) {
	from := l.counters()
	end := from.at.Add(l.lasts)
	stop := l.killing()
	var wg sync.WaitGroup
	for i, x := range l.learners[:n] {
		wg.Go(func() {
			for turn := 0; l.ctx.Err() == nil; turn++ {
				due := time.Now()
				if rate > 0 {
					due = from.at.Add(time.Duration(i+turn*n) * time.Second / time.Duration(rate))
				}
				if due.After(end) {
					return
				}
				time.Sleep(time.Until(due))
				if !l.saveOne(g, x, due, end) {
					return
				}
			}
		})
	}
	wg.Wait()
	stop()
	l.keep(from, g)
}

// saveOne saves until it is acknowledged, and reports whether the learner can go on.
func (l *load) saveOne(g *gauge, x *crowd.Learner, due, end time.Time) bool {
	for {
		outcome, err := x.Save()
		switch {
		case err != nil:
			g.failed(err)
			return false
		case outcome == crowd.Closed:
			g.failed(errors.New("the sitting is closed"))
			return false
		case outcome == crowd.Kept:
			g.done(time.Since(due))
			return true
		case l.kill == 0:
			g.failed(errors.New("no answer, or not kept now"))
		default:
			g.mu.Lock()
			g.Retried++
			g.mu.Unlock()
		}
		if time.Now().After(end.Add(time.Minute)) || l.ctx.Err() != nil {
			g.failed(errors.New("a change was not acknowledged for a minute"))
			return false
		}
		time.Sleep(time.Duration(20+rand.IntN(80)) * time.Millisecond)
	}
}

// killing kills the servers in turn until it is stopped.
func (l *load) killing() (stop func()) {
	if l.kill == 0 {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ; n++ {
			select {
			case <-quit:
				return
			case <-time.After(l.kill):
			}
			p := l.servers[n%len(l.servers)]
			p.Kill()
			l.kills.Add(1)
			if err := p.Start(); err != nil {
				l.note("%v", err)
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

// end compares what is there with what was acknowledged, lets all hand in at the same moment, and compares again.
func (l *load) end() error {
	for _, x := range l.learners {
		l.res.Acked += x.Acked
	}
	compare := func() error {
		g := l.gauge("compare")
		var damage atomic.Int64
		l.some(8, func(x *crowd.Learner) error {
			lines, err := x.Damage()
			if err != nil {
				g.failed(err)
			}
			for _, line := range lines {
				if damage.Add(1) <= 5 {
					l.note("%s", line)
				}
			}
			return err
		})
		l.res.Damage = max(l.res.Damage, int(damage.Load()))
		if g.Errors > 0 {
			return fmt.Errorf("comparing: %s", g.First)
		}
		return l.ctx.Err()
	}
	if err := compare(); err != nil {
		return err
	}
	g := l.gauge("hand in")
	from := l.counters()
	l.together(func(x *crowd.Learner) error { return g.time(x.HandIn) })
	l.keep(from, g)
	if err := compare(); err != nil {
		return err
	}
	report := l.gauge("report")
	from = l.counters()
	l.some(8, func(x *crowd.Learner) error { return report.time(x.Report) })
	l.keep(from, report)
	return l.ctx.Err()
}
