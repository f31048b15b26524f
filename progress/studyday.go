package progress

import "time"

// StudyDayNumber is StudyDay as days since 1970-01-01, which can be counted with.
func StudyDayNumber(t time.Time, loc *time.Location) int {
	w := t.In(loc)
	y, m, d := w.Date()
	if w.Hour() < dayEnds {
		d--
	}
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DayText is a day number as a civil date, 2026-11-21.
func DayText(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// DayNumber is a civil date as a day number; ok is false for what is no date.
func DayNumber(date string) (day int, ok bool) {
	t, err := time.Parse(time.DateOnly, date)
	return int(t.Unix() / 86400), err == nil
}
