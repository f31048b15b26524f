package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/quizzes"
)

// sittingKey begins the client keys of attempts made in exams; no page may use it.
const sittingKey = "sitting:"

// sittingItemKey is the client key of the attempt at an item of a sitting.
func sittingItemKey(id SittingID, pos int) string {
	return sittingKey + string(id) + ":" + strconv.Itoa(pos)
}

// FindingFormat marks an answer, or a line of one, that has no form of a code or number. In an exam it is wrong; elsewhere it is refused.
const FindingFormat = "FORMAT"

// gradePatience is how long a request waits for its turn to grade a sitting. Nothing is lost by giving up: whoever looks at it next grades
// it, and if nobody does the sweeper.
const gradePatience = 5 * time.Second

// gradeSitting grades a sitting that was handed in and records an attempt at each item, the unanswered too. Doing it twice, here or on
// another server, records once. ErrBusy: too many are being graded.
func (s *Service) gradeSitting(ctx context.Context, x Sitting) (Sitting, error) {
	patient, cancel := context.WithTimeout(ctx, gradePatience)
	done, err := s.takeTurn(patient)
	cancel()
	if err != nil {
		return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
	}
	defer done()
	if x.Form == nil {
		whole, err := s.st.Sitting(ctx, x.Org, x.ID)
		if err != nil {
			return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
		}
		x = whole
	}
	states, err := s.st.ItemStates(ctx, x.Org, x.ID)
	if err != nil {
		return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
	}
	byPos := make(map[int]StoredItem, len(states))
	for _, st := range states {
		byPos[st.Pos] = st
	}
	graded := make([]Graded, len(x.Form))
	for pos := range x.Form {
		st := byPos[pos]
		st.Pos = pos
		if graded[pos], err = s.gradeItem(ctx, x, pos, st); err != nil {
			return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
		}
	}
	if err := s.candidateHandedIn(ctx, x, byPos); err != nil {
		return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
	}
	if err := s.st.RecordSitting(ctx, x.Org, x.ID, s.clock(), graded, tally(x, func(pos int) int { return itemPoints(x.Form[pos], graded[pos].Grading) })); err != nil {
		return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
	}
	out, err := s.again(ctx, x)
	if err != nil {
		return x, fmt.Errorf("grade sitting %s: %w", x.ID, err)
	}
	return out, nil
}

// tally counts what a form earned, by the points of its items: a question right is one item and else nothing; a chart its all-or-nothing share of its weight.
func tally(x Sitting, points func(pos int) int) Tally {
	var t Tally
	for pos, f := range x.Form {
		if f.Scored {
			t.Scored += 100 * f.Weight
			t.Correct += points(pos)
		}
	}
	t.Percent10 = tenths(t.Correct, t.Scored)
	t.Passed = t.Scored > 0 && t.Correct*100 >= x.Blueprint.Pass.Percent*t.Scored
	return t
}

// itemPoints are the hundredths of an item that a grading is worth.
func itemPoints(f quizzes.FormItem, g Grading) int {
	switch {
	case f.Kind == quizzes.ItemCase: // Percent10 is the learning score
		r, err := g.CaseResult()
		if err != nil {
			return 0
		}
		return chartPoints(f, r)
	case g.Correct:
		return 100 * f.Weight
	}
	return 0
}

// chartPoints is itemPoints of a chart whose result was read.
func chartPoints(f quizzes.FormItem, r grading.Result) int {
	if r.SchemeScore == nil {
		return 0
	}
	return int(math.Round(r.SchemeScore.Percent * float64(f.Weight)))
}

