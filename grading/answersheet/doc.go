// Package answersheet is the answer sheet of a chart as it is typed: lines with letters, pointers as on a claim form, whatever was entered,
// right or wrong. It turns a sheet into an answer for the grader and back. It judges nothing.
package answersheet
