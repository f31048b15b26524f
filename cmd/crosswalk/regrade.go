package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crosswalk/progress"
)

// regrade grades the attempts of an item anew with today's key. Old gradings stay beside the new ones.
func regrade(ctx context.Context, args []string, io streams) error {
	f := newFlags("regrade", io).withDB().withJSON()
	dry := f.Bool("dry-run", false, "only say what would change, and who would cross a pass line")
	list := f.Bool("list", false, "list what is graded by another key than the one in force")
	reason := f.String("reason", "", "why, kept with each new grading; learners see it")
	dispute := f.String("dispute", "", "the id of the accepted dispute that the mended key answers: it is closed for all who disputed the same line")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	switch {
	case *list && len(rest) > 0:
		return usagef("-list takes no item: it lists all that are to be graded anew")
	case !*list && len(rest) != 1:
		return usagef("it takes the id of a question or case, as in: crosswalk regrade ed-colles-fracture -dry-run; or -list")
	case !*list && *reason == "" && !*dry:
		return usagef("say why with -reason, as in: -reason \"key mended: initial encounter\"")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	who := progress.Operator(progress.DefaultOrg)
	switch {
	case *list:
		return listRegrades(ctx, f, io, prog, who)
	case *dry:
		return dryRegrade(ctx, f, io, prog, who, rest[0])
	}
	return runRegrade(ctx, f, io, prog, who, progress.RegradeInput{Item: rest[0], Reason: *reason, Dispute: progress.DisputeID(*dispute)})
}

// regradeItemJSON is one item of regrade -list -json.
type regradeItemJSON struct {
	Kind     progress.ItemKind `json:"kind"`
	Item     string            `json:"item"`
	Attempts int               `json:"attempts"`
	OtherKey int               `json:"other_key"`     // graded by another key than the one in force
	OldText  int               `json:"old_text"`      // of another key too, but answered to another text: they stay
	Edition  int               `json:"other_edition"` // graded by this key with another book or grader
}

func listRegrades(ctx context.Context, f *flags, io streams, prog *progress.Service, who progress.Actor) error {
	items, err := prog.RegradeItems(ctx, who)
	if err != nil {
		return err
	}
	if f.json {
		out := []regradeItemJSON{}
		for _, x := range items {
			out = append(out, regradeItemJSON{x.Kind, x.Item, x.Attempts, x.OtherKey, x.OldText, x.OtherEd})
		}
		return printJSON(io, out)
	}
	editions := 0
	for _, x := range items {
		if x.OtherKey == 0 && x.Run == nil {
			editions++
			continue
		}
		fmt.Fprintf(io.out, "%-10s%-40s %d of %d attempts graded by another key", x.Kind, x.Item, x.OtherKey, x.Attempts)
		if x.Run != nil && x.Run.Unfinished() {
			fmt.Fprintf(io.out, "; a regrade has come to %d %%", x.Run.Percent())
		}
		fmt.Fprintln(io.out)
	}
	if len(items) == editions {
		fmt.Fprintln(io.out, "everything is graded by the keys in force")
	}
	if editions > 0 {
		fmt.Fprintf(io.out, "%d items were graded by the key in force with another edition of the codebook or an older grader; -json lists them\n", editions)
	}
	return nil
}

// regradePlanJSON is regrade -dry-run -json. Per cents are tenths.
type regradePlanJSON struct {
	Item     string              `json:"item"`
	DryRun   bool                `json:"dry_run"`
	Attempts int                 `json:"attempts"`
	Anew     int                 `json:"anew"`
	Same     int                 `json:"same"`
	Skipped  regradeSkippedJSON  `json:"skipped"`
	Raised   int                 `json:"raised"`
	Lowered  int                 `json:"lowered"`
	Learners int                 `json:"learners"`
	Changes  []regradeChangeJSON `json:"changes"`
	Exams    []regradeExamJSON   `json:"exams"`
}

type regradeSkippedJSON struct {
	Text  int `json:"other_text"`
	Form  int `json:"other_form"`
	Fault int `json:"other_fault"`
}

type regradeChangeJSON struct {
	Attempt string `json:"attempt"`
	Learner string `json:"learner"`
	Before  int    `json:"before"`
	After   int    `json:"after"`
	Was     bool   `json:"was_correct"`
	Now     bool   `json:"now_correct"`
	ByHand  int    `json:"by_hand,omitempty"`
}

type regradeExamJSON struct {
	Sitting string `json:"sitting"`
	Learner string `json:"learner"`
	Exam    string `json:"exam"`
	Before  int    `json:"before"`
	After   int    `json:"after"`
	Was     bool   `json:"was_passed"`
	Now     bool   `json:"now_passed"`
}

func dryRegrade(ctx context.Context, f *flags, io streams, prog *progress.Service, who progress.Actor, item string) error {
	p, err := prog.PlanRegrade(ctx, who, item)
	if err != nil {
		return asUsage(err)
	}
	if f.json {
		return printJSON(io, planJSON(p))
	}
	fmt.Fprintf(io.out, "%d attempts looked at, %d would be graded anew, %d already graded by this key, %d skipped\n", p.Attempts, len(p.Changes), p.Same, p.Skipped)
	if p.ByPolicy > 0 {
		fmt.Fprintf(io.out, "%d gradings by policies would be graded anew beside them\n", p.ByPolicy)
	}
	fmt.Fprintf(io.out, "%d go up, %d go down; %d learners move\n", p.Raised(), p.Lowered(), p.Learners)
	up, down := p.Crossing()
	if len(p.Sittings) > 0 {
		fmt.Fprintf(io.out, "%d exams change: %d would be passed now, %d no more\n", len(p.Sittings), up, down)
	}
	for _, x := range p.Sittings {
		u, d := x.Crosses()
		mark := ""
		if u {
			mark = "  passes now"
		} else if d {
			mark = "  passes no more"
		}
		fmt.Fprintf(io.out, "  %s  %s  %.1f %% -> %.1f %%%s\n", x.Sitting, x.Exam, float64(x.Before.Percent10)/10, float64(x.After.Percent10)/10, mark)
	}
	for _, ch := range p.Changes {
		if ch.Before != ch.After || ch.WasCorrect != ch.NowCorrect {
			fmt.Fprintf(io.out, "  %s  %.1f %% -> %.1f %%\n", ch.Attempt, float64(ch.Before)/10, float64(ch.After)/10)
		}
	}
	return nil
}

func planJSON(p progress.RegradePlan) regradePlanJSON {
	out := regradePlanJSON{
		Item: p.Item, DryRun: true, Attempts: p.Attempts, Anew: len(p.Changes), Same: p.Same, Raised: p.Raised(), Lowered: p.Lowered(), Learners: p.Learners,
		Skipped: regradeSkippedJSON{p.Skipped - p.Formless - p.Faultless, p.Formless, p.Faultless}, Changes: []regradeChangeJSON{}, Exams: []regradeExamJSON{},
	}
	for _, c := range p.Changes {
		out.Changes = append(out.Changes, regradeChangeJSON{string(c.Attempt), string(c.Learner), c.Before, c.After, c.WasCorrect, c.NowCorrect, c.ByHand})
	}
	for _, x := range p.Sittings {
		out.Exams = append(out.Exams, regradeExamJSON{string(x.Sitting), string(x.Learner), x.Exam, x.Before.Percent10, x.After.Percent10, x.Before.Passed, x.After.Passed})
	}
	return out
}

// runRegrade starts a regrade, or goes on with the one of the item that was interrupted, and says how far it is once a second.
func runRegrade(ctx context.Context, f *flags, io streams, prog *progress.Service, who progress.Actor, in progress.RegradeInput) error {
	r, err := prog.StartRegrade(ctx, who, in)
	if err != nil {
		return asUsage(err)
	}
	if r.Attempts > 0 && !f.json {
		fmt.Fprintf(io.err, "going on after %d of %d attempts; reason: %s\n", r.Attempts, r.Expected, r.Reason)
	}
	last := time.Now()
	done, err := prog.ContinueRegrade(ctx, who, r.ID, func(r progress.RegradeRun) {
		if time.Since(last) >= time.Second && !f.json {
			last = time.Now()
			fmt.Fprintf(io.err, "%d of %d attempts\n", r.Attempts, r.Expected)
		}
	})
	switch {
	case errors.Is(err, progress.ErrUnderWay):
		return fmt.Errorf("it is worked on already, here or on a server: look at /teach/regrade, or try again in 15 seconds")
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(io.err, "interrupted after %d of %d attempts; what is graded stays, and the same command goes on\n", done.Attempts, done.Expected)
		return errNo
	case err != nil:
		return err
	}
	if f.json {
		return printJSON(io, done)
	}
	fmt.Fprintf(io.out, "%d attempts looked at, %d graded anew, %d already graded by this key, %d skipped\n", done.Attempts, done.Graded, done.Same, done.Skipped)
	if done.ByPolicy > 0 {
		fmt.Fprintf(io.out, "%d gradings by policies graded anew beside them\n", done.ByPolicy)
	}
	fmt.Fprintf(io.out, "%d went up, %d went down\n", done.Raised, done.Lowered)
	return nil
}
