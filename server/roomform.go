package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// fragment is what the browser gets of an item or a chart, as JSON that is ready to send: making a form is a matter of copying. Nothing in it
// tells how the item is answered; options and entries stand in the author's order here and leave only as the sitting shuffles them.
type fragment struct {
	head    []byte   // members of the object, without braces
	options [][]byte // single, multiple
	entries [][]byte // order: entries; match: the right column
	left    []byte   // match: the left column, an array
}

// formItem is what the browser gets of an item beside options and entries.
type formItem struct {
	Kind     string   `json:"kind"`
	Stem     string   `json:"stem"`
	Choose   int      `json:"choose,omitempty"`
	Ordered  bool     `json:"ordered,omitempty"`
	CodeSets []string `json:"codeSets,omitempty"`
	Date     string   `json:"date,omitempty"` // the day at which codes are looked up
	Sheet    string   `json:"sheet,omitempty"`
}

// plainJSON encodes without escaping markup: the reply is JSON and is never read as a page.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// drawn is an item of a sitting as it is shown: one of the two is there.
type drawn struct {
	question *quizzes.Question
	chart    *quizzes.Case // to be coded, or the chart that the question is about
}

// drawnItem finds an item with the text that it was drawn with.
func (s *Server) drawnItem(ctx context.Context, r *roomCache, x *progress.Sitting, pos int) (drawn, error) {
	f := x.Form[pos]
	if f.Kind == quizzes.ItemCase {
		cs, err := s.drawnCase(ctx, r, x, pos)
		return drawn{chart: cs}, err
	}
	q, err := s.drawnQuestion(ctx, r, x, pos)
	d := drawn{question: q}
	if err == nil && f.Group != "" {
		d.chart, err = s.drawnChart(ctx, r, x, pos)
	}
	return d, err
}

// drawnChart is the chart that a question is about. Nil when the sitting began before charts were pinned and it is there no longer: the
// question stands without it.
func (s *Server) drawnChart(ctx context.Context, r *roomCache, x *progress.Sitting, pos int) (*quizzes.Case, error) {
	f := x.Form[pos]
	if f.ChartHash == "" {
		cs, err := r.content.Bank.Case(f.Group)
		if errors.Is(err, quizzes.ErrNotFound) {
			return nil, nil
		}
		return cs, err
	}
	return caseAsDrawn(r, f.Group, f.ChartHash, func() (string, error) { return s.progress.ShownChart(ctx, *x, pos) })
}

func (s *Server) drawnQuestion(ctx context.Context, r *roomCache, x *progress.Sitting, pos int) (*quizzes.Question, error) {
	f := x.Form[pos]
	q, err := r.content.Bank.Question(f.ID)
	if err == nil && q.ShownHash == f.ShownHash {
		return q, nil
	}
	if v, ok := r.old.Load(f.ShownHash); ok {
		if q, ok := v.(*quizzes.Question); ok {
			return q, nil
		}
	}
	body, err := s.progress.Shown(ctx, *x, pos)
	if err != nil {
		return nil, err
	}
	if body == "" { // the content is being swapped just now
		return q, nil
	}
	if q, err = r.content.Bank.ReadQuestion(body, f.Area, 0); err == nil {
		r.old.Store(f.ShownHash, q)
	}
	return q, err
}

func (s *Server) drawnCase(ctx context.Context, r *roomCache, x *progress.Sitting, pos int) (*quizzes.Case, error) {
	f := x.Form[pos]
	return caseAsDrawn(r, f.ID, f.ShownHash, func() (string, error) { return s.progress.Shown(ctx, *x, pos) })
}

// caseAsDrawn is the revision of a case whose shown text has the hash; kept gives its text, "" for the one in force.
func caseAsDrawn(r *roomCache, id, hash string, kept func() (string, error)) (*quizzes.Case, error) {
	cs, err := r.content.Bank.Case(id)
	if err == nil && cs.ShownHash == hash {
		return cs, nil
	}
	if v, ok := r.old.Load(hash); ok {
		if cs, ok := v.(*quizzes.Case); ok {
			return cs, nil
		}
	}
	body, err := kept()
	if err != nil {
		return nil, err
	}
	if body == "" { // the content is being swapped just now
		return cs, nil
	}
	if cs, err = r.content.Bank.ReadCase(body); err == nil {
		r.old.Store(hash, cs)
	}
	return cs, err
}

// itemFragment is the fragment of an item, made when it is first asked for.
func (s *Server) itemFragment(r *roomCache, f quizzes.FormItem, d drawn) (*fragment, error) {
	key := f.ShownHash + f.ChartHash // a fragment knows the day of its chart
	if v, ok := r.fragments.Load(key); ok {
		if fr, ok := v.(*fragment); ok {
			return fr, nil
		}
	}
	fr, err := s.makeFragment(f, d)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", f.ID, err)
	}
	r.fragments.Store(key, fr)
	return fr, nil
}

