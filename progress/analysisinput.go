package progress

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"crosswalk/grading"
	"crosswalk/progress/itemstats"
)

// analysisInput gathers items and responses as itemstats wants them.
type analysisInput struct {
	content   Content
	index     map[string]int // by key of the item
	items     []itemstats.Item
	about     []AnalysedItem
	responses []itemstats.Response
	persons   map[string]bool
	cases     map[string][]AnalysedAnswer
}

func newAnalysisInput(c Content) *analysisInput {
	return &analysisInput{content: c, index: map[string]int{}, persons: map[string]bool{}, cases: map[string][]AnalysedAnswer{}}
}

// analysisKey tells the items of an analysis apart.
func analysisKey(kind ItemKind, id string) string {
	if kind == KindCase {
		return "case:" + id
	}
	return id
}

// firsts takes the first answer of each learner to each item as it stands now; rows are the oldest first.
func (b *analysisInput) firsts(rows []AnalysedAnswer, out *Analysis) {
	seen := map[[2]string]bool{}
	for _, r := range rows {
		key := analysisKey(r.Kind, r.Item)
		at := [2]string{string(r.Learner), key}
		asked := out.Area == "" || slices.Contains(r.Areas, out.Area)
		if seen[at] {
			if asked {
				out.LeftOut.Repeats++
			}
			continue
		}
		seen[at] = true
		it, ok := b.content.Item(r.Kind, r.Item)
		switch {
		case !ok || it.ShownHash != r.ShownHash:
			if asked {
				out.LeftOut.Older++
			}
		case out.Filter.within(r.SubmittedAt):
			b.add(key, string(r.Learner), r, it, 1, paceOfItem(it))
		}
	}
}

// paceOfItem is the pace, in seconds, that an item has outside of exams: that of the exam for questions, that of the field for charts.
func paceOfItem(it Item) int {
	if it.Case == nil {
		return int(questionPace / time.Second)
	}
	p := PaceOf(it.Case.Setting)
	return int(float64(time.Hour/time.Second) / ((p.Low + p.High) / 2))
}

// sittings takes the answers of those sittings, with the weights of their forms. An earlier text of an item is an item of its own.
func (b *analysisInput) sittings(ctx context.Context, s *Service, org OrgID, rows []AnalysedAnswer, sittings map[SittingID]Sitting) error {
	if err := withForms(ctx, s, org, rows, sittings); err != nil {
		return err
	}
	weights := map[SittingID]int{}
	for id, x := range sittings {
		for _, f := range x.Form {
			weights[id] += f.Weight
		}
	}
	for _, r := range rows {
		x, ok := sittings[r.Sitting]
		if !ok {
			continue
		}
		pos, err := strconv.Atoi(strings.TrimPrefix(r.ClientKey, sittingKey+string(x.ID)+":"))
		if err != nil || pos < 0 || pos >= len(x.Form) {
			return fmt.Errorf("attempt %s is at no item of sitting %s", r.Attempt, x.ID)
		}
		f := x.Form[pos]
		weight, pace := f.Weight, 0
		if !f.Scored {
			weight = 0
		}
		if x.Blueprint.Minutes > 0 {
			pace = x.Blueprint.Minutes * 60 * f.Weight / weights[x.ID]
		}
		key := analysisKey(r.Kind, r.Item)
		it, ok := b.content.Item(r.Kind, r.Item)
		earlier := !ok || it.ShownHash != r.ShownHash
		if earlier {
			key += "#" + r.ShownHash[:min(8, len(r.ShownHash))]
			if _, known := b.index[key]; !known {
				if it, err = s.asDrawn(ctx, org, f); err != nil {
					return err
				}
			}
		}
		if r.Kind == KindCase { // as the exam counted it
			r.Percent10 = 0
			if res, err := (Grading{Result: r.Result}).CaseResult(); err == nil && res.SchemeScore != nil {
				r.Percent10 = int(10*res.SchemeScore.Percent + 0.5)
			}
		}
		b.add(key, string(x.ID), r, it, weight, pace)
		b.about[b.index[key]].Earlier = earlier
	}
	return nil
}

// withForms reads the forms of the sittings that answers are of.
func withForms(ctx context.Context, s *Service, org OrgID, rows []AnalysedAnswer, sittings map[SittingID]Sitting) error {
	answered := map[SittingID]bool{}
	for _, r := range rows {
		if _, ok := sittings[r.Sitting]; ok {
			answered[r.Sitting] = true
		}
	}
	for part := range slices.Chunk(slices.Collect(maps.Keys(answered)), sittingsAtOnce) {
		xs, err := s.st.SittingsByID(ctx, org, part)
		if err != nil {
			return err
		}
		for _, whole := range xs {
			x := sittings[whole.ID]
			x.Form = whole.Form
			sittings[x.ID] = x
		}
	}
	return nil
}

// add takes one answer in. it is looked at when the item is met first.
func (b *analysisInput) add(key, person string, r AnalysedAnswer, it Item, weight, pace int) {
	i, ok := b.index[key]
	if !ok {
		i = len(b.items)
		b.index[key] = i
		b.items = append(b.items, statsItem(key, it, weight, pace))
		b.about = append(b.about, AnalysedItem{Kind: r.Kind, Item: r.Item, Title: it.Title, Area: cmp.Or(append(slices.Clone(it.Areas), r.Areas...)...)})
	}
	if weight > 0 { // on trial in one form and counting in another: it counts
		b.items[i].Weight = float64(weight)
	}
	b.persons[person] = true
	resp := itemstats.Response{Person: person, Item: key, Seconds: r.Seconds, At: r.SubmittedAt}
	if r.Kind == KindCase {
		resp.Score = min(1, max(0, float64(r.Percent10)/1000))
		var a grading.Answer
		resp.Answered = json.Unmarshal(r.Answer, &a) == nil && !blank(a)
		b.cases[key] = append(b.cases[key], r)
	} else {
		if r.Correct {
			resp.Score = 1
		}
		var a grading.ItemAnswer
		if json.Unmarshal(r.Answer, &a) == nil && (answered(a) || r.Correct) {
			resp.Answered, resp.Chosen = true, chosen(b.items[i], a, r.Correct)
		}
	}
	b.responses = append(b.responses, resp)
}

