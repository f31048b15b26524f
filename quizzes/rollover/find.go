package rollover

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/codebook"
)

// longestLine is how many characters of a line a report shows.
const longestLine = 160

// codeForm is what may be a code in a text: capitals and digits, with a dot within. Ids are in lower case, so none of them is taken for one.
var codeForm = regexp.MustCompile(`[A-Z0-9]+(?:\.[A-Z0-9]+)?`)

// changed is all that happened to a code between two releases.
type changed struct {
	codebook.Change
	kinds []codebook.ChangeKind
	was   string
	diff  *codebook.Changes
}

type finder struct {
	book    *codebook.Book
	changed map[codebook.Ref]*changed
	beside  map[codebook.Ref][]codebook.Change // by the header above them, the billable codes that are new
	newer   []*codebook.Changes
}

func (f *finder) add(diff codebook.Changes) {
	d := &diff
	f.newer = append(f.newer, d)
	for _, c := range d.List {
		if c.Kind == codebook.Added {
			if e, err := f.book.Lookup(d.System, c.Code, d.Newer.ValidFrom); err == nil && e.Billable && e.Parent != "" {
				up := codebook.Ref{System: d.System, Code: e.Parent}
				f.beside[up] = append(f.beside[up], c)
			}
			continue // what is new cannot be mentioned yet, unless by who knew
		}
		x := f.changed[c.Ref]
		if x == nil {
			x = &changed{Change: c, diff: d}
			f.changed[c.Ref] = x
		}
		x.kinds = append(x.kinds, c.Kind)
		if c.Was != "" {
			x.was = c.Was
		}
	}
}

// mentions are the changed codes of a text, by line; line is the number of its first line in the file. A code counts once on a line.
func (f *finder) mentions(text string, line int) []Mention {
	var out []Mention
	for s := range strings.Lines(text) {
		seen := map[codebook.Ref]bool{}
		for _, at := range codeForm.FindAllStringIndex(s, -1) {
			if at[0] > 0 && wordBefore(s[:at[0]]) {
				continue
			}
			for _, ref := range readings(s[at[0]:at[1]]) {
				m, ok := f.mention(ref, s, s[at[0]:at[1]])
				if ok && !seen[ref] {
					seen[ref] = true
					m.Line, m.Text = line, clip(strings.TrimSpace(s))
					out = append(out, m)
				}
			}
		}
		line++
	}
	return out
}

// wordBefore reports whether a text ends within a word, as "FY" does not before a blank: codes begin where words do.
func wordBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r >= 'a' && r <= 'z' || r == '_' || r == '.' || r == '$'
}

// readings are the codes that a piece of text may be. HCPCS Level II and ICD-10-CM without its dot share a form.
func readings(s string) []codebook.Ref {
	if len(s) < 3 || !strings.ContainsAny(s, "0123456789") {
		return nil
	}
	var out []codebook.Ref
	for _, sys := range codebook.Systems {
		c, err := codebook.ParseCode(sys, s)
		if err != nil || sys == codebook.ICD10PCS && len(c) != 7 {
			continue
		}
		out = append(out, codebook.Ref{System: sys, Code: c})
	}
	return out
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= longestLine {
		return s
	}
	return string([]rune(s)[:longestLine]) + "…"
}

// mention says what changed about a code, and what may be done about it.
func (f *finder) mention(ref codebook.Ref, line, written string) (Mention, bool) {
	m := Mention{Set: ref.System, Code: ref.Code.Dotted(ref.System)}
	if x := f.changed[ref]; x != nil {
		m.Title, m.Was = x.Title, x.was
		for _, k := range x.kinds {
			m.Changes = append(m.Changes, string(k))
		}
		m.Proposal = f.propose(x, line, written)
		return m, true
	}
	for _, d := range f.newer {
		if d.System != ref.System {
			continue
		}
		e, err := f.book.Lookup(ref.System, ref.Code, d.Newer.ValidFrom)
		if err != nil || !e.Billable || e.Parent == "" {
			continue
		}
		added := f.beside[codebook.Ref{System: ref.System, Code: e.Parent}]
		if len(added) == 0 || slices.ContainsFunc(added, func(c codebook.Change) bool { return c.Code == ref.Code }) {
			continue
		}
		m.Title, m.Changes, m.Proposal = e.Title, []string{Beside}, Proposal{Do: Look}
		for _, c := range added[:min(len(added), mostCandidates)] {
			m.Proposal.Codes = append(m.Proposal.Codes, candidate(c.Ref, c.Title))
		}
		return m, true
	}
	return Mention{}, false
}
