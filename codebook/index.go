package codebook

import (
	"errors"
	"slices"
	"strings"
)

// ErrUnknownTerm is returned (wrapped) when no index of the book has the term.
var ErrUnknownTerm = errors.New("unknown index term")

// IndexKind names one of the indexes and tables that lead from words to codes.
type IndexKind string

// The indexes of the two ICD-10 books. IndexNeoplasms and IndexDrugs are tables: their terms have codes in columns.
const (
	IndexDiseases   IndexKind = "diseases"        // ICD-10-CM Index to Diseases and Injuries
	IndexNeoplasms  IndexKind = "neoplasms"       // ICD-10-CM Table of Neoplasms
	IndexDrugs      IndexKind = "drugs"           // ICD-10-CM Table of Drugs and Chemicals
	IndexExternal   IndexKind = "external-causes" // ICD-10-CM External Cause of Injuries Index
	IndexProcedures IndexKind = "procedures"      // ICD-10-PCS Index with the body part and device keys
)

// IndexKinds are all of them, in the order of the books.
var IndexKinds = []IndexKind{IndexDiseases, IndexNeoplasms, IndexDrugs, IndexExternal, IndexProcedures}

// System is the code set that the index leads to.
func (k IndexKind) System() System {
	if k == IndexProcedures {
		return ICD10PCS
	}
	return ICD10CM
}

// Name is the index by its official title.
func (k IndexKind) Name() string {
	switch k {
	case IndexDiseases:
		return "ICD-10-CM Alphabetic Index"
	case IndexNeoplasms:
		return "Table of Neoplasms"
	case IndexDrugs:
		return "Table of Drugs and Chemicals"
	case IndexExternal:
		return "External Cause Index"
	case IndexProcedures:
		return "ICD-10-PCS Index"
	}
	return string(k)
}

// Table reports whether the codes of the index stand in columns.
func (k IndexKind) Table() bool { return k == IndexNeoplasms || k == IndexDrugs }

// TermID is the permanent address of a term: it depends on the index and on the words from the main term down, not on the edition.
type TermID string

// IndexTerm is a main term or subterm.
type IndexTerm struct {
	ID           TermID
	Kind         IndexKind
	Edition      string
	Level        int    // 0 for a main term
	Letter       string // under which its main term stands
	Title        string
	Nonessential string // nonessential modifiers, with their parentheses; they do not change the code
	After        string // words that the index prints after them ("NEC")
	Codes        []IndexCode
	Refs         []IndexRef
	Parent       TermID // "" for a main term
	Below        int    // how many terms stand below it
}

// Text is the term as printed.
func (t IndexTerm) Text() string {
	if t.Title == "" {
		return t.Nonessential + t.After // "(gastro)enteritis"
	}
	s := t.Title
	for _, more := range []string{t.Nonessential, t.After} {
		if more != "" {
			s += " " + more
		}
	}
	return s
}

// IndexCode is a code that stands at a term.
type IndexCode struct {
	Ref
	Incomplete    bool // printed with a dash, or the beginning of a PCS code: more characters are in the Tabular List or the table
	Manifestation bool // printed in brackets after its etiology, and reported after it (Official Guidelines I.A.13)
	Column        int  // of a table, counted from 1; 0 elsewhere
}

// Text is the code as the index prints it: with its dot, a dash when characters are missing, in brackets when it is a manifestation.
func (c IndexCode) Text() string {
	s := c.Dotted()
	if c.Incomplete && c.System == ICD10CM {
		if len(c.Code) == 3 {
			s += "."
		}
		s += "-"
	}
	if c.Manifestation {
		s = "[" + s + "]"
	}
	return s
}

// RefKind is the kind of a cross-reference.
type RefKind string

// The kinds of cross-references. See means: not here, there. SeeAlso: there as well. SeeCategory points into the Tabular List. Use gives
// the PCS value that a body part or device is coded to.
const (
	RefSee         RefKind = "see"
	RefSeeAlso     RefKind = "see-also"
	RefSeeCategory RefKind = "see-category"
	RefUse         RefKind = "use"
)

// IndexRef is a cross-reference.
type IndexRef struct {
	Kind   RefKind
	Text   string    // as printed
	Code   Code      // the category of SeeCategory, the table or beginning of the code of a PCS reference; "" for none
	Target TermID    // the term that Text names, "" when the index has no such term ("by site", "condition")
	Exact  bool      // every word of Text led to Target; otherwise it is the term on the way that could be found
	Table  IndexKind // the table that Text names as a whole; "" for none
	Column int       // the column of a table that Text names, counted from 1 ("malignant", "adverse effect"); 0 for none
}

// Index holds the indexes of a book, as many as were loaded and several editions of one. It is immutable and safe for concurrent use. Codes
// in it are as printed; whether a release has them is for the Book to say.
type Index struct {
	volumes []*indexVolume // by kind, oldest edition first
}

// indexVolume is one index in one edition. Terms are numbered in printed order, so that the terms below one follow it.
type indexVolume struct {
	kind    IndexKind
	edition string
	from    Date
	source  string
	heads   []string   // of the columns, from column 1; the first column of the official tables, which names the term, is left out
	columns [][]string // the words of each of the heads

	text    string   // all texts, one after another
	ends    []uint32 // where each text ends; text 0 is empty
	letters []indexLetter
	terms   []indexNode
	entries []indexEntry // of term i: entries[terms[i].entries:terms[i+1].entries]
	byID    []uint32     // terms by id
	byCode  []uint32     // entries with a code, by code

	vocabulary string // the words that are searched by, one after another, sorted
	wordEnds   []uint32
	postFrom   []uint32 // terms with word i of their own: posts[postFrom[i]:postFrom[i+1]]
	posts      []uint32 // term<<1, +1 when only a nonessential modifier has the word

	digest [32]byte
}

