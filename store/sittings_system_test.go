package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/store/storetest"
)

// syncEnv and lockEnv name the database for the children of TestSyncReachesTheSystem and TestLockedByAnotherProcess.
const (
	syncEnv = "CROSSWALK_STORE_SYNC_CHILD"
	lockEnv = "CROSSWALK_STORE_LOCK_CHILD"
)

// syncedSaves is how many changes the child of TestSyncReachesTheSystem makes.
const syncedSaves = 100

// syncChild saves one change after another and says each time that it was acknowledged.
func syncChild(path string) {
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, Options{Path: path, Logger: quiet})
	fail(err)
	l := storetest.Account(1)
	fail(db.AddLearner(ctx, l.Org, l, "", nil, nil))
	s := progress.Sitting{ID: progress.SittingID(storetest.ID(1)), Org: l.Org, Learner: l.ID, ClientKey: "client-key", Exam: "e", Form: make([]quizzes.FormItem, 10), StartedAt: db.Clock()}
	_, _, err = db.AddSitting(ctx, l.Org, nil, s, 0)
	fail(err)
	for n := range syncedSaves {
		_, err := save(db, s, change(n%10, int64(n+1)))
		fail(err)
		os.Stdout.WriteString(fmt.Sprintf("kept %d\n", n))
	}
	fail(db.Close())
}

// What strace -f -y writes: PID call(fd<path>, ...) = result, or the call in two lines when another thread came between.
var (
	callLine    = regexp.MustCompile(`^(\d+) +(\w+)\(\d+<([^>]*)>`)
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
)

// TestSyncReachesTheSystem looks from outside, with strace, whether the kernel was asked to put the log on the disk before a change was
// acknowledged: fdatasync or fsync on the write-ahead log must have returned after the last write to it.
func TestSyncReachesTheSystem(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	if out, err := exec.Command(strace, "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("processes may not be traced here: %v %s", err, out)
	}
	dir := t.TempDir()
	calls := filepath.Join(dir, "calls")
	cmd := exec.Command(strace, "-f", "-qq", "-y", "-s", "40", "-e", "trace=pwrite64,write,fdatasync,fsync", "-e", "signal=none", "-o", calls, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), syncEnv+"="+filepath.Join(dir, "c.db"))
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(fmt.Sprintf("kept %d\n", syncedSaves-1))) {
		t.Fatalf("the child: %v\n%s", err, out)
	}
	f, err := os.Open(calls)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begun := map[string]string{} // by thread: the log that it was syncing when another came between
	acks, writes, syncs := 0, 0, 0
	written, synced := false, false // since the last acknowledgement
	in := bufio.NewScanner(f)
	for in.Scan() {
		line := in.Text()
		if m := resumedLine.FindStringSubmatch(line); m != nil {
			if begun[m[1]] != "" && strings.Contains(line, "= 0") {
				synced = true
				syncs++
			}
			delete(begun, m[1])
			continue
		}
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		isLog := strings.HasSuffix(m[3], "-wal")
		switch name := m[2]; {
		case isLog && strings.HasPrefix(name, "f") && strings.HasSuffix(line, "<unfinished ...>"):
			begun[m[1]] = m[3]
		case isLog && strings.HasPrefix(name, "f"):
			if strings.Contains(line, "= 0") {
				synced = true
				syncs++
			}
		case isLog:
			written, synced = true, false
			writes++
		case strings.Contains(line, `"kept `):
			if acks++; !written || !synced {
				t.Fatalf("written %v, synced %v before %s", written, synced, line)
			}
			written, synced = false, false
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	if acks != syncedSaves || syncs < acks {
		t.Errorf("%d acknowledgements and %d syncs were seen, want %d and at least as many", acks, syncs, syncedSaves)
	}
	t.Logf("%d acknowledgements, %d writes to the log, %d syncs of it", acks, writes, syncs)
}

// lockChild keeps the database to itself until its standard input ends.
func lockChild(path string) {
	db, err := sql.Open(driverName, dsn(path, "_pragma=busy_timeout(5000)&_txlock=immediate"))
	if err == nil {
		_, err = db.Begin()
	}
	fmt.Println("locked", err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// TestLockedByAnotherProcess: while another program holds the database, saves answer ErrUnavailable soon; when it lets go, saving goes on.
func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.db")
	const wait = 200 * time.Millisecond
	db := open(t, path, func(o *Options) { o.BusyWait = wait })
	s := sat(t, db, 10, addLearner(t, db).ID, 10, 0)
	if _, err := save(db, s, change(0, 1)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), lockEnv+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked <nil>\n" {
		t.Fatalf("the other program: %q, %v", line, err)
	}
	begun := time.Now()
	_, err = save(db, s, change(1, 1))
	if took := time.Since(begun); !errors.Is(err, progress.ErrUnavailable) || took > wait+5*time.Second {
		t.Errorf("locked: got %v after %s, want ErrUnavailable after %s", err, took, wait)
	}
	if states, err := db.ItemStates(t.Context(), s.Org, s.ID); err != nil || len(states) != 1 {
		t.Errorf("reading while another writes: %d answers, %v; want the one that was kept", len(states), err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := save(db, s, change(1, 1)); err != nil {
		t.Errorf("when the other program is gone: %v", err)
	}
	if lost := missing(t, db, s, map[int]int64{0: 1, 1: 1}); lost > 0 {
		t.Errorf("%d changes are lost", lost)
	}
}
