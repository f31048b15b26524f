package grading

import (
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
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

// BenchmarkGradeOfficial grades 25 lines against 25 by all rules with all that can be loaded: exact lines, near misses, substitutions,
// extras, pairs that NCCI or an Excludes1 note forbids, pointers. CROSSWALK_RELEASES names the folder of releases.
func BenchmarkGradeOfficial(b *testing.B) {
	k, r := wholeClaim()
	book := releasetest.Book(b)
	b.ReportAllocs()
	for b.Loop() {
		Grade(&k, r, book, Learning)
	}
}

// wholeClaim is a key of 18 diagnoses and 7 procedures and an answer with as many lines.
func wholeClaim() (Key, Response) {
	k := Key{Setting: "office", Bills: Professional, Date: codebook.Date{Year: 2025, Month: 11, Day: 14}, Ask: Ask{Diagnoses: true, Procedures: true, Pointers: true, Evidence: true}}
	var r Response
	for i, pair := range [][2]codebook.Code{{"E1122", "E1122"}, {"I129", "I10"}, {"N1832", "N1830"}, {"Z794", "Z794"}, {"E1142", "E1140"}, {"E11319", "E113291"},
		{"J449", "J441"}, {"J9611", "J9601"}, {"I5032", "I5033"}, {"I480", "I482"}, {"Z7901", "Z7901"}, {"E785", "E785"}, {"M1711", "M1712"}, {"S52531D", "S52531A"},
		{"W010XXD", "W19XXXD"}, {"K219", "K219"}, {"R0602", "R079"}, {"Z87891", "F17210"}} {
		d := Diagnosis{Code: pair[0], Weight: Required, Evidence: []Evidence{{Text: "words that state it in the note"}}}
		if i == 0 {
			d.First = IsFirst
		}
		k.Diagnoses = append(k.Diagnoses, d)
		r.Diagnoses = append(r.Diagnoses, EnteredDiagnosis{Code: pair[1], Evidence: []string{"that state it in the note"}})
	}
	for i, pair := range [][2]codebook.Code{{"99214", "99213"}, {"45385", "45385"}, {"45380", "45380"}, {"25605", "25600"}, {"64483", "64483"}, {"20610", "20605"}, {"93000", "29125"}} {
		k.Procedures = append(k.Procedures, Procedure{System: codebook.CPT, Code: pair[0], Units: 1, PointsTo: []codebook.Code{k.Diagnoses[i].Code}, Modifiers: []string{"59"}})
		r.Procedures = append(r.Procedures, EnteredProcedure{System: codebook.CPT, Code: pair[1], Units: 1, PointsTo: []int{i}})
	}
	return k, r
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
