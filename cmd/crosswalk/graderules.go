package main

import (
	"fmt"
	"strings"

	"crosswalk/grading"
)

// printRules prints what the edits say of the answer itself; nothing when they say nothing.
func printRules(io streams, rules []grading.Rule) {
	if len(rules) == 0 {
		return
	}
	fmt.Fprintf(io.out, "\nwhat a claim scrubber would say\n")
	for _, r := range rules {
		kind := string(r.Kind)
		if r.Mild {
			kind += ", look again"
		}
		fmt.Fprintf(io.out, "\n%s  %s (%s)\n  %s\n  Next time: %s\n", strings.Join(r.Entered, " "), r.Finding, kind, r.Why, r.Next)
		for _, e := range r.Evidence {
			fmt.Fprintf(io.out, "  The note says: %q\n", e)
		}
		if len(r.Cites) > 0 {
			fmt.Fprintf(io.out, "  see %s\n", strings.Join(r.Cites, ", "))
		}
	}
}
