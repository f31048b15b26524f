// Package audit makes drills in which a coded claim is audited: a chart, and the claim as a colleague coded it, with one fault or none.
// The learner says which line is at fault, names the kind of the fault, and mends the claim.
//
// The fault is made from the case's own key by a rule: a seventh character dropped, a side turned round, two diagnoses out of order, a
// service unbundled, and so on (Kinds). A claim so changed becomes a drill only when the grader, asked about it, sees that fault and no
// other: it is worth less than full credit under the key and under every alternative of it, every part that is not right lies on the
// lines that were changed, and its finding is one of the kind. What is still right by the key (an accepted code, an optional modifier, a
// second line that may stand first) is never taken for a fault.
//
// Draw is a function of key, book and seed: the same three give the same drill. Grade judges a learner's report of a drill by the same
// key.
//
// The package has no files, no clock, no database and no randomness but that of the seed. It keeps nothing and knows no learners. It
// looks only at lines: diagnoses, procedures, modifiers, units, pointers and POA indicators. DRG, disposition, E/M grid, evidence and
// queries of a case take no part in an audit.
package audit
