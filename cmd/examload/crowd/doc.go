// Package crowd is a crowd of virtual learners who sit exams over HTTP, each with a list of what the server acknowledged, and the server
// processes that they sit them on. The load program and the tests that kill servers use it. It talks to this machine only.
package crowd
