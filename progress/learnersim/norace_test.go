//go:build !race

package learnersim

// slow says that fewer learners are lived through.
const slow = false
