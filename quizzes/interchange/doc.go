// Package interchange brings questions in from other programs and takes ours out to them: GIFT, Moodle XML, Aiken, QTI 2.1, 2.2 and 3.0, the QTI 1.2
// packages of Canvas, and CSV.
//
// Between all formats stands one neutral Item. Read makes items of a file and says of each what was kept, changed and dropped; Bank writes items as
// files of quizzes/bank that quizzes.Load takes, with marked places where an author has still to write; Write puts questions of ours into a format
// and reports in the same way. What a format cannot hold is taken off an item before it is written, in one place (project.go), so that what was
// written is read back as it was.
//
// Everything that comes in is untrusted: archives are bounded in size, number, ratio and names (archive.go), XML has no entities of its own and no
// great depth (xmltree.go), and HTML becomes a small set of markdown with everything else escaped (html.go, inline.go).
//
// The package reads and writes bytes alone. It knows no files, no network and no learners, and says nothing about whether a question is right.
// docs/interchange.md has what each format keeps.
package interchange
