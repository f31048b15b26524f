package server

import "testing"

func TestTextInTheFontOfDocuments(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë Łukasz O’Neill":          "Zoë Łukasz O’Neill",
		"5 ≥ 3 ≤ 4, 2–3 µg − 1 … “x”": "5 ≥ 3 ≤ 4, 2–3 µg − 1 … “x”",
		"Ελένη, Иван":                 "Ελένη, Иван",
		"Nguy\u1ec5n, e\u0301t\u00e9": "Nguyên, été",
		"李":                           "?",
		"soft\u00adhyphen\ttab\u00a0": "softhyphen tab ",
		"ﬀoo ①":                       "ffoo 1",
		"a\x00b":                      "ab",
	} {
		if got := inFont(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestShownInFont(t *testing.T) {
	for name, want := range map[string][2]bool{
		"Łukasz Żółć-Étienne": {true, true}, "Who?": {true, true}, "Nguyễn": {true, true}, "王小明": {}, "עברית שם": {}, "王小明 (Ming)": {false, true}, "": {true, true},
	} {
		if whole, some := shownInFont(name); whole != want[0] || some != want[1] {
			t.Errorf("%q: whole %v, some %v, want %v", name, whole, some, want)
		}
	}
}
