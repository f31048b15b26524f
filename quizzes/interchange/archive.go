package interchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of what is read. A package of a thousand questions without pictures is far below each of them.
const (
	MaxFile    = 32 << 20 // bytes of a file as it is given, packed or not
	MaxItems   = 4000     // questions of a file
	maxEntries = 5000
	maxEntry   = 16 << 20  // bytes of a file of an archive, unpacked
	maxTotal   = 128 << 20 // bytes of all of them together
	maxRatio   = 200       // how much larger than packed a file of an archive may be
	ratioFrom  = 1 << 20   // from which size on that is looked at: a small file of blanks packs very well
)

// ErrRefused is wrapped by the error of an archive or a file that will not be opened: it is too large, or made to harm.
var ErrRefused = errors.New("refused")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// archive is a zip file whose directory has been looked at. Its files are read one by one, and all of them count towards one total.
type archive struct {
	files map[string]*zip.File
	names []string // in the order of the archive
	left  int64    // bytes that may still be read
}

// openArchive looks at the directory of a zip file and refuses it as a whole when anything in it is out of bounds.
func openArchive(src io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, fmt.Errorf("it looks like a zip archive and cannot be opened as one (%w): pack it again", err)
	}
	if len(z.File) > maxEntries {
		return nil, refused("the archive has %d entries, and %d is the most", len(z.File), maxEntries)
	}
	a := &archive{files: map[string]*zip.File{}, left: maxTotal}
	var total uint64
	for _, f := range z.File {
		if err := entryFault(f); err != nil {
			return nil, err
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if a.files[f.Name] != nil {
			return nil, refused("the archive has the file %s twice", clip(f.Name, 80))
		}
		if total += f.UncompressedSize64; total > maxTotal {
			return nil, refused("the files of the archive have more than %d MB together", maxTotal>>20)
		}
		a.files[f.Name] = f
		a.names = append(a.names, f.Name)
	}
	return a, nil
}

// entryFault is the reason why an archive with this entry is refused.
func entryFault(f *zip.File) error {
	name := clip(f.Name, 80)
	trimmed := strings.TrimSuffix(f.Name, "/")
	switch mode := f.Mode(); {
	case trimmed == "" || strings.ContainsAny(f.Name, "\\\x00") || strings.HasPrefix(f.Name, "/") || len(f.Name) > 1 && f.Name[1] == ':':
		return refused("the archive has an entry named %q, which is no plain name within a folder", name)
	case !fs.ValidPath(trimmed):
		return refused("the archive has an entry named %q, which leads out of its folder", name)
	case mode&fs.ModeSymlink != 0:
		return refused("the archive has a link, %s", name)
	case !mode.IsRegular() && !mode.IsDir():
		return refused("the archive has %s, which is neither a file nor a folder", name)
	case f.Flags&1 != 0:
		return refused("the archive is encrypted: pack it without a password")
	case f.UncompressedSize64 > maxEntry:
		return refused("the file %s of the archive has %d MB unpacked, and %d is the most", name, f.UncompressedSize64>>20, maxEntry>>20)
	case f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64:
		return refused("the file %s of the archive is more than %d times as large unpacked", name, maxRatio)
	case packed(f.Name):
		return refused("the archive has another archive in it, %s: unpack that and give the package alone", name)
	}
	return nil
}

// packed reports whether a name is that of an archive.
func packed(name string) bool {
	return slices.Contains([]string{".zip", ".imscc", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".jar", ".mbz"}, strings.ToLower(path.Ext(name)))
}

// read reads a file of the archive. What it says of its own size is not believed: reading stops at the limits.
func (a *archive) read(name string) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("the archive has no file %s", clip(name, 80))
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("the file %s of the archive: %w", clip(name, 80), err)
	}
	defer r.Close()
	limit := min(a.left, maxEntry)
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("the file %s of the archive cannot be unpacked: %w", clip(name, 80), err)
	}
	if int64(len(b)) > limit {
		return nil, refused("the file %s of the archive is larger than it may be", clip(name, 80))
	}
	if a.left -= int64(len(b)); isZip(b) {
		return nil, refused("the archive has another archive in it, %s: unpack that and give the package alone", clip(name, 80))
	}
	return b, nil
}

func isZip(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// items reads the items of those XML files that have a root of this name. What cannot be parsed is an item that is left out; what is refused ends it.
func (a *archive) items(names []string, root string, read func(*node, string) []*found) ([]*found, error) {
	var out []*found
	for _, name := range names {
		if len(out) > MaxItems {
			break // read refuses the file
		}
		b, err := a.read(name)
		if err != nil {
			return nil, err
		}
		doc, err := parseXML(b)
		switch {
		case errors.Is(err, ErrRefused):
			return nil, fmt.Errorf("%s: %w", clip(name, 80), err)
		case err != nil:
			out = append(out, foundItem("%s", clip(name, 80)).refuse("%v", err))
		case doc.name == root:
			out = append(out, read(doc, name)...)
		}
	}
	return out, nil
}
