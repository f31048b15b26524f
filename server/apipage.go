package server

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

var braces = regexp.MustCompile(`\{([a-z]+)\}`)

func statusText(status int) string { return strconv.Itoa(status) }

// pathParams are the names in braces of the operation's address.
func (op apiOp) pathParams() []string {
	var out []string
	for _, m := range braces.FindAllStringSubmatch(op.Path, -1) {
		out = append(out, m[1])
	}
	return out
}

type apiPage struct {
	basePage
	Server   string // the address of the API
	Site     string // and of the site
	Ops      []apiOpView
	Problems []apiProblemView
	Always   []string // problems that every operation can have
	Events   []apiEventView
	Types    []apiTypeView
}

type apiOpView struct {
	ID, Method, Path, Summary, Text string
	Write, Once, Paged              bool
	Takes, Gives                    string // names of types, "" for none
	Status                          int
	Problems                        []string
}

type apiProblemView struct {
	Name, Title, Text string
	Status            int
}

type apiEventView struct{ Name, Text string }

type apiTypeView struct {
	Name   string
	Part   bool // of the report, shown when it is asked for
	Fields []apiFieldView
}

type apiFieldView struct{ Name, Type, Doc string }

// apiPage is the document of the API for people.
func (s *Server) apiPage(c *fiber.Ctx) error {
	p := apiPage{basePage: s.base(c, s.words.get("api.title"), "hire"), Server: s.here(c) + apiPath, Site: s.here(c), Always: everywhere}
	g := &schemas{named: schema{}}
	name := func(v any) string {
		if v == nil {
			return ""
		}
		ref, _ := g.ref(v)["$ref"].(string)
		return strings.TrimPrefix(ref, "#/components/schemas/")
	}
	for _, op := range apiOps {
		p.Ops = append(p.Ops, apiOpView{
			ID: op.ID, Method: strings.ToUpper(op.Method), Path: op.Path, Summary: op.Summary, Text: op.Text, Write: op.Write, Once: op.Once, Paged: op.Paged, Takes: name(op.Body), Gives: name(op.Reply),
			Status: op.Status, Problems: op.Problems,
		})
	}
	name(apiProblem{})
	for _, k := range problemKinds {
		word := strings.ReplaceAll(k.name, "-", "_")
		p.Problems = append(p.Problems, apiProblemView{k.name, s.words.get("api.problem_" + word), s.words.get("api.problemtext_" + word), k.status})
	}
	for _, k := range progress.WebhookKinds {
		p.Events = append(p.Events, apiEventView{string(k), s.words.get("api.event_" + eventWord(k))})
	}
	for _, n := range sortedNames(g.named) {
		p.Types = append(p.Types, apiTypeView{n, strings.HasPrefix(n, "Report") && n != "Report", fieldViews(g.named[n].(schema))})
	}
	return s.render(c, fiber.StatusOK, "api", p)
}

// eventWord is the last part of a key of the words of a kind of event.
func eventWord(k progress.WebhookKind) string { return strings.ReplaceAll(string(k), ".", "_") }

// sortedNames puts types of the API before those of the report.
func sortedNames(named schema) []string {
	var own, report []string
	for _, n := range slices.Sorted(maps.Keys(named)) {
		if strings.HasPrefix(n, "Report") {
			report = append(report, n)
		} else {
			own = append(own, n)
		}
	}
	return append(own, report...)
}

func fieldViews(s schema) []apiFieldView {
	properties, _ := s["properties"].(schema)
	required, _ := s["required"].([]string)
	var out []apiFieldView
	for _, n := range slices.Sorted(maps.Keys(properties)) {
		p := properties[n].(schema)
		doc, _ := p["description"].(string)
		if list, ok := p["enum"].([]string); ok {
			doc = strings.TrimSpace(strings.Join(list, " | ") + ". " + doc)
		}
		kind := typeText(p) + bounds(p)
		if !slices.Contains(required, n) {
			kind += ", optional"
		}
		out = append(out, apiFieldView{n, kind, doc})
	}
	return out
}

// bounds says how many or how much a schema lets through, "" for what it does not bound on both sides.
func bounds(p schema) string {
	for _, w := range [][2]string{{"minimum", "maximum"}, {"minItems", "maxItems"}} {
		if low, ok := p[w[0]].(int); ok && p[w[1]] != nil {
			return fmt.Sprintf(", %d to %d", low, p[w[1]])
		}
	}
	return ""
}

// typeText says in a word or two what a schema lets through.
func typeText(p schema) string {
	switch t := p["type"].(type) {
	case string:
		switch {
		case t == "array":
			return typeText(p["items"].(schema)) + "[]"
		case p["format"] != nil:
			return "date-time"
		case t == "object" && p["properties"] != nil:
			var in []string
			for _, f := range fieldViews(p) {
				in = append(in, f.Name)
			}
			return "{" + strings.Join(in, ", ") + "}"
		}
		return t
	case []string:
		q := schema{}
		for k, v := range p {
			q[k] = v
		}
		q["type"] = t[0]
		return typeText(q) + " or null"
	}
	if ref, ok := p["$ref"].(string); ok {
		return strings.TrimPrefix(ref, "#/components/schemas/")
	}
	if any, ok := p["anyOf"].([]schema); ok {
		return typeText(any[0]) + " or null"
	}
	return ""
}
