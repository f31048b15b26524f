// Package keyform turns the file of a case into the fields of a form and writes the fields back into the file.
//
// The file stays what an author with an editor would have: what the form does not show is left as it is, comments too, and a form that says
// what the file says changes no byte of it. Where a key of the front matter has to change, the front matter is written anew from its nodes; blank
// lines between keys and the columns of comments are lost by that.
//
// What is right and wrong in a case is not its matter: package quizzes checks the file that comes out.
package keyform
