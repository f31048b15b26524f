package codebook

import (
	"encoding/binary"
	"slices"
)

// packIndex writes a search index. Words of each length are not written: they follow from the vocabulary.
func packIndex(x *index, p *packer) {
	p.uint(len(x.vocabulary))
	for _, w := range x.vocabulary {
		p.string(w)
	}
	for _, list := range [][]uint32{x.from, x.posts} {
		p.uint(len(list))
		for _, n := range list {
			p.fix32(n)
		}
	}
	p.uint(len(x.brevity))
	p.data = append(p.data, x.brevity...)
}

func unpackIndex(rows int, u *unpacker) *index {
	x := &index{vocabulary: make([]string, u.count(2))}
	for i := range x.vocabulary {
		x.vocabulary[i] = u.string()
	}
	for _, list := range []*[]uint32{&x.from, &x.posts} {
		n := u.count(4)
		b := u.take(4 * n)
		*list = make([]uint32, len(b)/4)
		for i := range *list {
			(*list)[i] = binary.LittleEndian.Uint32(b[4*i:])
		}
	}
	x.brevity = slices.Clone(u.take(u.count(1)))
	words, posts := len(x.vocabulary), len(x.posts)
	switch {
	case u.err != nil:
	case !slices.IsSorted(x.vocabulary), !slices.IsSorted(x.from):
		u.fail("the words of the search index are out of order")
	case len(x.from) != words+1 || x.from[0] != 0 || int(x.from[words]) != posts || len(x.brevity) != rows:
		u.fail("the search index has %d words, %d of %d places and %d of %d rows", words, len(x.from)-1, posts, len(x.brevity), rows)
	case slices.ContainsFunc(x.posts, func(p uint32) bool { return p>>1 >= uint32(rows) }):
		u.fail("the search index leads to rows that are not there")
	}
	if u.err == nil {
		x.finish()
	}
	return x
}
