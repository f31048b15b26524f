package release

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crosswalk/codebook"
)

// descriptors are descriptors of CPT numbers or dental codes that a site has licensed. Their publishers sell several layouts, and sites
// make tables of their own of them, so the layout is told by the content: a table with named columns, parted by tabs or commas, or lines
// of a code, a tab or blanks, and words. Lines of a copyright notice may stand before them.
type descriptors struct {
	list  []descriptor
	words int // bytes of all descriptors
	tally
}

type descriptor struct {
	code  codebook.Code
	title string
}

const (
	maxDescriptorFile  = 64 << 20 // bytes
	maxDescriptor      = 8000     // bytes of one; the longest that are published have about a quarter of it
	maxDescriptorsHead = 40       // lines before the first row
)

// descriptorLayout is how the rows of a descriptor file are written.
type descriptorLayout struct {
	comma rune // 0 for lines of a code, blanks and words
	code  int  // column of the code
	texts []int
	head  int // lines before the first row
}

// Names of columns, in lower case and without anything but letters. Of several texts the longer kind counts.
var (
	descriptorCodes = []string{"cptcode", "cdtcode", "code", "cpt", "cdt", "procedurecode", "proccode"}
	descriptorTexts = []string{
		"long", "longdescription", "longdescriptor", "longdesc", "full", "fulldescription", "fulldescriptor", "descriptor", "description", "desc",
		"cptdescriptor", "cptdescription", "cptdesc", "cdtdescriptor", "cdtdescription", "codedescription", "codedescriptor", "nomenclature",
		"proceduredescription", "medium", "mediumdescription", "mediumdescriptor", "mediumdesc", "short", "shortdescription", "shortdescriptor", "shortdesc",
	}
)

var (
	descriptorLine = regexp.MustCompile(`^([0-9]{4}[0-9FTUMA]|[A-V][0-9]{4})(?:\t[ \t]*| +)(\S.*)$`)
	descriptorPart = regexp.MustCompile(`^[0-9]{4}[0-9FTUMA][0-9]{2} \S`) // a code, the number of the piece, a piece of the text
	dentalForm     = regexp.MustCompile(`^D[0-9]{4}$`)
	// Fee schedules and payment lists have short descriptors too, by grace of the publisher. They are no descriptor files.
	notOfDescriptors = regexp.MustCompile(`^(?:mod|modifiers?|si|ci|pc|tc)$|rvu|apc|status|payment|price|fee|rate|hcpcs`)
	aWord            = regexp.MustCompile(`\pL{3}`)
)

// layoutOf finds the layout of a descriptor file by its first lines.
func layoutOf(text string) (l descriptorLayout, ok bool) {
	n := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		for _, comma := range []rune{'\t', ',', ';', '|'} {
			if l, ok := namedColumns(line, comma); ok {
				l.head = n + 1
				return l, true
			}
		}
		if descriptorLine.MatchString(line) {
			return descriptorLayout{head: n}, true
		}
		if fields, err := csv.NewReader(strings.NewReader(line)).Read(); err == nil && len(fields) == 2 && procedureForm(fields[0]) && aWord.MatchString(fields[1]) {
			return descriptorLayout{comma: ',', texts: []int{1}, head: n}, true
		}
		if n++; n > maxDescriptorsHead {
			break
		}
	}
	return l, false
}

// namedColumns reads a line as the header of a table with a code and at least one text.
func namedColumns(line string, comma rune) (l descriptorLayout, ok bool) {
	if !strings.ContainsRune(line, comma) {
		return l, false
	}
	in := csv.NewReader(strings.NewReader(line))
	in.Comma, in.LazyQuotes = comma, true
	names, err := in.Read()
	if err != nil {
		return l, false
	}
	for i, n := range names {
		names[i] = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, n)
	}
	if slices.ContainsFunc(names, notOfDescriptors.MatchString) {
		return l, false
	}
	l.comma = comma
	if l.code = firstOf(names, descriptorCodes); l.code < 0 {
		return l, false
	}
	for _, t := range descriptorTexts {
		if i := slices.Index(names, t); i >= 0 && i != l.code {
			l.texts = append(l.texts, i)
		}
	}
	return l, len(l.texts) > 0
}

// firstOf is the place of the first of some names that is there, or -1.
func firstOf(names, wanted []string) int {
	for _, w := range wanted {
		if i := slices.Index(names, w); i >= 0 {
			return i
		}
	}
	return -1
}

