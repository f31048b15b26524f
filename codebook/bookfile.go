package codebook

import (
	"errors"
	"fmt"
	"sync"

	"crosswalk/codebook/bookfile"
)

// ErrOtherLayout is wrapped when a book file was written by a version of the program whose books are made up otherwise.
var ErrOtherLayout = errors.New("another version of Crosswalk wrote it: crosswalk codes import, without a path, rebuilds it from the release files that it keeps")

// layout changes with everything that bookParts, packRelease, packIndex or Index.AppendBinary write by hand.
const layout = 2

// bookPart is a section of a book file about the book as a whole. Whoever adds to Book adds a part here: a name that no other section
// has, and two functions that mirror each other. Files without the part are then of another layout and are rebuilt.
type bookPart struct {
	name   string
	pack   func(b *Book, p *packer)
	unpack func(b *Book, u *unpacker)
}

var bookParts = []bookPart{
	{"words", packWords, unpackWords},
	{"ncci", packPairs, unpackPairs},
	{"claims", packClaims, unpackClaims},
	{"licensed", packDescriptors, unpackDescriptors},
	{"indexes", packIndexes, unpackIndexes},
}

// mainSection says what a file is and which releases it has; those have sections of their own.
const mainSection = "book"

func releaseSection(r Release) string { return "release/" + string(r.System) + "/" + r.Edition }

func currentShape() uint64 {
	names := ""
	for _, p := range bookParts {
		names += p.name + " "
	}
	s := shape(Release{}, Facts{}, CodeRange{}, Chapter{}, Section{}, PCSTable{}, Modifier{}, Guideline{})
	for i := range len(names) {
		s = s*1099511628211 ^ uint64(names[i])
	}
	return s + layout
}

// WriteBook writes the book to a file, search index and all, with further sections behind it that ReadBook leaves alone. It is whole or
// not at all, as bookfile.Write has it; a file that has all of this already is left alone, which unchanged tells.
func WriteBook(path string, b *Book, more []bookfile.Section, ready func() error) (unchanged bool, err error) {
	sections := append(b.sections(), more...)
	if f, err := bookfile.Open(path); err == nil {
		same := f.Holds(sections)
		if err := f.Close(); err != nil {
			return false, err
		}
		if same {
			return true, nil
		}
	}
	return false, bookfile.Write(path, sections, ready)
}

// sections are the book as sections of a file. The starter book is not among them when the book was not merged with it: a reader merges
// the starter book of its own version.
func (b *Book) sections() []bookfile.Section {
	p := newPacker()
	p.fix64(currentShape())
	p.string(b.edition)
	packed(p, b.Releases())
	out := []bookfile.Section{{Name: mainSection, Data: p.bytes()}}
	for _, sys := range Systems {
		for _, r := range b.bySystem[sys] {
			p := newPacker()
			packRelease(r, p)
			out = append(out, bookfile.Section{Name: releaseSection(r.Release), Data: p.bytes()})
		}
	}
	for _, part := range bookParts {
		p := newPacker()
		part.pack(b, p)
		out = append(out, bookfile.Section{Name: part.name, Data: p.bytes()})
	}
	return out
}

// ReadBook reads the book of a file. The error names the file and wraps fs.ErrNotExist, ErrOtherLayout or one of package bookfile.
func ReadBook(path string) (*Book, error) {
	f, err := bookfile.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := fromSections(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if cerr := f.Close(); cerr != nil {
		return nil, errors.Join(err, cerr)
	}
	return b, err
}

func fromSections(f *bookfile.File) (*Book, error) {
	b := &Book{bySystem: map[System][]*release{}, byGuideline: map[string]int{}}
	var infos []Release
	err := readSection(f, mainSection, func(u *unpacker) {
		if u.fix64() != currentShape() && u.err == nil {
			u.err, u.data = ErrOtherLayout, nil
		}
		b.edition = u.string()
		unpacked(u, &infos)
	})
	if err != nil {
		return nil, err
	}
	// Half of the time goes into making strings and rows of the sections, which do not know each other.
	releases := make([]*release, len(infos))
	problems := make([]error, len(infos)+len(bookParts))
	var wg sync.WaitGroup
	for i, info := range infos {
		wg.Go(func() {
			releases[i] = &release{Release: info}
			problems[i] = readSection(f, releaseSection(info), func(u *unpacker) { unpackRelease(releases[i], u) })
		})
	}
	wg.Go(func() {
		for i, part := range bookParts {
			problems[len(infos)+i] = readSection(f, part.name, func(u *unpacker) { part.unpack(b, u) })
		}
	})
	wg.Wait()
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for _, r := range releases {
		b.bySystem[r.System] = append(b.bySystem[r.System], r)
	}
	b.indexWords()
	return b, nil
}

func readSection(f *bookfile.File, name string, read func(u *unpacker)) error {
	data, err := f.Read(name)
	if errors.Is(err, bookfile.ErrNoSection) {
		return fmt.Errorf("section %w: %w", err, bookfile.ErrDamaged)
	}
	if err != nil {
		return err
	}
	u := newUnpacker(data)
	read(u)
	err = u.done()
	if err == nil || errors.Is(err, ErrOtherLayout) {
		return err
	}
	return fmt.Errorf("section %s: %w: %w", name, err, bookfile.ErrDamaged)
}

func packWords(b *Book, p *packer) {
	packed(p, b.modifiers)
	packed(p, b.guidelines)
	p.uint(len(b.aliases))
	for _, a := range b.aliases {
		p.string(a.phrase)
		p.string(a.means)
	}
}

func unpackWords(b *Book, u *unpacker) {
	unpacked(u, &b.modifiers)
	unpacked(u, &b.guidelines)
	for i, g := range b.guidelines {
		b.byGuideline[plainNumber(g.Number)] = i
	}
	for range u.count(2) {
		b.aliases = append(b.aliases, newAlias(u.string(), u.string()))
	}
}

func packPairs(b *Book, p *packer) {
	p.string(b.ncciName)
	p.data = append(p.data, b.pairsDigest[:]...)
	p.data = append(p.data, b.addOnsDigest[:]...)
	for _, list := range [][]uint64{b.pairs, b.addOns} {
		p.uint(len(list))
		for _, n := range list {
			p.fix64(n)
		}
	}
}

func unpackPairs(b *Book, u *unpacker) {
	b.ncciName = u.string()
	copy(b.pairsDigest[:], u.take(len(b.pairsDigest)))
	copy(b.addOnsDigest[:], u.take(len(b.addOnsDigest)))
	for _, list := range []*[]uint64{&b.pairs, &b.addOns} {
		n := u.count(8)
		if n == 0 {
			continue
		}
		*list = make([]uint64, n)
		for i := range *list {
			(*list)[i] = u.fix64()
		}
	}
}

func packIndexes(b *Book, p *packer) { p.data = b.index.AppendBinary(p.data) }

func unpackIndexes(b *Book, u *unpacker) {
	ix, err := ReadIndex(u.take(len(u.data)))
	if err != nil {
		u.fail("%v", err)
	}
	b.index = ix
}
