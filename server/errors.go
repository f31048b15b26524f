package server

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

var (
	errStaleForm   = errors.New("form token missing or of another session")
	errForeignForm = errors.New("request comes from another site")
)

// failures is the one table from errors to status and words; whatever is not in it is a 500 that shows nothing of itself.
var failures = []struct {
	err    error
	status int
	words  string // key in words/en.yaml: <key>_title and <key>_text
}{
	{progress.ErrNotFound, fiber.StatusNotFound, "notfound"},
	{lessons.ErrNotFound, fiber.StatusNotFound, "notfound"},
	{quizzes.ErrNotFound, fiber.StatusNotFound, "notfound"},
	{codebook.ErrUnknownCode, fiber.StatusNotFound, "nocode"},
	{codebook.ErrMalformed, fiber.StatusBadRequest, "badcode"},
	{progress.ErrForbidden, fiber.StatusForbidden, "forbidden"},
	{progress.ErrNoSession, fiber.StatusUnauthorized, "nosession"},
	{progress.ErrLinkOver, fiber.StatusGone, "linkover"},
	{progress.ErrBusy, fiber.StatusServiceUnavailable, "busy"},
	{progress.ErrBadCredentials, fiber.StatusUnprocessableEntity, "badrequest"},
	{progress.ErrConflict, fiber.StatusConflict, "conflict"},
	{progress.ErrUnderWay, fiber.StatusConflict, "underway"},
	{progress.ErrStaleDraft, fiber.StatusConflict, "staledraft"},
	{progress.ErrStaleNote, fiber.StatusConflict, "stalenote"},
	{progress.ErrSittingClosed, fiber.StatusConflict, "sittingclosed"},
	{progress.ErrNoAttemptLeft, fiber.StatusConflict, "noattempt"},
	{progress.ErrNotYet, fiber.StatusConflict, "notyet"},
	{quizzes.ErrTooSmall, fiber.StatusConflict, "toosmall"},
	{progress.ErrUnavailable, fiber.StatusServiceUnavailable, "unavailable"},
	{progress.ErrCannotSeal, fiber.StatusServiceUnavailable, "cannotseal"},
	{errStaleForm, fiber.StatusForbidden, "stale"},
	{errForeignForm, fiber.StatusForbidden, "foreign"},
	{context.DeadlineExceeded, fiber.StatusServiceUnavailable, "unavailable"},
}

// classify gives status and word key of an error.
func classify(err error) (status int, key string) {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			return f.status, f.words
		}
	}
	var wait *progress.ErrTooMany
	if errors.As(err, &wait) {
		return fiber.StatusTooManyRequests, "toomany"
	}
	var format grading.FormatErrors
	if errors.As(err, &format) {
		return fiber.StatusUnprocessableEntity, "badanswer"
	}
	var input *progress.InputError
	if errors.As(err, &input) {
		return fiber.StatusUnprocessableEntity, "badinput"
	}
	var said *saidError
	if errors.As(err, &said) {
		return said.status, "badinput"
	}
	var fe *fiber.Error
	if errors.As(err, &fe) {
		switch {
		case fe.Code == fiber.StatusNotFound || fe.Code == fiber.StatusMethodNotAllowed:
			return fe.Code, "notfound"
		case fe.Code == fiber.StatusRequestEntityTooLarge:
			return fe.Code, "toolarge"
		case fe.Code >= 400 && fe.Code < 500:
			return fe.Code, "badrequest"
		}
	}
	return fiber.StatusInternalServerError, "internal"
}

// saidError is a refusal whose words are meant for the person.
type saidError struct {
	status int
	text   string
}

func (e *saidError) Error() string { return e.text }

// inExam says of the refusal of an answer which open exam the item is in.
type inExam struct {
	error
	room string
}

func (e *inExam) Unwrap() error { return e.error }

// orInExam finds the exam that an answer was refused for.
func (s *Server) orInExam(c *fiber.Ctx, item string, err error) error {
	var in *progress.InputError
	if !errors.As(err, &in) || in.Field != "exam" {
		return err
	}
	id, e := s.progress.InOpenExam(c.UserContext(), actor(c), item)
	if e != nil || id == "" { // it has just been handed in
		return err
	}
	return &inExam{err, sittingPath(id)}
}

// outsideExam refuses to show the answer of an item that is in an open exam of the viewer's.
func (s *Server) outsideExam(c *fiber.Ctx, item string) error {
	id, err := s.progress.InOpenExam(c.UserContext(), actor(c), item)
	if err == nil && id != "" {
		err = &inExam{&saidError{fiber.StatusConflict, s.words.get("error.inexam_text")}, sittingPath(id)}
	}
	return err
}

// examOfError is where to go on when an exam stands in the way, "" when none does.
func examOfError(err error) string {
	var in *inExam
	switch {
	case errors.As(err, &in):
		return in.room
	case errors.Is(err, progress.ErrNotYet), errors.Is(err, progress.ErrSittingClosed), errors.Is(err, progress.ErrNoAttemptLeft):
		return "/exams"
	}
	return ""
}

// ownWords are the words that an error brings for the person, "" when the table has to find some.
func ownWords(err error) string {
	var input *progress.InputError
	if errors.As(err, &input) {
		return input.Reason
	}
	var said *saidError
	if errors.As(err, &said) {
		return said.text
	}
	return ""
}

type errorPage struct {
	basePage
	Heading, Text string
	RequestID     string
	Status        int
	Resend        *resend // an answer that can be sent again, nil when there is none
	Exam          string  // where the exam is that this is about, "" for none
}

type errorBody struct {
	Error     string `json:"error"`
	RequestID string `json:"request_id"`
}

// handleError is the reply to every error: words for the person, the wrapped chain for the operator.
func (s *Server) handleError(c *fiber.Ctx, err error) error {
	status, key := classify(err)
	if requestID(c) == "" { // the request never reached observe: a body too large, a header too long
		c.Locals(localRequestID, newRequestID())
		setSecurityHeaders(c, s.secure)
		s.log.Warn("refused", "id", requestID(c), "status", status, "err", err.Error())
	}
	if status >= 500 {
		s.log.Error("request failed", "id", requestID(c), "method", c.Method(), "route", c.Route().Path, "err", err.Error())
	}
	var wait *progress.ErrTooMany
	if errors.As(err, &wait) {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.RetryAfter.Round(time.Second)/time.Second)+1))
	}
	if inAPI(c) {
		return s.problem(c, status, err)
	}
	if errors.As(err, new(*inExam)) {
		key = "inexam"
	}
	if isCandidate(c) && (key == "forbidden" || key == "stale") { // who has neither role nor account
		key += "_seat"
	}
	text := ownWords(err)
	if text == "" || status >= 500 {
		text = s.words.get("error." + key + "_text")
	}
	if wantsJSON(c) || wantsPart(c) {
		return c.Status(status).JSON(errorBody{Error: text, RequestID: requestID(c)})
	}
	page := errorPage{
		basePage:  s.base(c, s.words.get("error."+key+"_title"), ""),
		Heading:   s.words.get("error." + key + "_title"),
		Text:      text,
		RequestID: requestID(c),
		Status:    status,
		Resend:    s.resendOf(c, err),
		Exam:      examOfError(err),
	}
	if page.Resend != nil {
		page.Text = s.words.get("error.kept_text")
	}
	if err := s.render(c, status, "error", page); err != nil {
		s.log.Error("error page failed", "id", requestID(c), "err", err.Error())
		return c.Status(status).SendString(page.Text)
	}
	return nil
}