// descriptorRow is a row as it stands in the file.
type descriptorRow struct {
	line        int
	code, title string
}

// rows goes through the rows of a descriptor file; the last may come with an error.
func (l descriptorLayout) rows(text string) iter.Seq2[descriptorRow, error] {
	for range l.head {
		_, text, _ = strings.Cut(text, "\n")
	}
	return func(yield func(descriptorRow, error) bool) {
		if l.comma == 0 || l.comma == '\t' {
			l.lineRows(text, yield)
		} else {
			l.csvRows(text, yield)
		}
	}
}

// lineRows are rows that are lines: quotes mean nothing in tables parted by tabs, unless a field stands between them.
func (l descriptorLayout) lineRows(text string, yield func(descriptorRow, error) bool) {
	n := l.head
	for line := range strings.Lines(text) {
		n++
		row := descriptorRow{line: n}
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case line == "":
			continue
		case l.comma == '\t':
			fields := strings.Split(line, "\t")
			for i, f := range fields {
				if f = strings.TrimSpace(f); len(f) > 1 && f[0] == '"' && f[len(f)-1] == '"' {
					f = strings.TrimSpace(strings.ReplaceAll(f[1:len(f)-1], `""`, `"`))
				}
				fields[i] = f
			}
			row.code, row.title = l.pick(fields)
		default:
			m := descriptorLine.FindStringSubmatch(line)
			if m == nil {
				yield(row, damaged(n, "%q is no code with a descriptor behind it", cut(line)))
				return
			}
			row.code, row.title = m[1], m[2]
			if strings.Contains(m[2], "\t") {
				yield(row, &lineError{n, fmt.Errorf("%s has several texts and no line says which: put a line of names above, such as code, short_description, long_description", m[1])})
				return
			}
		}
		if !yield(row, nil) {
			return
		}
	}
}

func (l descriptorLayout) csvRows(text string, yield func(descriptorRow, error) bool) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord = l.comma, -1
	at := 0
	for {
		fields, err := in.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			if e, ok := csvError(err, at+1).(*lineError); ok {
				yield(descriptorRow{}, &lineError{l.head + e.line, e.err})
			}
			return
		}
		at, _ = in.FieldPos(0)
		row := descriptorRow{line: l.head + at}
		row.code, row.title = l.pick(fields)
		if row.code == "" && row.title == "" {
			continue // an empty line of a table
		}
		if !yield(row, nil) {
			return
		}
	}
}

// pick takes the code and the first text that is not empty.
func (l descriptorLayout) pick(fields []string) (code, title string) {
	if l.code < len(fields) {
		code = strings.ToUpper(strings.TrimSpace(fields[l.code]))
	}
	for _, i := range l.texts {
		if i < len(fields) && title == "" {
			title = strings.TrimSpace(fields[i])
		}
	}
	return code, title
}

// sniffDescriptors tells whether the beginning of a file is one of descriptors, and of which codes: most of its rows have codes of that
// form, and words that differ. A fee schedule has numbers and letters behind its codes.
func sniffDescriptors(head string) Kind {
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i+1]
	}
	head = readable(head)
	first := 0
	for line := range strings.Lines(head) {
		if descriptorPart.MatchString(line) {
			return fixedDescriptors
		}
		if first++; first > maxDescriptorsHead {
			break
		}
	}
	l, ok := layoutOf(head)
	if !ok {
		return unknown
	}
	rows, cpt, dental, worded := 0, 0, 0, 0
	texts := map[string]bool{}
	for r, err := range l.rows(head) {
		if err != nil && r.code == "" {
			break // the head may end within a row
		}
		rows++
		if dentalForm.MatchString(r.code) {
			dental++
		} else if _, err := codebook.ParseCode(codebook.CPT, r.code); err == nil {
			cpt++
		}
		if letters := strings.Map(onlyLetters, r.title); aWord.MatchString(r.title) && 2*len(letters) > len(r.title) {
			worded++
		}
		texts[r.title] = true
	}
	switch {
	case 5*worded < 4*rows, 5*len(texts) < 4*rows:
		return unknown
	case 2*cpt > rows:
		return DescriptorsCPT
	case 2*dental > rows:
		return DescriptorsDental
	}
	return unknown
}

func onlyLetters(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return -1
}

