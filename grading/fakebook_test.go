package grading

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"crosswalk/codebook"
)

var _ Book = (*codebook.Book)(nil)

// fakeBook is the small book of testdata/book.txt. It is written by hand, so that a golden result depends on nothing but this folder.
type fakeBook struct {
	partial    bool // answers as a starter book does: what it lacks may still exist
	chapters   []codebook.Chapter
	modifiers  map[string]string
	notes      map[codebook.Code][]codebook.Note
	seventh    map[codebook.Code][]codebook.Choice // by the beginning of the codes that take them
	defined    map[string]string                   // "0 5 Open"
	entries    map[codebook.Ref]codebook.Entry
	sections   []codebook.Section
	excludes   [][2]codebook.CodeRange
	etiologies map[codebook.Code][]codebook.CodeRange
	ncci       map[[2]codebook.Code]string
	fees       map[string]codebook.Fee // "99213", "70450-26"
	levels     map[codebook.Code]string
	cancels    map[[2]codebook.Code]bool                // a CC and the principal diagnosis that cancels it
	tables     map[codebook.Code][]codebook.PCSChar     // "0FT": characters 1 to 3
	rows       map[codebook.Code][][4][]codebook.Choice // per table: rows of values for characters 4 to 7
	axes       [4]string
}

// readFakeBook reads lines of the forms that the head of testdata/book.txt explains.
func readFakeBook(tb testing.TB) *fakeBook {
	tb.Helper()
	f, err := os.Open("testdata/book.txt")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	b := &fakeBook{
		entries: map[codebook.Ref]codebook.Entry{}, etiologies: map[codebook.Code][]codebook.CodeRange{},
		modifiers: map[string]string{}, notes: map[codebook.Code][]codebook.Note{}, seventh: map[codebook.Code][]codebook.Choice{}, defined: map[string]string{},
		ncci: map[[2]codebook.Code]string{}, tables: map[codebook.Code][]codebook.PCSChar{}, rows: map[codebook.Code][][4][]codebook.Choice{},
		axes: [4]string{"Body Part", "Approach", "Device", "Qualifier"},
	}
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := b.line(line); err != nil {
			tb.Fatalf("testdata/book.txt:%d: %v", n, err)
		}
	}
	return b
}

func (b *fakeBook) line(line string) error {
	kind, rest, _ := strings.Cut(line, " ")
	fields := strings.Fields(rest)
	undot := func(s string) codebook.Code { return codebook.Code(strings.ReplaceAll(s, ".", "")) }
	span := func(s string) codebook.CodeRange {
		from, to, ok := strings.Cut(s, "-")
		if !ok {
			to = from
		}
		return codebook.CodeRange{First: undot(from), Last: undot(to)}
	}
	switch kind {
	case "chapter":
		s := span(fields[1])
		b.chapters = append(b.chapters, codebook.Chapter{Number: fields[0], First: s.First, Last: s.Last, Title: strings.Join(fields[2:], " ")})
	case "section":
		s := span(fields[0])
		b.sections = append(b.sections, codebook.Section{First: s.First, Last: s.Last, Title: strings.Join(fields[1:], " ")})
	case "modifier":
		b.modifiers[fields[0]] = strings.Join(fields[1:], " ")
	case "note":
		n := codebook.Note{Kind: codebook.NoteKind(fields[1]), From: fields[0], Text: strings.Join(fields[2:], " ")}
		b.notes[undot(fields[0])] = append(b.notes[undot(fields[0])], n)
	case "seventh":
		for _, v := range strings.Split(strings.Join(fields[1:], " "), ";") {
			v = strings.TrimSpace(v)
			b.seventh[undot(fields[0])] = append(b.seventh[undot(fields[0])], codebook.Choice{Char: v[:1], Title: v[2:]})
		}
	case "definition":
		label, text, _ := strings.Cut(strings.Join(fields[2:], " "), ": ")
		b.defined[fields[0]+" "+fields[1]+" "+label] = text
	case "excludes1":
		b.excludes = append(b.excludes, [2]codebook.CodeRange{span(fields[0]), span(fields[1])})
	case "etiology":
		for _, e := range fields[1:] {
			b.etiologies[undot(fields[0])] = append(b.etiologies[undot(fields[0])], span(e))
		}
	case "ncci":
		b.ncci[[2]codebook.Code{codebook.Code(fields[0]), codebook.Code(fields[1])}] = fields[2]
	case "table":
		labels := strings.Split(rest[4:], ";")
		for i, axis := range []string{"Section", "Body System", "Operation"} {
			b.tables[codebook.Code(fields[0])] = append(b.tables[codebook.Code(fields[0])], codebook.PCSChar{Position: i + 1, Axis: axis, Char: rest[i : i+1], Label: strings.TrimSpace(labels[i])})
		}
	case "row":
		var row [4][]codebook.Choice
		for i, col := range strings.Split(rest[4:], "|") {
			for _, v := range strings.Split(col, ";") {
				v = strings.TrimSpace(v)
				row[i] = append(row[i], codebook.Choice{Char: v[:1], Title: v[2:]})
			}
		}
		b.rows[codebook.Code(fields[0])] = append(b.rows[codebook.Code(fields[0])], row)
	default:
		sys, err := codebook.ParseSystem(kind)
		if err != nil {
			return err
		}
		e := codebook.Entry{Ref: codebook.Ref{System: sys, Code: undot(fields[0])}, Billable: true}
		title := strings.TrimSpace(rest[len(fields[0]):])
		for {
			mark, after, _ := strings.Cut(title, " ")
			switch {
			case mark == "+header":
				e.Billable = false
			case mark == "+7th":
				for head, list := range b.seventh {
					if strings.HasPrefix(string(e.Code), string(head)) {
						e.Facts.SeventhChars = list
					}
				}
				if e.Facts.SeventhChars == nil {
					return fmt.Errorf("no seventh characters for %s", e.Code)
				}
			case mark == "+cc", mark == "+mcc":
				e.Facts.Severity = strings.ToUpper(mark[1:])
			case mark == "+addon":
				e.Facts.AddOn = true
			default:
				e.Title = title
				b.entries[e.Ref] = e
				return nil
			}
			title = after
		}
	}
	return nil
}

