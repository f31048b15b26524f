package release

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// Kind is what a file is, in words.
type Kind string

// The kinds of files that are loaded.
const (
	OrderCM        Kind = "ICD-10-CM order file"
	TabularCM      Kind = "ICD-10-CM Tabular List"
	POAExempt      Kind = "POA exempt list"
	GuidelinesCM   Kind = "ICD-10-CM Official Guidelines"
	OrderPCS       Kind = "ICD-10-PCS order file"
	TablesPCS      Kind = "ICD-10-PCS tables"
	DefinitionsPCS Kind = "ICD-10-PCS definitions"
	HCPCSCodes     Kind = "HCPCS Level II codes"
	HCPCSStatus    Kind = "HCPCS Level II attributes"
	HCPCSModifiers Kind = "HCPCS Level II modifiers"
	FeeSchedule    Kind = "physician fee schedule"
	AddendumB      Kind = "OPPS addendum B"
	NCCIPairs      Kind = "NCCI practitioner pairs"
	MUEs           Kind = "NCCI medically unlikely edits"
	Rationales     Kind = "NCCI rationale list"
	AddOns         Kind = "NCCI add-on codes"
	Severity       Kind = "MS-DRG CC/MCC list"
	Exclusions     Kind = "MS-DRG CC exclusion groups"
	CodeEditor     Kind = "Medicare Code Editor diagnosis edits"
	Places         Kind = "place of service codes"
	IndexCM        Kind = "ICD-10-CM Alphabetic Index"
	IndexFlat      Kind = "ICD-10-CM Alphabetic Index, flattened"
	IndexNeoplasms Kind = "ICD-10-CM Table of Neoplasms"
	IndexDrugs     Kind = "ICD-10-CM Table of Drugs and Chemicals"
	IndexExternal  Kind = "ICD-10-CM External Cause Index"
	IndexPCS       Kind = "ICD-10-PCS Index"

	DescriptorsCPT    Kind = "licensed CPT descriptors"
	DescriptorsDental Kind = "licensed dental descriptors"
)

// The kinds that are recognised and not loaded.
const (
	orderAddenda Kind = "order file addenda"
	poaChanges   Kind = "POA exempt list changes"
	drgTable     Kind = "MS-DRG table"
	opsAddendumA Kind = "OPPS addendum A"
	schema       Kind = "XML schema"
	archive      Kind = "zip archive or Office file"
	pdf          Kind = "PDF"
	unknown      Kind = "no release file"

	fixedDescriptors Kind = "CPT descriptor file in pieces of fixed width"
)

// notLoaded says why a kind is skipped.
var notLoaded = map[Kind]string{
	orderAddenda: "it lists changes only; the order file has them",
	poaChanges:   "it lists changes only; the full list has them",
	drgTable:     "the book has no grouper",
	opsAddendumA: "payment rates are not part of the book",
	schema:       "a schema holds no codes",
	archive:      "an Office file, or a packed file within an archive: put the text version beside it",
	pdf:          "PDF is not read: put the text version beside it",
	unknown:      "its content has no layout that is known here",

	fixedDescriptors: "its descriptors are cut at a width, which may be within a word: import the tab-delimited file of the same package, such as LONGULT.txt",
}

// Report says what a Load found and did with it.
type Report struct {
	Files     []File             // sorted by path
	Kept      []File             // files of earlier imports, sorted by path; those not Loaded have been replaced
	Releases  []codebook.Release // what the files made, without the base
	Notes     []string           // where a file served another edition than its own, and the like
	Warnings  []string           // where a file has another number of rows than its publisher says
	Unchanged bool               // of an Import: the book file had all of this already
}

// File is one file of a Load.
type File struct {
	Path    string
	Kind    Kind
	Edition string // "" where the kind needs none
	Loaded  bool
	Reason  string // why it was not loaded
	Rows    int    // rows read: lines of data, or elements of an XML file
	Kept    int    // rows that say something in the book
	Skipped []Skip // the other rows; Rows is Kept plus the sum of them
}

// Skip is a number of rows left out for one reason.
type Skip struct {
	Reason string
	Rows   int
	First  string // an example: the first row's code
}

// String is the report as lines of text, one per file and skipped group.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Files {
		name := string(f.Kind)
		if f.Edition != "" {
			name += " " + f.Edition
		}
		if !f.Loaded {
			fmt.Fprintf(&b, "%s: %s: skipped: %s\n", f.Path, name, f.Reason)
			continue
		}
		fmt.Fprintf(&b, "%s: %s: %d rows, %d kept\n", f.Path, name, f.Rows, f.Kept)
		for _, s := range f.Skipped {
			fmt.Fprintf(&b, "    %d left out: %s (%s)\n", s.Rows, s.Reason, s.First)
		}
	}
	if n := len(r.Kept); n > 0 {
		replaced := 0
		for _, f := range r.Kept {
			if !f.Loaded {
				replaced++
			}
		}
		fmt.Fprintf(&b, "%d files of earlier imports stay in the book, %d are replaced\n", n-replaced, replaced)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// content is what a parser makes of a file.
type content interface{ counts() *tally }

// tally counts what becomes of the rows of one file. Keeping is the rule, so only what is left out is counted apart.
type tally struct {
	rows    int
	skipped []Skip
}

func (t *tally) counts() *tally { return t }

func (t *tally) kept() int {
	n := t.rows
	for _, s := range t.skipped {
		n -= s.Rows
	}
	return n
}

func (t *tally) skip(reason, example string) {
	if i := slices.IndexFunc(t.skipped, func(s Skip) bool { return s.Reason == reason }); i >= 0 {
		t.skipped[i].Rows++
		return
	}
	t.skipped = append(t.skipped, Skip{reason, 1, example})
}
