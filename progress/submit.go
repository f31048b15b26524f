package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"crosswalk/grading"
	"crosswalk/quizzes/audit"
)

// What is kept of a grading besides its result.
const (
	reasonSubmitted = "submitted"
	byGrader        = "grader"
	bySystem        = "operator" // a regrade from the command line
)

// maxAnswer is the most bytes that a kept answer may have; a hundred lines with evidence are far below it.
const maxAnswer = 256 << 10

// SubmitQuestion grades an answer to a question and records it. The same ClientKey of the same learner again gives the first result with
// Duplicate set and records nothing, even when the question has changed or gone in between. Nothing is recorded either with an error:
// ErrNotFound for an unknown question or drill, grading.FormatErrors, *InputError for what the page sends along.
func (s *Service) SubmitQuestion(ctx context.Context, a Actor, in QuestionSubmission) (Graded, error) {
	fail := func(err error) (Graded, error) { return Graded{}, err }
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return fail(err)
	}
	if g, err := s.sentBefore(ctx, a, in.ClientKey, KindQuestion, in.Question); err != nil || g.Duplicate {
		return g, err
	}
	it, err := s.item(KindQuestion, in.Question)
	if err != nil {
		return fail(err)
	}
	if err := s.notInExam(ctx, a, it); err != nil {
		return fail(err)
	}
	if in.Context, err = s.checkContext(ctx, a, in.Context, it.ID); err != nil {
		return fail(err)
	}
	if err := checkOrder(in.Shown, it.Question); err != nil {
		return fail(err)
	}
	if err := grading.ParseItem(it.Question, in.Answer); err != nil {
		return fail(err)
	}
	att, err := s.attempt(a, in.ClientKey, it, in.Context, in.StartedAt)
	if err != nil {
		return fail(err)
	}
	if att.Answer, err = json.Marshal(in.Answer); err != nil {
		return fail(fmt.Errorf("submit %s: %w", it.ID, err))
	}
	if in.Shown != nil {
		if att.Shown, err = json.Marshal(shown{Order: in.Shown}); err != nil {
			return fail(fmt.Errorf("submit %s: %w", it.ID, err))
		}
	}
	return s.record(ctx, it, att, "", false)
}

// SubmitCase grades an answer to a case, records it and drops the learner's draft of the case, all at once. It answers as SubmitQuestion
// does; an unknown Scheme is an *InputError.
func (s *Service) SubmitCase(ctx context.Context, a Actor, in CaseSubmission) (Graded, error) {
	fail := func(err error) (Graded, error) { return Graded{}, err }
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return fail(err)
	}
	scheme, err := grading.ParseScheme(in.Scheme)
	if err != nil {
		return fail(&InputError{"scheme", err.Error()})
	}
	if g, err := s.sentBefore(ctx, a, in.ClientKey, KindCase, in.Case); err != nil || g.Duplicate {
		return g, err
	}
	it, err := s.item(KindCase, in.Case)
	if err != nil {
		return fail(err)
	}
	if err := s.notInExam(ctx, a, it); err != nil {
		return fail(err)
	}
	att, err := s.attempt(a, in.ClientKey, it, Context{Kind: Alone}, in.StartedAt)
	if err != nil {
		return fail(err)
	}
	if att.Answer, err = json.Marshal(in.Answer); err != nil {
		return fail(fmt.Errorf("submit %s: %w", it.ID, err))
	}
	return s.record(ctx, it, att, scheme, true)
}

// record grades an attempt and keeps both.
func (s *Service) record(ctx context.Context, it Item, att Attempt, scheme grading.Scheme, dropDraft bool) (Graded, error) {
	if len(att.Answer) > maxAnswer {
		return Graded{}, &InputError{"answer", "The answer is too long to be kept: remove lines that say nothing."}
	}
	g, err := s.grade(it, att, grading.Policy{Scheme: scheme})
	if err != nil {
		return Graded{}, err
	}
	g.Reason, g.By, g.At = reasonSubmitted, byGrader, att.SubmittedAt
	out, dup, err := s.st.RecordAttempt(ctx, att.Org, it.versions(att.SubmittedAt), att, g, dropDraft)
	if err != nil {
		return Graded{}, fmt.Errorf("submit %s: %w", it.ID, err)
	}
	if out.Duplicate = dup; dup && (out.Attempt.Kind != it.Kind || out.Attempt.Item != it.ID) {
		return Graded{}, errKeyUsed
	}
	return out, nil
}

