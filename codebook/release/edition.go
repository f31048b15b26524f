package release

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"crosswalk/codebook"
)

// edition is the name of an edition and the first day that it is in force.
type edition struct {
	name string
	from codebook.Date
}

// A kind's editions follow one of these calendars.
type calendar int

const (
	none         calendar = iota // its edition does not matter
	fiscalYears                  // ICD-10: "2026" begins on 1 October 2025, "2026-04" on 1 April 2026
	quarters                     // NCCI: "2024Q3"
	months                       // HCPCS: "2025-10"
	calendarYear                 // CPT facts: "2025"
	versions                     // MS-DRG: "v41.1"
)

var calendars = map[Kind]calendar{
	OrderCM: fiscalYears, TabularCM: fiscalYears, POAExempt: fiscalYears, GuidelinesCM: fiscalYears,
	OrderPCS: fiscalYears, TablesPCS: fiscalYears, DefinitionsPCS: fiscalYears,
	IndexCM: fiscalYears, IndexFlat: fiscalYears, IndexNeoplasms: fiscalYears, IndexDrugs: fiscalYears, IndexExternal: fiscalYears, IndexPCS: fiscalYears,
	HCPCSCodes: months, HCPCSStatus: months, HCPCSModifiers: months,
	FeeSchedule: months, AddendumB: calendarYear,
	NCCIPairs: quarters, MUEs: quarters, AddOns: quarters,
	Severity: versions, Exclusions: versions, CodeEditor: versions,
	Places: calendarYear, Rationales: none,
	DescriptorsCPT: calendarYear, DescriptorsDental: calendarYear,
}

var (
	fullYear    = regexp.MustCompile(`(?:^|[^0-9])(20[0-9]{2})(?:[^0-9]|$)`)
	shortFY     = regexp.MustCompile(`(?i)fy_?([0-9]{2})(?:[^0-9]|$)`)
	quarterMark = regexp.MustCompile(`(?i)(20[0-9]{2})[-_ ]?q([1-4])`)
	monthMark   = regexp.MustCompile(`(?i)(?:^|[^a-z])(jan|apr|jul|oct)(?:uary|il|y|ober)?(?:[^a-z]|$)`)
	yearMonth   = regexp.MustCompile(`(20[0-9]{2})[-_](0[1-9]|1[0-2])(?:[^0-9]|$)`)
	versionMark = regexp.MustCompile(`(?i)v([0-9]{2}(?:\.[0-9])?)(?:[^0-9.]|\.[^0-9]|$)`)
)

var monthNames = map[string]time.Month{"jan": time.January, "apr": time.April, "jul": time.July, "oct": time.October}

// editionOf reads the edition of a file of a kind from a text: what the content says, the path, or an option. ok is false when the text
// names none.
func editionOf(k Kind, text string) (e edition, ok bool) {
	year := 0
	if m := fullYear.FindStringSubmatch(text); m != nil {
		year, _ = strconv.Atoi(m[1])
	}
	var month time.Month
	if m := yearMonth.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		month = time.Month(n)
	} else if m := monthMark.FindStringSubmatch(text); m != nil {
		month = monthNames[strings.ToLower(m[1])]
	}
	switch calendars[k] {
	case none:
		return edition{}, true
	case fiscalYears:
		if m := shortFY.FindStringSubmatch(text); m != nil && year == 0 {
			year, _ = strconv.Atoi("20" + m[1])
		}
		if year == 0 {
			return edition{}, false
		}
		if month == time.April {
			return edition{fmt.Sprintf("%d-04", year), codebook.Date{Year: year, Month: time.April, Day: 1}}, true
		}
		return edition{strconv.Itoa(year), codebook.Date{Year: year - 1, Month: time.October, Day: 1}}, true
	case quarters:
		m := quarterMark.FindStringSubmatch(text)
		if m == nil {
			return edition{}, false
		}
		year, _ = strconv.Atoi(m[1])
		q, _ := strconv.Atoi(m[2])
		return edition{fmt.Sprintf("%dQ%d", year, q), codebook.Date{Year: year, Month: time.Month(3*q - 2), Day: 1}}, true
	case months:
		if year == 0 {
			return edition{}, false
		}
		if month == 0 {
			return edition{strconv.Itoa(year), codebook.Date{Year: year, Month: time.January, Day: 1}}, true
		}
		return edition{fmt.Sprintf("%d-%02d", year, month), codebook.Date{Year: year, Month: month, Day: 1}}, true
	case calendarYear:
		if year == 0 {
			return edition{}, false
		}
		return edition{strconv.Itoa(year), codebook.Date{Year: year, Month: time.January, Day: 1}}, true
	case versions:
		m := versionMark.FindStringSubmatch(text)
		if m == nil {
			return edition{}, false
		}
		return edition{name: "v" + m[1]}, true
	}
	return edition{}, false
}

// resolve finds the edition of a file: from its content, else its name, else the folders it lies in (nearest first), else the option.
func resolve(k Kind, content, file, option string) (edition, error) {
	for _, text := range []string{content, path.Base(file), path.Base(path.Dir(file)), option} {
		if text == "" || text == "." {
			continue
		}
		if e, ok := editionOf(k, text); ok {
			return e, nil
		}
	}
	want := map[calendar]string{fiscalYears: "2026 or 2026-04", quarters: "2024Q3", months: "2025-10", calendarYear: "2025", versions: "v41.1"}[calendars[k]]
	return edition{}, fmt.Errorf("it is the %s of an unknown edition: neither its content nor its name tells; give the edition as an option, such as %s", k, want)
}

// year is the year of an edition by its name.
func (e edition) year() string { return e.name[:min(4, len(e.name))] }
