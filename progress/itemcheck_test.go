package progress_test

import (
	"encoding/json"
	"strings"
	"testing"

	"crosswalk/progress"
)

// list is a JSON array of n times an entry.
func list(n int, entry string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(entry+",", n), ",") + "]"
}

func TestAnswersThatCanBelongToNoItem(t *testing.T) {
	r := newRoom(t)
	x := r.sit(r.lea, "plain")
	answer := func(field, value string) string { return `{"answer":{"` + field + `":` + value + `}}` }
	text := func(n int) string { return `"` + strings.Repeat("é", n) + `"` }
	for _, c := range []struct{ name, most, over string }{
		{"options", answer("options", list(60, "200")), answer("options", list(61, "0"))},
		{"an option", answer("options", "[0]"), answer("options", "[-1]")},
		{"a great option", answer("options", "[200]"), answer("options", "[201]")},
		{"struck", `{"struck":` + list(60, "200") + `}`, `{"struck":` + list(61, "0") + `}`},
		{"one struck", `{"struck":[0]}`, `{"struck":[-1]}`},
		{"order", answer("order", list(60, "-1")), answer("order", list(61, "0"))},
		{"a place", answer("order", "[200]"), answer("order", "[201]")},
		{"match", answer("match", list(60, "-1")), answer("match", list(61, "0"))},
		{"a partner", answer("match", "[-1]"), answer("match", "[-2]")},
		{"codes", answer("codes", list(100, `"A00"`)), answer("codes", list(101, `"A00"`))},
		{"a code", answer("codes", "["+text(40)+"]"), answer("codes", "["+text(41)+"]")},
		{"value", answer("value", text(2000)), answer("value", text(2001))},
		{"diagnoses", `{"sheet":{"dx":` + list(50, `{"code":"A00"}`) + `}}`, `{"sheet":{"dx":` + list(51, `{"code":""}`) + `}}`},
		{"procedures", `{"sheet":{"px":` + list(50, `{"code":"99213"}`) + `}}`, `{"sheet":{"px":` + list(51, `{"code":""}`) + `}}`},
		{"earlier answers", `{"trail":[{"at":1,"answer":{"options":[200]}}]}`, `{"trail":[{"at":1,"answer":{"options":[201]}}]}`},
		{"note", `{"note":` + text(progress.MaxItemNote) + `}`, `{"note":` + text(progress.MaxNote+1) + `}`},
	} {
		r.seq++
		save := []progress.ItemSave{{Pos: 0, Seq: r.seq, Body: json.RawMessage(c.most)}}
		if _, _, err := r.SaveItems(t.Context(), r.lea, x.ID, save); err != nil {
			t.Errorf("%s, as much as can be: %v", c.name, err)
		}
		r.seq++
		save = []progress.ItemSave{{Pos: 0, Seq: r.seq, Body: json.RawMessage(c.over)}}
		_, _, err := r.SaveItems(t.Context(), r.lea, x.ID, save)
		wantField(t, c.name+", more than can be", err, "items")
	}
}
