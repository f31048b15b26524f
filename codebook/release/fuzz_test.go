package release

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// fuzzKind feeds a parser. Whatever it is fed, it either says which line is wrong or accounts for every row; and it reads the same thing
// twice alike.
func fuzzKind(f *testing.F, k Kind, seeds ...string) {
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
		n := c.counts()
		if n.rows < 0 || n.kept() < 0 || n.kept() > n.rows {
			t.Fatalf("%d rows, %d kept, skipped %+v", n.rows, n.kept(), n.skipped)
		}
		if again, err := parsers[k](strings.NewReader(text)); err != nil || again.counts().rows != n.rows {
			t.Fatalf("a second reading differs: %v", err)
		}
	})
}

const orderSeed = "00001 A00     0 Cholera                                                      Cholera\r\n" +
	"00002 A000    1 Cholera                                                      Cholera due to Vibrio cholerae\r\n"

func FuzzOrderCM(f *testing.F) { fuzzKind(f, OrderCM, orderSeed, orderSeed[:60], "00009 ") }

func FuzzOrderPCS(f *testing.F) {
	fuzzKind(f, OrderPCS, strings.ReplaceAll(orderSeed, "A000   ", "0FT44ZZ"))
}

func FuzzTabular(f *testing.F) {
	const head = `<ICD10CM.tabular><version>2026</version><chapter><name>4</name><desc>Endocrine (E00-E89)</desc><section id="E08-E13"><desc>Diabetes (E08-E13)</desc>`
	const tail = `</section></chapter></ICD10CM.tabular>`
	fuzzKind(f, TabularCM, head+`<diag><name>E11</name><excludes1><note>x (E08.-)</note></excludes1><diag><name>E11.9</name></diag></diag>`+tail,
		head+`<diag><name>E11</name><sevenChrDef><extension char="A">initial</extension><note>n</note></sevenChrDef></diag>`+tail, head, `<diag>`, `<section id="E">`)
}

func FuzzTables(f *testing.F) {
	fuzzKind(f, TablesPCS, `<ICD10PCS.tabular><pcsTable><axis pos="1"><title>Section</title><label code="0">M</label></axis></pcsTable></ICD10PCS.tabular>`,
		`<pcsTable><pcsRow codes="1"><axis pos="4" values="1"><label code="4">G</label></axis></pcsRow></pcsTable>`)
}

func FuzzTerms(f *testing.F) {
	fuzzKind(f, DefinitionsPCS, `<section code="0"><axis pos="3"><terms><title>Bypass</title><definition>D.</definition><includes>I</includes></terms></axis></section>`, `<aggregate/>`)
}

func FuzzGuidelines(f *testing.F) {
	fuzzKind(f, GuidelinesCM, "Section I. C\nA. C\n1. I\na. x\n1) y\n(a) z\n(i) w\nSection II. P\nSection III. R\nSection IV. O\nAppendix I\n",
		"Section I. C\nA. C\n1. I\na. x\n1) y\na. dotted\nb. dotted\nb. next\n")
}

func FuzzPOA(f *testing.F) {
	fuzzKind(f, POAExempt, "Order26\tPOAexemptCode\tDescription\r\n01238\tB90.0\tSequelae\r\n", "Order26\tPOAexemptCode\tDescription\n1\tQ99.811\t\"a \"\"b\"\", c\"\n")
}

func FuzzHCPCS(f *testing.F) {
	fuzzKind(f, HCPCSCodes, "code,short_description,long_description,coverage\nJ1100,s,\"a, b\",D\n", "code,short_description,long_description,coverage\nJ1100,,,\n")
}

func FuzzHCPCSStatus(f *testing.F) {
	fuzzKind(f, HCPCSStatus, "code,action,date_added,date_terminated\nA0021,N,1985-01-01,\nA0080,D,1982-01-01,2023-12-31\n")
}

func FuzzModifiers(f *testing.F) {
	fuzzKind(f, HCPCSModifiers, "modifier,short_description,long_description\nLT,Left,Left side\n")
}

