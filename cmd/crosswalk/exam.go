package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"crosswalk/quizzes"
)

// exam lists the exams or draws a form of one.
func exam(ctx context.Context, args []string, io streams) error {
	f := newFlags("exam", io).withJSON()
	seed := f.Uint64("seed", 1, "the seed: the same seed draws the same form")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	list := len(rest) == 1 && rest[0] == "list"
	if !list && (len(rest) != 2 || rest[0] != "draw") {
		return usagef("it lists the exams, as in: crosswalk exam list; or draws a form, as in: crosswalk exam draw cpc -seed 7")
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	if list {
		return listExams(io, c.bank, f.json)
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

// mostForms is how far forms without overlap are counted: a learner does not sit one exam more often.
const mostForms = 20

// listedExam is an exam as exam list prints it.
type listedExam struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Minutes  int    `json:"minutes"` // 0: no limit
	Items    int    `json:"items"`
	Unscored int    `json:"unscored"`
	Forms    int    `json:"forms"` // how many forms have no item in common, counted up to 20
	Short    string `json:"short"` // what is missing for the next one
}

func listed(bank *quizzes.Bank, exams []*quizzes.Blueprint) []listedExam {
	out := []listedExam{}
	for _, bp := range exams {
		n, short := bank.Forms(bp, mostForms)
		out = append(out, listedExam{bp.ID, bp.Name, bp.Minutes, bp.Items, bp.Unscored, n, short})
	}
	return out
}

// listExams prints all exams, half exams and drills with how often the bank fills each.
func listExams(io streams, bank *quizzes.Bank, asJSON bool) error {
	exams := listed(bank, slices.Concat(bank.Blueprints(), bank.Drills()))
	if asJSON {
		return printJSON(io, exams)
	}
	printExams(io, exams)
	return nil
}

// printExams prints the table of exams.
func printExams(io streams, exams []listedExam) {
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "exam\titems\tforms without overlap\tthe next form lacks")
	for _, e := range exams {
		forms := strconv.Itoa(e.Forms)
		if e.Forms == mostForms {
			forms += " or more"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", e.ID, e.Items, forms, shortened(e.Short))
	}
	w.Flush() // an error of io.out shows in what follows, as with all printing
}

// shortened says what the next form lacks in a few words.
func shortened(short string) string {
	lacks := strings.Split(cmp.Or(short, "-"), "; ")
	if n := len(lacks); n > 3 {
		lacks = append(lacks[:2], fmt.Sprintf("and %d more (exam list -json)", n-2))
	}
	return strings.Join(lacks, "; ")
}

func printForm(io streams, form quizzes.Form) {
	for i, it := range form.Items {
		scored := ""
		switch {
		case !it.Scored:
			scored = " (unscored)"
		case it.Kind == quizzes.ItemCase:
			scored = " (chart)"
		}
		fmt.Fprintf(io.out, "%3d  %-16s %s%s\n", i+1, it.Area, it.ID, scored)
	}
}
