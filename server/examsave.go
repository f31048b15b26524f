package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// saveBody is what the script of the room sends: the changes of items since the last time.
type saveBody struct {
	Open  int `json:"open"` // number of the window
	Items []struct {
		Pos   int             `json:"pos"`
		Seq   int64           `json:"seq"`
		State json.RawMessage `json:"state"`
	} `json:"items"`
}

type saveReply struct {
	Now   int64        `json:"now"`
	Items []savedState `json:"items"`
}

// savedState says of one change what became of it. State is what is kept in its place.
type savedState struct {
	Pos    int             `json:"pos"`
	Seq    int64           `json:"seq"`
	Kept   bool            `json:"kept"`
	Locked bool            `json:"locked,omitempty"`
	State  json.RawMessage `json:"state,omitempty"`
}

type closedReply struct {
	errorBody
	Closed bool   `json:"closed"`
	Report string `json:"report"`
}

// often answers what a room asks many times a second, and does what identify, guard and observe do for other routes, at less cost: the session
// is remembered for seconds, success is logged only where someone debugs, and nothing is compressed.
func (s *Server) often(handle func(*fiber.Ctx, *progress.Session) error) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
		defer cancel()
		c.SetUserContext(ctx)
		id := newRequestID()
		c.Locals(localRequestID, id)
		c.Set("X-Request-Id", id)
		c.Set("X-Content-Type-Options", "nosniff")
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
		c.Set(fiber.HeaderCacheControl, "no-store")
		if s.secure {
			c.Set("Strict-Transport-Security", "max-age=31536000")
		}
		c.Request().Header.Set(fiber.HeaderAccept, fiber.MIMEApplicationJSON) // errors too are for the script
		if err = s.oftenInside(c, handle); err != nil {
			if err = s.handleError(c, err); err != nil {
				return err
			}
		}
		status, took, route := c.Response().StatusCode(), time.Since(start), c.Route().Path
		s.metrics.observe(c.Method(), route, status, took)
		level := slog.LevelDebug
		if status >= 400 {
			level = slog.LevelInfo
		}
		if s.log.Enabled(ctx, level) {
			s.log.Log(ctx, level, "request", "id", id, "method", c.Method(), "route", route, "status", status, "ms", float64(took.Microseconds())/1000)
		}
		return nil
	}
}

func (s *Server) oftenInside(c *fiber.Ctx, handle func(*fiber.Ctx, *progress.Session) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	token := s.cookie(c, cookieSession)
	if token == "" {
		return progress.ErrNoSession
	}
	sess, err := s.progress.SessionCached(c.UserContext(), progress.Token(token))
	if err != nil {
		return err
	}
	if err := s.fromHere(c, sess.CSRF, c.Get("X-Csrf-Token")); err != nil {
		return err
	}
	return handle(c, &sess)
}

// saveItems keeps changes of answers. The reply goes out when they are on the disk.
func (s *Server) saveItems(c *fiber.Ctx, sess *progress.Session) error {
	var body saveBody
	if err := json.Unmarshal(c.Body(), &body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "save: "+err.Error())
	}
	saves := make([]progress.ItemSave, len(body.Items))
	for i, it := range body.Items {
		saves[i] = progress.ItemSave{Pos: it.Pos, Seq: it.Seq, Body: it.State}
	}
	id := sittingOf(c)
	out, now, err := s.progress.SaveItems(c.UserContext(), sess.Learner.Actor(), id, saves)
	if errors.Is(err, progress.ErrSittingClosed) {
		return s.closed(c, id)
	}
	if err != nil {
		return err
	}
	reply := saveReply{Now: now.UnixMilli(), Items: make([]savedState, len(out))}
	for i, o := range out {
		st := savedState{Pos: o.Pos, Seq: o.Seq, Kept: o.Kept, Locked: o.Locked}
		if o.Now != nil {
			st.State = o.Now.Body
		}
		reply.Items[i] = st
	}
	return c.JSON(reply)
}

