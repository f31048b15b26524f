//go:build race

package release

// slow says that the official files are not read: the race detector makes that ten times as slow. The goroutines that read files are the
// same over the sample, which the tests of every other name read with the detector; the official ones are read without it.
const slow = true
