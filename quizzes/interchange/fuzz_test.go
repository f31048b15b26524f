package interchange

import (
	"bytes"
	"testing"

	"crosswalk/quizzes"
)

// fuzzFormat shows that whatever a reader makes of a file loads as it is, and goes out and comes in again as it was.
func fuzzFormat(f *testing.F, format Format, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		o := ImportOptions{Name: "fuzz", Format: format, Area: "em", CodeYear: 2026}
		in, err := importBytes(b, o)
		if err != nil {
			return
		}
		if in.Report.Kept+in.Report.Changed+in.Report.Dropped != len(in.Report.Items) || len(in.Report.Items) == 0 {
			t.Errorf("the report does not add up: %+v", in.Report)
		}
		for _, file := range in.Files {
			qs, problems := quizzes.ParseQuestions(file.Text, file.Path, renderer)
			if len(problems) > 0 || len(qs) != file.Questions {
				t.Fatalf("%d questions of %d load: %v\n%s", len(qs), file.Questions, problems, file.Text)
			}
			var out bytes.Buffer
			if _, err := Export(&out, CSV, qs, ExportOptions{}); err != nil {
				t.Fatal(err)
			}
			again, err := importBytes(out.Bytes(), ImportOptions{Name: "fuzz", Format: CSV, CodeYear: 2026})
			if err != nil {
				t.Fatal(err)
			}
			if len(again.Files) != 1 || !bytes.Equal(again.Files[0].Text, file.Text) {
				t.Fatalf("through CSV:\n%s\n---- and before\n%s\n---- CSV\n%s", again.Files[0].Text, file.Text, out.String())
			}
		}
	})
}

func FuzzGIFT(f *testing.F) {
	fuzzFormat(f, GIFT, sample(f, "sample.gift"), []byte("a{~b=c#d####e}"), []byte("a{#1..2}"), []byte("::x::y{=a->b =c->d}"), []byte("{T}"))
}
func FuzzMoodle(f *testing.F) {
	fuzzFormat(f, Moodle, sample(f, "sample-moodle.xml"), []byte(`<quiz><question type="shortanswer"><questiontext><text>a</text></questiontext><answer fraction="100"><text>b</text></answer></question></quiz>`))
}
func FuzzAiken(f *testing.F) {
	fuzzFormat(f, Aiken, sample(f, "sample-aiken.txt"), []byte("a\nA. b\nB. c\nANSWER: A"))
}
func FuzzCSV(f *testing.F) {
	fuzzFormat(f, CSV, sample(f, "sample.csv"), []byte("stem;answer\na;1\n"), []byte("stem,option_a,option_b,answer\n'=1,a,\"b\n\",2"))
}
func FuzzQTIItem(f *testing.F) {
	fuzzFormat(f, QTI21, []byte(soundItem), sampleFile(f, "qti21", "items/entry.xml"), sampleFile(f, "qti21", "items/match.xml"), sampleFile(f, "qti22", "gaps.xml"), sampleFile(f, "qti30", "items/hot.xml"))
}
func FuzzQTIPackage(f *testing.F) {
	fuzzFormat(f, QTI21, sample(f, "qti22"), sample(f, "qti30"))
}
func FuzzCanvas(f *testing.F) {
	fuzzFormat(f, Canvas, sampleFile(f, "canvas", "g1/g1.xml"), sample(f, "canvas"))
}
