package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
)

// BenchmarkCompare is the page that compares 300 candidates, each with a test of charts and questions that was handed in, at the server: routing,
// session, reports, comparison and the page. "first" is the first one after a start.
func BenchmarkCompare(b *testing.B) {
	h := newHiring(b, false)
	form := h.smallForm()
	for i := range 300 {
		sit := h.takes(b, h.test, h.candidate(b, h.test, fmt.Sprintf("Candidate of the bench %03d", i)), form, func(pos int) bool { return (pos*7+i*13)%10 < 3+i%7 })
		if _, err := h.prog.Sitting(b.Context(), progress.Operator(h.test.Org), sit.ID); err != nil { // which grades it
			b.Fatal(err)
		}
	}
	page := func(b *testing.B, w *browser) {
		p := w.get("/hire/" + string(h.test.ID) + "/compare")
		if p.StatusCode != http.StatusOK || strings.Count(p.body, "Candidate of the bench") < 300 {
			b.Fatalf("status %d: %.2000s", p.StatusCode, p.body)
		}
	}
	begin := time.Now()
	page(b, h.b)
	b.Logf("%d items each, the first page: %v", len(form), time.Since(begin))
	b.Run("held", func(b *testing.B) {
		for b.Loop() {
			page(b, h.b)
		}
	})
}