func FuzzFees(f *testing.F) {
	fuzzKind(f, FeeSchedule, "hcpcs,modifier,status_code,pctc_ind,glob_days,mult_proc,bilat_surg,asst_surg,co_surg,team_surg\n22222,,A,1,XXX,0,0,0,0,0\n22222,26,A,1,XXX,0,0,0,0,0\n")
}

func FuzzOPPS(f *testing.F) { fuzzKind(f, AddendumB, "hcpcs,status_ind,apc,payment_rate\n0001U,A,,\n") }

func FuzzPairs(f *testing.F) {
	fuzzKind(f, NCCIPairs, "column1,column2,modifier_indicator\n25605,29125,1\n", "column1,column2,modifier_indicator\n0001U,J1100,0\n")
}

func FuzzMUEs(f *testing.F) { fuzzKind(f, MUEs, "hcpcs,mue_value,mai\n99213,2,3\n") }

func FuzzAddOns(f *testing.F) {
	fuzzKind(f, AddOns, "addon_code,primary_code,edit_type\n11045,11042,1\n0054T,CCCCC,2\n11045,11043,3\n")
}

func FuzzSeverity(f *testing.F) { fuzzKind(f, Severity, "icd10cm,level\nA000,CC\nA021,MCC\n") }

func FuzzDxEdits(f *testing.F) {
	fuzzKind(f, CodeEditor, "icd10cm,edit_group,edit_rule\nA1814,Age,Adult\nA1815,Sex,Male Only\nD630,Other,Manifestation (x)\n")
}

// FuzzSniff: any content has a kind, which has either a parser or a reason not to be loaded.
func FuzzSniff(f *testing.F) {
	f.Add([]byte(orderSeed))
	f.Add([]byte("<?xml version='1.0'?><!-- c --><ICD10CM.tabular><version>2026</version>"))
	f.Add([]byte("code,short_description,long_description,coverage\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, head []byte) {
		k, told := sniff(head)
		_, loads := parsers[k]
		if _, reason := notLoaded[k]; loads == reason {
			t.Fatalf("kind %q has neither a parser nor a reason", k)
		}
		if loads {
			if e, err := resolve(k, told, "f", "2026"); err == nil && e.name == "" {
				t.Fatalf("%s: an edition without a name from %q", k, told)
			}
		}
	})
}

// Cut anywhere within a line, a file of the sample is refused: no parser takes a part for the whole.
func TestNoParserTakesACutLine(t *testing.T) {
	fsys := os.DirFS("testdata/sample")
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		kind, _ := sniff(data)
		parse, ok := parsers[kind]
		if !ok {
			return nil
		}
		whole := strings.TrimRight(string(data), "\r\n")
		step := max(1, len(whole)/200)
		for n := len(whole) - 1; n > 0; n -= step {
			if whole[n-1] == '\n' {
				continue
			}
			if _, err := parse(strings.NewReader(whole[:n])); err == nil {
				t.Errorf("%s, cut after %d bytes at %q, is read without an error", p, n, whole[max(0, n-20):n])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzExclusions(f *testing.F) {
	fuzzKind(f, Exclusions, "pdx_exclusion_group,principal_dx\n0002,E1122\n0002,A000\n", "pdx_exclusion_group,principal_dx\n,E1122\n")
}

func FuzzFigures(f *testing.F) {
	fuzzKind(f, FeeSchedule, "hcpcs,modifier,status_code,pctc_ind,glob_days,mult_proc,bilat_surg,asst_surg,co_surg,team_surg,work_rvu,nonfac_pe_rvu,nonfac_na_ind,fac_pe_rvu,fac_na_ind,mp_rvu,conv_factor\n"+
		"22222,26,A,1,XXX,0,0,0,0,0,0.85,0.31,NA,0.31,,0.04,32.3465\n22222,,A,1,XXX,0,0,0,0,0,1e9,NaN,,-1,,0.04,32.3465\n")
}

func FuzzRationales(f *testing.F) {
	fuzzKind(f, Rationales, "rationale_id,rationale\n2,Coding\n", "rationale_id,rationale\n0,\n")
}

func FuzzPlaces(f *testing.F) {
	fuzzKind(f, Places, "pos,payment_setting,name,description\n11,Non-Facility,Office,x\n28,Unassigned,,\n", "pos,payment_setting,name\n1,Facility,a\n")
}
