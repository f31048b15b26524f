package server

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
)

// viewFuncs are the functions of the templates. None depends on the request.
func viewFuncs(a *assets, w words) template.FuncMap {
	return template.FuncMap{
		"asset":   a.path,
		"w":       w.lookup,
		"points":  formatPoints,
		"percent": func(v float64) string { return trimZero(fmt.Sprintf("%.1f", v)) + " %" },
		"tenths":  func(v int) string { return trimZero(fmt.Sprintf("%.1f", float64(v)/10)) + " %" },
		"share": func(part, whole int) int {
			if whole == 0 {
				return 0
			}
			return int(math.Round(100 * float64(part) / float64(whole)))
		},
		"plural": func(n int, one, many string) string {
			if n == 1 {
				return one
			}
			return many
		},
		"date":     func(t time.Time) string { return t.Format("2 Jan 2006") },
		"datetime": func(t time.Time) string { return t.Format("2 Jan 2006, 15:04") },
		"count":    formatCount,
		"dots":     func(n int) string { return strings.Repeat("●", n) + strings.Repeat("○", max(0, 5-n)) },
		"add":      func(a, b int) int { return a + b },
		"letter":   answersheet.Letter,
		"join":     strings.Join,
		"dict":     dict,
		"lower":    strings.ToLower,
	}
}

// formatPoints prints hundredths of a point as coders read them: 350 is "3.5".
func formatPoints(p grading.Points) string {
	sign := ""
	if p < 0 {
		sign, p = "−", -p
	}
	return sign + trimZero(fmt.Sprintf("%d.%02d", p/100, p%100))
}

// formatCount prints a number with commas between thousands.
func formatCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func trimZero(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// dict pairs names with values for a part that needs more than one thing.
func dict(kv ...any) (map[string]any, error) {
	if len(kv)%2 != 0 {
		return nil, fmt.Errorf("dict: odd number of arguments")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		k, ok := kv[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no string", kv[i])
		}
		m[k] = kv[i+1]
	}
	return m, nil
}
