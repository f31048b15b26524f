package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// maxGroup is the most units of work that share a commit.
const maxGroup = 512

// plainGap is the least time from one commit of small writes to the next, where they come thick: a commit costs far more than a write in
// it, so waiting this long for company makes all of them cheaper, and whoever writes alone waits for nobody.
const plainGap = 5 * time.Millisecond

// maxTries is how often a unit of work is run alone when what others wrote at the same time keeps refusing it.
const maxTries = 10

var (
	errClosed = errors.New("the database is closed")
	// errTransaction: no transaction could be begun, or it was not committed.
	errTransaction = errors.New("no transaction")
	// errAgain is wrapped by a unit of work that wants to be run again as if the database had answered retry.
	errAgain = errors.New("taken by another at the same moment")
	// errSpoiled: a statement of the transaction failed unnoticed, so that the COMMIT undid it.
	errSpoiled = errors.New("the transaction was undone, since a statement in it had failed")
)

// writer owns the connections that write: one with SQLite, several lanes with PostgreSQL, which all take from one queue. Units of work
// that arrive while a lane commits share its next transaction, which is what makes durable writes cheap: one wait for the disk serves
// them all.
//
// A unit of work has a savepoint of its own, so an error or a panic in it undoes only itself. There are errors at which the whole
// transaction is lost (SQLite: disk full, input/output, memory; PostgreSQL: the connection); then each unit of the group is run again in
// a transaction of its own, so that none is acknowledged that is not stored and none fails for another's reason.
//
// With several lanes a transaction sees the database as it was at its first statement. A unit that is refused for what another lane or
// another server wrote meanwhile is run again alone, with a short random pause between tries. A unique or foreign key that refuses may
// rest on such an old view too, so that unit is asked once more alone; its answer then counts.
//
// Should the answer to a COMMIT be lost with the connection, it is not known whether the group is stored. That is answered as an error.
// Whoever sends the same again with the same key finds out.
//
// Statements run without the deadline of the one who asked: interrupting one would undo the transaction of all. The deadline counts until
// the unit's turn has come; from then on the answer is whether it is stored.
type writer struct {
	pool  *sql.DB
	d     dialect
	log   *slog.Logger
	lanes []*lane

	mu     sync.RWMutex // held for writing by close alone
	closed bool
	jobs   chan *job
	ended  sync.WaitGroup

	writes, commits atomic.Int64
}

// lane is a connection that writes, one transaction at a time.
type lane struct {
	*writer
	conn *sql.Conn
	tx   *gorm.DB  // over conn, so that prepared statements live as long as it
	raw  *prepared // of conn too
}

// job is a unit of work, or something to be done between two transactions.
type job struct {
	ctx     context.Context
	work    func(tx *gorm.DB) error
	plain   func(ctx context.Context, p *prepared) error
	between func(ctx context.Context, c *sql.Conn) error
	alone   bool
	done    chan error
}

func newWriter(ctx context.Context, pool *sql.DB, d dialect, log *slog.Logger) (*writer, error) {
	w := &writer{pool: pool, d: d, log: log, jobs: make(chan *job, 2*maxGroup)}
	for range d.lanes() {
		l := &lane{writer: w}
		if err := l.connect(ctx); err != nil {
			for _, l := range w.lanes {
				l.conn.Close()
			}
			return nil, err
		}
		w.lanes = append(w.lanes, l)
	}
	for _, l := range w.lanes {
		w.ended.Go(l.run)
	}
	return w, nil
}

func (l *lane) connect(ctx context.Context) error {
	c, err := l.pool.Conn(ctx)
	if err != nil {
		return err
	}
	g, err := gorm.Open(l.d.gorm(c), gormConfig(l.d))
	if err != nil {
		c.Close()
		return err
	}
	l.conn, l.tx, l.raw = c, g, &prepared{conn: c, d: l.d, stmts: map[string]*sql.Stmt{}}
	return nil
}

// prepared are the statements of one connection that are run so often that they are kept by their text, without gorm between.
type prepared struct {
	conn  *sql.Conn
	d     dialect
	stmts map[string]*sql.Stmt
}

