// Package rollover carries content over from one year of the code sets to the next: it lists every lesson, question, case and term that mentions
// a code that changed between two releases, line by line, with what changed and an edit to make, and writes a drill on what is new.
//
// It proposes and changes nothing: what a new code means for a chart is for its author to say. It compares titles and whether a code can be
// reported, as codebook.Diff does, and not notes. The same content and book give the same report and, with the same seed, the same drill.
package rollover
