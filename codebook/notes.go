package codebook

import "strings"

// noteGroup is one note with the list under it: "use additional code to identify control using:" and what follows.
type noteGroup struct {
	kind  NoteKind
	lines []string
	refs  []CodeRange // all codes named, parsed once
	first letters     // the first letters of all codes named
	must  bool        // a code-first or use-additional note that does not leave itself to the case
}

// letters has a bit for each capital letter.
type letters uint32

// has reports whether the letter that a code begins with is one of them. A chart has codes of many chapters and a note names few.
func (l letters) has(c Code) bool { return c != "" && l>>(c[0]-'A')&1 != 0 }

func lettersOf(ranges []CodeRange) letters {
	var l letters
	for _, r := range ranges {
		if r.First == "" || r.Last == "" {
			continue
		}
		for ch := max('A', r.First[0]); ch <= min('Z', r.Last[0]); ch++ {
			l |= 1 << (ch - 'A')
		}
	}
	return l
}

// conditional are the words by which a note says that its partner depends on the case.
var conditional = []string{
	"if applicable", "if any", "if known", "if present", "if desired", "if documented", "if appropriate", "when applicable", "where applicable", "as applicable",
	"any associated", "any underlying", "any known", "when known", "where known", "identify infectious agent", "identify organism", "identify the infectious agent",
	"identify control", "to identify drug", "if identified", "any", "if the applicable",
}

func newGroup(kind NoteKind, lines []string) noteGroup {
	g := noteGroup{kind: kind, lines: lines}
	for _, l := range lines {
		g.refs = append(g.refs, References(l)...)
	}
	g.first = lettersOf(g.refs)
	if kind != CodeFirst && kind != UseAdditional {
		return g
	}
	all := " " + strings.ToLower(strings.Join(lines, " ")) + " "
	// Which drugs someone takes is known from the record alone, though the note asks for them without an "if" (Z79.85 at E11).
	drugs := CodeRange{First: "Z79", Last: "Z79"}
	g.must = len(g.refs) > 0 && len(lines) == 1 && !drugs.Contains(g.refs[0].First)
	for _, w := range conditional {
		if strings.Contains(all, " "+w+" ") || strings.Contains(all, " "+w+",") || strings.Contains(all, " "+w+":") {
			g.must = false
		}
	}
	return g
}

// level is one place that a code has notes from: a row, a section or a chapter.
type level struct {
	span span
	r    *release
	at   int32
	kind levelKind
	own  bool
}

type levelKind uint8

const (
	atRow levelKind = iota
	atSection
	atChapter
)

// wide reports whether the notes are those of a section or chapter, which are about some of its codes only.
func (l *level) wide() bool { return l.kind != atRow }

// from is the place as printed. It is made when it is asked for: most notes that are looked at have nothing to say.
func (l *level) from() string {
	switch l.kind {
	case atSection:
		return l.r.sections[l.at].Range()
	case atChapter:
		return "Chapter " + l.r.chapters[l.at].Number
	}
	return unpack(l.r.rows[l.at].key).Dotted(l.r.System)
}

// levels are the places whose notes hold for row i, nearest first: the code, its ancestors, its section, its chapter.
func (r *release) levels(i int) []level { return r.appendLevels(make([]level, 0, 6), i) }

func (r *release) appendLevels(out []level, i int) []level {
	for n := int32(i); n >= 0; n = r.rows[n].parent {
		if s := r.rows[n].span; s > 0 {
			out = append(out, level{r.spans[s], r, n, atRow, int(n) == i})
		}
	}
	s := r.rows[i].section
	if s < 0 {
		return out
	}
	chapter := r.sections[s].chapter
	for ; s >= 0; s = r.sections[s].parent {
		if span := r.sections[s].span; span > 0 {
			out = append(out, level{r.spans[span], r, int32(s), atSection, false})
		}
	}
	if span := r.chapters[chapter].span; span > 0 {
		out = append(out, level{r.spans[span], r, int32(chapter), atChapter, false})
	}
	return out
}

// notesOf are the notes of row i, own ones first. Inclusion terms are those of the code alone: a term listed under E11 is no synonym
// of E11.22.
func (r *release) notesOf(i int) []Note {
	var buf [8]level
	levels := r.appendLevels(buf[:0], i)
	n := 0
	for _, l := range levels {
		for i := l.span.from; i < l.span.to; i++ {
			n += len(r.groups[i].lines)
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]Note, 0, n)
	for _, l := range levels {
		from := ""
		for i := l.span.from; i < l.span.to; i++ {
			g := &r.groups[i]
			if g.kind == Inclusion && !l.own {
				continue
			}
			if from == "" {
				from = l.from()
			}
			for _, line := range g.lines {
				out = append(out, Note{Kind: g.kind, Text: line, From: from, Own: l.own})
			}
		}
	}
	return out
}
