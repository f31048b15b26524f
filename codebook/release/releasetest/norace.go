//go:build !race

package releasetest

// slow says that no test gets the book.
const slow = false
