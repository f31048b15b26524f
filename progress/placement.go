package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"crosswalk/grading"
	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
)

// MostPlaced is the most questions of a placement test; LeastPlaced how many it asks at least before it may be sure. Where nothing is known
// yet it asks about 25 (ability.Goal).
const (
	MostPlaced  = 30
	LeastPlaced = 12
)

// Placement is a placement test: one question at a time, each chosen by the answers so far, and no word on right or wrong before its end.
// The answers become attempts when it ends, and not before: nothing that pages show of a record tells how a running test goes.
type Placement struct {
	ID        PlacementID
	Exam      string // id of the blueprint whose areas are tested
	Name      string // of the exam
	StartedAt time.Time
	EndedAt   *time.Time
	Answered  int
	Next      *Item            // to be answered now; nil when the test has ended
	Result    *PlacementResult // nil until it has ended
}

// PlacementResult is what a placement test found.
type PlacementResult struct {
	Stop  ability.Stop             `json:"stop"` // why it ended; StoppedEarly when the learner did
	Right int                      `json:"right"`
	Items []PlacedItem             `json:"items"` // in the order asked; those in an exam that is open are left out while it is
	Level ability.Estimate         `json:"level"` // of the mean ability over the exam's areas
	Areas []readiness.AreaForecast `json:"areas"` // in the order of the exam

	Share float64 `json:"share"` // of such an exam that one would get right now, over all areas, 0 to 1
	Low   float64 `json:"low"`   // its 90 % range, from Low
	High  float64 `json:"high"`  // to High; 0 in results of before there was one
}

// StoppedEarly says that the learner ended the test.
const StoppedEarly ability.Stop = "early"

// PlacedItem is a question of a placement test with what came of it.
type PlacedItem struct {
	Question string    `json:"question"`
	Area     string    `json:"area"`
	Attempt  AttemptID `json:"attempt"`
	Correct  bool      `json:"correct"`
}

// PlacementStart is what a page sends to start a placement test.
type PlacementStart struct {
	Exam      string
	ClientKey string // the same key again is the same test
}

// PlacementAnswer is what a page sends to answer the question that is next.
type PlacementAnswer struct {
	Placement PlacementID
	ClientKey string // the same key again is the same answer
	Question  string
	Shown     []int // the order in which options stood, author's indices; nil for the author's order
	Answer    grading.ItemAnswer
	StartedAt *time.Time
}

// placementBody is the JSON of StoredPlacement.Body.
type placementBody struct {
	Next     string           `json:"next,omitempty"` // id of the question to be answered
	Answers  []Graded         `json:"answers,omitempty"`
	Result   *PlacementResult `json:"result,omitempty"` // decided; the attempts may not be in the record yet
	Recorded bool             `json:"recorded,omitempty"`
}

// StartPlacement starts a placement test for the areas of an exam. Where the learner has an open one of the exam, that one comes back.
// ErrNotFound for an exam that does not ship; *InputError where no question is left that the learner has not seen.
func (s *Service) StartPlacement(ctx context.Context, a Actor, in PlacementStart) (Placement, error) {
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return Placement{}, err
	}
	if _, err := s.examForm(ctx, a.org(), in.Exam); err != nil {
		return Placement{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return Placement{}, err
	}
	p := StoredPlacement{ID: PlacementID(id), Learner: a.Learner, ClientKey: in.ClientKey, Exam: in.Exam, StartedAt: now}
	body, err := s.nextPlaced(ctx, a, p, placementBody{})
	if err != nil {
		return Placement{}, err
	}
	if body.Result != nil {
		return Placement{}, &InputError{"exam", "You have seen every question that a placement test could ask. Your answers already say where you stand."}
	}
	if p.Body, err = json.Marshal(body); err != nil {
		return Placement{}, fmt.Errorf("start placement test: %w", err)
	}
	p, _, err = s.st.AddPlacement(ctx, a.org(), p)
	if err != nil {
		return Placement{}, fmt.Errorf("start placement test: %w", err)
	}
	return s.placement(ctx, a, p)
}

// Placement gives a placement test; ErrNotFound also when the actor may not see it.
func (s *Service) Placement(ctx context.Context, a Actor, id PlacementID) (Placement, error) {
	p, err := s.st.Placement(ctx, a.org(), id)
	if err == nil && !a.maySee(p.Learner) {
		err = ErrNotFound
	}
	if err != nil {
		return Placement{}, fmt.Errorf("placement test %s: %w", id, err)
	}
	return s.placement(ctx, a, p)
}

