package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// result is all that a run found.
type result struct {
	When     time.Time `json:"when"`
	Machine  string    `json:"machine"`
	Database string    `json:"database"`
	Servers  int       `json:"servers"`
	Exam     string    `json:"exam"`
	Kills    int       `json:"kills"`
	Actions  []action  `json:"actions"`
	Acked    int       `json:"acknowledged"`
	Damage   int       `json:"damage"` // items that are not in the last acknowledged state or a newer one that was sent
	RSS      float64   `json:"rss_mb"` // of the largest server at the end, and at its most
	Peak     float64   `json:"peak_mb"`
}

// action is one line of the table.
type action struct {
	Name      string    `json:"name"`
	Learners  int       `json:"learners"`
	Done      int       `json:"done"`
	Errors    int       `json:"errors"`  // answers that nobody should get
	Retried   int       `json:"retried"` // no answer or 503, sent again: servers that were killed
	Seconds   float64   `json:"seconds"`
	PerSecond float64   `json:"per_second"`
	P50       float64   `json:"p50_ms"`
	P95       float64   `json:"p95_ms"`
	P99       float64   `json:"p99_ms"`
	Max       float64   `json:"max_ms"`
	ServerCPU float64   `json:"server_cpu_us,omitempty"` // of all servers, for each that is done
	OwnCPU    float64   `json:"load_cpu_us,omitempty"`   // of this program
	Commits   float64   `json:"commits_per_second,omitempty"`
	PerCommit float64   `json:"writes_per_commit,omitempty"`
	RSS       float64   `json:"rss_mb,omitempty"`
	Ceiling   float64   `json:"ceiling_per_second,omitempty"` // the store alone
	Ratio     float64   `json:"of_ceiling,omitempty"`
	First     string    `json:"first_error,omitempty"`
	took      []float64 // milliseconds
}

// finish makes figures of latencies.
func (a *action) finish(took time.Duration) {
	slices.Sort(a.took)
	at := func(p float64) float64 {
		if len(a.took) == 0 {
			return 0
		}
		return a.took[min(int(p*float64(len(a.took))), len(a.took)-1)]
	}
	a.Seconds = took.Seconds()
	a.PerSecond = float64(a.Done) / took.Seconds()
	a.P50, a.P95, a.P99, a.Max = at(.50), at(.95), at(.99), at(1)
}

// wrong counts what should not have been.
func (r *result) wrong() int {
	n := 0
	for _, a := range r.Actions {
		n += a.Errors
	}
	return n
}

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "%s, %s, %s, %d server(s), exam %s\n", r.When.Format("2006-01-02 15:04"), r.Machine, r.Database, r.Servers, r.Exam)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, strings.Join([]string{"action", "learners", "done", "/s", "p50 ms", "p95", "p99", "max", "errors", "retried", "server us", "load us", "commits/s", "per commit", "MB", "ceiling/s", "of it"}, "\t")+"\t")
	for _, a := range r.Actions {
		row := []string{a.Name, fmt.Sprint(a.Learners), fmt.Sprint(a.Done), fmt.Sprintf("%.0f", a.PerSecond), ms(a.P50), ms(a.P95), ms(a.P99), ms(a.Max), fmt.Sprint(a.Errors), fmt.Sprint(a.Retried),
			unless(a.ServerCPU, "%.0f"), unless(a.OwnCPU, "%.0f"), unless(a.Commits, "%.0f"), unless(a.PerCommit, "%.1f"), unless(a.RSS, "%.0f"), unless(a.Ceiling, "%.0f"), unless(a.Ratio, "%.2f")}
		fmt.Fprintln(t, strings.Join(row, "\t")+"\t")
	}
	t.Flush()
	fmt.Fprintf(w, "memory of a server: %.0f MB at the end, %.0f MB at its most; %d kills\n", r.RSS, r.Peak, r.Kills)
	fmt.Fprintf(w, "%d changes were acknowledged; %d items are not as they were acknowledged\n", r.Acked, r.Damage)
	for _, a := range r.Actions {
		if a.First != "" {
			fmt.Fprintf(w, "first error of %s: %s\n", a.Name, a.First)
		}
	}
}

func ms(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// unless is a figure, or nothing where there is none.
func unless(v float64, format string) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf(format, v)
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d CPU", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
