package codebook

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// indexFormat is raised when the layout of AppendBinary changes.
const indexFormat = 1

// ErrIndexDamaged is wrapped by the errors of ReadIndex.
var ErrIndexDamaged = errors.New("the stored index is damaged: import the releases again")

// AppendBinary appends the whole index to b, for ReadIndex. A nil index is stored as one without volumes.
func (ix *Index) AppendBinary(b []byte) []byte {
	b = append(b, indexFormat)
	if ix == nil {
		return append(b, 0)
	}
	b = append(b, byte(len(ix.volumes)))
	for _, v := range ix.volumes {
		b = append(b, v.digest[:]...)
		b = v.appendBinary(b)
	}
	return b
}

var le = binary.LittleEndian

func appendText(b []byte, s string) []byte {
	return append(le.AppendUint32(b, uint32(len(s))), s...)
}

func appendWords(b []byte, list []uint32) []byte {
	b = slices.Grow(le.AppendUint32(b, uint32(len(list))), 4*len(list))
	for _, n := range list {
		b = le.AppendUint32(b, n)
	}
	return b
}

func (v *indexVolume) appendBinary(b []byte) []byte {
	b = appendText(b, string(v.kind))
	b = appendText(b, v.edition)
	b = appendWords(b, []uint32{uint32(v.from.Year), uint32(v.from.Month), uint32(v.from.Day)})
	b = appendText(b, v.source)
	b = le.AppendUint32(b, uint32(len(v.heads)))
	for _, h := range v.heads {
		b = appendText(b, h)
	}
	b = appendText(b, v.text)
	b = appendWords(b, v.ends)
	b = le.AppendUint32(b, uint32(len(v.letters)))
	for _, l := range v.letters {
		for _, n := range []uint32{l.name, uint32(l.from), uint32(l.to), uint32(l.mains)} {
			b = le.AppendUint32(b, n)
		}
	}
	b = slices.Grow(le.AppendUint32(b, uint32(len(v.terms))), termSize*len(v.terms))
	for i := range v.terms {
		w := &v.terms[i]
		b = le.AppendUint64(b, w.id)
		for _, n := range [...]uint32{uint32(w.parent), uint32(w.end), w.title, w.nonessential, w.after, w.entries} {
			b = le.AppendUint32(b, n)
		}
		b = append(b, w.words, w.level)
	}
	b = slices.Grow(le.AppendUint32(b, uint32(len(v.entries))), entrySize*len(v.entries))
	for i := range v.entries {
		e := &v.entries[i]
		b = le.AppendUint64(b, e.key)
		for _, n := range [...]uint32{e.text, uint32(e.term), uint32(e.target)} {
			b = le.AppendUint32(b, n)
		}
		b = append(b, e.volume, e.kind, e.column, e.flags)
	}
	b = appendWords(b, v.byID)
	b = appendWords(b, v.byCode)
	b = appendText(b, v.vocabulary)
	b = appendWords(b, v.wordEnds)
	b = appendWords(b, v.postFrom)
	return appendWords(b, v.posts)
}

// The bytes that a term and an entry take.
const (
	termSize  = 8 + 6*4 + 2
	entrySize = 8 + 3*4 + 4
)

// ReadIndex reads what AppendBinary wrote; nil without volumes. The error wraps ErrIndexDamaged. Nothing of b is kept.
func ReadIndex(b []byte) (*Index, error) {
	if len(b) < 2 || b[0] != indexFormat {
		return nil, fmt.Errorf("its format is not %d: %w", indexFormat, ErrIndexDamaged)
	}
	in := &indexReader{b: b[2:]}
	ix := &Index{}
	for range b[1] {
		v := &indexVolume{}
		copy(v.digest[:], in.take(sha256.Size))
		in.volume(v)
		if in.bad {
			return nil, fmt.Errorf("it ends too early: %w", ErrIndexDamaged)
		}
		ix.volumes = append(ix.volumes, v)
	}
	if len(in.b) > 0 {
		return nil, fmt.Errorf("it goes on after its end: %w", ErrIndexDamaged)
	}
	for _, v := range ix.volumes {
		if what := v.check(ix); what != "" {
			return nil, fmt.Errorf("%s %s: %s: %w", v.kind, v.edition, what, ErrIndexDamaged)
		}
	}
	if len(ix.volumes) == 0 {
		return nil, nil
	}
	return ix, nil
}

type indexReader struct {
	b   []byte
	bad bool
}

func (in *indexReader) take(n int) []byte {
	if in.bad || n > len(in.b) {
		in.bad = true
		return nil
	}
	out := in.b[:n]
	in.b = in.b[n:]
	return out
}

// size reads how many things of a size follow.
func (in *indexReader) size(each int) int {
	b := in.take(4)
	if in.bad || int(le.Uint32(b)) > len(in.b)/each {
		in.bad = true
		return 0
	}
	return int(le.Uint32(b))
}

func (in *indexReader) text() string { return string(in.take(in.size(1))) }

