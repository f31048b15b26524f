// Package ability estimates what a learner can do, in logits, from right and wrong answers: per area and overall, with how sure the
// estimate is. It is pure: no clock, no storage, no randomness of its own.
//
// # The model
//
// An item of difficulty b is answered rightly by a learner of ability θ with the chance c + (1-c) / (1 + exp(b-θ)), where c is the floor
// of guessing, one over the number of options: the Rasch model with a lower asymptote (Rasch 1960; a three-parameter logistic model with
// a = 1 and c known, Birnbaum in Lord and Novick, "Statistical Theories of Mental Test Scores", 1968). One logit above the difficulty is a
// chance of 73 % without guessing and 80 % with four options.
//
// Abilities of a learner in different areas are normal and equally correlated: θ in area a is mean + sd (√ρ z + √(1-ρ) u), z being shared
// by all areas and each u its own, all standard normal. Answers in one area so say something of the others, and more of an area with few
// answers. One correlation for all pairs is the approximation; in return the posterior is exact up to quadrature at a cost that grows
// with the number of areas only linearly, since given z the areas are independent (the reduction of dimensions of Gibbons and Hedeker,
// "Full-information item bi-factor analysis", Psychometrika 57, 1992).
//
// Estimates are expectations a posteriori (EAP; Bock and Mislevy, "Adaptive EAP estimation of ability in a microcomputer environment",
// Applied Psychological Measurement 6, 1982) on evenly spaced points, 121 for an area and 61 for z, over five standard deviations to
// either side.
//
// # What it will not do
//
// It knows no forms, enemies or exposure: the caller offers the items that may be asked. It does not model learning; Fade lets old
// evidence count less. What a score is worth in an exam is for the caller to work out from Sampler.
package ability
