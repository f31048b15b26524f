package crowd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Change is a state of an item that a learner sent.
type Change struct {
	Seq    int64
	Option int // the option chosen
	Number int // how many changes the learner made before; kept as the seconds of the item, which tells changes apart
}

// Learner is one virtual learner. It is not safe to share.
type Learner struct {
	c          *Client
	n          int
	dice       *rand.Rand
	session    string
	csrf       string
	page       string // client key of the page before starting
	Sitting    string // id, "" until one is started
	Items      int
	ahead      time.Duration // how far the server's clock is ahead of ours
	seq        int64
	changes    int
	acked      map[int]Change
	unknown    map[int][]Change // sent after the last that was acknowledged, fate unknown
	body, want []byte           // of the last save, to be used again
	pending    *pending         // to be sent again, as the page does
	HandedIn   bool
	Acked      int // how many changes were acknowledged
	Unanswered int // how many got no answer or a refusal to try again
}

type pending struct {
	pos int
	Change
}

// Learner makes the nth learner of the crowd.
func (c *Client) Learner(n int) *Learner {
	return &Learner{c: c, n: n, dice: rand.New(rand.NewPCG(uint64(n), 5)), acked: map[int]Change{}, unknown: map[int][]Change{}}
}

// Move makes the learner use another client from now on.
func (l *Learner) Move(c *Client) { l.c = c }

// from is the learner's own address, so that limits by address do not take the crowd for one.
func (l *Learner) from() string { return fmt.Sprintf("10.%d.%d.%d", 1+l.n>>16, l.n>>8&255, l.n&255) }

// SignIn makes the learner a guest of the server.
func (l *Learner) SignIn() error {
	r, err := l.c.do(request{method: http.MethodPost, path: "/start", csrf: visitorSecret, from: l.from(), form: true, page: true, body: []byte("next=%2Fexams")})
	if err != nil {
		return err
	}
	if r.status != http.StatusSeeOther || r.session == "" {
		return unexpected("sign in", r)
	}
	l.session = r.session
	return nil
}

var (
	formToken = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)
	clientKey = regexp.MustCompile(`name="client_key" value="([^"]+)"`)
)

// Look opens the page before starting, where the learner waits for the exam to begin.
func (l *Learner) Look() error {
	r, err := l.c.do(request{method: http.MethodGet, path: "/exams/" + l.c.exam, session: l.session, from: l.from(), page: true})
	if err != nil {
		return err
	}
	token, key := formToken.FindSubmatch(r.body), clientKey.FindSubmatch(r.body)
	if r.status != http.StatusOK || token == nil || key == nil {
		return unexpected("page of the exam", r)
	}
	l.csrf, l.page = string(token[1]), string(key[1])
	return nil
}

// Start starts the exam.
func (l *Learner) Start() error {
	r, err := l.c.do(request{method: http.MethodPost, path: "/exams/" + l.c.exam + "/start", session: l.session, csrf: l.csrf, from: l.from(), form: true, page: true,
		body: []byte("client_key=" + url.QueryEscape(l.page))})
	if err != nil {
		return err
	}
	id, ok := strings.CutPrefix(r.location, "/exams/sittings/")
	if r.status != http.StatusSeeOther || !ok {
		return unexpected("start", r)
	}
	l.Sitting = id
	return nil
}

// path is an address in the learner's sitting.
func (l *Learner) path(last string) string { return "/exams/sittings/" + l.Sitting + "/" + last }

func (l *Learner) get(last string, read func(body []byte) error) error {
	r, err := l.c.do(request{method: http.MethodGet, path: l.path(last), session: l.session, from: l.from(), read: read})
	if err == nil && r.status != http.StatusOK {
		err = unexpected(last, r)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", last, err)
	}
	return nil
}

// Form loads the items, as the script of the room does. It counts them and no more: the crowd shares the processor with the server.
func (l *Learner) Form() error {
	return l.get("form", func(body []byte) error {
		if l.Items = bytes.Count(body, []byte(`"pos":`)); l.Items == 0 || !bytes.HasSuffix(body, []byte("}")) {
			return fmt.Errorf("the form of sitting %s has no items", l.Sitting)
		}
		return nil
	})
}

// state is the answer to …/state.
type state struct {
	Now      int64 `json:"now"`
	HandedIn int64 `json:"handedIn"`
	Items    []struct {
		Pos   int   `json:"pos"`
		Seq   int64 `json:"seq"`
		State struct {
			Answer struct {
				Options []int `json:"options"`
			} `json:"answer"`
			Seconds int `json:"secs"`
		} `json:"state"`
	} `json:"items"`
}

// State loads what is answered and sets the learner's idea of the server's clock.
func (l *Learner) State() error {
	var st state
	if err := l.get("state", func(body []byte) error { return json.Unmarshal(body, &st) }); err != nil {
		return err
	}
	l.heard(st.Now)
	return nil
}

func (l *Learner) heard(now int64) { l.ahead = time.Until(time.UnixMilli(now)) }

// Outcome is what became of a save.
type Outcome int

// The outcomes of saves.
const (
	Kept   Outcome = iota
	Closed         // the sitting takes no more answers
	Later          // the server said that it could not keep it now
	Lost           // no answer
)

