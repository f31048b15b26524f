package main

import "testing"

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
