package codebook

import "testing"

func TestSetApart(t *testing.T) {
	for _, tc := range []struct {
		name         string
		paid, denied []string
		want         bool
	}{
		{"no modifier", nil, nil, false},
		{"59 on the denied line", nil, []string{"59"}, true},
		{"59 on the paid line", []string{"59"}, nil, true},
		{"XS on the paid line, behind another", []string{"RT", "XS"}, []string{"RT"}, true},
		{"25 on the denied line", nil, []string{"25"}, true},
		{"25 on the paid line says nothing of the other", []string{"25"}, nil, false},
		{"91 on the paid line", []string{"91"}, nil, false},
		{"two sides", []string{"RT"}, []string{"LT"}, true},
		{"a side of the denied line alone", nil, []string{"LT"}, true},
		{"a side of the paid line alone", []string{"RT"}, nil, false},
		{"one finger", []string{"F1"}, []string{"F1"}, false},
		{"two fingers", []string{"F1"}, []string{"F2"}, true},
		{"one finger of two is the same", []string{"F1", "F2"}, []string{"F2", "F3"}, true},
		{"a modifier about payment", nil, []string{"51"}, false},
		{"bilateral", nil, []string{"50"}, false},
	} {
		if got := SetApart(&ClaimLine{Modifiers: tc.paid}, &ClaimLine{Modifiers: tc.denied}); got != tc.want {
			t.Errorf("%s: SetApart(paid %v, denied %v) = %v, want %v", tc.name, tc.paid, tc.denied, got, tc.want)
		}
	}
	for m, want := range map[string]bool{"59": true, "XE": true, "T5": true, "RT": true, "24": true, "51": false, "50": false, "": false} {
		if SetsApart(m) != want {
			t.Errorf("SetsApart(%q) = %v, want %v", m, !want, want)
		}
	}
}
