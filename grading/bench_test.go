package grading

import (
	"testing"

	"crosswalk/codebook"
)

// BenchmarkGrade grades 25 entered lines against a key of 25: as many near misses as exact lines, and extras.
func BenchmarkGrade(b *testing.B) {
	book := readFakeBook(b)
	w := newWorld(book, 1)
	k := Key{Bills: Professional, Ask: Ask{Diagnoses: true, Procedures: true, Pointers: true, POA: true}}
	var r Response
	for i := range 25 {
		d := Diagnosis{Code: w.dx[2*i].Code, Weight: Required, POA: "Y"}
		if i == 0 {
			d.First = IsFirst
		}
		k.Diagnoses = append(k.Diagnoses, d)
		code := d.Code
		if i%2 == 1 {
			code = w.neighbour(code)
		}
		r.Diagnoses = append(r.Diagnoses, EnteredDiagnosis{Code: code, POA: "Y"})
	}
	b.ReportAllocs()
	for b.Loop() {
		Grade(&k, r, book, Learning)
	}
}

// BenchmarkGradeWorst grades a hundred equal lines, the dearest answer that is well formed.
func BenchmarkGradeWorst(b *testing.B) {
	book := readFakeBook(b)
	k := Key{Bills: Professional, Ask: Ask{Diagnoses: true}}
	for _, c := range []codebook.Code{"N1830", "N1831", "N1832", "N184", "E1122"} {
		k.Diagnoses = append(k.Diagnoses, Diagnosis{Code: c, Weight: Required})
	}
	var r Response
	for range MaxLines {
		r.Diagnoses = append(r.Diagnoses, EnteredDiagnosis{Code: "N189"})
	}
	b.ReportAllocs()
	for b.Loop() {
		Grade(&k, r, book, Learning)
	}
}

func BenchmarkGradeItem(b *testing.B) {
	a := ItemAnswer{Codes: []string{"J1100", "64483-LT", "64483-RT"}}
	b.ReportAllocs()
	for b.Loop() {
		GradeItem(&cptKey, a)
	}
}
