package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
)

// evidence prints what a hiring test can show for itself. -json prints the sheet as /hire/TEST/evidence.json gives it.
func (c *hireCommand) evidence(ctx context.Context, id progress.AssessmentID) error {
	x, err := c.prog.Evidence(ctx, c.op, id)
	if err != nil {
		return told(err)
	}
	if c.json {
		return printJSON(c.io, x)
	}
	w := tabwriter.NewWriter(c.io.out, 0, 0, 2, ' ', 0)
	line := func(name string, format string, args ...any) {
		fmt.Fprintf(w, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	line("test", "%s, %s", x.Name, x.State)
	line("code year", "%d, %s", x.CodeYear, x.Edition)
	line("job", "%s", x.Job)
	for _, t := range x.Coverage.Tasks {
		covered := "nothing covers it"
		if t.Items > 0 {
			covered = fmt.Sprintf("%d items, %.0f %% of the points", t.Items, 100*t.Share)
		}
		line("task", "%s: %s", t.Text, covered)
	}
	it := x.Items
	line("a form", "%d questions, %d charts, %d points", it.Questions, it.Charts, it.Points)
	line("drawn from", "%d questions, %d charts; %d with a cited rule; last review %s", it.PoolQuestions, it.PoolCharts, it.Cited, orDash(it.LastReview))
	printReliability(line, x.Reliability)
	printLine(line, x.Line)
	printImpact(line, "groups, as entered", x.Impact.Entered)
	printImpact(line, "groups of candidates", x.Impact.Candidates)
	if x.Impact.Entered == nil && x.Impact.Candidates == nil {
		line("groups", "none recorded, or too few to be told")
	}
	return w.Flush()
}

type printer = func(name, format string, args ...any)

func printReliability(line printer, r progress.EvidenceScores) {
	d, word := r.Decisions, ""
	switch {
	case !r.Enough:
		line("reliability", "not enough: %d candidates have handed in, %d are needed", r.Candidates, r.Needed)
		d, word = r.Supposed, "expected "
		if e := r.Expected; e != nil {
			line("expected reliability", "%.2f, standard error %.1f points, by a model of candidates and %d forms", e.Reliability, 100*e.SEM, e.Forms)
		}
	case r.Form == nil || r.Form.Reliability == nil || r.Form.SEM == nil:
		line("reliability", "the scores do not differ enough")
	default:
		line("reliability", "%.2f (%s), standard error %.1f points, %d candidates", *r.Form.Reliability, r.Form.Formula, 100**r.Form.SEM, r.Form.Persons)
	}
	if d != nil {
		line(word+"decisions", "%.1f %% the same a second time, kappa %.2f, %.1f %% right (Livingston and Lewis)", 100*d.Consistency, d.Kappa, 100*d.Accuracy)
	}
}

func printLine(line printer, l progress.EvidenceLine) {
	line("pass line", "%d %%", l.Percent)
	if c, ok := l.Cut(); ok {
		se := "no standard error of one judge"
		if c.SE != nil {
			se = fmt.Sprintf("standard error %.1f, spread between judges %.1f", *c.SE, *c.SD)
		}
		line("cut score (Angoff)", "%.1f %%, %s, %d judges, %d items", *c.Percent, se, c.Panel, l.Items)
	} else {
		line("cut score", "no judges were asked")
	}
	line("why", "%s", orDash(strings.Join(strings.Fields(l.Reason), " ")))
}

func printImpact(line printer, name string, x *evidence.Impact) {
	if x == nil {
		return
	}
	for _, g := range x.Groups {
		ratio, p := "–", "–"
		if g.Ratio != nil {
			ratio = strconv.FormatFloat(*g.Ratio, 'f', 2, 64)
		}
		if g.P != nil {
			p = strconv.FormatFloat(*g.P, 'f', 3, 64)
		}
		marks := ""
		if g.Below {
			marks += ", below four fifths"
		}
		if g.Small {
			marks += ", small numbers"
		}
		line(name, "%s: %d of %d, ratio %s, p %s%s", g.Name, g.Selected, g.Tested, ratio, p, marks)
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
