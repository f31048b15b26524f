package plan

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar is what a calendar file needs besides the plan. Words come from the caller: one line each for Summary, several are fine else.
type Calendar struct {
	Name        string // of the calendar, as apps show it
	Domain      string // right of the @ in the UIDs: the site's host
	Owner       string // opaque id of the learner: the UID of a day is the same each time the plan is made anew
	Stamp       time.Time
	URL         string // of the plan's page; "" for none
	Summary     func(DayPlan) string
	Description func(DayPlan) string // nil for none
	Exam        string               // summary of the exam's own event; "" for none
}

// ICS writes the plan as a calendar file by RFC 5545: one event for each day that has tasks, and the exam. It is nil when there is neither, since a
// calendar has at least one component (section 3.6). There is no METHOD: the file is for import and no message of the scheduling protocol.
//
// Events last all day (DATE values, section 3.3.4) and leave the day free (TRANSP:TRANSPARENT, section 3.8.2.7). The plan knows minutes and no
// clock time: an event at a made-up hour would collide with a learner's work and ring at the wrong moment, while an entry at the top of the
// day says what it brings and can be dragged to an hour of their own. Only the exam blocks its day.
//
// UIDs are made of owner and date, so that a file imported again updates days instead of doubling them; SEQUENCE grows with the stamp (section
// 3.8.7.4). Lines end with CR LF and are folded at 75 octets, never inside a character (section 3.1). Characters that TEXT cannot hold are
// left out.
func (p Plan) ICS(c Calendar) []byte {
	var w icsWriter
	stamp := c.Stamp.UTC().Format("20060102T150405Z")
	sequence := max(c.Stamp.Unix()/60, 0) & 0x7fffffff
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//Crosswalk//Study plan//EN")
	w.line("CALSCALE", "GREGORIAN")
	if c.Name != "" {
		w.text("X-WR-CALNAME", c.Name)
	}
	event := func(kind string, d Day, summary, description, transparency string) {
		w.events = true
		w.line("BEGIN", "VEVENT")
		w.line("UID", token(kind+"-"+d.String()+"-"+c.Owner)+"@"+token(c.Domain))
		w.line("DTSTAMP", stamp)
		w.line("SEQUENCE", fmt.Sprint(sequence))
		w.line("DTSTART;VALUE=DATE", d.date().Format("20060102"))
		w.line("DTEND;VALUE=DATE", (d + 1).date().Format("20060102"))
		w.text("SUMMARY", strings.Join(strings.Fields(summary), " "))
		if description != "" {
			w.text("DESCRIPTION", description)
		}
		if c.URL != "" {
			w.line("URL", uri(c.URL))
		}
		w.line("TRANSP", transparency)
		w.line("END", "VEVENT")
	}
	for _, d := range p.Days {
		if len(d.Tasks) == 0 {
			continue
		}
		description := ""
		if c.Description != nil {
			description = c.Description(d)
		}
		event("plan", d.Day, c.Summary(d), description, "TRANSPARENT")
	}
	if c.Exam != "" && p.Goal.Date >= p.Made {
		event("exam", p.Goal.Date, c.Exam, "", "OPAQUE")
	}
	if !w.events {
		return nil
	}
	w.line("END", "VCALENDAR")
	return []byte(w.out.String())
}

// icsWriter writes content lines.
type icsWriter struct {
	out    strings.Builder
	events bool
}

// text writes a property of the value type TEXT (section 3.3.11).
func (w *icsWriter) text(name, value string) { w.line(name, escape(value)) }

// line writes and folds a content line.
func (w *icsWriter) line(name, value string) {
	const most = 75 // octets, the line break left out
	width := 0
	for _, r := range name + ":" + value {
		n := utf8.RuneLen(r)
		if width+n > most {
			w.out.WriteString("\r\n ")
			width = 1
		}
		w.out.WriteRune(r)
		width += n
	}
	w.out.WriteString("\r\n")
}

// escape makes a TEXT value: backslash, semicolon and comma are escaped, line breaks are \n, and control characters but the tab, which no
// content line may hold, are left out.
func escape(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' && r != '\t', r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// token keeps what may stand in a UID unescaped everywhere: letters, digits, hyphens and dots.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		}
		return '-'
	}, s)
}

// uri leaves out what no URI holds (RFC 3986): blanks, controls and all outside ASCII.
func uri(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}
