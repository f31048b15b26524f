package server

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// csvHead names the columns of the record as a table. They are part of what others read: new ones come at the end.
var csvHead = []string{"at", "study_day", "kind", "item", "areas", "context", "seconds", "correct", "percent", "audit_percent", "gradings", "answer", "id"}

// exportCSV sends the answers of the record as a table for a spreadsheet: one row for each attempt, by the grading that counts. The JSON file
// holds more.
func (s *Server) exportCSV(c *fiber.Ctx) error {
	a := actor(c)
	rec, err := s.progress.Export(c.UserContext(), a, a.Learner)
	if err != nil {
		return err
	}
	b, err := recordCSV(rec)
	if err != nil {
		return err
	}
	c.Attachment("crosswalk-record.csv")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b)
}

// recordCSV writes the attempts of a record as CSV (RFC 4180).
func recordCSV(rec progress.Record) ([]byte, error) {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	w.UseCRLF = true
	rows := [][]string{csvHead}
	loc := rec.Learner.Location()
	for _, r := range rec.Attempts {
		row := []string{
			r.Attempt.SubmittedAt.UTC().Format(time.RFC3339), progress.StudyDay(r.Attempt.SubmittedAt, loc), string(r.Attempt.Kind), r.Attempt.Item,
			strings.Join(r.Attempt.Areas, " "), string(r.Attempt.Context.Kind), strconv.Itoa(r.Attempt.Seconds), "", "", "", strconv.Itoa(len(r.Gradings)), string(r.Attempt.Answer), string(r.Attempt.ID),
		}
		if n := len(r.Gradings); n > 0 { // none while the results of an exam are not open
			g := r.Gradings[n-1]
			row[7], row[8] = strconv.FormatBool(g.Correct), tenthsPlain(g.Percent10)
			if r.Attempt.Kind == progress.KindCase {
				row[9] = tenthsPlain(g.AuditTenths)
			}
		}
		for i := range row {
			row[i] = harmless(row[i])
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// tenthsPlain prints tenths of a per cent as a number that a spreadsheet reads.
func tenthsPlain(v int) string { return strconv.FormatFloat(float64(v)/10, 'f', -1, 64) }

// harmless keeps a spreadsheet from taking what somebody typed for a formula (OWASP, "CSV Injection").
func harmless(field string) string {
	if field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0])) {
		return "'" + field
	}
	return field
}
