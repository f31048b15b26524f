package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// emCode is one code of an E/M family: the least medical decision making (1 straightforward to 4 high; 0 for none) and the least
// minutes (0 where time never decides) that it takes. CPT E/M guidelines, wording of 2024.
type emCode struct {
	code    codebook.Code
	mdm     int
	minutes int
}

// emFamilies are the families of E/M codes, lowest level first.
var emFamilies = [][]emCode{
	{{"99202", 1, 15}, {"99203", 2, 30}, {"99204", 3, 45}, {"99205", 4, 60}},
	{{"99211", 0, 0}, {"99212", 1, 10}, {"99213", 2, 20}, {"99214", 3, 30}, {"99215", 4, 40}},
	{{"99221", 1, 40}, {"99222", 3, 55}, {"99223", 4, 75}},
	{{"99231", 1, 25}, {"99232", 3, 35}, {"99233", 4, 50}},
	{{"99234", 1, 45}, {"99235", 3, 70}, {"99236", 4, 85}},
	{{"99242", 1, 20}, {"99243", 2, 30}, {"99244", 3, 40}, {"99245", 4, 55}},
	{{"99252", 1, 35}, {"99253", 2, 45}, {"99254", 3, 60}, {"99255", 4, 80}},
	{{"99281", 0, 0}, {"99282", 1, 0}, {"99283", 2, 0}, {"99284", 3, 0}, {"99285", 4, 0}},
	{{"99304", 1, 25}, {"99305", 3, 35}, {"99306", 4, 50}},
	{{"99307", 1, 10}, {"99308", 2, 20}, {"99309", 3, 30}, {"99310", 4, 45}},
	{{"99341", 1, 15}, {"99342", 2, 30}, {"99344", 3, 60}, {"99345", 4, 75}},
	{{"99347", 1, 20}, {"99348", 2, 30}, {"99349", 3, 40}, {"99350", 4, 60}},
}

// emPlace finds a code's family and its level in it, counted from 0.
func emPlace(c codebook.Code) (family, level int, ok bool) {
	for f, codes := range emFamilies {
		if l := slices.IndexFunc(codes, func(e emCode) bool { return e.code == c }); l >= 0 {
			return f, l, true
		}
	}
	return 0, 0, false
}

// emSteps is how many levels the entered code lies above (+) or below (-) the key's; ok is false unless both are of one family.
func emSteps(entered, key codebook.Code) (steps int, ok bool) {
	ef, el, eok := emPlace(entered)
	kf, kl, kok := emPlace(key)
	return el - kl, eok && kok && ef == kf
}

// emFinding names a difference of level.
func emFinding(steps int) Finding {
	switch {
	case steps >= 2:
		return EMUP2
	case steps == 1:
		return EMUP1
	case steps == -1:
		return EMDN1
	case steps <= -2:
		return EMDN2
	}
	return ""
}

type emColumn struct {
	name    string
	words   [4]string // what each rank is called in this column
	asks    [4]string // what each rank takes, in our own words
	entered func(*AnswerEM) *string
	key     func(*EM) string
}

func (c emColumn) told(rank int) string { return c.name + " (" + c.words[rank-1] + ")" }

// emColumns are the three columns of the table of medical decision making (CPT E/M guidelines, in our own words).
var emColumns = []emColumn{
	{"problems", [4]string{"straightforward", "low", "moderate", "high"}, [4]string{
		"one small problem that passes by itself",
		"two small problems, one stable chronic illness, or one acute illness or injury without complications",
		"one chronic illness that is getting worse, off its goal or troubled by its treatment, two stable ones, a new problem whose outcome is open, an acute illness felt in the whole body, or a complicated injury",
		"a chronic illness in a severe flare, or an illness or injury that threatens life or a function of the body",
	}, func(a *AnswerEM) *string { return &a.Problems }, func(e *EM) string { return e.Problems }},
	{"data", [4]string{"minimal", "limited", "moderate", "extensive"}, [4]string{
		"no more than one test or outside note",
		"two tests or outside notes, each counted once, or a history from someone else because the patient cannot give it",
		"three tests, outside notes or a history from someone else, or one's own reading of a test, or a talk about the case with an outside clinician",
		"two kinds of three: three tests, notes or historians; one's own reading of a test; a talk with an outside clinician",
	}, func(a *AnswerEM) *string { return &a.Data }, func(e *EM) string { return e.Data }},
	{"risk", [4]string{"minimal", "low", "moderate", "high"}, [4]string{
		"next to no risk from tests or treatment, such as rest or a dressing",
		"little risk, such as a drug from the shelf or physical therapy",
		"management of a prescription drug, minor surgery on someone with risk factors, major elective surgery without any, or care limited by how the patient lives",
		"a drug watched closely for toxicity, major surgery in an emergency or with risk factors, a decision to admit or to step up care, or one to hold back because the outlook is poor",
	}, func(a *AnswerEM) *string { return &a.Risk }, func(e *EM) string { return e.Risk }},
}

// EMAsk is one level of one column of the table of medical decision making and what it takes, in our own words.
type EMAsk struct {
	Level string // the column's word for the level
	Asks  string
}

// EMTable is the table of medical decision making: for each column, by its name in the grid, the four levels from the lowest.
func EMTable() map[string][]EMAsk {
	out := map[string][]EMAsk{}
	for _, c := range emColumns {
		for i, w := range c.words {
			out[c.name] = append(out[c.name], EMAsk{w, c.asks[i]})
		}
	}
	return out
}

// emRank is 1 for straightforward to 4 for high, whatever the column calls it; 0 for a word that is no level.
func emRank(s string) int {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "straightforward", "minimal", "none", "sf":
		return 1
	case "low", "limited":
		return 2
	case "moderate":
		return 3
	case "high", "extensive":
		return 4
	}
	return 0
}

// mdm is the level of medical decision making that three ranks make: the highest that two of the three reach. 0 when fewer than two
// are given.
func mdm(ranks [3]int) int {
	slices.Sort(ranks[:])
	return ranks[1]
}

// levelByMDM is the level in the family that medical decision making of a rank supports; -1 when none.
func levelByMDM(family, rank int) int {
	at := -1
	for i, e := range emFamilies[family] {
		if rank > 0 && e.mdm <= rank {
			at = i
		}
	}
	return at
}

// levelByTime is the level in the family that the minutes support; -1 when time decides nothing there or the minutes do not suffice.
func levelByTime(family, minutes int) int {
	at := -1
	for i, e := range emFamilies[family] {
		if e.minutes > 0 && minutes >= e.minutes {
			at = i
		}
	}
	return at
}
