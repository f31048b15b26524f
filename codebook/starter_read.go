package codebook

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Problem is something wrong in a starter file. Line counts from 1.
type Problem struct {
	File    string
	Line    int
	Message string
}

func (p Problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// Problems are all problems of a set of starter files, by file and line.
type Problems []Problem

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// starterReader gathers the files of a starter book. Files of one set and release add up to one release.
type starterReader struct {
	b        *Builder
	problems Problems
	cm       []*cmFile // by release
	pcs      []*starterTable
	releases map[string]*ReleaseBuilder
	headers  map[string]Release
	lines    map[string]*starterLine
}

// starterLine is a line that other files may repeat.
type starterLine struct {
	sourceLine
	noted bool // something is indented below it
}

// repeats says whether a line stood in another file already. Word for word it may, so that files of one set need not know of each
// other; what is indented below it stands at one of them.
func (sr *starterReader) repeats(what string, rb *ReleaseBuilder, bl block) bool {
	key := fmt.Sprint(rb.info.System, rb.info.Edition, " ", what)
	old := sr.lines[key]
	if old == nil {
		sr.lines[key] = &starterLine{bl.sourceLine, len(bl.under) > 0}
		return false
	}
	switch {
	case old.file == bl.file:
		sr.fail(bl.sourceLine, "%s stands already in line %d", what, old.number)
	case !slices.Equal(strings.Fields(old.text), strings.Fields(bl.text)):
		sr.fail(bl.sourceLine, "%s stands already in %s, line %d, as: %s", what, old.file, old.number, old.text)
	case old.noted && len(bl.under) > 0:
		sr.fail(bl.sourceLine, "what is indented below %s stands already in %s, line %d", what, old.file, old.number)
	}
	if len(bl.under) > 0 {
		*old = starterLine{bl.sourceLine, true}
	}
	return true
}

// repeatsBare is repeats for a code whose notes all stand at its first line.
func (sr *starterReader) repeatsBare(c Code, rb *ReleaseBuilder, bl block) bool {
	if !sr.repeats(string(c), rb, block{sourceLine: bl.sourceLine}) {
		return false
	}
	if len(bl.under) > 0 {
		sr.fail(bl.sourceLine, "%s stands in another file too: write what is indented below it there", c)
	}
	return true
}

// sourceLine is a line of a starter file with its indent in blanks; comments and blank lines are gone.
type sourceLine struct {
	file   string
	number int
	indent int
	text   string
}

// ReadStarter reads all .txt files under the root of fsys as starter files; starter/README.md is the manual of their format. The error
// is Problems: everything that is wrong in any file.
func ReadStarter(fsys fs.FS) (*Book, error) {
	sr := &starterReader{b: NewBuilder(), releases: map[string]*ReleaseBuilder{}, headers: map[string]Release{}, lines: map[string]*starterLine{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".txt" {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sr.file(name, string(data))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the starter book: %w", err)
	}
	for _, f := range sr.cm {
		f.emit(sr)
	}
	for _, t := range sr.pcs {
		t.emit()
	}
	if len(sr.problems) == 0 {
		book, err := sr.b.Build()
		if err == nil {
			return book, nil
		}
		// What Build finds spans lines; the reader has checked whatever has one line.
		sr.problems = append(sr.problems, Problem{File: "starter", Message: err.Error()})
	}
	slices.SortStableFunc(sr.problems, func(x, y Problem) int { return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line)) })
	return nil, sr.problems
}

func (sr *starterReader) fail(l sourceLine, format string, args ...any) {
	sr.problems = append(sr.problems, Problem{l.file, l.number, fmt.Sprintf(format, args...)})
}

func sourceLines(file, data string) []sourceLine {
	var out []sourceLine
	for i, t := range strings.Split(data, "\n") {
		t = strings.TrimRight(t, " \t\r")
		body := strings.TrimLeft(t, " \t")
		if body == "" || strings.HasPrefix(body, "#") {
			continue
		}
		out = append(out, sourceLine{file, i + 1, len(t) - len(body), body})
	}
	return out
}

func (sr *starterReader) file(name, data string) {
	lines := sourceLines(name, data)
	if len(lines) == 0 {
		sr.fail(sourceLine{file: name, number: 1}, "the file is empty; begin it with a line such as: set icd10cm")
		return
	}
	set, ok := strings.CutPrefix(lines[0].text, "set ")
	if !ok {
		sr.fail(lines[0], "the first line must name the set, such as: set icd10cm")
		return
	}
	switch set = strings.TrimSpace(set); set {
	case "icd10cm", "icd10pcs", "cpt", "hcpcs":
		sr.codeFile(System(set), lines[1:], lines[0])
	case "modifiers":
		sr.modifiers(lines[1:])
	case "ncci":
		sr.ncci(lines[1:])
	case "guidelines":
		sr.guidelines(lines[1:])
	case "words":
		sr.words(lines[1:])
	case "places":
		sr.places(lines[1:])
	default:
		sr.fail(lines[0], "%q is no set: use icd10cm, icd10pcs, cpt, hcpcs, modifiers, ncci, guidelines, places or words", set)
	}
}

// codeFile reads the header lines release and valid and hands the rest to the reader of the set.
func (sr *starterReader) codeFile(sys System, lines []sourceLine, first sourceLine) {
	info := Release{System: sys, Source: "starter book", Starter: true}
	at := first
	for len(lines) > 0 {
		word, rest, _ := strings.Cut(lines[0].text, " ")
		rest = strings.TrimSpace(rest)
		if word == "release" {
			info.Edition = rest
		} else if word == "valid" {
			sr.valid(lines[0], rest, &info)
		} else {
			break
		}
		at = lines[0]
		lines = lines[1:]
	}
	if info.Edition == "" || info.ValidFrom.IsZero() {
		sr.fail(at, "after the set come two lines: release EDITION, and valid FROM TO with dates as YYYY-MM-DD")
		return
	}
	key := string(sys) + " " + info.Edition
	rb := sr.releases[key]
	if rb == nil {
		rb = sr.b.Release(info)
		sr.releases[key], sr.headers[key] = rb, info
	} else if sr.headers[key] != info {
		sr.fail(at, "another file gives other dates for %s %s", sys.Name(), info.Edition)
	}
	switch sys {
	case ICD10CM:
		sr.cmLines(rb, key, lines)
	case ICD10PCS:
		sr.pcsLines(rb, lines)
	case CPT:
		sr.cptLines(rb, lines)
	case HCPCS:
		sr.hcpcsLines(rb, lines)
	}
}

func (sr *starterReader) valid(l sourceLine, rest string, info *Release) {
	dates := strings.Fields(rest)
	if len(dates) < 1 || len(dates) > 2 {
		sr.fail(l, "valid wants a first day and, unless it is open, a last day")
		return
	}
	for i, d := range dates {
		v, err := ParseDate(d)
		if err != nil {
			sr.fail(l, "%v", err)
			continue
		}
		if i == 0 {
			info.ValidFrom = v
		} else {
			info.ValidTo = v
		}
	}
	if !info.ValidTo.IsZero() && info.ValidTo.Before(info.ValidFrom) {
		sr.fail(l, "the release ends before it begins")
	}
}

// block is a line with the lines indented below it.
type block struct {
	sourceLine
	under []block
}

// blocks nests lines by their indent.
func blocks(lines []sourceLine) []block {
	var out []block
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && lines[j].indent > lines[i].indent {
			j++
		}
		out = append(out, block{lines[i], blocks(lines[i+1 : j])})
		i = j
	}
	return out
}
