package codebook

import "testing"

func starter(b *testing.B) *Book {
	b.Helper()
	book, err := Starter()
	if err != nil {
		b.Fatal(err)
	}
	return book
}

func BenchmarkLookup(b *testing.B) {
	book := starter(b)
	on := Date{2025, 11, 14}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Lookup(ICD10CM, "S52531A", on); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	book := starter(b)
	for _, q := range []string{"diabetes kidney", "frac rad", "E11.2", "heart attack", "hypertenzion", "unspecified"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(book.Search(q, SearchOptions{})) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}

// A long inpatient chart: 25 diagnoses, each looked at against each.
func BenchmarkExcludes1(b *testing.B) {
	book := starter(b)
	codes := []Code{"A419", "R6521", "J189", "J9601", "N179", "I130", "I5033", "N1832", "E1122", "E1165", "E11621", "L97421", "Z794", "I2510", "I4891", "J441",
		"D62", "E876", "E871", "F17210", "Z87440", "G4733", "E66813", "Z6841", "Z66"}
	b.ReportAllocs()
	for b.Loop() {
		book.Excludes1(codes, Date{})
	}
}

func BenchmarkStarterRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadStarter(starterFiles); err != nil {
			b.Fatal(err)
		}
	}
}

// A set as large as the official one: 98,000 codes of six words.
func BenchmarkSearchFullSize(b *testing.B) {
	nb := NewBuilder()
	rb := nb.Release(Release{System: ICD10PCS, Edition: "bench", ValidFrom: Date{2025, 10, 1}})
	vocabulary := []string{"fracture", "displaced", "right", "left", "radius", "femur", "initial", "subsequent", "encounter", "closed", "open", "sequela", "poisoning", "unspecified",
		"diabetes", "mellitus", "kidney", "chronic", "acute", "neoplasm", "malignant", "benign", "injury", "nerve", "artery", "level", "wrist", "hand", "lower", "upper"}
	const digits = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	seed := uint32(1)
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>8) % n
	}
	for i := range 98_000 {
		c, n := "0", i
		for range 5 {
			c += string(digits[n%34])
			n /= 34
		}
		title := ""
		for range 6 {
			title += vocabulary[next(len(vocabulary))] + " "
		}
		rb.Code(Code(c+"Z"), title+"x"+c, true, Facts{})
	}
	book, err := nb.Build()
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range []string{"diabetes kidney", "frac rad", "unspecified", "malignent neoplasm"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(book.Search(q, SearchOptions{})) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
