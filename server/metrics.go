package server

import (
	"fmt"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// DatabaseCounts are counts since the database was opened: units of work that were committed, and the transactions that carried them. The
// fewer transactions, the more writes shared a wait for the disk.
type DatabaseCounts struct {
	Writes, Commits int64
}

// metrics counts requests by route for /metrics, in the Prometheus text format. Forty lines do what the client library would, for four
// series and two gauges.
type metrics struct {
	mu     sync.Mutex
	counts map[string]uint64
	secs   map[string]float64
	start  time.Time
}

func newMetrics() *metrics {
	return &metrics{counts: map[string]uint64{}, secs: map[string]float64{}, start: time.Now()}
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	labels := fmt.Sprintf(`{method=%q,route=%q,status="%d"}`, method, route, status)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[labels]++
	m.secs[labels] += took.Seconds()
}

func (s *Server) serveMetrics(c *fiber.Ctx) error {
	var b strings.Builder
	m := s.metrics
	m.mu.Lock()
	labels := make([]string, 0, len(m.counts))
	for l := range m.counts {
		labels = append(labels, l)
	}
	sort.Strings(labels)
	b.WriteString("# TYPE crosswalk_requests_total counter\n")
	for _, l := range labels {
		fmt.Fprintf(&b, "crosswalk_requests_total%s %d\n", l, m.counts[l])
	}
	b.WriteString("# TYPE crosswalk_request_seconds_total counter\n")
	for _, l := range labels {
		fmt.Fprintf(&b, "crosswalk_request_seconds_total%s %.6f\n", l, m.secs[l])
	}
	m.mu.Unlock()
	if s.database != nil {
		n := s.database()
		fmt.Fprintf(&b, "# TYPE crosswalk_db_writes_total counter\ncrosswalk_db_writes_total %d\n", n.Writes)
		fmt.Fprintf(&b, "# TYPE crosswalk_db_commits_total counter\ncrosswalk_db_commits_total %d\n", n.Commits)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	fmt.Fprintf(&b, "# TYPE crosswalk_heap_bytes gauge\ncrosswalk_heap_bytes %d\n", mem.HeapAlloc)
	fmt.Fprintf(&b, "# TYPE crosswalk_uptime_seconds gauge\ncrosswalk_uptime_seconds %.0f\n", time.Since(m.start).Seconds())
	c.Set(fiber.HeaderContentType, "text/plain; version=0.0.4; charset=utf-8")
	return c.SendString(b.String())
}
