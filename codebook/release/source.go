package release

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// FileError is a problem with a file, at a line where there is one.
type FileError struct {
	Path string
	Line int // counted from 1; 0 for the file as a whole
	Err  error
}

func (e *FileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.Path, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Path, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// ErrDamaged is wrapped by the errors of files that end too early or break their own layout.
var ErrDamaged = errors.New("the file is damaged: fetch it again")

// lineError is a problem that the parser knows the line of, and its caller the path.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

func damaged(line int, format string, args ...any) error {
	return &lineError{max(line, 1), fmt.Errorf(format+": %w", append(args, ErrDamaged)...)}
}

// at makes a FileError of a parser's error.
func at(path string, err error) error {
	if e, ok := errors.AsType[*lineError](err); ok {
		return &FileError{path, e.line, e.err}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		err = fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	return &FileError{Path: path, Err: err}
}

// source is a file of the folder.
type source struct {
	fsys fs.FS
	path string // within fsys
	name string // as reported
	must bool   // named outright: it has to be a release file

	from    func() (io.ReadCloser, error) // opens a file that lies in no folder; nil for fsys
	archive string                        // the archive that it is a member of, as reported
	kept    bool                          // from an earlier import, with the edition that it was taken for
	edition string
}

var gzipMagic = []byte{0x1f, 0x8b}

// raw gives the file as it is.
func (s source) raw() (io.ReadCloser, error) {
	if s.from != nil {
		return s.from()
	}
	return s.fsys.Open(s.path)
}

// open gives the content of the file, unpacked when it is gzip-compressed, without a byte order mark.
func (s source) open(ctx context.Context) (io.ReadCloser, error) {
	f, err := s.raw()
	if err != nil {
		return nil, err
	}
	in, err := plain(&patient{ctx, f}, s.archive == "")
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{in, f}, nil
}

// plain unpacks a gzip-compressed stream, if it may, and drops a byte order mark.
func plain(r io.Reader, unpack bool) (io.Reader, error) {
	packed := &counting{r: r}
	in := bufio.NewReaderSize(packed, 64<<10)
	if magic, _ := in.Peek(2); unpack && bytes.Equal(magic, gzipMagic) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(&unpacking{out: z, in: packed}, 64<<10)
	}
	// A file saved on Windows may begin with a mark; neither a code nor a column name does.
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}) {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// patient stops reading when nobody waits for the result any more.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// lines goes through a text file, without line ends.
type lines struct {
	s    *bufio.Scanner
	n    int
	last *lastByte
}

func newLines(r io.Reader) *lines {
	last := &lastByte{r: r}
	s := bufio.NewScanner(last)
	s.Buffer(make([]byte, 64<<10), 1<<20)
	return &lines{s: s, last: last}
}

func (l *lines) next() bool {
	if !l.s.Scan() {
		return false
	}
	l.n++
	return true
}

func (l *lines) text() string { return string(bytes.TrimSuffix(l.s.Bytes(), []byte{'\r'})) }

// end is the error that ended the lines: of reading, or that the last line has no end, as in a file that was cut off.
func (l *lines) end() error {
	if err := l.s.Err(); err != nil {
		return &lineError{l.n + 1, broken(err)}
	}
	return l.last.end(l.n)
}

func broken(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrTooLarge) {
		return err
	}
	return fmt.Errorf("%w: %w", err, ErrDamaged)
}

// lastByte remembers how a file ends. All official text files end with a line end (the Guidelines text with a form feed).
type lastByte struct {
	r    io.Reader
	last byte
	any  bool
}

func (l *lastByte) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if n > 0 {
		l.last, l.any = b[n-1], true
	}
	return n, err
}

func (l *lastByte) end(line int) error {
	if l.any && l.last != '\n' && l.last != '\f' {
		return damaged(line, "the last line has no line end, as if the file had been cut off")
	}
	return nil
}
