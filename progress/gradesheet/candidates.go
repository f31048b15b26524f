package gradesheet

import (
	"strconv"
	"strings"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/hirereport"
)

// OfCandidates lays a comparison of candidates out: a row for each with the whole report in columns, the highest share first. Of a share there are
// four: per cent, the ends of its interval, and of how many. What was not asked is empty. Columns are part of what others read: new ones come at
// the end. In blind mode ids, numbers and times are left out, by which somebody could be known.
func OfCandidates(c progress.CandidateComparison, zone *time.Location) Sheet {
	head := []Cell{}
	for _, name := range []string{"candidate", "ref", "id", "try", "started", "handed in", "passed", "pass line", "line is"} {
		head = append(head, Text(name))
	}
	for _, f := range candidateFigures {
		for _, part := range []string{" percent", " low", " high", " of"} {
			head = append(head, Text(f.name+part))
		}
	}
	for _, name := range []string{
		"percentile", "above", "within error of", "overcoded", "undercoded", "leaning", "top errors", "payment over", "payment under", "payment net", "charts an hour", "charts", "questions", "test revision", "content hash",
		"code year", "codebook", "grader",
	} {
		head = append(head, Text(name))
	}
	s := Sheet{Name: c.Assessment.Spec.Name, Rows: [][]Cell{head}}
	for _, row := range c.Rows {
		s.Rows = append(s.Rows, candidateRow(c, row, zone))
	}
	return s
}

var candidateFigures = []struct {
	name string
	of   func(r hirereport.Report) *hirereport.Figure
}{
	{"overall", func(r hirereport.Report) *hirereport.Figure { return r.Overall }},
	{"questions", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.Questions }},
	{"lines", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.Lines }},
	{"clean charts", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.Clean }},
	{"icd10cm", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.ICD10CM }},
	{"icd10pcs", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.ICD10PCS }},
	{"cpt", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.CPT }},
	{"hcpcs", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.HCPCS }},
	{"modifiers", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.Modifiers }},
	{"sequencing", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.Sequencing }},
	{"poa", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.POA }},
	{"drg", func(r hirereport.Report) *hirereport.Figure { return r.Accuracy.DRG }},
	{"em", func(r hirereport.Report) *hirereport.Figure {
		if r.EM == nil {
			return nil
		}
		return r.EM.Agreement
	}},
	{"query", func(r hirereport.Report) *hirereport.Figure {
		if r.Query == nil {
			return nil
		}
		return r.Query.Right
	}},
}

func candidateRow(c progress.CandidateComparison, row hirereport.Row, zone *time.Location) []Cell {
	r := row.Report
	moment := func(t time.Time) Cell {
		if c.Blind {
			return Cell{}
		}
		return Text(t.In(zone).Format("2006-01-02 15:04"))
	}
	id := Text(r.Candidate.ID)
	if c.Blind {
		id = Cell{}
	}
	out := []Cell{
		Text(r.Candidate.Name), Text(r.Candidate.Ref), id, whole(r.Sitting.Try), moment(r.Sitting.StartedAt), moment(r.Sitting.HandedInAt), Text(strconv.FormatBool(r.Passed)), whole(r.Test.PassPercent),
		Text(string(r.Line)),
	}
	for _, f := range candidateFigures {
		v := f.of(r)
		if v == nil {
			out = append(out, Cell{}, Cell{}, Cell{}, Cell{})
			continue
		}
		out = append(out, tenth(v.Percent10), tenth(v.Low10), tenth(v.High10), Number(v.Of))
	}
	percentile, net, over, under, perHour := Cell{}, Cell{}, Cell{}, Cell{}, Cell{}
	if v := r.PerHour(); v > 0 {
		perHour = Number(v)
	}
	if p := r.Percentile; p != nil {
		percentile = tenth(p.Percent10)
	}
	if m := r.Money; m != nil {
		over, under = whole(m.Over), whole(m.Under)
		if m.Net != nil {
			net = Number(*m.Net)
		}
	}
	var errors []string
	for _, e := range r.Errors {
		errors = append(errors, e.Finding+" "+strconv.Itoa(e.Count))
	}
	return append(out, percentile, labels(c, row.Above), labels(c, row.Within), whole(r.Balance.Over), whole(r.Balance.Under), Text(string(r.Balance.Tends)), Text(strings.Join(errors, "; ")), over, under, net,
		perHour, whole(r.Charts), whole(r.Questions), whole(r.Test.Revision), Text(r.Test.ContentHash), whole(r.Test.CodeYear), Text(r.Test.Edition), whole(r.Test.Grader))
}

func labels(c progress.CandidateComparison, rows []int) Cell {
	var out []string
	for _, i := range rows {
		out = append(out, c.Rows[i].Report.Candidate.Name)
	}
	return Text(strings.Join(out, "; "))
}

func whole(v int) Cell { return Number(float64(v)) }

func tenth(v int) Cell { return Number(float64(v) / 10) }
