package rollover

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"crosswalk/codebook"
)

// Drill is a file of questions on what changed in a code set, in the format of the bank. It passes check with both releases loaded.
type Drill struct {
	System    codebook.System
	Path      string // where it belongs, under quizzes/
	Text      string
	Questions int
}

// DrillOptions bound a drill.
type DrillOptions struct {
	Most int    // how many questions at most, 30 when 0
	Seed uint64 // which of them, and where the right options stand
}

const (
	usualDrill = 30
	options    = 4
)

// Drills writes a drill for each pair of releases about which a question can be asked. CPT is left out: what its codes mean is the AMA's to say. The error wraps
// codebook.ErrNoRelease.
func Drills(book *codebook.Book, pairs []Pair, o DrillOptions) ([]Drill, error) {
	if o.Most == 0 {
		o.Most = usualDrill
	}
	var out []Drill
	for _, p := range pairs {
		if p.System == codebook.CPT {
			continue
		}
		diff, err := book.Diff(p.System, p.Older, p.Newer)
		if err != nil {
			return nil, fmt.Errorf("drill: %w", err)
		}
		d := &drillMaker{book: book, diff: diff, rand: rand.New(rand.NewPCG(o.Seed, uint64(len(diff.List))))}
		if text, n := d.write(o.Most); n > 0 {
			name := "bank/" + string(p.System) + "/what-changed-" + p.Newer + ".md"
			out = append(out, Drill{p.System, name, text, n})
		}
	}
	return out, nil
}

type drillMaker struct {
	book *codebook.Book
	diff codebook.Changes
	rand *rand.Rand
}

// choice is an option of a question.
type choice struct {
	text, why string
	right     bool
}

// write asks of every kind of change in turn, so that a short drill has some of each.
func (d *drillMaker) write(most int) (string, int) {
	ask := map[codebook.ChangeKind]func(codebook.Change) (stem string, _ []choice){
		codebook.Added: d.askAdded, codebook.Deleted: d.askDeleted, codebook.BecameHeader: d.askHeader,
	}
	byKind := map[codebook.ChangeKind][]codebook.Change{}
	for _, i := range d.rand.Perm(len(d.diff.List)) {
		c := d.diff.List[i]
		byKind[c.Kind] = append(byKind[c.Kind], c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "---\narea: %s\ncode_year: %d\n---\n", d.diff.System, d.year())
	n := 0
	for left := true; left && n < most; {
		left = false
		for _, k := range []codebook.ChangeKind{codebook.Added, codebook.BecameHeader, codebook.Deleted} {
			for len(byKind[k]) > 0 && n < most {
				c := byKind[k][0]
				byKind[k] = byKind[k][1:]
				stem, choices := ask[k](c)
				if len(choices) < options {
					continue
				}
				d.question(&b, c, stem, choices)
				n, left = n+1, true
				break
			}
		}
	}
	return b.String(), n
}

// year is the code year of the questions: the fiscal year in which the newer release came into force.
func (d *drillMaker) year() int {
	from := d.diff.Newer.ValidFrom
	if from.Month >= time.October {
		return from.Year + 1
	}
	return from.Year
}

func (d *drillMaker) question(b *strings.Builder, c codebook.Change, stem string, choices []choice) {
	choices = choices[:options]
	d.rand.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
	fmt.Fprintf(b, "\n## %s-changed-%s-%s {difficulty=2 cites=%q}\n\n%s\n\n", d.diff.System, d.diff.Newer.Edition, strings.ToLower(string(c.Code)), d.cite(c), stem)
	for _, o := range choices {
		mark := " "
		if o.right {
			mark = "x"
		}
		fmt.Fprintf(b, "- [%s] %s\n  > %s\n", mark, o.text, o.why)
	}
	fmt.Fprintf(b, "\n> Compare the releases %s and %s of %s.\n", d.diff.Older.Edition, d.diff.Newer.Edition, d.diff.System.Name())
}

func (d *drillMaker) cite(c codebook.Change) string {
	if d.diff.System == codebook.ICD10CM && c.Kind != codebook.Deleted {
		return "tabular:" + string(c.Code[:3])
	}
	return d.diff.System.Name() + ", release " + d.diff.Newer.Edition
}

// day is the first day of the newer release, in words.
func (d *drillMaker) day() string { return d.diff.Newer.ValidFrom.Time().Format("2 January 2006") }

// title is a title as a text can hold it.
func title(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "'").Replace(s)
}

