package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/progress/evidence"
)

// The bounds of groups.
const (
	MaxGroups     = 16
	groupNameMost = 60
	groupMost     = 1_000_000
)

// RecorderRoom is what one who records groups sees: candidates and no result. Which group was recorded of whom is told to nobody, not here either.
type RecorderRoom struct {
	Helper     Helper
	Name       string // of the test
	Candidates []RecordedCandidate
	Names      []string // of the groups that the sheet of the test tells of
	Counts     int      // of groups that are entered; the figures are shown to nobody again
}

// RecordedCandidate is a candidate as a recorder sees one.
type RecordedCandidate struct {
	ID       CandidateID
	Name     string
	Ref      string
	Recorded bool
}

// Recorder gives the room of one who records groups. ErrNotFound: the link is of nobody, ended, or of another kind; ErrTooMany.
func (s *Service) Recorder(ctx context.Context, t Token, ip string) (RecorderRoom, error) {
	h, x, err := s.helper(ctx, t, HelperRecorder, ip)
	if err != nil {
		return RecorderRoom{}, err
	}
	fail := func(err error) (RecorderRoom, error) {
		return RecorderRoom{}, fmt.Errorf("room of a recorder: %w", err)
	}
	room := RecorderRoom{Helper: h, Name: x.Spec.Name}
	sums, err := s.st.Groups(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	known, err := s.st.GroupedCandidates(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	cs, err := s.st.Candidates(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	for _, c := range cs {
		if c.ErasedAt == nil {
			room.Candidates = append(room.Candidates, RecordedCandidate{c.ID, c.Name, c.Ref, known[c.ID]})
		}
	}
	room.Counts = len(sums.Entered)
	for _, told := range [][][]evidence.Group{sums.ToldEntered, sums.ToldCandidates} {
		if n := len(told); n > 0 {
			for _, g := range told[n-1] {
				room.Names = append(room.Names, g.Name)
			}
		}
	}
	slices.Sort(room.Names)
	room.Names = slices.Compact(room.Names)
	return room, nil
}

// RecordGroups keeps the groups of candidates; a candidate with "" is left as recorded, one with "-" is taken back. InputErrors name the candidate's id. Errors
// else are those of Recorder, and ErrNotFound for a candidate of another test.
func (s *Service) RecordGroups(ctx context.Context, t Token, ip string, by map[CandidateID]string) error {
	h, x, err := s.helper(ctx, t, HelperRecorder, ip)
	if err != nil {
		return err
	}
	kept := map[CandidateID]string{}
	var problems InputErrors
	for id, name := range by {
		switch name = groupName(name); {
		case name == "":
		case name == "-":
			kept[id] = ""
		case utf8.RuneCountInString(name) > groupNameMost:
			problems = append(problems, &InputError{string(id), fmt.Sprintf("A group's name has at most %d characters.", groupNameMost)})
		default:
			kept[id] = name
		}
	}
	if err := asInput(problems); err != nil || len(kept) == 0 {
		return err
	}
	entry, err := s.entry(Actor{Org: x.Org}, "hire.groups", string(x.ID), string(h.ID))
	if err == nil {
		err = s.st.SetCandidateGroups(ctx, x.Org, x.ID, kept, entry)
	}
	if err != nil {
		return fmt.Errorf("record groups: %w", err)
	}
	return nil
}

// RecordCounts puts sums in the place of those entered before. Groups without a name and figures are passed over. InputErrors name group-N, N from 1. Errors else
// are those of Recorder.
func (s *Service) RecordCounts(ctx context.Context, t Token, ip string, gs []evidence.Group) error {
	kept, err := checkGroups(gs)
	if err == nil && len(kept) == 0 {
		err = InputErrors{&InputError{"group-1", "Enter the counts of a group."}}
	}
	return s.keepCounts(ctx, t, ip, kept, err)
}

// TakeBackCounts takes away the sums that were entered. Errors are those of Recorder.
func (s *Service) TakeBackCounts(ctx context.Context, t Token, ip string) error {
	return s.keepCounts(ctx, t, ip, nil, nil)
}

// keepCounts keeps sums; bad is what is wrong with them, which only a recorder is told.
func (s *Service) keepCounts(ctx context.Context, t Token, ip string, kept []evidence.Group, bad error) error {
	h, x, err := s.helper(ctx, t, HelperRecorder, ip)
	if err != nil {
		return err
	}
	if bad != nil {
		return bad
	}
	entry, err := s.entry(Actor{Org: x.Org}, "hire.groups", string(x.ID), string(h.ID))
	if err == nil {
		err = s.st.SaveGroups(ctx, x.Org, x.ID, kept, entry)
	}
	if err != nil {
		return fmt.Errorf("record counts: %w", err)
	}
	return nil
}

func checkGroups(gs []evidence.Group) ([]evidence.Group, error) {
	var kept []evidence.Group
	var problems InputErrors
	seen := map[string]bool{}
	for i, g := range gs {
		g.Name = groupName(g.Name)
		if g == (evidence.Group{}) {
			continue
		}
		bad := func(reason string) { problems = append(problems, &InputError{fmt.Sprintf("group-%d", i+1), reason}) }
		switch key := strings.ToLower(g.Name); {
		case g.Name == "" || utf8.RuneCountInString(g.Name) > groupNameMost:
			bad(fmt.Sprintf("Give the group a name of at most %d characters.", groupNameMost))
		case seen[key]:
			bad("This group is there already.")
		case g.Tested == 0 && g.Selected == 0:
			bad("Say how many were tested, and how many of them selected.")
		case g.Tested < 0 || g.Selected < 0 || g.Selected > g.Tested || g.Tested > groupMost:
			bad("Selected must be a whole number from 0 to the number tested.")
		default:
			seen[key] = true
			kept = append(kept, g)
		}
	}
	if len(kept) > MaxGroups {
		problems = append(problems, &InputError{"group-1", fmt.Sprintf("At most %d groups can be kept.", MaxGroups)})
	}
	return kept, asInput(problems)
}

func groupName(s string) string { return strings.Join(strings.Fields(s), " ") }

// tellGroups keeps what may be told of groups by now, and tells it.
func (s *Service) tellGroups(ctx context.Context, x Assessment) (EvidenceImpact, error) {
	const tries = 5 // two who look at once may each find something new
	for try := 1; ; try++ {
		sums, err := s.st.Groups(ctx, x.Org, x.ID)
		if err != nil {
			return EvidenceImpact{}, err
		}
		var out EvidenceImpact
		if out.Entered, err = s.tellSums(ctx, x, GroupsEntered, sums.ToldEntered, sums.Entered); err == nil {
			out.Candidates, err = s.tellSums(ctx, x, GroupsOfCandidates, sums.ToldCandidates, sums.Candidates)
		}
		if err == nil || !errors.Is(err, ErrDuplicate) || try == tries {
			return out, err
		}
	}
}

func (s *Service) tellSums(ctx context.Context, x Assessment, from GroupSource, told [][]evidence.Group, now []evidence.Group) (*evidence.Impact, error) {
	next, fresh, err := evidence.NextTold(told, now)
	if err == nil && fresh {
		err = s.st.TellGroups(ctx, x.Org, x.ID, from, len(told)+1, next)
	}
	if err != nil || len(next) == 0 {
		return nil, err
	}
	table, err := evidence.ImpactOf(next)
	if err != nil || len(table.Groups) == 0 {
		return nil, err
	}
	return &table, nil
}
