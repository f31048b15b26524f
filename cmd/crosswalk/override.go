package main

import (
	"context"
	"fmt"
	"math"

	"crosswalk/grading"
	"crosswalk/progress"
)

// maxPoints is more than any line can have; beyond it a number of hundredths would not hold what was typed.
const maxPoints = 1000

// override gives one line of one attempt another result, or lists the lines that there are.
func override(ctx context.Context, args []string, io streams) error {
	f := newFlags("override", io).withDB().withJSON()
	line := f.String("line", "", "the line of a chart, as the list names it; a question has none")
	points := f.Float64("points", math.NaN(), "its points, as in 2.5; of a question 1 is right and 0 is wrong")
	undo := f.Bool("undo", false, "take back what was decided on the line")
	reason := f.String("reason", "", "why; the learner sees it")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("it takes the id of an attempt, and lists its lines: crosswalk override ATTEMPT; then -line LINE -points 2.5 -reason \"...\"")
	}
	decides := !math.IsNaN(*points)
	switch {
	case decides && *undo:
		return usagef("a line gets -points or -undo, not both")
	case decides && math.Abs(*points) > maxPoints:
		return usagef("%v points are more than any line has", *points)
	case !decides && !*undo && *line+*reason != "":
		return usagef("say what is decided with -points, or take it back with -undo; an attempt alone lists its lines")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	who := progress.Operator(progress.DefaultOrg)
	g, err := prog.Attempt(ctx, who, progress.AttemptID(rest[0]))
	if err != nil {
		return asUsage(err)
	}
	if !decides && !*undo {
		return listLines(f, io, g)
	}
	in := progress.OverrideInput{Attempt: g.Attempt.ID, Line: *line, Seq: g.Grading.Seq, Undo: *undo, Reason: *reason}
	if decides {
		in.Earned = int(math.Round(*points * 100))
	}
	done, err := prog.OverrideLine(ctx, who, in)
	if err != nil {
		return asUsage(err)
	}
	if f.json {
		return printJSON(io, done)
	}
	fmt.Fprintf(io.out, "%s: %.1f %% before, %.1f %% now\n", g.Attempt.ID, float64(g.Grading.Percent10)/10, float64(done.Percent10)/10)
	return nil
}

type overrideLineJSON struct {
	Line     string `json:"line"`
	Entered  string `json:"entered,omitempty"`
	Earned   int    `json:"earned"` // hundredths
	Possible int    `json:"possible"`
	ByHand   bool   `json:"by_hand"`
}

func listLines(f *flags, io streams, g progress.Graded) error {
	held := map[string]bool{}
	if o := g.Grading.Override; o != nil {
		for _, l := range o.Lines {
			held[l.Line] = true
		}
	}
	lines := []overrideLineJSON{{Earned: g.Grading.Earned, Possible: g.Grading.Possible, ByHand: held[""]}}
	if g.Attempt.Kind == progress.KindCase {
		r, err := g.Grading.CaseResult()
		if err != nil {
			return err
		}
		lines = lines[:0]
		for _, l := range r.Lines() {
			lines = append(lines, overrideLineJSON{l.ID, l.Entered, int(l.Earned), int(l.Possible), held[l.ID]})
		}
	}
	if f.json {
		return printJSON(io, lines)
	}
	show := func(p int) string { return fmt.Sprintf("%.2f", float64(grading.Points(p))/100) }
	for _, l := range lines {
		name, by := l.Line, ""
		if name == "" {
			name = g.Attempt.Item
		}
		if l.ByHand {
			by = "  decided by hand"
		}
		fmt.Fprintf(io.out, "%-24s %6s of %s%s\n", name, show(l.Earned), show(l.Possible), by)
	}
	return nil
}
