package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// degree says by which row of the table "How near a code is" a code was judged.
type degree int

const (
	far       degree = iota // nothing in common
	exact                   // the key's code
	accepted                // one that the key accepts
	listed                  // in the key's near misses
	trapped                 // named in the key's traps
	notACode                // a header, or no code on the date
	intent                  // poisoning and the like with another intent
	oneChar                 // one character after the fourth differs
	category                // the same three-character category
	levelAway               // E/M, one level off
	someChars               // ICD-10-PCS, some of characters 4 to 7
)

// nearness is how near an entered code comes to a key line.
type nearness struct {
	percent int // of the code's points
	how     degree
	finding Finding
	at      int // index of the character that decides, -1 when none does
}

// nearDiagnosis is the table for diagnoses; the first row that fits counts.
func (g *grader) nearDiagnosis(d *Diagnosis, c codebook.Code) nearness {
	return g.nearEntered(d, c, g.trap(c) != nil, g.ref.look(codebook.Ref{System: codebook.ICD10CM, Code: c}))
}

// nearEntered is nearDiagnosis with what does not depend on the key line: whether the code is a trap, and what the book says of it.
func (g *grader) nearEntered(d *Diagnosis, c codebook.Code, trap bool, l *looked) nearness {
	if c == d.Code {
		return nearness{percent: 100, how: exact, at: -1}
	}
	if slices.Contains(d.Accept, c) {
		return nearness{percent: 100, how: accepted, at: -1}
	}
	if pc, ok := d.NearMiss[c]; ok {
		pc = min(max(pc, 0), 100)
		at := common(c, d.Code)
		return nearness{pc, listed, g.nearFinding(c, d.Code, at), at}
	}
	if trap {
		return nearness{how: trapped, at: -1}
	}
	if f := l.incomplete(c, d.Code); f != "" {
		return nearness{how: notACode, finding: f, at: len(c)}
	}
	if x, y := intentOf(c), intentOf(d.Code); x != 0 && y != 0 && x != y {
		return nearness{how: intent, finding: DXCODE, at: -1}
	}
	if len(c) >= 4 && len(d.Code) >= 4 && c[:4] == d.Code[:4] {
		if at, n := differences(c, d.Code); n == 1 {
			return nearness{50, oneChar, g.nearFinding(c, d.Code, at), at}
		}
	}
	if len(c) >= 3 && len(d.Code) >= 3 && c[:3] == d.Code[:3] {
		at := common(c, d.Code)
		return nearness{25, category, g.nearFinding(c, d.Code, at), at}
	}
	return nearness{how: far, at: -1}
}

// incomplete is DX7TH or DXTRUNC for a code that is not billable on the date, "" for one that is or may be. The key's code shows
// whether only the seventh character is missing, with or without the placeholders before it.
func (g *grader) incomplete(c, key codebook.Code) Finding {
	return g.ref.look(codebook.Ref{System: codebook.ICD10CM, Code: c}).incomplete(c, key)
}

func (l *looked) incomplete(c, key codebook.Code) Finding {
	switch l.valid {
	case billable:
		return ""
	case unknowable:
		// Without the full release a code is known to be a header only by the key's code below it.
		if len(c) >= len(key) || key[:len(c)] != c {
			return ""
		}
	}
	if len(key) == 7 && len(c) < 7 && key[:len(c)] == c {
		if strings.Trim(string(key[len(c):6]), "X") == "" {
			return DX7TH
		}
		return DXTRUNC
	}
	if len(c) == 6 && len(l.entry.Facts.SeventhChars) > 0 {
		return DX7TH
	}
	return DXTRUNC
}

// differences counts the places in which two codes differ and gives the first; a place that only one of them has differs.
func differences(a, b codebook.Code) (first, n int) {
	first = -1
	for i := range max(len(a), len(b)) {
		if i < len(a) && i < len(b) && a[i] == b[i] {
			continue
		}
		if n == 0 {
			first = i
		}
		n++
	}
	return first, n
}

// intentOf is the character that names the intent of a code of T36 to T65 (1 accidental to 6 underdosing): the sixth, or the fifth
// where a placeholder stands sixth. 0 for other codes.
func intentOf(c codebook.Code) byte {
	if len(c) < 6 || c[:3] < "T36" || c[:3] > "T65" {
		return 0
	}
	if c[5] != 'X' {
		return c[5]
	}
	return c[4]
}

// nearFinding names what kind of difference parts two codes of one category.
func (g *grader) nearFinding(c, key codebook.Code, at int) Finding {
	if combines(c, key) {
		return DXCOMB
	}
	if len(c) == 7 && len(key) == 7 && at == 6 {
		return DX7TH
	}
	if lateralWords(g.ref.titleWords(codebook.Ref{System: codebook.ICD10CM, Code: c}), g.ref.titleWords(codebook.Ref{System: codebook.ICD10CM, Code: key})) {
		return DXLAT
	}
	// Titles that name the side with other words: "right eye" and "bilateral", "right dominant side" and "unspecified side".
	if _, n := differences(c, key); n == 1 && g.charName(key, c, at) == sideLevel {
		return DXLAT
	}
	return DXSPEC
}

var sides = []string{"right", "left", "bilateral", "unilateral", "unspecified"}

// lateral reports whether two titles say the same but for the side.
func lateral(a, b string) bool { return lateralWords(words(a), words(b)) }

func lateralWords(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 || !namesSide(a) && !namesSide(b) {
		return false
	}
	restA, sideA := splitSides(a)
	restB, sideB := splitSides(b)
	return slices.Equal(restA, restB) && !slices.Equal(sideA, sideB)
}

// namesSide reports whether words name a side and do not only leave it open.
func namesSide(ws []string) bool {
	return slices.ContainsFunc(ws, func(w string) bool { return w == "right" || w == "left" || w == "bilateral" })
}

func splitSides(ws []string) (rest, side []string) {
	for _, w := range ws {
		if slices.Contains(sides, w) {
			side = append(side, w)
		} else {
			rest = append(rest, w)
		}
	}
	slices.Sort(rest)
	return rest, side
}

// combinations are pairs within one section of the Tabular List where the first code is a part of what the second states whole.
var combinations = []struct{ part, whole codebook.CodeRange }{
	{codebook.CodeRange{First: "I10", Last: "I10"}, codebook.CodeRange{First: "I11", Last: "I13"}}, // I.C.9.a: hypertension with heart or kidney disease
	{codebook.CodeRange{First: "I11", Last: "I12"}, codebook.CodeRange{First: "I13", Last: "I13"}}, // I.C.9.a.3: with both
	{codebook.CodeRange{First: "K81", Last: "K81"}, codebook.CodeRange{First: "K80", Last: "K80"}}, // cholecystitis with gallstones
}

func combines(entered, key codebook.Code) bool {
	for _, c := range combinations {
		if c.part.Contains(entered) && c.whole.Contains(key) {
			return true
		}
	}
	return false
}
