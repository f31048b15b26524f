package store

import (
	"context"

	"gorm.io/gorm"
)

// query reads rows of one table, as gorm.G does. It has the few calls that are used here: gorm's own interface is instantiated whole for each
// of the twenty tables, and compiling that took four fifths of the time of this package and a gigabyte of memory.
type query[R any] struct{ tx *gorm.DB }

func queryOf[R any](tx *gorm.DB) query[R] { return query[R]{tx.Model(new(R))} }

func (q query[R]) Where(where string, args ...any) query[R] {
	return query[R]{q.tx.Where(where, args...)}
}
func (q query[R]) Select(columns string) query[R] { return query[R]{q.tx.Select(columns)} }
func (q query[R]) Order(by string) query[R]       { return query[R]{q.tx.Order(by)} }
func (q query[R]) Limit(n int) query[R]           { return query[R]{q.tx.Limit(n)} }
func (q query[R]) Offset(n int) query[R]          { return query[R]{q.tx.Offset(n)} }

// Find gives all rows.
func (q query[R]) Find(ctx context.Context) (rows []R, err error) {
	return rows, q.tx.WithContext(ctx).Find(&rows).Error
}

// Take gives one row; gorm.ErrRecordNotFound when there is none.
func (q query[R]) Take(ctx context.Context) (row R, err error) {
	return row, q.tx.WithContext(ctx).Take(&row).Error
}

// Count counts the rows.
func (q query[R]) Count(ctx context.Context) (n int64, err error) {
	return n, q.tx.WithContext(ctx).Count(&n).Error
}
