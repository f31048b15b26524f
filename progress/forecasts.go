package progress

import (
	"context"
	"fmt"
	"time"

	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
	"crosswalk/progress/standing"
)

// Readiness is how ready a learner is for an exam, and how the forecasts made so far have fared.
type Readiness struct {
	Exam          string // id of the blueprint
	Name          string
	PassPercent   int // share of the scored items that must be right
	PassEstimated bool
	Forecast      readiness.Forecast // Forecast.Enough is false where nothing is foretold yet

	// The predicted score on the exam's scale with its 90 % range, an estimate; 0 where the exam has no scale or nothing is foretold.
	Scaled, ScaledLow, ScaledHigh int

	History []StoredForecast // of the learner, one a study day at most, oldest first, today's among them
	Mocks   []MockForecast   // forecasts made just before an exam was started here, and what came of it; oldest first
}

// MockForecast is a forecast made just before a mock exam that was handed in since, and whose answers are open.
type MockForecast struct {
	StoredForecast
	Percent10 int // result, tenths of a per cent
	Passed    bool
}

// Readiness foretells an exam for a learner from the record. A learner's own forecast is kept once a study day, so that it can be held
// against what comes. ErrNotFound also for a learner that the actor may not see; the errors of the exam are those of an unknown one
// (ErrNotFound), of one that is not foretold (*InputError), and quizzes.ErrTooSmall.
func (s *Service) Readiness(ctx context.Context, a Actor, id LearnerID, exam string) (Readiness, error) {
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return Readiness{}, err
	}
	fail := func(err error) (Readiness, error) {
		return Readiness{}, fmt.Errorf("readiness of %s for %s: %w", id, exam, err)
	}
	x, f, err := s.foretell(ctx, a.org(), l, exam)
	if err != nil {
		return fail(err)
	}
	out := Readiness{Exam: x.exam.ID, Name: x.exam.Name, PassPercent: x.exam.Pass.Percent, PassEstimated: x.exam.Pass.Estimated(), Forecast: f}
	if f.Enough {
		out.Scaled, out.ScaledLow, out.ScaledHigh = x.form.Scale(f.Score), x.form.Scale(f.ScoreLow), x.form.Scale(f.ScoreHigh)
	}
	kept, err := s.st.Forecasts(ctx, a.org(), ForecastFilter{Learner: id, Exam: exam})
	if err != nil {
		return fail(err)
	}
	today, there := StudyDay(s.now(), l.Location()), false
	var mocks []StoredForecast
	for _, k := range kept {
		if k.Sitting != "" {
			mocks = append(mocks, k)
			continue
		}
		there = there || k.Day == today
		out.History = append(out.History, k)
	}
	if f.Enough && !there && a.Learner == id {
		k, err := s.keepForecast(ctx, a.org(), l, exam, "", f)
		if err != nil {
			return fail(err)
		}
		out.History = append(out.History, k)
	}
	if out.Mocks, err = s.fared(ctx, a.org(), mocks); err != nil {
		return fail(err)
	}
	return out, nil
}

// HasEvidence reports whether a learner's record holds the minimum of evidence on which an exam is foretold; a half exam asks for that of the
// whole. The errors are those of Readiness.
func (s *Service) HasEvidence(ctx context.Context, a Actor, id LearnerID, exam string) (bool, error) {
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return false, err
	}
	exam = s.wholeExam(exam)
	x, err := s.examForm(ctx, a.org(), exam)
	if err != nil {
		return false, fmt.Errorf("evidence of %s for %s: %w", id, exam, err)
	}
	st, err := s.standingOf(ctx, a.org(), l)
	if err != nil {
		return false, fmt.Errorf("evidence of %s for %s: %w", id, exam, err)
	}
	return len(evidenceOf(st, x.form).Lacks(x.form, s.now())) == 0, nil
}

// foretell makes a forecast of the record as it is.
func (s *Service) foretell(ctx context.Context, org OrgID, l Learner, exam string) (examForm, readiness.Forecast, error) {
	x, err := s.examForm(ctx, org, exam)
	if err != nil {
		return x, readiness.Forecast{}, err
	}
	st, err := s.standingOf(ctx, org, l)
	if err != nil {
		return x, readiness.Forecast{}, err
	}
	lessons, err := s.lessonsLeft(ctx, org, l.ID)
	if err != nil {
		return x, readiness.Forecast{}, err
	}
	now := s.now()
	f, err := readiness.Predict(st.Ability(StudyDayNumber(now, l.Location())), x.form, evidenceOf(st, x.form), readiness.Options{Now: now, Lessons: lessons})
	return x, f, err
}

// evidenceOf counts what a forecast rests on in the areas of an exam.
func evidenceOf(st *standing.Standing, f readiness.Form) readiness.Evidence {
	totals := st.Totals()
	e := readiness.Evidence{ByArea: map[string]int{}, Cases: totals.Cases.Submitted, Days: len(st.Days()), Mocks: totals.Exams}
	for _, p := range f.Parts {
		if _, twice := e.ByArea[p.Area]; twice {
			continue
		}
		a, _ := st.Area(p.Area)
		e.ByArea[p.Area] = a.Seen
		e.Answers += a.Seen
		if a.LastAt.After(e.Newest) {
			e.Newest = a.LastAt
		}
	}
	return e
}