// Placements lists the actor's placement tests, newest first, without Next and without the items of results.
func (s *Service) Placements(ctx context.Context, a Actor) ([]Placement, error) {
	ps, err := s.st.Placements(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("placement tests: %w", err)
	}
	out := make([]Placement, 0, len(ps))
	for _, p := range ps {
		body, err := p.body()
		if err != nil {
			return nil, err
		}
		if body.Result != nil {
			body.Result.Items = nil
		}
		out = append(out, s.placementOf(p, body))
	}
	return out, nil
}

// AnswerPlacement takes the answer to the question that is next and chooses the one after it, or ends the test. It says nothing of right
// or wrong. The same client key again changes nothing and gives the test as it is. ErrNotFound; grading.FormatErrors; *InputError for an
// answer to another question than the next or after the end.
func (s *Service) AnswerPlacement(ctx context.Context, a Actor, in PlacementAnswer) (Placement, error) {
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return Placement{}, err
	}
	return retried(func() (Placement, error) { return s.answerPlacement(ctx, a, in) })
}

// retried does it again where another window of the same learner, or a double send, was quicker: to look again finds that in place, or
// refuses it.
func retried[T any](do func() (T, error)) (T, error) {
	for try := 0; ; try++ {
		if out, err := do(); !errors.Is(err, ErrConflict) || try == 3 {
			return out, err
		}
	}
}

func (s *Service) answerPlacement(ctx context.Context, a Actor, in PlacementAnswer) (Placement, error) {
	fail := func(err error) (Placement, error) { return Placement{}, err }
	p, err := s.ownPlacement(ctx, a, in.Placement)
	if err != nil {
		return fail(err)
	}
	body, err := p.body()
	if err != nil {
		return fail(err)
	}
	for _, g := range body.Answers {
		if g.Attempt.ClientKey != in.ClientKey {
			continue
		}
		if g.Attempt.Item != in.Question {
			return fail(errKeyUsed)
		}
		return s.placement(ctx, a, p)
	}
	if body.Result != nil {
		return fail(&InputError{"placement", "This placement test has ended: its result is ready."})
	}
	if in.Question != body.Next {
		return fail(&InputError{"question", "This question was answered already: reload the page for the next one."})
	}
	it, err := s.item(KindQuestion, in.Question)
	if err != nil {
		return fail(err)
	}
	if err := s.notInExam(ctx, a, it); err != nil {
		return fail(err)
	}
	if err := checkOrder(in.Shown, it.Question); err != nil {
		return fail(err)
	}
	if err := grading.ParseItem(it.Question, in.Answer); err != nil {
		return fail(err)
	}
	// Of another session's answers, or elsewhere under this key.
	if g, err := s.sentBefore(ctx, a, in.ClientKey, KindQuestion, in.Question); err != nil || g.Duplicate {
		if err == nil {
			err = errKeyUsed
		}
		return fail(err)
	}
	att, err := s.attempt(a, in.ClientKey, it, Context{Kind: InPlacement, Ref: string(p.ID)}, in.StartedAt)
	if err != nil {
		return fail(err)
	}
	if att.Answer, err = json.Marshal(in.Answer); err != nil {
		return fail(fmt.Errorf("answer %s: %w", it.ID, err))
	}
	if len(att.Answer) > maxItemBody {
		return fail(&InputError{"answer", "The answer is too long to be kept."})
	}
	if in.Shown != nil {
		if att.Shown, err = json.Marshal(shown{Order: in.Shown}); err != nil {
			return fail(fmt.Errorf("answer %s: %w", it.ID, err))
		}
	}
	g, err := s.grade(it, att, grading.Policy{})
	if err != nil {
		return fail(err)
	}
	g.Reason, g.By, g.At = reasonSubmitted, byGrader, att.SubmittedAt
	// What was shown is kept at once: the bank may be another when the test ends.
	if _, err := s.st.KeepVersions(ctx, a.org(), it.versions(att.SubmittedAt)); err != nil {
		return fail(fmt.Errorf("answer %s: %w", it.ID, err))
	}
	body.Answers = append(body.Answers, Graded{Attempt: att, Grading: g})
	if body, err = s.nextPlaced(ctx, a, p, body); err != nil {
		return fail(err)
	}
	if p, err = s.savePlacement(ctx, a, p, body); err != nil {
		return fail(err)
	}
	return s.placement(ctx, a, p)
}

// EndPlacement ends a test before it is sure. What was answered counts; one without an answer is closed and leaves nothing. It is fine with
// a test that has ended. ErrNotFound.
func (s *Service) EndPlacement(ctx context.Context, a Actor, id PlacementID) (Placement, error) {
	return retried(func() (Placement, error) { return s.endPlacement(ctx, a, id) })
}