// readDescriptors reads the descriptors of CPT numbers, or of dental codes for HCPCS. Rows of other code sets are left out.
func readDescriptors(sys codebook.System) func(io.Reader) (*descriptors, error) {
	return func(r io.Reader) (*descriptors, error) {
		last := &lastByte{r: r}
		data, err := io.ReadAll(io.LimitReader(last, maxDescriptorFile+1))
		if err != nil {
			return nil, &lineError{1, broken(err)}
		}
		if len(data) > maxDescriptorFile {
			return nil, damaged(1, "more than %d MB", maxDescriptorFile>>20)
		}
		text := readable(string(data))
		if err := last.end(strings.Count(text, "\n") + 1); err != nil {
			return nil, err
		}
		l, ok := layoutOf(text)
		if !ok {
			return nil, damaged(1, "no row has a code and words")
		}
		d := &descriptors{}
		seen := map[codebook.Code]int{}
		for row, err := range l.rows(text) {
			if err != nil {
				return nil, err
			}
			if err := d.add(sys, row, seen); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
}

func (d *descriptors) add(sys codebook.System, row descriptorRow, seen map[codebook.Code]int) error {
	d.rows++
	own := sys == codebook.CPT && !dentalForm.MatchString(row.code) || sys == codebook.HCPCS && dentalForm.MatchString(row.code)
	code, err := codebook.ParseCode(sys, row.code)
	if err != nil || !own {
		for _, other := range []codebook.System{codebook.HCPCS, codebook.CPT} {
			if _, err := codebook.ParseCode(other, row.code); err == nil {
				d.skip("a code of another set", row.code)
				return nil
			}
		}
		return damaged(row.line, "%q is no code", cut(row.code))
	}
	title := strings.Join(strings.Fields(row.title), " ")
	switch {
	case !aWord.MatchString(title) && len(strings.Map(onlyLetters, title)) == 0:
		return damaged(row.line, "%s has no words but %q", code, cut(title))
	case len(title) > maxDescriptor:
		return damaged(row.line, "%s has a descriptor of %d characters, as if line ends were missing", code, len(title))
	case strings.ContainsFunc(title, unicode.IsControl):
		return damaged(row.line, "the descriptor of %s has characters that are no text", code)
	case seen[code] > 0:
		return damaged(row.line, "%s stands in line %d already: keep one descriptor of a code", code, seen[code])
	}
	seen[code] = row.line
	d.words += len(title)
	d.list = append(d.list, descriptor{code, title})
	return nil
}

// windows1252 are the characters that old Windows files have between 0x80 and 0x9f.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// readable is a text as UTF-8. The publishers' files may be in the character set of Windows.
func readable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80 && c < 0xa0:
			b.WriteRune(windows1252[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// settleDescriptors leaves one file of descriptors of a kind: of the newest edition, one that was imported now before one that was kept, and
// then the one with the most words, for publishers deliver long and short ones side by side.
func (a *assembly) settleDescriptors() {
	for _, k := range []Kind{DescriptorsCPT, DescriptorsDental} {
		var best *item
		for _, it := range a.parts[k] {
			switch {
			case best == nil, it.edition.from.Compare(best.edition.from) > 0, best.kept && !it.kept && it.edition == best.edition:
				best = it
			case it.edition == best.edition && it.kept == best.kept && it.content.(*descriptors).words > best.content.(*descriptors).words:
				best = it
			}
		}
		for _, it := range a.parts[k] {
			switch {
			case it == best:
			case it.edition == best.edition && it.kept == best.kept:
				it.reject("%s is the same edition and has longer descriptors", best.Path)
			case it.edition == best.edition:
				it.reject("%s is the same edition", best.Path)
			default:
				it.reject("%s is newer", best.Path)
			}
		}
		if best != nil {
			a.parts[k] = []*item{best}
		}
	}
}

// descriptors adds the site's own descriptors to the book.
func (a *assembly) descriptors() {
	a.settleDescriptors()
	for _, sys := range []codebook.System{codebook.CPT, codebook.HCPCS} {
		it := a.only(map[codebook.System]Kind{codebook.CPT: DescriptorsCPT, codebook.HCPCS: DescriptorsDental}[sys])
		if it == nil {
			continue
		}
		a.b.Descriptors(sys, it.edition.name)
		for _, d := range it.content.(*descriptors).list {
			a.b.Descriptor(sys, d.code, d.title)
		}
	}
}
