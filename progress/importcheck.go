package progress

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"crosswalk/progress/standing"
)

// mostProblems is how many problems of a file are told at once.
const mostProblems = 20

// recordCheck looks a record over that comes from elsewhere.
type recordCheck struct {
	now  time.Time
	bad  InputErrors
	more int
	ids  map[string]bool
	keys map[string]bool
}

func (c *recordCheck) say(place, format string, args ...any) {
	if len(c.bad) == mostProblems {
		c.more++
		return
	}
	c.bad = append(c.bad, &InputError{place, fmt.Sprintf(format, args...)})
}

// checkRecord takes what is imported out of a record, or says all that is wrong with it.
func (s *Service) checkRecord(rec Record) (RecordImport, error) {
	c := &recordCheck{now: s.now(), ids: map[string]bool{}, keys: map[string]bool{}}
	var out RecordImport
	attempts := map[AttemptID]bool{}
	for i, a := range rec.Attempts {
		place := fmt.Sprintf("attempts[%d]", i)
		if len(a.Gradings) == 0 { // of an exam whose answers were not open when it was exported
			continue
		}
		c.attempt(place, &a)
		attempts[a.Attempt.ID] = true
		out.Attempts = append(out.Attempts, a)
	}
	reviews := map[ReviewID]bool{}
	for i, r := range rec.Reviews {
		c.review(fmt.Sprintf("reviews[%d]", i), &r)
		// What was done with an answer that is not in the file, or an undo of what is not, says nothing.
		if r.Attempt != "" && !attempts[r.Attempt] || r.Undoes != "" && !reviews[r.Undoes] {
			continue
		}
		reviews[r.ID] = true
		out.Reviews = append(out.Reviews, r)
	}
	for i, d := range rec.Drills {
		place := fmt.Sprintf("drills[%d]", i)
		c.id(place, string(d.ID), d.CreatedAt)
		c.word(place+".area", d.Area, 100, true)
		if len(d.Items) > 1000 {
			c.say(place, "%d questions are too many.", len(d.Items))
		}
		out.Drills = append(out.Drills, d)
	}
	for i, d := range rec.Drafts {
		place := fmt.Sprintf("drafts[%d]", i)
		c.word(place+".item", d.Item, 200, false)
		c.json(place+".body", d.Body, MaxDraft)
		c.time(place+".updated_at", d.UpdatedAt)
	}
	out.Drafts = rec.Drafts
	for id, m := range rec.Lessons {
		place := "lessons." + id
		c.word(place, id, 200, false)
		c.word(place+".anchor", m.Anchor, 200, true)
		if m.Percent < 0 || m.Percent > 100 {
			c.say(place, "%d per cent cannot be.", m.Percent)
		}
		c.time(place+".opened_at", m.OpenedAt)
		c.time(place+".read_at", m.ReadAt)
	}
	out.Lessons = rec.Lessons
	for i, n := range rec.Notes {
		place := fmt.Sprintf("book_notes[%d]", i)
		c.word(place+".part", n.Part, 100, false)
		if n.Ref == "" {
			c.say(place, "It names no page.")
		}
		c.text(place+".ref", n.Ref, 200)
		c.text(place+".title", n.Title, 1000)
		c.text(place+".text", n.Text, 16*MaxNote)
		c.time(place+".updated_at", n.UpdatedAt)
	}
	out.Notes = rec.Notes
	if len(out.Notes) > MaxNotes {
		c.say("book_notes", "%d are too many: at most %d are kept.", len(out.Notes), MaxNotes)
	}
	if g := rec.Goal; g != nil {
		// A goal whose day has gone by, or whose exam is not here, is left out: it is no fault of the file.
		goal := *g
		if s.checkGoal(&goal, StudyDayNumber(c.now, rec.Learner.Location())) == nil {
			goal.UpdatedAt = c.now
			out.Goal = &goal
		}
	}
	if c.more > 0 {
		c.bad = append(c.bad, &InputError{"file", fmt.Sprintf("And %d more problems.", c.more)})
	}
	return out, asInput(c.bad)
}

// id is an id that is in the file once.
func (c *recordCheck) id(place, id string, at time.Time) {
	if _, err := uuid.Parse(id); err != nil || len(id) != 36 || id != strings.ToLower(id) {
		c.say(place+".id", "%q is no id.", brief(id))
	} else if c.ids[id] {
		c.say(place+".id", "%s is there twice.", id)
	}
	c.ids[id] = true
	c.time(place, at)
}

// brief is a text from the file as far as it helps to find it.
func brief(s string) string { return cut(s, 60) }

func (c *recordCheck) time(place string, at time.Time) {
	if at.Year() < 2000 || at.After(c.now.Add(48*time.Hour)) {
		c.say(place, "%s cannot be the time of it.", at.Format(time.RFC3339))
	}
}

func (c *recordCheck) word(place, s string, most int, empty bool) {
	if s == "" && !empty || len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '|' || r == 0x7f }) {
		c.say(place, "%q cannot be.", brief(s))
	}
}

// text is any text of so many bytes; a NUL is in none, and not every database takes one.
func (c *recordCheck) text(place, s string, most int) {
	if len(s) > most || strings.ContainsRune(s, 0) {
		c.say(place, "It is too long or no text.")
	}
}

