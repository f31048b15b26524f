// Package quizzes loads questions, cases and exam blueprints from files, checks them, and draws exam forms from them.
//
// The files lie in a file system rooted at quizzes/:
//
//	bank/<area>/<topic>.md      questions, several to a file
//	cases/<setting>/<id>.md     cases: a chart and its key
//	exams/<id>.yaml             blueprints of exams
//
// Load reads everything and reports every problem of every file at once, with file and line. Check adds what needs the codebook and
// the grader: codes that exist on the date of service, notes and edits that a key offends, evidence that is not in the note, and that
// each key graded against itself scores 100 % and is clean.
//
// A question has a public half and a key. Public returns the half that a page may show before the answer is in; nothing of the key
// can be reached from it. The package grades nothing itself (package grading does), keeps no record of learners, and knows no clock.
// Rules are cited by the numbers of the ICD-10-CM Official Guidelines for Coding and Reporting FY 2026 and the ICD-10-PCS Official
// Guidelines 2026. docs/content.md is the manual for authors.
package quizzes
