// Package progress keeps what learners did and says what it means: accounts and sessions, the append-only record of attempts, drafts,
// lesson marks, drills, and the figures computed from them. Its Service holds the use cases; who may see what is decided here and
// nowhere else. It declares the Storage interface that it needs and knows neither SQL nor HTTP; package store satisfies Storage.
//
// The record of attempts is the truth. An attempt keeps what was shown, what was answered and when; gradings are rows of their own, the
// newest of an attempt counts, and neither is ever changed. The one exception is erasure: it takes identity and free text out and
// leaves the attempt itself, which then belongs to nobody.
//
// Instants are UTC. A study day ends at 04:00 in the learner's own time zone.
package progress