func (c *recordCheck) json(place string, raw json.RawMessage, most int) {
	if len(raw) > most || len(raw) > 0 && !json.Valid(raw) || strings.ContainsRune(string(raw), 0) {
		c.say(place, "It is broken or too long.")
	}
}

func (c *recordCheck) key(place, list, key string) {
	c.word(place+".client_key", key, 200, false)
	if c.keys[list+key] {
		c.say(place+".client_key", "%s is there twice.", brief(key))
	}
	c.keys[list+key] = true
}

func (c *recordCheck) attempt(place string, r *AttemptRecord) {
	a := &r.Attempt
	c.id(place, string(a.ID), a.SubmittedAt)
	c.key(place, "attempts ", a.ClientKey)
	if !slices.Contains([]ItemKind{KindQuestion, KindCase, KindAudit}, a.Kind) {
		c.say(place+".kind", "%q is no kind of item.", brief(string(a.Kind)))
	}
	if !slices.Contains([]ContextKind{Alone, InLesson, InDrill, InExam, InAudit, InPlacement, InReview}, a.Context.Kind) {
		c.say(place+".context", "%q is no place where something is answered.", brief(string(a.Context.Kind)))
	}
	c.word(place+".context", a.Context.Ref, 200, true)
	c.word(place+".item", a.Item, 200, false)
	c.text(place+".shown_hash", a.ShownHash, 200)
	c.text(place+".key_hash", a.KeyHash, 200)
	if len(a.Areas) > 30 {
		c.say(place+".areas", "%d areas are too many.", len(a.Areas))
	}
	for _, area := range a.Areas {
		c.word(place+".areas", area, 100, false)
	}
	c.json(place+".answer", a.Answer, maxAnswer)
	c.json(place+".shown", a.Shown, maxAnswer)
	if a.Seconds < 0 || a.Seconds > 7*86400 {
		c.say(place+".seconds", "%d seconds cannot be.", a.Seconds)
	}
	if a.Context.Kind == InExam || a.Context.Kind == InPlacement {
		a.Context.Ref = "" // the sitting stays where it was
	}
	if len(r.Gradings) > 1000 {
		c.say(place, "%d gradings are too many.", len(r.Gradings))
		return
	}
	slices.SortFunc(r.Gradings, func(x, y Grading) int { return cmp.Compare(x.Seq, y.Seq) })
	for i := range r.Gradings {
		c.grading(fmt.Sprintf("%s.gradings[%d]", place, i), a, &r.Gradings[i])
	}
	r.Policies = nil // of people who are not here
}

func (c *recordCheck) grading(place string, a *Attempt, g *Grading) {
	c.id(place, string(g.ID), g.At)
	if g.Percent10 < 0 || g.Percent10 > 1000 || g.AuditTenths < 0 || g.AuditTenths > 1000 || g.GraderVersion < 0 {
		c.say(place, "Its figures cannot be.")
	}
	c.text(place+".key_hash", g.KeyHash, 200)
	for _, f := range g.Findings {
		c.word(place+".findings", f, 60, false)
	}
	for _, m := range g.Missed {
		c.word(place+".missed", m.Line, 100, true)
		c.word(place+".missed", m.Finding, 60, false)
	}
	c.text(place+".scheme", g.Scheme, 200)
	c.text(place+".reason", g.Reason, 2000)
	c.text(place+".book_edition", g.BookEdition, 500)
	c.json(place+".result", g.Result, 4<<20)
	var err error
	switch a.Kind {
	case KindQuestion:
		_, err = g.ItemResult()
	case KindCase:
		_, err = g.CaseResult()
	case KindAudit:
		_, err = g.AuditResult()
	}
	if err != nil {
		c.say(place+".result", "It is no result of a %s.", a.Kind)
	}
	if o := g.Override; o != nil {
		c.json(place+".override", o.Result, 4<<20)
		if len(o.Lines) > 200 {
			c.say(place+".override", "%d lines are too many.", len(o.Lines))
		}
		for i := range o.Lines {
			c.text(place+".override", o.Lines[i].Line, 200)
			c.text(place+".override", o.Lines[i].Reason, 2000)
			o.Lines[i].By = "" // of people who are not here
		}
	}
	g.Attempt, g.Policy, g.By = a.ID, nil, byImport
	if a.Kind == KindCase && g.Missed == nil {
		g.Missed = MissedIn(g.Result)
	}
}

func (c *recordCheck) review(place string, r *Review) {
	c.id(place, string(r.ID), r.At)
	c.key(place, "reviews ", r.ClientKey)
	if _, _, ok := standing.ParseCardID(r.Card); !ok || len(r.Card) > 300 {
		c.say(place+".card", "%q is no card.", brief(r.Card))
	}
	if r.Grade < 0 || r.Grade > 4 {
		c.say(place+".grade", "%d is no grade.", r.Grade)
	}
	c.text(place+".answer", r.Answer, mostTyped)
	if r.Seconds < 0 || r.Seconds > 86400 {
		c.say(place+".seconds", "%d seconds cannot be.", r.Seconds)
	}
}
