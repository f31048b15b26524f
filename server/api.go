package server

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

const (
	apiPath     = "/api/v1"
	localCall   = "api-call"
	apiPageSize = 100 // of a list, unless it is asked for otherwise
	apiMostPage = 500
	linkDays    = 14 // that a link is good for, unless it is asked for otherwise
)

// errNoKey: a request that creates something came without an idempotency key.
var errNoKey = errors.New("no idempotency key")

// apiCall finds out who asks by the token of the header. A browser's cookies open nothing here, and so no form token is needed.
func (s *Server) apiCall(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	call, err := s.progress.CallByToken(c.UserContext(), bearer(c), s.clientIP(c))
	if err != nil {
		return err
	}
	c.Locals(localCall, call)
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead:
	default:
		if !call.MayWrite() {
			return &saidError{fiber.StatusForbidden, s.words.get("api.read_only")}
		}
	}
	return c.Next()
}

// bearer is the token of the header Authorization (RFC 6750), "" for none.
func bearer(c *fiber.Ctx) progress.Token {
	scheme, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return progress.Token(strings.TrimSpace(token))
}

func apiCaller(c *fiber.Ctx) progress.APICall {
	call, _ := c.Locals(localCall).(progress.APICall)
	return call
}

// apiBody reads a JSON body; unknown fields are errors, since typos hide there.
func apiBody(c *fiber.Ctx, into any) error {
	if len(bytes.TrimSpace(c.Body())) == 0 {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || kind != fiber.MIMEApplicationJSON {
		return fiber.ErrUnsupportedMediaType
	}
	d := json.NewDecoder(bytes.NewReader(c.Body()))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the JSON value")
		}
	}
	if err != nil {
		return &saidError{fiber.StatusBadRequest, "The body is not the JSON that is asked for: " + strings.TrimPrefix(err.Error(), "json: ") + "."}
	}
	return nil
}

// apiPaged is the part of a list that is asked for by after and limit.
func apiPaged[T any](c *fiber.Ctx, all []T, id func(T) string) (part []T, next *string, err error) {
	limit := apiPageSize
	if q := c.Query("limit"); q != "" {
		if limit, err = strconv.Atoi(q); err != nil || limit < 1 || limit > apiMostPage {
			return nil, nil, &progress.InputError{Field: "limit", Reason: fmt.Sprintf("limit is 1 to %d.", apiMostPage)}
		}
	}
	if after := c.Query("after"); after != "" {
		i := slices.IndexFunc(all, func(t T) bool { return id(t) == after })
		if i < 0 {
			return nil, nil, &progress.InputError{Field: "after", Reason: "There is nothing of this id in the list: begin it again."}
		}
		all = all[i+1:]
	}
	if len(all) > limit {
		last := id(all[limit-1])
		return all[:limit], &last, nil
	}
	return all, nil, nil
}

func (s *Server) apiAssessments(c *fiber.Ctx) error {
	all, err := s.progress.Assessments(c.UserContext(), apiCaller(c).Actor)
	if err != nil {
		return err
	}
	part, next, err := apiPaged(c, all, func(x progress.AssessmentInfo) string { return string(x.ID) })
	if err != nil {
		return err
	}
	out := apiAssessments{Items: []apiAssessment{}, Next: next}
	for _, x := range part {
		out.Items = append(out.Items, assessmentForAPI(x.Assessment, x.AssessmentTally))
	}
	return c.JSON(out)
}

func (s *Server) apiAssessment(c *fiber.Ctx) error {
	all, err := s.progress.Assessments(c.UserContext(), apiCaller(c).Actor)
	if err != nil {
		return err
	}
	for _, x := range all {
		if string(x.ID) == c.Params("assessment") {
			return c.JSON(assessmentForAPI(x.Assessment, x.AssessmentTally))
		}
	}
	return progress.ErrNotFound
}

// apiTest is the test that an address names; its candidate where there is one.
func (s *Server) apiTest(c *fiber.Ctx) (progress.Assessment, progress.CandidateID, error) {
	x, err := s.progress.Assessment(c.UserContext(), apiCaller(c).Actor, progress.AssessmentID(c.Params("assessment")))
	return x, progress.CandidateID(c.Params("candidate")), err
}

func (s *Server) apiCandidates(c *fiber.Ctx) error {
	x, _, err := s.apiTest(c)
	if err != nil {
		return err
	}
	all, err := s.progress.Candidates(c.UserContext(), apiCaller(c).Actor, x.ID)
	if err != nil {
		return err
	}
	part, next, err := apiPaged(c, all, func(v progress.CandidateView) string { return string(v.ID) })
	if err != nil {
		return err
	}
	out := apiCandidates{Items: []apiCandidate{}, Next: next}
	for _, v := range part {
		out.Items = append(out.Items, candidateForAPI(v, x.Spec.Blind))
	}
	return c.JSON(out)
}

func (s *Server) apiCandidate(c *fiber.Ctx) error {
	x, id, err := s.apiTest(c)
	if err != nil {
		return err
	}
	v, err := s.progress.Candidate(c.UserContext(), apiCaller(c).Actor, x.ID, id)
	if err != nil {
		return err
	}
	return c.JSON(candidateForAPI(v, x.Spec.Blind))
}

