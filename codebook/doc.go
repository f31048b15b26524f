// Package codebook answers questions about the code sets that coders use: ICD-10-CM, ICD-10-PCS, CPT numbers and HCPCS Level II. It
// looks codes up by date of service, walks the hierarchy of the Tabular List, gives instructional notes with the level that they are
// inherited from, finds what may not or must stand together (Excludes1, etiology and manifestation, NCCI pairs), takes PCS codes apart
// character by character, walks the Alphabetic Index and its tables from words to codes and back, and searches.
//
// A Book is immutable. A Builder makes it, from the starter book that is embedded here (Starter) or from full official releases
// (package codebook/release). Several releases of a set live side by side: a look-up with a date is answered by the release in force
// on it, or by the nearest earlier one, and then Entry.Exact is false; without a date the newest release answers.
//
// The package does no grading, keeps nothing about learners, and does no input or output beyond reading its embedded files. CPT belongs
// to the American Medical Association: the book has numbers where teaching needs them, with labels in our own words, and no descriptors. A site that has
// licensed descriptors puts its own file of them in the place of those labels (Builder.Descriptor); they stay in its own book.
//
// The rules come from the ICD-10-CM Official Guidelines for Coding and Reporting FY 2026 and the ICD-10-PCS Official Guidelines for
// Coding and Reporting; comments cite them by number ("I.A.12.a", "B3.8").
//
// # The starter book
//
// WriteBook and ReadBook keep a book in a file as it lies in memory, with its search index, so that a server starts at once. The file holds
// what was imported, without the starter book: Merge lays it over the starter book of the program that reads it, whose labels and rules may
// be newer. What is added to Book gets a bookPart, a section of its own in the file.
//
// The files under starter/ are written by hand and read like the Tabular List. starter/README.md is the manual of their format; in
// short, a file begins with
//
//	set icd10cm
//	release 2026
//	valid 2025-10-01 2026-09-30
//
// and goes on with chapters, sections, codes and the notes indented below them:
//
//	chapter 4 E00-E89 Endocrine, nutritional and metabolic diseases
//	section E08-E13 Diabetes mellitus
//	E11 Type 2 diabetes mellitus
//	  use additional: code to identify control using:
//	    insulin (Z79.4)
//	E11.2 Type 2 diabetes mellitus with kidney complications
//	E11.21 = Type 2 diabetes mellitus with diabetic nephropathy
//
// "=" marks a billable code and "+" one that its seventh characters complete.
package codebook
