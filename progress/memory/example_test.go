package memory_test

import (
	"fmt"
	"time"

	"crosswalk/progress/memory"
)

// A question answered rightly at the usual pace, then wrongly twelve days later.
func ExampleModel_Next() {
	m, card := memory.Default(), memory.State{}
	for _, a := range []struct {
		days    int
		correct bool
	}{{0, true}, {12, false}} {
		grade := memory.Infer(a.correct, 80*time.Second, 95*time.Second)
		fmt.Printf("recall %.2f, %v", m.Retrievability(card, float64(a.days)), grade)
		after, err := m.Next(card, a.days, grade)
		if err != nil {
			fmt.Println(err)
			return
		}
		card = after
		fmt.Printf("; again in %d days\n", m.Days(card, memory.Policy{Retention: 0.9, MaxDays: 60}))
	}
	// Output:
	// recall 0.00, good; again in 2 days
	// recall 0.76, again; again in 1 days
}