// gradeItem judges one item of a sitting as it stands.
func (s *Service) gradeItem(ctx context.Context, x Sitting, pos int, st StoredItem) (Graded, error) {
	f := x.Form[pos]
	it, err := s.asDrawn(ctx, x.Org, f)
	if err != nil {
		return Graded{}, err
	}
	when := s.clock()
	if x.HandedInAt != nil {
		when = *x.HandedInAt
	}
	id, err := s.newID(when)
	if err != nil {
		return Graded{}, err
	}
	state := st.State()
	att := Attempt{
		ID: AttemptID(id), Org: x.Org, Learner: x.Learner, ClientKey: sittingItemKey(x.ID, pos), Kind: it.Kind, Item: it.ID, Areas: it.Areas,
		Context: Context{Kind: InExam, Ref: string(x.ID)}, ShownHash: f.ShownHash, KeyHash: it.KeyHash, SubmittedAt: when, Seconds: state.Seconds,
	}
	if f.Shuffle != nil {
		if att.Shown, err = json.Marshal(shown{Order: f.Shuffle}); err != nil {
			return Graded{}, err
		}
	}
	var ans any
	policy := grading.Policy{Scheme: grading.Learning}
	if it.Kind == KindCase {
		policy.Scheme = grading.AllOrNothing
		ans = soundAnswer(it.Case, state.Sheet)
	} else {
		ans = authorAnswer(it.Question, f.Shuffle, state.Answer)
	}
	if att.Answer, err = json.Marshal(ans); err != nil {
		return Graded{}, err
	}
	g, err := s.grade(it, att, policy)
	var format grading.FormatErrors
	if errors.As(err, &format) { // nothing answered, or nothing that has the form of an answer
		g, err = s.ungraded(it, att, policy, state.Answered())
	}
	if err != nil {
		return Graded{}, err
	}
	g.Reason, g.By, g.At = reasonSubmitted, byGrader, when
	return Graded{Attempt: att, Grading: g}, nil
}

// ungraded is the grading of an answer that says nothing.
func (s *Service) ungraded(it Item, att Attempt, policy grading.Policy, something bool) (Grading, error) {
	id, err := s.newID(att.SubmittedAt)
	if err != nil {
		return Grading{}, err
	}
	g := Grading{
		ID: GradingID(id), Attempt: att.ID, Org: att.Org, Seq: 1, KeyHash: it.KeyHash, GraderVersion: grading.Version, BookEdition: s.book().Edition(), Scheme: string(policy.Scheme), Possible: 100,
	}
	if something {
		g.Findings = []string{FindingFormat}
	}
	g.Result, err = json.Marshal(grading.ItemResult{Possible: 100})
	return g, err
}

// asDrawn is the item with the text that the sitting shows: the one in force, whose key may have been mended since, else the kept revision.
func (s *Service) asDrawn(ctx context.Context, org OrgID, f quizzes.FormItem) (Item, error) {
	kind := kindOf(f)
	if it, ok := s.items().Item(kind, f.ID); ok && it.ShownHash == f.ShownHash {
		return it, nil
	}
	v, err := s.keptVersion(ctx, org, f, f.KeyHash)
	if err != nil {
		return Item{}, fmt.Errorf("%s %q as it was drawn: %w", kind, f.ID, err)
	}
	it, ok := s.items().Read(kind, v.Body, f.Area)
	if !ok {
		return Item{}, fmt.Errorf("%s %q as it was drawn cannot be read any more: %w", kind, f.ID, ErrNotFound)
	}
	// The text may be read a little differently by a newer program; it is the revision that was drawn all the same.
	it.ShownHash, it.KeyHash = f.ShownHash, f.KeyHash
	return it, nil
}

// keptVersion is a kept revision of an item of a form, by the hash of its key. Two questions may have the same key, explanations and all; then
// the revision under its hash may be the other's, and the one that was shown has this key as well.
func (s *Service) keptVersion(ctx context.Context, org OrgID, f quizzes.FormItem, keyHash string) (ContentVersion, error) {
	find := func(hash string) (ContentVersion, error) {
		v, err := s.st.Version(ctx, org, hash)
		if errors.Is(err, ErrNotFound) && org != DefaultOrg {
			v, err = s.st.Version(ctx, DefaultOrg, hash)
		}
		return v, err
	}
	v, err := find(keyHash)
	if err == nil && v.Item != f.ID {
		v, err = find(f.ShownHash)
	}
	return v, err
}

