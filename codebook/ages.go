package codebook

import (
	"cmp"
	"slices"
	"strconv"
)

// AgeEdit is a range of ages that the Medicare Code Editor allows a diagnosis in.
type AgeEdit struct {
	Name     string // perinatal, pediatric, maternity, adult
	From, To int    // whole years, both included
}

func (e AgeEdit) years() string {
	if e.From == e.To {
		return strconv.Itoa(e.From)
	}
	return strconv.Itoa(e.From) + " to " + strconv.Itoa(e.To)
}

// ageEdits are the age edits of the Definitions of Medicare Code Edits, chapter 1, by their bit in a packed diagnosis.
var ageEdits = []AgeEdit{{"perinatal", 0, 0}, {"pediatric", 0, 17}, {"maternity", 9, 64}, {"adult", 15, 124}}

// AgeEdits are the age edits of a diagnosis. False when the book has no age edits at all.
func (b *Book) AgeEdits(dx Code) ([]AgeEdit, bool) {
	bits := valueOf(b.claims.ages, dx)
	if bits == 0 {
		return nil, len(b.claims.ages) > 0
	}
	var out []AgeEdit
	for i, e := range ageEdits {
		if bits&(1<<i) != 0 {
			out = append(out, e)
		}
	}
	return out, true
}

// CodeEditorEdition names the version of the Medicare Code Editor that age edits come from, such as "v41.1".
func (b *Builder) CodeEditorEdition(name string) { b.claims.editorName = name }

// AgeEdit adds an age edit of a diagnosis by its name: perinatal, pediatric, maternity or adult.
func (b *Builder) AgeEdit(dx Code, name string) {
	i := slices.IndexFunc(ageEdits, func(e AgeEdit) bool { return e.Name == name })
	if i < 0 || !diagnosisForm(dx) {
		b.fail("age edit %q of %s: want a diagnosis code and perinatal, pediatric, maternity or adult", name, dx)
		return
	}
	b.claims.ages = append(b.claims.ages, pack(dx)|1<<i)
}

func diagnosisForm(c Code) bool { return len(c) >= 3 && len(c) <= 7 && allAlnum(string(c)) }

// valueOf is the low byte beside a packed diagnosis in a sorted list, 0 when it is not there. Diagnoses have at most seven characters.
func valueOf(list []uint64, dx Code) byte {
	if i := placeOf(list, dx); i >= 0 {
		return byte(list[i])
	}
	return 0
}

func placeOf(list []uint64, dx Code) int {
	if !diagnosisForm(dx) {
		return -1
	}
	i, ok := slices.BinarySearchFunc(list, pack(dx), func(e, k uint64) int { return cmp.Compare(e&^0xff, k) })
	if !ok {
		return -1
	}
	return i
}

// joinValues sorts packed diagnoses and makes one of those that stand several times, with the bits of all.
func joinValues(list []uint64) []uint64 {
	list = slices.Clone(list)
	slices.Sort(list)
	out := list[:0]
	for _, e := range list {
		if n := len(out); n > 0 && out[n-1]&^0xff == e&^0xff {
			out[n-1] |= e
			continue
		}
		out = append(out, e)
	}
	return out
}