func (b *fakeBook) Releases() []codebook.Release {
	var out []codebook.Release
	for _, s := range codebook.Systems {
		out = append(out, codebook.Release{System: s, Edition: "2026", Starter: b.partial || s == codebook.CPT})
	}
	return out
}

func (b *fakeBook) Lookup(sys codebook.System, c codebook.Code, _ codebook.Date) (codebook.Entry, error) {
	if e, ok := b.Brief(sys, c, codebook.Date{}); ok {
		for n := len(c); n > 2 && sys == codebook.ICD10CM; n-- {
			e.Notes = append(e.Notes, b.notes[c[:n]]...)
		}
		return e, nil
	}
	return codebook.Entry{}, fmt.Errorf("%s: %w", c, codebook.ErrUnknownCode)
}

func (b *fakeBook) Brief(sys codebook.System, c codebook.Code, _ codebook.Date) (codebook.Entry, bool) {
	e, ok := b.entries[codebook.Ref{System: sys, Code: c}]
	return e, ok
}

func (b *fakeBook) Chapter(c codebook.Code, _ codebook.Date) (codebook.Chapter, bool) {
	for _, ch := range b.chapters {
		if (codebook.CodeRange{First: ch.First, Last: ch.Last}).Contains(c) {
			return ch, true
		}
	}
	return codebook.Chapter{}, false
}

func (b *fakeBook) Severity(dx, principal codebook.Code, _ codebook.Date) (level string, excluded, known bool) {
	e, ok := b.entries[codebook.Ref{System: codebook.ICD10CM, Code: dx}]
	if b.levels != nil {
		return b.levels[dx], b.cancels[[2]codebook.Code{dx, principal}], ok
	}
	return e.Facts.Severity, false, ok
}

func (b *fakeBook) Modifier(m string) (codebook.Modifier, bool) {
	title, ok := b.modifiers[m]
	return codebook.Modifier{Code: m, Title: title}, ok
}

func (b *fakeBook) PCSDefinition(prefix codebook.Code, position int, label string, _ codebook.Date) string {
	if len(prefix) == 0 {
		return ""
	}
	return b.defined[fmt.Sprintf("%s %d %s", prefix[:1], position, label)]
}

func (b *fakeBook) Section(c codebook.Code, _ codebook.Date) (codebook.Section, bool) {
	for _, s := range b.sections {
		if (codebook.CodeRange{First: s.First, Last: s.Last}).Contains(c) {
			return s, true
		}
	}
	return codebook.Section{}, false
}

func (b *fakeBook) Excludes1(codes []codebook.Code, _ codebook.Date) []codebook.Conflict {
	var out []codebook.Conflict
	for i, x := range codes {
		for _, y := range codes[i+1:] {
			for _, e := range b.excludes {
				if e[0].Contains(x) && e[1].Contains(y) || e[0].Contains(y) && e[1].Contains(x) {
					out = append(out, codebook.Conflict{Kind: "excludes1", From: e[0].First.Dotted(codebook.ICD10CM),
						Codes: []codebook.Ref{{System: codebook.ICD10CM, Code: x}, {System: codebook.ICD10CM, Code: y}}})
				}
			}
		}
	}
	return out
}

func (b *fakeBook) Etiologies(c codebook.Code, _ codebook.Date) ([]codebook.CodeRange, bool) {
	rs, ok := b.etiologies[c]
	return rs, ok
}

func (b *fakeBook) NCCI(col1, col2 codebook.Code) (string, bool) {
	m, ok := b.ncci[[2]codebook.Code{col1, col2}]
	return m, ok
}

func (b *fakeBook) PCS(c codebook.Code, _ codebook.Date) ([]codebook.PCSChar, error) {
	if len(c) != 7 {
		return nil, errors.New("seven characters")
	}
	for _, row := range b.rows[c[:3]] {
		out := append([]codebook.PCSChar(nil), b.tables[c[:3]]...)
		for i, values := range row {
			for _, v := range values {
				if v.Char == string(c[3+i]) {
					out = append(out, codebook.PCSChar{Position: 4 + i, Axis: b.axes[i], Char: v.Char, Label: v.Title})
				}
			}
		}
		if len(out) == 7 {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%s stands in no row: %w", c, codebook.ErrUnknownCode)
}

func (b *fakeBook) PCSNext(p codebook.Code, _ codebook.Date) (string, []codebook.Choice) {
	if len(p) < 3 {
		for _, chars := range b.tables {
			if c := chars[len(p)]; string(p) == "" || p == codebook.Code(chars[0].Char) {
				return c.Axis, nil
			}
		}
		return "", nil
	}
	var out []codebook.Choice
	for _, row := range b.rows[p[:3]] {
		fits := true
		for i := 3; i < len(p); i++ {
			ok := false
			for _, v := range row[i-3] {
				ok = ok || v.Char == string(p[i])
			}
			fits = fits && ok
		}
		if fits && len(p) < 7 {
			out = append(out, row[len(p)-3]...)
		}
	}
	if len(out) == 0 {
		return "", nil
	}
	return b.axes[len(p)-3], out
}
