package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestConflicts asks for the conflicts of claims as they are typed, against the starter book.
func TestConflicts(t *testing.T) {
	for name, c := range map[string]struct {
		args   string
		status int
		kinds  string // of the findings, with their codes
		say    string
	}{
		"clean":                       {"I10", statusOK, "", ""},
		"excludes1":                   {"E11.22 E10.9 N18.32", statusNo, "excludes1 E11.22 E10.9", "exclude each other"},
		"an external cause first":     {"W01.0XXA S52.531A", statusNo, "principal W01.0XXA", "cannot stand first"},
		"a pair of procedures":        {"S52.531A 25605-RT 29125-RT", statusNo, "ncci 25605 29125", "ncci:25605/29125"},
		"the other side":              {"S52.531A 25605-RT 29125-LT", statusOK, "", ""},
		"59 on the line that is paid": {"S52.531A 25605-RT-59 29125", statusOK, "", ""},
		"not on a hospital's claim":   {"-setting outpatient S52.531A 25605-RT 29125-RT", statusOK, "", ""},
		"both sides on a line":        {"S52.531A 25605-rt-lt", statusNo, "modifier 25605", "RT and LT"},
		"25 on a procedure":           {"S52.531A 25605-25x2", statusNo, "modifier 25605", "E/M"},
		"an add-on code alone":        {"I10 99292", statusNo, "addon 99292", "add-on"},
		"POA on an exempt code":       {"-setting inpatient N17.9:Y Z79.4:y", statusNo, "poa Z79.4", "leave the indicator out"},
		"POA as it should be":         {"-setting inpatient N17.9:n Z79.4:exempt", statusOK, "", ""},
		"one is missing":              {"-setting inpatient N17.9:Y I10", statusNo, "poa I10", "give Y, N, U or W"},
		"a tumor of men in a woman":   {"-sex f D17.6", statusNo, "sex D17.6", "check the code"},
		"a man":                       {"-sex M -age 60 D17.6", statusOK, "", ""},
		"units":                       {"I10 J1100x4", statusOK, "", ""},
		"no units":                    {"I10 J1100x0", statusUsage, "", "J1100x4"},
		"no such setting":             {"-setting hospital I10", statusUsage, "", "want practitioner"},
		"no such sex":                 {"-sex W I10", statusUsage, "", "want M or F"},
		"no such age":                 {"-age 200 I10", statusUsage, "", "whole years"},
		"no such form":                {"I10:Z", statusUsage, "", "N17.9:Y"},
		"all that is wrong at once":   {"I10:Z 99999-RT", statusUsage, "", "99999"},
		"modifiers on a diagnosis":    {"I10-RT", statusUsage, "", ""},
		"nothing":                     {"", statusUsage, "", "takes the codes of one claim"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"codes", "conflicts"}, strings.Fields(c.args)...)
			got := try(t, "", args...)
			if got.status != c.status || !strings.Contains(got.out+got.err, c.say) {
				t.Errorf("status %d, want %d; out %q err %q, want %q", got.status, c.status, got.out, got.err, c.say)
			}
			if c.status == statusUsage {
				return
			}
			got = try(t, "", append(args, "-json")...)
			var found []conflictJSON
			if err := json.Unmarshal([]byte(got.out), &found); err != nil {
				t.Fatalf("%v: %q", err, got.out)
			}
			var kinds []string
			for _, f := range found {
				kinds = append(kinds, f.Kind+" "+strings.Join(f.Codes, " "))
				if f.Note == "" || f.From == "" {
					t.Errorf("%+v: want a sentence and a rule", f)
				}
			}
			if !slices.Contains(kinds, c.kinds) && strings.Join(kinds, "; ") != c.kinds {
				t.Errorf("findings %q, want %q", kinds, c.kinds)
			}
		})
	}
}
