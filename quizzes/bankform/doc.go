// Package bankform turns a file of questions into the fields of a form and writes the fields back into the file.
//
// A question with options that stands as the guide has it becomes fields; one of another kind, or written in another way, stays markdown. What was not
// changed keeps its bytes. What is right and wrong in a question is not the matter of this package: package quizzes checks the file that comes out.
package bankform
