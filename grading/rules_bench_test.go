package grading

import (
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
)

// BenchmarkGradeRules grades 25 entered lines against a key of 25 with all edits of the official releases: an answer that meets none, and
// one that meets a good many, for which the key's own objections are worked out too.
func BenchmarkGradeRules(b *testing.B) {
	book := releasetest.Book(b)
	key := Key{Bills: Professional, Date: codebook.Date{Year: 2025, Month: 11, Day: 14}, Patient: &codebook.Patient{Age: 58, Sex: "F"}, Ask: Ask{Diagnoses: true, Procedures: true, Pointers: true}}
	var plain, faulty Response
	wrong := map[codebook.Code]codebook.Code{"S52531A": "S52539A", "E1122": "E1065", "N1832": "N183", "J449": "N400", "I5033": "I509", "E785": "E789", "D649": "E8411"}
	for i, c := range []codebook.Code{"S52531A", "E1122", "I130", "I5033", "N1832", "J449", "E785", "D649", "K219", "M1711", "H2513", "F329", "Z794", "Z87891", "W010XXA"} {
		d := Diagnosis{Code: c, Weight: Required, Why: "The note says so.", Cites: []string{"I.B.14", "tabular:" + string(c[:3])}, Evidence: []Evidence{{Text: "right side, as the note has it"}}}
		if i == 0 {
			d.First = IsFirst
		}
		key.Diagnoses = append(key.Diagnoses, d)
		plain.Diagnoses = append(plain.Diagnoses, EnteredDiagnosis{Code: c})
		if w := wrong[c]; w != "" {
			c = w
		}
		faulty.Diagnoses = append(faulty.Diagnoses, EnteredDiagnosis{Code: c})
	}
	for _, c := range []codebook.Code{"25605", "99214", "11102", "45385", "45380", "64483", "64484", "20610", "71046", "93000"} {
		p := Procedure{System: codebook.CPT, Code: c, Units: 1, Why: "The note says so.", Cites: []string{"pfs:" + string(c)}}
		line := EnteredProcedure{System: codebook.CPT, Code: c, Units: 1, Modifiers: []string{"59"}}
		switch c {
		case "99214":
			line.Modifiers = []string{"25"}
		case "25605":
			line.Modifiers = []string{"RT"}
		}
		p.Modifiers = line.Modifiers
		key.Procedures = append(key.Procedures, p)
		plain.Procedures = append(plain.Procedures, line)
		line.Modifiers, line.Units = nil, 2
		faulty.Procedures = append(faulty.Procedures, line)
	}
	for name, r := range map[string]Response{"right": plain, "faulty": faulty} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			rules := 0
			for b.Loop() {
				rules = len(Grade(&key, r, book, Learning).Rules)
			}
			b.ReportMetric(float64(rules), "rules")
		})
	}
}
