package bookfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var sample = []Section{{"book", []byte("one")}, {"release/icd10cm/2026", bytes.Repeat([]byte("rows"), 100)}, {"empty", nil}}

func write(t testing.TB, sections []Section) (path string, data []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "book.cwb")
	if err := Write(path, sections, nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

func TestRoundTrip(t *testing.T) {
	path, _ := write(t, sample)
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if want := []string{"book", "release/icd10cm/2026", "empty"}; !slices.Equal(f.Names(), want) {
		t.Errorf("sections %q, want %q", f.Names(), want)
	}
	for _, s := range sample {
		if b, err := f.Read(s.Name); err != nil || !bytes.Equal(b, s.Data) {
			t.Errorf("%s: %q, %v", s.Name, b, err)
		}
	}
	if _, err := f.Read("nothing"); !errors.Is(err, ErrNoSection) {
		t.Errorf("a section that is not there: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files stay: %v %v", left, err)
	}
}

// check reads everything there is in a file.
func check(data []byte) error {
	f, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, n := range f.Names() {
		if _, err := f.Read(n); err != nil {
			return err
		}
	}
	return nil
}

// Whatever byte of a file changes and wherever it is cut, a reader sees it.
func TestEveryDamageShows(t *testing.T) {
	_, data := write(t, sample)
	for i := range data {
		bad := slices.Clone(data)
		bad[i] ^= 0x41
		err := check(bad)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotBook) && !errors.Is(err, ErrNewer) {
			t.Fatalf("byte %d of %d changed: %v", i, len(data), err)
		}
		if err := check(data[:i]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotBook) {
			t.Fatalf("cut to %d of %d bytes: %v", i, len(data), err)
		}
	}
	if err := check(append(slices.Clone(data), 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte more: %v", err)
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	_, data := write(t, sample)
	binary.LittleEndian.PutUint32(data[len(magic):], Version+1)
	n := prefixSize + int(binary.LittleEndian.Uint32(data[len(magic)+4:]))
	binary.LittleEndian.PutUint32(data[n:], crc32.Checksum(data[:n], castagnoli))
	if err := check(data); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer format: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrNotBook) {
		t.Errorf("a folder: %v", err)
	}
}

// When a write fails or is called off, the old file stays and nothing else does.
func TestOldFileStays(t *testing.T) {
	path, data := write(t, sample)
	stop := errors.New("called off")
	for name, err := range map[string]error{
		"called off":     Write(path, sample[:1], func() error { return stop }),
		"a name twice":   Write(path, []Section{sample[0], sample[0]}, nil),
		"no such folder": Write(filepath.Join(path, "x"), sample, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	now, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(now, data) {
		t.Errorf("the old file changed: %v", err)
	}
	if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) != 1 {
		t.Errorf("the folder has %v, %v", all, err)
	}
}

// What a killed import left is swept away by a later one, but not the file of one that may be at work.
func TestLeftoversAreSwept(t *testing.T) {
	path, _ := write(t, sample)
	dir := filepath.Dir(path)
	old, fresh := filepath.Join(dir, ".book.cwb.1.tmp"), filepath.Join(dir, ".book.cwb.2.tmp")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * leftover)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, sample, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old leftover: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the fresh file: %v", err)
	}
}

func FuzzNew(f *testing.F) {
	_, data := write(f, sample)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := check(data); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotBook) && !errors.Is(err, ErrNewer) {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}
