package main

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"crosswalk/cmd/examload/crowd"
)

func TestFlags(t *testing.T) {
	for args, say := range map[string]string{
		"-learners 0":                     "-learners",
		"-learners 100,many":              "-learners",
		"-learners 100000":                "-learners",
		"-rate -1":                        "-rate",
		"-lasts 1h":                       "-lasts",
		"-servers 9":                      "-servers",
		"-servers 2":                      "-db postgres://",
		"-servers 2 -db x.db":             "-db postgres://",
		"-kill 1ms":                       "-kill",
		"-url 127.0.0.1:8080 -kill 5s":    "-url",
		"-url 127.0.0.1:8080 -db x.db":    "-url",
		"now":                             "no arguments",
		"-lasts 1s -url 192.0.2.1:80":     "this machine",
		"-lasts 1s -url example.org:8080": "this machine",
	} {
		var errs bytes.Buffer
		if status := run(t.Context(), strings.Fields(args), io.Discard, &errs); status == 0 || !strings.Contains(errs.String(), say) {
			t.Errorf("%s: status %d, it says %q, want %q in it", args, status, &errs, say)
		}
	}
	o, err := parse(strings.Fields("-learners 100,2000 -lasts 3s -rate 10 -servers 2 -db postgres://u@/d -kill 2s -json"), io.Discard)
	if err != nil || !slices.Equal(o.learners, []int{100, 2000}) || o.lasts != 3*time.Second || o.rate != 10 || o.servers != 2 || !o.json || o.kill != 2*time.Second {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestSmallLoad runs all of it with a handful of learners, once quietly and once with kills.
func TestSmallLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and starts a server")
	}
	binary, err := crowd.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"-learners 3,6 -lasts 500ms -rate 40", "-learners 6 -lasts 3s -rate 0 -kill 1s -ceiling=false"} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), append(strings.Fields(args), "-json", "-binary", binary), &out, &errs); status != 0 {
			t.Fatalf("%s: status %d\n%s\n%s", args, status, &out, &errs)
		}
		var res result
		if err := json.Unmarshal(out.Bytes(), &res); err != nil {
			t.Fatalf("%v\n%s", err, &out)
		}
		actions := map[string]action{}
		for _, a := range res.Actions {
			actions[a.Name] = a
			if a.Errors > 0 || a.Done == 0 || a.P50 > a.P95 || a.P95 > a.P99 || a.P99 > a.Max {
				t.Errorf("%+v", a)
			}
		}
		for _, name := range []string{"sign in", "page of the exam", "start to room", "save, unpaced", "hand in", "report"} {
			if actions[name].Done == 0 {
				t.Errorf("%s: there is no %q in\n%s", args, name, &out)
			}
		}
		if res.Acked == 0 || res.Damage != 0 {
			t.Errorf("%d acknowledged, %d damaged", res.Acked, res.Damage)
		}
		if killed := strings.Contains(args, "-kill"); killed != (res.Kills > 0) {
			t.Errorf("%s: %d kills", args, res.Kills)
		} else if a := actions["save, unpaced"]; !killed && (a.Ceiling == 0 || a.Ratio == 0 || a.Commits == 0 || actions["save, 40/s"].Done == 0) {
			t.Errorf("%s: %+v", args, a)
		}
		var table bytes.Buffer
		res.print(&table)
		if !strings.Contains(table.String(), "save, unpaced") {
			t.Errorf("the table says\n%s", &table)
		}
	}
}
