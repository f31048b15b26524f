// Package plan says what to study on each day until an exam: the lessons, reviews and new items that raise the expected score at the exam
// most for their minutes. It is pure: the same Input gives the same Plan, and there is no clock, no storage and no randomness.
//
// Re-planning is making the plan again from the state of today. Nothing of an earlier plan is carried on but what was promised on past days,
// of which slips are told.
//
// # What work is worth
//
// The expected score is the share of items right, summed over the areas by their weight in the exam. In an area it is
//
//	floor + (1-floor) × (general + Coverage × sum over cards of (recall - known) / units)
//
// floor is what guessing gives. known is the share that ability answers today without guessing, general the same at the exam: logistic of the
// logits that known stands for, plus what the plan adds. units are the facts of the area that Crosswalk holds (questions, terms, lines of
// cases), of which the cards are those that were missed once, each with a memory of its own (package memory): of these it is known better than by
// ability how likely they are remembered.
//
//   - A lesson adds logits in its areas: all lessons of an area together LessonLogits, each in proportion to its minutes. So an area taught in
//     one lesson gains more by that one than an area taught in fifteen. It teaches a share of what is not known: the less is known, the more
//     logits. A lesson that others require is also worth what it opens: what counts is the best ratio of gain to
//     minutes over a lesson with all that it requires (the rule for jobs with precedence; Sidney, Operations Research 23, 1975).
//   - A new question adds logits by the logarithm of practice, which is how speed and skill grow with practice (Newell and Rosenbloom,
//     "Mechanisms of skill acquisition and the law of practice", 1981), and, as far as it is answered wrongly, a fact that is then kept by
//     reviews until the exam. The minutes of those reviews are part of its price. Before the lessons of its area are read it is worth less.
//   - A review is worth the recall at the exam with it less the recall at the exam without it, times what the fact counts, and a little
//     practice of its areas. Being due is no reason by itself: a card that is due today and would be recalled at the exam anyway waits, and
//     one in an area of six items goes before one in an area of three. A review too soon gains next to nothing, because stability hardly
//     grows while recall is near 1.
//   - What a lesson or practice adds fades until the exam along the same forgetting curve with a stability of FadeDays.
//
// The figures of the constants are assumptions, said where they stand. What the plan does depends on their ratios only; Expected depends on
// them fully, which is why pages call it an estimate. How the planner fares with learners that learn and forget by another model is shown by
// progress/learnersim.
//
// # How it is chosen
//
// Day by day, what has the highest gain for a minute is taken until the minutes of the day are full. Reviews then have moved the memory of
// their cards to what is expected after success or failure, new questions have made the cards that are to be expected, and the next day is
// chosen from there. Minutes of a day cannot be saved for another, so that taking the best of each day loses little; what it costs in
// foresight is the price of later reviews, which new items carry. Where there is more time than work, the new work is spread evenly over
// four fifths of the time left, so that days that fall out can be made up, and what is left of a day goes to reviews ahead of their time, as long
// as they are worth anything: an hour that the learner has set aside anyway is better spent on them than on nothing.
//
// Nothing new comes in the last days (FreezeDays). A mock exam is put three weeks and one week before the exam where a day has the room.
//
// # What it will not do
//
// It does not say how likely passing is (package readiness), and picks no single questions: it says how many of which area. Words are for
// pages; warnings are kinds with figures.
package plan
