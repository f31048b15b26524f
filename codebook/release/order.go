package release

import (
	"io"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// orderRow is a line of an order file.
type orderRow struct {
	code     codebook.Code
	title    string // the long title
	billable bool
}

// order is an order file: every code and header of ICD-10-CM or ICD-10-PCS.
type order struct {
	list []orderRow
	tally
}

// readOrder reads an order file, whose layout CMS and CDC share: [0:5] order number, [6:13] code without a dot, [14] 1 for billable,
// [16:76] short title, [77:] long title. The numbers run without gaps, which shows when lines are missing.
func readOrder(r io.Reader, sys codebook.System) (*order, error) {
	o := &order{}
	in := newLines(r)
	before := 0
	seen := map[codebook.Code]bool{}
	for in.next() {
		l := in.text()
		if l == "" {
			continue
		}
		if len(l) < 78 || l[5] != ' ' || l[13] != ' ' || l[15] != ' ' || l[14] != '0' && l[14] != '1' {
			return nil, damaged(in.n, "%q is no line of an order file (order number, code, 0 or 1, short title, long title)", cut(l))
		}
		n, err := strconv.Atoi(l[:5])
		if err != nil {
			return nil, damaged(in.n, "order number %q is no number", l[:5])
		}
		if before > 0 && n != before+1 {
			return nil, damaged(in.n, "order number %05d follows %05d: lines are missing or out of order", n, before)
		}
		before = n
		code, err := codebook.ParseCode(sys, l[6:13])
		if err != nil {
			return nil, damaged(in.n, "%v", err)
		}
		if seen[code] {
			return nil, damaged(in.n, "%s stands twice", code.Dotted(sys))
		}
		seen[code] = true
		title := strings.TrimSpace(l[77:])
		if title == "" {
			return nil, damaged(in.n, "%s has no long title", code)
		}
		o.list = append(o.list, orderRow{code, title, l[14] == '1'})
	}
	o.tally.rows = len(o.list)
	return o, in.end()
}

// cut shortens a line for a message.
func cut(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
