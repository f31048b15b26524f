// Package learnersim makes learners whose abilities are known, has them study and sit exams, and holds what the program says of them
// against the truth. It is how we know that "80 %" means that about 80 in 100 pass.
//
// A World says how its people are and how they answer. Ours is the model that the program assumes. Differs is another one: people
// guess better than chance, slip, learn with practice and forget without it, are even in some areas and not in others, run out of time, and
// answer questions whose difficulties the authors misjudged, of a bank that is not the exam. Nothing in packages ability, standing and
// readiness knows which world it is in; only their public calls are used, on the answers alone.
//
// Readiness foretells an exam for thousands of learners and has them sit it. Recovery follows the error of ability with the
// answers. Placement compares the adaptive test with a fixed one. All are pure functions of their seeds: a figure that is stated can be had again.
//
// # What it will not do
//
// It proves nothing about people. That the program copes with two worlds, one of them unlike what it assumes, is a reason to trust it until
// there are real exams to compare with; Service.Readiness shows how those fare. It makes no content and no chart: cases are left out.
package learnersim
