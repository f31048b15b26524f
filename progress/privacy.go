package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"crosswalk/progress/standing"
)

// Export gives all that is kept about a person. People export their own; an admin everyone's of the organisation; else ErrNotFound.
func (s *Service) Export(ctx context.Context, a Actor, id LearnerID) (Record, error) {
	if a.Learner != id && a.Role != RoleAdmin {
		return Record{}, fmt.Errorf("export %s: %w", id, ErrNotFound)
	}
	fail := func(err error) (Record, error) { return Record{}, fmt.Errorf("export %s: %w", id, err) }
	org := a.org()
	out := Record{V: RecordVersion, At: s.now()}
	var err error
	if out.Learner, err = s.st.Learner(ctx, org, id); err != nil {
		return fail(err)
	}
	sessions, err := s.st.Sessions(ctx, org, id)
	if err != nil {
		return fail(err)
	}
	for _, x := range sessions {
		out.Sessions = append(out.Sessions, SessionInfo{ID: x.ID, CreatedAt: x.CreatedAt, SeenAt: x.SeenAt, ExpiresAt: x.ExpiresAt})
	}
	open := map[string]SittingID{}
	if a.Learner == id && !a.teaches() {
		if open, err = s.openItems(ctx, a); err != nil {
			return fail(err)
		}
	}
	f := AttemptFilter{Learner: id, Limit: 500}
	for {
		page, _, err := s.st.Attempts(ctx, org, f)
		if err != nil {
			return fail(err)
		}
		for _, g := range page {
			if _, in := open[g.Attempt.Item]; in { // how it was graded would answer it in the exam; it is exported afterwards
				continue
			}
			gs, err := s.st.Gradings(ctx, org, g.Attempt.ID)
			if err != nil {
				return fail(err)
			}
			by, err := s.st.PolicyGradings(ctx, org, []AttemptID{g.Attempt.ID})
			if err != nil {
				return fail(err)
			}
			out.Attempts = append(out.Attempts, AttemptRecord{Attempt: g.Attempt, Gradings: gs, Policies: by})
		}
		if len(page) < f.Limit {
			break
		}
		f.Before = page[len(page)-1].Attempt.ID
	}
	slices.Reverse(out.Attempts)
	if out.Drafts, err = s.st.Drafts(ctx, org, id); err != nil {
		return fail(err)
	}
	if out.Lessons, err = s.st.LessonMarks(ctx, org, id); err != nil {
		return fail(err)
	}
	if out.Drills, err = s.st.Drills(ctx, org, id); err != nil {
		return fail(err)
	}
	if out.Sittings, err = s.sittingRecords(ctx, org, id); err != nil {
		return fail(err)
	}
	if out.Notes, err = s.st.BookNotes(ctx, org, id); err != nil {
		return fail(err)
	}
	own, err := s.st.Policies(ctx, org, id)
	if err != nil {
		return fail(err)
	}
	for _, p := range own {
		all, err := s.st.PolicyRevisions(ctx, org, p.ID)
		if err != nil {
			return fail(err)
		}
		out.Policies = append(out.Policies, all...)
	}
	if err := s.exportExams(ctx, org, id, &out); err != nil {
		return fail(err)
	}
	if err := s.exportClasses(ctx, org, &out); err != nil {
		return fail(err)
	}
	if err := s.exportLearning(ctx, org, id, open, &out); err != nil {
		return fail(err)
	}
	if out.Audit, err = s.st.Entries(ctx, org, AuditFilter{Actor: id, Limit: 1000}); err != nil {
		return fail(err)
	}
	if a.Learner != id {
		if err := s.Audit(ctx, a, "user.export", string(id), ""); err != nil {
			return Record{}, err
		}
	}
	return out, nil
}

// Erase takes a person's identity away: name, e-mail, passphrase, sessions, drafts, notes in the codebook, reading positions, reviews, goal, plans, placement tests, the free
// text in answers and disputes, places in cohorts, messages on their results and by them, exam rules for the person, and policies of grading that graded nothing; the other policies
// and the exams that the person composed are retired. The attempts stay under an id that leads to nobody, so that figures over all learners
// stay right. People erase themselves, an admin everyone of the organisation, else ErrNotFound. It cannot be undone; erasing twice is fine.
func (s *Service) Erase(ctx context.Context, a Actor, id LearnerID) error {
	if id == "" || a.Learner != id && a.Role != RoleAdmin {
		return fmt.Errorf("erase %s: %w", id, ErrNotFound)
	}
	entry, err := s.entry(a, "user.erase", string(id), "")
	if err != nil {
		return err
	}
	if err := s.st.Erase(ctx, a.org(), id, entry.At, freeText{}, entry); err != nil {
		return fmt.Errorf("erase %s: %w", id, err)
	}
	s.sessions.drop()
	return nil
}

