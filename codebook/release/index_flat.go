package release

import (
	"io"
	"strconv"

	"crosswalk/codebook"
)

// readFlatIndex reads the Alphabetic Index as a table: a line for each term, with its level. Its parent is the nearest line before it of the
// level above.
func readFlatIndex(r io.Reader) (*indexFile, error) {
	t, err := newTable(r, ',', "Letter", "Level", "Term", "See", "SeeAlso", "NonEssModif", "Code")
	if err != nil {
		return nil, err
	}
	f := &indexFile{}
	own := internStrings{}
	below := 0
	for range t.records() {
		level, err := strconv.Atoi(t.get(1))
		if err != nil || level < 0 || level > below {
			return nil, damaged(t.line, "level %q under a term of level %d: want 0 to %d", t.get(1), below-1, below)
		}
		below = level + 1
		term := codebook.NewTerm{Level: level, Title: own.of(t.get(2)), Nonessential: own.of(t.get(5))}
		if term.Title == "" && term.Nonessential == "" { // "(gastro)enteritis" begins with a modifier
			return nil, damaged(t.line, "a term without words")
		}
		if level == 0 {
			term.Letter = own.of(t.get(0))
		}
		if c := t.get(6); c != "" {
			if code, ok := indexCode(codebook.ICD10CM, c); ok {
				code.Code = codebook.Code(own.of(string(code.Code)))
				term.Codes = append(term.Codes, code)
			} else {
				f.tally.skip(notACode, c)
			}
		}
		if s := t.get(3); s != "" {
			term.Refs = append(term.Refs, indexRef(codebook.ICD10CM, codebook.RefSee, own.of(s)))
		}
		if s := t.get(4); s != "" {
			term.Refs = append(term.Refs, indexRef(codebook.ICD10CM, codebook.RefSeeAlso, own.of(s)))
		}
		f.terms = append(f.terms, term)
	}
	f.tally.rows = t.rows
	return f, t.err
}
