package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"
)

// maxGroup is the most units of work that share a commit.
const maxGroup = 512

var errClosed = errors.New("the database is closed")

// writer owns the one connection that writes. Units of work that arrive while it commits share the next transaction, which is what makes
// durable writes cheap: one wait for the disk serves them all.
//
// A unit of work has a savepoint of its own, so an error or a panic in it undoes only itself. There are errors at which SQLite undoes
// the whole transaction (disk full, input/output, memory); then each unit of the group is run again in a transaction of its own, so that
// none is acknowledged that is not stored and none fails for another's reason.
//
// Statements run without the deadline of the one who asked: interrupting one would make SQLite undo the transaction of all. The deadline
// counts until the unit's turn has come; from then on the answer is whether it is stored.
type writer struct {
	pool *sql.DB
	d    dialect
	log  *slog.Logger
	conn *sql.Conn
	tx   *gorm.DB  // over conn, so that prepared statements live as long as it
	raw  *prepared // of conn too

	mu     sync.RWMutex // held for writing by close alone
	closed bool
	jobs   chan *job
	ended  chan struct{}

	writes, commits atomic.Int64
}

// job is a unit of work, or something to be done between two transactions.
type job struct {
	ctx     context.Context
	work    func(tx *gorm.DB) error
	plain   func(ctx context.Context, p *prepared) error
	between func(ctx context.Context, c *sql.Conn) error
	done    chan error
}

func newWriter(ctx context.Context, pool *sql.DB, d dialect, log *slog.Logger) (*writer, error) {
	w := &writer{pool: pool, d: d, log: log, jobs: make(chan *job, 2*maxGroup), ended: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

func (w *writer) connect(ctx context.Context) error {
	c, err := w.pool.Conn(ctx)
	if err != nil {
		return err
	}
	g, err := gorm.Open(w.d.gorm(c), gormConfig())
	if err != nil {
		c.Close()
		return err
	}
	w.conn, w.tx, w.raw = c, g, &prepared{conn: c, stmts: map[string]*sql.Stmt{}}
	return nil
}

// prepared are the statements of one connection that are run so often that they are kept by their text, without gorm between.
type prepared struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// exec runs a statement and says how many rows it touched.
func (p *prepared) exec(ctx context.Context, text string, args ...any) (int64, error) {
	st, ok := p.stmts[text]
	if !ok {
		var err error
		if st, err = p.conn.PrepareContext(ctx, text); err != nil {
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

// doPlain is do for work that no constraint can refuse: it goes without a savepoint, which halves what a small write costs. Should a
// statement of it fail all the same, the whole group is run again one by one.
func (w *writer) doPlain(ctx context.Context, plain func(ctx context.Context, p *prepared) error) error {
	return w.enqueue(&job{ctx: ctx, plain: plain})
}

// between runs something on the writing connection while no transaction is open.
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

// close answers everything that was handed in, runs last and lets the connection go.
func (w *writer) close(last func(ctx context.Context, c *sql.Conn) error) error {
	w.mu.Lock()
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
	err := last(context.Background(), w.conn)
	return errors.Join(err, w.conn.Close())
}

func (w *writer) run() {
	defer close(w.ended)
	group := make([]*job, 0, maxGroup)
	for j := range w.jobs {
		group = append(group[:0], j)
		runtime.Gosched() // those just answered may have more to write: let them come along
	fill:
		for len(group) < maxGroup {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break fill
				}
				group = append(group, j)
			default:
				break fill
			}
		}
		w.serve(group)
	}
}

// serve answers every job of a group.
func (w *writer) serve(group []*job) {
	work := make([]*job, 0, len(group))
	for _, j := range group {
		switch err := j.ctx.Err(); {
		case err != nil: // nobody waits any more and nothing has been done
			j.done <- err
		case j.between != nil:
			j.done <- w.guard(func() error { return j.between(j.ctx, w.conn) })
		default:
			work = append(work, j)
		}
	}
	if len(work) > 0 && !w.together(work) {
		for _, j := range work {
			j.done <- w.alone(j)
		}
	}
}

// together runs jobs in one transaction and answers them. False: the transaction was lost and nobody was answered.
func (w *writer) together(work []*job) bool {
	answerAll := func(err error) bool {
		for _, j := range work {
			j.done <- err
		}
		return true
	}
	if err := w.begin(); err != nil {
		return answerAll(err)
	}
	errs := make([]error, len(work))
	stored := int64(0)
	for i, j := range work {
		if j.plain != nil {
			if w.guard(func() error { return j.plain(context.Background(), w.raw) }) != nil {
				w.rollback()
				return false
			}
			stored++
			continue
		}
		if w.exec("SAVEPOINT unit") != nil {
			w.rollback()
			return false
		}
		errs[i] = w.guard(func() error { return j.work(w.tx) })
		end := "RELEASE unit"
		if errs[i] != nil {
			end = "ROLLBACK TO unit; RELEASE unit"
		} else {
			stored++
		}
		if w.exec(end) != nil {
			w.rollback()
			return false
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		return answerAll(fmt.Errorf("commit: %w", err))
	}
	w.commits.Add(1)
	w.writes.Add(stored)
	for i, j := range work {
		j.done <- errs[i]
	}
	return true
}

// alone runs one job in a transaction of its own.
func (w *writer) alone(j *job) error {
	if err := w.begin(); err != nil {
		return err
	}
	err := w.guard(func() error {
		if j.plain != nil {
			return j.plain(context.Background(), w.raw)
		}
		return j.work(w.tx)
	})
	if err == nil {
		if err = w.exec("COMMIT"); err == nil {
			w.commits.Add(1)
			w.writes.Add(1)
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	w.rollback()
	return err
}

// begin begins a transaction, on a new connection when the driver has given the old one up.
func (w *writer) begin() error {
	err := w.exec(w.d.begin())
	if err == nil || w.d.fault(err) == busy {
		return err
	}
	w.log.Warn("writing connection renewed", "error", err)
	w.conn.Close()
	if err := w.connect(context.Background()); err != nil {
		return err
	}
	return w.exec(w.d.begin())
}

func (w *writer) exec(statement string) error {
	_, err := w.conn.ExecContext(context.Background(), statement)
	return err
}

// rollback ends whatever transaction is open; SQLite may have ended it already.
func (w *writer) rollback() { _ = w.exec("ROLLBACK") }

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
