package main

import (
	"context"
	"fmt"
	"io"

	"crosswalk/progress/learnersim"
)

func worlds() []learnersim.World { return []learnersim.World{learnersim.Ours(), learnersim.Differs()} }

func runReadiness(ctx context.Context, args []string, out io.Writer) error {
	opt, err := flags("readiness", 5500, args)
	if err != nil {
		return err
	}
	for _, w := range worlds() {
		t := learnersim.Trial{World: w, Seed: opt.seed, Learners: opt.learners, Cohort: opt.cohort, Record: learnersim.Standing}
		sat, err := t.Sat(ctx)
		if err != nil {
			return err
		}
		printCalibration(out, learnersim.Judge(t, sat))
	}
	return nil
}

func printCalibration(out io.Writer, c learnersim.Calibration) {
	fmt.Fprintf(out, "World %q: %d learners, %d of them with the minimum of evidence, pass rate %.1f %%\n\n", c.World, c.Learners, c.Foretold, share(c.Track.Passed, c.Foretold))
	fmt.Fprintln(out, "  foretold     learners  mean foretold  passed   90 % interval of the share")
	for _, b := range c.Track.Bins {
		fmt.Fprintf(out, "  %3.0f-%3.0f %%    %8d  %11.1f %%  %4.1f %%   %4.1f-%4.1f %%\n", 100*b.From, 100*b.To, b.N, 100*b.Said, 100*b.Passed, 100*b.Low, 100*b.High)
	}
	fmt.Fprintf(out, "\n  expected calibration error  %.3f\n", c.Track.Error)
	fmt.Fprintf(out, "  Brier score                 %.4f; foretelling everyone the pass rate %.4f\n", c.Track.Brier, c.Track.RateOnly)
	fmt.Fprintf(out, "  of the %d with two mocks    %.4f; the pass rate %.4f, the mean of the two against the line %.4f, the best curve through that mean %.4f\n",
		c.WithMocks, c.Brier, c.BrierRate, c.BrierLine, c.BrierBest)
	fmt.Fprintf(out, "  the 90 %% range of the score holds %.1f %% of the results; predicted and real score differ by %.1f points in the mean, real less predicted is %+.1f\n",
		share(c.Track.Inside, c.Foretold), 100*c.Track.ScoreOff, 100*c.Track.ScoreLag)
	fmt.Fprintf(out, "  the 90 %% range of the chance holds the true chance of %.1f %%; it is %.0f points wide in the mean\n\n", 100*c.Chance, 100*c.Width)
	fmt.Fprintln(out, "  by answers     learners  calibration error  range of the chance  it holds  predicted score off by")
	for _, b := range c.ByAnswers {
		fmt.Fprintf(out, "  %4d-%-4d      %8d  %17.3f  %12.0f points  %6.1f %%  %15.1f points\n", b.From, b.To, b.N, b.Error, 100*b.Width, 100*b.Chance, 100*b.ScoreOff)
	}
	fmt.Fprintln(out)
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

func runAbility(ctx context.Context, args []string, out io.Writer) error {
	opt, err := flags("ability", 1000, args)
	if err != nil {
		return err
	}
	for _, w := range worlds() {
		rows, err := learnersim.Trial{World: w, Seed: opt.seed, Learners: opt.learners, Record: learnersim.Standing}.Recovered(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "World %q: error of ability in logits against the truth of that moment (RMSE; what the model says of itself; bias; share of truths in the 90 %% interval)\n\n", w.Name)
		fmt.Fprintln(out, "  answers  learners      over the areas                          each area")
		for _, r := range rows {
			o, a := r.Overall, r.Areas
			fmt.Fprintf(out, "  %7d  %8d      %.3f  %.3f  %+.3f  %4.1f %%          %.3f  %.3f  %+.3f  %4.1f %%\n",
				r.Answers, o.N, o.RMSE, o.Said, o.Bias, 100*o.Inside, a.RMSE, a.Said, a.Bias, 100*a.Inside)
		}
		fmt.Fprintln(out)
	}
	return nil
}

func runPlacement(ctx context.Context, args []string, out io.Writer) error {
	opt, err := flags("placement", 6000, args)
	if err != nil {
		return err
	}
	const items, cohort = 40, 150
	for _, w := range worlds() {
		for _, n := range []int{0, cohort} {
			p, err := learnersim.Trial{World: w, Seed: opt.seed, Learners: opt.learners, Cohort: n}.Place(ctx, items)
			if err != nil {
				return err
			}
			bank := "difficulties as the authors say"
			if n > 0 {
				bank = fmt.Sprintf("difficulties learnt from the answers of %d learners", n)
			}
			fmt.Fprintf(out, "World %q, %s: error (RMSE in logits) of the mean ability over the areas, %d learners\n\n  items     fixed  adaptive\n", w.Name, bank, opt.learners)
			for k := 4; k < items; k += 5 {
				fmt.Fprintf(out, "  %5d     %.3f     %.3f\n", k+1, p.Fixed[k].RMSE, p.Adaptive[k].RMSE)
			}
			fmt.Fprintf(out, "\n  the adaptive test is as near the truth as the fixed one of %d items after %.1f: %.0f %% fewer\n  left to stop by itself it asks %.1f items\n\n",
				items, p.Items, 100*p.Fewer, p.Stopped)
		}
	}
	return nil
}

func runWeights(ctx context.Context, args []string, out io.Writer) error {
	opt, err := flags("weights", 1000, args)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "world    again  lesson  half-life   calibration error  Brier   score range  chance range  real less predicted score")
	for _, w := range worlds() {
		for _, r := range []learnersim.Rules{
			{Again: 1, Lesson: 1},
			{Again: 0.3, Lesson: 0.5, HalfLife: 90}, {Again: 0.2, Lesson: 0.5, HalfLife: 90}, {Again: 0.15, Lesson: 0.5, HalfLife: 90},
			{Again: 0.1, Lesson: 0.5, HalfLife: 90}, {Again: 0, Lesson: 0.5, HalfLife: 90},
			{Again: 0.15, Lesson: 0.5}, {Again: 0.15, Lesson: 0.5, HalfLife: 45}, {Again: 0.15, Lesson: 0.5, HalfLife: 180},
			{Again: 0.15, Lesson: 1, HalfLife: 90}, {Again: 0.15, Lesson: 0.25, HalfLife: 90},
		} {
			t := learnersim.Trial{World: w, Seed: opt.seed, Learners: opt.learners, Draws: 200, Record: learnersim.Plain(r)}
			sat, err := t.Sat(ctx)
			if err != nil {
				return err
			}
			c := learnersim.Judge(t, sat)
			fmt.Fprintf(out, "%-8s %5.2f  %6.2f  %9.0f   %17.3f  %.4f  %9.1f %%  %10.1f %%  %+.1f points\n", w.Name, r.Again, r.Lesson, r.HalfLife, c.Track.Error, c.Track.Brier,
				share(c.Track.Inside, c.Foretold), 100*c.Chance, 100*c.Track.ScoreLag)
		}
	}
	return nil
}
