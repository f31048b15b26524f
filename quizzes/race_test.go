//go:build race

package quizzes_test

// slow says that fewer forms are drawn: drawing knows no goroutines, so that the race detector finds nothing in more of them and makes each
// ten times as slow.
const slow = true
