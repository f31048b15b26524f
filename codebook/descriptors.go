package codebook

import (
	"cmp"
	"slices"
)

// A site that has licensed descriptors of CPT (American Medical Association) or of dental codes (American Dental Association) may import
// its own file of them. They stand apart from the releases and take effect when a book is merged with the starter book: in place of our
// labels, in every release of the set.

// descriptorSet are the descriptors of one code set, of one edition.
type descriptorSet struct {
	System  System
	Edition string
	List    []descriptor // by code
}

type descriptor struct {
	Code  Code
	Title string
}

func (d *descriptorSet) find(c Code) (string, bool) {
	i, ok := slices.BinarySearchFunc(d.List, c, func(x descriptor, c Code) int { return cmp.Compare(x.Code, c) })
	if !ok {
		return "", false
	}
	return d.List[i].Title, true
}

// Licensed is the edition of the site's own descriptors of a code set, such as "2025": of CPT numbers, or of the dental codes of HCPCS
// Level II. False when the book has none.
func (b *Book) Licensed(sys System) (edition string, ok bool) {
	for _, d := range b.licensed {
		if d.System == sys {
			return d.Edition, true
		}
	}
	return "", false
}

// Descriptors names the edition of the licensed descriptors of CPT or HCPCS Level II.
func (b *Builder) Descriptors(sys System, edition string) {
	if sys != CPT && sys != HCPCS {
		b.fail("licensed descriptors of %s: only CPT and HCPCS Level II have them", sys)
		return
	}
	b.descriptorsOf(sys).Edition = edition
}

// Descriptor adds a licensed descriptor of a CPT number or dental code.
func (b *Builder) Descriptor(sys System, c Code, title string) {
	if code, err := ParseCode(sys, string(c)); err != nil || code != c || title == "" {
		b.fail("licensed descriptor %q of %q: want a code of %s and words", title, c, sys.Name())
		return
	}
	d := b.descriptorsOf(sys)
	d.List = append(d.List, descriptor{c, title})
}

func (b *Builder) descriptorsOf(sys System) *descriptorSet {
	i := slices.IndexFunc(b.licensed, func(d descriptorSet) bool { return d.System == sys })
	if i < 0 {
		i = len(b.licensed)
		b.licensed = append(b.licensed, descriptorSet{System: sys})
	}
	return &b.licensed[i]
}

func (b *Builder) buildDescriptors() []descriptorSet {
	var out []descriptorSet
	for _, d := range b.licensed {
		d.List = slices.Clone(d.List)
		slices.SortStableFunc(d.List, func(x, y descriptor) int { return cmp.Compare(x.Code, y.Code) })
		for i := 1; i < len(d.List); i++ {
			if d.List[i].Code == d.List[i-1].Code {
				b.fail("two licensed descriptors of %s: keep one", d.List[i].Code)
			}
		}
		out = append(out, d)
	}
	return out
}

// mergeDescriptors takes those of each set from over if it has any.
func mergeDescriptors(base, over []descriptorSet) []descriptorSet {
	out := slices.Clone(over)
	for _, d := range base {
		if !slices.ContainsFunc(over, func(o descriptorSet) bool { return o.System == d.System }) {
			out = append(out, d)
		}
	}
	return out
}

// describe puts licensed descriptors in the place of the titles of releases. Codes that only the descriptors have join the release of
// their edition, or the newest where there is none of it; nothing is known of them but their words.
func (d *descriptorSet) describe(releases []*release) []*release {
	releases = slices.Clone(releases)
	home := slices.IndexFunc(releases, func(r *release) bool { return r.Edition == d.Edition })
	if home < 0 {
		for i, r := range releases {
			if home < 0 || r.ValidFrom.Compare(releases[home].ValidFrom) > 0 {
				home = i
			}
		}
	}
	for i, r := range releases {
		releases[i] = r.described(d, i == home)
	}
	return releases
}

func (r *release) described(by *descriptorSet, more bool) *release {
	rb := NewBuilder().Release(r.Release)
	for i := range r.rows {
		w := &r.rows[i]
		c, title := unpack(w.key), w.title
		if t, ok := by.find(c); ok {
			title = t
		}
		rb.row(c, title, w.billable, r.facts[w.facts], r.groups[r.spans[w.span].from:r.spans[w.span].to])
	}
	for _, d := range by.List {
		if more && r.find(d.Code) < 0 {
			rb.row(d.Code, d.Title, true, Facts{}, nil)
		}
	}
	out := rb.build()
	for i := range out.rows {
		_, out.rows[i].licensed = by.find(unpack(out.rows[i].key))
	}
	return out
}

func packDescriptors(b *Book, p *packer) { packed(p, b.licensed) }

func unpackDescriptors(b *Book, u *unpacker) {
	unpacked(u, &b.licensed)
	for _, d := range b.licensed {
		if !slices.IsSortedFunc(d.List, func(x, y descriptor) int { return cmp.Compare(x.Code, y.Code) }) {
			u.fail("licensed descriptors are out of order")
		}
	}
}
