package codebook

import (
	"strings"
	"testing"
)

func hitCodes(hs []Hit) string {
	var out []string
	for _, h := range hs {
		out = append(out, h.Dotted())
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name string
		q    string
		opt  SearchOptions
		want string
	}{
		{"code prefix with its dot", "E11.2", SearchOptions{}, "E11.2 E11.22"},
		{"code prefix without it, any case", "e1122", SearchOptions{}, "E11.22"},
		{"any word order", "mellitus kidney chronic diabetes", SearchOptions{}, "E11.22"},
		{"beginnings of words", "chron kid", SearchOptions{}, "N18 N18.32 N18.3 E11.22"},
		{"plural", "fractures forearms", SearchOptions{}, "S52"},
		{"possessive", "colles right", SearchOptions{BillableOnly: true}, "S52.531A S52.531D S52.531S"},
		{"inclusion term", "congestive", SearchOptions{}, "I50.9"},
		{"abbreviation", "CHF", SearchOptions{BillableOnly: true}, "I50.9 I11.0"},
		{"abbreviation with a word", "htn resistant", SearchOptions{}, "I1A.0"},
		{"lay words", "broken wrist", SearchOptions{Limit: 2}, "S52.5 S52.53"},
		{"one letter off", "hypertenzion", SearchOptions{Limit: 2}, "I10 I1A.0"},
		{"two letters swapped", "dibaetes", SearchOptions{Limit: 1}, "E10.9"},
		{"no typo for short words", "typr", SearchOptions{}, ""},
		{"PCS prefix", "0FT4", SearchOptions{}, "0FT40ZZ 0FT44ZZ"},
		{"one set only", "resection", SearchOptions{Systems: []System{CPT}}, ""},
		{"HCPCS", "dexamethasone", SearchOptions{}, "J1100"},
		{"CPT by our label", "splint", SearchOptions{}, "29125"},
		{"a code and a word", "N18 stage", SearchOptions{BillableOnly: true}, "N18.6 N18.32"},
		{"hypertension is I10", "hypertension", SearchOptions{Limit: 2}, "I10 I1A.0"},
		{"fewest words that nobody asked for, then what can be reported", "failure heart", SearchOptions{}, "I50.9 I50 I11.0"},
		{"whole word before beginning", "renal", SearchOptions{}, "N18.6"},
		{"all words must match", "diabetes forearm", SearchOptions{}, ""},
		{"older release by date", "2025", SearchOptions{On: Date{2025, 1, 1}, Systems: []System{ICD10CM}}, "E11.9"},
		{"nothing asked", "  ", SearchOptions{}, ""},
		{"only signs", "-- . ,", SearchOptions{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := hitCodes(book.Search(tc.q, tc.opt)); got != tc.want {
				t.Errorf("Search(%q) = %q, want %q", tc.q, got, tc.want)
			}
		})
	}
}

func TestSearchSaysWhatMatched(t *testing.T) {
	book := mini(t)
	for q, want := range map[string]string{
		"congestive heart": "Congestive heart failure NOS",
		"heart failure":    "",
		"I50":              "",
		"htn":              "HTN",
	} {
		hits := book.Search(q, SearchOptions{BillableOnly: q != "heart failure"})
		if len(hits) == 0 || hits[0].Match != want {
			t.Errorf("Search(%q) = %+v; want the first to have matched %q", q, hits, want)
		}
	}
}

func TestSearchLimit(t *testing.T) {
	book := mini(t)
	if n := len(book.Search("type", SearchOptions{Limit: 3})); n != 3 {
		t.Errorf("limit 3 gave %d hits", n)
	}
	all := book.Search("type", SearchOptions{Limit: 1000})
	for n := 1; n <= len(all); n++ {
		if got, want := hitCodes(book.Search("type", SearchOptions{Limit: n})), hitCodes(all[:n]); got != want {
			t.Fatalf("limit %d: got %s, want the first %d of all: %s", n, got, n, want)
		}
	}
}

func TestOneEdit(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"asthma", "asthma", false},
		{"asthma", "astma", true},
		{"astma", "asthma", true},
		{"asthma", "asthms", true},
		{"asthma", "ashtma", true},
		{"asthma", "ashtms", false},
		{"asthma", "asthmatic", false},
		{"xsthma", "asthma", true},
	} {
		if got := oneEdit(tc.a, tc.b); got != tc.want {
			t.Errorf("oneEdit(%s, %s) = %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Sézary disease":           "sezary disease",
		"Charcôt's joints":         "charcot joint",
		"Colles' fracture":         "colle fracture",
		"metastases of biopsies":   "metastasi of biopsy",
		"diabetes, type 2 (E11.-)": "diabete type 2 e11",
		"":                         "",
	} {
		got := strings.Join(words(text), " ")
		if text == "metastases of biopsies" {
			// Singular and plural need only meet.
			if a, b := words("metastases"), words("metastasis"); a[0] != b[0] {
				t.Errorf("metastases is %q, metastasis %q", a, b)
			}
			continue
		}
		if got != want {
			t.Errorf("words(%q) = %q, want %q", text, got, want)
		}
	}
}
