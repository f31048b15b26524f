package interchange

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// ErrNoArea is wrapped by the error of a file whose questions name no area of ours when none was given.
var ErrNoArea = errors.New("no area")

// What stands where an author has still to write. A text that begins with Placeholder goes out as if it were not there.
const (
	Placeholder    = "TO WRITE:"
	whyRight       = Placeholder + " why this option is right."
	whyWrong       = Placeholder + " why this option is wrong."
	rationaleThere = Placeholder + " why the answer is right, with the rule that decides."
	citeThere      = "Imported from "
	middle         = 3 // the difficulty of an item whose source names none
)

// ImportOptions say how questions come in.
type ImportOptions struct {
	Name     string        // of the file; topics, cites and ids are made from it
	Format   Format        // "" to tell by the content
	Area     string        // of all questions; "" to take what each names
	CodeYear int           // of the code sets that the questions are about
	Beside   *quizzes.Bank // whose ids and files are not used again; nil for none
}

// File is a file of questions as it belongs into a content folder.
type File struct {
	Path      string // quizzes/bank/<area>/<topic>.md
	Text      []byte
	Questions int
}

// Imported is what a file gave.
type Imported struct {
	Files  []File // one for each area
	Report Report
}

// Import reads a file in one of the formats and writes its questions as files of ours, which load as they are. A question that cannot be taken is in the
// report with the reason, and the others are there. An error says that nothing was read: it wraps ErrRefused for a file that will not be
// opened, ErrUnknown for one of no known format, ErrNoArea where an area has to be named.
func Import(src io.ReaderAt, size int64, o ImportOptions) (Imported, error) {
	items, f, ns, err := read(src, size, o)
	if err != nil {
		return Imported{}, err
	}
	w := bankWriter{o: o, topic: cmp.Or(slug(strings.TrimSuffix(path.Base(o.Name), path.Ext(o.Name))), "imported"), used: map[string]bool{}, text: map[string]*strings.Builder{}, counts: map[string]int{}}
	out := Imported{Report: Report{V: 1, Format: f, Source: path.Base(o.Name), Notes: ns, Items: []Line{}}}
	if out.Report.Notes == nil {
		out.Report.Notes = []Note{}
	}
	for i, it := range items {
		line, err := w.take(it, i+1)
		if err != nil {
			return Imported{}, err
		}
		out.Report.add(line)
	}
	for _, area := range w.areas {
		out.Files = append(out.Files, File{Path: w.file(area), Text: []byte(w.text[area].String()), Questions: w.counts[area]})
	}
	return out, nil
}

// read opens a file and has its format read it.
func read(src io.ReaderAt, size int64, o ImportOptions) ([]*found, Format, []Note, error) {
	s, err := openSource(o.Name, src, size)
	if err != nil {
		return nil, "", nil, err
	}
	f := o.Format
	if f == "" {
		if f, err = s.detect(); err != nil {
			return nil, "", nil, err
		}
	}
	items, ns, err := formats()[f].read(s)
	if err != nil {
		return nil, f, nil, fmt.Errorf("%s: %w", f.Title(), err)
	}
	if len(items) > MaxItems {
		return nil, f, nil, refused("the file has %d questions, and %d is the most: give it in parts", len(items), MaxItems)
	}
	if len(items) == 0 {
		return nil, f, nil, fmt.Errorf("%s: there is no question in the file", f.Title())
	}
	return items, f, ns, nil
}

// bankWriter writes items as questions of ours, by area.
type bankWriter struct {
	o      ImportOptions
	topic  string
	used   map[string]bool
	areas  []string
	text   map[string]*strings.Builder
	counts map[string]int
}

// take writes one item behind the others of its area and says what became of it.
func (w *bankWriter) take(f *found, number int) (Line, error) {
	l := Line{Place: f.place, Title: clip(toPlain(f.Stem), 80), Kind: f.Kind}
	drop := func(why string) (Line, error) {
		l.Outcome, l.Notes = IsDropped, append([]Note{{Dropped, why}}, f.notes.list...)
		return l, nil
	}
	if f.problem == "" {
		f.problem = f.fault()
	}
	if f.problem != "" {
		return drop(f.problem)
	}
	area := w.o.Area
	if area == "" {
		area = f.Area
	}
	if !quizzes.ValidArea(area) {
		return l, fmt.Errorf("%w: the question at %s names no area of ours: say which area the questions belong to", ErrNoArea, f.place)
	}
	id := w.id(f, area, number)
	body := w.print(f, id)
	head := fmt.Sprintf("---\narea: %s\ncode_year: %d\n---\n", area, w.o.CodeYear)
	if _, problems := quizzes.ParseQuestions([]byte(head+"\n"+body), "quizzes/bank/"+area+"/"+w.topic+".md", renderer); len(markdown.Errors(problems)) > 0 {
		return drop("it cannot be written as a question of ours: " + markdown.Errors(problems)[0].Message)
	}
	w.used[id] = true
	if w.text[area] == nil {
		w.text[area] = &strings.Builder{}
		w.text[area].WriteString(head)
		w.areas = append(w.areas, area)
	}
	w.text[area].WriteString("\n" + body)
	w.counts[area]++
	l.ID, l.Notes = id, f.notes.list
	return l, nil
}

