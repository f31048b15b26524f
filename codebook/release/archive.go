package release

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// What a packed file may come to. The largest official file has 70 MB unpacked, and none shrinks to less than a fiftieth by packing.
const (
	maxExpanded = 1 << 30 // bytes of a file, or of all files of an archive
	maxMembers  = 2000    // files of an archive
	maxRatio    = 200     // bytes unpacked for one packed byte
	freeRatio   = 16 << 20
)

// ErrTooLarge is wrapped when a packed file unpacks to more than any release, as a zip bomb does.
var ErrTooLarge = errors.New("it unpacks to more than a release file would, as a zip bomb does: fetch it again from the publisher")

// suspicious says what is wrong with so many bytes unpacked from so many packed ones; nil for nothing.
func suspicious(unpacked, packed uint64) error {
	switch {
	case unpacked > maxExpanded:
		return fmt.Errorf("more than %d MB: %w", maxExpanded>>20, ErrTooLarge)
	case unpacked > freeRatio && unpacked/maxRatio > packed:
		return fmt.Errorf("%d MB from %d KB: %w", unpacked>>20, packed>>10, ErrTooLarge)
	}
	return nil
}

// unpacking watches how much comes out of a packed stream for what went in.
type unpacking struct {
	out io.Reader
	in  *counting
	n   uint64
}

func (u *unpacking) Read(b []byte) (int, error) {
	n, err := u.out.Read(b)
	u.n += uint64(n)
	if bad := suspicious(u.n, u.in.n); bad != nil {
		return 0, bad
	}
	return n, err
}

type counting struct {
	r io.Reader
	n uint64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += uint64(n)
	return n, err
}

// Beginnings of zip files: a first member, or an archive without any.
var zipMagic = []string{"PK\x03\x04", "PK\x05\x06"}

// officeMember is in every Office file, which is a zip archive too, and in no published archive.
const officeMember = "[Content_Types].xml"

// openArchives puts the members of zip archives in the place of the archives. close releases the files that stay open for them. Problems
// of all archives are joined.
func openArchives(ctx context.Context, sources []source) (out []source, closeAll func() error, err error) {
	var open []io.Closer
	var problems []error
	for _, s := range sources {
		if ctx.Err() != nil {
			problems = append(problems, ctx.Err())
			break
		}
		members, in, err := s.members()
		if in != nil {
			open = append(open, in)
		}
		switch {
		case err != nil:
			problems = append(problems, at(s.name, err))
		case in == nil:
			out = append(out, s)
		default:
			out = append(out, members...)
		}
	}
	return out, func() error {
		var errs []error
		for _, c := range open {
			errs = append(errs, c.Close())
		}
		return errors.Join(errs...)
	}, errors.Join(problems...)
}

// members are the files of a zip archive and what is open for them; nil when the source is no archive, or an Office file.
func (s source) members() ([]source, io.Closer, error) {
	if s.from != nil {
		return nil, nil, nil // kept files were taken out of their archives
	}
	f, err := s.fsys.Open(s.path)
	if err != nil {
		return nil, nil, err
	}
	members, err := s.membersOf(f)
	if err != nil || members == nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return members, f, nil
}

func (s source) membersOf(f fs.File) ([]source, error) {
	magic := make([]byte, 4)
	if n, err := io.ReadFull(f, magic); n < len(magic) {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, nil
		}
		return nil, err
	}
	if m := string(magic); m != zipMagic[0] && m != zipMagic[1] {
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in, ok := f.(io.ReaderAt)
	size := info.Size()
	if !ok {
		rest, err := io.ReadAll(io.LimitReader(f, maxExpanded))
		if err != nil {
			return nil, err
		}
		in, size = bytes.NewReader(append(magic, rest...)), int64(len(magic)+len(rest))
	}
	z, err := zip.NewReader(in, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is written, so a member's path leads nowhere
		return nil, broken(err)
	}
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("%d files in one archive: %w", len(z.File), ErrTooLarge)
	}
	var total uint64
	out := []source{}
	for _, m := range z.File {
		if m.Name == officeMember {
			return nil, nil
		}
		total += min(m.UncompressedSize64, maxExpanded+1) // so that sizes as large as numbers go cannot add up to a small one
		name := path.Clean("/" + strings.ReplaceAll(strings.ToValidUTF8(m.Name, "?"), "\\", "/"))[1:]
		if m.FileInfo().IsDir() || name == "" || strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		if m.Flags&1 != 0 {
			return nil, fmt.Errorf("%s in it is locked with a password: unpack it yourself", name)
		}
		out = append(out, source{path: s.path + "/" + name, name: s.name + "/" + name, archive: s.name, must: s.must, from: m.Open})
	}
	return out, suspicious(total, uint64(size))
}
