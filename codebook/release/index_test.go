package release

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"

	"github.com/google/go-cmp/cmp"
)

// printed is an index as lines: level, words, codes, references.
func printed(book *codebook.Book, k codebook.IndexKind, on codebook.Date) (out []string) {
	for _, l := range book.IndexLetters(k, on) {
		for _, m := range book.IndexMain(k, l.Letter, on) {
			for _, t := range append([]codebook.IndexTerm{m}, book.IndexBelow(m.ID, 9)...) {
				s := l.Letter + " " + strings.Repeat("- ", t.Level) + t.Text()
				for _, c := range t.Codes {
					s += " " + c.Text()
					if c.Column > 0 {
						s += string(rune('₀' + c.Column))
					}
				}
				for _, r := range t.Refs {
					s += " {" + string(r.Kind) + " " + r.Text
					if r.Code != "" {
						s += " " + string(r.Code)
					}
					if w := book.IndexWords(r.Target); w != "" {
						s += " -> " + w
					}
					s += "}"
				}
				out = append(out, s)
			}
		}
	}
	return out
}

func TestIndexesOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	year := func(y int) codebook.Date { return codebook.Date{Year: y - 1, Month: 12, Day: 1} }
	for _, tc := range []struct {
		name string
		kind codebook.IndexKind
		on   codebook.Date
		want []string
	}{
		{"the newest edition, from XML", codebook.IndexDiseases, codebook.Date{}, []string{
			"D Diabetes, diabetic (mellitus) (sugar) E11.9",
			"D - with",
			"D - - kidney disease (chronic) NEC E11.22 [N08] {see-also Disease, kidney -> Disease, kidney}",
			"D - (pre)existing {see-category E08 E08}",
			"D Disease",
			"D - kidney N18.-",
			"D - gone A99.9",
			"D - misprinted {see-category N18 N18}",
			"T Tumor & growth {see Neoplasm, thumb, benign -> Neoplasm, neoplastic, thumb and what belongs to it}",
		}},
		{"the year before, flattened", codebook.IndexDiseases, year(2025), []string{
			"C Concussion S06.0X-",
			"C - (brain) S06.0",
			"C - thumb {see Open, wound, thumb -> Open, wound}",
			"C - kidney {see-category N18.- N18}",
			"O Open",
			"O - wound S61.0 {see-also Concussion -> Concussion}",
			"O - - misprinted",
		}},
		{"neoplasms", codebook.IndexNeoplasms, codebook.Date{}, []string{
			"N Neoplasm, neoplastic N18.9₁",
			"N - thumb (left) and what belongs to it S61.0-₂",
		}},
		{"drugs", codebook.IndexDrugs, codebook.Date{}, []string{"# 2-sugar E11.9₁", "# - slow E11.9₁ E11.22₂"}},
		{"external causes", codebook.IndexExternal, codebook.Date{}, []string{"C Cut by paper S61.0"}},
		{"procedures", codebook.IndexProcedures, codebook.Date{}, []string{
			"C Cholecystectomy {see Excision, Gallbladder 0FB4} {see Resection, Gallbladder 0FT4 -> Resection, Gallbladder}",
			"C Cystic duct lead {use Gallbladder lead in 0FT}",
			"R Resection",
			"R - Gallbladder 0FT4",
			"R - - Open 0FT40ZZ",
		}},
	} {
		if diff := cmp.Diff(tc.want, printed(book, tc.kind, tc.on)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	var got []string
	for _, v := range book.Indexes() {
		got = append(got, string(v.Kind)+" "+v.Edition+" "+strings.Join(v.Heads, "|"))
	}
	want := []string{"diseases 2017 ", "diseases 2025 ", "diseases 2026 ", "neoplasms 2026 Malignant Primary|Benign",
		"drugs 2026 Poisoning Accidental (unintentional)|Adverse effect", "external-causes 2026 ", "procedures 2026 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("indexes (-want +got):\n%s", diff)
	}
}

func TestSearchOfTheSampleByIndexTerms(t *testing.T) {
	book, _ := loadSample(t)
	for q, want := range map[string]string{
		"sugar":            "E11.9",
		"cholecystectomy":  "0FT40ZZ 0FT44ZZ",
		"paper cut":        "S61.0",
		"thumb neoplasm":   "S61.0",
		"slow 2 sugar":     "E11.9 E11.22",
		"existing sugar":   "E08",
		"tumor and growth": "S61.0",
	} {
		var got []string
		for _, h := range book.Search(q, codebook.SearchOptions{}) {
			got = append(got, h.Dotted())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Search(%q) = %q, want %q", q, got, want)
		}
	}
}

func TestIndexKindsAreTold(t *testing.T) {
	for text, want := range map[string]Kind{
		`<?xml version="1.0"?><ICD10CM.index><version>2025</version><title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>`: IndexCM,
		`<ICD10CM.index><version>2025</version><title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title>`:                    IndexExternal,
		`<ICD10CM.index><version>2025</version><indexHeading><head col="1">Substance</head>`:                                 IndexDrugs,
		`<ICD10CM.index><version>2025</version><indexHeading><head col="1"> Neoplasm</head>`:                                 IndexNeoplasms,
		`<ICD10CM.index><version>2025</version><indexHeading><head col="1">Colour</head>`:                                    unknown,
		`<ICD10PCS.index><version>2025</version><title>2025 ICD-10-PCS Index</title>`:                                        IndexPCS,
		"RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n1,A,0,Aarskog's syndrome,,,,Q87.19\n":                         IndexFlat,
		"RowID,Letter,Level,Term,Code\n1,A,0,Aarskog's syndrome,Q87.19\n":                                                    unknown,
	} {
		if got, _ := sniff([]byte(text)); got != want {
			t.Errorf("%.80s: %s, want %s", text, got, want)
		}
	}
}

func TestDamagedIndexes(t *testing.T) {
	const flat = "Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n"
	const xml = "<ICD10CM.index><letter><title>A</title>"
	for _, tc := range []struct {
		kind       Kind
		text, want string
		line       int
	}{
		{IndexFlat, flat + "A,0,Abasia,,,,F44.4\nA,2,deep,,,,\n", `level "2" under a term of level 0`, 3},
		{IndexFlat, flat + "A,1,below nothing,,,,\n", `level "1"`, 2},
		{IndexFlat, flat + "A,x,Abasia,,,,\n", `level "x"`, 2},
		{IndexFlat, flat + "A,0,,,,,F44.4\n", "a term without words", 2},
		{IndexFlat, flat + "A,0,Abasia,,,,F44", "cut off", 2},
		{IndexFlat, "Letter,Level,Term\n", `no column "See"`, 1},
		{IndexCM, xml + "<mainTerm>\n<mainTerm>", "a <mainTerm> within <mainTerm>", 2},
		{IndexCM, xml + "\n<term>", "a <term> within <letter>", 2},
		{IndexCM, xml + "<mainTerm><code>A00</code>\n</mainTerm>", "a <mainTerm> without a title", 2},
		{IndexCM, xml + "<mainTerm><title>a</title>", "ends within", 1},
		{IndexDrugs, "<ICD10CM.index><indexHeading><head col=\"2\">P</head>\n<head col=\"4\">Q</head>", "column 4 stands after column 2", 2},
		{IndexDrugs, "<ICD10CM.index><indexHeading><head col=\"two\">", `column "two"`, 1},
	} {
		_, err := parsers[tc.kind](strings.NewReader(tc.text))
		e, ok := errors.AsType[*lineError](err)
		if !ok || !strings.Contains(err.Error(), tc.want) || e.line != tc.line {
			t.Errorf("%q: %v; want line %d and %q", tc.text, err, tc.line, tc.want)
		}
	}
}

// Whatever is read as an index, a book can be made of it that counts its terms.
func fuzzIndex(f *testing.F, k Kind, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parsers[k](strings.NewReader(text))
		if err != nil {
			if e, ok := errors.AsType[*lineError](err); !ok || e.line < 1 {
				t.Fatalf("error names no line: %v", err)
			}
			return
		}
		x := c.(*indexFile)
		if x.kept() > x.rows || len(x.terms) > x.rows {
			t.Fatalf("%d terms of %d rows, %d kept", len(x.terms), x.rows, x.kept())
		}
		b := codebook.NewBuilder()
		b.Index(codebook.NewIndex{Kind: indexKinds[k], Edition: "2026", Heads: x.heads, Terms: x.terms})
		book, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := book.IndexOf(indexKinds[k], codebook.Date{}); v.MainTerms+v.Subterms != len(x.terms) {
			t.Fatalf("%d main terms and %d subterms of %d", v.MainTerms, v.Subterms, len(x.terms))
		}
		if ix, err := codebook.ReadIndex(book.Index().AppendBinary(nil)); err != nil || !slices.Equal(ix.AppendBinary(nil), book.Index().AppendBinary(nil)) {
			t.Fatalf("stored and read: %v", err)
		}
	})
}

