package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"crosswalk/grading"
)

// releaseVersion is the version of this source tree; a build from version control adds the revision.
const releaseVersion = "0.1.0"

// version is what the program calls itself.
func version() string {
	v := releaseVersion
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				v += "+" + s.Value[:12]
			}
		}
	}
	return v
}

func printVersion(ctx context.Context, args []string, io streams) error {
	f := newFlags("version", io)
	if _, err := f.parse(args); err != nil {
		return err
	}
	book, err := loadBook(ctx, f.data, "")
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "crosswalk %s\ngrader %d\nbook %s\n", version(), grading.Version, book.Edition())
	return nil
}