func (s *Server) closed(c *fiber.Ctx, id progress.SittingID) error {
	return c.Status(fiber.StatusConflict).JSON(closedReply{errorBody{s.words.get("error.sittingclosed_text"), requestID(c)}, true, sittingReport(id)})
}

// pulse is how a sitting stands, for its script. Moments are milliseconds since 1970, 0 for none.
type pulse struct {
	Now        int64        `json:"now"`
	Started    int64        `json:"started"`
	Ends       int64        `json:"ends"`
	BreakSince int64        `json:"breakSince"`
	BreakEnds  int64        `json:"breakEnds"`
	BreaksLeft int          `json:"breaksLeft"`
	HandedIn   int64        `json:"handedIn"`
	Opens      int          `json:"opens"`
	Reached    int          `json:"reached"`
	Report     string       `json:"report,omitempty"` // where to go once it is handed in
	Items      []pulseState `json:"items,omitempty"`
}

type pulseState struct {
	Pos    int             `json:"pos"`
	Seq    int64           `json:"seq"`
	Locked bool            `json:"locked"`
	State  json.RawMessage `json:"state"`
}

func pulseOf(x progress.Sitting, now time.Time) pulse {
	v := roomSittingOf(progress.Room{Sitting: x, Now: now})
	p := pulse{
		Now: v.Now, Started: v.Started, Ends: v.EndsAt, BreakSince: v.BreakSince, BreakEnds: v.BreakEnds, Opens: v.Opens, Reached: v.Reached,
		BreaksLeft: max(0, x.Blueprint.Breaks.Count-x.Breaks),
	}
	if x.HandedInAt != nil {
		p.HandedIn, p.Report = x.HandedInAt.UnixMilli(), sittingReport(x.ID)
	}
	return p
}

// roomForm gives the items of an open sitting. At a break the room is closed.
func (s *Server) roomForm(c *fiber.Ctx) error {
	x, err := s.ownSitting(c)
	if err != nil {
		return err
	}
	if x.HandedInAt != nil || x.BreakSince != nil {
		return s.closed(c, x.ID)
	}
	b, err := s.formJSON(c.UserContext(), &x)
	if err != nil {
		return err
	}
	return sendJSON(c, b)
}

func sendJSON(c *fiber.Ctx, b []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b)
}

// ownSitting is the sitting of the address, of the one who asks.
func (s *Server) ownSitting(c *fiber.Ctx) (progress.Sitting, error) {
	x, err := s.progress.Sitting(c.UserContext(), actor(c), sittingOf(c))
	if err == nil && x.Learner != actor(c).Learner {
		err = progress.ErrNotFound
	}
	return x, err
}

// roomState gives how a sitting stands with all that is answered.
func (s *Server) roomState(c *fiber.Ctx) error {
	room, err := s.progress.Standing(c.UserContext(), actor(c), sittingOf(c), true)
	if err != nil {
		return err
	}
	p := pulseOf(room.Sitting, room.Now)
	p.Items = []pulseState{}
	for _, it := range room.Items {
		p.Items = append(p.Items, pulseState{Pos: it.Pos, Seq: it.Seq, Locked: it.Locked || it.Pos < room.Sitting.Reached, State: it.Body})
	}
	b, err := plainJSON(p)
	if err != nil {
		return err
	}
	return sendJSON(c, b)
}

// roomPulse is roomState without what is answered.
func (s *Server) roomPulse(c *fiber.Ctx) error {
	room, err := s.progress.Standing(c.UserContext(), actor(c), sittingOf(c), false)
	if err != nil {
		return err
	}
	s.noticeSeat(c, room, false)
	return s.sendPulse(c, room.Sitting)
}

func (s *Server) sendPulse(c *fiber.Ctx, x progress.Sitting) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(pulseOf(x, s.progress.Clock()))
}

