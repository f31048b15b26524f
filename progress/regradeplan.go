package progress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"crosswalk/grading"
)

// RegradeItem is an item whose attempts are not all graded by the key in force.
type RegradeItem struct {
	Kind     ItemKind
	Item     string
	Title    string
	KeyHash  string // of the key in force
	Attempts int    // all there are
	OtherKey int    // of them graded by another key, and such that they can be graded anew
	OldText  int    // graded by another key, whose answers cannot be compared with today's options
	OtherEd  int    // graded by this key, with another edition of the book or an older grader
	Run      *RegradeRun
}

// RegradeItems lists the questions and cases of which attempts were graded by another key than the one in force, those with the most such
// attempts first, then those that another book or grader graded. What the latest regrade by the key in force had to skip is left out. Instructors
// and admins, else ErrForbidden.
func (s *Service) RegradeItems(ctx context.Context, a Actor) ([]RegradeItem, error) {
	if !a.teaches() {
		return nil, fmt.Errorf("regrade: %w", ErrForbidden)
	}
	uses, err := s.st.KeyUses(ctx, a.org(), "")
	if err != nil {
		return nil, fmt.Errorf("items to regrade: %w", err)
	}
	byItem := map[string]*RegradeItem{}
	for _, u := range uses {
		it, err := s.checkRegrade(a, u.Item)
		if err != nil || u.Kind == KindQuestion && it.Kind != KindQuestion {
			continue // it is gone, and its gradings stay
		}
		x := byItem[it.ID]
		if x == nil {
			x = &RegradeItem{Kind: it.Kind, Item: it.ID, Title: it.Title, KeyHash: it.KeyHash}
			byItem[it.ID] = x
		}
		x.count(it, u, s.book().Edition())
	}
	runs, err := s.st.RegradeRuns(ctx, a.org(), RegradeFilter{Limit: 500})
	if err != nil {
		return nil, fmt.Errorf("items to regrade: %w", err)
	}
	for _, r := range slices.Backward(runs) { // the newest comes last and stays
		if x := byItem[r.Item]; x != nil && x.KeyHash == r.KeyHash {
			x.Run = &r
		}
	}
	var out []RegradeItem
	for _, x := range byItem {
		if x.Run != nil && x.Run.State == RegradeDone && x.OtherKey+x.OldText <= x.Run.Skipped {
			x.OtherKey = 0 // what is left has been skipped
		}
		if x.OtherKey > 0 || x.OtherEd > 0 || x.Run != nil && x.Run.Unfinished() {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(x, y RegradeItem) int {
		return cmp.Or(cmp.Compare(y.OtherKey, x.OtherKey), cmp.Compare(y.OtherEd, x.OtherEd), strings.Compare(x.Item, y.Item))
	})
	return out, nil
}

func (x *RegradeItem) count(it Item, u KeyUse, edition string) {
	x.Attempts += u.Attempts
	switch {
	case u.KeyHash != it.KeyHash && it.positional() && u.ShownHash != it.ShownHash:
		x.OldText += u.Attempts
	case u.KeyHash != it.KeyHash:
		x.OtherKey += u.Attempts
	case u.GraderVersion != grading.Version || u.BookEdition != edition:
		x.OtherEd += u.Attempts
	}
}

// RegradePlan is what a regrade would do.
type RegradePlan struct {
	Regraded
	Kind     ItemKind
	Title    string
	KeyHash  string   // of the key in force
	OldKeys  []KeyUse // other keys that attempts were graded by, the most used first, one for each hash
	Learners int      // whose figures move
	Sittings []SittingChange
	Unopened int         // of Sittings those whose answers are not open to their learners
	Run      *RegradeRun // of this key, not at its end
}

// SittingChange is what a regrade would do to an exam that was sat.
type SittingChange struct {
	Sitting       SittingID
	Learner       LearnerID
	Exam          string // its name
	Before, After Tally
	Opened        bool // the learner may see the answers
}

// Crosses reports whether the change crosses the pass line, and up or down.
func (c SittingChange) Crosses() (up, down bool) {
	return c.After.Passed && !c.Before.Passed, c.Before.Passed && !c.After.Passed
}

// Crossing counts the sittings that would be passed and are not, and the other way.
func (p RegradePlan) Crossing() (up, down int) {
	for _, c := range p.Sittings {
		switch u, d := c.Crosses(); {
		case u:
			up++
		case d:
			down++
		}
	}
	return up, down
}

// PlanRegrade says what a regrade of an item would do and keeps nothing: who moves and by how much, which sittings change and which cross the
// pass line, what is skipped. Changes are those of all attempts that would get another grading, the greatest moves first. ErrForbidden for
// learners and employers; ErrNotFound.
func (s *Service) PlanRegrade(ctx context.Context, a Actor, item string) (RegradePlan, error) {
	it, err := s.checkRegrade(a, item)
	if err != nil {
		return RegradePlan{}, err
	}
	fail := func(err error) (RegradePlan, error) {
		return RegradePlan{}, fmt.Errorf("plan regrade of %s: %w", it.ID, err)
	}
	p := RegradePlan{Regraded: Regraded{Item: it.ID, DryRun: true}, Kind: it.Kind, Title: it.Title, KeyHash: it.KeyHash}
	uses, err := s.st.KeyUses(ctx, a.org(), it.ID)
	if err != nil {
		return fail(err)
	}
	p.OldKeys = otherKeys(uses, it)
	runs, err := s.st.RegradeRuns(ctx, a.org(), RegradeFilter{Item: it.ID, Unfinished: true, Limit: 1})
	if err != nil {
		return fail(err)
	}
	if len(runs) > 0 && runs[0].KeyHash == it.KeyHash {
		p.Run = &runs[0]
	}
	sat := map[SittingID][]shareChange{}
	for _, k := range regradeKinds(it) {
		after := AttemptID("")
		for {
			if err := ctx.Err(); err != nil {
				return fail(err)
			}
			page, err := s.regradePage(ctx, a, k, after, "")
			if err != nil {
				return fail(err)
			}
			p.add(page.counts)
			for i, c := range page.counts.Changes {
				if sh := page.shares[i]; c.Sitting != "" && sh.before != sh.now {
					sat[c.Sitting] = append(sat[c.Sitting], sh)
				}
			}
			if after = page.last; !page.full {
				break
			}
		}
	}
	if err := s.planSittings(ctx, a, &p, sat); err != nil {
		return fail(err)
	}
	moved := map[LearnerID]bool{}
	for _, c := range p.Changes {
		if c.Before != c.After || c.WasCorrect != c.NowCorrect {
			moved[c.Learner] = true
		}
	}
	p.Learners = len(moved)
	slices.SortStableFunc(p.Changes, func(x, y RegradeChange) int { return cmp.Compare(y.move(), x.move()) })
	return p, nil
}

// move is how far a change moves the figure, in tenths of a per cent.
func (c RegradeChange) move() int { return max(c.After-c.Before, c.Before-c.After) }

func otherKeys(uses []KeyUse, it Item) []KeyUse {
	byHash := map[string]int{}
	var out []KeyUse
	for _, u := range uses {
		if u.KeyHash == it.KeyHash {
			continue
		}
		if i, ok := byHash[u.KeyHash]; ok {
			out[i].Attempts += u.Attempts
			continue
		}
		byHash[u.KeyHash] = len(out)
		out = append(out, u)
	}
	slices.SortFunc(out, func(x, y KeyUse) int {
		return cmp.Or(cmp.Compare(y.Attempts, x.Attempts), strings.Compare(x.KeyHash, y.KeyHash))
	})
	return out
}

// sittingsAtOnce is how many sittings are read together: their forms are large.
const sittingsAtOnce = 200

// planSittings works out what becomes of the sittings that hold changed answers. A sitting's tally is what it was at handing in, with what
// each item that was graded anew since earns more or less.
func (s *Service) planSittings(ctx context.Context, a Actor, p *RegradePlan, sat map[SittingID][]shareChange) error {
	ids := make([]SittingID, 0, len(sat))
	for id := range sat {
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	now := s.clock()
	for part := range slices.Chunk(ids, sittingsAtOnce) {
		xs, err := s.st.SittingsByID(ctx, a.org(), part)
		if err != nil {
			return err
		}
		again, err := s.st.RegradedInSittings(ctx, a.org(), part)
		if err != nil {
			return err
		}
		since := map[SittingID][]shareChange{}
		for _, x := range again {
			since[x.Sitting] = append(since[x.Sitting], shareChange{key: x.ClientKey})
			n := len(since[x.Sitting]) - 1
			since[x.Sitting][n].before, since[x.Sitting][n].now = sharesOf(x)
		}
		for _, x := range xs {
			if x.GradedAt == nil {
				continue
			}
			c := SittingChange{Sitting: x.ID, Learner: x.Learner, Exam: x.Name, Before: x.movedTally(x.Tally, since[x.ID]), Opened: x.ResultsOpen(now)}
			if c.After = x.movedTally(c.Before, sat[x.ID]); c.After == c.Before {
				continue // it does not count in the exam
			}
			if !c.Opened {
				p.Unopened++
			}
			p.Sittings = append(p.Sittings, c)
		}
	}
	rank := func(c SittingChange) int {
		up, down := c.Crosses()
		return bitOf(up || down)
	}
	slices.SortStableFunc(p.Sittings, func(x, y SittingChange) int {
		move := func(c SittingChange) int {
			return max(c.After.Correct-c.Before.Correct, c.Before.Correct-c.After.Correct)
		}
		return cmp.Or(cmp.Compare(rank(y), rank(x)), cmp.Compare(move(y), move(x)), strings.Compare(string(x.Sitting), string(y.Sitting)))
	})
	return nil
}

// sharesOf are the shares that the first and the newest grading of an item earn. Whether it is a chart shows in the result.
func sharesOf(x RegradedItem) (first, newest float64) {
	share := func(g Grading) float64 {
		if r, err := g.CaseResult(); err == nil && r.SchemeScore != nil {
			return r.SchemeScore.Percent / 100
		}
		if g.Scheme == string(grading.AllOrNothing) {
			return 0 // a chart that was left blank
		}
		return float64(bitOf(g.Correct)) / 100
	}
	return share(x.First), share(x.Newest)
}

// movedTally is a tally after items earn other shares.
func (x Sitting) movedTally(t Tally, changes []shareChange) Tally {
	for _, c := range changes {
		_, place, ok := strings.Cut(strings.TrimPrefix(c.key, sittingKey), ":")
		pos, err := strconv.Atoi(place)
		if !ok || err != nil || pos < 0 || pos >= len(x.Form) || !x.Form[pos].Scored {
			continue
		}
		worth := float64(100 * x.Form[pos].Weight)
		t.Correct += int(math.Round(c.now*worth)) - int(math.Round(c.before*worth))
	}
	t.Percent10 = tenths(t.Correct, t.Scored)
	t.Passed = t.Scored > 0 && t.Correct*100 >= x.Blueprint.Pass.Percent*t.Scored
	return t
}
