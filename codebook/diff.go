package codebook

import (
	"errors"
	"fmt"
)

// ChangeKind is what became of a code between two releases.
type ChangeKind string

// The kinds of changes. A code that was deleted and added again as a header, as the addenda write it, has turned into a header; it may
// have another title besides, and is then listed twice.
const (
	Added      ChangeKind = "added"
	Deleted    ChangeKind = "deleted"
	Retitled   ChangeKind = "retitled"
	ToHeader   ChangeKind = "header"   // was billable, needs more characters now
	ToBillable ChangeKind = "billable" // was a header, is reported as it is now
)

// Change is a difference between two releases of a set.
type Change struct {
	Kind     ChangeKind
	Code     Code
	Title    string // the new title; of a deleted code the old one
	Was      string // the old title of a retitled code
	Billable bool   // in the new release; of a deleted code in the old one
}

// Changes are the differences between two releases of a set, by code. The error says which editions there are.
func (b *Book) Changes(sys System, from, to string) ([]Change, error) {
	older, err := b.releaseOf(sys, from)
	if err != nil {
		return nil, err
	}
	newer, err := b.releaseOf(sys, to)
	if err != nil {
		return nil, err
	}
	var out []Change
	i, j := 0, 0
	for i < len(older.rows) || j < len(newer.rows) {
		switch {
		case j == len(newer.rows) || i < len(older.rows) && older.rows[i].key < newer.rows[j].key:
			w := &older.rows[i]
			out = append(out, Change{Kind: Deleted, Code: unpack(w.key), Title: w.title, Billable: w.billable})
			i++
		case i == len(older.rows) || newer.rows[j].key < older.rows[i].key:
			w := &newer.rows[j]
			out = append(out, Change{Kind: Added, Code: unpack(w.key), Title: w.title, Billable: w.billable})
			j++
		default:
			out = append(out, changed(&older.rows[i], &newer.rows[j])...)
			i++
			j++
		}
	}
	return out, nil
}

func changed(was, is *row) []Change {
	var out []Change
	if was.billable != is.billable {
		kind := ToHeader
		if is.billable {
			kind = ToBillable
		}
		out = append(out, Change{Kind: kind, Code: unpack(is.key), Title: is.title, Billable: is.billable})
	}
	if was.title != is.title {
		out = append(out, Change{Kind: Retitled, Code: unpack(is.key), Title: is.title, Was: was.title, Billable: is.billable})
	}
	return out
}

// ErrUnknownEdition is wrapped when a set has no release of an edition.
var ErrUnknownEdition = errors.New("no such edition")

func (b *Book) releaseOf(sys System, edition string) (*release, error) {
	names := ""
	for _, r := range b.bySystem[sys] {
		if r.Edition == edition {
			return r, nil
		}
		names += " " + r.Edition
	}
	if names == "" {
		return nil, fmt.Errorf("%s %s: %w: no release of the set is loaded; import one", sys.Name(), edition, ErrUnknownEdition)
	}
	return nil, fmt.Errorf("%s %s: %w: the book has%s; import another with crosswalk codes import", sys.Name(), edition, ErrUnknownEdition, names)
}
