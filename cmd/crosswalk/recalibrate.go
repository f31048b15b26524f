package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"crosswalk/progress"
)

// recalibrate learns from the record how hard items are and how learners forget. It is run now and then, by hand or by a timer.
func recalibrate(ctx context.Context, args []string, io streams) error {
	f := newFlags("recalibrate", io).withDB().withJSON()
	dry := f.Bool("dry-run", false, "only say what would be learnt")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("it takes no arguments: all items and learners are looked at")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	done, err := prog.Recalibrate(ctx, progress.Operator(progress.DefaultOrg), *dry)
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(io, recalibratedJSON(done))
	}
	verb := "learnt"
	if *dry {
		verb = "would be learnt"
	}
	fmt.Fprintf(io.out, "%d first answers of %d learners: the difficulty of %d items %s, and how %d learners forget\n", done.Answers, done.Learners, len(done.Items), verb, len(done.Fits))
	items := slices.Clone(done.Items)
	slices.SortStableFunc(items, func(x, y progress.ItemCalibration) int {
		return cmp.Compare(math.Abs(y.Difficulty-y.Author), math.Abs(x.Difficulty-x.Author))
	})
	for _, it := range items[:min(20, len(items))] {
		fmt.Fprintf(io.out, "  %-40s %+5.2f -> %+5.2f logits (± %.2f, %d answers)\n", it.Item, it.Author, it.Difficulty, it.SD, it.Responses)
	}
	if len(items) > 20 {
		fmt.Fprintf(io.out, "  and %d that moved less\n", len(items)-20)
	}
	return nil
}

type recalibration struct {
	Batch    string                     `json:"batch"`
	DryRun   bool                       `json:"dry_run"`
	Learners int                        `json:"learners"`
	Answers  int                        `json:"answers"`
	Items    []progress.ItemCalibration `json:"items"`
	Fits     int                        `json:"fits"`
}

func recalibratedJSON(r progress.Recalibrated) recalibration {
	out := recalibration{string(r.Batch), r.DryRun, r.Learners, r.Answers, r.Items, len(r.Fits)}
	if out.Items == nil {
		out.Items = []progress.ItemCalibration{}
	}
	return out
}
