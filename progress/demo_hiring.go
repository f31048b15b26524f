package progress

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"crosswalk/quizzes"
)

// demoHiring is the test that ships and that the demo's employer takes.
const demoHiring = "profee-em"

// demoCandidate is how a candidate does: so many days before the end, 0 for one who has not begun.
type demoCandidate struct {
	name    string
	ability float64 // log odds on an item of middle difficulty
	ago     int
}

var demoCandidates = []demoCandidate{
	{"Noor Haddad", 1.9, 13}, {"Piotr Lang", 1.1, 12}, {"Rosa Delgado", 0.5, 9}, {"Samuel Idowu", 3.5, 8}, {"Tess Moriarty", -1.2, 5}, {"Wen Zhao", 1.6, 3}, {"Yara Novak", 0, 0},
}

// demoHires has the demo's employer open a hiring test, which candidates sit. A bank that cannot fill the test has none.
func (s *Service) demoHires(ctx context.Context, boss Actor, seed uint64, now time.Time) error {
	day := func(ago int) time.Time { return now.AddDate(0, 0, -ago).Add(-5 * time.Hour) }
	svc := s.at(func() time.Time { return day(15) })
	spec, err := svc.ShippedSpec(boss, demoHiring)
	if errors.Is(err, quizzes.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if check, err := svc.CheckAssessment(boss, spec); err != nil || check.Short != "" || check.Forms < spec.Tries {
		return err
	}
	x, err := svc.SaveAssessment(ctx, boss, AssessmentInput{ClientKey: "demo-hiring-test", Spec: spec})
	if err == nil {
		x, err = svc.OpenAssessment(ctx, boss, x.ID, x.Revision)
	}
	if err != nil {
		return err
	}
	var people strings.Builder
	for i, p := range demoCandidates {
		fmt.Fprintf(&people, "%s, %s, D-%02d\n", p.name, demoEmail(p.name), i+1)
	}
	links, err := svc.InviteCandidates(ctx, boss, x.ID, CandidateInvite{ClientKey: "demo-candidates", People: []byte(people.String()), Days: 30})
	if err != nil {
		return err
	}
	for i, p := range demoCandidates {
		if p.ago == 0 {
			continue
		}
		d := newDemoStudent(s, demoLearner{name: p.name, ability: p.ability}, Learner{}, rand.New(rand.NewPCG(seed, uint64(1000+i))), day(p.ago), now, nil)
		if err := d.applies(ctx, links[i].Token, i%3 == 0); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// applies is a candidate's sitting by the link, by some with a look elsewhere.
func (d *demoStudent) applies(ctx context.Context, link Token, looksAway bool) error {
	if _, _, err := d.svc.Consent(ctx, link, "", "An invented candidate of the demo agreed.", ""); err != nil {
		return err
	}
	d.spend(60, 300)
	x, session, err := d.svc.StartCandidateSitting(ctx, link, "")
	if err != nil {
		return err
	}
	who, err := d.svc.Session(ctx, session)
	if err != nil {
		return err
	}
	d.actor = who.Actor()
	if looksAway {
		d.spend(60, 120)
		if err := d.svc.RecordEvents(ctx, d.actor, x.ID, []EventIn{{Key: d.key(), Kind: EventAway, Ago: 30 * time.Second, Seconds: 23, Item: 1}, {Key: d.key(), Kind: EventPaste, Chars: 7, Item: 1}}); err != nil {
			return err
		}
	}
	return d.sitThrough(ctx, x, 0, [2]int{240, 600})
}
