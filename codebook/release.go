package codebook

import "slices"

// Release is one code set in one edition.
type Release struct {
	System    System
	Edition   string // "2026", "2025-10", "2025"
	ValidFrom Date   // the first day it is in force
	ValidTo   Date   // the last day; the zero Date means until its successor begins
	Codes     int    // codes and headers
	Source    string // what it was read from
	Starter   bool   // written for this project, not a full official release
}

// release is a Release with its content. It is never changed once built.
type release struct {
	Release
	rows     []row // sorted by key
	facts    []Facts
	groups   []noteGroup
	spans    []span // note spans: rows, sections and chapters point into it; spans[0] is empty
	chapters []chapter
	sections []section
	placed   map[Code]int16 // categories whose section their sort order would not find
	tables   []pcsTable     // sorted by prefix
	terms    []pcsTerm      // sorted by section, position, title
	index    *index
	digest   [32]byte
}

// row is one code or header. Codes are packed big-endian into key, so that keys sort as codes do: digits before letters, a header
// before the codes under it, and the codes under a header side by side.
type row struct {
	key      uint64
	title    string
	parent   int32 // -1 at the top
	end      int32 // index after the last row below this one
	facts    int32
	span     int32
	section  int16 // -1 where the set has none
	billable bool
	licensed bool // the title is a descriptor of the site's own, which a book file has apart
}

type span struct{ from, to int32 }

type chapter struct {
	Chapter
	span int32
}

type section struct {
	Section
	chapter int16
	parent  int16 // the section around it (C00-C96 around C15-C26), -1 for none
	span    int32
}

// Chapter is a chapter of the ICD-10-CM Tabular List.
type Chapter struct {
	Number      string // "4"
	First, Last Code   // three-character categories
	Title       string
}

// Range is how a chapter is printed: "E00-E89".
func (c Chapter) Range() string { return rangeName(c.First, c.Last) }

// Range is how a section is printed: "I10-I1A", or one category where the section has only one.
func (s Section) Range() string { return rangeName(s.First, s.Last) }

func rangeName(first, last Code) string {
	if first == last {
		return string(first)
	}
	return string(first) + "-" + string(last)
}

func pack(c Code) uint64 {
	var k uint64
	for i := range 8 {
		k <<= 8
		if i < len(c) {
			k |= uint64(c[i])
		}
	}
	return k
}

func unpack(k uint64) Code {
	var b [8]byte
	n := 0
	for i := range 8 {
		if ch := byte(k >> (56 - 8*i)); ch != 0 {
			b[n] = ch
			n++
		}
	}
	return Code(b[:n])
}

// hasPrefix reports whether the code packed in k begins with the one packed in p.
func hasPrefix(k, p uint64) bool { return k >= p && k <= p|lowMask(p) }

// lowMask has ones in the bytes after the last character packed in p.
func lowMask(p uint64) uint64 {
	var m uint64
	for i := range 8 {
		if byte(p>>(8*i)) != 0 {
			break
		}
		m |= 0xff << (8 * i)
	}
	return m
}

// find is the index of a code, or -1.
func (r *release) find(c Code) int {
	if len(c) == 0 || len(c) > 7 {
		return -1
	}
	k := pack(c)
	if i := r.at(k); i < len(r.rows) && r.rows[i].key == k {
		return i
	}
	return -1
}

// at is the first row whose key is not below k.
func (r *release) at(k uint64) int {
	lo, hi := 0, len(r.rows)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); r.rows[mid].key < k {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// nearest is the row of the longest prefix of c that the release has, or -1: for a code with a seventh character the release does not
// list, the code it completes.
func (r *release) nearest(c Code) int {
	for n := min(len(c), 7); n > 0; n-- {
		if i := r.find(c[:n]); i >= 0 {
			return i
		}
	}
	return -1
}

// prefixRange is the half-open range of rows whose codes begin with p.
func (r *release) prefixRange(p Code) (int, int) {
	if len(p) == 0 {
		return 0, len(r.rows)
	}
	if len(p) > 7 {
		return 0, 0
	}
	k := pack(p)
	lo, hi := r.at(k), r.at(k|lowMask(k))
	if hi < len(r.rows) && r.rows[hi].key == k|lowMask(k) {
		hi++
	}
	return lo, hi
}

// covers reports whether the release is in force on the day by its own dates.
func (r *release) covers(on Date) bool {
	return !on.Before(r.ValidFrom) && (r.ValidTo.IsZero() || !r.ValidTo.Before(on))
}

// pick is the release of a set that answers for a date: without one the newest; else the one in force; else the nearest earlier one,
// which is not exact. nil when the set has no release that old.
func (b *Book) pick(sys System, on Date) (r *release, exact bool) {
	rs := b.bySystem[sys]
	if len(rs) == 0 {
		return nil, false
	}
	if on.IsZero() {
		return rs[len(rs)-1], true
	}
	for _, r := range slices.Backward(rs) {
		if !on.Before(r.ValidFrom) {
			return r, r.covers(on)
		}
	}
	return nil, false
}
