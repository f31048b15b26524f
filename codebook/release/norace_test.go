//go:build !race

package release

// slow says that the official files are not read.
const slow = false