func (s *Server) makeFragment(f quizzes.FormItem, d drawn) (*fragment, error) {
	var it formItem
	var fr fragment
	if f.Kind == quizzes.ItemCase {
		it = formItem{Kind: quizzes.ItemCase, Stem: s.words.get("sit.code_chart"), CodeSets: d.chart.Public().Systems, Date: d.chart.LastDate().String()}
		sheet, err := s.renderText("room", "room-sheet", s.chartSheet(d.chart, answersheet.Sheet{}))
		if err != nil {
			return nil, err
		}
		it.Sheet = sheet
	} else {
		p := d.question.Public()
		it = formItem{Kind: string(p.Kind), Stem: string(p.Stem), Choose: p.Choose, Ordered: p.Ordered}
		if p.Kind == grading.Codes {
			it.CodeSets = codeSets(d.question)
			sheet, err := s.renderText("room", "room-codes", s.codeSheet(d.question, d.chart, nil))
			if err != nil {
				return nil, err
			}
			it.Sheet = sheet
		}
		if d.chart != nil {
			it.Date = d.chart.LastDate().String()
		}
		var err error
		if fr.options, err = htmlArray(p.Options); err != nil {
			return nil, err
		}
		if fr.entries, err = htmlArray(p.Entries); err != nil {
			return nil, err
		}
		if p.Left != nil {
			if fr.left, err = plainJSON(p.Left); err != nil {
				return nil, err
			}
		}
	}
	b, err := plainJSON(it)
	if err != nil {
		return nil, err
	}
	fr.head = b[1 : len(b)-1]
	return &fr, nil
}

