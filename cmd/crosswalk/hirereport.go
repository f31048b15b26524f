package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
	"crosswalk/progress/hirereport"
)

// hireCommands lists and shows hiring tests, draws forms of them, reports on candidates and compares them.
func hireCommands(ctx context.Context, args []string, io streams) error {
	f := newFlags("hire", io).withDB().withJSON()
	asCSV := f.Bool("csv", false, "compare: print CSV with the whole report of each")
	blind := f.Bool("blind", false, "hide names")
	try := f.Int("try", 0, "report: which try, 1 for the first; the newest when it is left out")
	zone := f.String("zone", "UTC", "compare: the `zone` of the times in the CSV, such as America/Chicago")
	seed := f.Uint64("seed", 1, "draw: the seed; the same seed draws the same form")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	want := map[string]int{"list": 0, "show": 1, "draw": 1, "compare": 1, "report": 2, "evidence": 1}
	if len(rest) == 0 {
		return usagef("say what to do: list, show, draw, compare, report or evidence")
	}
	verb, rest := rest[0], rest[1:]
	n, known := want[verb]
	loc, badZone := time.LoadLocation(*zone)
	switch {
	case !known:
		return usagef("%q is none of list, show, draw, compare, report, evidence", verb)
	case len(rest) != n:
		return usagef("%s takes %s", verb, []string{"no arguments", "the id of a hiring test", "the ids of a hiring test and of a candidate"}[n])
	case *asCSV && f.json:
		return usagef("choose one of -json and -csv")
	case *try < 0:
		return usagef("-try counts from 1")
	case badZone != nil:
		return usagef("there is no time zone %q", *zone)
	}
	if verb == "list" || verb == "show" || verb == "draw" {
		return hireCatalog(ctx, f, io, verb, rest, *seed)
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	c := hireCommand{prog: prog, op: progress.Operator(progress.DefaultOrg), io: io, json: f.json}
	if verb == "compare" {
		return c.compare(ctx, progress.AssessmentID(rest[0]), *blind, *asCSV, loc)
	}
	if verb == "evidence" {
		return c.evidence(ctx, progress.AssessmentID(rest[0]))
	}
	return c.report(ctx, progress.AssessmentID(rest[0]), progress.CandidateID(rest[1]), progress.ReportFilter{Try: *try, Blind: *blind})
}

type hireCommand struct {
	prog *progress.Service
	op   progress.Actor
	io   streams
	json bool
}

// told turns what cannot be found into words about arguments.
func told(err error) error {
	switch {
	case errors.Is(err, progress.ErrNotFound):
		return usagef("there is no such test, candidate or try; crosswalk hire list shows the tests, crosswalk hire compare TEST the candidates with a result")
	case errors.Is(err, progress.ErrNotYet):
		return fmt.Errorf("this candidate has not handed in a test yet")
	}
	return err
}

func (c *hireCommand) compare(ctx context.Context, id progress.AssessmentID, blind, asCSV bool, zone *time.Location) error {
	cmp, err := c.prog.CompareCandidates(ctx, c.op, id, blind)
	if err != nil {
		return told(err)
	}
	switch {
	case c.json:
		return printJSON(c.io, cmp.Comparison)
	case asCSV:
		doc, err := gradesheet.OfCandidates(cmp, zone).CSV()
		if err != nil {
			return err
		}
		_, err = c.io.out.Write(doc)
		return err
	}
	w := tabwriter.NewWriter(c.io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tcandidate\tresult\trange, 90 %\tline\twithin error of\tid")
	for i, row := range cmp.Rows {
		r := row.Report
		passed := "not passed"
		if r.Passed {
			passed = "passed"
		}
		within := "nobody"
		if len(row.Within) > 0 {
			var at []string
			for _, j := range row.Within {
				at = append(at, strconv.Itoa(j+1))
			}
			within = strings.Join(at, " ")
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s to %s\t%s\t%s\t%s\n", i+1, r.Candidate.Name, tenthsText(r.Overall.Percent10), tenthsText(r.Overall.Low10), tenthsText(r.Overall.High10), passed, within, r.Candidate.ID)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(c.io.out, "%d of %d pairs differ beyond error; %d candidates without a result\n", cmp.Apart, cmp.Pairs, cmp.Waiting)
	return nil
}

func (c *hireCommand) report(ctx context.Context, x progress.AssessmentID, id progress.CandidateID, f progress.ReportFilter) error {
	r, err := c.prog.CandidateReport(ctx, c.op, x, id, f)
	if err != nil {
		return told(err)
	}
	if c.json {
		return printJSON(c.io, r.Report)
	}
	w := tabwriter.NewWriter(c.io.out, 0, 0, 2, ' ', 0)
	passed := "not passed"
	if r.Passed {
		passed = "passed"
	}
	fmt.Fprintf(w, "%s\t%s, line %d %%\n", r.Report.Candidate.Name, passed, r.Test.PassPercent)
	for _, row := range []struct {
		name string
		f    *hirereport.Figure
	}{
		{"result", r.Overall}, {"questions", r.Accuracy.Questions}, {"chart lines", r.Accuracy.Lines}, {"charts without an error", r.Accuracy.Clean}, {"ICD-10-CM", r.Accuracy.ICD10CM}, {"ICD-10-PCS", r.Accuracy.ICD10PCS},
		{"CPT", r.Accuracy.CPT}, {"HCPCS Level II", r.Accuracy.HCPCS}, {"modifiers", r.Accuracy.Modifiers}, {"sequencing", r.Accuracy.Sequencing}, {"present on admission", r.Accuracy.POA}, {"MS-DRG", r.Accuracy.DRG},
	} {
		if row.f != nil {
			fmt.Fprintf(w, "%s\t%s\t%s to %s\n", row.name, tenthsText(row.f.Percent10), tenthsText(row.f.Low10), tenthsText(row.f.High10))
		}
	}
	if r.Charts > 0 {
		fmt.Fprintf(w, "over-coded, under-coded\t%d, %d\n", r.Balance.Over, r.Balance.Under)
	}
	for _, e := range r.Errors {
		fmt.Fprintf(w, "%s\t%d\n", e.Finding, e.Count)
	}
	return w.Flush()
}

func tenthsText(v int) string { return strconv.FormatFloat(float64(v)/10, 'f', 1, 64) + " %" }
