package markdown

import "html/template"

// Doc is a rendered piece of markdown and what it refers to. Lists are in the order of the text; codes, terms and the like are
// listed once each time they occur.
type Doc struct {
	HTML       template.HTML // the whole; a live question is an empty <div class="check" data-check="ID">
	Parts      []Part        // the same, cut at the live questions; written one after the other they give the whole
	TOC        []Heading
	Codes      []CodeRef
	Terms      []string // as written
	Checks     []string // ids of questions that stand in the text
	Guidelines []string // numbers of guideline blocks
	Images     []string // relative picture names, as written
	Refs       []Ref    // all of the above and the links to lessons, with their lines
}

// Part is a stretch of HTML or a live question. An opening tag of one part may be closed in a later one, so parts have to be written
// in order and completely.
type Part struct {
	HTML  template.HTML // "" for a live question
	Check string        // id of the question, "" for a stretch of HTML
}

// Heading is an entry of the table of contents.
type Heading struct {
	ID    string
	Text  string // visible text
	Level int    // 1 to 6
	Line  int    // in the file
}

// CodeRef is a code that the text shows. Code is as written, upper case.
type CodeRef struct {
	Set, Code string
	Line      int
}

// Ref is something outside the text that the text needs.
type Ref struct {
	Kind RefKind
	ID   string
	Line int
}

// RefKind is the kind of a Ref.
type RefKind string

// The kinds of references.
const (
	RefCheck     RefKind = "check"     // ID is a question
	RefGuideline RefKind = "guideline" // ID is a guideline number
	RefImage     RefKind = "image"     // ID is a file name
	RefTerm      RefKind = "term"      // ID is the term as written
	RefLesson    RefKind = "lesson"    // ID is the lesson of a link /lessons/ID
)
