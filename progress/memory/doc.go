// Package memory says how well one fact is remembered and when to ask for it again. It is FSRS-6, the free spaced repetition scheduler of
// the open-spaced-repetition project, as pure functions: a state, whole days since the last review and a grade in, the next state out.
//
// A state is two numbers. Stability is the time in days after which recall has fallen to 90 %; difficulty runs from 1 (easy) to 10.
// Retrievability, the chance of recall, falls with the days since the last review along a power curve whose exponent is the last of the
// 21 weights. A review after at least one day moves the stability by the formulas for success or failure; a second review on the same day
// moves it by a smaller step of its own. Fit learns the weights from a learner's own history, and keeps the published ones while that is
// short.
//
// The package has no clock, keeps nothing and knows no cards: the caller counts study days, stores states and decides what a card is. It
// does not plan minutes or an exam date.
//
// Sources: the formulas are those of https://github.com/open-spaced-repetition/free-spaced-repetition-scheduler (wiki, "The Algorithm",
// FSRS-6), the default weights and bounds those of py-fsrs, ts-fsrs and fsrs-rs; where the three differ, the comment at the place says so.
// The tests hold the numbers that these projects publish for their own tests.
package memory
