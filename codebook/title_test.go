package codebook

import "testing"

func TestCodeTitle(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ set, code, title string }{
		{"icd10cm", "e11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease"},
		{"icd10cm", "E1122", "Type 2 diabetes mellitus with diabetic chronic kidney disease"},
		{"icd10cm", "E11", "Type 2 diabetes mellitus"},
		{"icd10cm", "E11.222", ""},
		{"icd10cm", "no code", ""},
		{"icd9", "250.00", ""},
	} {
		if got, ok := book.CodeTitle(c.set, c.code); got != c.title || ok != (c.title != "") {
			t.Errorf("CodeTitle(%s, %s) = %q, %v, want %q", c.set, c.code, got, ok, c.title)
		}
	}
}
