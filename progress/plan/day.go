package plan

import (
	"fmt"
	"time"
)

// Day is a civil date without a zone: the days since 1970-01-01. As text it is 2026-11-21.
type Day int

// ParseDay reads a date such as 2026-11-21.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date; write it as 2026-11-21", s)
	}
	return Day(t.Unix() / 86400), nil
}

// date is midnight of the day in UTC.
func (d Day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is the date as 2026-11-21.
func (d Day) String() string { return d.date().Format(time.DateOnly) }

// Weekday is 0 for Monday to 6 for Sunday, as in Goal.Minutes.
func (d Day) Weekday() int { return int(d.date().Weekday()+6) % 7 }

// MarshalText is String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDay.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err == nil {
		*d = v
	}
	return err
}
