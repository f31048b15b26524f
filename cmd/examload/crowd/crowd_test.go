package crowd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOnlyThisMachineIsLoaded(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:80": true, "[::1]:8080": true, "127.8.0.1:1": true,
		"192.0.2.1:80": false, "example.org:80": false, "0.0.0.0:80": false, ":80": false, "localhost.example.org:80": false,
	} {
		if _, err := NewClient(addr, "cpc", 1); ok != (err == nil) || !ok && !errors.Is(err, ErrNotLocal) {
			t.Errorf("%s: %v, want it to be taken: %v", addr, err, ok)
		}
	}
	if _, err := NewClient("nothing", "cpc", 1); err == nil {
		t.Error("an address without a port was taken")
	}
}

// saveItem is a change as it is sent.
type saveItem struct {
	Pos   int       `json:"pos"`
	Seq   int64     `json:"seq"`
	State saveState `json:"state"`
}

type saveState struct {
	Answer  saveAnswer `json:"answer"`
	Seconds int        `json:"secs"`
}

type saveAnswer struct {
	Options []int `json:"options"`
}

// forgetful is a server that keeps answers in memory and does what a test makes it do.
type forgetful struct {
	kept  map[int]saveItem
	reply func(w http.ResponseWriter) bool // answers instead of the server, after the change was kept
}

func (f *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/save"):
		var body struct{ Items []saveItem }
		b, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(b, &body); err != nil || len(body.Items) != 1 {
			http.Error(w, "what is this", http.StatusBadRequest)
			return
		}
		it := body.Items[0]
		if it.Seq > f.kept[it.Pos].Seq {
			f.kept[it.Pos] = it
		}
		if f.reply != nil && f.reply(w) {
			return
		}
		fmt.Fprintf(w, `{"now":1,"items":[{"pos":%d,"seq":%d,"kept":true}]}`, it.Pos, it.Seq)
	case strings.HasSuffix(r.URL.Path, "/state"):
		items := []saveItem{}
		for _, it := range f.kept {
			items = append(items, it)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"now": 1, "items": items})
	default:
		http.NotFound(w, r)
	}
}

func TestDamageIsSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		reply  func(w http.ResponseWriter) bool // to the second of three changes of the one item
		harm   func(kept map[int]saveItem)
		damage bool
		want   Outcome // of the second change
	}{
		{name: "all is well", want: Kept},
		{name: "an answer is gone", harm: func(kept map[int]saveItem) { delete(kept, 0) }, damage: true, want: Kept},
		{name: "an older answer is there", harm: func(kept map[int]saveItem) { it := kept[0]; it.Seq--; kept[0] = it }, damage: true, want: Kept},
		{name: "another answer of the same number", harm: func(kept map[int]saveItem) { it := kept[0]; it.State.Seconds += 9; kept[0] = it }, damage: true, want: Kept},
		{name: "an answer that nobody sent", harm: func(kept map[int]saveItem) { kept[7] = saveItem{Pos: 7, Seq: 1} }, damage: true, want: Kept},
		{name: "kept, and the reply was lost", reply: func(w http.ResponseWriter) bool {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.Close()
			}
			return true
		}, want: Lost},
		{name: "not kept now", reply: func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusServiceUnavailable); return true }, want: Later},
		{name: "closed", reply: func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusConflict); return true }, want: Closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &forgetful{kept: map[int]saveItem{}}
			srv := httptest.NewServer(f)
			defer srv.Close()
			client, err := NewClient(strings.TrimPrefix(srv.URL, "http://"), "cpc", 1)
			if err != nil {
				t.Fatal(err)
			}
			l := client.Learner(1)
			l.Sitting, l.Items = "s", 1
			for n, want := range []Outcome{Kept, c.want} {
				if n == 1 {
					f.reply = c.reply
				}
				if got, err := l.Save(); got != want || err != nil {
					t.Fatalf("change %d: %v, %v; want %v", n+1, got, err, want)
				}
			}
			if c.harm != nil {
				c.harm(f.kept)
			}
			damage, err := l.Damage()
			if err != nil || c.damage != (len(damage) > 0) {
				t.Errorf("damage %q, %v; want some: %v", damage, err, c.damage)
			}
		})
	}
}

// TestALearnerSendsAgain: a change without an answer is sent until it is acknowledged, or a newer one of the same item.
func TestALearnerSendsAgain(t *testing.T) {
	f := &forgetful{kept: map[int]saveItem{}, reply: func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusServiceUnavailable); return true }}
	srv := httptest.NewServer(f)
	defer srv.Close()
	client, err := NewClient(strings.TrimPrefix(srv.URL, "http://"), "cpc", 1)
	if err != nil {
		t.Fatal(err)
	}
	l := client.Learner(1)
	l.Sitting, l.Items = "s", 50
	for range 20 {
		if got, err := l.Save(); got != Later || err != nil {
			t.Fatalf("%v, %v", got, err)
		}
	}
	f.reply = nil
	if got, err := l.Save(); got != Kept || err != nil {
		t.Fatalf("%v, %v", got, err)
	}
	if len(f.kept) != 1 || l.Acked != 1 || l.Unanswered != 20 {
		t.Errorf("%d items were changed, %d acknowledged, %d without an answer; want 1, 1, 20", len(f.kept), l.Acked, l.Unanswered)
	}
}