// lessonsLeft counts by area the lessons that are not done.
func (s *Service) lessonsLeft(ctx context.Context, org OrgID, l LearnerID) (map[string]int, error) {
	marks, err := s.st.LessonMarks(ctx, org, l)
	if err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, c := range s.Course().Lessons {
		if marks[c.ID].Done {
			continue
		}
		for _, area := range c.Areas {
			left[area]++
		}
	}
	return left, nil
}

func (s *Service) keepForecast(ctx context.Context, org OrgID, l Learner, exam string, sitting SittingID, f readiness.Forecast) (StoredForecast, error) {
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return StoredForecast{}, err
	}
	k := StoredForecast{
		ID: ForecastID(id), Learner: l.ID, Exam: exam, Day: StudyDay(now, l.Location()), Sitting: sitting, Chance: f.Chance, Low: f.Low, High: f.High,
		Score: f.Score, ScoreLow: f.ScoreLow, ScoreHigh: f.ScoreHigh, Answers: f.Evidence.Answers, Version: f.Version, At: now,
	}
	if err := s.st.AddForecast(ctx, org, k); err != nil {
		return StoredForecast{}, fmt.Errorf("keep forecast: %w", err)
	}
	return k, nil
}

// foretellSitting keeps a forecast of an exam that the learner has just started for practice. One that a rule gives is left alone: a class
// starts it at the same moment, and nothing may make it wait.
func (s *Service) foretellSitting(ctx context.Context, a Actor, e Exam, x Sitting) {
	if !e.Shipped || e.Terms.Given {
		return
	}
	// The exam has begun: that nothing was foretold, for whatever reason, is no reason to fail it.
	// Of the many who start at once most have no record to foretell from, and to count is far less than to fold it and to work a forecast out.
	_, answers, err := s.st.Attempts(ctx, x.Org, AttemptFilter{Learner: a.Learner, Kind: KindQuestion, Limit: 1})
	if err != nil || answers < readiness.MinAnswers {
		return
	}
	l, err := s.Learner(ctx, a, a.Learner)
	if err != nil {
		return
	}
	if _, f, err := s.foretell(ctx, x.Org, l, x.Exam); err == nil && f.Enough {
		_, _ = s.keepForecast(ctx, x.Org, l, x.Exam, x.ID, f)
	}
}

// fared puts results beside forecasts, of exams that are handed in and open.
func (s *Service) fared(ctx context.Context, org OrgID, kept []StoredForecast) ([]MockForecast, error) {
	var out []MockForecast
	now := s.clock()
	for _, k := range kept {
		x, err := s.st.SittingHead(ctx, org, k.Sitting)
		if err != nil {
			return nil, err
		}
		if x.GradedAt != nil && x.ResultsOpen(now) {
			out = append(out, MockForecast{StoredForecast: k, Percent10: x.Percent10, Passed: x.Passed})
		}
	}
	return out, nil
}

// mostTracked is how many forecasts a track record looks back.
const mostTracked = 500

// trackFor is how long a track record is good for.
const trackFor = 10 * time.Minute

type trackKey struct {
	org  OrgID
	exam string
}

type keptTrack struct {
	at     time.Time
	record readiness.TrackRecord
}

// TrackRecord says how the forecasts that were made just before mock exams have fared, over all learners of the organisation and the newest
// 500 of them by the model in force. It names nobody. Anyone may see it. It may be ten minutes old. The errors are those of an exam as in
// Readiness.
func (s *Service) TrackRecord(ctx context.Context, a Actor, exam string) (readiness.TrackRecord, error) {
	if _, err := s.examForm(ctx, a.org(), exam); err != nil {
		return readiness.TrackRecord{}, err
	}
	key, now := trackKey{a.org(), exam}, s.now()
	if k, ok := s.learning.tracks.Load(key); ok {
		if k := k.(keptTrack); now.Sub(k.at) < trackFor && !now.Before(k.at) {
			return k.record, nil
		}
	}
	kept, err := s.st.Forecasts(ctx, a.org(), ForecastFilter{Exam: exam, Mocks: true, Limit: mostTracked})
	if err != nil {
		return readiness.TrackRecord{}, fmt.Errorf("track record of %s: %w", exam, err)
	}
	came, err := s.fared(ctx, a.org(), kept)
	if err != nil {
		return readiness.TrackRecord{}, fmt.Errorf("track record of %s: %w", exam, err)
	}
	var past []readiness.Past
	for _, m := range came {
		if m.Version == readiness.Version {
			past = append(past, readiness.Past{Chance: m.Chance, Score: m.Score, ScoreLow: m.ScoreLow, ScoreHigh: m.ScoreHigh, Passed: m.Passed, Result: float64(m.Percent10) / 1000})
		}
	}
	t := readiness.Track(past, 10)
	s.learning.tracks.Store(key, keptTrack{now, t})
	return t, nil
}

// abilityNow is what the record says of a learner's ability today: the caller's own copy.
func (s *Service) abilityNow(ctx context.Context, org OrgID, l Learner) (*ability.Learner, error) {
	st, err := s.standingOf(ctx, org, l)
	if err != nil {
		return nil, err
	}
	return st.Ability(StudyDayNumber(s.now(), l.Location())), nil
}
