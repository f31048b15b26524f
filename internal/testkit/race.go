//go:build race

package testkit

// Race says whether the race detector watches. It makes pure arithmetic ten times as slow and finds nothing in code without goroutines, so
// that a long simulation is left out or cut short under it.
const Race = true
