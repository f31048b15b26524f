//go:build race

package audit_test

// slow says that the shipped charts are left to a run without the race detector: drills know no goroutines, so that it finds nothing in them and
// makes them ten times as slow.
const slow = true
