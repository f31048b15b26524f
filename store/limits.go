package store

import (
	"context"
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

// Take implements progress.LimitStore.
func (db *DB) Take(ctx context.Context, now time.Time, keys []string, limits []progress.Limit) (time.Duration, error) {
	var wait time.Duration
	err := db.write(ctx, "rate limit", func(tx *gorm.DB) error {
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
	return db.write(ctx, "rate limit", func(tx *gorm.DB) error {
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
