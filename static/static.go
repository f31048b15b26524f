// Package static holds the files that browsers load: style sheets, scripts and images. Everything in it is public. It is one
// variable and imports nothing of ours; package server gives the files hashed names and serves them.
package static

import "embed"

// Files are css/*.css (served as one sheet, in the order of their names), js/*.js (ES modules) and img/*.
//
//go:embed css/*.css js/*.js img/*
var Files embed.FS
