package progress

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crosswalk/progress/evidence"
)

// The bounds of panels and helpers.
const (
	MaxHelpers     = 60  // of a test, ended ones too
	MaxHelperDays  = 180 // that a helper's link works
	MaxPanelText   = 2000
	panelSeed      = 20_230_401 // the form that judges rate; any fixed number will do
	helperNameMost = 100
)

// PanelView is a panel as the one who owns the test sees it.
type PanelView struct {
	Test   Assessment
	Panel  Panel
	Judges []Helper
	Rounds []PanelRound // those that were begun
	Stale  bool         // the test has changed since its items were drawn for the judges
	Why    string       // why the pass line is what it is: as the owner wrote, else as the shipped test says that has the same line; "" for neither
}

// PanelRound is what a round of a panel came to. While judges can still rate, it holds how many items each has rated and no figure, so that nobody leads
// anybody.
type PanelRound struct {
	Round int          `json:"round"`
	Open  bool         `json:"open"`
	Cut   evidence.Cut `json:"cut"` // Judges go by the ids of helpers
	// Said is how many items each judge rated in this very round. What a judge does not rate in round 2 counts as in round 1, and in Cut as rated.
	Said map[HelperID]int `json:"-"`
}

// HelperSecret is a helper with the secret of the link. It is told once.
type HelperSecret struct {
	Helper
	Token Token
}

// testHash is what panels are about: which parts a form of the test has.
func testHash(x Assessment) string {
	body, _ := json.Marshal([]any{x.Blueprint.Slots, x.Blueprint.Charts, x.Blueprint.Kinds, x.Blueprint.Items}) // plain data
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// PanelOf gives the panel of a test, with revision 0 where there is none yet. Errors are those of Assessment.
func (s *Service) PanelOf(ctx context.Context, a Actor, id AssessmentID) (PanelView, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return PanelView{}, err
	}
	return s.panelView(ctx, x)
}

