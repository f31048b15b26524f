package server

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress/hirereport"
)

// apiOp is one operation of the API as the document describes it. A test compares the list with the routes.
type apiOp struct {
	Method, Path string // Path is below apiPath, with its parameters in braces
	ID           string
	Summary      string
	Text         string
	Write        bool // takes a token that may write
	Paged, Once  bool // takes after and limit; takes an idempotency key
	Body         any
	Optional     bool // the body may be left out
	Status       int
	Reply        any // nil for none
	Problems     []string
}

// apiOps are the operations, in the order of the page.
var apiOps = []apiOp{
	{
		Method: "get", Path: "/assessments", ID: "listAssessments", Summary: "List hiring tests", Text: "Yours, and for an admin those of the organisation: open ones first, then drafts, then closed ones.",
		Paged: true, Status: 200, Reply: apiAssessments{}, Problems: []string{"invalid"},
	},
	{Method: "get", Path: "/assessments/{assessment}", ID: "getAssessment", Summary: "Get a hiring test", Status: 200, Reply: apiAssessment{}, Problems: []string{"not-found"}},
	{
		Method: "get", Path: "/assessments/{assessment}/candidates", ID: "listCandidates", Summary: "List the candidates of a test", Text: "The oldest first, those erased since among them.",
		Paged: true, Status: 200, Reply: apiCandidates{}, Problems: []string{"not-found", "invalid"},
	},
	{
		Method: "post", Path: "/assessments/{assessment}/candidates", ID: "createCandidates", Summary: "Invite candidates",
		Text: "All or nothing. Each gets a link of their own, which is told in this reply alone. Sent again with the same idempotency key within a day, the same reply comes and nobody is invited twice; " +
			"if the first reply was lost before it was kept, or somebody of the test was erased meanwhile, the same candidates come with new links.",
		Write: true, Once: true, Body: apiInvite{}, Status: 201, Reply: apiInvited{}, Problems: []string{"bad-request", "no-key", "not-found", "media-type", "invalid", "key-reused"},
	},
	{
		Method: "get", Path: "/assessments/{assessment}/candidates/{candidate}", ID: "getCandidate", Summary: "Get a candidate", Text: "With where they stand.", Status: 200, Reply: apiCandidate{},
		Problems: []string{"not-found"},
	},
	{
		Method: "get", Path: "/assessments/{assessment}/candidates/{candidate}/result", ID: "getResult", Summary: "Get a candidate's result",
		Text:   "The report on the newest sitting that was handed in. Before there is one, the problem is not-ready.",
		Status: 200, Reply: hirereport.Report{}, Problems: []string{"not-found", "not-ready"},
	},
	{
		Method: "post", Path: "/assessments/{assessment}/candidates/{candidate}/link", ID: "renewLink", Summary: "Make a new link for a candidate",
		Text: "The link before it is no longer good; one that was revoked is in force again.", Write: true, Body: apiNewLink{}, Optional: true, Status: 200, Reply: apiInvitation{},
		Problems: []string{"bad-request", "not-found", "media-type", "invalid"},
	},
	{
		Method: "post", Path: "/assessments/{assessment}/candidates/{candidate}/revoke", ID: "revokeCandidate", Summary: "Revoke a candidate's link",
		Text:  "Nothing can be begun or gone on with by it. What was saved of a sitting stays.",
		Write: true, Status: 200, Reply: apiCandidate{}, Problems: []string{"not-found"},
	},
	{
		Method: "delete", Path: "/assessments/{assessment}/candidates/{candidate}", ID: "eraseCandidate", Summary: "Erase a candidate",
		Text: "Name, e-mail, number, link, what was logged and free text of answers are gone for good. Erasing again is fine.", Write: true, Status: 204, Problems: []string{"not-found"},
	},
}

// everywhere are problems that each operation can have.
var everywhere = []string{"no-token", "forbidden", "too-many", "internal", "unavailable"}

// apiDocument is the OpenAPI document, made once: it holds nothing of a site. Its one server is where it is served.
var apiDocument = sync.OnceValues(func() ([]byte, error) { return json.MarshalIndent(openAPI(), "", "  ") })

