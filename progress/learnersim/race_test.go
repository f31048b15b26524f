//go:build race

package learnersim

// slow says that fewer learners are lived through: the race detector makes each ten times as slow.
const slow = true