func blank(a grading.Answer) bool {
	return len(a.Diagnoses)+len(a.Procedures) == 0 && a.DRG == "" && a.Disposition == "" && a.EM == nil && a.Query == nil
}

// statsItem says of an item what itemstats needs: options are letters in the author's order.
func statsItem(key string, it Item, weight, pace int) itemstats.Item {
	out := itemstats.Item{ID: key, Weight: float64(weight), Pace: pace}
	k := it.Question
	if k == nil {
		return out
	}
	if n := guesses(k); n > 1 {
		out.Floor = 1 / float64(n)
	}
	switch k.Kind {
	case grading.Single, grading.Multiple:
		for i := range k.Options {
			out.Labels = append(out.Labels, OptionLetter(i))
		}
		for _, i := range k.Correct {
			out.Key = append(out.Key, OptionLetter(i))
		}
	case grading.Codes:
		var codes []string
		for _, c := range k.Codes {
			codes = append(codes, strings.Join(append([]string{c.Code.Dotted(c.System)}, c.Modifiers...), "-"))
		}
		out.Key = []string{strings.Join(codes, ", ")}
	case grading.Number:
		out.Key = []string{k.Number}
	case grading.Text:
		out.Key = k.Texts[:min(1, len(k.Texts))]
	case grading.Order, grading.Match:
		var places []int
		for i := range k.Length {
			places = append(places, i)
		}
		out.Key = []string{placesText(places)}
	}
	return out
}

// OptionLetter names an option by its place in the author's order: A, B, ... Z, then 27 and so on.
func OptionLetter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return strconv.Itoa(i + 1)
}

func placesText(places []int) string {
	var out []string
	for _, i := range places {
		if i < 0 {
			out = append(out, "–")
			continue
		}
		out = append(out, strconv.Itoa(i+1))
	}
	return strings.Join(out, " ")
}

// chosen are the labels of an answer: letters of options, else one label of what was typed. A right one has the key's, however it was typed.
func chosen(it itemstats.Item, a grading.ItemAnswer, right bool) []string {
	var out []string
	for _, i := range a.Options {
		out = append(out, OptionLetter(i))
	}
	if it.Labels != nil {
		return out
	}
	text := ""
	switch {
	case right:
		return it.Key
	case len(a.Codes) > 0:
		var codes []string
		for _, c := range a.Codes {
			codes = append(codes, strings.ToUpper(strings.Join(strings.Fields(c), "")))
		}
		text = strings.Join(codes, ", ")
	case len(a.Order) > 0:
		text = placesText(a.Order)
	case len(a.Match) > 0:
		text = placesText(a.Match)
	default:
		text = strings.ToLower(strings.Join(strings.Fields(a.Value), " "))
	}
	if slices.Contains(it.Key, text) { // it reads like the key and was graded otherwise, such as codes in another order
		text += " (graded wrong)"
	}
	return []string{text}
}

// analyse hands everything to itemstats and puts the figures to the items.
func (b *analysisInput) analyse(out *Analysis) error {
	a, err := itemstats.Analyse(b.items, b.responses, itemstats.Standard)
	if err != nil {
		return err
	}
	out.Persons, out.Answers, out.Form, out.Model, out.cases = len(b.persons), len(b.responses), &a.Form, a.Model, b.cases
	out.Items = []AnalysedItem{}
	for _, st := range a.Items {
		it := b.about[b.index[st.ID]]
		it.Stats, it.Trial = st, st.Item.Weight == 0
		out.Items = append(out.Items, it)
	}
	slices.SortStableFunc(out.Items, worstFirst)
	return nil
}

// only keeps the items of the area that was asked for, and counts who answered them.
func (b *analysisInput) only(out *Analysis) {
	out.Form = nil
	if out.Area == "" {
		return
	}
	in := map[string]bool{}
	out.Items = slices.DeleteFunc(out.Items, func(x AnalysedItem) bool {
		it, ok := b.content.Item(x.Kind, x.Item)
		in[x.ID] = ok && slices.Contains(it.Areas, out.Area)
		return !in[x.ID]
	})
	persons := map[string]bool{}
	out.Answers = 0
	for _, r := range b.responses {
		if in[r.Item] {
			persons[r.Person] = true
			out.Answers++
		}
	}
	out.Persons = len(persons)
}

// worstFirst orders by the most urgent flags, then by how badly the item tells people apart.
func worstFirst(x, y AnalysedItem) int {
	rank := func(it AnalysedItem) (itemstats.Level, int, float64) {
		l, n := it.Worst()
		switch {
		case l == 0:
			l = itemstats.Note + 1
		case len(it.Flags) == 1 && it.Flags[0].Kind == itemstats.FlagFew: // nothing is known of it
			l = itemstats.Note + 2
		}
		r := 2.0
		if it.PointBiserial != nil {
			r = it.PointBiserial.Value
		}
		return l, n, r
	}
	xl, xn, xr := rank(x)
	yl, yn, yr := rank(y)
	return cmp.Or(cmp.Compare(xl, yl), cmp.Compare(yn, xn), cmp.Compare(xr, yr), cmp.Compare(x.ID, y.ID))
}
