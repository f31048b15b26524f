package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"crosswalk/grading"
)

// demoDays is how far back the demo class began.
const demoDays = 42

// DemoAccount is a sign-in of the demo.
type DemoAccount struct {
	Role       Role
	Name       string
	Email      string
	Passphrase string
}

// demoStaff and demoLearners are invented people. Their addresses end in a domain that nobody can own (RFC 2606).
var demoStaff = []struct {
	name string
	role Role
}{
	{"Marta Okafor", RoleInstructor}, {"Colin Brandt", RoleEmployer}, {"Ines Halloran", RoleAdmin},
}

// demoLearner is how one of the class studies.
type demoLearner struct {
	name    string
	zone    string
	ability float64 // at the beginning, as log odds on an item of middle difficulty
	gain    float64 // by the end
	days    float64 // share of days with study
	items   int     // questions on such a day, about
	cases   float64 // cases on such a day, on average
	from    int     // first day
	to      int     // last day
	night   bool    // studies past midnight
}

var demoLearners = []demoLearner{
	{"Amara Lindqvist", "America/New_York", 0.9, 1.3, 0.85, 12, 0.9, 0, demoDays, false},
	{"Ben Castellano", "America/Chicago", 0.2, 1.0, 0.70, 9, 0.6, 0, demoDays, false},
	{"Chidi Raman", "America/Chicago", -0.4, 1.4, 0.80, 10, 0.5, 0, demoDays, true},
	{"Delia Hartwell", "America/Denver", 0.5, 0.4, 0.45, 6, 0.4, 0, demoDays, false},
	{"Eun-ji Varga", "America/Los_Angeles", 1.4, 0.9, 0.75, 11, 1.0, 0, demoDays, true},
	{"Farid Nowak", "America/New_York", -0.9, 0.6, 0.60, 8, 0.3, 0, demoDays, false},
	{"Greta Mbeki", "America/Phoenix", 0.1, 0.7, 0.55, 7, 0.5, 0, 19, false}, // gave up half-way
	{"Hugo Sandoval", "America/Chicago", 0.6, 0.9, 0.90, 6, 0.6, 14, demoDays, false},
	{"Ione Petrakis", "America/New_York", -0.2, 1.1, 0.65, 9, 0.5, 0, demoDays, false},
	{"Jonas Abebe", "America/Los_Angeles", 0.3, 0.2, 0.35, 5, 0.2, 0, demoDays, true},
	{"Kavya Thornton", "America/New_York", 0.8, 1.2, 0.70, 10, 0.8, 7, demoDays, false},
	{"Lowell Quispe", "Pacific/Honolulu", -0.6, 0.9, 0.50, 6, 0.3, 28, demoDays, false}, // began lately
}

// Demo fills an empty database with a believable class: an instructor, an employer with a hiring test that candidates sat, an admin and twelve learners with six weeks of
// attempts at the bank in force, made through the use cases themselves with a clock set back. Lessons are ids of lessons to be read on
// the way. The same seed gives the same class. ErrNotEmpty when anyone is there already.
func (s *Service) Demo(ctx context.Context, seed uint64, lessons ...string) ([]DemoAccount, error) {
	return s.demo(ctx, seed, demoLearners, lessons)
}

func (s *Service) demo(ctx context.Context, seed uint64, class []demoLearner, lessons []string) ([]DemoAccount, error) {
	if any, err := s.st.AnyLearner(ctx); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	} else if any {
		return nil, ErrNotEmpty
	}
	if _, err := s.KeepContent(ctx); err != nil {
		return nil, err
	}
	now := s.now()
	begin := now.AddDate(0, 0, -demoDays)
	rng := rand.New(rand.NewPCG(seed, 0))
	var accounts []DemoAccount
	account := func(at time.Time, name string, role Role, zone string) (Learner, error) {
		a := DemoAccount{Role: role, Name: name, Email: demoEmail(name), Passphrase: demoPassphrase(rng)}
		l, err := s.at(func() time.Time { return at }).AddUser(ctx, Operator(DefaultOrg), NewUser{Name: name, Email: a.Email, Passphrase: a.Passphrase, Role: role, Zone: zone})
		accounts = append(accounts, a)
		return l, err
	}
	var boss Actor
	for _, p := range demoStaff {
		l, err := account(begin, p.name, p.role, "America/New_York")
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		if p.role == RoleEmployer {
			boss = l.Actor()
		}
	}
	students := make([]*demoStudent, len(class))
	for i, p := range class {
		l, err := account(begin.AddDate(0, 0, p.from), p.name, RoleLearner, p.zone)
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		students[i] = newDemoStudent(s, p, l, rand.New(rand.NewPCG(seed, uint64(i+1))), begin, now, lessons)
	}
	// Side by side, as in life, so that their writes share commits.
	errs := make([]error, len(students)+1)
	var wg sync.WaitGroup
	for i, st := range students {
		wg.Go(func() { errs[i] = st.live(ctx) })
	}
	wg.Go(func() { errs[len(students)] = s.demoHires(ctx, boss, seed, now) })
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return accounts, nil
}

