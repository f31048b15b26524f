package grading

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"crosswalk/codebook"
)

var _ Book = (*codebook.Book)(nil)

// fakeBook is the small book of testdata/book.txt. It is written by hand, so that a golden result depends on nothing but this folder.
type fakeBook struct {
	inner      *codebook.Book // the same lines as a real book, for edits, notes and citations
	partial    bool           // answers as a starter book does: what it lacks may still exist
	chapters   []codebook.Chapter
	modifiers  map[string]string
	notes      map[codebook.Code][]codebook.Note
	seventh    map[codebook.Code][]codebook.Choice // by the beginning of the codes that take them
	defined    map[string]string                   // "0 5 Open"
	entries    map[codebook.Ref]codebook.Entry
	sections   []codebook.Section
	etiologies map[codebook.Code][]codebook.CodeRange
	ncci       map[[2]codebook.Code]string
	fees       map[string]codebook.Fee // "99213", "70450-26"
	levels     map[codebook.Code]string
	cancels    map[[2]codebook.Code]bool                // a CC and the principal diagnosis that cancels it
	tables     map[codebook.Code][]codebook.PCSChar     // "0FT": characters 1 to 3
	rows       map[codebook.Code][][4][]codebook.Choice // per table: rows of values for characters 4 to 7
	axes       [4]string
	lasting    map[codebook.Ref][2]codebook.Date // the first and last day of a code, where a line gives one
	edits      []func(b *codebook.Builder, cm *codebook.ReleaseBuilder)
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
		axes: [4]string{"Body Part", "Approach", "Device", "Qualifier"}, lasting: map[codebook.Ref][2]codebook.Date{},
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
	if b.inner, err = b.build(); err != nil {
		tb.Fatalf("testdata/book.txt: %v", err)
	}
	return b
}

// build makes a real book of what was read, since edits are not worth being written twice.
func (b *fakeBook) build() (*codebook.Book, error) {
	nb := codebook.NewBuilder()
	nb.NCCIEdition("2024Q3")
	nb.MUEEdition("2024Q3")
	nb.CodeEditorEdition("v43")
	from := codebook.Date{Year: 2024, Month: 10, Day: 1}
	sets := map[codebook.System]*codebook.ReleaseBuilder{}
	for _, sys := range []codebook.System{codebook.ICD10CM, codebook.CPT, codebook.HCPCS} {
		sets[sys] = nb.Release(codebook.Release{System: sys, Edition: "2026", ValidFrom: from})
	}
	cm := sets[codebook.ICD10CM]
	cm.Chapter(codebook.Chapter{Number: "1", First: "A00", Last: "Z99", Title: "All"})
	cm.Section(codebook.Section{First: "A00", Last: "Z99", Title: "All"})
	headers := map[codebook.Code]bool{}
	for ref, e := range b.entries {
		if ref.System == codebook.ICD10PCS {
			continue
		}
		f := e.Facts
		f.Manifestation = len(b.etiologies[ref.Code]) > 0
		sets[ref.System].Code(ref.Code, e.Title, e.Billable, f)
		headers[ref.Code] = true
	}
	for ref := range b.entries {
		if c := ref.Code[:3]; ref.System == codebook.ICD10CM && !headers[c] {
			headers[c] = true
			cm.Code(c, "", false, codebook.Facts{})
		}
	}
	for _, edit := range b.edits {
		edit(nb, cm)
	}
	return nb.Build()
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
		b.edits = append(b.edits, func(_ *codebook.Builder, cm *codebook.ReleaseBuilder) { cm.Notes(undot(fields[0]), n.Kind, n.Text) })
	case "seventh":
		for _, v := range strings.Split(strings.Join(fields[1:], " "), ";") {
			v = strings.TrimSpace(v)
			b.seventh[undot(fields[0])] = append(b.seventh[undot(fields[0])], codebook.Choice{Char: v[:1], Title: v[2:]})
		}
	case "definition":
		label, text, _ := strings.Cut(strings.Join(fields[2:], " "), ": ")
		b.defined[fields[0]+" "+fields[1]+" "+label] = text
	case "excludes1":
		note := strings.TrimSpace(strings.Join(fields[2:], " ") + " (" + fields[1] + ")")
		b.edits = append(b.edits, func(_ *codebook.Builder, cm *codebook.ReleaseBuilder) {
			cm.Notes(undot(fields[0]), codebook.Excludes1, note)
		})
	case "guideline":
		g := codebook.Guideline{Number: fields[0], Title: strings.Join(fields[1:], " "), Set: "icd10cm"}
		b.edits = append(b.edits, func(nb *codebook.Builder, _ *codebook.ReleaseBuilder) { nb.Guideline(g) })
	case "age":
		b.edits = append(b.edits, func(nb *codebook.Builder, _ *codebook.ReleaseBuilder) { nb.AgeEdit(undot(fields[0]), fields[1]) })
	case "primary":
		for _, p := range fields[1:] {
			b.edits = append(b.edits, func(nb *codebook.Builder, _ *codebook.ReleaseBuilder) {
				nb.AddOn(codebook.Code(fields[0]), codebook.Code(p))
			})
		}
	case "mue":
		units, err := strconv.Atoi(fields[2])
		if err != nil {
			return err
		}
		b.edits = append(b.edits, func(nb *codebook.Builder, _ *codebook.ReleaseBuilder) {
			nb.MUE(codebook.Code(fields[0]), codebook.Setting(fields[1]), codebook.MUE{Units: units, Indicator: fields[3]})
		})
	case "etiology":
		for _, e := range fields[1:] {
			b.etiologies[undot(fields[0])] = append(b.etiologies[undot(fields[0])], span(e))
		}
		b.edits = append(b.edits, func(_ *codebook.Builder, cm *codebook.ReleaseBuilder) {
			cm.Notes(undot(fields[0]), codebook.CodeFirst, "underlying disease ("+strings.Join(fields[1:], ", ")+")")
		})
	case "ncci":
		b.ncci[[2]codebook.Code{codebook.Code(fields[0]), codebook.Code(fields[1])}] = fields[2]
		b.edits = append(b.edits, func(nb *codebook.Builder, _ *codebook.ReleaseBuilder) {
			nb.NCCI(codebook.Code(fields[0]), codebook.Code(fields[1]), fields[2])
		})
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
			case mark == "+exempt":
				e.Facts.POAExempt = true
			case mark == "+male", mark == "+female":
				e.Facts.Sex = strings.ToUpper(mark[1:2])
			case strings.HasPrefix(mark, "+bilateral="):
				e.Facts.Bilateral = mark[len("+bilateral="):]
			case strings.HasPrefix(mark, "+components="):
				e.Facts.Components = mark[len("+components="):]
			case strings.HasPrefix(mark, "+from="), strings.HasPrefix(mark, "+until="):
				name, day, _ := strings.Cut(mark, "=")
				d, err := codebook.ParseDate(day)
				if err != nil {
					return err
				}
				l := b.lasting[e.Ref]
				if l[0] = d; name == "+until" {
					l = [2]codebook.Date{{}, d}
				}
				b.lasting[e.Ref] = l
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
		part := b.partial || s == codebook.CPT
		out = append(out, codebook.Release{System: s, Edition: "2025", ValidFrom: codebook.Date{Year: 2024, Month: 10, Day: 1}, Starter: part},
			codebook.Release{System: s, Edition: "2026", ValidFrom: october, Starter: part})
	}
	return out
}

