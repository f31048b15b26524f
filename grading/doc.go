// Package grading scores answers: a key, a response and a codebook in, a result out. It is pure: no files, no database, no clock, no
// randomness, so that the same input always gives the same bytes. First an answer is parsed (a malformed one is a FormatError and
// costs nothing), then it is graded. docs/grading.md states the rules in full; the Official Guidelines are cited by their numbers.
package grading
