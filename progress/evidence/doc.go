// Package evidence works out what a hiring test can show for itself: how reliable its scores are and how often its line would decide the same
// again, what judges said the line should be, which tasks of the job it covers, and whether groups fare differently. It is pure: no clock, no
// storage, no randomness.
//
//   - Expect: the reliability that a model of candidates expects of a form nobody has sat yet. It is an expectation and says so.
//   - Decide: consistency and accuracy of the decisions by a pass line, by the model of S. A. Livingston and C. Lewis, "Estimating the consistency
//     and accuracy of classifications based on test scores", Journal of Educational Measurement 32, 1995.
//   - Angoff: the cut score of a panel of judges by the method that W. H. Angoff gave in "Scales, norms, and equivalent scores", in R. L. Thorndike
//     (ed.), Educational Measurement, 2nd ed., 1971.
//   - ImpactOf: selection rates by group with the four-fifths ratio of the Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D),
//     and Fisher's exact test (R. A. Fisher, Statistical Methods for Research Workers, 5th ed., 1934, section 21.02).
//   - Cover: which part of a test stands for which task of a job, and which tasks have none.
//
// Shares and scores are from 0 to 1 unless a name says percent.
//
// # What it will not do
//
// It knows no person and no content of an item, decides nothing and gives no legal advice: a ratio below four fifths is a reason to look, not a
// finding, and one above it is no clearance. Reliability of sittings that were handed in is package itemstats's.
package evidence
