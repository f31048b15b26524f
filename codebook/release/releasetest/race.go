//go:build race

package releasetest

// slow says that no test gets the book: the race detector makes all that is done with it ten times as slow.
const slow = true
