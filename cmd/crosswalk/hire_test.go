package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestHireCatalog: the tests that ship are listed, shown and drawn without a database, and the same seed draws the same form.
func TestHireCatalog(t *testing.T) {
	data := t.TempDir()
	in := func(args ...string) []string { return append(append([]string{"hire"}, args...), "-data", data) }
	var list struct {
		Shipped []shippedTest  `json:"shipped"`
		Tests   []composedTest `json:"tests"`
	}
	o := try(t, "", in("list", "-json")...)
	if err := json.Unmarshal([]byte(o.out), &list); err != nil || len(list.Shipped) != 5 || list.Tests == nil || len(list.Tests) != 0 || list.Shipped[0].Check.Forms < 2 {
		t.Errorf("list: %v, %+v", err, o)
	}
	if o := try(t, "", in("show", "ed")...); o.status != statusOK || !strings.Contains(o.out, "12 charts, 15 questions") || !strings.Contains(o.out, "job: Emergency department coder") {
		t.Errorf("show: %+v", o)
	}
	draw := func(seed string) (form drawnForm) {
		o := try(t, "", in("draw", "ed", "-seed", seed, "-json")...)
		if err := json.Unmarshal([]byte(o.out), &form); err != nil || o.status != statusOK || len(form.Items) != 27 {
			t.Errorf("draw: %v, %+v", err, o)
		}
		return form
	}
	one, again, two := draw("1"), draw("1"), draw("2")
	if one.Items[0] != again.Items[0] || one.Items[26] != again.Items[26] {
		t.Error("the same seed draws another form")
	}
	if one.Items[26] == two.Items[26] && one.Items[25] == two.Items[25] && one.Items[0] == two.Items[0] {
		t.Error("another seed draws the same form")
	}
	for _, args := range [][]string{{"show"}, {"show", "nobody"}, {"draw", "nobody"}, {"list", "more"}} {
		if o := try(t, "", in(args...)...); o.status != statusUsage {
			t.Errorf("%v: %+v", args, o)
		}
	}
}
