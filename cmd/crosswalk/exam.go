package main

import (
	"context"
	"fmt"

	"crosswalk/quizzes"
)

// exam draws a form of a blueprint.
func exam(ctx context.Context, args []string, io streams) error {
	f := newFlags("exam", io).withJSON()
	seed := f.Uint64("seed", 1, "the seed: the same seed draws the same form")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "draw" {
		return usagef("it draws a form, as in: crosswalk exam draw cpc -seed 7")
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	bp, err := c.bank.Blueprint(rest[1])
	if err != nil {
		ids := ""
		for _, b := range c.bank.Blueprints() {
			ids += " " + b.ID
		}
		return usagef("there is no exam %q; there are:%s", rest[1], ids)
	}
	form, err := c.bank.Draw(bp, *seed, func(string) bool { return false })
	if err != nil {
		return err
	}
	if f.json {
		return printJSON(io, form)
	}
	printForm(io, form)
	return nil
}

func printForm(io streams, form quizzes.Form) {
	for i, it := range form.Items {
		scored := ""
		if !it.Scored {
			scored = " (unscored)"
		}
		fmt.Fprintf(io.out, "%3d  %-16s %s%s\n", i+1, it.Area, it.ID, scored)
	}
}
