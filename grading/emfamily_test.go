package grading_test

import (
	"slices"
	"testing"

	"crosswalk/codebook"
	"crosswalk/grading"
)

func TestEMFamily(t *testing.T) {
	family, at := grading.EMFamily("99284")
	if want := []codebook.Code{"99281", "99282", "99283", "99284", "99285"}; !slices.Equal(family, want) || at != 3 {
		t.Errorf("99284: %v at %d, want %v at 3", family, at, want)
	}
	family[0] = "00000"
	if again, _ := grading.EMFamily("99284"); again[0] != "99281" {
		t.Error("the family that was given out can be changed")
	}
	if family, at := grading.EMFamily("25605"); family != nil || at != -1 {
		t.Errorf("25605: %v at %d, want none", family, at)
	}
}