// Shown is what a page shows of an item of a sitting: the text it was drawn with. See quizzes.Bank.ReadQuestion and ReadCase for how to read
// it; "" is the text in force.
func (s *Service) Shown(ctx context.Context, x Sitting, pos int) (string, error) {
	f := x.Form[pos]
	return s.keptText(ctx, x, pos, kindOf(f), f.ID, f.ShownHash)
}

// ShownChart is Shown of the chart that a question is about. For a question without a chart, or of a sitting that began before charts were
// pinned, it is "".
func (s *Service) ShownChart(ctx context.Context, x Sitting, pos int) (string, error) {
	f := x.Form[pos]
	if f.ChartHash == "" {
		return "", nil
	}
	return s.keptText(ctx, x, pos, KindCase, f.Group, f.ChartHash)
}

func (s *Service) keptText(ctx context.Context, x Sitting, pos int, kind ItemKind, id, hash string) (string, error) {
	if it, ok := s.items().Item(kind, id); ok && it.ShownHash == hash {
		return "", nil
	}
	v, err := s.st.Version(ctx, x.Org, hash)
	if errors.Is(err, ErrNotFound) && x.Org != DefaultOrg {
		v, err = s.st.Version(ctx, DefaultOrg, hash)
	}
	if err != nil {
		return "", fmt.Errorf("sitting %s: item %d: %w", x.ID, pos+1, err)
	}
	return v.Body, nil
}

// authorAnswer undoes the shuffle of a page. Positions that the page did not have are left out.
func authorAnswer(k *grading.ItemKey, shuffle []int, a grading.ItemAnswer) grading.ItemAnswer {
	at := func(i int) (int, bool) {
		if i < 0 || i >= len(shuffle) {
			return -1, false
		}
		return shuffle[i], true
	}
	out := grading.ItemAnswer{Value: strings.TrimSpace(a.Value)}
	for _, c := range a.Codes {
		if c = strings.TrimSpace(c); c != "" {
			out.Codes = append(out.Codes, c)
		}
	}
	for _, i := range a.Options {
		if j, ok := at(i); ok {
			out.Options = append(out.Options, j)
		}
	}
	for _, i := range a.Order {
		if j, ok := at(i); ok {
			out.Order = append(out.Order, j)
		}
	}
	for _, i := range a.Match {
		j, _ := at(i)
		out.Match = append(out.Match, j)
	}
	if k.Kind == grading.Order && len(out.Order) != k.Length {
		out.Order = nil
	}
	if k.Kind == grading.Match && (len(out.Match) != k.Length || !answered(out)) {
		out.Match = nil
	}
	return out
}

// soundAnswer makes an answer of a sheet. Lines that have no form of a code are left out, as they would be missing on a claim.
func soundAnswer(k *grading.Key, sheet *answersheet.Sheet) grading.Answer {
	if sheet == nil {
		return grading.Answer{}
	}
	sh := *sheet
	sh.Dx, sh.Px = append([]answersheet.DxLine(nil), sh.Dx...), append([]answersheet.PxLine(nil), sh.Px...)
	for range 2*answersheet.MaxLines + 10 {
		ans, lines, bad := sh.Answer(k.Ask)
		if bad == nil {
			if _, err := grading.ParseAnswer(k, ans); err == nil || !errors.As(err, &bad) {
				return ans
			}
		}
		dropBad(&sh, lines, bad[0].Part)
	}
	return grading.Answer{}
}

