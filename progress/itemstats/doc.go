// Package itemstats says how well the items of a test did their work: how hard each was, whether it told the strong from the weak, what the
// wrong options drew, how long it took, whether it fits the Rasch model and whether it has changed, and how reliable the whole form was. It is
// pure: no clock, no storage, no randomness.
//
// # What goes in
//
// Responses of persons to items with a score from 0 to 1. A person is whoever answered once: a learner, or a sitting where one learner sat
// twice. What a person was not shown is not there at all; what was shown and left out is a response that is not Answered, with score 0. So
// forms may differ from person to person, and an item that few were drawn is judged by those few alone.
//
// # What comes out
//
// Figures that too few responses carry are nil; Limits says how many are needed. Ranges are 90 %, as elsewhere in Crosswalk.
//
//   - Facility: the mean score; of right and wrong the share right, with the interval of E. B. Wilson, "Probable inference, the law of
//     succession, and statistical inference", JASA 22, 1927.
//   - Discrimination index: the mean score of the 27 % with the best totals less that of the 27 % with the worst (T. L. Kelley, "The selection of
//     upper and lower groups for the validation of test items", Journal of Educational Psychology 30, 1939). Persons with the same total share the
//     places that are left in the group, so that the order of the input does not matter.
//   - Point-biserial: the correlation of the item's score with the share earned on the person's other items, the item itself left out (the
//     corrected item-total correlation; S. Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963). Its range
//     is by Fisher's z.
//   - Discriminative efficiency: the covariance of the same two, over the greatest that these scores could have, which is that of both put in
//     order, as Moodle defines it (docs.moodle.org, "Quiz statistics calculations", discriminative efficiency; question/classes/statistics/
//     questions/calculator.php).
//   - Options: who took each, by thirds of ability as of the discrimination index, with the mean rest score of those who took it and the
//     point-biserial of taking it.
//   - Time: quartiles of the seconds of those whose time is known.
//   - Rasch: see the type Rasch.
//   - Drift: see the type Drift.
//   - Form: see the type Form.
//
// With forms that differ, a total is the share earned of what the person was shown. A form drawn harder than another makes its people look weaker
// than they are; with random draws of fifty items and more that is little beside the spread of people.
//
// # What it will not do
//
// It knows no content, no key and no names: Options and Key are labels. It does not decide what becomes of an item: a Flag says what to look
// at and why.
package itemstats
