// Command learnersim makes learners from known models, runs them through the code that Crosswalk judges real ones with, and prints how that fares.
//
//	learnersim readiness [-learners 5500] [-seed 1] [-cohort 0]   are forecasts of an exam calibrated? reliability, Brier scores, coverage of the ranges
//	learnersim ability   [-learners 1000] [-seed 1]   the error of ability against the number of answers
//	learnersim placement [-learners 6000] [-seed 1]   the adaptive placement test against a fixed one
//	learnersim plan      [-learners 60]   [-seed 1]   the planner against reviewing what is due first, under the same minutes
//	learnersim weights   [-learners 1000] [-seed 1]   how the weights of repeated and old answers were chosen
//
// The figures in docs/readiness.md come from it; the same seed gives the same figures. The models are described in package
// crosswalk/progress/learnersim.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is a subcommand; run reads its flags from args.
type command struct {
	name string
	run  func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"readiness", runReadiness},
	{"ability", runAbility},
	{"placement", runPlacement},
	{"weights", runWeights},
	{"plan", runPlan},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run gives the exit status: 0 fine, 1 it went wrong, 2 usage.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name != args[0] {
				continue
			}
			if err := c.run(ctx, args[1:], out); err != nil {
				fmt.Fprintf(errs, "learnersim %s: %v\n", c.name, err)
				return 1
			}
			return 0
		}
		fmt.Fprintf(errs, "learnersim: no command %q\n", args[0])
	}
	fmt.Fprint(errs, "usage: learnersim COMMAND [flags], where COMMAND is one of")
	for _, c := range commands {
		fmt.Fprintf(errs, " %s", c.name)
	}
	fmt.Fprintln(errs)
	return 2
}

// trial holds the flags that all simulations have.
type trial struct {
	learners int
	cohort   int
	seed     uint64
}

func flags(name string, learners int, args []string) (trial, error) {
	var t trial
	fs := flag.NewFlagSet("learnersim "+name, flag.ContinueOnError)
	fs.IntVar(&t.learners, "learners", learners, "how many learners of each world")
	fs.IntVar(&t.cohort, "cohort", 0, "readiness: how many learners of each school answered before, so that the difficulties of its bank are learnt")
	fs.Uint64Var(&t.seed, "seed", 1, "of everything drawn; the same gives the same figures")
	if err := fs.Parse(args); err != nil {
		return t, err
	}
	if fs.NArg() > 0 {
		return t, fmt.Errorf("%q is one argument too many", fs.Arg(0))
	}
	if t.learners < 50 || t.learners > 200_000 {
		return t, fmt.Errorf("-learners %d: give 50 to 200000", t.learners)
	}
	if t.cohort < 0 || t.cohort > 2000 {
		return t, fmt.Errorf("-cohort %d: give 0 to 2000", t.cohort)
	}
	return t, nil
}
