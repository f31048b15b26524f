package codebook

import (
	"embed"
	"io/fs"
	"sync"
)

//go:embed starter
var starterFiles embed.FS

// Starter is the embedded starter book: every code that shipped content uses, its siblings and parents, and the notes that matter. It is
// parsed once.
var Starter = sync.OnceValues(func() (*Book, error) {
	files, err := fs.Sub(starterFiles, "starter")
	if err != nil {
		return nil, err
	}
	return ReadStarter(files)
})
