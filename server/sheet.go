package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading/answersheet"
)

// readSheet reads the form of the workbench.
func readSheet(c *fiber.Ctx) answersheet.Sheet {
	s := answersheet.Sheet{
		DRG: c.FormValue("drg"), Disposition: c.FormValue("disposition"),
		Problems: c.FormValue("em.problems"), Data: c.FormValue("em.data"), Risk: c.FormValue("em.risk"), EMMinutes: c.FormValue("em.minutes"),
		QueryAsk: c.FormValue("query.ask"), Reason: c.FormValue("query.reason"), Indicators: c.FormValue("query.indicators"), IndicatorAt: c.FormValue("query.at"), Wording: c.FormValue("query.option"),
	}
	args := c.Request().PostArgs()
	for i := range answersheet.MaxLines {
		p := "dx." + strconv.Itoa(i) + "."
		if !args.Has(p + "code") {
			break
		}
		s.Dx = append(s.Dx, answersheet.DxLine{Code: c.FormValue(p + "code"), POA: c.FormValue(p + "poa"), Evidence: c.FormValue(p + "ev"), At: c.FormValue(p + "at")})
	}
	for i := range answersheet.MaxLines {
		p := "px." + strconv.Itoa(i) + "."
		if !args.Has(p + "code") {
			break
		}
		s.Px = append(s.Px, answersheet.PxLine{
			Code: c.FormValue(p + "code"), Mods: c.FormValue(p + "mods"), Units: c.FormValue(p + "units"), Minutes: c.FormValue(p + "minutes"),
			Pointers: c.FormValue(p + "ptr"), Evidence: c.FormValue(p + "ev"), At: c.FormValue(p + "at"),
		})
	}
	return s
}
