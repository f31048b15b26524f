// Package hirereport turns a hiring test that was handed in into a report of one page: how accurate the candidate was, by code set and by
// what coders are asked for, how sure each figure is, and whether the line that was set before was reached. It compares candidates and says
// which differences are within error. It is pure: no clock, no storage, no randomness.
//
// # What is in a report
//
// Figures, kinds of errors and dates. No item: no id, title or text of a chart or question, no code that was asked or entered, no word of a
// key. A test looks for traces of every item that ships.
//
// # How sure a figure is
//
// Every share has an interval of 90 %, as elsewhere in Crosswalk, by E. B. Wilson, "Probable inference, the law of succession, and statistical
// inference", JASA 22, 1927. What counts as how many answers is named with each figure:
//
//   - wilson: each answer, or each chart, counts as one.
//   - wilson-kish: items of more weight count as fewer. The size of the sample is (sum of weights)² / sum of squared weights (L. Kish, Survey
//     Sampling, 1965, 11.7). A chart is one answer however many lines it has, so that this range is rather too wide than too narrow.
//   - wilson-cluster: lines of one chart go together, so that ten lines say less than ten charts with a line each. The size of the sample is
//     p(1-p) over the variance of the ratio between charts, at most the number of lines, times the square of the ratio of Student's t for lines
//     less one and charts less one (E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of positive
//     counts estimated from survey data", Survey Methodology 24, 1998), and at least the number of charts.
//
// # What a difference is
//
// Two candidates are told apart by the share earned of the whole test. Its standard error is that of A. Agresti and B. A. Coull, "Approximate is
// better than exact for interval estimation of binomial proportions", The American Statistician 52, 1998, which is not nothing where everything
// was right. The difference is held against the root of both standard errors squared and added, over all pairs at once by S. Holm, "A simple
// sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979, at 5 %: with no true difference anywhere, one
// pair or more is told apart in at most one comparison of twenty. All else is within error.
//
// # What it will not do
//
// It does not rank on what cannot be told apart, gives no percentile below MinPercentile candidates, and recommends nobody.
package hirereport
