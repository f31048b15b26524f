package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/itemstats"
)

// analyse says how the items of an exam, one item, or all that was answered fared.
func analyse(ctx context.Context, args []string, io streams) error {
	f := newFlags("analyse", io).withDB().withJSON()
	area := f.String("area", "", "only items of this `area`, without an argument")
	exam := f.String("exam", "", "an item: as it fared in this `exam`")
	from := f.String("from", "", "from this `day` on, such as 2026-11-21")
	to := f.String("to", "", "up to and with this `day`")
	all := f.Bool("all", false, "an exam: every sitting, and not only the first of each learner")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 1 || len(rest) == 1 && *area != "" {
		return usagef("it takes one exam or item, or -area, or nothing for all items")
	}
	if len(rest) == 0 && *exam != "" {
		return usagef("-exam goes with an item; an exam itself is an argument: crosswalk analyse %s", *exam)
	}
	filter := progress.AnalysisFilter{All: *all}
	if filter.From, err = dayFlag(*from, 0); err != nil {
		return err
	}
	if filter.To, err = dayFlag(*to, 1); err != nil {
		return err
	}
	if filter.From != nil && filter.To != nil && !filter.From.Before(*filter.To) {
		return usagef("%s is after %s: no answer lies between them", *from, *to)
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	op := progress.Operator(progress.DefaultOrg)
	if len(rest) == 0 {
		a, err := prog.AnalyseArea(ctx, op, *area, filter)
		if errors.Is(err, progress.ErrNotFound) {
			return usagef("there is no area %q", *area)
		}
		return printAnalysis(io, f.json, a, err)
	}
	name := rest[0]
	if *exam == "" {
		a, err := prog.AnalyseExam(ctx, op, name, filter)
		if !errors.Is(err, progress.ErrNotFound) {
			return printAnalysis(io, f.json, a, err)
		}
	}
	kind := progress.ItemKind("")
	if id, is := strings.CutPrefix(name, "case:"); is {
		name, kind = id, progress.KindCase
	}
	it, err := prog.AnalyseItem(ctx, op, kind, name, *exam, filter)
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("%q is no exam, question or case that there is", rest[0])
	}
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(io, it)
	}
	printItem(io.out, it)
	return nil
}

func dayFlag(typed string, add int) (*time.Time, error) {
	if typed == "" {
		return nil, nil
	}
	t, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return nil, usagef("%q is no day: write it as in 2026-11-21", typed)
	}
	t = t.AddDate(0, 0, add)
	return &t, nil
}

func printAnalysis(io streams, asJSON bool, a progress.Analysis, err error) error {
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(io, a)
	}
	fmt.Fprintf(io.out, "%s: %d answers, %d %s\n", cmp.Or(a.Name, "all areas"), a.Answers, a.Persons, map[bool]string{true: "sittings", false: "people"}[a.Exam != ""])
	l := a.LeftOut
	if l.Sealed+l.Repeats+l.Older > 0 {
		fmt.Fprintf(io.out, "left out: %d sittings whose answers are not open, %d repeated, %d of earlier texts\n", l.Sealed, l.Repeats, l.Older)
	}
	if l.Partial {
		fmt.Fprintf(io.out, "only the newest %d answers were read\n", progress.MaxAnalysed)
	}
	if f := a.Form; f != nil && f.Mean != nil {
		fmt.Fprintf(io.out, "mean %.1f %%, SD %.1f %%", 100**f.Mean, 100**f.SD)
		if f.Reliability != nil {
			fmt.Fprintf(io.out, ", %s %.2f, standard error %.1f %%", f.Formula, *f.Reliability, 100**f.SEM)
		}
		fmt.Fprintln(io.out)
	}
	if len(a.Items) == 0 {
		return nil
	}
	fmt.Fprintf(io.out, "\n%-40s %6s %6s %6s %6s %6s %6s\n", "item, the worst first", "n", "right", "r", "index", "infit", "time")
	for _, it := range a.Items {
		fmt.Fprintf(io.out, "%-40s %6d %6s %6s %6s %6s %6s\n", it.ID, it.N, shareText(it.Facility), rangeText(it.PointBiserial), indexText(it.Discrimination), infitText(it.Rasch), timeText(it.Time))
		for _, fl := range it.Flags {
			if fl.Kind != itemstats.FlagFew {
				fmt.Fprintf(io.out, "    %s: %s\n", fl.Kind, fl.Text)
			}
		}
	}
	return nil
}

func printItem(out io.Writer, it progress.ItemAnalysis) {
	fmt.Fprintf(out, "%s: %d answers\n", it.ID, it.N)
	for _, fl := range it.Flags {
		fmt.Fprintf(out, "  %s: %s\n", fl.Kind, fl.Text)
	}
	if it.N == 0 {
		return
	}
	fmt.Fprintf(out, "  right %s, point-biserial %s, index %s, infit %s, median time %s\n", shareText(it.Facility), rangeText(it.PointBiserial), indexText(it.Discrimination), infitText(it.Rasch), timeText(it.Time))
	if d := it.Drift; d != nil {
		fmt.Fprintf(out, "  drift %+.2f (%.0f %% earlier, %.0f %% later, p %.2f among all items)\n", d.Change, 100*d.Early, 100*d.Late, d.Adjusted)
	}
	if it.Kind == progress.KindQuestion {
		fmt.Fprintf(out, "\n%-30s %6s %7s %7s %7s %7s\n", "answer", "n", "weakest", "middle", "best", "r")
		for _, o := range it.Options {
			label := cmp.Or(o.Label, "(left out)")
			if o.Others > 0 {
				label = fmt.Sprintf("(%d other answers)", o.Others)
			}
			if o.Right {
				label += " *"
			}
			fmt.Fprintf(out, "%-30s %6d %7s %7s %7s %7s\n", label, o.N, percentText(o.Lower), percentText(o.Middle), percentText(o.Upper), numberText(o.PointBiserial))
		}
	}
	if it.Lines != nil {
		printLines(out, *it.Lines)
	}
}

func printLines(out io.Writer, l progress.ChartLines) {
	fmt.Fprintf(out, "\n%-16s %6s %6s %6s %6s  %s\n", "line", "right", "near", "wrong", "missed", "instead")
	for _, line := range append(l.Lines, l.Others...) {
		var instead []string
		for _, c := range line.Instead {
			instead = append(instead, fmt.Sprintf("%s × %d", c.Code, c.N))
		}
		fmt.Fprintf(out, "%-16s %6d %6d %6d %6d  %s\n", line.Line, line.Right, line.Near, line.Wrong, line.Missed, strings.Join(instead, ", "))
	}
	for _, c := range l.Traps {
		fmt.Fprintf(out, "trap %-11s %6d  %s\n", c.Code, c.N, c.Trap)
	}
	for _, c := range l.Extras {
		fmt.Fprintf(out, "added %-10s %6d  %s\n", c.Code, c.N, c.Finding)
	}
}

func numberText(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *v)
}

func percentText(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100**v)
}

func shareText(r *itemstats.Range) string {
	if r == nil {
		return "-"
	}
	return percentText(&r.Value)
}

func rangeText(r *itemstats.Range) string {
	if r == nil {
		return "-"
	}
	return numberText(&r.Value)
}

func indexText(d *itemstats.Discrimination) string {
	if d == nil {
		return "-"
	}
	return numberText(&d.Index)
}

func infitText(r *itemstats.Rasch) string {
	if r == nil {
		return "-"
	}
	return numberText(r.Infit)
}

func timeText(t *itemstats.Times) string {
	if t == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f s", t.Median)
}