// apiInviteCandidates creates candidates, once for each idempotency key.
func (s *Server) apiInviteCandidates(c *fiber.Ctx) error {
	x, _, err := s.apiTest(c)
	if err != nil {
		return err
	}
	key := c.Get("Idempotency-Key")
	if key == "" {
		return errNoKey
	}
	var in apiInvite
	if err := apiBody(c, &in); err != nil {
		return err
	}
	people, err := candidateList(in.Candidates)
	if err != nil {
		return err
	}
	if in.Days == 0 {
		in.Days = linkDays
	}
	ctx, call := c.UserContext(), apiCaller(c)
	status, body, again, err := s.progress.Once(ctx, call, bearer(c), key, x.ID, c.Body(), func(clientKey string) (int, []byte, error) {
		links, err := s.progress.InviteCandidates(ctx, call.Actor, x.ID, progress.CandidateInvite{ClientKey: clientKey, People: people, Days: in.Days})
		if err != nil {
			return 0, nil, candidateFields(err)
		}
		out := apiInvited{Items: []apiInvitation{}}
		for _, l := range links {
			inv, err := s.apiLinked(c, call.Actor, x, l)
			if err != nil {
				return 0, nil, err
			}
			out.Items = append(out.Items, inv)
		}
		body, err := json.Marshal(out)
		return fiber.StatusCreated, body, err
	})
	if err != nil {
		return err
	}
	if again {
		c.Set("Idempotent-Replayed", "true")
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(status).Send(body)
}

// apiLinked is a candidate as the API shows one, with the address of a link that was just made.
func (s *Server) apiLinked(c *fiber.Ctx, a progress.Actor, x progress.Assessment, l progress.CandidateLink) (apiInvitation, error) {
	v, err := s.progress.Candidate(c.UserContext(), a, x.ID, l.ID)
	if err != nil {
		return apiInvitation{}, err
	}
	return apiInvitation{candidateForAPI(v, x.Spec.Blind), s.here(c) + "/sit/" + string(l.Token)}, nil
}

// candidateList is what was sent as the list that the use case reads, a line for each under a head.
func candidateList(in []apiNewCandidate) ([]byte, error) {
	var problems progress.InputErrors
	if len(in) == 0 {
		problems = append(problems, &progress.InputError{Field: "candidates", Reason: "Name at least one candidate."})
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"name", "email", "ref", "extra time", "extra breaks"}) // a buffer takes everything
	for i, p := range in {
		line := []string{p.Name, p.Email, p.Ref}
		for _, text := range line {
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				problems = append(problems, &progress.InputError{Field: fmt.Sprintf("candidates[%d]", i), Reason: "Leave line breaks and other control characters out."})
				break
			}
		}
		if strings.TrimSpace(p.Name) == "" {
			problems = append(problems, &progress.InputError{Field: fmt.Sprintf("candidates[%d].name", i), Reason: "Give the name of the candidate."})
		}
		_ = w.Write(append(line, strconv.Itoa(p.ExtraPercent), strconv.Itoa(p.ExtraBreaks)))
	}
	w.Flush()
	if len(problems) > 0 {
		return nil, problems
	}
	return out.Bytes(), nil
}

// candidateFields turns problems with lines of the list into problems with what was sent.
func candidateFields(err error) error {
	list := inputErrors(err)
	if len(list) == 0 {
		return err
	}
	var out progress.InputErrors
	for _, e := range list {
		field, reason := e.Field, e.Reason
		if field == "people" {
			field = "candidates"
			var line int
			if n, err := fmt.Sscanf(reason, "Line %d:", &line); err == nil && n == 1 && line > 1 {
				_, rest, _ := strings.Cut(reason, ": ")
				field, reason = fmt.Sprintf("candidates[%d]", line-2), rest
			}
		}
		out = append(out, &progress.InputError{Field: field, Reason: reason})
	}
	return out
}

func (s *Server) apiNewLink(c *fiber.Ctx) error {
	x, id, err := s.apiTest(c)
	if err != nil {
		return err
	}
	in := apiNewLink{}
	if err := apiBody(c, &in); err != nil {
		return err
	}
	if in.Days == 0 {
		in.Days = linkDays
	}
	a := apiCaller(c).Actor
	l, err := s.progress.ReissueLink(c.UserContext(), a, x.ID, id, in.Days)
	if err != nil {
		return err
	}
	out, err := s.apiLinked(c, a, x, l)
	if err != nil {
		return err
	}
	return c.JSON(out)
}

func (s *Server) apiRevokeCandidate(c *fiber.Ctx) error {
	x, id, err := s.apiTest(c)
	if err != nil {
		return err
	}
	a := apiCaller(c).Actor
	if err := s.progress.RevokeCandidate(c.UserContext(), a, x.ID, id); err != nil {
		return err
	}
	v, err := s.progress.Candidate(c.UserContext(), a, x.ID, id)
	if err != nil {
		return err
	}
	return c.JSON(candidateForAPI(v, x.Spec.Blind))
}

func (s *Server) apiEraseCandidate(c *fiber.Ctx) error {
	x, id, err := s.apiTest(c)
	if err != nil {
		return err
	}
	if err := s.progress.EraseCandidate(c.UserContext(), apiCaller(c).Actor, x.ID, id); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// apiResult is the report on a candidate, as its page has it.
func (s *Server) apiResult(c *fiber.Ctx) error {
	x, id, err := s.apiTest(c)
	if err != nil {
		return err
	}
	r, err := s.progress.CandidateReport(c.UserContext(), apiCaller(c).Actor, x.ID, id, progress.ReportFilter{})
	if err != nil {
		return err
	}
	return c.JSON(r.Report)
}
