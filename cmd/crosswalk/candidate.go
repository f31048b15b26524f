package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"crosswalk/progress"
)

// candidateVerbs are what the command does, with how many arguments follow.
var candidateVerbs = map[string]int{"list": 1, "invite": 2, "events": 2, "link": 2, "revoke": 2, "export": 2, "erase": 2}

// candidateCommands invites candidates to a hiring test and manages them as an admin does.
func candidateCommands(ctx context.Context, args []string, io streams) error {
	f := newFlags("candidate", io).withDB().withJSON()
	days := f.Int("days", 14, "invite, link: days that a link is good for")
	site := f.String("public-url", "http://127.0.0.1:8080", "invite, link: the `address` of the site, which links begin with")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say what to do: list TEST, invite TEST FILE.csv, or events, link, revoke, export, erase TEST CANDIDATE")
	}
	verb, rest := rest[0], rest[1:]
	switch n, known := candidateVerbs[verb]; {
	case !known:
		return usagef("%q is none of list, invite, events, link, revoke, export, erase", verb)
	case len(rest) != n:
		return usagef("%s takes %s", verb, map[bool]string{true: "the id of a hiring test", false: "the id of a hiring test and then a file of names or the id of a candidate"}[n == 1])
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	c := candidateCommand{prog: prog, op: progress.Operator(progress.DefaultOrg), io: io, json: f.json, test: progress.AssessmentID(rest[0]), days: *days, site: strings.TrimRight(*site, "/")}
	if verb == "list" {
		err = c.list(ctx)
	} else {
		err = c.do(ctx, verb, rest[1])
	}
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no such test or candidate; crosswalk hire list shows the tests, crosswalk candidate list TEST the candidates")
	}
	return err
}

type candidateCommand struct {
	prog *progress.Service
	op   progress.Actor
	io   streams
	json bool
	test progress.AssessmentID
	days int
	site string
}

func (c *candidateCommand) do(ctx context.Context, verb, arg string) error {
	id := progress.CandidateID(arg)
	switch verb {
	case "invite":
		return c.invite(ctx, arg)
	case "events":
		return c.events(ctx, id)
	case "link":
		l, err := c.prog.ReissueLink(ctx, c.op, c.test, id, c.days)
		if err != nil {
			return err
		}
		return c.links([]progress.CandidateLink{l})
	case "revoke":
		return c.prog.RevokeCandidate(ctx, c.op, c.test, id)
	case "erase":
		return c.prog.EraseCandidate(ctx, c.op, c.test, id)
	}
	x, err := c.prog.ExportCandidate(ctx, c.op, c.test, id)
	if err != nil {
		return err
	}
	return printJSON(c.io, x)
}

func (c *candidateCommand) list(ctx context.Context) error {
	vs, err := c.prog.Candidates(ctx, c.op, c.test)
	if err != nil {
		return err
	}
	if c.json {
		if vs == nil {
			vs = []progress.CandidateView{}
		}
		return printJSON(c.io, vs)
	}
	w := tabwriter.NewWriter(c.io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "candidate\tstate\terased on\tnumber\tname")
	for _, v := range vs {
		on := ""
		if v.EraseOn != nil {
			on = v.EraseOn.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", v.ID, v.State, on, v.Ref, v.Name)
	}
	return w.Flush()
}

// invite makes links for the people of a file. It is by the file's words that a second run is the same invitation.
func (c *candidateCommand) invite(ctx context.Context, file string) error {
	people, err := os.ReadFile(file)
	if err != nil {
		return usagef("%v", err)
	}
	links, err := c.prog.InviteCandidates(ctx, c.op, c.test, progress.CandidateInvite{ClientKey: "command-line", People: people, Days: c.days})
	if err != nil {
		return err
	}
	return c.links(links)
}

// links prints links as CSV, the only time that they can be told.
func (c *candidateCommand) links(links []progress.CandidateLink) error {
	type row struct {
		ID    progress.CandidateID `json:"id"`
		Name  string               `json:"name"`
		Email string               `json:"email"`
		Ref   string               `json:"ref"`
		Link  string               `json:"link"`
		Until time.Time            `json:"until"`
	}
	rows := []row{}
	for _, l := range links {
		rows = append(rows, row{l.ID, l.Name, l.Email, l.Ref, c.site + "/sit/" + string(l.Token), l.LinkUntil})
	}
	if c.json {
		return printJSON(c.io, rows)
	}
	w := csv.NewWriter(c.io.out)
	out := [][]string{{"id", "name", "email", "number", "link", "good until"}}
	for _, r := range rows {
		out = append(out, []string{string(r.ID), r.Name, r.Email, r.Ref, r.Link, r.Until.Format(time.RFC3339)})
	}
	return w.WriteAll(out)
}

func (c *candidateCommand) events(ctx context.Context, id progress.CandidateID) error {
	es, err := c.prog.CandidateEvents(ctx, c.op, c.test, id)
	if err != nil {
		return err
	}
	if c.json {
		if es == nil {
			es = []progress.CandidateEvent{}
		}
		return printJSON(c.io, es)
	}
	for _, e := range es {
		fmt.Fprintf(c.io.out, "%s  %-7s  %4d s  %s\n", e.At.Format(time.RFC3339), e.Kind, e.Seconds, e.Detail)
	}
	return nil
}
