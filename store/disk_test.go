package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// disk is SQLite's file system with a memory: it passes everything on to the real one, keeps a list of what was written and synced in
// which order, and can let writes and syncs fail. From the list it makes what a disk holds after the power went at any moment.
type disk struct {
	name string

	mu     sync.Mutex
	events []diskEvent
	faulty func(kind diskKind, file string) (code int32) // what an operation answers instead of being done, 0: it is done
}

type diskKind int

const (
	diskWrite diskKind = iota
	diskTruncate
	diskSync
	diskSyncFailed // whatever was written before and not synced may never reach the disk
	diskRemove
	diskNote // something that a test wants to find in the order of things
)

type diskEvent struct {
	kind  diskKind
	file  string // name without folder
	at    int64  // offset of a write, new size of a truncation
	data  []byte
	began int // of a sync: how many events there were when it began
	note  any
}

// note puts something of the test's own into the list.
func (d *disk) note(v any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, diskEvent{kind: diskNote, note: v})
}

// fail lets operations fail from now on; nil mends the disk.
func (d *disk) fail(f func(kind diskKind, file string) int32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faulty = f
}

// recorded is the list up to now.
func (d *disk) recorded() []diskEvent {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events[:len(d.events):len(d.events)]
}

// cutPower makes in a folder the files that a disk may hold when the power goes after the first cut events: all that was synced, and of
// the rest nothing (dice nil) or some of it, in any choice, writes torn between sectors.
func cutPower(events []diskEvent, cut int, dice *rand.Rand, dir string) error {
	events = events[:cut]
	safe := map[string]int{} // what came before is on the disk
	for _, e := range events {
		if e.kind == diskSync {
			safe[e.file] = max(safe[e.file], e.began)
		}
	}
	doubtful := make([]bool, len(events))
	since := map[string]int{} // of the last sync that went well
	for i, e := range events {
		switch e.kind {
		case diskSync:
			since[e.file] = e.began
		case diskSyncFailed:
			for j := since[e.file]; j < i; j++ {
				doubtful[j] = doubtful[j] || events[j].file == e.file
			}
		}
	}
	files := map[string][]byte{}
	for i, e := range events {
		lost := (i >= safe[e.file] || doubtful[i]) && (dice == nil || dice.IntN(2) == 0)
		data, at := e.data, e.at
		if i >= safe[e.file] && !lost && e.kind == diskWrite && dice.IntN(4) == 0 {
			const sector = 512
			if n := len(data) / sector; n > 1 { // the first or the last sectors only
				if k := sector * (1 + dice.IntN(n-1)); dice.IntN(2) == 0 {
					data = data[:k]
				} else {
					data, at = data[k:], at+int64(k)
				}
			}
		}
		switch {
		case e.kind == diskRemove:
			delete(files, e.file)
		case lost:
		case e.kind == diskWrite:
			b := files[e.file]
			if need := at + int64(len(data)); int64(len(b)) < need {
				b = append(b, make([]byte, need-int64(len(b)))...)
			}
			copy(b[at:], data)
			files[e.file] = b
		case e.kind == diskTruncate:
			if b, ok := files[e.file]; ok && int64(len(b)) > e.at {
				files[e.file] = b[:e.at]
			}
		}
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// What SQLite calls goes through addresses of functions: https://www.sqlite.org/c3ref/vfs.html and io_methods.html. The addresses and the
// calling are those of the translated C, see modernc.org/sqlite/lib.

// address is the address of a function as translated C keeps it.
func address(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// function is the function at an address.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

// deref is the value at an address outside of Go's memory.
func deref[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	removeFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	writeFunc    = func(tls *libc.TLS, file, buf uintptr, n int32, at int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

var (
	disks     sync.Map // address of a VFS: *disk
	diskFiles sync.Map // address of an open file: *diskFile
	diskCount atomic.Int64
)

type diskFile struct {
	*disk
	file    string
	real    *sqlite3.Tsqlite3_io_methods
	methods uintptr
}

// newDisk registers a disk for as long as the test runs. Databases must be closed before its end.
func newDisk(t testing.TB) *disk {
	t.Helper()
	d := &disk{name: fmt.Sprintf("disk-%d", diskCount.Add(1))}
	tls := libc.NewTLS()
	vfs := sqlite3.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name, err := libc.CString(d.name)
	if err != nil {
		t.Fatal(err)
	}
	v := deref[sqlite3.Tsqlite3_vfs](vfs)
	*v = *deref[sqlite3.Tsqlite3_vfs](sqlite3.Xsqlite3_vfs_find(tls, 0))
	v.FpNext, v.FzName, v.FxOpen, v.FxDelete = 0, name, address(diskOpen), address(diskDelete)
	disks.Store(vfs, d)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, vfs, 0); rc != sqlite3.SQLITE_OK {
		t.Fatalf("register: %d", rc)
	}
	t.Cleanup(func() {
		sqlite3.Xsqlite3_vfs_unregister(tls, vfs)
		disks.Delete(vfs)
		sqlite3.Xsqlite3_free(tls, vfs)
		libc.Xfree(tls, name)
		tls.Close()
	})
	return d
}

// use opens a database on the disk.
func (d *disk) use(o *Options) { o.sqliteParams += "&vfs=" + d.name }

func realVFS(tls *libc.TLS) *sqlite3.Tsqlite3_vfs {
	return deref[sqlite3.Tsqlite3_vfs](sqlite3.Xsqlite3_vfs_find(tls, 0))
}

func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	rc := function[openFunc](realVFS(tls).FxOpen)(tls, vfs, name, file, flags, outFlags)
	f := deref[sqlite3.Tsqlite3_file](file)
	d, ok := disks.Load(vfs)
	if !ok || rc != sqlite3.SQLITE_OK || name == 0 || f.FpMethods == 0 {
		return rc
	}
	// The methods of the real file, but for those that change it.
	o := &diskFile{disk: d.(*disk), file: filepath.Base(libc.GoString(name)), real: deref[sqlite3.Tsqlite3_io_methods](f.FpMethods)}
	o.methods = sqlite3.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	m := deref[sqlite3.Tsqlite3_io_methods](o.methods)
	*m = *o.real
	m.FxClose, m.FxWrite, m.FxTruncate, m.FxSync = address(diskFileClose), address(diskFileWrite), address(diskFileTruncate), address(diskFileSync)
	f.FpMethods = o.methods
	diskFiles.Store(file, o)
	return rc
}

func diskDelete(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	rc := function[removeFunc](realVFS(tls).FxDelete)(tls, vfs, name, syncDir)
	if d, ok := disks.Load(vfs); ok && rc == sqlite3.SQLITE_OK {
		d := d.(*disk)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.events = append(d.events, diskEvent{kind: diskRemove, file: filepath.Base(libc.GoString(name))})
	}
	return rc
}

func fileAt(file uintptr) *diskFile {
	f, _ := diskFiles.Load(file)
	return f.(*diskFile)
}

// do does one operation and notes it. What is noted of a write is noted before it is done, so that no sync that saw it is noted earlier.
func (f *diskFile) do(e diskEvent, real func() int32) int32 {
	e.file = f.file
	f.mu.Lock()
	code := int32(0)
	if f.faulty != nil {
		code = f.faulty(e.kind, e.file)
	}
	e.began = len(f.events)
	if e.kind != diskSync && code == 0 {
		f.events = append(f.events, e)
	}
	f.mu.Unlock()
	if code == 0 {
		code = real()
	}
	if e.kind == diskSync {
		f.mu.Lock()
		defer f.mu.Unlock()
		if code != 0 {
			e.kind = diskSyncFailed
		}
		f.events = append(f.events, e)
	}
	return code
}

func diskFileClose(tls *libc.TLS, file uintptr) int32 {
	f := fileAt(file)
	diskFiles.Delete(file)
	rc := function[closeFunc](f.real.FxClose)(tls, file)
	sqlite3.Xsqlite3_free(tls, f.methods)
	return rc
}

func diskFileWrite(tls *libc.TLS, file, buf uintptr, n int32, at int64) int32 {
	f := fileAt(file)
	return f.do(diskEvent{kind: diskWrite, at: at, data: bytes.Clone(unsafe.Slice(deref[byte](buf), n))}, func() int32 {
		return function[writeFunc](f.real.FxWrite)(tls, file, buf, n, at)
	})
}

func diskFileTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := fileAt(file)
	return f.do(diskEvent{kind: diskTruncate, at: size}, func() int32 { return function[truncateFunc](f.real.FxTruncate)(tls, file, size) })
}

func diskFileSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := fileAt(file)
	return f.do(diskEvent{kind: diskSync}, func() int32 { return function[syncFunc](f.real.FxSync)(tls, file, flags) })
}
