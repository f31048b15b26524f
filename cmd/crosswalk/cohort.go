package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
)

// cohortJSON is a cohort as `crosswalk cohort show -json` prints it.
type cohortJSON struct {
	progress.Cohort
	OwnerEmail  string                    `json:"owner_email"` // "" for one that was erased
	Learners    []cohortLearner           `json:"learners"`
	Assignments []progress.AssignmentInfo `json:"assignments"`
	Invitations []progress.Invite         `json:"invitations"`
}

type cohortLearner struct {
	ID    progress.LearnerID `json:"id"`
	Name  string             `json:"name"`
	Email string             `json:"email"` // "" for a guest
}

// invitedJSON is what `crosswalk cohort invite -json` prints.
type invitedJSON struct {
	Added   []cohortLearner `json:"added"`
	There   int             `json:"members_before"`
	Invited []personJSON    `json:"invited"`
}

type personJSON struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Path  string `json:"path"` // of the personal link, below the address of the site
}

// cohortCommands lists cohorts, invites into them and prints their grades.
func cohortCommands(ctx context.Context, args []string, io streams) error {
	f := newFlags("cohort", io).withDB().withJSON()
	asCSV := f.Bool("csv", false, "grades: print CSV")
	xlsx := f.String("xlsx", "", "grades: write a workbook to this `file`")
	zone := f.String("zone", "UTC", "grades: the `zone` of the times, such as America/Chicago")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	want := map[string]int{"list": 0, "show": 1, "grades": 1, "invite": 2}
	if len(rest) == 0 {
		return usagef("say what to do: list, show, grades or invite")
	}
	verb, rest := rest[0], rest[1:]
	n, known := want[verb]
	switch {
	case !known:
		return usagef("%q is none of list, show, grades, invite", verb)
	case len(rest) != n:
		return usagef("%s takes %s", verb, []string{"no arguments", "the id or name of a cohort", "the id or name of a cohort and a CSV file of names and e-mails"}[n])
	case *asCSV && f.json:
		return usagef("choose one of -json and -csv")
	}
	loc, err := time.LoadLocation(*zone)
	if err != nil {
		return usagef("there is no time zone %q", *zone)
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	c := cohortCommand{prog: prog, op: progress.Operator(progress.DefaultOrg), io: io, json: f.json}
	if verb == "list" {
		return c.list(ctx)
	}
	co, err := c.find(ctx, rest[0])
	if err != nil {
		return err
	}
	switch verb {
	case "show":
		return c.show(ctx, co)
	case "invite":
		return c.invite(ctx, co, rest[1])
	}
	return c.grades(ctx, co, *asCSV, *xlsx, loc)
}

type cohortCommand struct {
	prog *progress.Service
	op   progress.Actor
	io   streams
	json bool
}

func (c *cohortCommand) email(ctx context.Context, id progress.LearnerID) string {
	l, err := c.prog.Learner(ctx, c.op, id)
	if err != nil {
		return ""
	}
	return l.Email
}

// find takes an id, or a name that only one open cohort has.
func (c *cohortCommand) find(ctx context.Context, arg string) (progress.Cohort, error) {
	all, err := c.prog.Cohorts(ctx, c.op)
	if err != nil {
		return progress.Cohort{}, err
	}
	if i := slices.IndexFunc(all, func(x progress.Cohort) bool { return string(x.ID) == arg }); i >= 0 {
		return all[i], nil
	}
	var found []progress.Cohort
	for _, x := range all {
		if x.ClosedAt == nil && strings.EqualFold(x.Name, arg) {
			found = append(found, x)
		}
	}
	switch len(found) {
	case 0:
		return progress.Cohort{}, usagef("there is no cohort %q; crosswalk cohort list shows those there are", arg)
	case 1:
		return found[0], nil
	}
	return progress.Cohort{}, usagef("%d cohorts are called %q: name one by its id, which crosswalk cohort list shows", len(found), arg)
}

func (c *cohortCommand) list(ctx context.Context) error {
	all, err := c.prog.Cohorts(ctx, c.op)
	if err != nil {
		return err
	}
	if c.json {
		if all == nil {
			all = []progress.Cohort{}
		}
		return printJSON(c.io, all)
	}
	for _, x := range all {
		state := ""
		if x.ClosedAt != nil {
			state = "  closed"
		}
		fmt.Fprintf(c.io.out, "%s  %4d  %-28s %s%s\n", x.ID, x.Members, c.email(ctx, x.Owner), x.Name, state)
	}
	fmt.Fprintf(c.io.out, "%d cohorts\n", len(all))
	return nil
}

func (c *cohortCommand) show(ctx context.Context, co progress.Cohort) error {
	out := cohortJSON{Cohort: co, OwnerEmail: c.email(ctx, co.Owner), Learners: []cohortLearner{}}
	members, err := c.prog.Members(ctx, c.op, co.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		out.Learners = append(out.Learners, cohortLearner{m.ID, m.Name, m.Email})
	}
	if out.Assignments, err = c.prog.Assignments(ctx, c.op, co.ID); err != nil {
		return err
	}
	if out.Invitations, err = c.prog.Invites(ctx, c.op, co.ID); err != nil {
		return err
	}
	if c.json {
		return printJSON(c.io, out)
	}
	fmt.Fprintf(c.io.out, "%s, of %s\n\n%d learners\n", co.Name, out.OwnerEmail, len(out.Learners))
	for _, l := range out.Learners {
		fmt.Fprintf(c.io.out, "  %-28s %s\n", l.Name, l.Email)
	}
	fmt.Fprintf(c.io.out, "\n%d assignments\n", len(out.Assignments))
	for _, x := range out.Assignments {
		due := ""
		if x.DueAt != nil {
			due = "  due " + x.DueAt.Format(time.RFC3339)
		}
		fmt.Fprintf(c.io.out, "  %-7s %s%s\n", x.Kind, gradesheet.Title(x), due)
	}
	waiting := 0
	for _, i := range out.Invitations {
		if i.Email != "" {
			waiting++
		}
	}
	fmt.Fprintf(c.io.out, "\n%d invited who have not come yet\n", waiting)
	return nil
}

func (c *cohortCommand) grades(ctx context.Context, co progress.Cohort, asCSV bool, xlsx string, zone *time.Location) error {
	g, err := c.prog.Gradebook(ctx, c.op, co.ID)
	if err != nil {
		return err
	}
	sheet := gradesheet.Of(g, zone)
	if xlsx != "" {
		b, err := sheet.XLSX()
		if err != nil {
			return err
		}
		if err := os.WriteFile(xlsx, b, 0o600); err != nil {
			return usagef("%v", err)
		}
		if !asCSV && !c.json {
			fmt.Fprintf(c.io.out, "%s holds the grades of %d learners\n", xlsx, len(g.Rows))
			return nil
		}
	}
	switch {
	case c.json:
		return printJSON(c.io, g)
	case asCSV:
		b, err := sheet.CSV()
		if err != nil {
			return err
		}
		_, err = c.io.out.Write(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))) // for other programs, which know UTF-8 without being told
		return err
	}
	for _, r := range g.Rows {
		average := "–"
		if r.Scored > 0 {
			average = fmt.Sprintf("%.1f %%", float64(r.Average10)/10)
		}
		fmt.Fprintf(c.io.out, "%-28s %8s  %d done, %d late, %d missing\n", r.Learner.Name, average, r.Done, r.Late, r.Missing)
	}
	fmt.Fprintf(c.io.out, "%d learners, %d assignments\n", len(g.Rows), len(g.Columns))
	return nil
}

func (c *cohortCommand) invite(ctx context.Context, co progress.Cohort, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return usagef("%v", err)
	}
	came, err := c.prog.InviteFile(ctx, c.op, co.ID, text)
	if wrong := wrongIn(file, err); wrong != "" {
		return usagef("nobody was invited\n%s", wrong)
	}
	if err != nil {
		return err
	}
	out := invitedJSON{Added: []cohortLearner{}, There: came.There, Invited: []personJSON{}}
	for _, l := range came.Added {
		out.Added = append(out.Added, cohortLearner{l.ID, l.Name, l.Email})
	}
	for _, i := range came.Invited {
		out.Invited = append(out.Invited, personJSON{i.Name, i.Email, "/join/" + string(i.Token)})
	}
	if c.json {
		return printJSON(c.io, out)
	}
	for _, p := range out.Invited {
		fmt.Fprintf(c.io.out, "%-28s %s\n", p.Email, p.Path)
	}
	fmt.Fprintf(c.io.out, "%d added, %d members before, %d invited: hand each of these the address of the site with their path; it is not shown again\n", len(out.Added), out.There, len(out.Invited))
	return nil
}
