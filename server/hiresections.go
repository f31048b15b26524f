package server

import (
	"fmt"
	"math"
	"strconv"

	"crosswalk/progress/hirereport"
)

// hireSections are the parts of a report below the table of accuracy. A part that the test does not have is not there.
func (s *Server) hireSections(r hirereport.Report) []hireSection {
	w := s.words
	var out []hireSection
	add := func(id string, lines []hireLine, note string) {
		if len(lines) > 0 || note != "" {
			out = append(out, hireSection{ID: id, Title: w.get("hirereport." + id), Lines: lines, Note: note})
		}
	}
	if r.Charts > 0 {
		add("balance", balanceLines(w, r.Balance), "")
		add("em", emLines(w, r.EM), "")
		lines, note := errorLines(w, r.Errors)
		add("errors", lines, note)
		lines, note = moneyLines(w, r.Money)
		add("money", lines, note)
		lines, note = s.paceLines(r.Pace)
		add("pace", lines, note)
		add("query", queryLines(w, r.Query), "")
	}
	var areas []hireLine
	for _, a := range r.Areas {
		areas = append(areas, hireLine{s.areaTitle(a.Area), shareOf(w, "share_row", a.Figure)})
	}
	add("areas", areas, "")
	return out
}

// shareOf says a share in words: so many of so many, with its range.
func shareOf(w words, key string, f *hirereport.Figure) string {
	return w.get("hirereport."+key, quantity(f.Right), quantity(f.Of), formatTenths(f.Percent10), formatTenths(f.Low10), formatTenths(f.High10))
}

func balanceLines(w words, b hirereport.Balance) []hireLine {
	side := func(n int, f *hirereport.Figure) string {
		if f == nil {
			return w.get("hirereport.side_none")
		}
		return w.get("hirereport.side", n, quantity(f.Right), quantity(f.Of), formatTenths(f.Percent10), formatTenths(f.Low10), formatTenths(f.High10))
	}
	return []hireLine{
		{w.get("hirereport.over"), side(b.Over, b.OverCharts)}, {w.get("hirereport.under"), side(b.Under, b.UnderCharts)}, {w.get("hirereport.leaning"), w.get("hirereport.tends_" + string(b.Tends))},
	}
}

func emLines(w words, em *hirereport.EM) []hireLine {
	if em == nil {
		return nil
	}
	side := func(f *hirereport.Figure, two int) string {
		text := shareOf(w, "share_row", f)
		if two > 0 {
			text += w.get("hirereport.em_two", two)
		}
		return text
	}
	return []hireLine{
		{w.get("hirereport.em_over"), side(em.Over, em.Over2)}, {w.get("hirereport.em_under"), side(em.Under, em.Under2)},
		{w.get("hirereport.em_category"), strconv.Itoa(em.Category)}, {w.get("hirereport.em_missed"), strconv.Itoa(em.Missed)},
	}
}

func errorLines(w words, list []hirereport.ErrorIn) (lines []hireLine, note string) {
	if len(list) == 0 {
		return nil, w.get("hirereport.errors_none")
	}
	for _, e := range list {
		name := e.Name
		if name == "" {
			name = e.Finding
		} else {
			name += " (" + e.Finding + ")"
		}
		lines = append(lines, hireLine{name, w.get("hirereport.error_row", e.Count, quantity(e.Charts.Right), quantity(e.Charts.Of), formatTenths(e.Charts.Percent10), formatTenths(e.Charts.Low10), formatTenths(e.Charts.High10))})
	}
	return lines, ""
}

func moneyLines(w words, m *hirereport.Money) (lines []hireLine, note string) {
	if m == nil {
		return nil, w.get("hirereport.money_none")
	}
	lines = []hireLine{{w.get("hirereport.money_even"), shareOf(w, "money_row", m.Even)}}
	lines = append(lines, hireLine{w.get("hirereport.money_over"), shareOf(w, "money_row", m.OverCharts)}, hireLine{w.get("hirereport.money_under"), shareOf(w, "money_row", m.UnderCharts)})
	if m.Mixed > 0 {
		lines = append(lines, hireLine{w.get("hirereport.money_mixed"), strconv.Itoa(m.Mixed)})
	}
	if m.Unclear > 0 {
		lines = append(lines, hireLine{w.get("hirereport.money_unclear"), strconv.Itoa(m.Unclear)})
	}
	if m.Net != nil {
		lines = append(lines, hireLine{w.get("hirereport.money_net"), w.get("hirereport.money_net_row", moneyText(*m.Net), m.Priced, moneyText(m.TooMuch), moneyText(m.Lost))})
	}
	if v := m.Mean; v != nil {
		lines = append(lines, hireLine{w.get("hirereport.money_mean"), w.get("hirereport.money_mean_row", moneyText(v.Value), moneyText(v.Low), moneyText(v.High))})
	}
	bases := ""
	for i, b := range m.Basis {
		if i > 0 {
			bases += ", "
		}
		bases += w.get("hirereport.basis_" + b)
	}
	return lines, w.get("hirereport.money_basis", bases)
}

// moneyText prints an amount with its sign where it is less than nothing.
func moneyText(v float64) string {
	sign := ""
	if v < 0 {
		sign = "−"
	}
	cents := int(math.Round(100 * math.Abs(v)))
	return fmt.Sprintf("%s$%s.%02d", sign, formatCount(cents/100), cents%100)
}

func (s *Server) paceLines(list []hirereport.PaceIn) (lines []hireLine, note string) {
	w := s.words
	if len(list) == 0 {
		return nil, w.get("hirereport.pace_none")
	}
	for _, p := range list {
		text := w.get("hirereport.pace_row", oneDecimal(p.PerHour), p.Charts)
		if p.Charts == 1 {
			text = w.get("hirereport.pace_row_one", oneDecimal(p.PerHour))
		}
		if v := p.Seconds; v != nil {
			text += w.get("hirereport.pace_typical", clockText(int(v.Value)), clockText(int(v.Low)), clockText(int(v.High)))
		}
		field := oneDecimal(p.Field.Low)
		if p.Field.High != p.Field.Low {
			field = w.get("hirereport.from_to", field, oneDecimal(p.Field.High))
		}
		text += "; " + w.get("hirereport.pace_field", field, p.Field.Source) + ": " + w.get("hirereport.beside_"+string(p.Beside))
		name := settingTitle(p.Setting)
		if name == "" {
			name = "–"
		}
		lines = append(lines, hireLine{name, text})
	}
	return lines, w.get("hirereport.pace_note")
}

func queryLines(w words, q *hirereport.Query) []hireLine {
	if q == nil {
		return nil
	}
	share := func(n int, f *hirereport.Figure) string {
		if f == nil {
			return strconv.Itoa(n)
		}
		return shareOf(w, "share_row", f)
	}
	out := []hireLine{
		{w.get("hirereport.query_called"), strconv.Itoa(q.Called)}, {w.get("hirereport.query_missed"), share(q.Missed, q.MissedShare)}, {w.get("hirereport.query_needless"), share(q.Needless, q.NeedlessShare)},
		{w.get("hirereport.query_unsaid"), strconv.Itoa(q.Unsaid)}, {w.get("hirereport.query_leading"), strconv.Itoa(q.Leading)},
	}
	if q.Made != nil {
		out = append(out, hireLine{w.get("hirereport.query_made"), shareOf(w, "share_row", q.Made)})
	}
	return out
}