func demoEmail(name string) string {
	var out []rune
	for _, r := range name {
		switch {
		case r == ' ':
			out = append(out, '.')
		case r >= 'A' && r <= 'Z':
			out = append(out, r+'a'-'A')
		default:
			out = append(out, r)
		}
	}
	return string(out) + "@demo.example"
}

var demoWords = []string{
	"amber", "barley", "cedar", "delta", "ember", "fjord", "granite", "harbor", "island", "juniper", "kettle", "lantern", "meadow", "nickel", "orchard", "pebble",
	"quarry", "river", "saffron", "timber", "umbra", "velvet", "willow", "yarrow",
}

func demoPassphrase(rng *rand.Rand) string {
	w := func() string { return demoWords[rng.IntN(len(demoWords))] }
	return fmt.Sprintf("%s-%s-%s-%d", w(), w(), w(), 10+rng.IntN(90))
}

// demoStudent lives through the weeks with a clock of their own.
type demoStudent struct {
	demoLearner
	svc     *Service
	actor   Actor
	loc     *time.Location
	rng     *rand.Rand
	clock   time.Time
	begin   time.Time
	end     time.Time
	lessons []string
	tried   map[string]int  // item -> tries
	right   map[string]bool // item -> the last was right
	sat     map[string]bool // exam
	sent    int
}

func newDemoStudent(s *Service, p demoLearner, l Learner, rng *rand.Rand, begin, end time.Time, lessons []string) *demoStudent {
	d := &demoStudent{
		demoLearner: p, actor: l.Actor(), loc: l.Location(), rng: rng, clock: begin, begin: begin, end: end, lessons: lessons,
		tried: map[string]int{}, right: map[string]bool{}, sat: map[string]bool{},
	}
	d.svc = s.at(func() time.Time { return d.clock.UTC().Truncate(time.Millisecond) })
	return d
}

func (d *demoStudent) live(ctx context.Context) error {
	if err := d.aim(ctx); err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	for day := d.from; day < d.to; day++ {
		if d.rng.Float64() > d.days {
			continue
		}
		y, m, dd := d.begin.In(d.loc).AddDate(0, 0, day).Date()
		hour := 17 + d.rng.IntN(4)
		if d.night {
			hour = 22 + d.rng.IntN(3)
		}
		start := time.Date(y, m, dd, hour, d.rng.IntN(60), d.rng.IntN(60), 0, d.loc)
		if start.Before(d.begin) || start.After(d.end.Add(-4*time.Hour)) {
			continue
		}
		d.clock = start
		if err := d.evening(ctx, float64(day)/demoDays); err != nil {
			return fmt.Errorf("%s, day %d: %w", d.name, day, err)
		}
	}
	return d.leaveDraft(ctx)
}

