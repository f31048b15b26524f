package progress

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// MaxDrill is the most questions of one drill.
const MaxDrill = 100

// StartDrill puts n questions of an area together: those never answered first, then those last answered wrong, then those last answered
// right. Within each the order is drawn by the seed, so that the same record and seed give the same drill. An area with fewer than n
// gives what it has; ErrNotFound for an area without questions, *InputError for n outside 1 to MaxDrill.
func (s *Service) StartDrill(ctx context.Context, a Actor, area string, n int, seed uint64) (Drill, error) {
	if a.Learner == "" {
		return Drill{}, fmt.Errorf("start drill: start as a guest or sign in: %w", ErrForbidden)
	}
	if n < 1 || n > MaxDrill {
		return Drill{}, &InputError{"n", fmt.Sprintf("Choose 1 to %d questions.", MaxDrill)}
	}
	pool := s.items().InArea(area)
	if len(pool) == 0 {
		return Drill{}, fmt.Errorf("no question is filed under the area %q: %w", area, ErrNotFound)
	}
	states, err := s.QuestionStates(ctx, a)
	if err != nil {
		return Drill{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return Drill{}, err
	}
	d := Drill{ID: DrillID(id), Area: area, Items: drawDrill(pool, states, n, seed), Seed: seed, CreatedAt: now}
	if err := s.st.AddDrill(ctx, a.org(), a.Learner, d); err != nil {
		return Drill{}, fmt.Errorf("start drill: %w", err)
	}
	return d, nil
}

// drawDrill orders a pool, which comes sorted by id, by need and then by chance.
func drawDrill(pool []Item, states map[string]QuestionState, n int, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 0x6472696c6c))
	ids := make([]string, len(pool))
	for i, it := range pool {
		ids[i] = it.ID
	}
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	need := func(id string) int {
		switch st := states[id]; {
		case st.Tries == 0:
			return 0
		case !st.LastCorrect:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(ids, func(x, y string) int { return need(x) - need(y) })
	return ids[:min(n, len(ids))]
}

// Drill gives one of the actor's drills and how far it is; ErrNotFound. A question that has left the bank since is not asked any more.
func (s *Service) Drill(ctx context.Context, a Actor, id DrillID) (DrillState, error) {
	d, err := s.st.Drill(ctx, a.org(), a.Learner, id)
	if err == nil && d.audits() {
		err = ErrNotFound
	}
	if err != nil {
		return DrillState{}, fmt.Errorf("drill %s: %w", id, err)
	}
	// A question of a drill may be answered again from another tab; MaxDrill answers twice over is more than anyone sends.
	gs, _, err := s.st.Attempts(ctx, a.org(), AttemptFilter{Learner: a.Learner, Context: Context{Kind: InDrill, Ref: string(id)}, Limit: 500})
	if err != nil {
		return DrillState{}, fmt.Errorf("drill %s: %w", id, err)
	}
	out := DrillState{Drill: d, Answered: make(map[string]Graded, len(gs))}
	for _, g := range gs { // newest first, so the first answer is what stays
		out.Answered[g.Attempt.Item] = g
	}
	for _, item := range d.Items {
		g, ok := out.Answered[item]
		if ok && g.Grading.Correct {
			out.Correct++
		}
		if _, there := s.items().Item(KindQuestion, item); !ok && there && out.Next == "" {
			out.Next = item
		}
	}
	return out, nil
}

// Drills lists the actor's drills of questions, newest first.
func (s *Service) Drills(ctx context.Context, a Actor) ([]Drill, error) {
	ds, err := s.st.Drills(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("drills: %w", err)
	}
	return slices.DeleteFunc(ds, Drill.audits), nil
}
