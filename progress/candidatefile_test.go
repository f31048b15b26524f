package progress_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

func whole(n int) *int { return &n }

func TestParseCandidates(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []progress.CandidateLine
		errs []string
	}{
		"names alone":              {"Ann Rivers\n\nBo  Field\n", []progress.CandidateLine{{Name: "Ann Rivers", Line: 1}, {Name: "Bo Field", Line: 3}}, nil},
		"typed in order":           {"Ann, Ann@Example.org, A-1", []progress.CandidateLine{{Name: "Ann", Email: "ann@example.org", Ref: "A-1", Line: 1}}, nil},
		"columns by name":          {"Number;E-mail;Last name;First name\n7;bo@example.org;Field;Bo", []progress.CandidateLine{{Name: "Bo Field", Email: "bo@example.org", Ref: "7", Line: 2}}, nil},
		"quotes":                   {`"Rivers, Ann",ann@example.org`, []progress.CandidateLine{{Name: "Rivers, Ann", Email: "ann@example.org", Line: 1}}, nil},
		"byte order mark":          {"\ufeffname\nAnn", []progress.CandidateLine{{Name: "Ann", Line: 2}}, nil},
		"nothing":                  {" \n ", nil, []string{"Type at least one name"}},
		"only a head":              {"name,email\n", nil, []string{"Line 2: there is nobody"}},
		"all that is wrong":        {"Ann,ann\nBo,bo@example.org\nCy,bo@example.org\n,di@example.org", nil, []string{`Line 1: "ann" is no e-mail`, "Line 3: bo@example.org stands on line 2", "Line 4: the name is missing"}},
		"the same twice":           {"Ann\nAnn", nil, []string{"Line 2: Ann stands on line 1"}},
		"a number twice":           {"Ann,,7\nBo,,7", nil, []string{"Line 2: the number 7 stands on line 1"}},
		"names that differ by ref": {"Ann,,1\nAnn,,2", []progress.CandidateLine{{Name: "Ann", Ref: "1", Line: 1}, {Name: "Ann", Ref: "2", Line: 2}}, nil},
		"accommodation":            {"name,Extra time %,extra breaks\nAnn,50 %,1\nBo,,0", []progress.CandidateLine{{Name: "Ann", ExtraPercent: whole(50), ExtraBreaks: whole(1), Line: 2}, {Name: "Bo", ExtraBreaks: whole(0), Line: 3}}, nil},
		"impossible accommodation": {"name,extra,breaks\nAnn,301,some\nBo,-1,", nil, []string{"Line 2: extra time is a whole number of per cent from 0 to 300", "Line 2: extra breaks are a whole number from 0 to 10", "Line 3: extra time"}},
		"too many fields":          {"Rivers, Ann, a@example.org, 7, 8", nil, []string{"Line 1: there are 5 fields"}},
		"no text":                  {"\xff\xfe", nil, []string{"no text in UTF-8"}},
		"open quote":               {"\"Ann\nBo", nil, []string{"Line 1: the quotes do not match"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, errs := progress.ParseCandidates([]byte(c.file))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(want, got):\n%s", d)
			}
			if len(errs) != len(c.errs) {
				t.Fatalf("errors %v, want %v", errs, c.errs)
			}
			for i, e := range errs {
				if !strings.Contains(e.Reason, c.errs[i]) || e.Field != "people" {
					t.Errorf("error %q of %s, want %q", e.Reason, e.Field, c.errs[i])
				}
			}
		})
	}
}

// FuzzParseCandidates: whatever comes, it is people with a name each, or problems, and never both; and what was read can be written and read again.
func FuzzParseCandidates(f *testing.F) {
	for _, s := range []string{"Ann\nBo", "name,email\nAnn,a@example.org", "a;b;c\n\"x\"\"y\";;", "\ufeff\t\t\n", "Ann,\"", strings.Repeat("x,", 300)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		people, errs := progress.ParseCandidates(file)
		if (len(people) == 0) == (len(errs) == 0) {
			t.Fatalf("%d people and %d problems", len(people), len(errs))
		}
		seen := map[string]bool{}
		for _, p := range people {
			if p.Name == "" || p.Line < 1 || p.Email != "" && seen[p.Email] {
				t.Fatalf("person %+v", p)
			}
			seen[p.Email] = true
		}
	})
}
