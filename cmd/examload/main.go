// Command examload measures what an exam day does to a server, on this machine alone.
//
//	examload [-learners 100,500,1000,2000] [-lasts 10s] [-rate 3000] [-exam cpc] [-db URL] [-servers 2] [-kill 5s] [-book DIR] [-json]
//	examload -url 127.0.0.1:8080 [-url ...]
//
// It builds crosswalk, starts `crosswalk serve` as a process of its own on a new database (or takes a server that runs, which must trust
// X-Forwarded-For from 127.0.0.1), makes as many guests as the greatest step has and lets them
//
//	sign in and open the exam's page       one after another on some connections
//	start                                  all at the same moment: the start, the form and the state of the room
//	save, unpaced                          in steps of 100, 500, 1,000 and 2,000: each sends the next answer when the last is acknowledged
//	save, paced                            at a fixed rate, whatever the server does; a latency counts from when the save was due
//	hand in                                all at the same moment
//
// and at the end compares all that was acknowledged with what the server has. For each step it gives the rate, latencies, errors, the server's processor
// time and memory, its commits (each waits for the disk once) and the ceiling: the same statement by as many
// goroutines on a database of its own on the same disk, with nothing but Go, the store and SQLite or PostgreSQL between.
//
// With -servers 2 as many servers share the database of -db, behind a proxy in this program that gives each request to the next server
// in turn. With -kill a server is killed (SIGKILL) and started again so often while they save.
//
// The exit status is 1 when an acknowledged answer is lost or anything but a killed server went wrong.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	learners []int
	lasts    time.Duration
	rate     int
	exam     string
	db       string
	servers  int
	kill     time.Duration
	book     string
	url      string
	binary   string
	dir      string
	ceiling  bool
	json     bool
}

// Most of what may be asked for: the program is there to measure a server, not to bring a machine down.
const (
	mostLearners = 5000
	mostRate     = 50_000
	longest      = 10 * time.Minute
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(errs, "examload:", err)
		return 2
	}
	note := func(format string, a ...any) { fmt.Fprintf(errs, format+"\n", a...) }
	res, err := measure(ctx, o, note)
	if res != nil {
		if o.json {
			enc := json.NewEncoder(out)
			enc.SetIndent("", "  ")
			_ = enc.Encode(res)
		} else {
			res.print(out)
		}
	}
	if err != nil {
		fmt.Fprintln(errs, "examload:", err)
		return 1
	}
	if res.Damage > 0 || res.wrong() > 0 {
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (options, error) {
	o := options{}
	f := flag.NewFlagSet("examload", flag.ContinueOnError)
	f.SetOutput(errs)
	steps := f.String("learners", "100,500,1000,2000", "steps of `learners` who save at the same time, separated by commas")
	f.DurationVar(&o.lasts, "lasts", 10*time.Second, "how long each step saves")
	f.IntVar(&o.rate, "rate", 3000, "saves a `second` of the paced step, 0 for none")
	f.StringVar(&o.exam, "exam", "cpc", "the `exam` to sit; it must have a clock longer than the run")
	f.StringVar(&o.db, "db", "", "the servers' database as a `URL` (default: a new SQLite file)")
	f.IntVar(&o.servers, "servers", 1, "how many servers share the database; more than one needs -db postgres://")
	f.DurationVar(&o.kill, "kill", 0, "kill a server so often while they save, 0 for never")
	f.StringVar(&o.book, "book", "", "a data `folder` whose book.cwb the servers load (crosswalk codes import makes one)")
	f.StringVar(&o.url, "url", "", "`host:port` of a server that runs already, on this machine; nothing is started, killed or measured of it")
	f.StringVar(&o.binary, "binary", "", "the crosswalk `program` (default: it is built)")
	f.StringVar(&o.dir, "dir", "", "the `folder` in which to make the folder of data, which says which disk is measured (default: the system's for temporary files)")
	f.BoolVar(&o.ceiling, "ceiling", true, "measure the store alone beside each unpaced step")
	f.BoolVar(&o.json, "json", false, "print JSON")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("it takes no arguments, but got %q", f.Arg(0))
	}
	for _, s := range strings.Split(*steps, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 || n > mostLearners {
			return o, fmt.Errorf("-learners: %q is not a number from 1 to %d", s, mostLearners)
		}
		o.learners = append(o.learners, n)
	}
	switch {
	case o.rate < 0 || o.rate > mostRate:
		return o, fmt.Errorf("-rate: from 0 to %d", mostRate)
	case o.lasts <= 0 || o.lasts > longest:
		return o, fmt.Errorf("-lasts: up to %s", longest)
	case o.servers < 1 || o.servers > 4:
		return o, errors.New("-servers: from 1 to 4")
	case o.servers > 1 && !strings.HasPrefix(o.db, "postgres"):
		return o, errors.New("-servers: several servers need a database that they can share, so -db postgres:// and the rest of its URL")
	case o.url != "" && (o.kill > 0 || o.servers > 1 || o.db != "" || o.book != ""):
		return o, errors.New("-url takes a server as it is: leave -db, -servers, -kill and -book out")
	case o.kill > 0 && o.kill < time.Second:
		return o, errors.New("-kill: not more often than once a second")
	}
	return o, nil
}
