package release

import (
	"io"
	"math"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// hcpcsRow is a HCPCS Level II code with its official long description.
type hcpcsRow struct {
	code  codebook.Code
	title string
}

// hcpcsList is a HCPCS Level II release. It may hold discontinued codes.
type hcpcsList struct {
	list []hcpcsRow
	tally
}

func readHCPCS(r io.Reader) (*hcpcsList, error) {
	t, err := newTable(r, ',', "code", "short_description", "long_description")
	if err != nil {
		return nil, err
	}
	h := &hcpcsList{}
	seen := map[codebook.Code]bool{}
	for range t.records() {
		c, err := codebook.ParseCode(codebook.HCPCS, t.get(0))
		if err != nil {
			return nil, damaged(t.line, "%v", err)
		}
		title := t.get(2)
		if title == "" {
			title = t.get(1)
		}
		if title == "" {
			return nil, damaged(t.line, "%s has no description", c)
		}
		if seen[c] {
			return nil, damaged(t.line, "%s stands twice", c)
		}
		c = codebook.Code(strings.Clone(string(c)))
		seen[c] = true
		h.list = append(h.list, hcpcsRow{c, strings.Clone(title)})
	}
	h.tally = t.tally
	return h, t.err
}

// hcpcsEnds are the last days of discontinued HCPCS Level II codes.
type hcpcsEnds struct {
	ended map[codebook.Code]codebook.Date
	tally
}

func readHCPCSEnds(r io.Reader) (*hcpcsEnds, error) {
	t, err := newTable(r, ',', "code", "date_terminated")
	if err != nil {
		return nil, err
	}
	h := &hcpcsEnds{ended: map[codebook.Code]codebook.Date{}}
	for range t.records() {
		c, err := codebook.ParseCode(codebook.HCPCS, t.get(0))
		if err != nil {
			return nil, damaged(t.line, "%v", err)
		}
		if t.get(1) == "" {
			t.skip("the code is active", string(c))
			continue
		}
		d, err := codebook.ParseDate(t.get(1))
		if err != nil {
			return nil, damaged(t.line, "date of termination: %v", err)
		}
		h.ended[c] = d
	}
	h.tally = t.tally
	return h, t.err
}

// modifierList are the HCPCS Level II modifiers with their official titles.
type modifierList struct {
	list []codebook.Modifier
	tally
}

func readModifiers(r io.Reader) (*modifierList, error) {
	t, err := newTable(r, ',', "modifier", "long_description")
	if err != nil {
		return nil, err
	}
	m := &modifierList{}
	seen := map[string]bool{}
	for range t.records() {
		code := strings.ToUpper(t.get(0))
		if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' {
			return nil, damaged(t.line, "%q is no HCPCS Level II modifier, which has two characters and begins with a letter", code)
		}
		if seen[code] {
			return nil, damaged(t.line, "modifier %s stands twice", code)
		}
		seen[code] = true
		m.list = append(m.list, codebook.Modifier{Code: code, Title: strings.Clone(t.get(1)), System: codebook.HCPCS})
	}
	m.tally = t.tally
	return m, t.err
}

// fee is what the fee schedule says of a code besides its price.
type fee struct {
	system codebook.System
	facts  codebook.Facts
}

// fees are the facts of a fee schedule by code.
type fees struct {
	byCode     map[codebook.Code]fee
	rows       []feeRow
	conversion string // dollars for a relative value unit
	tally
}

// feeRow is a row with its figures.
type feeRow struct {
	code     codebook.Code
	modifier string
	codebook.Fee
}