// openAPI makes the document.
func openAPI() schema {
	g := &schemas{named: schema{}}
	paths := schema{}
	for _, op := range apiOps {
		at, _ := paths[op.Path].(schema)
		if at == nil {
			at = schema{}
			paths[op.Path] = at
		}
		at[op.Method] = g.operation(op)
	}
	problem := g.ref(apiProblem{})
	replies := schema{}
	for _, k := range problemKinds {
		reply := schema{"description": k.name, "content": schema{"application/problem+json": schema{"schema": problem}}}
		if k.name == "too-many" {
			reply["headers"] = schema{"Retry-After": schema{"description": "Seconds to wait.", "schema": schema{"type": "integer"}}}
		}
		replies[k.name] = reply
	}
	return schema{
		"openapi": "3.1.0",
		"info": schema{
			"title": "Crosswalk hiring API", "version": "1.0.0", "license": schema{"name": "MIT", "identifier": "MIT"},
			"description": "Invite candidates to hiring tests and read their results. Fields may be added to replies; none that is there changes its meaning within /api/v1.",
		},
		"servers":  []schema{{"url": apiPath}},
		"security": []schema{{"token": []string{}}},
		"tags":     []schema{{"name": "assessments"}, {"name": "candidates"}},
		"paths":    paths,
		"webhooks": schema{"event": schema{"post": schema{
			"operationId": "receiveEvent", "summary": "What an endpoint of yours is told", "tags": []string{"candidates"}, "security": []schema{},
			"description": "Signed by the Standard Webhooks scheme. An event can come twice, under the same webhook-id, and events can come in another order than they happened. Every status of 2xx says that it was taken; " +
				"else it is sent again for a day, each time after a longer while.",
			"parameters": []schema{
				header("webhook-id", "Names the event to this endpoint: the same at every try."), header("webhook-timestamp", "Unix seconds of the try."),
				header("webhook-signature", "v1, and the base64 of the HMAC-SHA256 of id, timestamp and body with points between; more than one, with spaces between, while a secret is changed."),
			},
			"requestBody": schema{"required": true, "content": schema{"application/json": schema{"schema": g.ref(apiMessage{})}}},
			"responses":   schema{"2XX": schema{"description": "taken"}},
		}}},
		"components": schema{
			"schemas": g.named, "responses": replies,
			"securitySchemes": schema{"token": schema{"type": "http", "scheme": "bearer", "description": "A token made at /hire/settings, of scope read, or write for what changes something."}},
		},
	}
}

func header(name, text string) schema {
	return schema{"name": name, "in": "header", "required": true, "description": text, "schema": schema{"type": "string"}}
}

// operation describes one.
func (g *schemas) operation(op apiOp) schema {
	tag := "candidates"
	if op.ID == "listAssessments" || op.ID == "getAssessment" {
		tag = "assessments"
	}
	out := schema{"operationId": op.ID, "summary": op.Summary, "tags": []string{tag}}
	if op.Text != "" {
		out["description"] = op.Text
	}
	if params := op.parameters(); len(params) > 0 {
		out["parameters"] = params
	}
	if op.Body != nil {
		out["requestBody"] = schema{"required": !op.Optional, "content": schema{"application/json": schema{"schema": g.ref(op.Body)}}}
	}
	done := schema{"description": op.Summary + ": done."}
	if op.Reply != nil {
		done["content"] = schema{"application/json": schema{"schema": g.ref(op.Reply)}}
	}
	if op.Once {
		done["headers"] = schema{"Idempotent-Replayed": schema{"description": "true where the reply was kept from an earlier request.", "schema": schema{"type": "string"}}}
	}
	replies, names := schema{statusText(op.Status): done}, map[int]string{}
	kinds := append(append([]string{}, op.Problems...), everywhere...)
	if op.Body != nil {
		kinds = append(kinds, "too-large")
	}
	for _, k := range problemKinds {
		if !slices.Contains(kinds, k.name) {
			continue
		}
		reply := schema{"$ref": "#/components/responses/" + k.name}
		if names[k.status] == "" {
			names[k.status] = k.name
		} else { // two of one status are described together
			names[k.status] += " or " + k.name
			reply = schema{"description": names[k.status], "content": schema{"application/problem+json": schema{"schema": g.ref(apiProblem{})}}}
		}
		replies[statusText(k.status)] = reply
	}
	out["responses"] = replies
	return out
}

func (op apiOp) parameters() []schema {
	var out []schema
	for _, name := range op.pathParams() {
		out = append(out, schema{"name": name, "in": "path", "required": true, "schema": schema{"type": "string"}})
	}
	if op.Paged {
		out = append(out,
			schema{"name": "after", "in": "query", "description": "next of the page before", "schema": schema{"type": "string"}},
			schema{"name": "limit", "in": "query", "schema": schema{"type": "integer", "minimum": 1, "maximum": apiMostPage, "default": apiPageSize}})
	}
	if op.Once {
		out = append(out, schema{
			"name": "Idempotency-Key", "in": "header", "required": true, "description": "Of your making, new for each request and the same when it is sent again: a UUID, say.",
			"schema": schema{"type": "string", "minLength": 8, "maxLength": 200},
		})
	}
	return out
}

// openAPIFile serves the document.
func (s *Server) openAPIFile(c *fiber.Ctx) error {
	b, err := apiDocument()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*") // whoever reads it learns nothing of the site
	return c.Send(b)
}