func htmlArray(list []template.HTML) ([][]byte, error) {
	var out [][]byte
	for _, h := range list {
		b, err := plainJSON(string(h))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// codeSets are the sets that a question asks codes of. CPT and HCPCS always come together, as on a claim, so that the list does not say
// which of the two is right.
func codeSets(q *quizzes.Question) []string {
	var out []string
	add := func(sys codebook.System) {
		if !slices.Contains(out, string(sys)) {
			out = append(out, string(sys))
		}
	}
	for _, sys := range []codebook.System{codebook.ICD10CM, codebook.ICD10PCS, codebook.CPT, codebook.HCPCS} {
		if !slices.ContainsFunc(q.Key.Codes, func(c grading.ItemCode) bool { return c.System == sys }) {
			continue
		}
		if add(sys); sys == codebook.CPT || sys == codebook.HCPCS {
			add(codebook.CPT)
			add(codebook.HCPCS)
		}
	}
	return out
}

// roomSheet is an answer sheet in the room.
type roomSheet struct {
	sheetFields
	HasDx, HasPx bool // of a codes question: which lines there are
	Ordered      bool
}

// chartSheet is the sheet of a chart, as it is filled in.
func (s *Server) chartSheet(cs *quizzes.Case, sh answersheet.Sheet) roomSheet {
	return roomSheet{sheetFields: sheetFields{Case: s.caseView(cs), Sheet: s.sheetView(cs, sh, nil)}}
}

// codeSheet is the sheet of a question that asks for codes alone: lines of codes, and modifiers where the set has them. chart is the one
// that the question is about, or nil.
func (s *Server) codeSheet(q *quizzes.Question, chart *quizzes.Case, codes []string) roomSheet {
	sets := codeSets(q)
	out := roomSheet{HasDx: slices.Contains(sets, string(codebook.ICD10CM)), Ordered: q.Key.Ordered}
	pcs := slices.Contains(sets, string(codebook.ICD10PCS))
	out.HasPx = pcs || slices.Contains(sets, string(codebook.CPT))
	sh := codeLines(codes, out.HasDx, out.HasPx)
	on := codebook.Date{}
	if chart != nil {
		on = chart.LastDate()
	}
	for n := max(3, len(sh.Dx)+1); len(sh.Dx) < min(n, answersheet.MaxLines); { // there is always a line to go on with
		sh.Dx = append(sh.Dx, answersheet.DxLine{})
	}
	for n := max(3, len(sh.Px)+1); len(sh.Px) < min(n, answersheet.MaxLines); {
		sh.Px = append(sh.Px, answersheet.PxLine{})
	}
	out.Sheet.Sheet = sh
	for i, l := range sh.Dx {
		out.Sheet.Dx = append(out.Sheet.Dx, dxRow{DxLine: l, Index: i, Letter: answersheet.Letter(i), Title: s.titleOf(codebook.ICD10CM, l.Code, on)})
	}
	for i, l := range sh.Px {
		row := pxRow{PxLine: l, Index: i, PCS: pcs, CodeOnly: true}
		if sys, _, err := codebook.ProcedureSystem(l.Code); err == nil {
			row.Title = s.titleOf(sys, l.Code, on)
		}
		out.Sheet.Px = append(out.Sheet.Px, row)
	}
	return out
}

// codeLines lays codes as they are kept, modifiers after a hyphen, out on lines.
func codeLines(codes []string, dx, px bool) answersheet.Sheet {
	var sh answersheet.Sheet
	for _, text := range codes {
		code, mods := cutModifiers(text)
		_, _, err := codebook.ProcedureSystem(code)
		if px && (!dx || err == nil) {
			sh.Px = append(sh.Px, answersheet.PxLine{Code: code, Mods: mods})
		} else {
			sh.Dx = append(sh.Dx, answersheet.DxLine{Code: text})
		}
	}
	if len(sh.Dx) > answersheet.MaxLines {
		sh.Dx = sh.Dx[:answersheet.MaxLines]
	}
	if len(sh.Px) > answersheet.MaxLines {
		sh.Px = sh.Px[:answersheet.MaxLines]
	}
	return sh
}

// formJSON is the form of a sitting as the browser gets it: items in their order, charts by a key of their own.
func (s *Server) formJSON(ctx context.Context, x *progress.Sitting) ([]byte, error) {
	r := s.room()
	head, err := plainJSON(struct {
		ID   progress.SittingID `json:"id"`
		Name string             `json:"name"`
	}{x.ID, x.Name})
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, int64(len(x.Form)+1)*r.itemBytes.Load())
	b = append(b, head[:len(head)-1]...)
	b = append(b, `,"items":[`...)
	var charts []*quizzes.Case
	for pos, f := range x.Form {
		d, err := s.drawnItem(ctx, r, x, pos)
		if err != nil {
			return nil, fmt.Errorf("form of %s: %w", x.ID, err)
		}
		fr, err := s.itemFragment(r, f, d)
		if err != nil {
			return nil, fmt.Errorf("form of %s: %w", x.ID, err)
		}
		if pos > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"pos":`...)
		b = strconv.AppendInt(b, int64(pos), 10)
		b = append(b, ',')
		b = append(b, fr.head...)
		if b, err = appendShuffled(b, "options", fr.options, f.Shuffle); err == nil {
			b, err = appendShuffled(b, "entries", fr.entries, f.Shuffle)
		}
		if err != nil {
			return nil, fmt.Errorf("form of %s: item %d: %w", x.ID, pos+1, err)
		}
		if fr.left != nil {
			b = append(append(b, `,"left":`...), fr.left...)
		}
		if d.chart != nil {
			at := slices.Index(charts, d.chart)
			if at < 0 {
				at = len(charts)
				charts = append(charts, d.chart)
			}
			b = append(b, `,"chart":"`...)
			b = append(append(b, chartKey(at)...), '"')
		}
		b = append(b, '}')
	}
	b = append(b, `],"charts":{`...)
	for i, cs := range charts {
		fr, err := s.chartFragment(r, cs)
		if err != nil {
			return nil, fmt.Errorf("form of %s: chart: %w", x.ID, err)
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(append(b, chartKey(i)...), `":`...)
		b = append(b, fr.head...)
	}
	b = append(b, "}}"...)
	if n := int64(len(b)/(len(x.Form)+1) + 1); n > r.itemBytes.Load() { // so that the next one is made in one piece
		r.itemBytes.Store(n)
	}
	return b, nil
}

func chartKey(i int) string { return "c" + strconv.Itoa(i+1) }

var errNoOrder = errors.New("the form has no order for what is shuffled")

// appendShuffled writes an array in the order of the page. An order that does not fit is refused: the author's order would tell the answer.
func appendShuffled(b []byte, name string, list [][]byte, order []int) ([]byte, error) {
	if len(list) == 0 {
		return b, nil
	}
	if len(order) != len(list) {
		return b, errNoOrder
	}
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i, author := range order {
		if author < 0 || author >= len(list) {
			return b, errNoOrder
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, list[author]...)
	}
	return append(b, ']'), nil
}

// chartFragment is the chart with its head, as a JSON string.
func (s *Server) chartFragment(r *roomCache, cs *quizzes.Case) (*fragment, error) {
	key := "chart " + cs.ShownHash
	if v, ok := r.fragments.Load(key); ok {
		if fr, ok := v.(*fragment); ok {
			return fr, nil
		}
	}
	text, err := s.renderText("room", "room-chart", s.chartView(cs))
	if err != nil {
		return nil, err
	}
	b, err := plainJSON(text)
	if err != nil {
		return nil, err
	}
	fr := &fragment{head: b}
	r.fragments.Store(key, fr)
	return fr, nil
}

// chartView is a chart in the room.
type chartView struct {
	Case caseView
	HTML template.HTML
}

func (s *Server) chartView(cs *quizzes.Case) *chartView {
	return &chartView{Case: s.caseView(cs), HTML: cs.Chart.HTML}
}
