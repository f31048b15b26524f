// Package textdiff compares texts line by line and merges two changes of one text.
//
// A comparison is a shortest edit script of lines, found by the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its
// Variations", Algorithmica 1 (1986). A merge is the one that diff3 does: S. Khanna, K. Kunal and B. C. Pierce, "A Formal Investigation of
// Diff3" (2007). The package knows nothing of what the texts say.
package textdiff
