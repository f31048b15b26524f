// Package gradesheet writes a gradebook as a table for spreadsheets: CSV (RFC 4180) and XLSX (ECMA-376, Office Open XML).
//
// The XLSX writer is our own. A gradebook is one sheet of texts and numbers, which is five small parts in a zip; a library for all that a
// workbook can hold would be the largest dependency of the program. It writes no formulas, no styles but a bold first row, and reads nothing.
package gradesheet
