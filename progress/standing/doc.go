// Package standing is a learner's record in one place: a fold of its entries, in the order of their ids, into what pages, plans and
// forecasts are made of. It holds the memory of each card, the evidence of ability per area, the tallies per area, the days studied, and
// the newest cases.
//
// # Cards
//
// A question gets a card, question/ID, by the first wrong answer to it, wherever that was given; that answer is the card's first review,
// and every later answer to the question is another. A part of a case that was missed by one of the errors that coders trip over (Trap)
// makes a card line/CASE/LINE/TRAP, and every later submission of the case reviews it. A term of the glossary has a card, term/ID, from its
// first review on. A grade is inferred from the answer and its time (memory.Infer) unless it was given by hand.
//
// # Ability
//
// An answer is evidence of the ability in the areas of its item. The first answer to an item counts fully, later ones less (RepeatWeight),
// one inside a lesson half (LessonWeight); it is right or wrong, as in an exam. A case is evidence in each of its areas, with
// its learning score and nothing to guess. From one study day to the next all evidence fades (HalfLife).
//
// # What it will not do
//
// It has no clock, no storage and no knowledge of content beyond the Catalog that it is given. The same entries under the same catalogue
// and memory model give the same Standing to the last bit, whether they are applied at once or part by part with snapshots between: so a
// snapshot is a matter of speed alone and can be dropped at any time. It does not decide what is due or shown: time goes by between entries,
// and that is for the caller to count.
package standing