// exec runs a statement, its placeholders written as question marks, and says how many rows it touched.
func (p *prepared) exec(ctx context.Context, text string, args ...any) (int64, error) {
	st, ok := p.stmts[text]
	if !ok {
		var err error
		if st, err = p.conn.PrepareContext(ctx, p.d.rebind(text)); err != nil {
			return 0, err
		}
		p.stmts[text] = st
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// do hands a unit of work in and waits for its answer: nil when it is committed, its own error when it is undone.
func (w *writer) do(ctx context.Context, work func(tx *gorm.DB) error) error {
	return w.enqueue(&job{ctx: ctx, work: work})
}

// doAlone is do for work on rows that many people share: where several lanes write it shares its transaction with nothing else, so that
// it holds those rows shortly and in its own order.
func (w *writer) doAlone(ctx context.Context, work func(tx *gorm.DB) error) error {
	return w.enqueue(&job{ctx: ctx, work: work, alone: w.d.shared()})
}

// doPlain is do for work that no constraint can refuse: it goes without a savepoint, which halves what a small write costs. Should a
// statement of it fail all the same, the whole group is run again one by one.
func (w *writer) doPlain(ctx context.Context, plain func(ctx context.Context, p *prepared) error) error {
	return w.enqueue(&job{ctx: ctx, plain: plain})
}

// between runs something on a writing connection while it has no transaction open.
func (w *writer) between(f func(ctx context.Context, c *sql.Conn) error) error {
	return w.enqueue(&job{ctx: context.Background(), between: f})
}

func (w *writer) enqueue(j *job) error {
	j.done = make(chan error, 1)
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	select {
	case w.jobs <- j:
		w.mu.RUnlock()
	case <-j.ctx.Done():
		w.mu.RUnlock()
		return j.ctx.Err()
	}
	return <-j.done
}

// close answers everything that was handed in, runs last and lets the connections go.
func (w *writer) close(last func(ctx context.Context, c *sql.Conn) error) error {
	w.mu.Lock()
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	w.ended.Wait()
	err := last(context.Background(), w.lanes[0].conn)
	for _, l := range w.lanes {
		if e := l.conn.Close(); !errors.Is(e, sql.ErrConnDone) { // a server that went away took the connection along
			err = errors.Join(err, e)
		}
	}
	return err
}

func (l *lane) run() {
	group := make([]*job, 0, maxGroup)
	var began time.Time
	for j := range l.jobs {
		group = append(group[:0], j)
		runtime.Gosched() // those just answered may have more to write: let them come along
		if early := plainGap - time.Since(began); j.plain != nil && early > 0 {
			time.Sleep(early)
		}
		began = time.Now()
		most := maxGroup
		if len(l.lanes) > 1 {
			most = 1 + len(l.jobs)/len(l.lanes) // the other lanes take their share of the queue at the same time
		}
	fill:
		for len(group) < min(most, maxGroup) {
			select {
			case j, ok := <-l.jobs:
				if !ok {
					break fill
				}
				group = append(group, j)
			default:
				break fill
			}
		}
		l.serve(group)
	}
}

// serve answers every job of a group.
func (l *lane) serve(group []*job) {
	var work, alone []*job
	for _, j := range group {
		switch err := j.ctx.Err(); {
		case err != nil: // nobody waits any more and nothing has been done
			j.done <- err
		case j.between != nil:
			j.done <- l.guard(func() error { return j.between(j.ctx, l.conn) })
		case j.alone:
			alone = append(alone, j)
		default:
			work = append(work, j)
		}
	}
	if len(work) > 0 {
		alone = append(l.together(work), alone...)
	}
	var down error
	for _, j := range alone {
		if down == nil {
			var err error
			if err, down = l.alone(j); down == nil {
				j.done <- err
			}
		}
		if down != nil { // the server is away: those behind need not wait for that to be found out again
			j.done <- down
		}
	}
}

// bounded is the time that a transaction may take.
func (l *lane) bounded() (context.Context, context.CancelFunc) {
	if p := l.d.patience(); p > 0 {
		return context.WithTimeout(context.Background(), p)
	}
	return context.Background(), func() {}
}

// together runs jobs in one transaction and answers them, but for those that it gives back: they are to be run alone.
func (l *lane) together(work []*job) (again []*job) {
	ctx, cancel := l.bounded()
	defer cancel()
	answerAll := func(err error) []*job {
		for _, j := range work {
			j.done <- err
		}
		return nil
	}
	lost := func() []*job {
		l.rollback()
		return work
	}
	if err := l.begin(ctx); err != nil {
		return answerAll(err)
	}
	errs := make([]error, len(work))
	stored, open := int64(0), false
	for i, j := range work {
		if j.plain != nil {
			if open {
				if l.exec(ctx, "RELEASE unit") != nil {
					return lost()
				}
				open = false
			}
			if l.guard(func() error { return j.plain(ctx, l.raw) }) != nil {
				return lost()
			}
			stored++
			continue
		}
		// The end of one unit and the start of the next travel together: with a server, each exchange is a wait.
		start := "SAVEPOINT unit"
		if open {
			start = "RELEASE unit; SAVEPOINT unit"
		}
		if l.exec(ctx, start) != nil {
			return lost()
		}
		open = true
		if errs[i] = l.run1(ctx, j); errs[i] == nil {
			stored++
			continue
		}
		if l.exec(ctx, "ROLLBACK TO unit; RELEASE unit") != nil {
			return lost()
		}
		open = false
	}
	if open && l.exec(ctx, "RELEASE unit") != nil {
		return lost()
	}
	if err := l.d.commit(ctx, l.conn); err != nil {
		l.rollback()
		if l.undone(err) {
			return work
		}
		return answerAll(fmt.Errorf("%w: commit: %w", errTransaction, err))
	}
	l.commits.Add(1)
	l.writes.Add(stored)
	for i, j := range work {
		if l.d.shared() && oldView(l.faultOf(errs[i])) {
			again = append(again, j)
		} else {
			j.done <- errs[i]
		}
	}
	return again
}

// undone says of a commit's error that the transaction is known not to be stored and may be run again.
func (l *lane) undone(err error) bool {
	return errors.Is(err, errSpoiled) || l.d.fault(err) == retry
}

// faultOf is the fault of a unit's error.
func (w *writer) faultOf(err error) fault {
	if errors.Is(err, errAgain) {
		return retry
	}
	return w.d.fault(err)
}

// counted is the error of adding a row under the next number of a series. Where others may have taken the number since the last one was
// read, the work is to be run again.
func counted(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errAgain, err)
}

// oldView says of a fault that it may rest on a view of the database that is no longer true.
func oldView(f fault) bool { return f == retry || f == duplicate || f == foreignKey }

// run1 runs the statements of a job in the open transaction.
func (l *lane) run1(ctx context.Context, j *job) error {
	return l.guard(func() error {
		if j.plain != nil {
			return j.plain(ctx, l.raw)
		}
		return j.work(l.tx.WithContext(ctx))
	})
}

// alone runs one job in transactions of its own until it is stored or refused for good. down is the error of a database that takes no
// transaction at all.
func (l *lane) alone(j *job) (err, down error) {
	for try := 1; ; try++ {
		if err, down = l.once(j); err == nil || down != nil || !l.d.shared() {
			return err, down
		}
		switch f := l.faultOf(err); {
		case f == retry && try < maxTries:
			time.Sleep(time.Duration(1+rand.IntN(4*try)) * time.Millisecond)
		case oldView(f) && f != retry && try == 1 && j.alone: // in a group the others had their first try
		default:
			return err, nil
		}
	}
}

// once runs one job in a transaction of its own.
func (l *lane) once(j *job) (err, down error) {
	ctx, cancel := l.bounded()
	defer cancel()
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	if err = l.run1(ctx, j); err == nil {
		if err = l.d.commit(ctx, l.conn); err == nil {
			l.commits.Add(1)
			l.writes.Add(1)
			return nil, nil
		}
		err = fmt.Errorf("%w: commit: %w", errTransaction, err)
	}
	l.rollback()
	return err, nil
}

// begin begins a transaction, on a new connection when the old one is lost.
func (l *lane) begin(ctx context.Context) error {
	err := l.exec(ctx, l.d.begin())
	if err == nil {
		return nil
	}
	if l.d.fault(err) != busy {
		l.log.Warn("writing connection renewed", "error", err)
		// What the driver may still believe to be in order must not come back from the pool.
		_ = l.conn.Raw(func(any) error { return driver.ErrBadConn })
		l.conn.Close()
		if err = l.connect(ctx); err == nil {
			err = l.exec(ctx, l.d.begin())
		}
	}
	if err != nil {
		err = fmt.Errorf("%w: begin: %w", errTransaction, err)
	}
	return err
}

func (l *lane) exec(ctx context.Context, statement string) error {
	_, err := l.conn.ExecContext(ctx, statement)
	return err
}

// rollback ends whatever transaction is open; the database may have ended it already.
func (l *lane) rollback() {
	ctx, cancel := l.bounded()
	defer cancel()
	_ = l.exec(ctx, "ROLLBACK")
}

// guard turns a panic into the error of the one job that panicked.
func (w *writer) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("panic in a write", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("a write failed from within: %v", p)
		}
	}()
	return f()
}
