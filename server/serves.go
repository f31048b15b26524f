package server

import (
	"slices"

	"crosswalk/codebook"
	"crosswalk/quizzes"
)

// served is for which sittings of a real exam the content is written.
type served struct {
	Exam, From, To string
}

// servedBy is nil for an exam that does not say.
func servedBy(bp *quizzes.Blueprint) *served {
	if bp.Serves == (quizzes.Span{}) {
		return nil
	}
	return &served{Exam: examShort(bp.Name), From: civilDay(bp.Serves.From), To: civilDay(bp.Serves.To)}
}

// served are the exams, whole ones only, that some of the areas belong to.
func (s *Server) served(areas []string) []served {
	var out []served
	for _, bp := range s.bank().Blueprints() {
		v := servedBy(bp)
		if v == nil || bp.Full != "" {
			continue
		}
		if slices.ContainsFunc(bp.Slots, func(sl quizzes.Slot) bool {
			return slices.ContainsFunc(sl.Areas, func(a string) bool { return slices.Contains(areas, a) })
		}) {
			out = append(out, *v)
		}
	}
	return out
}

func civilDay(d codebook.Date) string { return d.Time().Format("2 Jan 2006") }
