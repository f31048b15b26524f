package main

import (
	"context"
	"fmt"

	"crosswalk/progress"
)

// regrade grades the attempts of an item anew with today's key. Old gradings stay beside the new ones.
func regrade(ctx context.Context, args []string, io streams) error {
	f := newFlags("regrade", io).withDB()
	dry := f.Bool("dry-run", false, "only say what would change")
	reason := f.String("reason", "", "why, kept with each new grading")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("it takes the id of a question or case, as in: crosswalk regrade ed-colles-fracture -dry-run")
	}
	if *reason == "" && !*dry {
		return usagef("say why with -reason, as in: -reason \"key mended: initial encounter\"")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	done, err := prog.Regrade(ctx, progress.Operator(progress.DefaultOrg), rest[0], *reason, *dry)
	if err != nil {
		return asUsage(err)
	}
	verb := "graded anew"
	if *dry {
		verb = "would be graded anew"
	}
	fmt.Fprintf(io.out, "%d attempts looked at, %d %s, %d already graded by this key, %d answered to another text\n", done.Attempts, len(done.Changes), verb, done.Same, done.Skipped)
	if done.ByPolicy > 0 {
		fmt.Fprintf(io.out, "%d gradings by policies %s beside them\n", done.ByPolicy, verb)
	}
	for _, ch := range done.Changes {
		if ch.Before != ch.After || ch.WasCorrect != ch.NowCorrect {
			fmt.Fprintf(io.out, "  %s  %.1f %% -> %.1f %%\n", ch.Attempt, float64(ch.Before)/10, float64(ch.After)/10)
		}
	}
	return nil
}
