package plan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// event is a VEVENT as parseICS reads it; text values are unescaped.
type event map[string]string

// parseICS reads a calendar strictly by RFC 5545: anything that a reader might forgive is an error.
func parseICS(data []byte) (calendar event, events []event, err error) {
	if !utf8.Valid(data) {
		return nil, nil, fmt.Errorf("not UTF-8")
	}
	s := string(data)
	if !strings.HasSuffix(s, "\r\n") {
		return nil, nil, fmt.Errorf("the last line does not end with CR LF")
	}
	var lines []string
	for n, l := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		switch {
		case strings.ContainsAny(l, "\r\n"):
			return nil, nil, fmt.Errorf("line %d: a CR or LF alone", n+1)
		case len(l) > 75:
			return nil, nil, fmt.Errorf("line %d: %d octets", n+1, len(l))
		case l == "" || l == " ":
			return nil, nil, fmt.Errorf("line %d: empty", n+1)
		case !utf8.ValidString(l):
			return nil, nil, fmt.Errorf("line %d: folded inside a character", n+1)
		}
		for _, r := range l {
			if r < ' ' && r != '\t' || r == 0x7f {
				return nil, nil, fmt.Errorf("line %d: control character %U", n+1, r)
			}
		}
		if l[0] == ' ' || l[0] == '\t' {
			if len(lines) == 0 {
				return nil, nil, fmt.Errorf("the first line is a continuation")
			}
			lines[len(lines)-1] += l[1:]
			continue
		}
		lines = append(lines, l)
	}
	var stack []string
	calendar = event{}
	in := calendar
	for _, l := range lines {
		head, value, ok := strings.Cut(l, ":")
		if !ok {
			return nil, nil, fmt.Errorf("%q is no content line", l)
		}
		name, param, _ := strings.Cut(head, ";")
		for _, r := range name {
			if !(r >= 'A' && r <= 'Z' || r == '-') {
				return nil, nil, fmt.Errorf("%q is no property name", name)
			}
		}
		switch name {
		case "BEGIN":
			want := map[int]string{0: "VCALENDAR", 1: "VEVENT"}[len(stack)]
			if value != want {
				return nil, nil, fmt.Errorf("BEGIN:%s in %v", value, stack)
			}
			stack = append(stack, value)
			if value == "VEVENT" {
				in = event{}
			}
			continue
		case "END":
			if len(stack) == 0 || stack[len(stack)-1] != value {
				return nil, nil, fmt.Errorf("END:%s in %v", value, stack)
			}
			stack = stack[:len(stack)-1]
			if value == "VEVENT" {
				if err := in.check(); err != nil {
					return nil, nil, err
				}
				events = append(events, in)
				in = calendar
			}
			continue
		}
		if len(stack) == 0 {
			return nil, nil, fmt.Errorf("%s outside of the calendar", name)
		}
		if _, twice := in[name]; twice {
			return nil, nil, fmt.Errorf("%s twice", name)
		}
		switch name {
		case "SUMMARY", "DESCRIPTION", "X-WR-CALNAME":
			if value, err = unescape(value); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", name, err)
			}
		case "DTSTART", "DTEND":
			if param != "VALUE=DATE" {
				return nil, nil, fmt.Errorf("%s has the parameter %q", name, param)
			}
		default:
			if param != "" {
				return nil, nil, fmt.Errorf("%s has the parameter %q", name, param)
			}
		}
		in[name] = value
	}
	if len(stack) != 0 {
		return nil, nil, fmt.Errorf("not closed: %v", stack)
	}
	if calendar["VERSION"] != "2.0" || calendar["PRODID"] == "" {
		return nil, nil, fmt.Errorf("VERSION %q, PRODID %q", calendar["VERSION"], calendar["PRODID"])
	}
	if len(events) == 0 {
		return nil, nil, fmt.Errorf("a calendar without a component")
	}
	seen := map[string]bool{}
	for _, e := range events {
		if seen[e["UID"]] {
			return nil, nil, fmt.Errorf("UID %s twice", e["UID"])
		}
		seen[e["UID"]] = true
	}
	return calendar, events, nil
}

func (e event) check() error {
	for _, need := range []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} {
		if e[need] == "" {
			return fmt.Errorf("an event without %s: %v", need, e)
		}
	}
	from, err := time.Parse("20060102", e["DTSTART"])
	if err != nil {
		return err
	}
	to, err := time.Parse("20060102", e["DTEND"])
	if err != nil {
		return err
	}
	if !to.After(from) {
		return fmt.Errorf("DTEND %s is not after DTSTART %s", e["DTEND"], e["DTSTART"])
	}
	if _, err := time.Parse("20060102T150405Z", e["DTSTAMP"]); err != nil {
		return err
	}
	if t := e["TRANSP"]; t != "TRANSPARENT" && t != "OPAQUE" {
		return fmt.Errorf("TRANSP is %q", t)
	}
	return nil
}