type indexLetter struct {
	name     uint32
	from, to int32 // terms
	mains    int32
}

type indexNode struct {
	id                         uint64
	parent, end                int32  // -1 for a main term; the term after the last one below
	title, nonessential, after uint32 // texts
	entries                    uint32
	words                      uint8 // in the titles from the main term down to this one, for ranking
	level                      uint8
}

// The kinds of entries: codes, then references.
const (
	entryCode uint8 = iota
	entryManifestation
	entrySee
	entrySeeAlso
	entrySeeCategory
	entryUse
	entryKinds
)

var refKinds = [entryKinds]RefKind{entrySee: RefSee, entrySeeAlso: RefSeeAlso, entrySeeCategory: RefSeeCategory, entryUse: RefUse}

const (
	flagIncomplete uint8 = 1 << iota
	flagExact
)

// noVolume marks an entry that leads to no term.
const noVolume = 0xff

type indexEntry struct {
	key    uint64 // packed code, 0 for none
	text   uint32 // of a reference
	term   int32  // at which it stands
	target int32  // term of the volume, -1 for the volume as a whole
	volume uint8  // of the target
	kind   uint8
	column uint8
	flags  uint8
}

func (v *indexVolume) str(i uint32) string {
	if i == 0 {
		return ""
	}
	return v.text[v.ends[i-1]:v.ends[i]]
}

func (v *indexVolume) entriesOf(n int32) []indexEntry {
	to := uint32(len(v.entries))
	if int(n)+1 < len(v.terms) {
		to = v.terms[n+1].entries
	}
	return v.entries[v.terms[n].entries:to]
}

// pick is the volume of a kind that answers for a date: the newest without one or when none is so old, else the one in force.
func (ix *Index) pick(k IndexKind, on Date) *indexVolume {
	if ix == nil {
		return nil
	}
	var best *indexVolume
	for _, v := range ix.volumes {
		if v.kind == k && (best == nil || on.IsZero() || !on.Before(v.from)) {
			best = v
		}
	}
	return best
}

// termLetters begin the ids of the terms of each kind.
var termLetters = map[IndexKind]byte{IndexDiseases: 'd', IndexNeoplasms: 'n', IndexDrugs: 'r', IndexExternal: 'e', IndexProcedures: 'p'}

const idDigits = "0123456789abcdefghjkmnpqrstvwxyz" // no i, l, o, u: they are misread

func (v *indexVolume) id(n int32) TermID {
	b := []byte{termLetters[v.kind], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	for i, x := 10, v.terms[n].id; i > 0; i, x = i-1, x>>5 {
		b[i] = idDigits[x&31]
	}
	return TermID(b)
}

// find is the volume and number of a term: of the newest edition that has it.
func (ix *Index) find(id TermID) (*indexVolume, int32, bool) {
	if ix == nil || len(id) != 11 {
		return nil, 0, false
	}
	x := uint64(0)
	for _, c := range []byte(id[1:]) {
		d := strings.IndexByte(idDigits, c)
		if d < 0 {
			return nil, 0, false
		}
		x = x<<5 | uint64(d)
	}
	for _, v := range slices.Backward(ix.volumes) {
		if termLetters[v.kind] != id[0] {
			continue
		}
		i, ok := slices.BinarySearchFunc(v.byID, x, func(n uint32, x uint64) int {
			switch y := v.terms[n].id; {
			case y < x:
				return -1
			case y > x:
				return 1
			}
			return 0
		})
		if ok {
			return v, int32(v.byID[i]), true
		}
	}
	return nil, 0, false
}

func (ix *Index) term(v *indexVolume, n int32) IndexTerm {
	w := &v.terms[n]
	t := IndexTerm{
		ID: v.id(n), Kind: v.kind, Edition: v.edition, Level: int(w.level), Letter: v.letterOf(n),
		Title: v.str(w.title), Nonessential: v.str(w.nonessential), After: v.str(w.after), Below: int(w.end-n) - 1,
	}
	if w.parent >= 0 {
		t.Parent = v.id(w.parent)
	}
	for _, e := range v.entriesOf(n) {
		c := unpack(e.key)
		if e.kind <= entryManifestation {
			t.Codes = append(t.Codes, IndexCode{
				Ref: Ref{v.kind.System(), c}, Incomplete: e.flags&flagIncomplete != 0, Manifestation: e.kind == entryManifestation, Column: int(e.column),
			})
			continue
		}
		r := IndexRef{Kind: refKinds[e.kind], Text: v.str(e.text), Code: c, Exact: e.flags&flagExact != 0, Column: int(e.column)}
		if e.volume != noVolume {
			if o := ix.volumes[e.volume]; e.target >= 0 {
				r.Target = o.id(e.target)
			} else {
				r.Table = o.kind
			}
		}
		t.Refs = append(t.Refs, r)
	}
	return t
}

func (v *indexVolume) letterOf(n int32) string {
	for _, l := range v.letters {
		if n < l.to {
			return v.str(l.name)
		}
	}
	return ""
}

// path is the titles from the main term down, as coders write them: "Diabetes, type 2, with, chronic kidney disease".
func (v *indexVolume) path(n int32) string {
	var up []string
	for ; n >= 0; n = v.terms[n].parent {
		w := &v.terms[n]
		t := strings.TrimSpace(v.str(w.title) + " " + v.str(w.after))
		if w.title == 0 { // "(gastro)enteritis" begins with a modifier
			t = v.str(w.nonessential) + v.str(w.after)
		}
		up = append(up, t)
	}
	slices.Reverse(up)
	return strings.Join(up, ", ")
}
