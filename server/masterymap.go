package server

import (
	"strings"

	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// masteryMap shows all areas as tiles, and in each its topics as small glasses that fill with what is held: the share of a topic's questions
// whose latest answer was right.
type masteryMap struct {
	Groups []masteryGroup
	Head   []string // of the table that stands behind it
	Rows   [][]string
}

type masteryGroup struct {
	Title string
	Areas []masteryArea
}

// masteryArea is a tile. Level is none, low, fair or firm.
type masteryArea struct {
	ID, Title, Path string
	Level           string
	Held, Seen, All int // questions: right the last time, answered, there
	Topics          []masteryTopic
	Glass, Width    int // of a topic, and of the drawing of all
	Desc            string
}

// masteryTopic is a glass in the drawing of an area.
type masteryTopic struct {
	Title           string
	Held, Seen, All int
	Level           string
	X               int
	Y, H            float64 // of what it holds
	Tip             string
}

// Sizes of a glass in units of the drawing. In an area of many topics they are narrow.
const (
	glassWide   = 18
	glassNarrow = 9
	manyTopics  = 7
	glassHigh   = 20
	glassGap    = 4
)

// masteryLevel says how firm a topic or an area is, by the questions of it whose latest answer was right. Fewer than three answers say little:
// they are never more than fair.
func masteryLevel(held, seen, all int) string {
	switch {
	case seen == 0:
		return "none"
	case 100*held < 60*seen:
		return "low"
	case 100*held < 85*seen || seen < 3 && seen < all || 2*seen < all:
		return "fair"
	}
	return "firm"
}

// masteryMap draws the bank with where a learner is with its questions. base is where a tile leads, before the id of its area; "" for nowhere.
func (s *Server) masteryMap(st *standing.Standing, base string) masteryMap {
	answered := func(id string) (right, seen bool) {
		it, ok := st.Item(standing.Question, id)
		return it.Correct, ok
	}
	w := s.words
	m := masteryMap{Head: []string{w.get("progress.area"), w.get("dash.topic"), w.get("dash.held"), w.get("dash.seen"), w.get("dash.level")}}
	for _, name := range areaGroups {
		g := masteryGroup{Title: w.get("practice.group_" + name)}
		for _, info := range s.bank().Areas() {
			if info.Questions == 0 || areaGroupOf(info.ID) != name {
				continue
			}
			a := masteryArea{ID: info.ID, Title: info.Title, Topics: topicsOf(s.bank().ByArea(info.ID), answered), Glass: glassWide}
			if len(a.Topics) >= manyTopics {
				a.Glass = glassNarrow
			}
			if base != "" {
				a.Path = base + info.ID
			}
			for i := range a.Topics {
				t := &a.Topics[i]
				a.Held, a.Seen, a.All = a.Held+t.Held, a.Seen+t.Seen, a.All+t.All
				t.X = i * (a.Glass + glassGap)
				if t.All > 0 {
					t.H = round1(float64(glassHigh) * float64(t.Held) / float64(t.All))
				}
				t.Y = round1(glassHigh - t.H)
				t.Tip = w.get("dash.topic_tip", t.Title, t.Held, t.All, w.get("dash.level_"+t.Level))
				m.Rows = append(m.Rows, []string{a.Title, t.Title, w.get("progress.of", t.Held, t.All), w.get("progress.of", t.Seen, t.All), w.get("dash.level_" + t.Level)})
			}
			a.Level = masteryLevel(a.Held, a.Seen, a.All)
			a.Width = max(1, len(a.Topics))*(a.Glass+glassGap) - glassGap
			a.Desc = w.get("dash.area_desc", a.Title, len(a.Topics), a.Held, a.All)
			g.Areas = append(g.Areas, a)
		}
		if len(g.Areas) > 0 {
			m.Groups = append(m.Groups, g)
		}
	}
	return m
}

// topicsOf gathers the questions of an area by their files, in the order of the bank.
func topicsOf(qs []*quizzes.Question, answered func(id string) (right, seen bool)) []masteryTopic {
	var out []masteryTopic
	at := map[string]int{}
	for _, q := range qs {
		i, ok := at[q.Topic]
		if !ok {
			i = len(out)
			at[q.Topic] = i
			out = append(out, masteryTopic{Title: topicTitle(q.Topic)})
		}
		out[i].All++
		if right, seen := answered(q.ID); seen {
			out[i].Seen++
			if right {
				out[i].Held++
			}
		}
	}
	for i := range out {
		out[i].Level = masteryLevel(out[i].Held, out[i].Seen, out[i].All)
	}
	return out
}

// topicTitle makes a heading of the name of a file of questions.
func topicTitle(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		switch w {
		case "mdm", "ii":
			words[i] = strings.ToUpper(w)
		case "z":
			words[i] = "Z"
		}
	}
	if w := words[0]; w != "" {
		words[0] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
