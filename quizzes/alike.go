package quizzes

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Alike is a pair of questions that ask the same thing, as far as their words tell.
type Alike struct {
	Questions [2]string `json:"questions"` // ids, in order
	Likeness  float64   `json:"likeness"`  // 0 to 1, two decimals
	Stems     float64   `json:"stems"`     // likeness of the stems alone
	Keys      float64   `json:"keys"`      // likeness of the right answers alone
	Enemies   bool      `json:"enemies"`   // the authors keep them out of one exam
}

// AlikeFrom is the likeness from which two questions are taken to ask the same thing. Both halves have to be near for it: with the same
// answer the stems must share at least a tenth of what sets them apart from others, with half of the answer a fifth. A question told
// again in other words comes to 0.3 and more, a copy with other names and figures to 0.6 and more, while questions that have only
// their topic and the phrases of the trade in common stay below 0.3.
const AlikeFrom = 0.30

// Alike are the pairs of questions that ask the same thing, the most alike first.
//
// Stem and right answer are each taken as a set: of the stem all words and all pairs of neighbouring words, in lower case and without
// punctuation, of the answer all words. The likeness of two sets is the weighted Jaccard index: the weight of what both have, over the
// weight of what either has. The weight is the logarithm of how rare a word or pair is in this bank (inverse document frequency; K. Spärck Jones,
// 1972), so that "which code is reported" says next to nothing and the name of a disease much. The likeness of two questions is the
// geometric mean of the two indices, so it is 0 when either is: the same stem with another answer is another question.
//
// Questions about different charts are not compared: the chart is what they ask about.
func (b *Bank) Alike() []Alike {
	stems, keys := &shingles{}, &shingles{}
	for _, q := range b.questions {
		words := normalized(q.stem)
		set := words
		for i := 1; i < len(words); i++ {
			set = append(set, words[i-1]+" "+words[i])
		}
		stems.add(set)
		keys.add(keyWords(q))
	}
	stems.weigh()
	keys.weigh()
	var out []Alike
	near := make([]float64, len(b.questions))
	for i, q := range b.questions {
		keys.shared(i, near)
		for j, other := range b.questions[:i] {
			if near[j] == 0 || q.Group != "" && other.Group != "" && q.Group != other.Group {
				continue
			}
			k := keys.index(i, j, near[j])
			if k < AlikeFrom*AlikeFrom { // no stem can make up for it
				continue
			}
			s := stems.index(i, j, stems.common(i, j))
			if l := math.Sqrt(s * k); l >= AlikeFrom {
				pair := [2]string{other.ID, q.ID}
				out = append(out, Alike{pair, hundredths(l), hundredths(s), hundredths(k), b.enemies[q.ID][other.ID]})
			}
		}
	}
	slices.SortFunc(out, func(x, y Alike) int {
		return cmp.Or(cmp.Compare(y.Likeness, x.Likeness), cmp.Compare(x.Questions[0], y.Questions[0]), cmp.Compare(x.Questions[1], y.Questions[1]))
	})
	return out
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }

// checkAlike warns of pairs that ask the same thing, at the later of the two in the order of the files.
func (b *Bank) checkAlike() []markdown.Problem {
	var problems []markdown.Problem
	for _, a := range b.Alike() {
		x, y := b.byID[a.Questions[0]], b.byID[a.Questions[1]]
		if byPlace(x, y) > 0 {
			x, y = y, x
		}
		ps := &markdown.Problems{File: y.File}
		ps.Warnf(y.Line, "alike", "%s seems to ask the same as %s (%s:%d; likeness %.2f, from %.2f on): ask something else in one of them, or take one out", y.ID, x.ID, x.File, x.Line, a.Likeness, AlikeFrom)
		problems = append(problems, ps.List...)
	}
	return problems
}

// keyWords are the words of the right answer; of codes only the codes, since their titles say again what the stem said.
func keyWords(q *Question) []string {
	if q.Kind != grading.Codes {
		return normalized(q.AnswerText)
	}
	var out []string
	for _, c := range q.Key.Codes {
		out = append(out, strings.ToLower(c.Code.Dotted(c.System)))
		for _, m := range c.Modifiers {
			out = append(out, strings.ToLower(m))
		}
	}
	return out
}

var wordForm = regexp.MustCompile(`[\p{L}\p{N}]+(?:[.'’-][\p{L}\p{N}]+)*`)

// normalized are the words and numbers of a text in lower case. A code keeps its dot, a compound its hyphen.
func normalized(text string) []string { return wordForm.FindAllString(strings.ToLower(text), -1) }

// shingles holds a set for each question and finds what two of them share.
type shingles struct {
	ids      map[string]int32
	sets     [][]int32 // sorted
	postings [][]int32 // for each shingle the sets that have it, in order
	weight   []float64 // of a shingle
	total    []float64 // of a set
}

func (s *shingles) add(texts []string) {
	if s.ids == nil {
		s.ids = map[string]int32{}
	}
	set := map[int32]bool{}
	for _, t := range texts {
		id, ok := s.ids[t]
		if !ok {
			id = int32(len(s.ids))
			s.ids[t] = id
			s.postings = append(s.postings, nil)
		}
		set[id] = true
	}
	sorted := slices.Sorted(maps.Keys(set))
	for _, id := range sorted {
		s.postings[id] = append(s.postings[id], int32(len(s.sets)))
	}
	s.sets = append(s.sets, sorted)
}

// weigh gives each shingle its weight; one that every set has still weighs a little.
func (s *shingles) weigh() {
	s.weight, s.total = make([]float64, len(s.postings)), make([]float64, len(s.sets))
	for id, in := range s.postings {
		s.weight[id] = math.Log(float64(len(s.sets)+1) / float64(len(in)))
	}
	for i, set := range s.sets {
		for _, id := range set {
			s.total[i] += s.weight[id]
		}
	}
}

// shared fills into[j] for each j before i with the weight of what the sets i and j share.
func (s *shingles) shared(i int, into []float64) {
	clear(into[:i])
	for _, id := range s.sets[i] {
		for _, j := range s.postings[id] {
			if int(j) >= i {
				break
			}
			into[j] += s.weight[id]
		}
	}
}

// common is the weight of what two sets share.
func (s *shingles) common(i, j int) (w float64) {
	x, y := s.sets[i], s.sets[j]
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0] < y[0]:
			x = x[1:]
		case x[0] > y[0]:
			y = y[1:]
		default:
			w += s.weight[x[0]]
			x, y = x[1:], y[1:]
		}
	}
	return w
}

// index is the weighted Jaccard index of two sets that share the given weight.
func (s *shingles) index(i, j int, shared float64) float64 {
	if all := s.total[i] + s.total[j] - shared; all > 0 {
		return shared / all
	}
	return 0
}
