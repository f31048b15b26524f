package grading

import (
	"strings"

	"crosswalk/codebook"
)

// validity is what the book can say of a code on the date of the case.
type validity int

const (
	unknowable validity = iota // the book holds a part of the set only and this code is not in it
	billable
	header  // needs more characters
	invalid // no code on that date
)

// reference answers from the book for one grading: at the date of the key, each code once.
type reference struct {
	book    Book
	on      codebook.Date
	entries map[codebook.Ref]*looked
}

type looked struct {
	entry  codebook.Entry
	valid  validity
	said   []string // the words of the title, once they were asked for
	spoken bool
}

// nothing is what a missing book says.
var nothing = &looked{}

// newReference is made for about so many codes.
func newReference(b Book, on codebook.Date, codes int) *reference {
	return &reference{book: b, on: on, entries: make(map[codebook.Ref]*looked, codes)}
}

func (r *reference) look(ref codebook.Ref) *looked {
	if r.book == nil {
		return nothing
	}
	if l, ok := r.entries[ref]; ok {
		return l
	}
	l := r.lookup(ref)
	r.entries[ref] = &l
	return &l
}

// titleWords are the words of a code's title.
func (r *reference) titleWords(ref codebook.Ref) []string {
	if r.book == nil {
		return nil
	}
	l := r.look(ref)
	if !l.spoken {
		l.said, l.spoken = words(l.entry.Title), true
	}
	return l.said
}

func (r *reference) lookup(ref codebook.Ref) looked {
	if e, ok := r.book.Brief(ref.System, ref.Code, r.on); ok {
		if e.Billable {
			return looked{entry: e, valid: billable}
		}
		return looked{entry: e, valid: header}
	}
	if ref.System == codebook.ICD10PCS {
		if _, err := r.book.PCS(ref.Code, r.on); err == nil {
			return looked{valid: billable}
		}
		// A table that the book has is the whole truth about its codes, even in a book that holds few tables.
		if len(ref.Code) >= 3 {
			if _, values := r.book.PCSNext(ref.Code[:3], r.on); len(values) > 0 {
				return looked{valid: invalid}
			}
		}
	}
	if r.partial(ref.System) {
		return looked{}
	}
	return looked{valid: invalid}
}

// partial reports whether the release that serves the date is a starter, or whether there is none.
func (r *reference) partial(sys codebook.System) bool {
	part := true
	var from codebook.Date
	for _, rel := range r.book.Releases() {
		if rel.System != sys || !r.on.IsZero() && r.on.Before(rel.ValidFrom) || rel.ValidFrom.Before(from) {
			continue
		}
		part, from = rel.Starter, rel.ValidFrom
	}
	return part
}

func (r *reference) title(ref codebook.Ref) string { return r.look(ref).entry.Title }

// named is a code as printed with its title, when the book has one.
func (r *reference) named(ref codebook.Ref) string {
	if t := r.title(ref); t != "" {
		return ref.Dotted() + ", " + t
	}
	return ref.Dotted()
}

// subject is the same in a form that a verb can follow.
func (r *reference) subject(ref codebook.Ref) string {
	if t := r.title(ref); t != "" {
		return ref.Dotted() + " (" + t + ")"
	}
	return ref.Dotted()
}

// shortSubject is subject with a long title cut.
func (r *reference) shortSubject(ref codebook.Ref) string {
	if t := r.title(ref); t != "" {
		return ref.Dotted() + " (" + shortened(t, 90) + ")"
	}
	return ref.Dotted()
}

// family is the group in which a wrong code counts as a substitution or as redundant rather than as unsupported: the section of the
// Tabular List (the category where the book does not know it), the first two characters of ICD-10-PCS, the first three of CPT, the
// letter of HCPCS Level II.
func (r *reference) family(ref codebook.Ref) string {
	c := string(ref.Code)
	switch ref.System {
	case codebook.ICD10CM:
		if r.book != nil {
			if s, ok := r.book.Section(ref.Code, r.on); ok {
				return "dx " + string(s.First) + "-" + string(s.Last)
			}
		}
		return "dx " + prefix(c, 3)
	case codebook.ICD10PCS:
		return "pcs " + prefix(c, 2)
	case codebook.CPT:
		return "cpt " + prefix(c, 3)
	case codebook.HCPCS:
		return "hcpcs " + prefix(c, 1)
	}
	return ""
}

func prefix(s string, n int) string { return s[:min(n, len(s))] }

// common is how many leading characters two codes share.
func common(a, b codebook.Code) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// words splits a text into lower-case words of letters and digits.
func words(s string) []string {
	s = strings.ToLower(s)
	out := make([]string, 0, len(s)/6+1)
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] > 127) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out, start = append(out, s[start:i]), -1
		}
	}
	return out
}
