//go:build race

package ability_test

// slow says that the simulations are left out. The package knows no goroutines, so that the race detector finds nothing in them and makes
// each ten times as slow.
const slow = true
