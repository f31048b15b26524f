package server

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
)

type gradesPage struct {
	teachBase
	Cohort, Back string
	Q, State     string
	States       []choice
	Action       string
	Columns      []gradeColumn
	Rows         []gradeRow
	All          int
	NameSort     sortLink
	AverageSort  sortLink
	MissingSort  sortLink
	CSV, XLSX    string
	Zone         string
}

type gradeColumn struct {
	Title, Kind, Path string
	Case              bool
	Sort              sortLink
	Average           string
	Counts            string // so many done, late, missing
}

// sortLink is the head of a column that sorts by it.
type sortLink struct {
	Path string
	Aria string // aria-sort of the column, "" when the list is not sorted by it
}

type gradeRow struct {
	Name, Path    string
	Cells         []gradeCell
	Average       string
	Late, Missing int
}

type gradeCell struct {
	State  progress.WorkState
	Score  string
	Audit  string
	Path   string // of the result, "" for none
	Sealed bool
	Begun  bool
}

// gradebook is a gradebook narrowed and sorted as the address asks: ?q= for part of a name or e-mail, ?state=late or missing for learners who
// have such a one, ?sort=name, average, missing or the id of an assignment, with a minus before it for the other way round.
func (s *Server) gradebook(c *fiber.Ctx) (progress.Gradebook, int, error) {
	g, err := s.progress.Gradebook(c.UserContext(), actor(c), progress.CohortID(c.Params("id")))
	if err != nil {
		return g, 0, err
	}
	all := len(g.Rows)
	q, state := strings.ToLower(clipQuery(c.Query("q"))), progress.WorkState(c.Query("state"))
	g.Rows = slices.DeleteFunc(g.Rows, func(r progress.GradeRow) bool {
		if q != "" && !strings.Contains(strings.ToLower(r.Learner.Name), q) && !strings.Contains(r.Learner.Email, q) {
			return true
		}
		return state != "" && !slices.ContainsFunc(r.Works, func(w progress.Work) bool { return w.State == state })
	})
	key, down := strings.CutPrefix(c.Query("sort"), "-")
	column := slices.IndexFunc(g.Columns, func(x progress.GradeColumn) bool { return string(x.ID) == key })
	score := func(r progress.GradeRow) int {
		switch {
		case key == "average" && r.Scored > 0:
			return r.Average10
		case key == "missing":
			return r.Missing
		case column >= 0 && r.Works[column].Scored:
			return r.Works[column].Percent10
		case column >= 0 && r.Works[column].DoneAt != nil:
			return 0
		}
		return -1
	}
	slices.SortStableFunc(g.Rows, func(x, y progress.GradeRow) int {
		n := 0
		if key == "average" || key == "missing" || column >= 0 {
			n = cmp.Compare(score(x), score(y))
		} else if key == "name" {
			n = cmp.Compare(strings.ToLower(x.Learner.Name), strings.ToLower(y.Learner.Name))
		}
		if down {
			n = -n
		}
		return n
	})
	return g, all, nil
}

// grades is the page of a cohort's grades.
func (s *Server) grades(c *fiber.Ctx) error {
	g, all, err := s.gradebook(c)
	if err != nil {
		return err
	}
	home := cohortPath(g.Cohort.ID)
	page := gradesPage{
		teachBase: s.teachBase(c, s.words.get("grades.title", g.Cohort.Name), "cohorts"), Cohort: g.Cohort.Name, Back: home, Action: home + "/grades", Q: clipQuery(c.Query("q")), State: c.Query("state"), All: all,
		Zone: viewer(c).Learner.Location().String(),
	}
	query := func(path, sort string) string {
		v := url.Values{}
		for name, value := range map[string]string{"q": page.Q, "state": page.State, "sort": sort} {
			if value != "" {
				v.Set(name, value)
			}
		}
		if len(v) == 0 {
			return path
		}
		return path + "?" + v.Encode()
	}
	link := func(key string) sortLink {
		switch c.Query("sort") {
		case key:
			return sortLink{query(page.Action, "-"+key), "ascending"}
		case "-" + key:
			return sortLink{query(page.Action, key), "descending"}
		}
		return sortLink{query(page.Action, key), ""}
	}
	page.NameSort, page.AverageSort, page.MissingSort = link("name"), link("average"), link("missing")
	page.CSV, page.XLSX = query(page.Action+".csv", c.Query("sort")), query(page.Action+".xlsx", c.Query("sort"))
	for _, st := range []progress.WorkState{"", progress.WorkMissing, progress.WorkLate, progress.WorkOpen} {
		page.States = append(page.States, choice{string(st), s.words.get("grades.with_" + string(st)), string(st) == page.State})
	}
	for _, x := range g.Columns {
		col := gradeColumn{Title: gradesheet.Title(x.AssignmentInfo), Kind: s.kindWord(x.Kind), Path: assignmentPath(x.Assignment), Case: x.Kind == progress.AssignCase, Sort: link(string(x.ID)), Average: "–"}
		if x.Scored > 0 {
			col.Average = formatTenths(x.Average10)
		}
		col.Counts = s.words.get("grades.counts", x.Done, x.Late, x.Missing)
		page.Columns = append(page.Columns, col)
	}
	for _, r := range g.Rows {
		row := gradeRow{Name: s.learnerName(r.Learner), Path: "/teach/learners/" + string(r.Learner.ID) + "/assignments", Average: "–", Late: r.Late, Missing: r.Missing}
		if r.Scored > 0 {
			row.Average = formatTenths(r.Average10)
		}
		for j, w := range r.Works {
			row.Cells = append(row.Cells, gradeCellOf(g.Columns[j].Assignment, w))
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render(c, fiber.StatusOK, "grades", page)
}

func gradeCellOf(x progress.Assignment, w progress.Work) gradeCell {
	cell := gradeCell{State: w.State, Sealed: w.Sealed, Begun: w.Begun}
	if w.Scored {
		cell.Score = formatTenths(w.Percent10)
		if x.Kind == progress.AssignCase {
			cell.Audit = formatTenths(w.Audit10)
		}
	}
	switch {
	case w.Attempt != "":
		cell.Path = "/cases/" + x.Ref + "/attempts/" + string(w.Attempt)
	case w.Sitting != "":
		cell.Path = reportPath(w.Sitting)
	}
	return cell
}

// gradesCSV and gradesXLSX send the grades as they are narrowed and sorted, as a table for a spreadsheet.
func (s *Server) gradesCSV(c *fiber.Ctx) error {
	return s.sendGrades(c, "csv", "text/csv; charset=utf-8", gradesheet.Sheet.CSV)
}

func (s *Server) gradesXLSX(c *fiber.Ctx) error {
	return s.sendGrades(c, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", gradesheet.Sheet.XLSX)
}

func (s *Server) sendGrades(c *fiber.Ctx, ext, kind string, write func(gradesheet.Sheet) ([]byte, error)) error {
	g, _, err := s.gradebook(c)
	if err != nil {
		return err
	}
	b, err := write(gradesheet.Of(g, viewer(c).Learner.Location()))
	if err != nil {
		return err
	}
	c.Attachment("grades." + ext)
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b)
}
