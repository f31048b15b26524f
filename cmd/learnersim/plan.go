package main

import (
	"context"
	"fmt"
	"io"

	"crosswalk/progress/learnersim"
)

// runPlan compares the planner with reviewing what is due first, under the same minutes.
func runPlan(ctx context.Context, args []string, out io.Writer) error {
	t, err := flags("plan", 60, args)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d learners to a budget, each lives through the same preparation in every way: expected share right at the exam, in per cent.\n", t.learners)
	for _, w := range learnersim.PlanWorlds() {
		cells, err := learnersim.Plans(ctx, w, learnersim.PlanOptions{Seed: t.seed, Learners: t.learners})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\nworld %q\n", w.Name)
		fmt.Fprintf(out, "%5s %7s %8s %10s %10s %8s   %-26s %-26s %7s   %-18s %-18s\n", "days", "min/day", "no study", "due first", "by weight", "planner",
			"gain over due first", "gain over by weight", "better", "minutes studied", "foretold half way")
		for _, c := range cells {
			fmt.Fprintf(out, "%5d %7d %8.1f %10.1f %10.1f %8.1f   %-26s %-26s %6.0f%%   %-18s %.1f, off by %.1f\n", c.Days, c.Minutes, 100*c.Nothing, 100*c.DueFirst, 100*c.ByWeight, 100*c.Planner,
				points(c.Gain), points(c.GainByWeight), 100*c.Better, fmt.Sprintf("%.0f, %.0f, %.0f", c.Used[0], c.Used[1], c.Used[2]), 100*c.Foretold, 100*c.Off)
		}
	}
	fmt.Fprint(out, `
due first   what is due is reviewed, the longest overdue first; then new material in the order of the catalogue; then what will be due next
by weight   the same, but new material area by area, those with the most items in the exam first
gain        of the planner, in points, with the 95 % interval over the learners (paired)
better      share of the learners for whom the planner does better than due first
`)
	return nil
}

func points(g learnersim.Interval) string {
	return fmt.Sprintf("%+.2f (%+.2f to %+.2f)", 100*g.Mean, 100*g.Low, 100*g.High)
}
