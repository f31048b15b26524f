package store

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

// A rate limit is one instant per key: when all tries will have been paid back (the generic cell rate algorithm, ITU-T I.371). A try is
// allowed while that instant, moved on by one try, is no further ahead than the burst.

type limitRow struct {
	LimitKey string `gorm:"primaryKey"`
	FreeAt   int64
}

func (limitRow) TableName() string { return "rate_limits" }

// freeAt is the stored instant of a key, not before now.
func freeAt(tx *gorm.DB, key string, now int64) (int64, error) {
	var rows []limitRow
	if err := tx.Where("limit_key = ?", key).Limit(1).Find(&rows).Error; err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return now, nil
	}
	return max(rows[0].FreeAt, now), nil
}

func setFreeAt(tx *gorm.DB, key string, free int64) error {
	return tx.Exec(`INSERT INTO rate_limits (limit_key, free_at) VALUES (?, ?) ON CONFLICT (limit_key) DO UPDATE SET free_at = excluded.free_at`, key, free).Error
}

// stripes are locks for keys. Two keys may share one.
type stripes [64]sync.Mutex

var stripeSeed = maphash.MakeSeed()

// holdLimits keeps other writers of this program away from some keys until it is released: a class that signs in from one address changes
// one row, and where several connections write, each would be refused for what another had just written. Other servers are kept apart by
// the database.
func (db *DB) holdLimits(keys ...[]string) (release func()) {
	if !db.d.shared() {
		return func() {}
	}
	var held []int
	for _, k := range slices.Concat(keys...) {
		held = append(held, int(maphash.String(stripeSeed, k)%uint64(len(db.limitKeys))))
	}
	slices.Sort(held) // in one order, so that nobody waits in a circle
	held = slices.Compact(held)
	for _, i := range held {
		db.limitKeys[i].Lock()
	}
	return func() {
		for _, i := range held {
			db.limitKeys[i].Unlock()
		}
	}
}

// Take implements progress.LimitStore.
func (db *DB) Take(ctx context.Context, now time.Time, keys []string, limits []progress.Limit) (time.Duration, error) {
	var wait time.Duration
	defer db.holdLimits(keys)()
	err := db.writeAlone(ctx, "rate limit", func(tx *gorm.DB) error {
		wait = 0
		next := make([]int64, len(keys))
		for i, key := range keys {
			free, err := freeAt(tx, key, ms(now))
			if err != nil {
				return err
			}
			every := limits[i].Every.Milliseconds()
			next[i] = free + every
			if over := next[i] - ms(now) - int64(limits[i].Burst)*every; over > 0 {
				wait = max(wait, time.Duration(over)*time.Millisecond)
			}
		}
		if wait > 0 {
			return nil
		}
		for i, key := range keys {
			if err := setFreeAt(tx, key, next[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return wait, err
}

// Give implements progress.LimitStore.
func (db *DB) Give(ctx context.Context, keys []string, limits []progress.Limit, forget []string) error {
	defer db.holdLimits(keys, forget)()
	return db.writeAlone(ctx, "rate limit", func(tx *gorm.DB) error {
		for i, key := range keys {
			if err := tx.Exec(`UPDATE rate_limits SET free_at = free_at - ? WHERE limit_key = ?`, limits[i].Every.Milliseconds(), key).Error; err != nil {
				return err
			}
		}
		for _, key := range forget {
			if err := tx.Exec(`DELETE FROM rate_limits WHERE limit_key = ?`, key).Error; err != nil {
				return err
			}
		}
		return nil
	})
}
