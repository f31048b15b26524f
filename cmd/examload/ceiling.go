package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/store"
)

// ceiling is the store alone: as many goroutines as learners, each with a sitting of its own, save as fast as they are acknowledged. What
// it does in a second is what the disk, the database and the grouping of commits allow.
type ceiling struct {
	db       *store.DB
	sittings []progress.Sitting
}

// newCeiling opens a database of its own in a folder, or for a URL uses that database.
func newCeiling(ctx context.Context, url, dir string, most int) (*ceiling, error) {
	o := store.Options{URL: url, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if url == "" {
		o.Path = filepath.Join(dir, "ceiling", "ceiling.db")
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &ceiling{db: db, sittings: make([]progress.Sitting, most)}
	form := make([]quizzes.FormItem, 100)
	for i := range form {
		form[i] = quizzes.FormItem{ID: fmt.Sprintf("ceiling-%02d", i), Kind: quizzes.ItemQuestion, Area: "em", Weight: 1, Scored: true}
	}
	errs := make([]error, most)
	var wg sync.WaitGroup
	lanes := make(chan struct{}, 64)
	run := time.Now().UnixMilli()
	for n := range most {
		lanes <- struct{}{}
		wg.Go(func() {
			defer func() { <-lanes }()
			id := fmt.Sprintf("%08x-%04x-7000-8000-%012x", run>>16&0xffffffff, run&0xffff, n)
			l := progress.Learner{ID: progress.LearnerID(id), Org: progress.DefaultOrg, Role: progress.RoleLearner, Guest: true, Zone: "UTC", CreatedAt: db.Clock()}
			if errs[n] = db.AddLearner(ctx, l.Org, l, "", nil, nil); errs[n] != nil {
				return
			}
			s := progress.Sitting{ID: progress.SittingID(id), Org: l.Org, Learner: l.ID, ClientKey: "ceiling", Exam: "ceiling", Name: "Ceiling", Form: form, StartedAt: db.Clock()}
			ends := s.StartedAt.Add(4 * time.Hour)
			s.EndsAt = &ends
			c.sittings[n], _, errs[n] = db.AddSitting(ctx, l.Org, nil, s, 0)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			db.Close()
			return nil, fmt.Errorf("ceiling: %w", err)
		}
	}
	return c, nil
}

// measure saves with so many goroutines for a time.
func (c *ceiling) measure(ctx context.Context, learners int, lasts time.Duration) (perSecond, perCommit float64, err error) {
	end := time.Now().Add(lasts)
	before := c.db.Stats()
	var wg sync.WaitGroup
	var once sync.Once
	for n := range learners {
		wg.Go(func() {
			s := &c.sittings[n]
			seq := time.Now().UnixMilli()
			for i := 0; time.Now().Before(end) && ctx.Err() == nil; i++ {
				seq++
				body := json.RawMessage(fmt.Sprintf(`{"answer":{"options":[%d]},"secs":%d}`, i%3, i))
				out, e := c.db.SaveItems(ctx, s.Org, s.Learner, s.ID, c.db.Clock(), []progress.ItemSave{{Pos: (n + i) % len(s.Form), Seq: seq, Body: body}})
				if e == nil && !out[0].Kept {
					e = fmt.Errorf("not kept: %+v", out[0])
				}
				if e != nil {
					once.Do(func() { err = e })
					return
				}
			}
		})
	}
	begun := end.Add(-lasts)
	wg.Wait()
	took := time.Since(begun).Seconds()
	now := c.db.Stats()
	writes, commits := float64(now.Writes-before.Writes), float64(now.Commits-before.Commits)
	return writes / took, writes / max(commits, 1), err
}

func (c *ceiling) close() error { return c.db.Close() }
