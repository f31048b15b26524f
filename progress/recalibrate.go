package progress

import (
	"context"
	"errors"
	"fmt"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
)

// Recalibrated says what a batch found.
type Recalibrated struct {
	Batch    BatchID // "" for a dry run, and where there was nothing to learn from
	DryRun   bool
	Learners int // whose answers were looked at
	Answers  int // first answers to items in force, as they stand now
	Items    []ItemCalibration
	Fits     []StoredFit // of memory, of learners with enough reviews
}

// refitGrowth is by how much the scored reviews of a learner must have grown since the last fit for another.
const refitGrowth = 1.1

// Recalibrate learns from the record of all learners of the organisation, in one batch that is logged: how hard each item is, from the first
// answers to it as it stands, and how each learner with memory.MinReviews scored reviews forgets. From then on standings are computed with
// what was learnt. With dryRun nothing is kept. Admins only, else ErrForbidden.
//
// A first answer counts with the ability that was known at the start of the study day, so that no answer judges itself. Answers inside
// lessons, and imported ones, are left out.
func (s *Service) Recalibrate(ctx context.Context, a Actor, dryRun bool) (Recalibrated, error) {
	if a.Role != RoleAdmin {
		return Recalibrated{}, fmt.Errorf("recalibrate: %w", ErrForbidden)
	}
	out, err := s.recalibrate(ctx, a, dryRun)
	if err != nil {
		return Recalibrated{}, fmt.Errorf("recalibrate: %w", err)
	}
	return out, nil
}

func (s *Service) recalibrate(ctx context.Context, a Actor, dryRun bool) (Recalibrated, error) {
	org := a.org()
	out := Recalibrated{DryRun: dryRun}
	cat, err := s.catalogOf(ctx, org)
	if err != nil {
		return out, err
	}
	var responses []ability.Response
	f := UserFilter{WithGuests: true, Limit: 1000}
	for {
		page, _, err := s.st.Learners(ctx, org, f)
		if err != nil {
			return out, err
		}
		for _, l := range page {
			rs, err := s.responsesOf(ctx, org, l, cat)
			if err != nil {
				return out, err
			}
			if len(rs) > 0 {
				out.Learners++
			}
			responses = append(responses, rs...)
			fit, ok, err := s.refit(ctx, org, l)
			if err != nil {
				return out, err
			}
			if ok {
				out.Fits = append(out.Fits, fit)
			}
			f.After = l.ID
		}
		if len(page) < f.Limit {
			break
		}
	}
	out.Answers = len(responses)
	if out.Items, err = s.difficulties(cat, responses); err != nil || dryRun {
		return out, err
	}
	return out, s.keepBatch(ctx, a, &out)
}

// responsesOf are the first answers of a learner to items as they stand now.
func (s *Service) responsesOf(ctx context.Context, org OrgID, l Learner, cat *catalog) ([]ability.Response, error) {
	rec, err := s.st.ReadRecord(ctx, org, l.ID, "", nil)
	if err != nil || len(rec.Tail) == 0 {
		return nil, err
	}
	entries, err := s.entriesOf(ctx, org, l, cat, rec.Tail)
	if err != nil {
		return nil, err
	}
	st := standing.New(standing.Config{Areas: (*cat.content).Areas(), Ability: s.learning.ability, Memory: memory.Default(), Catalog: cat})
	var out []ability.Response
	var known map[string]ability.Estimate // at the start of the day
	day := -1
	for i, e := range entries {
		r := rec.Tail[i]
		if r.Sealed {
			continue
		}
		if e.Day != day {
			day, known = e.Day, map[string]ability.Estimate{}
		}
		_, answered := st.Item(e.Kind, e.Item)
		it, inForce := s.items().Item(r.Kind, r.Item)
		if r.Review == nil && !answered && inForce && it.ShownHash == r.ShownHash && r.Kind != KindAudit && r.Context != InLesson && !r.Imported && len(it.Areas) > 0 {
			area := it.Areas[0]
			now, ok := known[area]
			if !ok {
				if now, err = st.Ability(e.Day).Area(area); err != nil && !errors.Is(err, ability.ErrArea) {
					return nil, err
				}
				if err == nil {
					known[area] = now
				}
				ok = err == nil
			}
			if ok {
				out = append(out, ability.Response{Item: e.Kind + "/" + e.Item, Ability: now.Mean, SD: now.SD, Score: min(max(e.Score, 0), 1)})
			}
		}
		if err := st.Apply(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// difficulties are those of the items that were answered.
func (s *Service) difficulties(cat *catalog, responses []ability.Response) ([]ItemCalibration, error) {
	asked := map[string]bool{}
	for _, r := range responses {
		asked[r.Item] = true
	}
	var items []ability.Item
	of := map[string]Item{}
	for _, kind := range []ItemKind{KindQuestion, KindCase} {
		for _, it := range (*cat.content).Items(kind) {
			id := string(kind) + "/" + it.ID
			if asked[id] {
				of[id] = it
				items = append(items, ability.Item{ID: id, Area: it.Areas[0], Difficulty: ability.AuthorDifficulty(it.Difficulty), Options: cat.factsOf(it).Options})
			}
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	cal, err := ability.Recalibrate(items, responses)
	if err != nil {
		return nil, err
	}
	out := make([]ItemCalibration, len(cal))
	for i, c := range cal {
		it := of[c.Item]
		out[i] = ItemCalibration{Kind: it.Kind, Item: it.ID, Author: c.Author, Difficulty: c.Difficulty, SD: c.SD, Responses: c.Responses}
	}
	return out, nil
}

// refit learns how a learner forgets; ok is false where there is too little to learn from, or little more than the last time.
func (s *Service) refit(ctx context.Context, org OrgID, l Learner) (StoredFit, bool, error) {
	st, err := s.standingOf(ctx, org, l)
	if err != nil {
		return StoredFit{}, false, err
	}
	histories := st.Histories()
	if _, scored := st.Memory().Loss(histories); scored < memory.MinReviews {
		return StoredFit{}, false, nil
	} else if last, err := s.st.Fit(ctx, org, l.ID); err != nil && !errors.Is(err, ErrNotFound) {
		return StoredFit{}, false, err
	} else if err == nil && float64(scored) < refitGrowth*float64(last.Reviews) {
		return StoredFit{}, false, nil
	}
	fitted, err := memory.Fit(histories)
	if err != nil {
		return StoredFit{}, false, err
	}
	return StoredFit{Learner: l.ID, Outcome: string(fitted.Outcome), Weights: fitted.Weights, Loss: fitted.Loss, DefaultLoss: fitted.DefaultLoss, Reviews: fitted.Reviews}, true, nil
}

// keepBatch stores what was learnt, and logs it.
func (s *Service) keepBatch(ctx context.Context, a Actor, out *Recalibrated) error {
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "recalibrate", id, fmt.Sprintf("%d items by %d answers of %d learners, %d fits of memory", len(out.Items), out.Answers, out.Learners, len(out.Fits)))
	if err != nil {
		return err
	}
	for i := range out.Fits {
		fit, err := s.newID(now)
		if err != nil {
			return err
		}
		out.Fits[i].ID, out.Fits[i].At = FitID(fit), now
		if err := s.st.AddFit(ctx, a.org(), out.Fits[i], nil); err != nil {
			return err
		}
	}
	if len(out.Items) > 0 {
		out.Batch = BatchID(id)
	}
	return s.st.AddCalibration(ctx, a.org(), Calibration{Batch: BatchID(id), At: now, Items: out.Items}, &entry)
}
