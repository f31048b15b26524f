// Package lessons loads the lessons and the glossary from markdown files.
//
// The files lie in folders of a file system rooted at lessons/:
//
//	content/<module>/module.yaml     title, summary and order of a module; the folder's name is the module's id
//	content/<module>/NN-slug.md      a lesson: front matter and body; lessons stand in the order of their file names
//	content/<module>/picture.svg     pictures that the lessons of the folder show
//	glossary/<area>.md               terms: "## term {parts="..." area=...}" and the definition below
//
// Everything is converted to HTML when it is loaded, so that a broken lesson is found by `crosswalk check` and not by a reader. The package
// knows nothing of questions, learners or pages; which questions and rules exist is told to Check by its caller.
// docs/content.md is the manual for authors.
package lessons
