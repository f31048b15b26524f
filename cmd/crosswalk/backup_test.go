package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/store/storetest"
)

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ok(t testing.TB, o outcome) outcome {
	t.Helper()
	if o.status != statusOK {
		t.Fatalf("status %d: %s%s", o.status, o.out, o.err)
	}
	return o
}

const adminPassphrase = "correct horse battery\n"

// siteWith makes a data folder with an admin and a book that is none.
func siteWith(t testing.TB) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	ok(t, try(t, adminPassphrase, "user", "add", "-data", data, "-role", "admin", "-name", "Ines", "-email", "ines@example.edu"))
	return data
}

func TestBackupAndRestoreOfAWholeSite(t *testing.T) {
	data, content := siteWith(t), filepath.Join(t.TempDir(), "content")
	writeFile(t, filepath.Join(content, "lessons", "x", "01-a.md"), "a lesson")
	writeFile(t, filepath.Join(content, ".git", "config"), "not content")
	file := filepath.Join(t.TempDir(), "site.zip")
	writeFile(t, filepath.Join(data, bookName), "book")
	// The book is copied as it is; a book that cannot be read must not keep anyone from a backup.
	if o := ok(t, try(t, "", "backup", file, "-data", data, "-content", content)); !strings.Contains(o.out, "the book of imported code sets, 1 files of content") {
		t.Errorf("backup says %q", o.out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".crosswalk*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	fresh, newContent := filepath.Join(t.TempDir(), "fresh"), filepath.Join(t.TempDir(), "new")
	if o := try(t, "", "restore", file, "-data", fresh); o.status != statusUsage || !strings.Contains(o.err, "-content") {
		t.Errorf("without a place for the content: %d %s", o.status, o.err)
	}
	if o := ok(t, try(t, "", "restore", file, "-data", fresh, "-content", newContent)); !strings.Contains(o.out, "1  learners") {
		t.Errorf("restore says %q", o.out)
	}
	for path, want := range map[string]string{filepath.Join(newContent, "lessons", "x", "01-a.md"): "a lesson", filepath.Join(fresh, bookName): "book"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(newContent, ".git")); err == nil {
		t.Error("hidden folders went along")
	}
	os.Remove(filepath.Join(fresh, bookName))
	if o := ok(t, try(t, "", "user", "list", "-data", fresh)); !strings.Contains(o.out, "ines@example.edu") {
		t.Errorf("users: %q", o.out)
	}
	if o := try(t, "", "restore", file, "-data", fresh, "-content", filepath.Join(t.TempDir(), "other")); o.status != statusNo || !strings.Contains(o.err, "not empty") {
		t.Errorf("over a database with people: %d %s", o.status, o.err)
	}
}

func TestRestoreRefusesStrangeFiles(t *testing.T) {
	dir := t.TempDir()
	zipWith := func(name string, files ...string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z := zip.NewWriter(f)
		for _, n := range files {
			if _, err := z.Create(n); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	prose := filepath.Join(dir, "prose.db")
	writeFile(t, prose, "this is prose and not a database")
	for _, c := range []struct{ file, want string }{
		{filepath.Join(dir, "none.db"), "no such file"},
		{prose, "no backup of Crosswalk"},
		{zipWith("a.zip", "readme.txt"), "which no backup does"},
		{zipWith("b.zip", "content/../../etc/passwd"), "which no backup does"},
		{zipWith("c.zip", "content/lessons/a.md"), "no crosswalk.db in it"},
		{zipWith("d.zip", "crosswalk.db"), "no backup of Crosswalk"},
	} {
		data := filepath.Join(t.TempDir(), "data")
		if o := try(t, "", "restore", c.file, "-data", data, "-content", filepath.Join(data, "content")); o.status == statusOK || !strings.Contains(o.err, c.want) {
			t.Errorf("%s: %d %q, want %q", filepath.Base(c.file), o.status, o.err, c.want)
		}
	}
}

// TestMovingToPostgres follows docs/operating.md.
func TestMovingToPostgres(t *testing.T) {
	place := storetest.Postgres(t)
	data := siteWith(t)
	file, back := filepath.Join(t.TempDir(), "a.db"), filepath.Join(t.TempDir(), "b.db")
	if o := try(t, "", "user", "list", "-db", place); o.status != statusUsage {
		t.Errorf("a database that is not there yet: %d %s", o.status, o.err)
	}
	ok(t, try(t, "", "backup", file, "-data", data))
	ok(t, try(t, "", "restore", file, "-db", place))
	if o := ok(t, try(t, "", "user", "list", "-db", place)); !strings.Contains(o.out, "ines@example.edu") {
		t.Errorf("users: %q", o.out)
	}
	ok(t, try(t, "", "backup", back, "-db", place))
	fresh := filepath.Join(t.TempDir(), "fresh")
	ok(t, try(t, "", "restore", back, "-data", fresh))
	if o := ok(t, try(t, "", "user", "list", "-data", fresh)); !strings.Contains(o.out, "ines@example.edu") {
		t.Errorf("users: %q", o.out)
	}
	site := start(t, "-data", t.TempDir(), "-db", place)
	if status, body := site.get(t, "/readyz"); status != 200 {
		t.Errorf("/readyz: %d %s", status, body)
	}
}