func (in *indexReader) list() []uint32 {
	n := in.size(4)
	b := in.take(4 * n)
	if in.bad || n == 0 {
		return nil
	}
	out := make([]uint32, n)
	for i := range out {
		out[i] = le.Uint32(b[4*i:])
	}
	return out
}

func (in *indexReader) volume(v *indexVolume) {
	v.kind, v.edition = IndexKind(in.text()), in.text()
	if d := in.list(); len(d) == 3 {
		v.from = Date{Year: int(d[0]), Month: time.Month(d[1]), Day: int(d[2])}
	}
	v.source = in.text()
	for range in.size(4) {
		v.heads = append(v.heads, in.text())
	}
	v.nameHeads()
	v.text, v.ends = in.text(), in.list()
	for range in.size(16) {
		if b := in.take(16); !in.bad {
			v.letters = append(v.letters, indexLetter{le.Uint32(b), int32(le.Uint32(b[4:])), int32(le.Uint32(b[8:])), int32(le.Uint32(b[12:]))})
		}
	}
	n := in.size(termSize)
	if b := in.take(n * termSize); !in.bad {
		v.terms = make([]indexNode, n)
		for i := range v.terms {
			c := b[i*termSize : (i+1)*termSize]
			v.terms[i] = indexNode{
				id: le.Uint64(c), parent: int32(le.Uint32(c[8:])), end: int32(le.Uint32(c[12:])), title: le.Uint32(c[16:]),
				nonessential: le.Uint32(c[20:]), after: le.Uint32(c[24:]), entries: le.Uint32(c[28:]), words: c[32], level: c[33],
			}
		}
	}
	n = in.size(entrySize)
	if b := in.take(n * entrySize); !in.bad {
		v.entries = make([]indexEntry, n)
		for i := range v.entries {
			c := b[i*entrySize : (i+1)*entrySize]
			v.entries[i] = indexEntry{
				key: le.Uint64(c), text: le.Uint32(c[8:]), term: int32(le.Uint32(c[12:])), target: int32(le.Uint32(c[16:])),
				volume: c[20], kind: c[21], column: c[22], flags: c[23],
			}
		}
	}
	v.byID, v.byCode = in.list(), in.list()
	v.vocabulary, v.wordEnds, v.postFrom, v.posts = in.text(), in.list(), in.list(), in.list()
}

// check says what number leads out of the volume, so that no look-up can; "" when none does.
func (v *indexVolume) check(ix *Index) string {
	terms, texts := uint32(len(v.terms)), uint32(len(v.ends))
	below := func(list []uint32, limit uint32) bool {
		return !slices.ContainsFunc(list, func(n uint32) bool { return n >= limit })
	}
	rising := func(list []uint32, last int) bool {
		return len(list) > 0 && slices.IsSorted(list) && int(list[len(list)-1]) == last
	}
	switch {
	case !slices.Contains(IndexKinds, v.kind):
		return "no such kind"
	case !rising(v.ends, len(v.text)) || v.ends[0] != 0:
		return "texts"
	case len(v.wordEnds) > 0 && !rising(v.wordEnds, len(v.vocabulary)), !rising(v.postFrom, len(v.posts)), len(v.postFrom) != len(v.wordEnds)+1, v.postFrom[0] != 0, !below(v.posts, 2*terms):
		return "words"
	case len(v.byID) != len(v.terms) || !below(v.byID, terms):
		return "ids"
	case !below(v.byCode, uint32(len(v.entries))):
		return "codes"
	case len(v.heads) > 0xff:
		return "columns"
	}
	if len(v.terms) > 0 && v.terms[0].entries != 0 {
		return "entries"
	}
	at, entries := int32(0), uint32(0)
	for _, l := range v.letters {
		if l.name >= texts || l.from != at || l.to <= l.from || l.to > int32(terms) {
			return "letters"
		}
		at = l.to
	}
	if at != int32(terms) {
		return "letters"
	}
	for i, w := range v.terms {
		n := int32(i)
		switch {
		case w.title >= texts || w.nonessential >= texts || w.after >= texts || w.entries < entries || w.entries > uint32(len(v.entries)):
			return "terms"
		case w.end <= n || w.end > int32(terms) || w.parent < -1 || w.parent >= n || (w.parent < 0) != (w.level == 0):
			return "levels"
		case w.parent >= 0 && (w.end > v.terms[w.parent].end || v.terms[w.parent].level+1 != w.level || w.level == 0):
			return "levels"
		}
		entries = w.entries
	}
	for i := range v.entries {
		e := &v.entries[i]
		if e.text >= texts || e.term < 0 || e.term >= int32(terms) || e.kind >= entryKinds || e.target < -1 {
			return "entries"
		}
		if e.volume != noVolume && (int(e.volume) >= len(ix.volumes) || e.target >= int32(len(ix.volumes[e.volume].terms))) {
			return "references"
		}
		if e.kind <= entryManifestation && (int(e.column) > len(v.heads) || e.key == 0) || e.key != 0 && (codeLen(e.key) > 7 || !allAlnum(string(unpack(e.key)))) {
			return "columns"
		}
	}
	return ""
}
