package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/store/storetest"
)

// crashEnv names the database for the child of TestKill.
const crashEnv = "CROSSWALK_STORE_CRASH_CHILD"

func TestMain(m *testing.M) {
	for env, child := range map[string]func(path string){crashEnv: crashChild, syncEnv: syncChild, lockEnv: lockChild} {
		if path := os.Getenv(env); path != "" {
			child(path)
			return
		}
	}
	os.Exit(m.Run())
}

// crashChild writes from many sides and says on standard output what was acknowledged, until it is killed.
func crashChild(path string) {
	db, err := Open(context.Background(), Options{URL: path, Logger: quiet})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	l := storetest.Account(1)
	lines := make(chan string)
	for w := range 16 {
		go func() {
			for i := 0; ; i++ {
				lesson := fmt.Sprintf("%d-%d", w, i)
				if err := db.MarkLesson(context.Background(), l.Org, l.ID, lesson, true, storetest.T0); err != nil {
					lesson = "error " + err.Error()
				}
				lines <- lesson
			}
		}()
	}
	for s := range lines {
		// Unbuffered: a line that the parent reads was acknowledged before.
		os.Stdout.WriteString(s + "\n")
	}
}

// TestKill kills a process in the middle of its writes and looks whether all that it was told to be stored is.
func TestKill(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "c.db")
		kill(t, path)
		var ok string
		if err := open(t, path).readPool.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
			t.Errorf("integrity check: %q, %v", ok, err)
		}
	})
	t.Run("postgres", func(t *testing.T) { kill(t, storetest.Postgres(t)) })
}

func kill(t *testing.T, place string) {
	db := openURL(t, place)
	l := addLearner(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashEnv+"="+place)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	defer timer.Stop()
	var acked []string
	sc := bufio.NewScanner(out)
	for sc.Scan() {
		s := sc.Text()
		if strings.HasPrefix(s, "error") {
			t.Error(s)
			break
		}
		if acked = append(acked, s); len(acked) == 2000 {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for sc.Scan() { // what it said before it died; a line cut off by the kill has no newline and may be half a name
		acked = append(acked, sc.Text())
	}
	_ = cmd.Wait()
	if len(acked) < 2000 {
		t.Fatalf("the child acknowledged %d writes only", len(acked))
	}

	db = openURL(t, place)
	m := lessons(t, db, l.ID)
	lost := 0
	for _, lesson := range acked[:len(acked)-1] {
		if !m[lesson].Done {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", lost, len(acked))
	}
	t.Logf("killed after %d acknowledged writes, %d stored, %d lost", len(acked), len(m), lost)
}
