package codebook

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestStarterLetteredCategory(t *testing.T) {
	const head = "set icd10cm\nrelease 2026\nvalid 2025-10-01\nchapter 2 C00-D49 Neoplasms\nchapter 21 Z00-Z99 Factors\n"
	for _, tc := range []struct{ name, lines, code, section, problem string }{
		{"behind its section", "section Z30-Z39 Reproduction\nZ3A = Weeks of gestation\n", "Z3A", "Z30-Z39", ""},
		{"within a wider section too", "section C00-C96 Malignant neoplasms\nsection C43-C44 Skin\nC4A = Merkel cell carcinoma\n", "C4A", "C43-C44", ""},
		{"with a section of its own", "section C00-C96 Malignant neoplasms\nsection C7A Neuroendocrine tumors\nC7A = Malignant neuroendocrine tumors\n", "C7A", "C7A", ""},
		{"below another section", "section Z40-Z53 Care\nZ3A = Weeks of gestation\n", "", "", "Z3A lies in no section"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			book, err := ReadStarter(fstest.MapFS{"cm.txt": {Data: []byte(head + tc.lines)}})
			if tc.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tc.problem) {
					t.Fatalf("ReadStarter: %v, want a problem with %q", err, tc.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := book.Section(Code(tc.code), Date{}); !ok || s.Range() != tc.section {
				t.Errorf("Section(%s) = %s %v, want %s", tc.code, s.Range(), ok, tc.section)
			}
		})
	}
}
