package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// grade grades an answer file against a case: the same calls as the workbench makes.
func grade(ctx context.Context, args []string, io streams) error {
	f := newFlags("grade", io).withJSON()
	schemeName := f.String("scheme", string(grading.Learning), "the scheme: learning, code-over-code or all-or-nothing")
	policyFile := f.String("policy", "", "grade by the policy in this JSON `file`: its scheme and weights, and what it leaves out of account")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("it takes a case (its id or a file) and an answer file, as in: crosswalk grade ed-colles-fracture answer.json")
	}
	scheme, err := grading.ParseScheme(*schemeName)
	if err != nil {
		return usagef("%v", err)
	}
	policy := grading.Policy{Scheme: scheme}
	if *policyFile != "" {
		if policy, err = readPolicy(*policyFile); err != nil {
			return err
		}
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	cs, err := findCase(c, rest[0], io)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(rest[1])
	if err != nil {
		return usagef("%v", err)
	}
	ans, err := grading.DecodeAnswer(body)
	if err != nil {
		return usagef("%s: %v", rest[1], err)
	}
	resp, err := grading.ParseAnswer(&cs.Key, ans)
	if err != nil {
		var bad grading.FormatErrors
		if errors.As(err, &bad) {
			for _, e := range bad {
				fmt.Fprintf(io.err, "%s: %s: %s\n", rest[1], e.Part, e.Reason)
			}
			return usagef("%s cannot be graded as it is", rest[1])
		}
		return err
	}
	res := grading.GradeUnder(&cs.Key, resp, c.book, policy)
	if f.json {
		return printJSON(io, res)
	}
	printResult(io, cs, res)
	return nil
}

func readPolicy(file string) (grading.Policy, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return grading.Policy{}, usagef("%v", err)
	}
	p, err := grading.ParsePolicy(body)
	var bad grading.PolicyErrors
	if errors.As(err, &bad) {
		for i, e := range bad {
			bad[i] = file + ": " + e
		}
		return grading.Policy{}, usagef("%s", strings.Join(bad, "\n"))
	}
	if err != nil {
		return grading.Policy{}, usagef("%s: %v", file, err)
	}
	return p, nil
}

// findCase finds a case by id, or reads it from a file.
func findCase(c *content, arg string, io streams) (*quizzes.Case, error) {
	if cs, err := c.bank.Case(arg); err == nil {
		return cs, nil
	}
	body, err := os.ReadFile(arg)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("there is no case %q and no such file; crosswalk check lists what is loaded, and case ids stand at the top of each case file", arg)
		}
		return nil, usagef("%v", err)
	}
	cs, problems := quizzes.ParseCase(body, filepath.ToSlash(arg), c.lessons.Renderer())
	bad := false
	for _, p := range problems {
		fmt.Fprintf(io.err, "%s:%d: %s: %s\n", p.File, p.Line, p.Severity, p.Message)
		bad = bad || p.Severity == markdown.Error
	}
	if bad || cs == nil {
		return nil, usagef("%s is no sound case", arg)
	}
	return cs, nil
}

// printResult prints a graded case for people: the four figures, then each part that lost something.
func printResult(io streams, cs *quizzes.Case, r grading.Result) {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	money := "not asked"
	if r.FinancialMatch != nil {
		money = yes(*r.FinancialMatch)
	}
	fmt.Fprintf(io.out, "%s\n\nlearning score   %.1f %%  (%s of %s points)\naudit accuracy   %.1f %%\n", cs.Title, r.Learning.Percent,
		points(r.Learning.Earned), points(r.Learning.Possible), r.AuditAccuracy)
	if r.POAAccuracy != nil {
		fmt.Fprintf(io.out, "POA accuracy     %.1f %%\n", *r.POAAccuracy)
	}
	fmt.Fprintf(io.out, "clean            %s\nfinancial match  %s\n\n", yes(r.Clean), money)
	for _, s := range r.Formula() {
		fmt.Fprintln(io.out, s)
	}
	fmt.Fprintln(io.out)
	printMoney(io, r.Money)
	for _, p := range r.Parts {
		name := func(s *string) string {
			if s == nil {
				return "-"
			}
			return *s
		}
		fmt.Fprintf(io.out, "%-9s %-11s %-9s %6s / %-5s %-9s %s\n", name(p.Line), p.Component, name(p.Entered), points(p.Earned), points(p.Possible), p.Finding, p.Why)
		if p.Finding != "" && len(p.Cites) > 0 {
			fmt.Fprintf(io.out, "%34s see %s\n", "", strings.Join(p.Cites, ", "))
		}
		if p.KeyWord {
			fmt.Fprintf(io.out, "%34s the key's word, with no rule to look up\n", "")
		}
	}
	printRules(io, r.Rules)
}

func points(p grading.Points) string { return fmt.Sprintf("%.2f", float64(p)/100) }

// printMoney says what the answer does to the payment.
func printMoney(io streams, m *grading.Money) {
	if m == nil {
		return
	}
	fmt.Fprintf(io.out, "payment          %s", m.Direction)
	switch {
	case m.Basis == "rvu":
		fmt.Fprintf(io.out, "; %.2f RVUs, the key's %.2f", m.Entered, m.Key)
	case m.Basis == "apc":
		fmt.Fprintf(io.out, "; $%.2f, the key's $%.2f", m.Entered, m.Key)
	}
	if m.Dollars != nil && m.Basis == "rvu" {
		fmt.Fprintf(io.out, " (%+.2f dollars)", *m.Dollars)
	}
	fmt.Fprintf(io.out, " (%s)\n", m.Source)
	for _, l := range m.Lines {
		fmt.Fprintf(io.out, "                 %s\n", l.Note)
	}
	for _, u := range m.Unknown {
		fmt.Fprintf(io.out, "                 not known: %s\n", u)
	}
	fmt.Fprintln(io.out)
}
