package bookfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"
)

// leftover is the age at which a temporary file is one that a killed import left behind.
const leftover = time.Hour

// Write writes a book file: into a temporary file in the same folder, flushed to the disk and then renamed. Whatever fails, the file that
// stood there stays as it was. ready, when it is not nil, is called right before the rename and stops it with an error.
func Write(path string, sections []Section, ready func() error) (err error) {
	dir := filepath.Dir(path)
	pattern := "." + filepath.Base(path) + ".*.tmp"
	sweep(filepath.Join(dir, pattern))
	tmp, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return fmt.Errorf("write the book: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write the book: %w", err), tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	if err := Encode(tmp, sections); err != nil {
		return err
	}
	// The book is public reference data: a server that runs as another user may read it.
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if ready != nil {
		if err := ready(); err != nil {
			return err
		}
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	// The new book is in place. A disk that fails from here on is not the import's error any more.
	_ = tmp.Close()
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// sweep removes temporary files that an import which was killed left behind.
func sweep(pattern string) {
	old, err := filepath.Glob(pattern)
	if err != nil {
		return // a data folder whose name is no pattern keeps its leftovers
	}
	for _, p := range old {
		if info, err := os.Stat(p); err == nil && time.Since(info.ModTime()) > leftover {
			_ = os.Remove(p)
		}
	}
}

// Encode writes a book file to w.
func Encode(w io.Writer, sections []Section) error {
	size := 0
	seen := map[string]bool{}
	for _, s := range sections {
		if len(s.Name) > math.MaxUint16 || seen[s.Name] {
			return fmt.Errorf("section %.40q stands twice or has too long a name", s.Name)
		}
		seen[s.Name] = true
		size += 2 + len(s.Name) + 20
	}
	if size > maxTable {
		return fmt.Errorf("%d sections are too many", len(sections))
	}
	head := make([]byte, 0, prefixSize+size+4)
	head = append(head, magic...)
	head = binary.LittleEndian.AppendUint32(head, Version)
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	at := uint64(prefixSize + size + 4)
	for _, s := range sections {
		head = binary.LittleEndian.AppendUint16(head, uint16(len(s.Name)))
		head = append(head, s.Name...)
		head = binary.LittleEndian.AppendUint64(head, at)
		head = binary.LittleEndian.AppendUint64(head, uint64(len(s.Data)))
		head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(s.Data, castagnoli))
		at += uint64(len(s.Data))
	}
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))
	out := bufio.NewWriter(w)
	if _, err := out.Write(head); err != nil {
		return err
	}
	for _, s := range sections {
		if _, err := out.Write(s.Data); err != nil {
			return err
		}
	}
	return out.Flush()
}
