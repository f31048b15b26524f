package main

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// gcPercent is the least garbage that may gather before it is collected. The book is 100 MB that live as long as the server, so the usual
// hundred percent would gather as much again.
const gcPercent = 25

// Where less lives, or in a burst, garbage may gather until the heap has so many bytes: each collection looks at all that lives, and when
// a class starts its exam at the same moment they would take half of the processor.
const (
	heapAtEase  = 160 << 20
	mostPercent = 400
)

// readingLimit bounds the memory while the content is read, which takes far more than keeping it: the book unpacks from one text into tables.
// A book that does not fit takes more time, and then more memory.
const readingLimit = 208 << 20

// pacing is whether the server has a say in when garbage is collected. A variable for tests, which run many servers in one process: to each
// of them what lives in the others leaves no room.
var pacing = true

// boundReading sets the limit; end takes it away. GOGC and GOMEMLIMIT in the environment go before it.
func boundReading() (end func()) {
	if !pacing || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	debug.SetMemoryLimit(readingLimit)
	return func() { debug.SetMemoryLimit(math.MaxInt64) }
}

// paceGarbage sets how much garbage may gather, until ctx ends. GOGC in the environment goes before it.
func paceGarbage(ctx context.Context) {
	if !pacing || os.Getenv("GOGC") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := 0
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		metrics.Read(live)
		if want := garbagePercent(live[0].Value.Uint64()); want < set*9/10 || want > set*11/10 { // setting it stops the program for a moment
			set = want
			debug.SetGCPercent(set)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// garbagePercent is how much garbage may gather on top of what lives, in per cent of it.
func garbagePercent(live uint64) int {
	if live == 0 {
		return 100
	}
	room := max(0, heapAtEase-int64(live))
	return int(min(max(room*100/int64(live), gcPercent), mostPercent))
}
