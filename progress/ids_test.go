package progress

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestIDs(t *testing.T) {
	src := &idSource{rand: rand.Reader}
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 5000 { // 1,000 in each millisecond
		id, err := src.next(at.Add(time.Duration(i/1000) * time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids of one clock do not grow")
	}
	for _, id := range []string{ids[0], ids[4999]} {
		u, err := uuid.Parse(id)
		if err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 || u.String() != id {
			t.Errorf("%s: version %v, variant %v, %v", id, u.Version(), u.Variant(), err)
		}
		sec, ns := u.Time().UnixTime()
		if d := time.Unix(sec, ns).Sub(at); d < 0 || d > 2*time.Second {
			t.Errorf("%s says %v, want about %v", id, time.Unix(sec, ns).UTC(), at)
		}
	}
	back, err := src.next(at.AddDate(0, 0, -40))
	if err != nil || back >= ids[0] {
		t.Errorf("an id of a clock set back by weeks: %s, not before %s (%v)", back, ids[0], err)
	}
}
