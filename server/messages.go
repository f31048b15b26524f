package server

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
)

// talkView is what was written below a result.
type talkView struct {
	Action    string
	Key       string // client key of the form
	Messages  []messageRow
	MayWrite  bool
	Text      string // as it was typed
	Error     string
	MostChars int
	CSRF      string
}

type messageRow struct {
	Author, At, Text string
	Own, New         bool
}

// talk is what was written about a result, nil where the viewer has nothing to read and cannot write.
func (s *Server) talk(c *fiber.Ctx, kind progress.AboutKind, id string) (*talkView, error) {
	t, err := s.progress.Thread(c.UserContext(), actor(c), progress.About{Kind: kind, ID: id})
	if errors.Is(err, progress.ErrNotFound) || errors.Is(err, progress.ErrNotYet) { // staff who look on
		return nil, nil
	}
	if err != nil || !t.MayWrite && len(t.Messages) == 0 {
		return nil, err
	}
	v := &talkView{Action: "/messages/" + string(kind) + "/" + id, Key: uuid.NewString(), MayWrite: t.MayWrite, MostChars: progress.MaxMessage}
	v.CSRF, _ = c.Locals(localCSRF).(string)
	for _, m := range t.Messages {
		row := messageRow{Author: m.Author, At: when(c, m.At), Text: m.Text, Own: m.Own, New: m.New}
		if row.Author == "" {
			row.Author = s.words.get("talk.somebody")
		}
		if m.Own {
			row.Author = s.words.get("talk.you")
		}
		v.Messages = append(v.Messages, row)
	}
	return v, nil
}

type talkPage struct {
	basePage
	Talk *talkView
	Back string
}

// resultPath is the address of a result.
func (s *Server) resultPath(c *fiber.Ctx, about progress.About) (string, error) {
	if about.Kind == progress.AboutSitting {
		return reportPath(progress.SittingID(about.ID)), nil
	}
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(about.ID))
	if err != nil {
		return "", err
	}
	if g.Attempt.Kind == progress.KindCase && g.Attempt.Context.Kind == progress.InExam {
		return reportPath(progress.SittingID(g.Attempt.Context.Ref)), nil
	}
	return s.attemptView(g, viewer(c).Learner.Location()).Path, nil
}

// writeMessage keeps a message and leads back to the result.
func (s *Server) writeMessage(c *fiber.Ctx) error {
	about := progress.About{Kind: progress.AboutKind(c.Params("kind")), ID: c.Params("id")}
	_, err := s.progress.WriteMessage(c.UserContext(), actor(c), about, c.FormValue("client_key"), c.FormValue("text"))
	if errs := s.inputErrors(err); errs != nil {
		v, err := s.talk(c, about.Kind, about.ID)
		if err != nil || v == nil {
			return err
		}
		v.Text, v.Error = c.FormValue("text"), errs["text"]
		page := talkPage{basePage: s.base(c, s.words.get("talk.title"), "progress"), Talk: v}
		if page.Back, err = s.resultPath(c, about); err != nil {
			return err
		}
		return s.render(c, fiber.StatusUnprocessableEntity, "talk", page)
	}
	if err != nil {
		return err
	}
	path, err := s.resultPath(c, about)
	if err != nil {
		return err
	}
	s.say(c, "messagesent")
	return seeOther(c, path+"#messages")
}

// unreadRow is a result with messages that were not read.
type inboxPage struct {
	teachBase
	Unread []unreadRow
}

// inbox lists what learners wrote and the viewer has not read.
func (s *Server) inbox(c *fiber.Ctx) error {
	if !actor(c).MaySetExams() {
		return progress.ErrForbidden
	}
	rows, err := s.unreadTalk(c)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "inbox", inboxPage{s.teachBase(c, s.words.get("talk.inbox"), "learners"), rows})
}

type unreadRow struct{ Path, What, Who, At, Text string }

// unreadTalk lists what others wrote that the viewer has not read. A result that is gone, or closed just now, is left out.
func (s *Server) unreadTalk(c *fiber.Ctx) ([]unreadRow, error) {
	list, err := s.progress.Unread(c.UserContext(), actor(c))
	if err != nil {
		return nil, err
	}
	var out []unreadRow
	for _, u := range list {
		path, err := s.resultPath(c, u.About)
		if errors.Is(err, progress.ErrNotFound) || errors.Is(err, progress.ErrNotYet) {
			continue
		}
		if err != nil {
			return nil, err
		}
		row := unreadRow{Path: path + "#messages", At: when(c, u.At), Text: firstWords(u.Text, 140), What: s.words.get("talk.one")}
		if u.N > 1 {
			row.What = s.words.get("talk.many", u.N)
		}
		if u.Learner.ID != "" {
			row.Who = s.learnerName(u.Learner)
		}
		out = append(out, row)
	}
	return out, nil
}
