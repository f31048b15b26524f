package quizzes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Balance says what somebody who knows nothing could go by when answering the choices of a bank: the place of the right option in the file, and
// its length. Numbers by chance are what blind guessing would come to among the same questions.
type Balance struct {
	Singles int     `json:"singles"` // questions with one right option
	Places  []Place `json:"places"`  // from the first option, as far as any question has one; of the singles
	Longest Longest `json:"longest"`
}

// Place is how often the right option stands at a place.
type Place struct {
	Letter string  `json:"letter"` // A for the first option
	Right  int     `json:"right"`
	Chance float64 `json:"chance"` // the number to be expected by chance
	Spread float64 `json:"spread"` // standard deviation of that number
}

// Longest is how often the longest option is right. Only choices of which one option is longer than all others are counted; where two are
// of one length there is nothing to go by. Length is counted in characters of the plain text.
type Longest struct {
	Counted int     `json:"counted"` // choices with one longest option
	Right   int     `json:"right"`   // of these, the longest is right
	Chance  float64 `json:"chance"`  // the number to be expected by chance
	Spread  float64 `json:"spread"`  // standard deviation of that number
}

const (
	// leastCounted is how many questions a rule about the whole bank needs: below it chance alone gives all kinds of shares.
	leastCounted = 100
	// placeSpreads is how many standard deviations the number at a place may be off. Chance goes beyond three once in 370 times.
	placeSpreads = 3
	// longestSpreads is the same for the longest option, upward only. Chance goes beyond two once in 44 times.
	longestSpreads = 2
	// tellingRatio and tellingLead are when a single right option gives itself away by its length: at least so many times as long as the
	// next, and so many characters longer, which one sees without counting.
	tellingRatio = 1.5
	tellingLead  = 20
)

// Balance counts where the right options of the bank stand and how often they are the longest.
func (b *Bank) Balance() Balance {
	var out Balance
	var placeVar []float64
	longestVar := 0.0
	for _, q := range b.questions {
		n := len(q.Options)
		if n < 2 || q.Key.Kind != grading.Single && q.Key.Kind != grading.Multiple {
			continue
		}
		chance := float64(len(q.Key.Correct)) / float64(n)
		if q.Key.Kind == grading.Single {
			out.Singles++
			for i := len(out.Places); i < n; i++ {
				out.Places = append(out.Places, Place{Letter: string(rune('A' + i))})
				placeVar = append(placeVar, 0)
			}
			for i := range n {
				out.Places[i].Chance += chance
				placeVar[i] += chance * (1 - chance)
			}
			out.Places[q.Key.Correct[0]].Right++
		}
		if i, lead, _ := longestOption(q); lead > 0 {
			out.Longest.Counted++
			out.Longest.Chance += chance
			longestVar += chance * (1 - chance)
			if q.Options[i].Right {
				out.Longest.Right++
			}
		}
	}
	for i := range out.Places {
		p := &out.Places[i]
		p.Chance, p.Spread = tenths(p.Chance), tenths(math.Sqrt(placeVar[i]))
	}
	out.Longest.Chance, out.Longest.Spread = tenths(out.Longest.Chance), tenths(math.Sqrt(longestVar))
	return out
}

func tenths(x float64) float64 { return math.Round(x*10) / 10 }

// longestOption is the longest option of a choice, by how many characters it is longer than the next, and how long that is.
func longestOption(q *Question) (at, lead, next int) {
	longest := -1
	for i, o := range q.Options {
		switch n := utf8.RuneCountInString(o.Text); {
		case n > longest:
			at, longest, next = i, n, max(longest, 0)
		case n > next:
			next = n
		}
	}
	return at, longest - next, next
}

// checkBalance warns where the right options of the whole bank can be told by their place or their length.
func (b *Bank) checkBalance() []markdown.Problem {
	whole := &markdown.Problems{File: root + "bank"}
	balance := b.Balance()
	if balance.Singles >= leastCounted {
		var off []string
		for _, p := range balance.Places {
			if math.Abs(float64(p.Right)-p.Chance) > placeSpreads*p.Spread {
				off = append(off, fmt.Sprintf("%d at %s, where chance gives %.0f", p.Right, p.Letter, p.Chance))
			}
		}
		if len(off) > 0 {
			whole.Warnf(1, "answer-places", "the right options of %d single choices do not lie evenly: %s. Move the right option elsewhere in some", balance.Singles, strings.Join(off, "; "))
		}
	}
	if l := balance.Longest; l.Counted >= leastCounted && float64(l.Right) > l.Chance+longestSpreads*l.Spread {
		whole.Warnf(1, "longest-right", "of %d choices with one longest option it is right in %d, and chance gives %.0f: shorten right options, or say more in wrong ones", l.Counted, l.Right, l.Chance)
	}
	return whole.List
}

// checkTelling warns of a right option that gives itself away by its length.
func checkTelling(ps *markdown.Problems, q *Question) {
	if len(q.Options) < 2 || len(q.Key.Correct) != 1 {
		return
	}
	at, lead, next := longestOption(q)
	if slices.Contains(q.Key.Correct, at) && lead >= tellingLead && float64(next+lead) >= tellingRatio*float64(next) {
		ps.Warnf(q.answerLine, "longest-right", "the right option of %s has %d characters and the longest wrong one %d, which gives it away: shorten it, or say more in a wrong one", q.ID, next+lead, next)
	}
}
