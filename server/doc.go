// Package server is the web face of Crosswalk: a fiber application whose handlers read a request, call one use case of package
// progress (or a look-up in lessons, quizzes or codebook) and render a page. It holds no rule of coding, grading or access; those are
// decided below it. It never sees the store.
//
// One file per feature holds its handlers and page structs; routes.go is the whole URL surface; errors.go is the one table from
// errors to status and words; views/ has the templates and words/ the texts of the pages.
package server