func (s *Service) endPlacement(ctx context.Context, a Actor, id PlacementID) (Placement, error) {
	p, err := s.ownPlacement(ctx, a, id)
	if err != nil {
		return Placement{}, err
	}
	body, err := p.body()
	if err != nil {
		return Placement{}, err
	}
	if body.Result == nil {
		body.Next = ""
		if body.Result, err = s.placementResult(ctx, a, p, body, StoppedEarly); err != nil {
			return Placement{}, err
		}
		if p, err = s.savePlacement(ctx, a, p, body); err != nil {
			return Placement{}, err
		}
	}
	return s.placement(ctx, a, p)
}

func (s *Service) ownPlacement(ctx context.Context, a Actor, id PlacementID) (StoredPlacement, error) {
	p, err := s.st.Placement(ctx, a.org(), id)
	if err == nil && (a.Learner == "" || p.Learner != a.Learner) {
		err = ErrNotFound
	}
	if err != nil {
		return StoredPlacement{}, fmt.Errorf("placement test %s: %w", id, err)
	}
	return p, nil
}

func (p StoredPlacement) body() (placementBody, error) {
	var b placementBody
	if err := json.Unmarshal(p.Body, &b); err != nil {
		return b, fmt.Errorf("kept placement test %s: %w", p.ID, err)
	}
	return b, nil
}

func (s *Service) savePlacement(ctx context.Context, a Actor, p StoredPlacement, body placementBody) (StoredPlacement, error) {
	var err error
	if p.Body, err = json.Marshal(body); err != nil {
		return p, fmt.Errorf("placement test %s: %w", p.ID, err)
	}
	if body.Result != nil && p.EndedAt == nil {
		now := s.now()
		p.EndedAt = &now
	}
	if p.Rev, err = s.st.SavePlacement(ctx, a.org(), p); err != nil {
		return p, fmt.Errorf("placement test %s: %w", p.ID, err)
	}
	return p, nil
}

func (s *Service) placementOf(p StoredPlacement, body placementBody) Placement {
	out := Placement{ID: p.ID, Exam: p.Exam, Name: p.Exam, StartedAt: p.StartedAt, EndedAt: p.EndedAt, Answered: len(body.Answers), Result: body.Result}
	if bp, err := s.items().Blueprint(p.Exam); err == nil {
		out.Name = bp.Name
	}
	return out
}

// placement brings a test up to date: one that ended has its answers recorded, should that have been cut short, and one whose next question
// has left the bank or come into an exam gets another.
func (s *Service) placement(ctx context.Context, a Actor, p StoredPlacement) (Placement, error) {
	body, err := p.body()
	if err != nil {
		return Placement{}, err
	}
	if p.Learner != a.Learner { // someone on the staff looks on and changes nothing
		return s.placementOf(p, body), nil
	}
	if body.Result == nil {
		ok, err := s.mayBePlaced(ctx, a, body.Next)
		if err != nil {
			return Placement{}, err
		}
		if !ok {
			if body, err = s.nextPlaced(ctx, a, p, body); err != nil {
				return Placement{}, err
			}
			if p, err = s.savePlacement(ctx, a, p, body); err != nil {
				return Placement{}, err
			}
		}
	}
	if body.Result != nil && !body.Recorded {
		for _, g := range body.Answers {
			g.Attempt.Learner = p.Learner // a guest's test goes over to the account
			if _, _, err := s.st.RecordAttempt(ctx, a.org(), nil, g.Attempt, g.Grading, false); err != nil {
				return Placement{}, fmt.Errorf("placement test %s: record %s: %w", p.ID, g.Attempt.Item, err)
			}
		}
		body.Recorded = true
		if p, err = s.savePlacement(ctx, a, p, body); err != nil {
			return Placement{}, err
		}
	}
	out := s.placementOf(p, body)
	if out.Result != nil {
		// An exam that was begun since may hold what was asked here: whether that was right is not told before it is handed in.
		open, err := s.openItems(ctx, a)
		if err != nil {
			return Placement{}, fmt.Errorf("placement test %s: %w", p.ID, err)
		}
		r := *out.Result
		r.Items = slices.DeleteFunc(slices.Clone(r.Items), func(it PlacedItem) bool { _, in := open[it.Question]; return in })
		out.Result = &r
	}
	if body.Result == nil {
		it, err := s.item(KindQuestion, body.Next)
		if err != nil {
			return Placement{}, err
		}
		out.Next = &it
	}
	return out, nil
}
