//go:build !race

package quizzes_test

// slow says that fewer forms are drawn.
const slow = false
