// Package testkit holds what tests of many packages share: whether the race detector watches, and golden files.
//
// It is for tests alone.
package testkit
