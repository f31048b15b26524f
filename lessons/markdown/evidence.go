package markdown

import (
	"html"
	"html/template"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrase is a piece of the visible text to be found, such as the evidence for a code.
type Phrase struct {
	Text string // compared without regard to case, white space and the shape of quotes and dashes
	In   string // the heading under which it stands; "" for anywhere
	ID   string // names the mark: letters, digits and hyphens
}

// Found says where a phrase stands.
type Found struct {
	Phrase  Phrase
	Times   int  // how often it stands in the text (under its heading)
	Heading bool // the heading that In names exists, or In is empty
}

// Text is the visible text of the document, with white space folded to single spaces.
func (d Doc) Text() string { return newVisible(string(d.HTML)).original() }

// Find looks up phrases without marking them.
func (d Doc) Find(phrases []Phrase) []Found {
	v := newVisible(string(d.HTML))
	out := make([]Found, len(phrases))
	for i, p := range phrases {
		spans, heading := v.find(p)
		out[i] = Found{p, len(spans), heading}
	}
	return out
}

// Highlight wraps every occurrence of the phrases in <mark class="evidence" data-ev="ID">, across inline markup and blocks. The first mark of
// a phrase has the id ev-ID. Where phrases overlap, data-ev lists their ids, parted by blanks. Phrases that do not occur come back as
// missing.
func (d Doc) Highlight(phrases []Phrase) (out template.HTML, missing []Phrase) {
	v := newVisible(string(d.HTML))
	at := make([][]int, len(v.runes)) // for each visible character the phrases it belongs to
	for i, p := range phrases {
		spans, _ := v.find(p)
		if len(spans) == 0 {
			missing = append(missing, p)
		}
		for _, s := range spans {
			for k := s[0]; k < s[1]; k++ {
				if len(at[k]) == 0 || at[k][len(at[k])-1] != i {
					at[k] = append(at[k], i)
				}
			}
		}
	}
	var b strings.Builder
	seen := map[string]bool{}
	pos := 0 // offset in the HTML up to which output is written
	for k := 0; k < len(v.runes); {
		if len(at[k]) == 0 || v.runes[k].size == 0 {
			k++
			continue
		}
		// A mark runs as long as the same phrases do and no tag comes between.
		end := k + 1
		for end < len(v.runes) && v.runes[end].size > 0 && v.runes[end].start == v.runes[end-1].start+v.runes[end-1].size && slices.Equal(at[end], at[k]) {
			end++
		}
		from, to := v.runes[k].start, v.runes[end-1].start+v.runes[end-1].size
		b.WriteString(v.html[pos:from])
		ids := make([]string, len(at[k]))
		for j, p := range at[k] {
			ids[j] = phrases[p].ID
		}
		mark := ""
		for _, id := range slices.Compact(ids) {
			if seen[id] {
				continue
			}
			seen[id] = true
			if mark == "" {
				mark = ` id="ev-` + html.EscapeString(id) + `"`
			} else {
				b.WriteString(`<span id="ev-` + html.EscapeString(id) + `"></span>`)
			}
		}
		b.WriteString(`<mark` + mark + ` class="evidence" data-ev="` + html.EscapeString(strings.Join(slices.Compact(ids), " ")) + `">` + v.html[from:to] + `</mark>`)
		pos = to
		k = end
	}
	b.WriteString(v.html[pos:])
	return template.HTML(b.String()), missing
}

// visible is the visible text of our own HTML, character by character, each with its place in the HTML. Looking in the HTML and not in
// the markdown makes "visible" mean what the page shows; the HTML is the renderer's and so has no scripts, comments or broken tags.
type visible struct {
	html     string
	runes    []visibleRune
	folded   string
	offsets  []int // for each byte of folded the index into runes
	headings []visibleHeading
}

type visibleRune struct {
	r           rune // folded
	orig        rune
	start, size int // in the HTML; size 0 for a break between blocks
}

type visibleHeading struct {
	level      int
	from, to   int // text, in runes
	sectionEnd int // in runes
}

func newVisible(s string) *visible {
	v := &visible{html: s}
	space := func(start, size int) {
		if n := len(v.runes); n > 0 && v.runes[n-1].r != ' ' {
			v.runes = append(v.runes, visibleRune{' ', ' ', start, size})
		} else if n > 0 && size > 0 && v.runes[n-1].size > 0 && v.runes[n-1].start+v.runes[n-1].size == start {
			v.runes[n-1].size += size
		}
	}
	for i := 0; i < len(s); {
		if s[i] == '<' {
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				break
			}
			tag := s[i+1 : i+end]
			name := strings.TrimLeft(tag, "/")
			if cut := strings.IndexAny(name, " \t\n/"); cut >= 0 {
				name = name[:cut]
			}
			if !inlineTags[name] {
				space(i, 0)
			}
			if len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' {
				if tag[0] == '/' {
					if n := len(v.headings); n > 0 {
						v.headings[n-1].to = len(v.runes)
					}
				} else {
					v.headings = append(v.headings, visibleHeading{level: int(name[1] - '0'), from: len(v.runes), to: len(v.runes)})
				}
			}
			i += end + 1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '&' {
			if end := strings.IndexByte(s[i:], ';'); end > 0 && end < 12 {
				if decoded := html.UnescapeString(s[i : i+end+1]); decoded != s[i:i+end+1] {
					r, _ = utf8.DecodeRuneInString(decoded)
					size = end + 1
				}
			}
		}
		if unicode.IsSpace(r) {
			space(i, size)
		} else {
			v.runes = append(v.runes, visibleRune{foldRune(r), r, i, size})
		}
		i += size
	}
	var b strings.Builder
	for k, r := range v.runes {
		for range utf8.RuneLen(r.r) {
			v.offsets = append(v.offsets, k)
		}
		b.WriteRune(r.r)
	}
	v.folded = b.String()
	for i := range v.headings {
		h := &v.headings[i]
		h.sectionEnd = len(v.runes)
		for _, next := range v.headings[i+1:] {
			if next.level <= h.level {
				h.sectionEnd = next.from
				break
			}
		}
	}
	return v
}

