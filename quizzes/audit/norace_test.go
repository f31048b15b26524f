//go:build !race

package audit_test

// slow says that the shipped charts are left to another run.
const slow = false
