package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of messages.
const (
	MaxMessage   = 2000 // characters
	maxThread    = 200  // messages about one result
	messageBurst = 30
	messageEvery = time.Minute
)

// AboutKind says what a message is about.
type AboutKind string

// The kinds of results that messages stand below.
const (
	AboutAttempt AboutKind = "attempt"
	AboutSitting AboutKind = "sitting"
)

// About names a result.
type About struct {
	Kind AboutKind `json:"kind"`
	ID   string    `json:"id"`
}

// Message is what a learner or one who teaches them wrote below a result: plain text.
type Message struct {
	ID        MessageID `json:"id"`
	Org       OrgID     `json:"-"`
	About     About     `json:"about"`
	Learner   LearnerID `json:"learner"` // whose result it is
	Author    LearnerID `json:"author"`
	ClientKey string    `json:"-"`
	Text      string    `json:"text"`
	At        time.Time `json:"at"`
}

// Thread is what was written about a result.
type Thread struct {
	About    About
	Learner  LearnerID
	Messages []ThreadMessage // the oldest first
	MayWrite bool
}

// ThreadMessage is a message with who wrote it.
type ThreadMessage struct {
	Message
	Author string // name; "" for a guest or somebody who is gone
	Own    bool   // the actor wrote it
	New    bool   // the actor had not read it
}

// result finds whose a result is that the actor may look at. ErrNotFound also for staff who manage no cohort that the learner is in; ErrNotYet
// for a learner whose results are not open.
func (s *Service) result(ctx context.Context, a Actor, about About) (LearnerID, error) {
	var l LearnerID
	switch about.Kind {
	case AboutAttempt:
		g, err := s.Attempt(ctx, a, AttemptID(about.ID))
		if err != nil {
			return "", err
		}
		l = g.Attempt.Learner
	case AboutSitting:
		x, err := s.Sitting(ctx, a, SittingID(about.ID))
		if err != nil {
			return "", err
		}
		if x.HandedInAt == nil || !a.teaches() && !x.ResultsOpen(s.clock()) {
			return "", ErrNotYet
		}
		l = x.Learner
	default:
		return "", ErrNotFound
	}
	if l == a.Learner {
		return l, nil
	}
	return l, s.MayFollow(ctx, a, l)
}

// Thread gives what was written about a result, and marks it as read by the actor. Learners write where somebody teaches them or has written to
// them. The errors are ErrNotFound and ErrNotYet.
func (s *Service) Thread(ctx context.Context, a Actor, about About) (Thread, error) {
	fail := func(err error) (Thread, error) { return Thread{}, fmt.Errorf("messages about %s: %w", about.ID, err) }
	l, err := s.result(ctx, a, about)
	if err != nil {
		return fail(err)
	}
	out := Thread{About: about, Learner: l, MayWrite: a.Learner != "" && a.Learner != l}
	ms, err := s.st.Messages(ctx, a.org(), about.ID)
	if err != nil {
		return fail(err)
	}
	if a.Learner == l {
		cs, err := s.OwnCohorts(ctx, a)
		if err != nil {
			return fail(err)
		}
		out.MayWrite = len(cs) > 0 || len(ms) > 0
	}
	out.MayWrite = out.MayWrite && len(ms) < maxThread
	if len(ms) == 0 {
		return out, nil
	}
	fresh := map[MessageID]bool{}
	if a.Learner != "" {
		unread, err := s.st.Unread(ctx, a.org(), a.Learner, []LearnerID{l})
		if err != nil {
			return fail(err)
		}
		for _, m := range unread {
			fresh[m.ID] = true
		}
	}
	names := map[LearnerID]string{}
	read := true
	for _, m := range ms {
		name, known := names[m.Author]
		if !known {
			if who, err := s.st.Learner(ctx, a.org(), m.Author); err == nil {
				name = who.Name
			}
			names[m.Author] = name
		}
		read = read && !fresh[m.ID]
		out.Messages = append(out.Messages, ThreadMessage{Message: m, Author: name, Own: m.Author == a.Learner, New: fresh[m.ID]})
	}
	if !read {
		if err := s.st.MarkRead(ctx, a.org(), a.Learner, about.ID, ms[len(ms)-1].ID); err != nil {
			return fail(err)
		}
	}
	return out, nil
}

