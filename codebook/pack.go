package codebook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"strings"
)

// packer writes a section of a book file: numbers one after another, and all texts in one run beside them, each text once. What a reader
// makes of it needs one string for all texts and one slice for all values of a kind.
type packer struct {
	data []byte
	text []byte
	at   map[string]int // where a text stands in text
}

func newPacker() *packer { return &packer{at: map[string]int{}} }

func (p *packer) uint(n int)     { p.data = binary.AppendUvarint(p.data, uint64(n)) }
func (p *packer) fix32(n uint32) { p.data = binary.LittleEndian.AppendUint32(p.data, n) }
func (p *packer) fix64(n uint64) { p.data = binary.LittleEndian.AppendUint64(p.data, n) }

func (p *packer) bool(b bool) {
	n := byte(0)
	if b {
		n = 1
	}
	p.data = append(p.data, n)
}

func (p *packer) string(s string) {
	p.uint(len(s))
	if s == "" {
		return
	}
	at, ok := p.at[s]
	if !ok {
		at = len(p.text)
		p.text = append(p.text, s...)
		p.at[s] = at
	}
	p.uint(at)
}

// value writes a value of exported fields: structs, slices, arrays, strings, integers that are not negative, booleans.
func (p *packer) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		p.string(v.String())
	case reflect.Bool:
		p.bool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.uint(int(v.Int()))
	case reflect.Slice:
		p.uint(v.Len())
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			p.value(v.Index(i))
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			p.value(f)
		}
	default:
		panic("codebook: a book file has no form for " + v.Type().String())
	}
}

// bytes is the finished section: the size of the texts, the texts, the numbers.
func (p *packer) bytes() []byte {
	out := make([]byte, 0, 8+len(p.text)+len(p.data))
	out = binary.LittleEndian.AppendUint64(out, uint64(len(p.text)))
	out = append(out, p.text...)
	return append(out, p.data...)
}

// errMisshapen is wrapped when a section has the right checksum and makes no sense: its writer was at fault.
var errMisshapen = errors.New("it is misshapen")

// unpacker reads what a packer wrote. After a mistake all reads give zero values and err tells the first mistake.
type unpacker struct {
	data []byte
	text string
	err  error
}

func newUnpacker(section []byte) *unpacker {
	u := &unpacker{data: section}
	n := u.fix64()
	if n > uint64(len(u.data)) {
		u.fail("%d bytes of text in a section of %d", n, len(section))
		return u
	}
	u.text, u.data = string(u.data[:n]), u.data[n:]
	return u
}

func (u *unpacker) fail(format string, args ...any) {
	if u.err == nil {
		u.err = fmt.Errorf(format+": %w", append(args, errMisshapen)...)
	}
	u.data = nil
}

// done is the error of all reads, and whether the section has more than was read.
func (u *unpacker) done() error {
	if u.err == nil && len(u.data) > 0 {
		u.fail("%d bytes are left over", len(u.data))
	}
	return u.err
}

func (u *unpacker) take(n int) []byte {
	if n > len(u.data) {
		u.fail("it ends %d bytes early", n-len(u.data))
		return nil
	}
	b := u.data[:n]
	u.data = u.data[n:]
	return b
}

func (u *unpacker) uint() int {
	n, size := binary.Uvarint(u.data)
	if size <= 0 || n > 1<<40 {
		u.fail("a number is cut off or too large")
		return 0
	}
	u.data = u.data[size:]
	return int(n)
}

// below reads a number that is an index into so many things.
func (u *unpacker) below(limit int) int {
	n := u.uint()
	if n >= limit {
		u.fail("the index %d is outside of %d", n, limit)
		return 0
	}
	return n
}

// count reads how many things follow that take at least size bytes each, so that a wrong number asks for no memory.
func (u *unpacker) count(size int) int {
	n := u.uint()
	if n > len(u.data)/size {
		u.fail("%d things do not fit into %d bytes", n, len(u.data))
		return 0
	}
	return n
}

func (u *unpacker) fix32() uint32 {
	if b := u.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (u *unpacker) fix64() uint64 {
	if b := u.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (u *unpacker) bool() bool {
	b := u.take(1)
	return b != nil && b[0] != 0
}

func (u *unpacker) string() string {
	n := u.uint()
	if n == 0 {
		return ""
	}
	at := u.uint()
	if n > len(u.text) || at > len(u.text)-n {
		u.fail("a text lies outside of the %d bytes of text", len(u.text))
		return ""
	}
	return u.text[at : at+n]
}

// value reads into v, which can be set, what packer.value wrote of a value of its type.
func (u *unpacker) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(u.string())
	case reflect.Bool:
		v.SetBool(u.bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(u.uint()))
	case reflect.Slice:
		n := u.count(1)
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := 0; i < v.Len() && u.err == nil; i++ {
			u.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			u.value(v.Field(i))
		}
	default:
		panic("codebook: a book file has no form for " + v.Type().String())
	}
}

// packed writes a value of exported fields into p, unpacked reads it into the value that v points at.
func packed[T any](p *packer, v T) { p.value(reflect.ValueOf(v)) }

func unpacked[T any](u *unpacker, v *T) { u.value(reflect.ValueOf(v).Elem()) }

// shape is a fingerprint of the types that packer.value writes, by the names and kinds of their fields: a program whose types differ
// cannot read what another wrote.
func shape(values ...any) uint64 {
	var b strings.Builder
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		b.WriteString(t.Kind().String())
		switch t.Kind() {
		case reflect.Slice:
			walk(t.Elem())
		case reflect.Array:
			fmt.Fprint(&b, t.Len())
			walk(t.Elem())
		case reflect.Struct:
			for f := range t.Fields() {
				b.WriteString("." + f.Name + " ")
				walk(f.Type)
			}
		}
		b.WriteString(";")
	}
	for _, v := range values {
		walk(reflect.TypeOf(v))
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(b.String())) // a hash has no error
	return h.Sum64()
}
