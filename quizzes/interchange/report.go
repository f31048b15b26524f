package interchange

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/grading"
)

// What says what a note of a report is about.
type What string

// What a note is about.
const (
	Changed What = "changed" // it is there in another form
	Dropped What = "dropped" // it is not there
	ToWrite What = "write"   // an author has still to write it
)

// Note is one thing that a reader of the report should know about an item.
type Note struct {
	What What   `json:"what"`
	Text string `json:"text"` // a sentence without its full stop
}

// Outcome is what became of an item.
type Outcome string

// The outcomes. An item of which nothing but a place to write in is noted is kept.
const (
	IsKept    Outcome = "kept"    // as it was
	IsChanged Outcome = "changed" // there, with something changed or left out
	IsDropped Outcome = "dropped" // not there
)

// Line is an item of a report.
type Line struct {
	Place   string       `json:"place"`          // where it stands in the source: "line 12", "q1.xml", "question 3"
	ID      string       `json:"id"`             // in our bank; "" for one that was dropped on its way in
	Title   string       `json:"title"`          // the beginning of its text
	Kind    grading.Kind `json:"kind,omitempty"` // as it is in our bank, or was there
	Outcome Outcome      `json:"outcome"`
	Notes   []Note       `json:"notes"`
}

// Report says what became of every item, in the order of the source.
type Report struct {
	V       int    `json:"v"`      // 1; raised when a key changes its meaning
	Format  Format `json:"format"` // of the file that was read or written
	Source  string `json:"source"` // name of the file, "" for none
	Kept    int    `json:"kept"`
	Changed int    `json:"changed"`
	Dropped int    `json:"dropped"`
	ToWrite int    `json:"write"` // places in which an author has still to write
	Notes   []Note `json:"notes"` // about the file as a whole
	Items   []Line `json:"items"`
}

// add puts a line at the end and counts it.
func (r *Report) add(l Line) {
	if l.Notes == nil {
		l.Notes = []Note{}
	}
	if l.Outcome == "" {
		l.Outcome = IsKept
		for _, n := range l.Notes {
			if n.What != ToWrite {
				l.Outcome = IsChanged
			}
		}
	}
	switch l.Outcome {
	case IsKept:
		r.Kept++
	case IsChanged:
		r.Changed++
	case IsDropped:
		r.Dropped++
	}
	for _, n := range l.Notes {
		if n.What == ToWrite {
			r.ToWrite++
		}
	}
	r.Items = append(r.Items, l)
}

// mostNotes is how much is said of one item; who reads fifty things knows that it is not worth much.
const mostNotes = 50

// notes collects what is to be said of an item, each thing once.
type notes struct{ list []Note }

func (n *notes) add(what What, format string, args ...any) {
	note := Note{what, fmt.Sprintf(format, args...)}
	if n != nil && (len(n.list) < mostNotes || what == ToWrite) && !slices.Contains(n.list, note) {
		n.list = append(n.list, note)
	}
}

func (n *notes) changed(format string, args ...any) { n.add(Changed, format, args...) }
func (n *notes) dropped(format string, args ...any) { n.add(Dropped, format, args...) }

// found is an item as a reader met it: sound, or with the reason why it cannot be taken.
type found struct {
	Item
	place   string
	notes   notes
	problem string // "" for one that can be taken
}

// foundItem begins an item at a place.
func foundItem(format string, args ...any) *found { return &found{place: fmt.Sprintf(format, args...)} }

// refuse leaves an item out for a reason; the first one counts.
func (f *found) refuse(format string, args ...any) *found {
	if f.problem == "" {
		f.problem = fmt.Sprintf(format, args...)
	}
	return f
}

// html reads a text of several paragraphs.
func (f *found) html(s string) string { return fromHTML(s, &f.notes) }

// htmlLine reads a text that stands on one line.
func (f *found) htmlLine(s string) string { return lineFromHTML(s, &f.notes) }

// Text is the report in words, a line for each item and one for each note.
func (r Report) Text() string {
	var b strings.Builder
	name := ""
	if r.Source != "" {
		name = r.Source + ", "
	}
	fmt.Fprintf(&b, "%s%s: %d kept, %d changed, %d dropped\n", name, r.Format.Title(), r.Kept, r.Changed, r.Dropped)
	words := map[What]string{Changed: "changed", Dropped: "dropped", ToWrite: "to write"}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  %s: %s\n", words[n.What], n.Text)
	}
	for _, l := range r.Items {
		id := l.ID
		if id == "" {
			id = "-"
		}
		fmt.Fprintf(&b, "%-8s %s  %s  %s\n", l.Outcome, id, l.Place, l.Title)
		for _, n := range l.Notes {
			fmt.Fprintf(&b, "         %s: %s\n", words[n.What], n.Text)
		}
	}
	return b.String()
}
