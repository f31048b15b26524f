//go:build !linux

package store

import "time"

// sinceBoot is the time since the process was started, by the monotonic clock.
func sinceBoot() time.Duration { return time.Since(processStart) }

var processStart = time.Now()

// bootID: there is no telling here.
func bootID() string { return "" }
