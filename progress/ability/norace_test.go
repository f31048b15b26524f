//go:build !race

package ability_test

// slow says that the simulations are left out.
const slow = false
