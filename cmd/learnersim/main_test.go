package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   []string
	}{
		{"no command", nil, 2, []string{"usage: learnersim COMMAND", "readiness", "placement"}},
		{"unknown command", []string{"guess"}, 2, []string{`no command "guess"`}},
		{"too few learners", []string{"ability", "-learners", "3"}, 1, []string{"give 50 to 200000"}},
		{"an argument too many", []string{"ability", "now"}, 1, []string{`"now" is one argument too many`}},
		{"readiness", []string{"readiness", "-learners", "50"}, 0, []string{`World "ours": 50 learners`, `World "differs"`, "expected calibration error", "90-100 %", "the 90 % range of the chance"}},
		{"ability", []string{"ability", "-learners", "50"}, 0, []string{"answers  learners", "400"}},
	} {
		var out, errs bytes.Buffer
		if got := run(context.Background(), c.args, &out, &errs); got != c.status {
			t.Errorf("%s: status %d, want %d; %s", c.name, got, c.status, errs.String())
		}
		for _, want := range c.says {
			if !strings.Contains(out.String()+errs.String(), want) {
				t.Errorf("%s: no %q in\n%s%s", c.name, want, out.String(), errs.String())
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	if got := run(ctx, []string{"placement", "-learners", "50"}, &out, &errs); got != 1 || !strings.Contains(errs.String(), "canceled") {
		t.Errorf("called off: status %d, %s", got, errs.String())
	}
}