// WriteMessage keeps a message below a result. The same client key again counts once. Errors are those of Thread; ErrForbidden where the actor
// cannot write; InputErrors of text; *ErrTooMany.
func (s *Service) WriteMessage(ctx context.Context, a Actor, about About, clientKey, text string) (Message, error) {
	fail := func(err error) (Message, error) { return Message{}, fmt.Errorf("write about %s: %w", about.ID, err) }
	t, err := s.Thread(ctx, a, about)
	if err != nil {
		return Message{}, err
	}
	if i := slices.IndexFunc(t.Messages, func(m ThreadMessage) bool { return m.Own && m.ClientKey == clientKey }); i >= 0 {
		return t.Messages[i].Message, nil
	}
	if len(t.Messages) >= maxThread {
		return Message{}, &InputError{"text", fmt.Sprintf("There are %d messages about this result, which is the most.", maxThread)}
	}
	if !t.MayWrite {
		return fail(ErrForbidden)
	}
	text = plainText(text)
	var problems InputErrors
	if e := checkKey(clientKey); e != nil {
		problems = append(problems, e)
	}
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		problems = append(problems, &InputError{"text", "Write something first."})
	case n > MaxMessage:
		problems = append(problems, &InputError{"text", fmt.Sprintf("A message can have %d characters at most; this has %d.", MaxMessage, n)})
	}
	if err := asInput(problems); err != nil {
		return Message{}, err
	}
	if err := s.take(ctx, []string{limitKey("message", a.org(), string(a.Learner))}, []Limit{{Burst: messageBurst, Every: messageEvery}}); err != nil {
		return Message{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	m := Message{ID: MessageID(id), Org: a.org(), About: about, Learner: t.Learner, Author: a.Learner, ClientKey: clientKey, Text: text, At: now}
	if err := s.st.AddMessage(ctx, a.org(), m); err != nil && !errors.Is(err, ErrDuplicate) {
		return fail(err)
	}
	return m, nil
}

// plainText takes control characters out of a text, but for the ends of lines.
func plainText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

// Unread lists the results about which others wrote what the actor has not read, the newest first: of a learner those of their own results, of
// one who teaches those of the members of their cohorts, whose names come with them.
func (s *Service) Unread(ctx context.Context, a Actor) ([]UnreadAbout, error) {
	fail := func(err error) ([]UnreadAbout, error) { return nil, fmt.Errorf("unread messages: %w", err) }
	if a.Learner == "" {
		return nil, nil
	}
	people := map[LearnerID]Learner{a.Learner: {}}
	if a.teaches() {
		own, err := s.st.Cohorts(ctx, a.org(), a.Learner)
		if err != nil {
			return fail(err)
		}
		for _, c := range own {
			if c.ClosedAt != nil {
				continue
			}
			ms, err := s.st.Members(ctx, a.org(), c.ID)
			if err != nil {
				return fail(err)
			}
			for _, m := range ms {
				people[m.ID] = m
			}
		}
	}
	ids := make([]LearnerID, 0, len(people))
	for id := range people {
		ids = append(ids, id)
	}
	ms, err := s.st.Unread(ctx, a.org(), a.Learner, ids)
	if err != nil {
		return fail(err)
	}
	var out []UnreadAbout
	for _, m := range ms {
		i := slices.IndexFunc(out, func(u UnreadAbout) bool { return u.About == m.About })
		if i < 0 {
			i = len(out)
			out = append(out, UnreadAbout{About: m.About, Learner: people[m.Learner], At: m.At, Text: m.Text})
		}
		out[i].N++
	}
	return out, nil
}

// UnreadAbout is a result with messages that were not read.
type UnreadAbout struct {
	About   About
	Learner Learner // whose result it is; zero for the actor's own
	N       int     // messages
	At      time.Time
	Text    string // of the newest
}
