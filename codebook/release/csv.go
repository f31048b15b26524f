package release

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// table reads a CSV file by the names of its columns.
type table struct {
	in     *csv.Reader
	last   *lastByte
	column []int
	record []string
	line   int
	err    error // what ended records
	tally
}

// newTable reads the header of a file that must have the columns; field numbers of get are their places in that list. A column that
// begins with "?" may be missing and is then empty. comma parts the fields.
func newTable(r io.Reader, comma rune, columns ...string) (*table, error) {
	last := &lastByte{r: r}
	in := csv.NewReader(last)
	in.Comma = comma
	in.ReuseRecord = true
	header, err := in.Read()
	if err == io.EOF {
		return nil, damaged(1, "the file is empty")
	}
	if err != nil {
		return nil, csvError(err, 1)
	}
	t := &table{in: in, last: last, column: make([]int, len(columns)), line: 1}
	for i, c := range columns {
		c, may := strings.CutPrefix(c, "?")
		if t.column[i] = slices.Index(header, c); t.column[i] < 0 && !may {
			return nil, &lineError{1, fmt.Errorf("the header has no column %q", c)}
		}
	}
	return t, nil
}

// records goes through the rows, each read into the table before the loop's body runs. The error that ended them, if any, is in err
// afterwards; a body that finds something wrong just returns.
func (t *table) records() iter.Seq[int] {
	return func(yield func(line int) bool) {
		for {
			record, err := t.in.Read()
			if err == io.EOF {
				t.err = t.last.end(t.line)
				return
			}
			if err != nil {
				t.err = csvError(err, t.line+1)
				return
			}
			t.line, _ = t.in.FieldPos(0)
			t.record = record
			t.rows++
			if !yield(t.line) {
				return
			}
		}
	}
}

// get is a field without blanks around it. It is a part of a string that holds the whole record.
func (t *table) get(i int) string {
	if t.column[i] < 0 {
		return ""
	}
	return strings.TrimSpace(t.record[t.column[i]])
}

// has reports whether the file has the column of a field.
func (t *table) has(i int) bool { return t.column[i] >= 0 }

func csvError(err error, line int) error {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return damaged(p.Line, "%v", p.Err)
	}
	return &lineError{line, broken(err)}
}

// diagnosis reads an ICD-10-CM code, with its dot or without.
func (t *table) diagnosis(i int) (codebook.Code, error) {
	c, err := codebook.ParseCode(codebook.ICD10CM, t.get(i))
	if err != nil {
		return "", damaged(t.line, "%v", err)
	}
	return c, nil
}

// procedure reads a CPT or HCPCS Level II code.
func (t *table) procedure(i int) (codebook.System, codebook.Code, error) {
	for _, sys := range []codebook.System{codebook.CPT, codebook.HCPCS} {
		if c, err := codebook.ParseCode(sys, t.get(i)); err == nil {
			return sys, c, nil
		}
	}
	return "", "", damaged(t.line, "%q has neither the form of a CPT code nor of a HCPCS Level II code", t.get(i))
}

// number reads a field that is a whole number within bounds; an empty one is the lower bound, when that is 0.
func (t *table) number(i int, name string, low, high int) (int, error) {
	s := t.get(i)
	if s == "" && low == 0 {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, damaged(t.line, "%s is %q: want a number from %d to %d", name, s, low, high)
	}
	return n, nil
}

// cents reads an amount of dollars, such as 1600.41 or 1,600.41; an empty field is 0.
func (t *table) cents(i int, name string) (int64, error) {
	s := strings.ReplaceAll(t.get(i), ",", "")
	if s == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimPrefix(s, "$"), 64)
	if err != nil || !(x >= 0 && x < 1e10) {
		return 0, damaged(t.line, "%s is %q: want an amount of dollars such as 1600.41", name, t.get(i))
	}
	return int64(math.Round(x * 100)), nil
}

// oneOf checks that a field has one of the values that the layout allows.
func (t *table) oneOf(i int, name string, values ...string) (string, error) {
	v := t.get(i)
	if !slices.Contains(values, v) {
		return "", damaged(t.line, "%s is %q: want one of %s", name, v, strings.Join(values, ", "))
	}
	return v, nil
}
