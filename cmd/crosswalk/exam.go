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
		return printJSON(io, shownForm(form))
	}
	printForm(io, form)
	return nil
}

// drawnForm is a form as exam draw prints it: what is in it, not how it is shown or what its keys are.
type drawnForm struct {
	Blueprint string      `json:"blueprint"`
	Seed      uint64      `json:"seed"`
	Items     []drawnItem `json:"items"`
}

type drawnItem struct {
	ID     string `json:"id"`
	Area   string `json:"area"`
	Scored bool   `json:"scored"`
	Kind   string `json:"kind,omitempty"`   // "case" for a chart that is coded as a whole
	Group  string `json:"group,omitempty"`  // the case whose chart is shown
	Weight int    `json:"weight,omitempty"` // where it is not 1
}

func shownForm(form quizzes.Form) drawnForm {
	out := drawnForm{Blueprint: form.Blueprint, Seed: form.Seed, Items: []drawnItem{}}
	for _, it := range form.Items {
		d := drawnItem{ID: it.ID, Area: it.Area, Scored: it.Scored, Group: it.Group}
		if it.Kind != quizzes.ItemQuestion {
			d.Kind = it.Kind
		}
		if it.Weight != 1 {
			d.Weight = it.Weight
		}
		out.Items = append(out.Items, d)
	}
	return out
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