func (s *Service) panelView(ctx context.Context, x Assessment) (PanelView, error) {
	fail := func(err error) (PanelView, error) { return PanelView{}, fmt.Errorf("panel of %s: %w", x.ID, err) }
	v := PanelView{Test: x, Panel: Panel{Assessment: x.ID}}
	p, err := s.st.Panel(ctx, x.Org, x.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	if err == nil {
		v.Panel = p
	}
	v.Why = v.Panel.Reason
	if h, err := s.items().HiringTest(x.Spec.Template); v.Why == "" && err == nil && h.PassPercent == x.Spec.PassPercent {
		v.Why = h.PassWhy
	}
	hs, err := s.st.Helpers(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	v.Judges = slices.DeleteFunc(hs, func(h Helper) bool { return h.Kind != HelperJudge })
	rs, err := s.st.Ratings(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	v.Stale = v.Panel.Round > 0 && v.Panel.TestHash != testHash(x)
	for round := 1; round <= v.Panel.Round; round++ {
		r := PanelRound{Round: round, Open: round == v.Panel.Round && v.Panel.Open() && x.OpenedAt == nil, Said: map[HelperID]int{}}
		if r.Cut, err = v.Panel.cut(rs, round); err != nil {
			return fail(err)
		}
		for _, x := range rs {
			if x.Round == round {
				r.Said[x.Helper]++
			}
		}
		if r.Open {
			r.Cut = evidence.Cut{Judges: r.Cut.Judges, Panel: r.Cut.Panel}
			for i := range r.Cut.Judges {
				r.Cut.Judges[i].Cut = 0
			}
		}
		v.Rounds = append(v.Rounds, r)
	}
	return v, nil
}

// cut puts the ratings of a round together; what a judge did not say anew is what the judge said before. Ratings come by judge and round.
func (p Panel) cut(ratings []PanelRating, round int) (evidence.Cut, error) {
	weights := make([]float64, len(p.Items))
	for i, it := range p.Items {
		weights[i] = float64(max(1, it.Weight))
	}
	type of struct {
		judge HelperID
		item  int
	}
	var rs []evidence.Rating
	at := map[of]int{}
	for _, r := range ratings {
		if r.Round > round {
			continue
		}
		x, key := evidence.Rating{Judge: string(r.Helper), Item: r.Item, Share: float64(r.Percent) / 100}, of{r.Helper, r.Item}
		if i, ok := at[key]; ok {
			rs[i] = x
			continue
		}
		at[key] = len(rs)
		rs = append(rs, x)
	}
	return evidence.Angoff(weights, rs)
}

// changePanel reads the panel of a draft, has change work on it, and keeps it.
func (s *Service) changePanel(ctx context.Context, a Actor, id AssessmentID, action string, change func(x Assessment, p *Panel) error) error {
	fail := func(err error) error { return fmt.Errorf("panel of %s: %w", id, err) }
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return err
	}
	if x.State() != AssessmentDraft {
		return &InputError{"panel", "This test has been opened: where its line comes from can be changed no more. Make a copy of the test to change it."}
	}
	p, err := s.st.Panel(ctx, x.Org, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	p.Assessment = id
	if err := change(x, &p); err != nil {
		return err
	}
	p.Revision++
	entry, err := s.entry(a, action, string(id), fmt.Sprintf("round %d", p.Round))
	if err != nil {
		return fail(err)
	}
	err = s.st.SavePanel(ctx, x.Org, p, entry)
	if errors.Is(err, ErrDuplicate) {
		err = ErrConflict
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// StartPanel asks judges: it draws a form of the draft, whose items they rate, and begins round 1. Started again, which has to be meant, it draws anew;
// where other items come, all ratings go. InputError: the test was opened, the text about the just qualified candidate ("borderline") is missing or too
// long, or a panel is there and again is not set ("again"); the error wraps quizzes.ErrTooSmall when no form can be drawn.
func (s *Service) StartPanel(ctx context.Context, a Actor, id AssessmentID, borderline string, again bool) error {
	borderline = strings.TrimSpace(cleanNote(borderline))
	return s.changePanel(ctx, a, id, "hire.panel", func(x Assessment, p *Panel) error {
		if borderline == "" {
			return &InputError{"borderline", "Say whom the judges are to think of: what somebody can do who is just good enough for the job."}
		}
		if utf8.RuneCountInString(borderline) > MaxPanelText {
			return &InputError{"borderline", fmt.Sprintf("Say it in at most %d characters.", MaxPanelText)}
		}
		if p.Round > 0 && !again {
			return &InputError{"again", "Tick this first: the ratings may go."}
		}
		_, form, err := s.PreviewAssessment(ctx, a, id, panelSeed)
		if err != nil {
			return fmt.Errorf("draw a form of %s for judges: %w", x.ID, err)
		}
		items := form.Items[:0:0]
		for _, it := range form.Items {
			if it.Scored {
				it.Shuffle = nil
				items = append(items, it)
			}
		}
		p.Items, p.TestHash, p.Borderline, p.Round, p.ClosedAt = items, testHash(x), borderline, 1, nil
		return nil
	})
}

// NextRound begins round 2, in which each judge sees what the others said of each item in sum. InputError: there is no round 1 under way.
func (s *Service) NextRound(ctx context.Context, a Actor, id AssessmentID) error {
	return s.changePanel(ctx, a, id, "hire.panel", func(_ Assessment, p *Panel) error {
		if p.Round != 1 || p.ClosedAt != nil {
			return &InputError{"panel", "A second round follows a first one that has not ended yet."}
		}
		p.Round = 2
		return nil
	})
}

// ClosePanel takes no more ratings. InputError: nobody is rating.
func (s *Service) ClosePanel(ctx context.Context, a Actor, id AssessmentID) error {
	now := s.now()
	return s.changePanel(ctx, a, id, "hire.panel", func(_ Assessment, p *Panel) error {
		if !p.Open() {
			return &InputError{"panel", "No round is under way."}
		}
		p.ClosedAt = &now
		return nil
	})
}

// SaveLineReason keeps why the pass line of a draft is what it is. InputError: the test was opened, or "reason" is missing or too long.
func (s *Service) SaveLineReason(ctx context.Context, a Actor, id AssessmentID, reason string) error {
	reason = strings.TrimSpace(cleanNote(reason))
	return s.changePanel(ctx, a, id, "hire.line", func(x Assessment, p *Panel) error {
		if reason == "" || utf8.RuneCountInString(reason) > MaxPanelText {
			return &InputError{"reason", fmt.Sprintf("Say in at most %d characters why the line is where it is.", MaxPanelText)}
		}
		p.Reason, p.Percent = reason, x.Spec.PassPercent
		return nil
	})
}

// AddHelper makes a link for a judge or for one who records groups. The same client key again makes a new secret for the same helper. Judges are for drafts
// alone. InputErrors name name or days.
func (s *Service) AddHelper(ctx context.Context, a Actor, id AssessmentID, kind HelperKind, name, clientKey string, days int) (HelperSecret, error) {
	fail := func(err error) (HelperSecret, error) { return HelperSecret{}, fmt.Errorf("helper of %s: %w", id, err) }
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return HelperSecret{}, err
	}
	hs, err := s.st.Helpers(ctx, x.Org, id)
	if err != nil {
		return fail(err)
	}
	name = strings.Join(strings.Fields(name), " ")
	var problems InputErrors
	if name == "" || utf8.RuneCountInString(name) > helperNameMost {
		problems = append(problems, &InputError{"name", fmt.Sprintf("Give a name of at most %d characters.", helperNameMost)})
	}
	if days < 1 || days > MaxHelperDays {
		problems = append(problems, &InputError{"days", fmt.Sprintf("A link works from 1 to %d days.", MaxHelperDays)})
	}
	if kind == HelperJudge && x.State() != AssessmentDraft {
		problems = append(problems, &InputError{"name", "This test has been opened: judges rate before that. Make a copy of the test to ask them."})
	}
	if kind != HelperJudge && kind != HelperRecorder {
		problems = append(problems, &InputError{"kind", "A helper is a judge or records groups."})
	}
	if len(hs) >= MaxHelpers && !slices.ContainsFunc(hs, func(h Helper) bool { return h.ClientKey == clientKey }) {
		problems = append(problems, &InputError{"name", fmt.Sprintf("A test has at most %d helpers.", MaxHelpers)})
	}
	if clientKey == "" || len(clientKey) > 100 {
		problems = append(problems, &InputError{"client_key", "The form was not made by this site: open the page again."})
	}
	if err := asInput(problems); err != nil {
		return HelperSecret{}, err
	}
	now := s.now()
	hid, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	secret, err := s.newSecret()
	if err != nil {
		return fail(err)
	}
	entry, err := s.entry(a, "hire.helper", string(id), string(kind))
	if err != nil {
		return fail(err)
	}
	h := Helper{ID: HelperID(hid), Org: x.Org, Assessment: id, ClientKey: clientKey, Kind: kind, Name: name, TokenHash: secret.hash(), LinkUntil: now.Add(time.Duration(days) * 24 * time.Hour), CreatedAt: now}
	if h, err = s.st.AddHelper(ctx, x.Org, h, entry); err != nil {
		return fail(err)
	}
	return HelperSecret{h, secret}, nil
}

// Helpers lists all helpers of a test, the oldest first. Errors are those of Assessment.
func (s *Service) Helpers(ctx context.Context, a Actor, id AssessmentID) ([]Helper, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return nil, err
	}
	hs, err := s.st.Helpers(ctx, x.Org, id)
	if err != nil {
		return nil, fmt.Errorf("helpers of %s: %w", id, err)
	}
	return hs, nil
}

// RevokeHelper ends a helper's link; what the helper said stays. ErrNotFound.
func (s *Service) RevokeHelper(ctx context.Context, a Actor, id AssessmentID, h HelperID) error {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "hire.helper_end", string(id), string(h))
	if err == nil {
		err = s.st.RevokeHelper(ctx, x.Org, id, h, entry)
	}
	if err != nil {
		return fmt.Errorf("end the link of a helper of %s: %w", id, err)
	}
	return nil
}

// helper finds the helper of a secret whose link works, with the test. A try is counted before and given back when it was right. ErrNotFound, and
// ErrTooMany for one who tries.
func (s *Service) helper(ctx context.Context, t Token, kind HelperKind, ip string) (Helper, Assessment, error) {
	fail := func(err error) (Helper, Assessment, error) {
		return Helper{}, Assessment{}, fmt.Errorf("helper: %w", err)
	}
	if len(t) != base64.RawURLEncoding.EncodedLen(32) {
		return fail(ErrNotFound)
	}
	keys, limits := []string{limitKey("helper-address", DefaultOrg, clientNet(ip))}, []Limit{{Burst: wrongLinkBurst, Every: wrongLinkEvery}}
	if err := s.take(ctx, keys, limits); err != nil {
		return Helper{}, Assessment{}, err
	}
	h, err := s.st.HelperByToken(ctx, t.hash())
	if err != nil {
		return fail(err)
	}
	_ = s.st.Give(ctx, keys, limits, nil)
	if h.Kind != kind || !h.InForce(s.now()) {
		return fail(ErrNotFound)
	}
	x, err := s.st.Assessment(ctx, h.Org, h.Assessment)
	if err != nil {
		return fail(err)
	}
	return h, x, nil
}