func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ';', ',':
			return "", fmt.Errorf("%q has a bare %q", s, s[i])
		case '\\':
			i++
			if i == len(s) || !strings.ContainsRune(`\;,nN`, rune(s[i])) {
				return "", fmt.Errorf("%q has a bad escape", s)
			}
			if s[i] == 'n' || s[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

func calendarOf(name, summary, description string) Calendar {
	return Calendar{Name: name, Domain: "crosswalk.example", Owner: "0192", Stamp: time.Date(2026, 11, 17, 8, 30, 15, 0, time.FixedZone("", 3600)), URL: "https://crosswalk.example/plan",
		Summary: func(DayPlan) string { return summary }, Description: func(DayPlan) string { return description }, Exam: "CPC exam"}
}

func TestCalendarOfAPlan(t *testing.T) {
	in := course(rand.New(rand.NewPCG(11, 11)), 30, 180, 180, 200)
	in.Goal.Off = []Day{today + 1}
	p := mustMake(t, in)
	c := calendarOf("Crosswalk", "", "")
	c.Summary = func(d DayPlan) string { return fmt.Sprintf("%.0f minutes; %d tasks", d.Planned, len(d.Tasks)) }
	_, events, err := parseICS(p.ICS(c))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, d := range p.Days {
		if len(d.Tasks) == 0 {
			continue
		}
		e := events[i]
		i++
		if want := strings.ReplaceAll(d.Day.String(), "-", ""); e["DTSTART"] != want || e["SUMMARY"] != c.Summary(d) || e["TRANSP"] != "TRANSPARENT" {
			t.Errorf("%v: event %v", d.Day, e)
		}
		if e["DTSTAMP"] != "20261117T073015Z" || e["UID"] != "plan-"+d.Day.String()+"-0192@crosswalk.example" {
			t.Errorf("%v: stamp %s, UID %s", d.Day, e["DTSTAMP"], e["UID"])
		}
	}
	if len(events) != i+1 || events[i]["SUMMARY"] != "CPC exam" || events[i]["TRANSP"] != "OPAQUE" || events[i]["DTSTART"] != strings.ReplaceAll(in.Goal.Date.String(), "-", "") {
		t.Errorf("%d events for %d days with tasks; the last is %v, want the exam", len(events), i, events[len(events)-1])
	}
	// Made anew on the next day, the same days have the same UIDs and a higher SEQUENCE.
	next := in
	next.Today++
	c.Stamp = c.Stamp.AddDate(0, 0, 1)
	_, later, err := parseICS(mustMake(t, next).ICS(c))
	if err != nil {
		t.Fatal(err)
	}
	old := map[string]event{}
	for _, e := range events {
		old[e["DTSTART"]] = e
	}
	same := 0
	for _, e := range later {
		if o, ok := old[e["DTSTART"]]; ok {
			same++
			if o["UID"] != e["UID"] || len(o["SEQUENCE"]) > len(e["SEQUENCE"]) || o["SEQUENCE"] >= e["SEQUENCE"] {
				t.Errorf("%s: UID %s and %s, SEQUENCE %s and %s", e["DTSTART"], o["UID"], e["UID"], o["SEQUENCE"], e["SEQUENCE"])
			}
		}
	}
	if same == 0 {
		t.Error("the plans have no day in common")
	}
}

// An exam without a plan, and a plan without words, are calendars too.
func TestCalendarsWithLittleInThem(t *testing.T) {
	in := course(rand.New(rand.NewPCG(11, 11)), 3, 18, 18, 0)
	in.Goal.Minutes = [7]int{}
	if _, events, err := parseICS(mustMake(t, in).ICS(calendarOf("", "x", ""))); err != nil || len(events) != 1 {
		t.Errorf("%d events (%v), want the exam alone", len(events), err)
	}
	in.Goal.Date = today - 10
	if data := mustMake(t, in).ICS(calendarOf("", "x", "")); data != nil {
		t.Errorf("a calendar after the exam: %s", data)
	}
}

// FuzzCalendarText: whatever the words are, a strict reader gets them back, but for what TEXT cannot hold.
func FuzzCalendarText(f *testing.F) {
	for _, s := range []string{"", "plain", `a;b,c\d`, "line\nbreak\r\nand\rmore", strings.Repeat("ä", 40), strings.Repeat("😀", 30), "x" + strings.Repeat("€,", 60), "bell\a and del\x7f", "bad \xff\xfe utf8", `\n`, " lead", strings.Repeat("y", 75)} {
		f.Add(s)
	}
	p := Plan{Made: today, Goal: Goal{Date: today + 2}, Days: []DayPlan{{Day: today, Tasks: []Task{{Kind: KindReview, Count: 1}}}}}
	f.Fuzz(func(t *testing.T, s string) {
		c := calendarOf("n"+s, "s"+s, "d"+s)
		c.Owner, c.Domain, c.URL = s, "d"+s, "https://x/"+s
		cal, events, err := parseICS(p.ICS(c))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' || r == 0x7f {
				return -1
			}
			return r
		}, strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n"))
		if got := cal["X-WR-CALNAME"]; got != "n"+want {
			t.Errorf("name %q came back as %q", "n"+want, got)
		}
		if got := events[0]["DESCRIPTION"]; got != "d"+want {
			t.Errorf("description %q came back as %q", "d"+want, got)
		}
		if got := events[0]["SUMMARY"]; strings.ContainsAny(got, "\n") {
			t.Errorf("the summary %q has several lines", got)
		}
	})
}
