package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A look-up tells the facts of a code, in text and as an object of their own.
func TestLookupFacts(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if o := try(t, "", "codes", "import", sampleReleases, "-data", data); o.status != statusOK {
		t.Fatalf("import: %+v", o)
	}
	o := try(t, "", "codes", "lookup", "22222", "-json", "-data", data)
	var got lookupJSON
	if err := json.Unmarshal([]byte(o.out), &got); err != nil || got.Facts == nil {
		t.Fatalf("%v: %+v", err, o)
	}
	f := got.Facts
	if len(f.Fees) == 0 || f.Fees[0].Modifier != "" || f.Fees[0].Edition != "2025-10" || f.GlobalDays == "" || f.Status == "" {
		t.Errorf("facts of 22222: %+v", f)
	}
	text := try(t, "", "codes", "lookup", "22222", "-data", data).out
	for _, want := range []string{"fee ", "status " + f.Fees[0].Status, "total " + f.Fees[0].Total, "indicators", "global " + f.GlobalDays} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if o := try(t, "", "codes", "lookup", "E11.9", "-json", "-data", data); strings.Contains(o.out, `"fees"`) || !strings.Contains(o.out, `"facts"`) {
		t.Errorf("facts of a diagnosis: %s", o.out)
	}
	if o := try(t, "", "codes", "lookup", "Z99.9", "-json", "-data", data); strings.Contains(o.out, `"facts"`) {
		t.Errorf("facts of an unknown code: %s", o.out)
	}
}

// A site's own descriptors are imported like the other files, and stand on the code.
func TestImportOfLicensedDescriptors(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "LONGULT.txt")
	writeText(t, file, "25605\tInvented words about a wrist\n25600\tOther invented words\n")
	if o := try(t, "", "codes", "import", file, "-data", data); o.status != statusUsage || !strings.Contains(o.err, "unknown edition") {
		t.Errorf("without an edition: %+v", o)
	}
	if o := try(t, "", "codes", "import", file, "-data", data, "-edition", "2025"); o.status != statusOK || !strings.Contains(o.out, "licensed CPT descriptors 2025: 2 rows, 2 kept") {
		t.Fatalf("import: %+v", o)
	}
	if o := try(t, "", "codes", "lookup", "25605", "-data", data); !strings.Contains(o.out, "Invented words about a wrist") || !strings.Contains(o.out, "this site has licensed") {
		t.Errorf("lookup: %+v", o)
	}
	if o := try(t, "", "codes", "search", "invented wrist", "-data", data); !strings.Contains(o.out, "25605") {
		t.Errorf("search: %+v", o)
	}
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
