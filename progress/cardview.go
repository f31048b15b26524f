package progress

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
)

// CardView is a card as one reviews it. The front of a question is the question, which is answered like any other with the context InReview;
// that of a line is its case, and that of a term its name, or its definition where it is to be typed.
type CardView struct {
	CardInfo
	Typed bool     // an answer that is typed can be compared: a code, a code with modifiers, a POA indicator, a term
	Back  CardBack // of lines and terms; a question shows its own after the answer
	// Next is by grade, from memory.Again to memory.Easy, the study day on which the card would be due again.
	Next [memory.Easy + 1]string
}

// CardBack is the answer of a card.
type CardBack struct {
	Answer   string   // the code with its modifiers, the POA indicator, or the name of the term; of a line that should not be there the code
	Text     string   // why, or the definition
	Cites    []string // of a line
	Evidence []string // words of the note, of a line
}

// Card shows one of the actor's cards, or a term that is not a card yet. ErrNotFound when there is none, also of an item that is no longer
// in force; an *InputError for a card of an item in an exam that is not handed in.
func (s *Service) Card(ctx context.Context, a Actor, id string) (CardView, error) {
	d, err := s.deckOf(ctx, a)
	if err != nil {
		return CardView{}, fmt.Errorf("card %s: %w", id, err)
	}
	v, err := d.view(id)
	if err != nil {
		return CardView{}, fmt.Errorf("card %s: %w", id, err)
	}
	return v, nil
}

// view shows a card of the deck.
func (d *deck) view(id string) (CardView, error) {
	kind, item, ok := standing.ParseCardID(id)
	if !ok {
		return CardView{}, ErrNotFound
	}
	c, have := d.st.Card(id)
	if !have {
		if kind != standing.Term {
			return CardView{}, ErrNotFound
		}
		c = standing.Card{ID: id, Kind: kind, Item: item}
	}
	info, ok := d.info(c)
	if !ok {
		return CardView{}, ErrNotFound
	}
	if _, sealed := d.open[info.Item]; sealed && kind != standing.Term {
		return CardView{}, &InputError{"exam", "This is part of an exam that you have not handed in. Finish the exam first; then it can be reviewed."}
	}
	v := CardView{CardInfo: info}
	switch kind {
	case standing.Term:
		t, _ := d.course.Term(item)
		v.Typed, v.Back = true, CardBack{Answer: t.Name, Text: t.Short}
	case standing.Line:
		it, _ := d.s.items().Item(KindCase, info.Item)
		v.Typed, v.Back = backOf(it.Case, info.Line, info.Trap)
	}
	after := d.st.After(id, d.today)
	for g := memory.Again; g <= memory.Easy; g++ {
		v.Next[g] = DayText(d.due(standing.Card{ID: id, State: after[g], Day: d.today}))
	}
	return v, nil
}

// keyHasLine reports whether a case's key has a line of this code; a line that should not be there is always one.
func keyHasLine(it Item, line string) bool {
	if it.Case == nil {
		return false
	}
	_, dx, px := keyLine(it.Case, line)
	return strings.HasPrefix(line, "+") || dx != nil || px != nil
}

// keyLine finds a line of a key, or of one of its alternatives, by its code as printed.
func keyLine(k *grading.Key, line string) (code string, dx *grading.Diagnosis, px *grading.Procedure) {
	for i := -1; i < len(k.Alternatives); i++ {
		of := k
		if i >= 0 {
			of = &k.Alternatives[i]
		}
		for j := range of.Diagnoses {
			if c := of.Diagnoses[j].Code.Dotted(codebook.ICD10CM); c == line {
				return c, &of.Diagnoses[j], nil
			}
		}
		for j := range of.Procedures {
			if c := of.Procedures[j].Code.Dotted(of.Procedures[j].System); c == line {
				return c, nil, &of.Procedures[j]
			}
		}
	}
	return "", nil, nil
}

// backOf is the answer of a line's card, and whether one that is typed can be compared with it.
func backOf(k *grading.Key, line, trap string) (typed bool, b CardBack) {
	if extra, ok := strings.CutPrefix(line, "+"); ok {
		b.Answer = extra
		for _, t := range k.Traps {
			if string(t.Code) == strings.ReplaceAll(extra, ".", "") {
				b.Text, b.Cites = t.Why, t.Cites
			}
		}
		return false, b
	}
	code, dx, px := keyLine(k, line)
	typed = true
	switch {
	case dx != nil:
		b = CardBack{Answer: code, Text: dx.Why, Cites: dx.Cites, Evidence: words(dx.Evidence)}
		switch trap {
		case "poa":
			b.Answer = dx.POA
			typed = dx.POA != ""
		case "sequencing", "excludes", "bundling":
			typed = false // where it stands, or beside what: nothing of the line itself to be typed
		}
	case px != nil:
		b = CardBack{Answer: strings.Join(append([]string{code}, px.Modifiers...), "-"), Text: px.Why, Cites: px.Cites, Evidence: words(px.Evidence)}
		typed = trap != "bundling" && trap != "sequencing"
	}
	return typed, b
}

func words(es []grading.Evidence) (out []string) {
	for _, e := range es {
		out = append(out, e.Text)
	}
	return out
}

// rightAnswer compares what was typed with the answer of a card that takes such.
func (d *deck) rightAnswer(v CardView, typed string) bool {
	typed = strings.Join(strings.Fields(typed), " ")
	if v.Kind == standing.Term {
		return strings.EqualFold(typed, v.Back.Answer)
	}
	if v.Trap == "poa" {
		return strings.EqualFold(typed, v.Back.Answer)
	}
	it, _ := d.s.items().Item(KindCase, v.Item)
	_, dx, px := keyLine(it.Case, v.Line)
	plain := func(s string) string {
		return strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), " ", ""))
	}
	if dx != nil {
		return plain(typed) == string(dx.Code) || slices.Contains(dx.Accept, codebook.Code(plain(typed)))
	}
	parts := strings.Split(plain(typed), "-")
	if codebook.Code(parts[0]) != px.Code && !slices.Contains(px.Accept, codebook.Code(parts[0])) {
		return false
	}
	if v.Trap != "modifiers" {
		return true
	}
	entered := slices.DeleteFunc(parts[1:], func(m string) bool { return slices.Contains(px.ModifiersOptional, m) })
	for _, want := range append([][]string{px.Modifiers}, px.ModifiersAny...) {
		if sameSet(entered, want) {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