// keptError is a reply that does not say that the change, and nothing else, was kept.
type keptError struct{ reply string }

func (e *keptError) Error() string { return "not kept: " + e.reply }

// readKept reads the reply to a save: the server's clock, and then that the change was kept, as it has to be said.
func readKept(reply, kept []byte) (now int64, err error) {
	rest, begins := bytes.CutPrefix(reply, []byte(`{"now":`))
	digits, ends := bytes.CutSuffix(rest, kept)
	now, err = strconv.ParseInt(string(digits), 10, 64)
	if !begins || !ends || err != nil {
		return 0, &keptError{string(reply)}
	}
	return now, nil
}

// Save changes an item at random and sends the change. A change that got no answer is sent again first, or a newer one of the same item
// in its place. The error says what was not as it should be: an answer that nobody expects, or a change that was refused without need.
func (l *Learner) Save() (Outcome, error) {
	p := l.pending
	switch {
	case p == nil:
		p = &pending{l.dice.IntN(l.Items), l.next()}
	case l.dice.IntN(2) == 0:
		p = &pending{p.pos, l.next()}
	}
	l.pending = p
	if u := l.unknown[p.pos]; len(u) == 0 || u[len(u)-1] != p.Change {
		l.unknown[p.pos] = append(u, p.Change)
	}
	// Written and read by hand: the crowd shares the processor with the server.
	body := fmt.Appendf(l.body[:0], `{"open":1,"items":[{"pos":%d,"seq":%d,"state":{"answer":{"options":[%d]},"secs":%d}}]}`, p.pos, p.Seq, p.Option, p.Number)
	l.body = body
	kept := fmt.Appendf(l.want[:0], `,"items":[{"pos":%d,"seq":%d,"kept":true}]}`, p.pos, p.Seq)
	l.want = kept
	var now int64
	r, err := l.c.do(request{method: http.MethodPost, path: l.path("save"), session: l.session, csrf: l.csrf, from: l.from(), body: body,
		read: func(reply []byte) (err error) {
			now, err = readKept(reply, kept)
			return err
		}})
	var other *keptError
	if errors.As(err, &other) {
		return Lost, fmt.Errorf("save: item %d, change %d: answered with %.200s", p.pos, p.Seq, other.reply)
	}
	if err != nil {
		l.Unanswered++
		return Lost, nil
	}
	switch r.status {
	case http.StatusOK:
		l.heard(now)
		l.acked[p.pos], l.pending = p.Change, nil
		delete(l.unknown, p.pos)
		l.Acked++
		return Kept, nil
	case http.StatusConflict:
		return Closed, nil
	case http.StatusServiceUnavailable, http.StatusBadGateway:
		l.Unanswered++
		return Later, nil
	}
	return Lost, unexpected("save", r)
}

func (l *Learner) next() Change {
	l.seq = max(l.seq+1, time.Now().Add(l.ahead).UnixMilli())
	l.changes++
	return Change{Seq: l.seq, Option: l.dice.IntN(3), Number: l.changes % 500_000}
}

// HandIn hands the sitting in. Handing in again is fine.
func (l *Learner) HandIn() error {
	r, err := l.c.do(request{method: http.MethodPost, path: l.path("hand-in"), session: l.session, csrf: l.csrf, from: l.from(), body: []byte("{}")})
	if err != nil {
		return err
	}
	if r.status != http.StatusOK {
		return unexpected("hand in", r)
	}
	l.HandedIn = true
	return nil
}

// Report opens the page of the result.
func (l *Learner) Report() error {
	r, err := l.c.do(request{method: http.MethodGet, path: l.path("report"), session: l.session, from: l.from(), page: true})
	if err != nil {
		return err
	}
	if r.status != http.StatusOK {
		return unexpected("report", r)
	}
	return nil
}

// Answered says what the learner was told to be kept, by position.
func (l *Learner) Answered() map[int]Change { return l.acked }

// Damage compares what the server has with what it acknowledged: each item must be in the last acknowledged state, or in a newer one that
// was sent and got no answer. It gives a line for each item that is not.
func (l *Learner) Damage() ([]string, error) {
	var st state
	if err := l.get("state", func(body []byte) error { return json.Unmarshal(body, &st) }); err != nil {
		return nil, err
	}
	there := map[int]Change{}
	for _, it := range st.Items {
		c := Change{Seq: it.Seq, Option: -1, Number: it.State.Seconds}
		if len(it.State.Answer.Options) == 1 {
			c.Option = it.State.Answer.Options[0]
		}
		there[it.Pos] = c
	}
	return l.compare(there), nil
}

// compare is Damage for states from anywhere.
func (l *Learner) compare(there map[int]Change) (damage []string) {
	for pos, want := range l.acked {
		if got, ok := there[pos]; !ok || got != want && !slices.Contains(l.unknown[pos], got) {
			damage = append(damage, fmt.Sprintf("sitting %s, item %d: %+v was acknowledged, %+v is there", l.Sitting, pos, want, got))
		}
	}
	for pos, got := range there {
		if _, ok := l.acked[pos]; !ok && !slices.Contains(l.unknown[pos], got) {
			damage = append(damage, fmt.Sprintf("sitting %s, item %d: %+v is there and was never sent", l.Sitting, pos, got))
		}
	}
	return damage
}
