package interchange

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// csvNames are the headings that are understood, in lower case and without blanks and strokes, and what each is for.
var csvNames = map[string]string{
	"id": "id", "name": "id", "kind": "kind", "type": "kind", "questiontype": "kind", "area": "area", "category": "area", "difficulty": "difficulty", "level": "difficulty",
	"cites": "cites", "reference": "cites", "source": "cites", "stem": "stem", "question": "stem", "questiontext": "stem", "text": "stem",
	"answer": "answer", "answers": "answer", "correct": "answer", "correctanswer": "answer", "key": "answer", "tolerance": "tolerance",
	"rationale": "rationale", "explanation": "rationale", "feedback": "rationale", "format": "format",
}

var (
	csvOption = regexp.MustCompile(`^(option|choice|answer)([a-z]|[0-9]{1,2})$`)
	csvWhy    = regexp.MustCompile(`^(why|feedback|explanation)([a-z]|[0-9]{1,2})$`)
	csvKey    = regexp.MustCompile(`[^a-z0-9]+`)
)

// csvColumn says what a heading is for: a name of csvNames, "option" or "why" with its number from 0, or "".
func csvColumn(head string) (what string, number int) {
	key := csvKey.ReplaceAllString(strings.ToLower(head), "")
	if w, ok := csvNames[key]; ok {
		return w, 0
	}
	for name, form := range map[string]*regexp.Regexp{"option": csvOption, "why": csvWhy} {
		if m := form.FindStringSubmatch(key); m != nil {
			if n, err := strconv.Atoi(m[2]); err == nil {
				return name, max(n, 1) - 1
			}
			return name, int(m[2][0] - 'a')
		}
	}
	return "", 0
}

// csvComma is what parts the cells of a line: whichever of comma, semicolon and tab stands in it most often.
func csvComma(line string) rune {
	best := ','
	for _, r := range ";\t" {
		if strings.Count(line, string(r)) > strings.Count(line, string(best)) {
			best = r
		}
	}
	return best
}

// csvHead reports whether a line is the head of a table of questions.
func csvHead(line string) bool {
	comma := csvComma(line)
	stem, key := false, false
	for cell := range strings.SplitSeq(line, string(comma)) {
		switch what, _ := csvColumn(strings.Trim(strings.TrimSpace(cell), `"`)); what {
		case "stem":
			stem = true
		case "answer", "option":
			key = true
		}
	}
	return stem && key
}

func readCSV(s *source) ([]*found, []Note, error) {
	text := strings.ToValidUTF8(string(s.text), "")
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = csvComma(line), -1, false
	head, err := r.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("the first line cannot be read: %w", err)
	}
	if !csvHead(line) {
		return nil, nil, errors.New("the first line names no columns: it wants at least stem and answer, as in id,kind,stem,option_a,option_b,answer")
	}
	var ns notes
	cols := make([]csvCol, len(head))
	for i, h := range head {
		cols[i].what, cols[i].number = csvColumn(h)
		if cols[i].what == "" {
			ns.dropped("the column %q, which is none that is known", clip(h, 40))
		}
	}
	var out []*found
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, ns.list, nil
		}
		if err != nil {
			return out, append(ns.list, Note{Dropped, fmt.Sprintf("everything from here on, since it cannot be read: %v", err)}), nil
		}
		at, _ := r.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			out = append(out, csvRow(cols, cells, at))
		}
	}
}

type csvCol struct {
	what   string
	number int
}

// csvUnguard takes the apostrophe away that keeps a spreadsheet from taking a text for a formula; csvGuard puts it there.
func csvUnguard(s string) string {
	if t := strings.TrimLeft(s, "'"); t != s && t != "" && strings.ContainsRune("=+-@", rune(t[0])) {
		return s[1:]
	}
	return s
}

func csvGuard(s string) string {
	if t := strings.TrimLeft(s, "'"); t != "" && strings.ContainsRune("=+-@", rune(t[0])) {
		return "'" + s
	}
	return s
}

func csvRow(cols []csvCol, cells []string, line int) *found {
	f := foundItem("line %d", line)
	row := map[string]string{}
	options, whys := map[int]string{}, map[int]string{}
	most := -1
	for i, cell := range cells {
		if i >= len(cols) {
			f.notes.dropped("a cell beyond the last column")
			break
		}
		cell = csvUnguard(strings.TrimSpace(cell))
		switch c := cols[i]; c.what {
		case "option":
			if options[c.number] = cell; cell != "" {
				most = max(most, c.number)
			}
		case "why":
			whys[c.number] = cell
		case "":
		default:
			row[c.what] = cell
		}
	}
	f.ID = row["id"]
	if quizzes.ValidArea(row["area"]) {
		f.Area = row["area"]
	}
	f.setDifficulty(row["difficulty"])
	f.Cites = citesOf(row["cites"])
	format := strings.ToLower(row["format"])
	f.Stem, f.Rationale = f.csvText(row["stem"], format), f.csvText(row["rationale"], format)
	f.csvKind(row, most)
	switch f.Kind {
	case grading.Single, grading.Multiple:
		f.csvChoices(row["answer"], options, whys, most, format)
	case grading.Order:
		for i := range most + 1 {
			f.Entries = append(f.Entries, f.csvLine(options[i], format))
		}
	case grading.Match:
		for i := range most + 1 {
			left, right, ok := strings.Cut(options[i], "=>")
			if !ok {
				f.refuse("its option %d has no => between the two that belong together", i+1)
			}
			f.Pairs = append(f.Pairs, Pair{f.csvLine(left, format), f.csvLine(right, format)})
		}
	case grading.Number:
		if !f.setNumber(row["answer"], row["tolerance"]) {
			f.refuse("its answer %q is no number", clip(row["answer"], 40))
		}
	case grading.Text:
		f.setTexts(strings.Split(row["answer"], "|"))
	}
	return f
}