// dropBad takes what a format error is about off the sheet.
func dropBad(sh *answersheet.Sheet, lines answersheet.Lines, part string) {
	list, rest, _ := strings.Cut(part, "[")
	num, field, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(num)
	switch {
	case err == nil && list == "diagnoses" && i < len(lines.Dx):
		l := &sh.Dx[lines.Dx[i]]
		if strings.HasPrefix(field, ".poa") {
			l.POA = ""
			return
		}
		*l = answersheet.DxLine{}
	case err == nil && list == "procedures" && i < len(lines.Px):
		l := &sh.Px[lines.Px[i]]
		switch {
		case strings.HasPrefix(field, ".units") && l.Units != "":
			l.Units = ""
		case strings.HasPrefix(field, ".minutes") && l.Minutes != "":
			l.Minutes = ""
		case strings.HasPrefix(field, ".points_to") && l.Pointers != "":
			l.Pointers = ""
		case strings.HasPrefix(field, ".modifiers") && l.Mods != "":
			l.Mods = ""
		default:
			*l = answersheet.PxLine{}
		}
	case strings.HasPrefix(part, "drg"):
		sh.DRG = ""
	case strings.HasPrefix(part, "disposition"):
		sh.Disposition = ""
	case strings.HasPrefix(part, "em"):
		sh.Problems, sh.Data, sh.Risk, sh.EMMinutes = "", "", "", ""
	case strings.HasPrefix(part, "query"):
		sh.QueryAsk, sh.Reason, sh.Indicators, sh.Wording = "", "", "", ""
	default: // too many lines, say: the last one goes
		if n := len(sh.Px); n > 0 {
			sh.Px = sh.Px[:n-1]
		} else if n := len(sh.Dx); n > 0 {
			sh.Dx = sh.Dx[:n-1]
		}
	}
}

// openItems are the questions and cases of the learner's open sittings. Until those are handed in nothing shows how they are answered.
func (s *Service) openItems(ctx context.Context, a Actor) (map[string]SittingID, error) {
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{Learner: a.Learner, Open: true})
	if err != nil {
		return nil, err
	}
	out := map[string]SittingID{}
	now := s.clock()
	for _, x := range xs {
		if !x.Open(now) || x.Blueprint.Feedback == feedbackEach {
			continue
		}
		if x, err = s.st.Sitting(ctx, x.Org, x.ID); err != nil {
			return nil, err
		}
		for _, f := range x.Form {
			out[f.ID] = x.ID
			if f.Group != "" {
				out[f.Group] = x.ID
			}
		}
	}
	return out, nil
}

// InOpenExam says which open sitting of the actor holds a question or case, "" for none. Its answer may be shown nowhere.
func (s *Service) InOpenExam(ctx context.Context, a Actor, item string) (SittingID, error) {
	if a.Learner == "" || a.teaches() {
		return "", nil
	}
	open, err := s.openItems(ctx, a)
	return open[item], err
}

// notInExam refuses an answer outside of the exam to an item that is in it.
func (s *Service) notInExam(ctx context.Context, a Actor, it Item) error {
	id, err := s.InOpenExam(ctx, a, it.ID)
	if err == nil && id != "" {
		err = &InputError{"exam", "This is part of an exam that you have not handed in. Finish the exam first; then it can be practised."}
	}
	return err
}

// sharesOpenItems refuses the report of an exam that holds an item of one that is still open: it would show how that is answered.
func (s *Service) sharesOpenItems(ctx context.Context, a Actor, x Sitting) error {
	if a.Learner == "" || a.teaches() {
		return nil
	}
	open, err := s.openItems(ctx, a)
	if err != nil {
		return err
	}
	for _, f := range x.Form {
		if id, ok := open[f.ID]; ok && id != x.ID {
			return &InputError{"exam", "This exam shares items with one that you have not handed in. Its report opens again when you have."}
		}
	}
	return nil
}

// mayShow refuses what would show the answer of an item in an open exam, and the attempts of an exam whose answers are not open.
func (s *Service) mayShow(ctx context.Context, a Actor, att Attempt) error {
	if a.teaches() {
		return nil
	}
	if att.Context.Kind == InExam && att.Context.Ref != "" { // without: an imported answer, whose sitting is elsewhere
		x, err := s.Sitting(ctx, a, SittingID(att.Context.Ref))
		if err != nil {
			return err
		}
		if !x.ResultsOpen(s.clock()) {
			return ErrNotYet
		}
	}
	id, err := s.InOpenExam(ctx, a, att.Item)
	if err == nil && id != "" {
		return ErrNotYet
	}
	return err
}
