package main

import (
	"context"
	"math"
	"runtime/debug"
	"testing"
)

func TestGarbagePercent(t *testing.T) {
	for _, c := range []struct {
		megabytes uint64
		want      int
	}{{0, 100}, {1, 400}, {32, 400}, {40, 300}, {80, 100}, {128, 25}, {160, 25}, {1000, 25}} {
		if got := garbagePercent(c.megabytes << 20); got != c.want {
			t.Errorf("%d MB: %d per cent, want %d", c.megabytes, got, c.want)
		}
	}
}

func TestGarbageIsPaced(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	pacing = true
	defer func() { pacing = false }()
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	end := boundReading()
	if got := debug.SetMemoryLimit(-1); got != readingLimit {
		t.Errorf("the limit while reading is %d, want %d", got, readingLimit)
	}
	end()
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("the limit after reading is %d", got)
	}
	const unset = 777
	percent := debug.SetGCPercent(unset)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	paceGarbage(ended) // it sets the pace once and ends
	if got := debug.SetGCPercent(percent); got < gcPercent || got > mostPercent {
		t.Errorf("the pace is %d per cent, want %d to %d", got, gcPercent, mostPercent)
	}
}
