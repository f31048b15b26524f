package ability

import (
	"errors"
	"fmt"
	"math"
)

// Item is a question as the model sees it.
type Item struct {
	ID         string  `json:"id"`
	Area       string  `json:"area"`
	Difficulty float64 `json:"difficulty"` // logits: the ability at which half of what guessing leaves is answered rightly
	Options    int     `json:"options"`    // equally likely guesses: 4 for one of four, 10 for two of five; 0 or 1 where there is none to guess
}

// ErrItem is what every error about an item is.
var ErrItem = errors.New("item cannot be used")

const hardest = 10 // logits; beyond it an item says nothing about anyone

func (it Item) check() error {
	if !(math.Abs(it.Difficulty) <= hardest) {
		return fmt.Errorf("%w: %s: difficulty %g logits, but must lie from -%d to %d", ErrItem, it.ID, it.Difficulty, hardest, hardest)
	}
	if it.Options < 0 {
		return fmt.Errorf("%w: %s: %d options", ErrItem, it.ID, it.Options)
	}
	return nil
}

// Floor is the chance, 0 to 0.5, of a right answer by guessing alone.
func (it Item) Floor() float64 {
	if it.Options < 2 {
		return 0
	}
	return 1 / float64(it.Options)
}

// Chance is the chance, from Floor to 1, of a right answer at an ability in logits.
func (it Item) Chance(ability float64) float64 {
	c := it.Floor()
	return c + (1-c)/(1+math.Exp(it.Difficulty-ability))
}

// Information is Fisher's information of one answer about an ability, in 1/logits²: P'²/(P(1-P)) with P the Chance (Birnbaum 1968). Without
// guessing it is at most 0.25, where ability meets difficulty; with guessing it is less, and its peak lies ln((1+√(1+8c))/2) logits above
// the difficulty (Lord, "Applications of Item Response Theory to Practical Testing Problems", 1980).
func (it Item) Information(ability float64) float64 {
	return information(it.Floor(), 1/(1+math.Exp(it.Difficulty-ability)))
}

// information at the chance p of knowing the answer: P' is (1-c)p(1-p), and P(1-P) is (c+(1-c)p)(1-c)(1-p).
func information(c, p float64) float64 {
	if p == 0 {
		return 0
	}
	return (1 - c) * p * p * (1 - p) / (c + (1-c)*p)
}

// AuthorSpread is the standard deviation, in logits, of a difficulty around what its author's level says, before anyone has answered.
const AuthorSpread = 0.8

// AuthorDifficulty is the difficulty in logits that an author's level from 1 (easy) to 5 stands for: -1.6, -0.8, 0, 0.8, 1.6. Levels
// outside count as the nearest. The steps are our assumption; answers correct it item by item (Recalibrate).
func AuthorDifficulty(level int) float64 {
	return 0.8 * float64(min(max(level, 1), 5)-3)
}