// readFees reads a relative value file. Its key is (code, modifier); the row without a modifier speaks of the code as a whole, and where
// there is none (86153) the first row does. Rows of a file without figures give facts only.
func readFees(r io.Reader) (*fees, error) {
	t, err := newTable(r, ',', "hcpcs", "modifier", "status_code", "glob_days", "bilat_surg", "mult_proc", "asst_surg", "co_surg", "team_surg", "pctc_ind",
		"?work_rvu", "?nonfac_pe_rvu", "?fac_pe_rvu", "?mp_rvu", "?nonfac_na_ind", "?fac_na_ind", "?conv_factor")
	if err != nil {
		return nil, err
	}
	f := &fees{byCode: map[codebook.Code]fee{}}
	own := internStrings{}
	whole := map[codebook.Code]bool{}
	twice := map[string]bool{}
	for range t.records() {
		sys, c, err := t.procedure(0)
		if err != nil {
			return nil, err
		}
		days, err := t.oneOf(3, "global days", "000", "010", "090", "XXX", "YYY", "ZZZ", "MMM")
		if err != nil {
			return nil, err
		}
		if len(t.get(2)) != 1 {
			return nil, damaged(t.line, "%s: status code is %q: want one letter", c, t.get(2))
		}
		mod := t.get(1)
		_, seen := f.byCode[c]
		if seen && (mod != "" || whole[c]) {
			if mod == "" {
				return nil, damaged(t.line, "%s stands twice", c)
			}
			if !t.has(10) {
				t.skip("rows of modifiers without figures: the facts are those of the code as a whole", string(c)+"-"+mod)
				continue
			}
		}
		if t.has(10) {
			if key := string(c) + mod; twice[key] {
				return nil, damaged(t.line, "%s-%s stands twice", c, mod)
			} else {
				twice[key] = true
			}
			row, err := feeOf(t, own.code(c), own)
			if err != nil {
				return nil, err
			}
			f.rows = append(f.rows, row)
			f.conversion = own.of(t.get(16))
			if seen && mod != "" {
				continue
			}
		}
		whole[c] = mod == ""
		f.byCode[own.code(c)] = fee{sys, codebook.Facts{
			Status: own.of(t.get(2)), GlobalDays: own.of(days), AddOn: days == "ZZZ",
			Bilateral: own.of(t.get(4)), Multiple: own.of(t.get(5)), Assistant: own.of(t.get(6)),
			CoSurgeons: own.of(t.get(7)), TeamSurgeons: own.of(t.get(8)), Components: own.of(t.get(9)),
		}}
	}
	f.tally = t.tally
	return f, t.err
}

// feeOf reads the figures of a row. The total of the file is the sum of them and not kept.
func feeOf(t *table, c codebook.Code, own internStrings) (feeRow, error) {
	row := feeRow{code: c, modifier: own.of(t.get(1))}
	row.Status, row.GlobalDays, row.Components = own.of(t.get(2)), own.of(t.get(3)), own.of(t.get(9))
	if len(row.modifier) != 0 && len(row.modifier) != 2 || len(row.Components) != 1 {
		return row, damaged(t.line, "%s: modifier %q and PC/TC indicator %q: want two characters or none, and one", c, row.modifier, row.Components)
	}
	for i, v := range []*codebook.RVU{&row.Work, &row.PE, &row.FacPE, &row.MP} {
		x, err := strconv.ParseFloat(t.get(10+i), 64)
		if err != nil || !(x >= 0 && x < maxUnits) {
			return row, damaged(t.line, "%s: %q is no number of relative value units", c, t.get(10+i))
		}
		*v = codebook.RVU(math.Round(x * 100))
	}
	row.NA, row.FacNA = t.get(14) == "NA", t.get(15) == "NA"
	return row, nil
}

// statusRow is a row of OPPS addendum B.
type statusRow struct {
	system codebook.System
	status string
	apc    int   // 0 for none
	cents  int64 // what the APC pays, 0 for none
}

// opps is OPPS addendum B: which codes exist on 1 January, and their status indicators. "D" marks a code that is discontinued.
type opps struct {
	byCode map[codebook.Code]statusRow
	tally
}

func readOPPS(r io.Reader) (*opps, error) {
	t, err := newTable(r, ',', "hcpcs", "status_ind", "?apc", "?payment_rate")
	if err != nil {
		return nil, err
	}
	o := &opps{byCode: map[codebook.Code]statusRow{}}
	own := internStrings{}
	for range t.records() {
		sys, c, err := t.procedure(0)
		if err != nil {
			return nil, err
		}
		if s := t.get(1); s == "" || len(s) > 2 {
			return nil, damaged(t.line, "%s: status indicator is %q: want one or two characters", c, s)
		}
		apc, err := t.number(2, "APC", 0, 9999)
		if err != nil {
			return nil, err
		}
		cents, err := t.cents(3, "payment rate")
		if err != nil {
			return nil, err
		}
		o.byCode[own.code(c)] = statusRow{sys, own.of(t.get(1)), apc, cents}
	}
	o.tally = t.tally
	return o, t.err
}

// internStrings keeps one copy of each of a few values, so that a field does not hold on to the record it was read from.
type internStrings map[string]string

func (m internStrings) of(s string) string {
	if v, ok := m[s]; ok {
		return v
	}
	s = strings.Clone(s)
	m[s] = s
	return s
}

func (m internStrings) code(c codebook.Code) codebook.Code { return codebook.Code(m.of(string(c))) }
