package progress

import (
	"unicode/utf16"
	"unicode/utf8"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
)

// MaxItemNote is how many characters a note on an item of an exam can have, in UTF-16 units as the fields of browsers count.
const MaxItemNote = 1300

// The bounds of any answer, whatever the item: no question has as many options, entries or codes, and no field of a page takes as much.
const (
	maxEntries   = 60
	maxIndex     = 200
	maxCodes     = 100
	maxCodeRunes = 40
	maxValue     = 2000 // characters
)

// impossible says why a state can belong to no item at all, "" when it can. It reads nothing, because it is asked at every save; whether
// the answer fits its own item is for grading.
func impossible(st ItemState) string {
	const long, not = "it is too long", "the answer is none of this exam"
	if len(utf16.Encode([]rune(st.Note))) > MaxItemNote || len(st.Trail) > maxTrail || len(st.Marks) > maxMarks {
		return long
	}
	if !within(st.Struck, 0) || !possible(st.Answer) {
		return not
	}
	for _, was := range st.Trail {
		if !possible(was.Answer) {
			return not
		}
	}
	if sh := st.Sheet; sh != nil && (len(sh.Dx) > answersheet.MaxLines || len(sh.Px) > answersheet.MaxLines) {
		return long
	}
	return ""
}

func possible(a grading.ItemAnswer) bool {
	if len(a.Codes) > maxCodes || utf8.RuneCountInString(a.Value) > maxValue {
		return false
	}
	for _, c := range a.Codes {
		if utf8.RuneCountInString(c) > maxCodeRunes {
			return false
		}
	}
	return within(a.Options, 0) && within(a.Order, -1) && within(a.Match, -1)
}

// within reports whether there are few enough entries, each from least to maxIndex.
func within(entries []int, least int) bool {
	for _, i := range entries {
		if i < least || i > maxIndex {
			return false
		}
	}
	return len(entries) <= maxEntries
}