// grade judges an attempt's answer by the item's key and the book in force. The policy is for cases; one without a name is its scheme.
func (s *Service) grade(it Item, att Attempt, policy grading.Policy) (Grading, error) {
	id, err := s.newID(s.now())
	if err != nil {
		return Grading{}, err
	}
	book := s.book()
	g := Grading{ID: GradingID(id), Attempt: att.ID, Org: att.Org, Seq: 1, KeyHash: it.KeyHash, GraderVersion: grading.Version, BookEdition: book.Edition()}
	var result any
	switch it.Kind {
	case KindQuestion:
		var ans grading.ItemAnswer
		if err := json.Unmarshal(att.Answer, &ans); err != nil {
			return Grading{}, fmt.Errorf("kept answer of %s: %w", att.ID, err)
		}
		if err := grading.ParseItem(it.Question, ans); err != nil {
			return Grading{}, err
		}
		r := grading.GradeItem(it.Question, ans)
		g.Scheme = string(grading.Learning)
		g.judgedQuestion(r)
		result = r
	case KindCase:
		var ans grading.Answer
		if err := json.Unmarshal(att.Answer, &ans); err != nil {
			return Grading{}, fmt.Errorf("kept answer of %s: %w", att.ID, err)
		}
		resp, err := grading.ParseAnswer(it.Case, ans)
		if err != nil {
			return Grading{}, err
		}
		r := grading.GradeUnder(it.Case, resp, book, policy)
		score := r.Learning
		g.Scheme = string(policy.Scheme)
		if policy.Name != "" {
			g.Scheme = policy.Name
			if r.SchemeScore != nil {
				score = *r.SchemeScore
			}
		}
		g.judgedCase(r, score)
		result = r
	case KindAudit:
		r, err := gradeAudit(it.Case, book, att)
		if err != nil {
			return Grading{}, err
		}
		g.Scheme = string(grading.Learning)
		g.Earned, g.Possible, g.Correct = int(r.Earned), int(r.Possible), r.Right
		g.Percent10 = tenths(int(r.Earned), int(r.Possible))
		if r.Right {
			g.AuditTenths = 1000
		}
		if r.Fault != nil && !r.Step(audit.StepFound).Right {
			for _, f := range r.Fault.Findings {
				g.Findings = append(g.Findings, string(f))
			}
		}
		result = r
	default:
		return Grading{}, fmt.Errorf("%q is no kind of item", it.Kind)
	}
	if g.Result, err = json.Marshal(result); err != nil {
		return Grading{}, fmt.Errorf("result of %s: %w", att.ID, err)
	}
	return g, nil
}

// tenths is earned of possible in tenths of a per cent, half up.
func tenths(earned, possible int) int {
	if possible <= 0 {
		return 0
	}
	return (earned*2000 + possible) / (2 * possible)
}

var errKeyUsed = &InputError{"client_key", "This form was already sent for something else: reload the page and answer again."}

// sentBefore looks for an attempt with the client key; Duplicate is set when there is one.
func (s *Service) sentBefore(ctx context.Context, a Actor, key string, kind ItemKind, item string) (Graded, error) {
	g, err := s.st.AttemptByKey(ctx, a.org(), a.Learner, key)
	if errors.Is(err, ErrNotFound) {
		return Graded{}, nil
	}
	if err != nil {
		return Graded{}, fmt.Errorf("submit %s: %w", item, err)
	}
	if g.Attempt.Kind != kind || g.Attempt.Item != item {
		return Graded{}, errKeyUsed
	}
	if err := s.mayShow(ctx, a, g.Attempt); err != nil {
		return Graded{}, fmt.Errorf("submit %s: %w", item, err)
	}
	g.Duplicate = true
	return g, nil
}

func checkSubmission(a Actor, key string) error {
	if a.Learner == "" {
		return fmt.Errorf("submit: start as a guest or sign in: %w", ErrForbidden)
	}
	visible := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(key) < 8 || len(key) > 100 || strings.HasPrefix(key, sittingKey) || slices.ContainsFunc([]rune(key), visible) {
		return &InputError{"client_key", "The form came without its key: reload the page and answer again."}
	}
	return nil
}

// attempt makes the row of an answer, without the answer.
func (s *Service) attempt(a Actor, key string, it Item, c Context, started *time.Time) (Attempt, error) {
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return Attempt{}, err
	}
	att := Attempt{
		ID: AttemptID(id), Org: a.org(), Learner: a.Learner, ClientKey: key, Kind: it.Kind, Item: it.ID, Areas: it.Areas, Context: c,
		ShownHash: it.ShownHash, KeyHash: it.KeyHash, SubmittedAt: now,
	}
	// The start comes from the page. One that lies ahead, or more than a day back, says nothing about time spent.
	if started != nil {
		t := started.UTC().Truncate(time.Millisecond)
		if d := now.Sub(t); d >= 0 && d <= 24*time.Hour {
			att.StartedAt, att.Seconds = &t, int(d/time.Second)
		}
	}
	return att, nil
}

// checkContext lets an answer count in a lesson or in one of the learner's own drills. Sittings of exams have a way of their own.
func (s *Service) checkContext(ctx context.Context, a Actor, c Context, item string) (Context, error) {
	switch c.Kind {
	case "", Alone:
		return Context{Kind: Alone}, nil
	case InReview:
		return Context{Kind: InReview}, nil
	case InLesson:
		if c.Ref == "" || len(c.Ref) > 100 {
			return c, &InputError{"context", "The lesson of this question is not named: reload the page."}
		}
		return c, nil
	case InDrill:
		d, err := s.st.Drill(ctx, a.org(), a.Learner, DrillID(c.Ref))
		if err != nil {
			return c, fmt.Errorf("drill %s: %w", c.Ref, err)
		}
		if !slices.Contains(d.Items, item) {
			return c, &InputError{"context", "This question is not part of the drill: go back to the drill."}
		}
		return c, nil
	}
	return c, &InputError{"context", fmt.Sprintf("%q is no place where a question can be answered.", c.Kind)}
}

// checkOrder takes a permutation of the key's options or entries, or nil.
func checkOrder(order []int, k *grading.ItemKey) error {
	if order == nil {
		return nil
	}
	n := k.Options
	if k.Kind == grading.Order || k.Kind == grading.Match {
		n = k.Length
	}
	seen := make([]bool, n)
	ok := len(order) == n
	for _, i := range order {
		if ok = ok && i >= 0 && i < n && !seen[i]; !ok {
			break
		}
		seen[i] = true
	}
	if !ok {
		return &InputError{"shown", "The order of the options does not belong to this question: reload the page."}
	}
	return nil
}
