package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/quizzes"
	"crosswalk/quizzes/audit"
)

// auditDrills draws audit drills, grades reports on them and lists the faults that a case can show: the same calls as the pages make.
func auditDrills(ctx context.Context, args []string, io streams) error {
	f := newFlags("audit", io).withJSON()
	seed := f.Uint64("seed", 1, "the seed: the same seed draws the same drill")
	answer := f.Bool("answer", false, "draw: print the fault too")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	want := map[string]int{"draw": 2, "grade": 3, "list": 2}
	if len(rest) == 0 || len(rest) != want[rest[0]] {
		return usagef("it draws a drill, grades a report on it, or lists the faults of a case, as in: crosswalk audit draw ed-colles-fracture -seed 7; crosswalk audit grade ed-colles-fracture -seed 7 report.json; crosswalk audit list ed-colles-fracture")
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	cs, err := findCase(c, rest[1], io)
	if err != nil {
		return err
	}
	if rest[0] == "list" {
		return listFaults(c, cs, f.json, io)
	}
	d, err := audit.Draw(&cs.Key, c.book, *seed)
	if err != nil {
		return err
	}
	if rest[0] == "draw" {
		return printDrill(c, cs, d, *answer, f.json, io)
	}
	return gradeReport(c, cs, d, rest[2], f.json, io)
}

// drawn is what `audit draw -json` prints.
type drawn struct {
	Case  string         `json:"case"`
	Seed  uint64         `json:"seed"`
	Claim grading.Answer `json:"claim"`
	Kinds []drawnKind    `json:"kinds"`
	Fault *drawnFault    `json:"answer,omitempty"` // with -answer
}

type drawnKind struct {
	Kind  audit.Kind `json:"kind"`
	Area  string     `json:"area"`
	Title string     `json:"title"`
}

type drawnFault struct {
	Fault *audit.Fault `json:"fault"` // null: the claim is right
}

func printDrill(c *content, cs *quizzes.Case, d audit.Drill, answer, asJSON bool, io streams) error {
	out := drawn{Case: d.Case, Seed: d.Seed, Claim: d.Claim}
	for _, k := range audit.Offered(&cs.Key) {
		out.Kinds = append(out.Kinds, drawnKind{k.Kind, k.Area, k.Title})
	}
	if answer {
		out.Fault = &drawnFault{d.Fault}
	}
	if asJSON {
		return printJSON(io, out)
	}
	fmt.Fprintf(io.out, "%s\n\n", cs.Title)
	printClaim(c, cs, d.Claim, io)
	fmt.Fprintln(io.out, "\nWhere is the fault (dx-1, px-1, ..., missing-dx; none when the claim is right), and of which kind is it?")
	for _, k := range out.Kinds {
		fmt.Fprintf(io.out, "  %-17s %s\n", k.Kind, k.Title)
	}
	switch {
	case !answer:
	case d.Fault == nil:
		fmt.Fprintln(io.out, "\nThe claim is right.")
	default:
		fmt.Fprintf(io.out, "\n%s at %s. %s\n", d.Fault.Kind, joinLines(d.Fault.Lines), d.Fault.Says())
	}
	return nil
}

func printClaim(c *content, cs *quizzes.Case, a grading.Answer, io streams) {
	title := func(sys codebook.System, code string) string {
		parsed, err := codebook.ParseCode(sys, code)
		if err != nil {
			return ""
		}
		e, err := c.book.Lookup(sys, parsed, cs.LastDate())
		if err != nil {
			return ""
		}
		return e.Title
	}
	for i, d := range a.Diagnoses {
		poa := ""
		if cs.Ask.POA {
			poa = "POA " + d.POA
		}
		fmt.Fprintf(io.out, "%-6s %-16s %-11s %s\n", audit.DxLine(i), d.Code, poa, title(codebook.ICD10CM, d.Code))
	}
	for i, p := range a.Procedures {
		how := ""
		switch {
		case p.Minutes != nil:
			how = fmt.Sprint(*p.Minutes, " min")
		case p.Units != nil:
			how = fmt.Sprint("x", *p.Units)
		}
		if len(p.PointsTo) > 0 {
			how += " -> " + strings.Join(p.PointsTo, " ")
		}
		text := ""
		if sys, _, err := codebook.ProcedureSystem(p.Code); err == nil {
			text = title(sys, p.Code)
		}
		fmt.Fprintf(io.out, "%-6s %-16s %-11s %s\n", audit.PxLine(i), strings.Join(append([]string{p.Code}, p.Modifiers...), "-"), how, text)
	}
}

func joinLines(lines []audit.Line) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = string(l)
	}
	return strings.Join(out, " or ")
}

func gradeReport(c *content, cs *quizzes.Case, d audit.Drill, file string, asJSON bool, io streams) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return usagef("%v", err)
	}
	r, err := audit.DecodeReport(body)
	if err != nil {
		return usagef("%s: %v", file, err)
	}
	if r, err = audit.ParseReport(&cs.Key, d, r); err != nil {
		var bad grading.FormatErrors
		if !errors.As(err, &bad) {
			return err
		}
		for _, e := range bad {
			fmt.Fprintf(io.err, "%s: %s: %s\n", file, e.Part, e.Reason)
		}
		return usagef("%s cannot be graded as it is", file)
	}
	res, err := audit.Grade(&cs.Key, c.book, d, r)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(io, res)
	}
	fmt.Fprintf(io.out, "%s\n\n%.1f %%  (%s of %s points)\n\n", cs.Title, res.Percent, points(res.Earned), points(res.Possible))
	for _, p := range res.Parts {
		fmt.Fprintf(io.out, "%-7s %5s / %-5s %s\n", p.Step, points(p.Earned), points(p.Possible), p.Why)
		if len(p.Cites) > 0 {
			fmt.Fprintf(io.out, "%22s see %s\n", "", strings.Join(p.Cites, ", "))
		}
	}
	for _, t := range res.Told {
		fmt.Fprintf(io.out, "\nThe grader says of the line: %s\n", t)
	}
	return nil
}

// listFaults prints every fault that the key of a case can be given, for its author.
func listFaults(c *content, cs *quizzes.Case, asJSON bool, io streams) error {
	all, err := audit.All(&cs.Key, c.book)
	if err != nil {
		return err
	}
	faults := make([]*audit.Fault, len(all))
	for i, d := range all {
		faults[i] = d.Fault
	}
	if asJSON {
		return printJSON(io, faults)
	}
	for _, x := range faults {
		fmt.Fprintf(io.out, "%-17s %-16s %s\n", x.Kind, joinLines(x.Lines), x.Says())
	}
	return nil
}