func (f *found) csvText(s, format string) string {
	switch format {
	case "markdown":
		return canon(s, &f.notes)
	case "html":
		return f.html(s)
	}
	return fromPlain(s)
}

func (f *found) csvLine(s, format string) string {
	return lineFromHTML(toHTML(f.csvText(strings.TrimSpace(s), format)), &f.notes)
}

// csvKind is the kind that the row names, or the one that it looks like.
func (f *found) csvKind(row map[string]string, most int) {
	switch k := strings.ToLower(csvKey.ReplaceAllString(strings.ToLower(row["kind"]), "")); k {
	case "single", "mc", "multiplechoice", "choice", "truefalse":
		f.Kind = grading.Single
	case "multiple", "ma", "multipleanswer", "multipleanswers", "multipleresponse":
		f.Kind = grading.Multiple
	case "number", "numerical", "numeric":
		f.Kind = grading.Number
	case "text", "shortanswer", "sa", "textentry":
		f.Kind = grading.Text
	case "order", "ordering":
		f.Kind = grading.Order
	case "match", "matching":
		f.Kind = grading.Match
	case "":
		_, number := parseNumber(row["answer"])
		switch {
		case most >= 0 && len(csvAnswers(row["answer"])) > 1:
			f.Kind = grading.Multiple
		case most >= 0:
			f.Kind = grading.Single
		case number:
			f.Kind = grading.Number
		default:
			f.Kind = grading.Text
		}
	default:
		f.refuse("its kind %q is none of single, multiple, number, text, order, match", clip(row["kind"], 40))
	}
}

// csvAnswers are the letters or numbers of right options: "A", "A;C", "1, 3". nil when the cell is not such a list.
func csvAnswers(s string) []int {
	var out []int
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,;|/", r) }) {
		part = strings.ToLower(part)
		if n, err := strconv.Atoi(part); err == nil && n >= 1 && n <= 99 {
			out = append(out, n-1)
		} else if len(part) == 1 && part[0] >= 'a' && part[0] <= 'z' {
			out = append(out, int(part[0]-'a'))
		} else {
			return nil
		}
	}
	return out
}

func (f *found) csvChoices(answer string, options, whys map[int]string, most int, format string) {
	right := map[int]bool{}
	for i := range most + 1 { // the text of an option itself
		if options[i] != "" && strings.EqualFold(options[i], answer) {
			right[i] = true
		}
	}
	answer = strings.TrimPrefix(answer, "#")
	if len(right) == 0 {
		for _, n := range csvAnswers(answer) {
			if options[n] == "" {
				f.refuse("its answer %q names an option that is not there", clip(answer, 40))
			}
			right[n] = true
		}
	}
	var cs []Choice
	for i := range most + 1 {
		if options[i] != "" {
			cs = append(cs, Choice{f.csvLine(options[i], format), right[i], f.csvText(whys[i], format)})
		}
	}
	f.setChoices(cs)
}

func writeCSV(w io.Writer, items []*Item) error {
	most := 0
	for _, it := range items {
		most = max(most, len(it.Choices), len(it.Entries), len(it.Pairs))
	}
	head := []string{"id", "kind", "area", "difficulty", "cites", "format", "stem", "answer", "tolerance", "rationale"}
	for i := range most {
		head = append(head, fmt.Sprintf("option_%d", i+1), fmt.Sprintf("why_%d", i+1))
	}
	c := csv.NewWriter(w)
	if err := c.Write(head); err != nil {
		return err
	}
	for _, it := range items {
		row := csvCells(it)
		for len(row) < len(head) {
			row = append(row, "")
		}
		for i := range row {
			row[i] = csvGuard(row[i])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func csvCells(it *Item) []string {
	format := ""
	it.eachText(func(t *string) {
		if !isPlain(*t) {
			format = "markdown"
		}
	})
	for _, p := range it.Pairs {
		if strings.Contains(toPlain(p.Left), "=>") {
			format = "markdown" // in which it can be written as =&gt;
		}
	}
	show := func(md string) string {
		if format == "markdown" {
			return md
		}
		return toPlain(md)
	}
	answer, tolerance := "", ""
	var cells, letters []string
	for i, ch := range it.Choices {
		cells = append(cells, show(ch.Text), show(ch.Why))
		if ch.Right {
			letters = append(letters, strconv.Itoa(i+1))
		}
	}
	answer = strings.Join(letters, ";")
	for _, ch := range it.Choices {
		if show(ch.Text) == answer { // an option that is a number, and another one than it would name
			answer = "#" + strings.TrimPrefix(answer, "#")
		}
	}
	for _, e := range it.Entries {
		cells = append(cells, show(e), "")
	}
	for _, p := range it.Pairs {
		cells = append(cells, strings.ReplaceAll(show(p.Left), "=>", "=&gt;")+" => "+show(p.Right), "")
	}
	switch it.Kind {
	case grading.Number:
		answer, tolerance = it.Number, it.Tolerance
	case grading.Text:
		answer = strings.Join(it.Texts, " | ")
	}
	level := ""
	if it.Difficulty != 0 {
		level = strconv.Itoa(it.Difficulty)
	}
	return append([]string{it.ID, string(it.Kind), it.Area, level, strings.Join(it.Cites, "; "), format, show(it.Stem), answer, tolerance, show(it.Rationale)}, cells...)
}
