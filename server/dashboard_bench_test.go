package server_test

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"crosswalk/progress"
)

// BenchmarkDashboard is /progress of a learner with 20,000 answers and an exam in sight, at the server: routing, session, standing, plan,
// readiness and the page. "held" has the learner's standing in memory; "stored" reads the snapshot, as the first page after a start does.
func BenchmarkDashboard(b *testing.B) {
	s := newSite(b)
	w := s.browser(b)
	w.startGuest()
	who := s.learnerOf(b, w)
	questions := s.c.Bank.Questions()
	begin := time.Now().AddDate(0, -6, 0)
	const answers = 20000
	step := time.Since(begin) / (answers + 1)
	rows := make([]progress.AttemptRecord, answers)
	for i := range rows {
		q, at := questions[i*7919%len(questions)], begin.Add(time.Duration(i)*step).UTC().Truncate(time.Millisecond)
		att := progress.Attempt{
			ID: progress.AttemptID(idAt(at, 0, i)), ClientKey: fmt.Sprintf("answer-%06d", i), Kind: progress.KindQuestion, Item: q.ID, Areas: []string{q.Area}, Context: progress.Context{Kind: progress.Alone},
			ShownHash: q.ShownHash, KeyHash: q.KeyHash, Answer: []byte(`{}`), SubmittedAt: at, Seconds: 60,
		}
		g := progress.Grading{ID: progress.GradingID(idAt(at, 1, i)), Attempt: att.ID, Seq: 1, Possible: 100, Result: []byte(`{}`), At: at}
		if i%3 > 0 {
			g.Earned, g.Percent10, g.Correct = 100, 1000, true
		}
		rows[i] = progress.AttemptRecord{Attempt: att, Gradings: []progress.Grading{g}}
	}
	if _, err := s.db.ImportRecord(b.Context(), progress.DefaultOrg, who.Learner, progress.RecordImport{Attempts: rows}, nil, nil); err != nil {
		b.Fatal(err)
	}
	if _, err := s.prog.SetGoal(b.Context(), who, progress.Goal{Exam: "cpc", Date: time.Now().AddDate(0, 3, 0).Format(time.DateOnly), Minutes: [7]int{45, 45, 45, 45, 45, 60, 0}}); err != nil {
		b.Fatal(err)
	}
	page := func(b *testing.B, s *site) {
		var ctx fasthttp.RequestCtx
		ctx.Request.SetRequestURI("/progress")
		ctx.Request.Header.SetHost("example.com")
		ctx.Request.Header.SetCookie("crosswalk_session", w.cookies["crosswalk_session"])
		s.srv.App().Handler()(&ctx)
		if ctx.Response.StatusCode() != http.StatusOK || !strings.Contains(string(ctx.Response.Body()), "Chance of passing") {
			b.Fatalf("status %d: %.2000s", ctx.Response.StatusCode(), ctx.Response.Body())
		}
	}
	page(b, s)
	b.Run("held", func(b *testing.B) {
		for b.Loop() {
			page(b, s)
		}
	})
	b.Run("stored", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			again := s.over(b, s.db)
			b.StartTimer()
			page(b, again)
		}
	})
}

// idAt is a UUIDv7 of an instant; kind and n tell those of one instant apart.
func idAt(at time.Time, kind byte, n int) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16)
	id[6], id[8], id[9] = 0x70, 0x80, kind
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