// october is when the newer of the two editions begins.
var october = codebook.Date{Year: 2025, Month: 10, Day: 1}

func (b *fakeBook) ClaimConflicts(c codebook.Claim) []codebook.Conflict {
	return b.inner.ClaimConflicts(c)
}

func (b *fakeBook) Children(sys codebook.System, c codebook.Code, _ codebook.Date) []codebook.Entry {
	return b.inner.Children(sys, c, codebook.Date{})
}

func (b *fakeBook) CiteOK(cite string) (known, checked bool) { return b.inner.CiteOK(cite) }

func (b *fakeBook) Lookup(sys codebook.System, c codebook.Code, on codebook.Date) (codebook.Entry, error) {
	if e, ok := b.Brief(sys, c, on); ok {
		for n := len(c); n > 2 && sys == codebook.ICD10CM; n-- {
			e.Notes = append(e.Notes, b.notes[c[:n]]...)
		}
		return e, nil
	}
	return codebook.Entry{}, fmt.Errorf("%s: %w", c, codebook.ErrUnknownCode)
}

func (b *fakeBook) Brief(sys codebook.System, c codebook.Code, on codebook.Date) (codebook.Entry, bool) {
	ref := codebook.Ref{System: sys, Code: c}
	e, ok := b.entries[ref]
	if l := b.lasting[ref]; !ok || !on.IsZero() && (on.Before(l[0]) || !l[1].IsZero() && l[1].Before(on)) {
		return codebook.Entry{}, false
	}
	if e.Release = "2026"; !on.IsZero() && on.Before(october) {
		e.Release = "2025"
	}
	return e, true
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

func (b *fakeBook) Excludes1(codes []codebook.Code, on codebook.Date) []codebook.Conflict {
	return b.inner.Excludes1(codes, codebook.Date{})
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