// inlineTags are the elements of our HTML that do not break a word.
var inlineTags = map[string]bool{"a": true, "b": true, "strong": true, "em": true, "del": true, "code": true, "span": true, "mark": true, "sup": true, "img": true, "input": true}

func foldRune(r rune) rune {
	switch r {
	case '‘', '’', '′', '`':
		return '\''
	case '“', '”', '″':
		return '"'
	case '–', '—', '‑', '−':
		return '-'
	case utf8.RuneError:
		return '?' // so that every folded rune has a fixed length
	}
	return unicode.ToLower(r)
}

func fold(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

func (v *visible) original() string {
	var b strings.Builder
	for _, r := range v.runes {
		b.WriteRune(r.orig)
	}
	return strings.TrimSpace(b.String())
}

// find returns the stretches (in runes) where a phrase stands as whole words, and whether its heading exists.
func (v *visible) find(p Phrase) (spans [][2]int, heading bool) {
	type zone struct{ from, to int }
	zones := []zone{{0, len(v.runes)}}
	if p.In != "" {
		zones = nil
		for _, h := range v.headings {
			if strings.TrimSpace(v.text(h.from, h.to)) == fold(p.In) {
				zones = append(zones, zone{h.to, h.sectionEnd})
			}
		}
		if len(zones) == 0 {
			return nil, false
		}
	}
	want := fold(p.Text)
	if want == "" {
		return nil, true
	}
	for at := 0; at < len(v.folded); {
		i := strings.Index(v.folded[at:], want)
		if i < 0 {
			break
		}
		i += at
		end := i + len(want)
		at = i + 1
		if !wordEdge(v.folded, i) || !wordEdge(v.folded, end) {
			continue
		}
		from, to := v.offsets[i], v.offsets[end-1]+1
		for _, z := range zones {
			if from >= z.from && to <= z.to {
				spans = append(spans, [2]int{from, to})
				at = end
				break
			}
		}
	}
	return spans, true
}

func (v *visible) text(from, to int) string {
	var b strings.Builder
	for _, r := range v.runes[from:to] {
		b.WriteRune(r.r)
	}
	return b.String()
}

// wordEdge reports whether i is not in the middle of a word: "stage 3" is not evidence in "stage 30".
func wordEdge(s string, i int) bool {
	if i == 0 || i == len(s) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	return !isWord(before) || !isWord(after)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
