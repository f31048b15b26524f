package codebook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoRelease is wrapped when a release that was asked for by its edition is not loaded.
var ErrNoRelease = errors.New("this release is not loaded")

// ChangeKind is what happened to a code from one release to a later one.
type ChangeKind string

// The kinds of changes. A code that changed its title and became a header has a change of each kind.
const (
	Added          ChangeKind = "added"
	Deleted        ChangeKind = "deleted"
	Retitled       ChangeKind = "retitled"
	BecameHeader   ChangeKind = "header"   // it was billable, and now needs more characters
	BecameBillable ChangeKind = "billable" // it was a header, and can now be reported
)

// ChangeKinds are all kinds, in the order in which lists show them.
var ChangeKinds = []ChangeKind{Added, Deleted, Retitled, BecameHeader, BecameBillable}

// Change is one thing that happened to one code.
type Change struct {
	Ref
	Kind     ChangeKind
	Title    string // in the newer release; of a deleted code the last it had
	Was      string // the older title of a retitled code, else ""
	Billable bool   // in the newer release; of a deleted code in the older one
}

// Changes are what happened to a code set from one release to another.
type Changes struct {
	System       System
	Older, Newer Release
	List         []Change // by code, then in the order of ChangeKinds
}

// Count is how many changes of a kind there are.
func (c Changes) Count(k ChangeKind) int {
	n := 0
	for _, x := range c.List {
		if x.Kind == k {
			n++
		}
	}
	return n
}

// Diff compares two releases of a set, named by their editions as Releases has them, header by header and code by code. A code that a
// release still lists after its last day counts as deleted. Notes and facts are not compared. The error wraps ErrNoRelease and names
// the editions that are loaded.
func (b *Book) Diff(sys System, older, newer string) (Changes, error) {
	from, err := b.releaseOf(sys, older)
	if err != nil {
		return Changes{}, err
	}
	to, err := b.releaseOf(sys, newer)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{System: sys, Older: from.Release, Newer: to.Release}
	i, j := 0, 0
	for i < len(from.rows) || j < len(to.rows) {
		var was, is *row
		switch {
		case j == len(to.rows) || i < len(from.rows) && from.rows[i].key < to.rows[j].key:
			was = &from.rows[i]
			i++
		case i == len(from.rows) || from.rows[i].key > to.rows[j].key:
			is = &to.rows[j]
			j++
		default:
			was, is = &from.rows[i], &to.rows[j]
			i++
			j++
		}
		out.List = appendChanges(out.List, sys, from.present(was), to.present(is))
	}
	return out, nil
}

// CodeChange is a change and the two releases between which it happened.
type CodeChange struct {
	Change
	Older, Newer Release
}

// ChangesOf is what happened to one code from each full release to the next, oldest first. A starter release has only some codes, so
// nothing is concluded from it.
func (b *Book) ChangesOf(ref Ref) []CodeChange {
	var out []CodeChange
	var from *release
	for _, to := range b.bySystem[ref.System] {
		if to.Starter {
			continue
		}
		if from != nil {
			for _, c := range appendChanges(nil, ref.System, from.presentCode(ref.Code), to.presentCode(ref.Code)) {
				out = append(out, CodeChange{c, from.Release, to.Release})
			}
		}
		from = to
	}
	return out
}

func (b *Book) releaseOf(sys System, edition string) (*release, error) {
	rs := b.bySystem[sys]
	if i := slices.IndexFunc(rs, func(r *release) bool { return r.Edition == edition }); i >= 0 {
		return rs[i], nil
	}
	var have []string
	for _, r := range rs {
		have = append(have, r.Edition)
	}
	if len(have) == 0 {
		return nil, fmt.Errorf("%s %q: no release of the set is loaded; import one: %w", sys.Name(), edition, ErrNoRelease)
	}
	return nil, fmt.Errorf("%s %q: the editions loaded are %s; choose one of them or import it: %w", sys.Name(), edition, strings.Join(have, ", "), ErrNoRelease)
}

// present is the row unless the release lists the code only to say that it has ended.
func (r *release) present(w *row) *row {
	if w == nil {
		return nil
	}
	if end := r.facts[w.facts].Ended; !end.IsZero() && end.Before(r.ValidFrom) {
		return nil
	}
	return w
}

func (r *release) presentCode(c Code) *row {
	i := r.find(c)
	if i < 0 {
		return nil
	}
	return r.present(&r.rows[i])
}

// appendChanges adds what happened to a code that was and is the rows given, nil where a release has none.
func appendChanges(list []Change, sys System, was, is *row) []Change {
	switch {
	case was == nil && is == nil:
		return list
	case was == nil:
		return append(list, Change{Ref: Ref{sys, unpack(is.key)}, Kind: Added, Title: is.title, Billable: is.billable})
	case is == nil:
		return append(list, Change{Ref: Ref{sys, unpack(was.key)}, Kind: Deleted, Title: was.title, Billable: was.billable})
	}
	c := Change{Ref: Ref{sys, unpack(is.key)}, Title: is.title, Billable: is.billable}
	if was.title != is.title {
		r := c
		r.Kind, r.Was = Retitled, was.title
		list = append(list, r)
	}
	if was.billable != is.billable {
		if c.Kind = BecameHeader; is.billable {
			c.Kind = BecameBillable
		}
		list = append(list, c)
	}
	return list
}
