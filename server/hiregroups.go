package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
)

// firstGroups is how many lines of the form of counts are seen at once. The others unfold.
const firstGroups = 6

type groupsPage struct {
	basePage
	Room   progress.RecorderRoom
	Action string
	People []groupPerson
	Counts []groupCount // the first lines of the form, and those that unfold
	More   []groupCount
	Unfold bool
	Kept   string // how many counts are kept
}

type groupPerson struct {
	progress.RecordedCandidate
	Typed, Error string
}

type groupCount struct {
	Number                 int
	Name, Tested, Selected string
	Error                  string
}

// recorderRoom is where somebody who sees no results records groups.
func (s *Server) recorderRoom(c *fiber.Ctx) error {
	return s.showRecorder(c, fiber.StatusOK, nil, nil, nil)
}

func (s *Server) showRecorder(c *fiber.Ctx, status int, typed map[progress.CandidateID]string, counts []groupCount, errs map[string]string) error {
	t := progress.Token(c.Params("token"))
	room, err := s.progress.Recorder(c.UserContext(), t, s.clientIP(c))
	if err != nil {
		return err
	}
	page := groupsPage{basePage: s.base(c, s.words.get("hirev.rec_title", room.Name), ""), Room: room, Action: helperPath(progress.HelperRecorder, t), Counts: counts}
	if n := room.Counts; n > 0 {
		page.Kept = s.oneOrMany(n, "hirev.rec_counts_kept_one", "hirev.rec_counts_kept")
	}
	if c.Method() != fiber.MethodGet {
		page.Path = page.Action
	}
	for _, p := range room.Candidates {
		page.People = append(page.People, groupPerson{p, typed[p.ID], errs[string(p.ID)]})
	}
	if counts == nil {
		for i := range progress.MaxGroups {
			page.Counts = append(page.Counts, groupCount{Number: i + 1})
		}
	}
	for i := range page.Counts {
		line := &page.Counts[i]
		page.Unfold = page.Unfold || i >= firstGroups && *line != (groupCount{Number: i + 1})
		if e := errs["group-"+strconv.Itoa(i+1)]; e != "" {
			line.Error = e
		}
	}
	page.Counts, page.More = page.Counts[:firstGroups], page.Counts[firstGroups:]
	return s.render(c, status, "hiregroups", page)
}

// recordGroups keeps groups of candidates.
func (s *Server) recordGroups(c *fiber.Ctx) error {
	t := progress.Token(c.Params("token"))
	room, err := s.progress.Recorder(c.UserContext(), t, s.clientIP(c))
	if err != nil {
		return err
	}
	by := map[progress.CandidateID]string{}
	for _, p := range room.Candidates {
		if text := c.FormValue("c-" + string(p.ID)); text != "" {
			by[p.ID] = text
		}
	}
	err = s.progress.RecordGroups(c.UserContext(), t, s.clientIP(c), by)
	if errs := s.inputErrors(err); errs != nil {
		return s.showRecorder(c, fiber.StatusUnprocessableEntity, by, nil, errs)
	}
	return s.recorded(c, t, err)
}

func (s *Server) recorded(c *fiber.Ctx, t progress.Token, err error) error {
	if err != nil {
		return err
	}
	s.say(c, "hirevrated")
	return seeOther(c, helperPath(progress.HelperRecorder, t))
}

// recordCounts keeps counts by group.
func (s *Server) recordCounts(c *fiber.Ctx) error {
	t := progress.Token(c.Params("token"))
	if c.FormValue("do") == "clear" {
		return s.recorded(c, t, s.progress.TakeBackCounts(c.UserContext(), t, s.clientIP(c)))
	}
	var rows []groupCount
	var groups []evidence.Group
	bad := false
	for i := 1; i <= progress.MaxGroups; i++ {
		n := strconv.Itoa(i)
		r := groupCount{Number: i, Name: c.FormValue("name-" + n), Tested: c.FormValue("tested-" + n), Selected: c.FormValue("selected-" + n)}
		g := evidence.Group{Name: r.Name}
		for _, f := range []struct {
			text string
			into *int
		}{{r.Tested, &g.Tested}, {r.Selected, &g.Selected}} {
			text := strings.TrimSpace(f.text)
			v, err := strconv.Atoi(text)
			if text != "" && err != nil {
				r.Error, bad = s.words.get("hirev.rec_bad"), true
			}
			*f.into = v
		}
		rows, groups = append(rows, r), append(groups, g)
	}
	if bad {
		return s.showRecorder(c, fiber.StatusUnprocessableEntity, nil, rows, nil)
	}
	err := s.progress.RecordCounts(c.UserContext(), t, s.clientIP(c), groups)
	if errs := s.inputErrors(err); errs != nil {
		return s.showRecorder(c, fiber.StatusUnprocessableEntity, nil, rows, errs)
	}
	return s.recorded(c, t, err)
}
