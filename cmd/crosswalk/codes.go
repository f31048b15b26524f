package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"crosswalk/codebook"
)

// codes asks the codebook, or imports releases into it.
func codes(ctx context.Context, args []string, io streams) error {
	f := newFlags("codes", io).withJSON()
	date := f.String("date", "", "the `date` of service, YYYY-MM-DD (default: the newest release)")
	set := f.String("set", "", "only this code `set`: icd10cm, icd10pcs, cpt or hcpcs")
	limit := f.Int("limit", 20, "how many results a search prints")
	edition := f.String("edition", "", "import: the `edition` of files that tell none themselves, such as 2026, 2025-10, 2024Q3 or v41.1")
	setting := f.String("setting", string(codebook.Practitioner), "conflicts: whose `claim` it is: practitioner, outpatient, inpatient or dme")
	age := f.Int("age", codebook.AgeUnknown, "conflicts: the patient's age in whole `years`")
	sex := f.String("sex", "", "conflicts: the patient's `sex`, M or F")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	var on codebook.Date
	if *date != "" {
		if on, err = codebook.ParseDate(*date); err != nil {
			return usagef("%v", err)
		}
	}
	var systems []codebook.System
	if *set != "" {
		sys, err := codebook.ParseSystem(*set)
		if err != nil {
			return usagef("%v", err)
		}
		systems = append(systems, sys)
	}
	if len(rest) == 0 {
		return usagef("say what to do: import PATH..., releases, lookup CODE, search TEXT, conflicts CODE... or diff SET OLD NEW")
	}
	if rest[0] == "import" {
		return importCodes(ctx, f, io, rest[1:], *edition)
	}
	book, err := loadBook(ctx, f.data, "")
	if err != nil {
		return err
	}
	switch verb, rest := rest[0], rest[1:]; verb {
	case "lookup":
		if len(rest) != 1 {
			return usagef("lookup takes one code, as in: crosswalk codes lookup E11.22")
		}
		return lookup(io, book, rest[0], systems, on, f.json)
	case "search":
		if len(rest) == 0 {
			return usagef("search takes words or the beginning of a code, as in: crosswalk codes search heart attack")
		}
		hits := book.Search(strings.Join(rest, " "), codebook.SearchOptions{Systems: systems, Limit: *limit, On: on})
		return printHits(io, hits, f.json)
	case "conflicts":
		if len(rest) == 0 {
			return usagef("conflicts takes the codes of one claim, diagnoses in their order, as in: crosswalk codes conflicts S52.531A 25605-RT J1100x4, or with -setting inpatient: N17.9:Y I12.9:Y")
		}
		claim := codebook.Claim{On: on}
		if claim.Setting, err = settingFlag(*setting); err != nil {
			return err
		}
		if claim.Patient, err = patientFlags(*age, *sex); err != nil {
			return err
		}
		return conflicts(io, book, claim, rest, f.json)
	case "releases":
		return releases(io, book, f.json)
	case "diff":
		if len(rest) != 3 {
			return usagef("diff takes a code set and two editions, as in: crosswalk codes diff icd10cm 2025 2026")
		}
		return diffCodes(io, book, rest[0], rest[1], rest[2], f.json)
	default:
		return usagef("%q is none of import, releases, lookup, search, conflicts, diff", verb)
	}
}

type lookupJSON struct {
	Set      string     `json:"set"`
	Code     string     `json:"code"`
	Title    string     `json:"title"`
	Billable bool       `json:"billable"`
	Valid    bool       `json:"valid"`
	Release  string     `json:"release"`
	Exact    bool       `json:"exact"`
	Notes    []noteJSON `json:"notes"`
	Facts    *factsJSON `json:"facts,omitempty"` // not of an unknown code
}

type noteJSON struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	From string `json:"from"`
}

