package server

import (
	"encoding/json"
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// roomPage is the room: one item of an open sitting, the review of all, the question before handing in, or a break. The script takes it over
// where there is one.
type roomPage struct {
	basePage
	View       string // item, review, handin or break
	Sitting    roomSitting
	Item       *roomItem
	Palette    []roomPlace
	Left       int // minutes left, -1 without a clock
	Ends       string
	Over       bool // the time is up; the last answers may still be on their way
	Break      *roomBreak
	BreaksLeft int
	BackTo     int // number of the item that the review leads back to
	NoteMost   int // characters of a note
}

// places are those of the palette that pass.
func (p roomPage) places(pass func(roomPlace) bool) []roomPlace {
	var out []roomPlace
	for _, pl := range p.Palette {
		if pass(pl) {
			out = append(out, pl)
		}
	}
	return out
}

// Answered, Unanswered and Flagged are items for the review.
func (p roomPage) Answered() []roomPlace {
	return p.places(func(pl roomPlace) bool { return pl.Answered })
}
func (p roomPage) Unanswered() []roomPlace {
	return p.places(func(pl roomPlace) bool { return !pl.Answered })
}
func (p roomPage) Flagged() []roomPlace {
	return p.places(func(pl roomPlace) bool { return pl.Flagged })
}

// roomSitting is what the script needs to know of the sitting. Moments are milliseconds since 1970, 0 for none.
type roomSitting struct {
	ID         progress.SittingID
	Name, Path string
	Exam       string
	Opens      int
	Items      int
	Navigation string
	Book       string
	Feedback   string
	Warn       string // minutes before the end, with blanks between
	Breaks     int    // that one may take in all
	Longest    int    // minutes of a break
	BreakLock  bool   // what was seen before a break cannot be changed after it
	Now        int64
	Started    int64
	EndsAt     int64
	BreakSince int64
	BreakEnds  int64
	Reached    int
}

// roomPlace is one item in the palette and in the review.
type roomPlace struct {
	Number                           int
	Answered, Flagged, Seen, Current bool
	Locked                           bool
	Reachable                        bool
}

// Class is how the place looks.
func (p roomPlace) Class() string {
	class := "pal"
	switch {
	case p.Answered:
		class += " answered"
	case p.Seen:
		class += " seen"
	}
	if p.Flagged {
		class += " flagged"
	}
	if p.Locked {
		class += " locked"
	}
	return class
}

// roomItem is the item that is shown.
type roomItem struct {
	Pos, Number int
	Kind        grading.Kind // "" for a chart to be coded
	Stem        template.HTML
	Choices     []roomChoice
	Entries     []choiceView
	Rights      []choiceView
	Choose      int
	Count       int // order: how many places there are
	Ordered     bool
	Typed       string
	Sheet       *roomSheet // codes and charts
	Chart       *chartView
	Flag        bool
	Note        string
	Locked      bool
	Answered    bool
	Last, First bool
	Shown       int64 // when, by the clock
	Verdict     *roomVerdict
}

type roomChoice struct {
	choiceView
	Struck bool
}

// Places are the places of an order question, from 1.
func (it roomItem) Places() []int { return questionView{Count: it.Count}.Places() }

// roomBreak is a break under way.
type roomBreak struct {
	Since, Ends string
	Left        int // minutes
}

// What blueprints say of navigation and feedback.
const (
	forwardOnly  = "forward"
	feedbackEach = "each"
)

// breakEnds is when the break under way ends by itself.
func breakEnds(x progress.Sitting) time.Time {
	return x.BreakSince.Add(time.Duration(x.Blueprint.Breaks.Minutes) * time.Minute)
}

// sittingOf reads the id of the address.
func sittingOf(c *fiber.Ctx) progress.SittingID { return progress.SittingID(c.Params("sitting")) }

// roomOf is the sitting of the address with what is answered. A sitting that is over sends the page to its report, and then done is true.
func (s *Server) roomOf(c *fiber.Ctx, opened bool) (room progress.Room, done bool, err error) {
	room, err = s.progress.Room(c.UserContext(), actor(c), sittingOf(c), opened)
	if err != nil {
		return room, false, err
	}
	if room.Sitting.HandedInAt != nil {
		if room.Sitting.HandedInBy == progress.HandedInByClock {
			s.say(c, "examclock")
		}
		return room, true, seeOther(c, sittingReport(room.Sitting.ID))
	}
	return room, false, nil
}

// examRoom shows the room.
func (s *Server) examRoom(c *fiber.Ctx) error {
	within := c.QueryInt("open", -1) // links of the page carry the number of its window, so that going on in it is no other window
	room, done, err := s.roomOf(c, within < 0)
	if err != nil || done {
		return err
	}
	opened := within < 0 || within != room.Sitting.Opens
	if within >= 0 && opened {
		if room, done, err = s.roomOf(c, true); err != nil || done {
			return err
		}
	}
	s.noticeSeat(c, room, opened)
	view := "item"
	switch {
	case room.Sitting.BreakSince != nil:
		view = "break"
	case c.Query("handin") != "":
		view = "handin"
	case c.Query("review") != "":
		view = "review"
	}
	return s.showRoom(c, room, view, c.QueryInt("item", 0)-1)
}

func (s *Server) showRoom(c *fiber.Ctx, room progress.Room, view string, pos int) error {
	x, z := room.Sitting, s.where(c)
	page := roomPage{
		basePage: s.base(c, x.Name, "exams"), View: view, Sitting: roomSittingOf(room), Left: -1, BreaksLeft: max(0, x.Blueprint.Breaks.Count-x.Breaks),
		NoteMost: progress.MaxItemNote,
	}
	page.Bare = true
	if left, ok := x.Left(room.Now); ok {
		page.Left = int(left.Round(time.Minute) / time.Minute)
		page.Ends = x.EndsAt.In(z).Format("15:04")
		page.Over = left <= 0
	}
	forward := x.Blueprint.Navigation == forwardOnly
	if view == "break" {
		ends := breakEnds(x)
		page.Break = &roomBreak{
			Since: x.BreakSince.In(z).Format("15:04"), Ends: ends.In(z).Format("15:04"), Left: int(max(0, ends.Sub(room.Now)).Round(time.Minute) / time.Minute),
		}
		return s.render(c, fiber.StatusOK, "room", page)
	}
	kept := map[int]progress.StoredItem{}
	for _, it := range room.Items {
		kept[it.Pos] = it
	}
	if pos < 0 || pos >= len(x.Form) {
		pos = firstOpen(x, kept)
	}
	if forward && view == "item" {
		if pos = x.Reached; pos >= len(x.Form) {
			page.View = "review"
		}
	}
	page.BackTo = min(pos, len(x.Form)-1) + 1
	for i := range x.Form {
		st, seen := kept[i]
		state := st.State()
		page.Palette = append(page.Palette, roomPlace{
			Number: i + 1, Answered: state.Answered(), Flagged: state.Flag, Seen: seen, Current: page.View == "item" && i == pos,
			Locked: st.Locked || i < x.Reached, Reachable: !forward || i == x.Reached,
		})
	}
	if page.View == "item" {
		item, err := s.roomItem(c, room, pos, kept[pos])
		if err != nil {
			return err
		}
		page.Item = item
	}
	return s.render(c, fiber.StatusOK, "room", page)
}

func roomSittingOf(room progress.Room) roomSitting {
	x := room.Sitting
	v := roomSitting{
		ID: x.ID, Name: x.Name, Exam: x.Exam, Path: sittingPath(x.ID), Opens: x.Opens, Items: len(x.Form), Navigation: x.Blueprint.Navigation, Book: x.Blueprint.Book,
		Feedback: x.Blueprint.Feedback, Breaks: x.Blueprint.Breaks.Count, Longest: x.Blueprint.Breaks.Minutes, BreakLock: x.Blueprint.Breaks.Lock, Now: room.Now.UnixMilli(), Started: x.StartedAt.UnixMilli(),
		Reached: x.Reached,
	}
	warn := make([]string, len(x.Blueprint.WarnMinutes))
	for i, m := range x.Blueprint.WarnMinutes {
		warn[i] = strconv.Itoa(m)
	}
	v.Warn = strings.Join(warn, " ")
	if x.EndsAt != nil {
		v.EndsAt = x.EndsAt.UnixMilli()
	}
	if x.BreakSince != nil {
		v.BreakSince, v.BreakEnds = x.BreakSince.UnixMilli(), breakEnds(x).UnixMilli()
	}
	return v
}

// firstOpen is where to go on: the first item that is not answered, else the first.
func firstOpen(x progress.Sitting, kept map[int]progress.StoredItem) int {
	for i := x.Reached; i < len(x.Form); i++ {
		st := kept[i]
		if !st.Locked && !st.State().Answered() {
			return i
		}
	}
	return min(x.Reached, len(x.Form)-1)
}

// roomItem is an item as the page shows it, with what is answered.
func (s *Server) roomItem(c *fiber.Ctx, room progress.Room, pos int, st progress.StoredItem) (*roomItem, error) {
	x, r := room.Sitting, s.room()
	d, err := s.drawnItem(c.UserContext(), r, &x, pos)
	if err != nil {
		return nil, err
	}
	f, state := x.Form[pos], st.State()
	it := &roomItem{
		Pos: pos, Number: pos + 1, Flag: state.Flag, Note: state.Note, Locked: st.Locked || pos < x.Reached, Answered: state.Answered(),
		First: pos == 0 || x.Blueprint.Navigation == forwardOnly, Last: pos == len(x.Form)-1, Shown: room.Now.UnixMilli(),
	}
	if d.chart != nil {
		it.Chart = s.chartView(d.chart)
	}
	if f.Kind == quizzes.ItemCase {
		it.Stem = template.HTML(template.HTMLEscapeString(s.words.get("sit.code_chart"))) //nolint:gosec // escaped here
		sh := answersheet.Sheet{}
		if state.Sheet != nil {
			sh = *state.Sheet
		}
		sheet := s.chartSheet(d.chart, sh)
		it.Sheet = &sheet
	} else if err := s.questionItem(it, d, f, state); err != nil {
		return nil, err
	}
	if x.Blueprint.Feedback == feedbackEach && st.Locked && it.Answered {
		if it.Verdict, err = s.verdict(c, x, pos); err != nil {
			return nil, err
		}
	}
	return it, nil
}

func (s *Server) questionItem(it *roomItem, d drawn, f quizzes.FormItem, state progress.ItemState) error {
	p := d.question.Public()
	it.Kind, it.Stem, it.Choose, it.Ordered = p.Kind, p.Stem, p.Choose, p.Ordered
	if n := shuffled(d.question); n != len(f.Shuffle) && n > 0 {
		return errNoOrder
	}
	a := state.Answer
	switch p.Kind {
	case grading.Single, grading.Multiple:
		for i, author := range f.Shuffle {
			v := choiceView{Index: i, HTML: p.Options[author], Chosen: slices.Contains(a.Options, i)}
			it.Choices = append(it.Choices, roomChoice{choiceView: v, Struck: slices.Contains(state.Struck, i)})
		}
	case grading.Order:
		it.Count = len(f.Shuffle)
		for i, author := range f.Shuffle {
			it.Entries = append(it.Entries, choiceView{Index: i, HTML: p.Entries[author], Place: slices.Index(a.Order, i) + 1})
		}
	case grading.Match:
		for i, left := range p.Left {
			v := choiceView{Index: i, HTML: left}
			if i < len(a.Match) && a.Match[i] >= 0 {
				v.Place = a.Match[i] + 1
			}
			it.Entries = append(it.Entries, v)
		}
		for i, author := range f.Shuffle {
			it.Rights = append(it.Rights, choiceView{Index: i, HTML: p.Entries[author]})
		}
	case grading.Codes:
		sheet := s.codeSheet(d.question, d.chart, a.Codes)
		it.Sheet = &sheet
	default:
		it.Typed = a.Value
	}
	return nil
}

// saveRoomItem takes the form of an item, keeps what is in it and goes where its button leads.
func (s *Server) saveRoomItem(c *fiber.Ctx) error {
	room, done, err := s.roomOf(c, false)
	if err != nil || done {
		return err
	}
	x := room.Sitting
	n, err := strconv.Atoi(c.Params("number"))
	if err != nil || n < 1 || n > len(x.Form) {
		return progress.ErrNotFound
	}
	pos, do := n-1, c.FormValue("do")
	kept := progress.StoredItem{Pos: pos}
	for _, it := range room.Items {
		if it.Pos == pos {
			kept = it
		}
	}
	if x.BreakSince == nil && !kept.Locked && pos >= x.Reached {
		state, err := s.readRoomItem(c, room, pos, kept.State(), do)
		if err != nil {
			return err
		}
		switch kept, err := s.keepRoomItem(c, room, kept, state); {
		case errors.Is(err, progress.ErrSittingClosed): // the report says the rest
			s.say(c, "examlate")
			return seeOther(c, sittingPath(x.ID))
		case err != nil:
			return err
		case !kept:
			s.say(c, "examother")
			do = "save"
		}
	}
	at := func(query string) error {
		return seeOther(c, sittingPath(x.ID)+"?"+query+"&open="+c.FormValue("open", strconv.Itoa(x.Opens)))
	}
	verb, to, _ := strings.Cut(do, "-")
	switch verb {
	case "next":
		pos++
		if x.Blueprint.Navigation == forwardOnly {
			if err := s.progress.MoveOn(c.UserContext(), actor(c), x.ID, pos); err != nil {
				return err
			}
		}
		if pos >= len(x.Form) {
			return at("review=1")
		}
	case "prev":
		pos = max(0, pos-1)
	case "goto":
		if i, err := strconv.Atoi(to); err == nil {
			pos = i - 1
		}
	case "review":
		return at("review=1")
	case "break":
		return s.takeBreak(c)
	case "check":
		if _, err := s.progress.Reveal(c.UserContext(), actor(c), x.ID, pos); err != nil {
			return err
		}
	}
	return at("item=" + strconv.Itoa(pos+1))
}

// keepRoomItem saves a state over the one that the form was made from.
func (s *Server) keepRoomItem(c *fiber.Ctx, room progress.Room, was progress.StoredItem, state progress.ItemState) (bool, error) {
	body, err := json.Marshal(state)
	if err != nil {
		return false, err
	}
	save := progress.ItemSave{Pos: was.Pos, Seq: max(room.Now.UnixMilli(), was.Seq+1), Body: body}
	out, _, err := s.progress.SaveItems(c.UserContext(), actor(c), room.Sitting.ID, []progress.ItemSave{save})
	return err == nil && out[0].Kept, err
}

// readRoomItem puts what the form brought into the state of an item. What only the script makes stays as it was.
func (s *Server) readRoomItem(c *fiber.Ctx, room progress.Room, pos int, st progress.ItemState, do string) (progress.ItemState, error) {
	x := room.Sitting
	d, err := s.drawnItem(c.UserContext(), s.room(), &x, pos)
	if err != nil {
		return st, err
	}
	was := st.Answer
	if x.Form[pos].Kind == quizzes.ItemCase {
		sh := readSheet(c)
		sh.Act(do)
		if st.Sheet = &sh; sh.Empty() && len(sh.Dx) <= 3 && len(sh.Px) <= 1 {
			st.Sheet = nil
		}
	} else {
		st.Answer = readRoomAnswer(c, d.question, len(x.Form[pos].Shuffle), do)
	}
	if !sameAnswer(was, st.Answer) && (progress.ItemState{Answer: was}).Answered() && len(st.Trail) < roomTrail {
		st.Trail = append(st.Trail, progress.AnswerChange{At: room.Now.Sub(x.StartedAt).Milliseconds(), Answer: was})
	}
	st.Note = noteText(c.FormValue("note"))
	if verb, at, _ := strings.Cut(do, "-"); verb == "flag" {
		st.Flag = !st.Flag
	} else if i, err := strconv.Atoi(at); verb == "strike" && err == nil && i >= 0 && i < len(x.Form[pos].Shuffle) {
		if n := slices.Index(st.Struck, i); n >= 0 {
			st.Struck = slices.Delete(slices.Clone(st.Struck), n, n+1)
		} else {
			st.Struck = append(slices.Clone(st.Struck), i)
		}
	}
	if shown, err := strconv.ParseInt(c.FormValue("shown"), 10, 64); err == nil {
		if secs := (room.Now.UnixMilli() - shown) / 1000; secs > 0 && secs < 4*3600 {
			st.Seconds += int(secs)
		}
	}
	return st, nil
}

// roomTrail is how many earlier answers are kept of an item.
const roomTrail = 40

func sameAnswer(a, b grading.ItemAnswer) bool {
	return slices.Equal(a.Options, b.Options) && slices.Equal(a.Codes, b.Codes) && a.Value == b.Value && slices.Equal(a.Order, b.Order) && slices.Equal(a.Match, b.Match)
}

// noteText is a note as the field of the page counts it: forms send line ends as two characters. One too long is refused, not cut.
func noteText(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\x00", "")
}

func cutText(text string, most int) string {
	r := []rune(strings.ReplaceAll(text, "\x00", ""))
	if len(r) > most {
		r = r[:most]
	}
	return string(r)
}
