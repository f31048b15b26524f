package release

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"crosswalk/codebook"
)

// importerFile names the book file to the process that TestKilledImport kills.
const importerFile = "CROSSWALK_TEST_IMPORTER"

// TestImporter is no test of its own: it imports for ever, now more and now less, until it is killed.
func TestImporter(t *testing.T) {
	file := os.Getenv(importerFile)
	if file == "" {
		t.Skip("this is the process that TestKilledImport kills")
	}
	for {
		for _, path := range []string{sampleDir + "/inpatient", sampleDir} {
			if err := os.Remove(file + ".next"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if _, err := Import(t.Context(), file+".next", []string{path}, Options{}); err != nil {
				t.Fatal(err)
			}
			book, err := codebook.ReadBook(file + ".next")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := codebook.WriteBook(file, book, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Wherever an import is killed, a whole book stands there: the old or the new one.
func TestKilledImport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.cwb")
	imported(t, file, sampleDir)
	editions := map[string]bool{}
	for n := 0; n < 10 || n < 100 && len(editions) < 2; n++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestImporter$")
		cmd.Env = append(os.Environ(), importerFile+"="+file)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Longer from try to try: a busy machine takes its time to come to the second book at all.
		time.Sleep(time.Duration(20+rand.IntN(150+40*n)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed, which is an error
		book, err := codebook.ReadBook(file)
		if err != nil {
			t.Fatal(err)
		}
		editions[book.Edition()] = true
	}
	if len(editions) != 2 {
		t.Errorf("the killed imports left %d editions, want the old and the new one: %v", len(editions), editions)
	}
}
