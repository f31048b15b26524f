// Package coverage reports what lessons, questions, cases and codes there are for each area of the exams and each rule of the Official
// Guidelines, and names the gaps. `crosswalk check -coverage` prints it.
//
// It only counts: it judges no content (quizzes and lessons check that), draws nothing but to see how many forms the bank fills, and knows nothing of
// learners. The same content, book and course give the same report. Numbers of guidelines are those of the ICD-10-CM Official
// Guidelines for Coding and Reporting FY 2026 and the ICD-10-PCS Official Guidelines 2026, as far as the book knows them.
package coverage
