// Package markdown is the one goldmark set-up of Crosswalk: CommonMark with tables, footnotes, definition lists, strikethrough, task
// lists and heading ids, raw HTML off, and three additions that work wherever markdown is accepted.
//
//	[[icd10cm:E11.9]]     a code, shown as a chip with its title (icd10cm, icd10pcs, cpt, hcpcs)
//	[[term:etiology]]     a term of the glossary, shown with its short definition
//	:::guideline I.A.12.a a block, ended by a line ":::"; also note, warning, example and check QUESTION-ID
//
// The package also reads YAML front matter strictly and finds phrases in a rendered text (the evidence of a case). It is a leaf: it
// imports nothing of ours, code titles and terms come in through the interfaces Titler and Glossary. It does not read files and does
// not know what a lesson, a question or a case is. It is for text that authors wrote and reviewed; text that learners type is never
// rendered with it. docs/content.md is the manual for authors.
package markdown
