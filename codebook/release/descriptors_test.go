package release

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/codebook"

	"github.com/google/go-cmp/cmp"
)

// All descriptors here are invented: the words of the real ones belong to their publishers.

func TestDescriptorLayouts(t *testing.T) {
	want := []descriptor{
		{"25605", "Straightening a broken wrist by hand, so called"},
		{"0001F", "Asked about the pump"}, {"0042T", "A picture of flowing"}, {"0001U", "Types of red cells"},
	}
	const notice = "All words here are invented, copyright 2025 nobody.\r\nThey mean nothing.\r\n"
	for name, c := range map[string]struct {
		text string
		kind Kind
		want []descriptor
	}{
		"tabs":                                   {"25605\tStraightening a broken wrist by hand, so called\r\n0001F\tAsked about the pump\r\n0042T\tA picture of flowing\r\n0001U\tTypes of red cells\r\n", DescriptorsCPT, want},
		"tabs under a notice":                    {notice + "25605\tStraightening a broken wrist by hand, so called\r\n0001F\tAsked about the pump\r\n0042T\tA picture of flowing\r\n0001U\tTypes of red cells\r\n", DescriptorsCPT, want},
		"tabs with names":                        {"CPT Code\tDescriptor\n25605\t\"Straightening a broken wrist by hand, so called\"\n0001F\tAsked about the pump\n0042T\tA picture of flowing\n0001U\tTypes of red cells\n", DescriptorsCPT, want},
		"blanks":                                 {"25605 Straightening a broken wrist by hand, so called    \n0001F Asked about the pump\n0042T A picture of flowing\n\n0001U Types of red cells\n", DescriptorsCPT, want},
		"columns of several texts":               {"Concept Id,CPT_CODE,Short Description,Long Description\n1,25605,wrist,\"Straightening a broken wrist\n by hand, so called\"\n2,0001F,pump,Asked about the pump\n3,0042T,flow,A picture of flowing\n4,0001U,cells,Types of red cells\n", DescriptorsCPT, want},
		"the short text where the long is empty": {"code,short_description,long_description\n25605,wrist,\n0001F,pump,Asked about the pump\n", DescriptorsCPT, []descriptor{{"25605", "wrist"}, {"0001F", "Asked about the pump"}}},
		"a column called Long":                   {"CPT Code|Long|Medium\n25605|Wrist, long|WRIST\n0042T|Flow, long|FLOW\n", DescriptorsCPT, []descriptor{{"25605", "Wrist, long"}, {"0042T", "Flow, long"}}},
		"commas without names":                   {"25605,\"Wrist, straight\"\n0042t,Flowing\n", DescriptorsCPT, []descriptor{{"25605", "Wrist, straight"}, {"0042T", "Flowing"}}},
		"characters of Windows":                  {"25605\tFr\xe9gate wrist \x96 straight\n0042T\tFlow\n", DescriptorsCPT, []descriptor{{"25605", "Frégate wrist – straight"}, {"0042T", "Flow"}}},
		"other codes among them":                 {"25605\tWrist\n0042T\tFlow\n0001U\tCells\nJ1100\tA drug\nD0120\tA tooth\n", DescriptorsCPT, []descriptor{{"25605", "Wrist"}, {"0042T", "Flow"}, {"0001U", "Cells"}}},
		"dental codes":                           {"Code,Nomenclature\nD0120,Looking at teeth\nD1110,Brushing them well\n", DescriptorsDental, []descriptor{{"D0120", "Looking at teeth"}, {"D1110", "Brushing them well"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if k, _ := sniff([]byte(c.text)); k != c.kind {
				t.Fatalf("kind %q, want %q", k, c.kind)
			}
			got, err := parsers[c.kind](strings.NewReader(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.(*descriptors).list, cmp.AllowUnexported(descriptor{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Lists with the same codes that are no descriptors, or not enough to be sure.
func TestWhatIsNoDescriptorFile(t *testing.T) {
	fees := "99213\t1.30\n"
	for i := range 50 {
		fees += fmt.Sprintf("%05d\t%d.%02d\n", 10000+i, i, i)
	}
	for name, c := range map[string]struct {
		text string
		want Kind
	}{
		"prices by code":           {fees, unknown},
		"global days by code":      {"25605\tXXX\n25606\tZZZ\n25607\tXXX\n25608\tZZZ\n25609\tXXX\n25610\tXXX\n", unknown},
		"a fee schedule":           {"hcpcs,modifier,status_code,glob_days,bilat_surg,mult_proc,asst_surg\n25605,,A,090,1,2,1\n", FeeSchedule},
		"a price list with words":  {"CPT Code,Description,Payment Rate\n25605,Wrist,100.00\n25606,Flow,12.00\n", unknown},
		"a status list with words": {"HCPCS Code,Short Descriptor,CI,SI,APC\n25605,Wrist,,T,5111\n25606,Pin,,T,5112\n", unknown},
		"HCPCS codes with words":   {"J1100\tA drug\nE0601\tA machine\n", unknown},
		"diagnoses with words":     {"code,description\nE11.9,Diabetes\nI10,Hypertension\n", unknown},
		"prose":                    {"A letter about codes.\nIt goes on.\n", unknown},
		"pieces of a fixed width":  {"2560501 STRAIGHTENING A BROKEN WRIST BY HA\n2560502 ND, SO CALLED\n", fixedDescriptors},
	} {
		if k, _ := sniff([]byte(c.text)); k != c.want {
			t.Errorf("%s: kind %q, want %q", name, k, c.want)
		}
	}
}

func TestDamagedDescriptors(t *testing.T) {
	const sound = "25600,Wrist\n25601,Elbow\n25602,Shoulder\n25603,Knee\n0042T,Flow\n"
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"a code twice":                {"25605\tWrist\n0042T\tFlow\n25605\tWrist again\n", 3, "stands in line 1 already"},
		"no words":                    {"code,descriptor\n" + sound + "25606,\n", 7, "has no words"},
		"figures for words":           {strings.ReplaceAll(sound, ",", "\t") + "25606\t1.30\n", 6, "has no words"},
		"no code":                     {"25605\tWrist\n0042T\tFlow\nand so on\n", 3, "no code with a descriptor"},
		"no code in a table":          {"notice\ncode,descriptor\n25605,Wrist\n0042T,Flow\n256,Pin\n", 5, `"256" is no code`},
		"several texts, no names":     {"25605\tWrist\tWrist, long\n0042T\tFlow\tFlow, long\n", 1, "put a line of names above"},
		"cut off":                     {"25605\tWrist\n0042T\tFlo", 2, "as if the file had been cut off"},
		"a quote that does not end":   {"code,descriptor\n25605,Wrist\n0042T,\"Flow\n", 3, "quote"},
		"line ends lost in a column":  {"code,descriptor\n25605,\"" + strings.Repeat("wrist ", 2000) + "\"\n", 2, "as if line ends were missing"},
		"characters that are no text": {strings.ReplaceAll(sound, ",", "\t") + "25606\tFl\x01ow\n", 6, "are no text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Load(t.Context(), fstest.MapFS{"cpt2025.txt": {Data: []byte(c.text)}}, Options{})
			e, ok := errors.AsType[*FileError](err)
			if !ok || e.Line != c.line || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want line %d: %s", err, c.line, c.want)
			}
		})
	}
}

// A site's descriptors stand in the place of labels; numbers that they lack keep theirs; nothing else changes.
func TestDescriptorsReplaceLabels(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("25605\tStraightening a broken wrist by hand\n77777\tA service that only the site knows\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	base, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	before, err := base.Lookup(codebook.CPT, "25605", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	dental := "D0120\tLooking at teeth\n"
	book, rep, err := Load(t.Context(), fstest.MapFS{"cpt/LONGULT2025.txt.gz": {Data: packed.Bytes()}, "cdt-2025.txt": {Data: []byte(dental)}}, Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Files {
		if !f.Loaded || f.Edition != "2025" || f.Kept != f.Rows {
			t.Errorf("%+v", f)
		}
	}
	after, err := book.Lookup(codebook.CPT, "25605", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	want := before
	want.Title, want.Licensed = "Straightening a broken wrist by hand", true
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("25605 (-want +got)\n%s", diff)
	}
	other, err := book.Lookup(codebook.CPT, "99213", codebook.Date{})
	if label, _ := base.Lookup(codebook.CPT, "99213", codebook.Date{}); err != nil || other.Title != label.Title || other.Licensed {
		t.Errorf("99213: %v, %q licensed %v, want our label", err, other.Title, other.Licensed)
	}
	for sys, c := range map[codebook.System]codebook.Code{codebook.CPT: "77777", codebook.HCPCS: "D0120"} {
		if e, err := book.Lookup(sys, c, codebook.Date{}); err != nil || !e.Licensed || !e.Billable {
			t.Errorf("%s: %v, %+v", c, err, e)
		}
		if ed, ok := book.Licensed(sys); !ok || ed != "2025" {
			t.Errorf("licensed %s: %q, %v", sys, ed, ok)
		}
	}
	if hits := book.Search("straightening broken", codebook.SearchOptions{}); len(hits) == 0 || hits[0].Code != "25605" {
		t.Errorf("a search by its words finds %+v", hits)
	}
	if book.Edition() == base.Edition() {
		t.Error("the edition does not tell that the titles are others")
	}
}

// A book file keeps descriptors; the fullest file of an edition counts, a newer edition replaces it, an unknown one is refused.
func TestImportOfDescriptors(t *testing.T) {
	dir, file := t.TempDir(), t.TempDir()+"/book.cwb"
	base, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	title := func(when string) string {
		t.Helper()
		book, err := codebook.ReadBook(file)
		if err != nil {
			t.Fatal(err)
		}
		e, err := codebook.Merge(base, book).Lookup(codebook.CPT, "25605", codebook.Date{})
		if err != nil || !e.Licensed {
			t.Fatalf("%s: %v, licensed %v", when, err, e.Licensed)
		}
		return e.Title
	}
	steps := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"long and short side by side", map[string]string{"2025/ASHORT.txt": "25605 WRIST\n", "2025/LONGULT.txt": "25605\tA wrist made straight\n"}, "A wrist made straight"},
		{"the same edition again", map[string]string{"again/cpt-2025.csv": "code,descriptor\n25605,Wrist\n"}, "Wrist"},
		{"the next edition", map[string]string{"cpt-2026.txt": "25605\tWrist of next year\n"}, "Wrist of next year"},
		{"an older edition", map[string]string{"cpt-2024.txt": "25605\tWrist of old\n"}, "Wrist of next year"},
	}
	for i, s := range steps {
		sub := fmt.Sprintf("%s/%d", dir, i)
		for name, text := range s.files {
			writeFile(t, sub+"/"+name, text)
		}
		if _, err := Import(t.Context(), file, []string{sub}, Options{}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if got := title(s.name); got != s.want {
			t.Errorf("%s: %q, want %q", s.name, got, s.want)
		}
	}
	writeFile(t, dir+"/x/LONGULT.txt", "25605\tWrist\n")
	if _, err := Import(t.Context(), file, []string{dir + "/x/LONGULT.txt"}, Options{}); err == nil || !strings.Contains(err.Error(), "unknown edition") {
		t.Errorf("a file of no edition: %v", err)
	}
	if rep, err := Import(t.Context(), file, []string{dir + "/x/LONGULT.txt"}, Options{Edition: "2027"}); err != nil || rep.Files[0].Edition != "2027" {
		t.Errorf("with an edition: %v, %+v", err, rep.Files)
	}
}

func FuzzDescriptors(f *testing.F) {
	for _, s := range []string{
		"25605\tWrist\n0042T\tFlow\n", "code,short,long\n25605,w,\"Wri\nst\"\n", "notice\n\nCPT Code\tLong\n0001U\t\"Cells\"\n", "25605 Wrist\n", "25605\ta\tb\n", "code|desc\n|\n", "25605,Fr\xe9\n", "D0120,Teeth\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range []Kind{DescriptorsCPT, DescriptorsDental} {
			c, err := parsers[k](strings.NewReader(text))
			if err != nil {
				if e, ok := errors.AsType[*lineError](err); !ok || e.line < 1 || e.line > strings.Count(text, "\n")+1 {
					t.Fatalf("error names no line of the file: %v", err)
				}
				continue
			}
			d := c.(*descriptors)
			if d.kept() != len(d.list) {
				t.Fatalf("%d rows kept, %d descriptors", d.kept(), len(d.list))
			}
			// What was read, written in the plainest layout, is read as the same.
			var plain strings.Builder
			for _, x := range d.list {
				fmt.Fprintf(&plain, "%s\t%s\n", x.code, x.title)
			}
			if len(d.list) == 0 {
				continue
			}
			again, err := parsers[k](strings.NewReader(plain.String()))
			if err != nil {
				t.Fatalf("%q: %v", plain.String(), err)
			}
			if diff := cmp.Diff(d.list, again.(*descriptors).list, cmp.AllowUnexported(descriptor{})); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
