package release

import (
	"io"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// pairWidth is the size of a pair in pairs.packed: two codes, the modifier indicator and the number of the rationale.
const pairWidth = 12

// pairs are NCCI procedure-to-procedure edits, one after another in one string: 1.67 million pairs are 20 MB.
type pairs struct {
	packed string
	tally
}

func (p *pairs) each(f func(col1, col2 codebook.Code, modifier string, rationale int)) {
	for i := 0; i+pairWidth <= len(p.packed); i += pairWidth {
		f(codebook.Code(p.packed[i:i+5]), codebook.Code(p.packed[i+5:i+10]), p.packed[i+10:i+11], int(p.packed[i+11]))
	}
}

func readPairs(r io.Reader) (*pairs, error) {
	t, err := newTable(r, ',', "column1", "column2", "modifier_indicator", "?rationale_id")
	if err != nil {
		return nil, err
	}
	var packed strings.Builder
	for range t.records() {
		// Not t.procedure, which allocates: the pairs are most of the lines of all files.
		for i := range 2 {
			c := t.get(i)
			if !procedureForm(c) {
				return nil, damaged(t.line, "%q has neither the form of a CPT code nor of a HCPCS Level II code", c)
			}
			packed.WriteString(c)
		}
		m := t.get(2)
		if m != "0" && m != "1" && m != "9" {
			return nil, damaged(t.line, "modifier indicator is %q: want one of 0, 1, 9", m)
		}
		packed.WriteString(m)
		why, err := t.number(3, "rationale", 0, maxRationale)
		if err != nil {
			return nil, err
		}
		packed.WriteByte(byte(why))
	}
	return &pairs{packed.String(), t.tally}, t.err
}

// maxRationale is the highest number of a rationale of NCCI pairs that a book has room for; CMS has twelve.
const maxRationale = 15

// rationales are the words of the rationales of NCCI pairs.
type rationales struct {
	words map[int]string
	tally
}

func readRationales(r io.Reader) (*rationales, error) {
	t, err := newTable(r, ',', "rationale_id", "rationale")
	if err != nil {
		return nil, err
	}
	out := &rationales{words: map[int]string{}}
	for range t.records() {
		n, err := t.number(0, "number of the rationale", 1, maxRationale)
		if err != nil {
			return nil, err
		}
		if out.words[n] != "" || t.get(1) == "" {
			return nil, damaged(t.line, "the rationale %d stands twice or has no words", n)
		}
		out.words[n] = strings.Clone(t.get(1))
	}
	out.tally = t.tally
	return out, t.err
}

func procedureForm(c string) bool {
	if len(c) != 5 {
		return false
	}
	for i := 1; i < 4; i++ {
		if c[i] < '0' || c[i] > '9' {
			return false
		}
	}
	first, last := c[0], c[4]
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	return digit(first) && (digit(last) || strings.IndexByte("FTUMA", last) >= 0) || first >= 'A' && first <= 'V' && digit(last)
}

// maxUnits is far above the highest medically unlikely edit, which is 90,000.
const maxUnits = 1_000_000

// mues are medically unlikely edits by code.
type mues struct {
	byCode map[codebook.Code]codebook.MUE
	tally
}

// plain is an edit without its rationale, as codebook.Facts have it: there it would part rows that share their facts otherwise.
func (m *mues) plain(c codebook.Code) codebook.MUE {
	e := m.byCode[c]
	e.Rationale = ""
	return e
}

func readMUEs(r io.Reader) (*mues, error) {
	t, err := newTable(r, ',', "hcpcs", "mue_value", "mai", "?rationale")
	if err != nil {
		return nil, err
	}
	m := &mues{byCode: map[codebook.Code]codebook.MUE{}}
	own := internStrings{}
	for range t.records() {
		_, c, err := t.procedure(0)
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(t.get(1))
		if err != nil || n < 0 || n > maxUnits {
			return nil, damaged(t.line, "%s: %q is no number of units", c, t.get(1))
		}
		mai, err := t.oneOf(2, "adjudication indicator", "1", "2", "3")
		if err != nil {
			return nil, err
		}
		m.byCode[own.code(c)] = codebook.MUE{Units: n, Indicator: own.of(mai), Rationale: own.of(t.get(3))}
	}
	m.tally = t.tally
	return m, t.err
}

// addOns are the add-on codes with the primary codes that they may stand beside.
type addOns struct {
	codes map[codebook.Code]bool
	pairs [][2]codebook.Code // of the codes whose list is closed
	tally
}

// readAddOns reads the add-on code file. CMS knows three types: 1, the primary codes are those listed; 2, the contractor decides
// (primary CCCCC); 3, some are listed and the contractor may add others. Only a closed list can show that an add-on code stands without
// its primary, so only type 1 gives pairs.
func readAddOns(r io.Reader) (*addOns, error) {
	t, err := newTable(r, ',', "addon_code", "primary_code", "edit_type")
	if err != nil {
		return nil, err
	}
	a := &addOns{codes: map[codebook.Code]bool{}}
	own := internStrings{}
	open := map[codebook.Code]bool{}
	for range t.records() {
		_, c, err := t.procedure(0)
		if err != nil {
			return nil, err
		}
		c = own.code(c)
		a.codes[c] = true
		kind, err := t.oneOf(2, "edit type", "1", "2", "3")
		if err != nil {
			return nil, err
		}
		if kind != "1" || t.get(1) == "CCCCC" {
			open[c] = true
			t.skip("pairs of add-on codes whose primary codes the contractor may extend", string(c))
			continue
		}
		_, primary, err := t.procedure(1)
		if err != nil {
			return nil, err
		}
		a.pairs = append(a.pairs, [2]codebook.Code{c, own.code(primary)})
	}
	if t.err != nil {
		return nil, t.err
	}
	closed := a.pairs[:0]
	for _, p := range a.pairs {
		if open[p[0]] {
			t.skip("pairs of add-on codes whose primary codes the contractor may extend", string(p[0]))
			continue
		}
		closed = append(closed, p)
	}
	a.pairs, a.tally = closed, t.tally
	return a, nil
}