// id makes an id that nothing else has: the source's own where it can be one.
func (w *bankWriter) id(f *found, area string, number int) string {
	name := slug(f.ID)
	if name == "" || len(name) > 60 || strings.Trim(name, "0123456789-") == "" {
		name = fmt.Sprintf("%s-%d", w.topic, number)
	}
	if !strings.HasPrefix(name, area+"-") {
		name = area + "-" + name
	}
	id := name
	for n := 2; w.used[id] || w.o.has(id); n++ {
		id = fmt.Sprintf("%s-%d", name, n)
	}
	if id != name {
		f.notes.changed("the id %s is in use, so it is %s", name, id)
	}
	return id
}

func (o ImportOptions) has(id string) bool {
	if o.Beside == nil {
		return false
	}
	_, err := o.Beside.Question(id)
	return err == nil
}

// file is where the questions of an area go. A file of the name of one that is there would hide it.
func (w *bankWriter) file(area string) string {
	path := "quizzes/bank/" + area + "/" + w.topic
	name := path + ".md"
	for n := 2; w.o.Beside != nil && w.o.Beside.HasFile(name); n++ {
		name = fmt.Sprintf("%s-%d.md", path, n)
	}
	return name
}

// slug makes part of an id of a text.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() > 80 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// print writes an item as an author would, with marked places for what the source does not say.
func (w *bankWriter) print(f *found, id string) string {
	var b strings.Builder
	b.WriteString("## " + id + " {" + markdown.PrintAttrs(w.attrs(f)) + "}\n\n" + f.Stem + "\n\n")
	switch f.Kind {
	case grading.Single, grading.Multiple:
		w.printChoices(&b, f)
	case grading.Number:
		b.WriteString("= " + f.Number)
		if f.Tolerance != "0" && f.Tolerance != "" {
			b.WriteString(" ± " + f.Tolerance)
		}
		b.WriteByte('\n')
	case grading.Text:
		b.WriteString("= " + strings.Join(f.Texts, " | ") + "\n")
	case grading.Order:
		for i, e := range f.Entries {
			fmt.Fprintf(&b, "%d. %s\n", i+1, e)
		}
	case grading.Match:
		b.WriteString("| item | match |\n|---|---|\n")
		for _, p := range f.Pairs {
			b.WriteString("| " + p.Left + " | " + p.Right + " |\n")
		}
	}
	rationale := f.Rationale
	if rationale == "" {
		rationale = rationaleThere
		f.notes.add(ToWrite, "the rationale")
	}
	b.WriteString("\n" + indent(rationale, "> ", "> ") + "\n")
	return b.String()
}

func (w *bankWriter) printChoices(b *strings.Builder, f *found) {
	missing := 0
	for _, c := range f.Choices {
		box, why := "- [ ] ", c.Why
		if c.Right {
			box = "- [x] "
		}
		if why == "" {
			missing++
			why = whyWrong
			if c.Right {
				why = whyRight
			}
		}
		b.WriteString(box + c.Text + "\n" + indent(why, "  > ", "  > ") + "\n")
	}
	if missing > 0 {
		f.notes.add(ToWrite, "the explanations of options: %d", missing)
	}
}

func (w *bankWriter) attrs(f *found) []markdown.Attr {
	level := f.Difficulty
	if level < 1 || level > 5 {
		level = middle
		f.notes.add(ToWrite, "the difficulty, which is set to %d", middle)
	}
	attrs := []markdown.Attr{{Name: "difficulty", Value: fmt.Sprint(level)}}
	switch f.Kind {
	case grading.Single:
	case grading.Multiple:
		if f.rights() == 1 {
			attrs = append(attrs, markdown.Attr{Name: "kind", Value: string(f.Kind)})
		}
	default:
		attrs = append(attrs, markdown.Attr{Name: "kind", Value: string(f.Kind)})
	}
	cites := f.Cites
	if len(cites) == 0 {
		cites = []string{strings.Join(citesOf(citeThere+path.Base(w.o.Name)), ", ")}
		f.notes.add(ToWrite, "the rule or source that it cites")
	}
	return append(attrs, markdown.Attr{Name: "cites", Value: strings.Join(cites, "; ")})
}

func (it *Item) rights() int {
	n := 0
	for _, c := range it.Choices {
		if c.Right {
			n++
		}
	}
	return n
}

// citesOf reads a list of cites as the attribute of a question has it.
func citesOf(s string) []string {
	var out []string
	for c := range strings.SplitSeq(s, ";") {
		if c = strings.TrimSpace(foldSpace(c)); c != "" {
			out = append(out, c)
		}
	}
	return out
}
