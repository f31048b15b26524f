package bookfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Version is the format that this program writes, and the newest that it reads.
const Version = 1

const magic = "Crosswalk book\r\n"

// prefixSize is the size of the header before the table, maxTable the most that a table may take.
const (
	prefixSize = len(magic) + 8
	maxTable   = 1 << 20
)

var (
	// ErrNotBook is wrapped when a file does not begin as a book does.
	ErrNotBook = errors.New("it is no book file: move it away and import the releases again with crosswalk codes import")
	// ErrDamaged is wrapped when a book file is cut off or changed.
	ErrDamaged = errors.New("the book file is damaged: move it away and import the releases again with crosswalk codes import")
	// ErrNewer is wrapped when a later version of the program wrote the file.
	ErrNewer = errors.New("a newer version of Crosswalk wrote it: update this program, or import the releases with it into another -data folder")
	// ErrNoSection is wrapped when a file has no section of a name.
	ErrNoSection = errors.New("no such section")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Section is a named run of bytes. Names are short, such as "release/icd10cm/2026".
type Section struct {
	Name string
	Data []byte
}

type place struct {
	name         string
	offset, size int64
	sum          uint32
}

// File is an open book file. It is safe for concurrent use when its reader is.
type File struct {
	in     io.ReaderAt
	closer io.Closer
	table  []place
}

// Open opens a book file and checks its header and its size; Read checks the sections. The error names the file and wraps fs.ErrNotExist,
// ErrNotBook, ErrDamaged or ErrNewer.
func Open(path string) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := in.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotBook
	}
	var f *File
	if err == nil {
		f, err = New(in, info.Size())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), in.Close())
	}
	f.closer = in
	return f, nil
}

// New is Open for a file of the given size that is already open.
func New(in io.ReaderAt, size int64) (*File, error) {
	head := make([]byte, prefixSize)
	if n, err := in.ReadAt(head, 0); n < len(head) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if n >= len(magic) && string(head[:len(magic)]) == magic {
			return nil, fmt.Errorf("it ends within its header: %w", ErrDamaged)
		}
		return nil, ErrNotBook
	}
	if string(head[:len(magic)]) != magic {
		return nil, ErrNotBook
	}
	if v := binary.LittleEndian.Uint32(head[len(magic):]); v > Version {
		return nil, fmt.Errorf("it has format %d and this program reads formats up to %d: %w", v, Version, ErrNewer)
	}
	n := binary.LittleEndian.Uint32(head[len(magic)+4:])
	if n > maxTable || int64(prefixSize)+int64(n)+4 > size {
		return nil, fmt.Errorf("it ends within its header: %w", ErrDamaged)
	}
	rest := make([]byte, n+4)
	if err := readFull(in, rest, int64(prefixSize)); err != nil {
		return nil, err
	}
	table := rest[:n]
	if crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, table) != binary.LittleEndian.Uint32(rest[n:]) {
		return nil, fmt.Errorf("the checksum of its header is wrong: %w", ErrDamaged)
	}
	f := &File{in: in}
	at := int64(prefixSize) + int64(n) + 4
	for len(table) > 0 {
		var p place
		var ok bool
		if p, table, ok = readPlace(table); !ok || p.offset != at || p.size < 0 || p.size > size-at {
			return nil, fmt.Errorf("its table of sections does not fit its %d bytes: %w", size, ErrDamaged)
		}
		at += p.size
		f.table = append(f.table, p)
	}
	if at != size {
		return nil, fmt.Errorf("it has %d bytes and should have %d: %w", size, at, ErrDamaged)
	}
	return f, nil
}

func readPlace(b []byte) (p place, rest []byte, ok bool) {
	if len(b) < 2 {
		return p, nil, false
	}
	n := int(binary.LittleEndian.Uint16(b))
	if b = b[2:]; len(b) < n+20 {
		return p, nil, false
	}
	p.name, b = string(b[:n]), b[n:]
	p.offset, p.size = int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[8:]))
	p.sum = binary.LittleEndian.Uint32(b[16:])
	return p, b[20:], true
}

func readFull(in io.ReaderAt, b []byte, at int64) error {
	if n, err := in.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			return fmt.Errorf("it is cut off: %w", ErrDamaged)
		}
		return err
	}
	return nil
}

// Names are the names of all sections, in the order of the file.
func (f *File) Names() []string {
	out := make([]string, len(f.table))
	for i, p := range f.table {
		out[i] = p.name
	}
	return out
}

// Read reads a section whole and checks its checksum. The error wraps ErrNoSection or ErrDamaged.
func (f *File) Read(name string) ([]byte, error) {
	for _, p := range f.table {
		if p.name != name {
			continue
		}
		b := make([]byte, p.size)
		if err := readFull(f.in, b, p.offset); err != nil {
			return nil, fmt.Errorf("section %s: %w", name, err)
		}
		if crc32.Checksum(b, castagnoli) != p.sum {
			return nil, fmt.Errorf("the checksum of section %s is wrong: %w", name, ErrDamaged)
		}
		return b, nil
	}
	return nil, fmt.Errorf("%s: %w", name, ErrNoSection)
}

// Holds reports whether the file has these sections in this order and no others, by their sizes and checksums.
func (f *File) Holds(sections []Section) bool {
	if len(f.table) != len(sections) {
		return false
	}
	for i, p := range f.table {
		if s := sections[i]; p.name != s.Name || p.size != int64(len(s.Data)) || p.sum != crc32.Checksum(s.Data, castagnoli) {
			return false
		}
	}
	return true
}

// Close closes the file.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}