// evening is one sitting: perhaps a lesson, questions alone and in a drill, perhaps a case.
func (d *demoStudent) evening(ctx context.Context, course float64) error {
	if err := d.sits(ctx, course); err != nil {
		return err
	}
	if err := d.remembers(ctx, course); err != nil {
		return err
	}
	if len(d.lessons) > 0 && d.rng.Float64() < 0.5 {
		if err := d.read(ctx); err != nil {
			return err
		}
	}
	n := max(3, d.items+d.rng.IntN(5)-2)
	for left := n - n/3; left > 0; { // an area may have few
		done, err := d.drill(ctx, left, course)
		if err != nil {
			return err
		}
		left -= max(1, done)
	}
	pool := d.svc.items().Items(KindQuestion)
	for range n / 3 {
		if len(pool) == 0 {
			break
		}
		if err := d.question(ctx, pool[d.rng.IntN(len(pool))].ID, Context{Kind: Alone}, course); err != nil {
			return err
		}
	}
	cases := d.svc.items().Items(KindCase)
	for left := d.cases; left > 0 && len(cases) > 0; left-- {
		if d.rng.Float64() < left {
			if err := d.chart(ctx, cases[d.rng.IntN(len(cases))], course); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *demoStudent) spend(least, most int) time.Time {
	from := d.clock
	d.clock = d.clock.Add(time.Duration(least+d.rng.IntN(most-least+1)) * time.Second)
	return from
}

func (d *demoStudent) read(ctx context.Context) error {
	id := d.lessons[d.rng.IntN(len(d.lessons))]
	if err := d.svc.SavePosition(ctx, d.actor, id, "", 30+d.rng.IntN(60)); err != nil {
		return err
	}
	d.spend(240, 900)
	if d.rng.Float64() < 0.8 {
		return d.svc.MarkLesson(ctx, d.actor, id, true)
	}
	return nil
}

// drill works through a drill and says how many questions it had.
func (d *demoStudent) drill(ctx context.Context, n int, course float64) (int, error) {
	var areas []string
	for _, a := range d.svc.items().Areas() {
		if len(d.svc.items().InArea(a)) > 0 {
			areas = append(areas, a)
		}
	}
	if len(areas) == 0 {
		return n, nil
	}
	dr, err := d.svc.StartDrill(ctx, d.actor, areas[d.rng.IntN(len(areas))], n, d.rng.Uint64())
	if err != nil {
		return 0, err
	}
	for _, id := range dr.Items {
		if d.rng.Float64() < 0.03 { // called away
			break
		}
		if err := d.question(ctx, id, Context{Kind: InDrill, Ref: string(dr.ID)}, course); err != nil {
			return 0, err
		}
	}
	return len(dr.Items), nil
}

// knows is the chance of being right: log odds of ability over difficulty, more when the answer was explained before.
func (d *demoStudent) knows(it Item, course float64) float64 {
	odds := d.ability + d.gain*course - 0.6*float64(it.Difficulty-3)
	if d.tried[it.ID] > 0 {
		odds += 1.2
	}
	if d.right[it.ID] {
		odds += 0.8
	}
	return 1 / (1 + math.Exp(-odds))
}

func (d *demoStudent) question(ctx context.Context, id string, c Context, course float64) error {
	it, err := d.svc.item(KindQuestion, id)
	if err != nil {
		return err
	}
	start := d.spend(20, 110)
	answer := rightItem(it.Question)
	if d.rng.Float64() >= d.knows(it, course) {
		answer = wrongItem(d.rng, it.Question)
	}
	g, err := d.svc.SubmitQuestion(ctx, d.actor, QuestionSubmission{
		ClientKey: d.key(), Question: id, Context: c, Shown: shuffled(d.rng, it.Question), Answer: answer, StartedAt: &start,
	})
	if unanswerable(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("question %s: %w", id, err)
	}
	d.tried[id]++
	d.right[id] = g.Grading.Correct
	d.spend(10, 40) // reads why
	return nil
}

func (d *demoStudent) chart(ctx context.Context, it Item, course float64) error {
	start := d.spend(300, 1500)
	answer := grading.ModelAnswer(it.Case)
	slips := 1 - d.knows(it, course)
	slip(d.rng, it.Case, &answer, slips, d.svc.book())
	g, err := d.svc.SubmitCase(ctx, d.actor, CaseSubmission{ClientKey: d.key(), Case: it.ID, Answer: answer, StartedAt: &start})
	if unanswerable(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("case %s: %w", it.ID, err)
	}
	d.tried[it.ID]++
	d.right[it.ID] = g.Grading.Correct
	d.spend(60, 300)
	return nil
}

// unanswerable reports an item whose own key has no form that could be graded. That is for the author, whom check tells; the class
// passes it over.
func unanswerable(err error) bool {
	var bad grading.FormatErrors
	return errors.As(err, &bad)
}

// leaveDraft leaves a chart half done on some desks: a draft as the workbench writes it, with the first of the diagnoses typed.
func (d *demoStudent) leaveDraft(ctx context.Context) error {
	cases := d.svc.items().Items(KindCase)
	if len(cases) == 0 || d.rng.Float64() < 0.5 {
		return nil
	}
	it := cases[d.rng.IntN(len(cases))]
	type line struct {
		Code string `json:"code"`
	}
	var half struct {
		Dx []line `json:"dx"`
	}
	for _, dx := range grading.ModelAnswer(it.Case).Diagnoses {
		half.Dx = append(half.Dx, line{dx.Code})
	}
	half.Dx = half.Dx[:(len(half.Dx)+1)/2]
	body, err := json.Marshal(half)
	if err != nil {
		return err
	}
	_, err = d.svc.SaveDraft(ctx, d.actor, Draft{Item: it.ID, Body: body})
	return err
}

func (d *demoStudent) key() string {
	d.sent++
	return fmt.Sprintf("demo-%s-%05d", d.actor.Learner, d.sent)
}
