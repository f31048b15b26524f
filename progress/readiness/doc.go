// Package readiness says how likely someone is to pass an exam if it were sat today, and what that rests on.
//
// The ability in each area is known only as far as the answers tell (package ability). Predict draws abilities that the answers allow,
// works out for each what a form of the exam's blueprint would come to, and counts how often that reaches the pass line. For one draw the
// score is a sum of items that are right or wrong with a known chance, each item's difficulty being drawn from those the area's pool holds:
// a binomial number for each part, their sum taken by the normal approximation with the correction for skewness (Volkova, "A refinement of
// the central limit theorem for sums of independent random indicators", Theory of Probability and its Applications 40, 1996). So no form is
// simulated item by item, and the chance of one draw has no noise of its own.
//
// Two kinds of not knowing are kept apart. What a sitting brings and nobody can know, luck with the form and how the day goes, is in the
// chance. What more answers would settle, the ability, how the bank compares with the exam and where an unpublished pass line lies, makes
// the range around it: Chance is the mean over the draws, and nine draws in ten lie from Low to High.
//
// # What it will not do
//
// It foretells nothing below the stated minimum of evidence. It does not know the date of the exam or what will be learnt until then: that
// is package plan's. It reads no record and keeps nothing. Of a published pass rate it makes no use: those who sit a real exam are others
// than those who practise here.
package readiness