// moveOn leaves items behind in an exam that goes forward only.
func (s *Server) moveOn(c *fiber.Ctx) error {
	var body struct {
		Reached int `json:"reached"`
	}
	if err := json.Unmarshal(c.Body(), &body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "move: "+err.Error())
	}
	if err := s.progress.MoveOn(c.UserContext(), actor(c), sittingOf(c), body.Reached); err != nil {
		return s.orClosed(c, err)
	}
	return s.roomPulse(c)
}

// orClosed turns ErrSittingClosed into what the script knows.
func (s *Server) orClosed(c *fiber.Ctx, err error) error {
	if errors.Is(err, progress.ErrSittingClosed) && wantsJSON(c) {
		return s.closed(c, sittingOf(c))
	}
	return err
}

// takeBreak stops the clock; endBreak lets it run on. Both take a form or a script.
func (s *Server) takeBreak(c *fiber.Ctx) error { return s.onBreak(c, s.progress.TakeBreak) }
func (s *Server) endBreak(c *fiber.Ctx) error  { return s.onBreak(c, s.progress.EndBreak) }

func (s *Server) onBreak(c *fiber.Ctx, do func(context.Context, progress.Actor, progress.SittingID) (progress.Sitting, error)) error {
	x, err := do(c.UserContext(), actor(c), sittingOf(c))
	switch {
	case errors.Is(err, progress.ErrSittingClosed) && !wantsJSON(c): // the room says how it stands
		return seeOther(c, sittingPath(sittingOf(c)))
	case err != nil:
		return s.orClosed(c, err)
	case wantsJSON(c):
		return s.sendPulse(c, x)
	}
	return seeOther(c, sittingPath(x.ID))
}

// handIn closes a sitting for good. A form has to say yes to it on a page of its own.
func (s *Server) handIn(c *fiber.Ctx) error {
	if !wantsJSON(c) && c.FormValue("confirm") != "yes" {
		return seeOther(c, sittingPath(sittingOf(c))+"?handin=1&open="+c.FormValue("open"))
	}
	x, err := s.progress.HandIn(c.UserContext(), actor(c), sittingOf(c))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return c.JSON(struct {
			Report string `json:"report"`
		}{sittingReport(x.ID)})
	}
	return seeOther(c, sittingReport(x.ID))
}

// roomVerdict is how one item was answered, in an exam that says so after each.
type roomVerdict struct {
	Q    *questionView
	Case *caseResultPage
	CSRF string
}

// reveal makes one answer final and shows how it was graded.
func (s *Server) reveal(c *fiber.Ctx) error {
	var body struct {
		Pos int `json:"pos"`
	}
	if err := json.Unmarshal(c.Body(), &body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "reveal: "+err.Error())
	}
	x, err := s.ownSitting(c)
	if err != nil {
		return err
	}
	v, err := s.verdict(c, x, body.Pos)
	if err != nil {
		return s.orClosed(c, err)
	}
	return s.renderPart(c, fiber.StatusOK, "room", "room-verdict", v)
}

func (s *Server) verdict(c *fiber.Ctx, x progress.Sitting, pos int) (*roomVerdict, error) {
	g, err := s.progress.Reveal(c.UserContext(), actor(c), x.ID, pos)
	if err != nil {
		return nil, err
	}
	d, err := s.drawnItem(c.UserContext(), s.room(), &x, pos)
	if err != nil {
		return nil, err
	}
	v := &roomVerdict{}
	v.CSRF, _ = c.Locals(localCSRF).(string)
	if x.Form[pos].Kind == quizzes.ItemCase {
		res, err := g.Grading.CaseResult()
		if err != nil {
			return nil, err
		}
		v.Case = &caseResultPage{Case: s.caseView(d.chart), Result: res}
		s.layOut(v.Case, d.chart, res)
		v.Case.Rules = s.answerRules(res.Rules, v.Case.Lines, d.chart.LastDate())
		return v, nil
	}
	q, err := s.gradedQuestion(d.question, g)
	if err != nil {
		return nil, err
	}
	q.AgainPath, q.Inline = "", true
	v.Q = &q
	return v, nil
}