// findEntry looks a typed code up in the sets in which its form is possible.
func findEntry(book *codebook.Book, typed string, systems []codebook.System, on codebook.Date) (codebook.Entry, error) {
	if len(systems) == 0 {
		systems = codebook.Systems
	}
	var firstErr error
	for _, sys := range systems {
		c, err := codebook.ParseCode(sys, typed)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		e, err := book.Lookup(sys, c, on)
		if err == nil {
			return e, nil
		}
		if firstErr == nil || errors.Is(firstErr, codebook.ErrMalformed) || len(typed) > 4 && sys == codebook.ICD10PCS && len(c) == 7 && !strings.Contains(typed, ".") {
			firstErr = err
		}
	}
	return codebook.Entry{}, firstErr
}

func lookup(io streams, book *codebook.Book, typed string, systems []codebook.System, on codebook.Date, asJSON bool) error {
	e, err := findEntry(book, typed, systems, on)
	if err != nil {
		if asJSON {
			if err := printJSON(io, lookupJSON{Code: strings.ToUpper(typed), Notes: []noteJSON{}}); err != nil {
				return err
			}
		} else {
			fmt.Fprintln(io.out, err)
		}
		return errNo
	}
	out := lookupJSON{
		Set: string(e.System), Code: e.Dotted(), Title: e.Title, Billable: e.Billable, Valid: true, Release: e.Release, Exact: e.Exact, Notes: []noteJSON{},
	}
	for _, n := range e.Notes {
		out.Notes = append(out.Notes, noteJSON{string(n.Kind), n.Text, n.From})
	}
	out.Facts = factsOf(book, e)
	if asJSON {
		return printJSON(io, out)
	}
	kind := "billable"
	if !e.Billable {
		kind = "header, not billable"
	}
	exact := ""
	if !e.Exact {
		exact = ", the nearest earlier edition"
	}
	fmt.Fprintf(io.out, "%s %s\n%s\n%s; release %s%s\n", e.System.Name(), e.Dotted(), e.Title, kind, e.Release, exact)
	for _, n := range e.Notes {
		from := ""
		if !n.Own {
			from = " (from " + n.From + ")"
		}
		fmt.Fprintf(io.out, "  %-14s %s%s\n", n.Kind, n.Text, from)
	}
	out.Facts.print(io.out)
	return nil
}

type hitJSON struct {
	Set      string `json:"set"`
	Code     string `json:"code"`
	Title    string `json:"title"`
	Billable bool   `json:"billable"`
}

func printHits(io streams, hits []codebook.Hit, asJSON bool) error {
	if asJSON {
		out := []hitJSON{}
		for _, h := range hits {
			out = append(out, hitJSON{string(h.System), h.Dotted(), h.Title, h.Billable})
		}
		return printJSON(io, out)
	}
	if len(hits) == 0 {
		fmt.Fprintln(io.out, "nothing found: try fewer or other words, or the beginning of a code")
		return errNo
	}
	for _, h := range hits {
		mark := " "
		if h.Billable {
			mark = "$"
		}
		fmt.Fprintf(io.out, "%s %-9s %-9s %s\n", mark, h.System, h.Dotted(), h.Title)
	}
	fmt.Fprintln(io.out, "($ is billable)")
	return nil
}

type releaseJSON struct {
	Set       string `json:"set"`
	Release   string `json:"release"`
	ValidFrom string `json:"valid_from"`
	ValidTo   string `json:"valid_to"`
	Codes     int    `json:"codes"`
	Starter   bool   `json:"starter"`
}

func releaseList(list []codebook.Release) []releaseJSON {
	out := []releaseJSON{}
	for _, r := range list {
		out = append(out, releaseJSON{string(r.System), r.Edition, r.ValidFrom.String(), r.ValidTo.String(), r.Codes, r.Starter})
	}
	return out
}

func releases(io streams, book *codebook.Book, asJSON bool) error {
	out := releaseList(book.Releases())
	if asJSON {
		return printJSON(io, out)
	}
	for _, r := range out {
		kind := "official"
		if r.Starter {
			kind = "starter book"
		}
		fmt.Fprintf(io.out, "%-9s %-8s %s to %-10s %7d codes  %s\n", r.Set, r.Release, r.ValidFrom, r.ValidTo, r.Codes, kind)
	}
	return nil
}