// exportLearning adds what was done with cards, and what was set, foretold, planned and learnt. Reviews of items in an open exam follow after it.
func (s *Service) exportLearning(ctx context.Context, org OrgID, id LearnerID, open map[string]SittingID, out *Record) error {
	reviews, err := s.st.Reviews(ctx, org, id)
	if err != nil {
		return err
	}
	for _, r := range reviews {
		_, item, _ := standing.ParseCardID(r.Card)
		if caseID, _, _, ok := standing.ParseLine(item); ok {
			item = caseID
		}
		if _, sealed := open[item]; !sealed {
			out.Reviews = append(out.Reviews, r)
		}
	}
	g, err := s.st.Goal(ctx, org, id)
	if err == nil {
		out.Goal = &g
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	fit, err := s.st.Fit(ctx, org, id)
	if err == nil {
		out.Memory = &fit
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	if out.Forecast, err = s.st.Forecasts(ctx, org, ForecastFilter{Learner: id}); err != nil {
		return err
	}
	if out.Placed, err = s.st.Placements(ctx, org, id); err != nil {
		return err
	}
	out.Plans, err = s.st.Plans(ctx, org, id, "")
	return err
}

// exportExams adds what somebody set for exams and what others set for them.
func (s *Service) exportExams(ctx context.Context, org OrgID, id LearnerID, out *Record) error {
	var err error
	if out.Exams, err = s.st.ComposedExams(ctx, org, id); err != nil {
		return err
	}
	if out.Disputes, err = s.st.Disputes(ctx, org, DisputeFilter{Learner: id}); err != nil {
		return err
	}
	if out.Cohorts, err = s.st.Cohorts(ctx, org, id); err != nil {
		return err
	}
	in, err := s.st.CohortsOf(ctx, org, id)
	if err != nil {
		return err
	}
	for _, c := range in {
		if c.Owner != id {
			out.Cohorts = append(out.Cohorts, c)
		}
	}
	if out.Rules, err = s.st.Rules(ctx, org, id); err != nil {
		return err
	}
	fit, err := s.st.RulesFor(ctx, org, id)
	if err != nil {
		return err
	}
	for _, r := range fit {
		if r.Kind != RuleForEveryone && r.Owner != id {
			out.Rules = append(out.Rules, r)
		}
	}
	return nil
}

// exportClasses adds what classes hold of somebody. The cohorts are there already.
func (s *Service) exportClasses(ctx context.Context, org OrgID, out *Record) error {
	id := out.Learner.ID
	for _, c := range out.Cohorts {
		xs, err := s.st.Assignments(ctx, org, c.ID)
		if err != nil {
			return err
		}
		out.Assigned = append(out.Assigned, xs...)
	}
	var err error
	if out.Terms, err = s.st.TermsFor(ctx, org, id); err != nil {
		return err
	}
	if out.Invites, err = s.st.InvitesTo(ctx, org, out.Learner.Email, id); err != nil {
		return err
	}
	out.Messages, err = s.st.MessagesOf(ctx, org, id)
	return err
}

// freeText knows where an answer can hold words of the learner's own: the value of a text question, the phrases marked as evidence, the
// reason and the indicators of a query. Codes, modifiers, numbers and positions have a form and stay.
type freeText struct{}

func (freeText) Answer(kind ItemKind, raw json.RawMessage) (json.RawMessage, bool) {
	return scrubJSON(raw, func(m map[string]any) bool {
		changed := false
		if kind == KindQuestion {
			return blankWords(m, "value")
		}
		for _, list := range []string{"diagnoses", "procedures"} {
			lines, _ := m[list].([]any)
			for _, l := range lines {
				if line, ok := l.(map[string]any); ok {
					changed = drop(line, "evidence") || changed
				}
			}
		}
		if q, ok := m["query"].(map[string]any); ok {
			changed = drop(q, "reason") || changed
			changed = drop(q, "indicators") || changed
		}
		return changed
	})
}

// Result takes out what parts repeat of the words in an answer. It is asked only for answers that held some.
func (freeText) Result(kind ItemKind, raw json.RawMessage) (json.RawMessage, bool) {
	return scrubJSON(raw, func(m map[string]any) bool {
		changed := false
		parts, _ := m["parts"].([]any)
		for _, p := range parts {
			part, ok := p.(map[string]any)
			if !ok {
				continue
			}
			if c, _ := part["component"].(string); kind == KindCase && c != "evidence" && c != "query" {
				continue
			}
			if kind == KindQuestion {
				changed = drop(part, "entered") || changed
			} else if part["entered"] != nil {
				part["entered"] = nil
				changed = true
			}
		}
		return changed
	})
}

func drop(m map[string]any, key string) bool {
	_, there := m[key]
	delete(m, key)
	return there
}

// blankWords empties a text unless it is a number.
func blankWords(m map[string]any, key string) bool {
	v, _ := m[key].(string)
	if v == "" {
		return false
	}
	if _, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
		return false
	}
	m[key] = ""
	return true
}

func scrubJSON(raw json.RawMessage, scrub func(map[string]any) bool) (json.RawMessage, bool) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber() // figures keep the text they have
	var m map[string]any
	if err := dec.Decode(&m); err != nil || !scrub(m) {
		return raw, false
	}
	out, err := json.Marshal(m)
	if err != nil {
		return raw, false
	}
	return out, true
}