// askAdded asks for the new code of a title among its neighbours.
func (d *drillMaker) askAdded(c codebook.Change) (string, []choice) {
	if !c.Billable {
		return "", nil
	}
	out := []choice{{c.Code.Dotted(c.System), fmt.Sprintf("New with the release %s: %s.", d.diff.Newer.Edition, title(c.Title)), true}}
	for _, e := range d.neighbours(c.Code, d.diff.Newer.ValidFrom) {
		if !strings.EqualFold(e.Title, c.Title) {
			out = append(out, choice{e.Dotted(), fmt.Sprintf("This one is %s.", title(e.Title)), false})
		}
	}
	return fmt.Sprintf("Which %s code reports “%s” from %s on?", d.diff.System.Name(), title(c.Title), d.day()), out
}

// askDeleted asks which code has gone.
func (d *drillMaker) askDeleted(c codebook.Change) (string, []choice) {
	if !c.Billable {
		return "", nil
	}
	out := []choice{{c.Code.Dotted(c.System) + " " + title(c.Title), fmt.Sprintf("Gone with the release %s.", d.diff.Newer.Edition), true}}
	for _, e := range d.neighbours(c.Code, d.diff.Older.ValidFrom) {
		if now, err := d.book.Lookup(e.System, e.Code, d.diff.Newer.ValidFrom); err == nil && now.Billable {
			out = append(out, choice{e.Dotted() + " " + title(e.Title), fmt.Sprintf("Still there, as %s.", title(now.Title)), false})
		}
	}
	return fmt.Sprintf("Which of these %s codes can no longer be reported for a service on %s?", d.diff.System.Name(), d.day()), out
}

// askHeader asks which code takes the place of one that needs more characters now. What is wrong is the old code and headers about it.
func (d *drillMaker) askHeader(c codebook.Change) (string, []choice) {
	on := d.diff.Newer.ValidFrom
	var below []codebook.Entry
	for _, e := range d.book.Children(c.System, c.Code, on) {
		if e.Billable {
			below = append(below, e)
		}
	}
	if len(below) == 0 {
		return "", nil
	}
	right := below[d.rand.IntN(len(below))]
	out := []choice{
		{right.Dotted(), fmt.Sprintf("It has all its characters: %s.", title(right.Title)), true},
		{c.Code.Dotted(c.System), fmt.Sprintf("It could be reported until the release %s and is a header now.", d.diff.Newer.Edition), false},
	}
	for _, no := range d.invented(right.Code) { // of the right length, which would give the right one away
		out = append(out, choice{no.Dotted(c.System), "There is no such code.", false})
	}
	for _, e := range d.book.Ancestors(c.System, c.Code, on) {
		out = append(out, choice{e.Dotted(), fmt.Sprintf("A header, as it was before: %s.", title(e.Title)), false})
	}
	for _, e := range d.book.Siblings(c.System, c.Code, on) {
		if !e.Billable {
			out = append(out, choice{e.Dotted(), fmt.Sprintf("A header: %s.", title(e.Title)), false})
		}
	}
	return fmt.Sprintf("From %s on, which of these %s codes can be reported?", d.day(), d.diff.System.Name()), out
}

// invented are two codes of the same header that do not exist, fewer where nearly all do.
func (d *drillMaker) invented(c codebook.Code) []codebook.Code {
	var out []codebook.Code
	for _, last := range "7654321098" {
		no := c[:len(c)-1] + codebook.Code(last)
		if _, err := d.book.Lookup(d.diff.System, no, d.diff.Newer.ValidFrom); err != nil && len(out) < 2 {
			out = append(out, no)
		}
	}
	return out
}

// neighbours are the billable codes about a code on a day, nearest first: its siblings, then those below the header above.
func (d *drillMaker) neighbours(c codebook.Code, on codebook.Date) []codebook.Entry {
	var out []codebook.Entry
	for at := c; len(out) < 2*options; {
		for _, e := range d.book.Siblings(d.diff.System, at, on) {
			if e.Billable && !slices.ContainsFunc(out, func(x codebook.Entry) bool { return x.Code == e.Code }) {
				out = append(out, e)
			}
		}
		up := d.book.Ancestors(d.diff.System, at, on)
		if len(up) == 0 {
			break
		}
		at = up[0].Code
	}
	d.rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