func FuzzIndexXML(f *testing.F) {
	const head = `<ICD10CM.index><letter><title>D</title>`
	fuzzIndex(f, IndexCM, head+`<mainTerm><title>Diabetes, diabetic<nemod>(sugar)</nemod> NEC</title><code>E11.-</code><manif>N08</manif><term level="1"><title>with</title><see>Disease</see></term></mainTerm></letter></ICD10CM.index>`,
		head+`<mainTerm><title>x</title><term><see>Disease<codes>E11</codes></see></term></mainTerm></letter></ICD10CM.index>`, head, `<mainTerm>`)
}

func FuzzIndexTable(f *testing.F) {
	fuzzIndex(f, IndexDrugs, `<i><head col="1">S</head><head col="2">P</head><mainTerm><title>x</title><cell col="2">T36.0X1</cell><cell col="3">--</cell></mainTerm></i>`, `<head col="9">`)
}

func FuzzIndexPCS(f *testing.F) {
	fuzzIndex(f, IndexPCS, `<i><mainTerm><title>x</title><term><see>Resection<codes>0FT4</codes></see></term><use>Vein<tab>0FT</tab></use><code>0FT44ZZ</code></mainTerm></i>`)
}

func FuzzIndexFlat(f *testing.F) {
	fuzzIndex(f, IndexFlat, "Letter,Level,Term,See,SeeAlso,NonEssModif,Code\nD,0,\"Diabetes, diabetic\",,,(sugar),E11.9\nD,1,with,\"Disease, kidney\",category N18,,\n")
}
