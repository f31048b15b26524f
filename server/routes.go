package server

import (
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"
)

// routes is the whole URL surface.
func (s *Server) routes(app *fiber.App) {
	app.Get("/healthz", s.healthz)
	app.Get("/readyz", s.readyz)
	app.Get("/metrics", s.serveMetrics)

	app.Post("/exams/sittings/:sitting/save", s.often(s.saveItems)) // thousands of times a second

	app.Use(s.observe, recover.New())
	app.Get("/static/*", s.staticFile)
	app.Get("/codebook/search", s.suggest) // for every letter typed: no session, nothing compressed
	app.Use(compress.New(compress.Config{Level: compress.LevelBestSpeed}), s.identify, s.guard)

	app.Get("/", s.home)
	app.Post("/theme", s.setTheme)

	// Accounts
	app.Get("/start", s.startPage)
	app.Post("/start", s.startGuest)
	app.Get("/signin", s.signInPage)
	app.Post("/signin", s.signIn)
	app.Get("/signup", s.signUpPage)
	app.Post("/signup", s.signUp)
	app.Post("/signout", s.signOut)
	app.Get("/account", s.learnerOnly, s.account)
	app.Post("/account/signout-everywhere", s.learnerOnly, s.signOutEverywhere)
	app.Post("/account/passphrase", s.learnerOnly, s.changePassphrase)
	app.Get("/account/export", s.learnerOnly, s.exportRecord)
	app.Post("/account/erase", s.learnerOnly, s.eraseRecord)

	// Lessons
	app.Get("/lessons", s.lessonList)
	app.Get("/lessons/glossary", s.glossary)
	app.Get("/lessons/:id", s.lesson)
	app.Get("/lessons/:id/files/:name", s.lessonFile)
	app.Post("/lessons/:id/done", s.learnerHere, s.markLesson)
	app.Post("/lessons/:id/position", s.learnerOnly, s.saveLessonPosition)

	// Practice
	app.Get("/practice", s.practice)
	app.Post("/practice/drills", s.learnerHere, s.startDrill)
	app.Get("/practice/drills/:id", s.learnerOnly, s.drill)
	app.Get("/practice/audits", s.audits)
	app.Post("/practice/audits", s.learnerHere, s.startAudits)
	app.Get("/practice/audits/attempts/:attempt", s.learnerOnly, s.auditAttempt)
	app.Get("/practice/audits/:run", s.learnerOnly, s.auditRun)
	app.Get("/practice/audits/:run/:number", s.learnerOnly, s.auditDrill)
	app.Post("/practice/audits/:run/:number", s.learnerOnly, s.answerAudit)
	app.Get("/practice/areas/:area", s.practiceArea)
	app.Get("/practice/questions/:id", s.question)
	app.Post("/practice/questions/:id", s.answerQuestion)
	app.Get("/practice/attempts/:attempt", s.learnerOnly, s.questionResult)

	// Cases
	app.Get("/cases", s.caseList)
	app.Get("/cases/:id", s.learnerOnly, s.workbench)
	app.Post("/cases/:id", s.learnerOnly, s.submitCase)
	app.Post("/cases/:id/draft", s.learnerOnly, s.saveDraft)
	app.Get("/cases/:id/attempts/:attempt", s.learnerOnly, s.caseResult)

	// Exams
	app.Get("/exams", s.exams)
	app.Get("/exams/sittings/:sitting", s.learnerOnly, s.examRoom)
	app.Get("/exams/sittings/:sitting/form", s.learnerOnly, s.roomForm)
	app.Get("/exams/sittings/:sitting/state", s.learnerOnly, s.roomState)
	app.Get("/exams/sittings/:sitting/pulse", s.learnerOnly, s.roomPulse)
	app.Post("/exams/sittings/:sitting/items/:number", s.learnerOnly, s.saveRoomItem)
	app.Post("/exams/sittings/:sitting/move", s.learnerOnly, s.moveOn)
	app.Post("/exams/sittings/:sitting/break", s.learnerOnly, s.takeBreak)
	app.Post("/exams/sittings/:sitting/resume", s.learnerOnly, s.endBreak)
	app.Post("/exams/sittings/:sitting/reveal", s.learnerOnly, s.reveal)
	app.Post("/exams/sittings/:sitting/hand-in", s.learnerOnly, s.handIn)
	app.Get("/exams/:id", s.exam)
	app.Post("/exams/:id/start", s.learnerHere, s.startExam)

	// Progress
	app.Get("/progress", s.learnerOnly, s.progressPage)

	// Codebook
	app.Get("/codebook", s.codebookHome)
	app.Get("/codebook/search", s.codebookSearch)
	app.Get("/codebook/guidelines", s.guidelines)
	app.Get("/codebook/guidelines/:number", s.guideline)
	app.Get("/codebook/modifiers", s.modifiers)
	app.Get("/codebook/places", s.places)
	app.Get("/codebook/icd10pcs/build", s.pcsBuilder)
	app.Get("/codebook/index", s.index)
	app.Get("/codebook/index/term/:id", s.indexTerm)
	app.Get("/codebook/index/:letter", s.index)
	app.Get("/codebook/neoplasms", s.neoplasms)
	app.Get("/codebook/drugs", s.drugs)
	app.Get("/codebook/external-causes", s.externalCauses)
	app.Get("/codebook/compare", s.compare)
	app.Get("/codebook/changes", s.changesHome)
	app.Get("/codebook/changes/:set", s.changes)
	app.Get("/codebook/mine", s.myNotes)
	app.Post("/codebook/mine/tab", s.learnerHere, s.tabPage)
	app.Post("/codebook/mine/note", s.learnerHere, s.saveNote)
	app.Post("/codebook/mine/remove", s.learnerOnly, s.removeNote)
	app.Get("/codebook/:set", s.codeSet)
	app.Get("/codebook/:set/:code", s.code)

	// Staff
	app.Get("/teach", s.learnerOnly, s.teach)
	app.Get("/teach/learners/:learner", s.learnerOnly, s.teachLearner)
	app.Get("/teach/policies", s.learnerOnly, s.policies)
	app.Post("/teach/policies", s.learnerOnly, s.savePolicy)
	app.Get("/teach/policies/new", s.learnerOnly, s.newPolicy)
	app.Post("/teach/policies/upload", s.learnerOnly, s.uploadPolicy)
	app.Get("/teach/policies/:id", s.learnerOnly, s.policy)
	app.Post("/teach/policies/:id", s.learnerOnly, s.savePolicy)
	app.Get("/teach/policies/:id/file", s.learnerOnly, s.policyFile)
	app.Post("/teach/policies/:id/retire", s.learnerOnly, s.retirePolicy)
	app.Get("/teach/attempts/:attempt", s.learnerOnly, s.policyAttempt)
	app.Post("/teach/attempts/:attempt", s.learnerOnly, s.gradeByPolicy)
	app.Get("/teach/exams", s.learnerOnly, s.examStaffOnly, s.examStaff)
	app.Get("/teach/exams/new", s.learnerOnly, s.examStaffOnly, s.newExam)
	app.Post("/teach/exams/new", s.learnerOnly, s.examStaffOnly, s.saveExam)
	app.Get("/teach/exams/rules", s.learnerOnly, s.examStaffOnly, s.rules)
	app.Post("/teach/exams/rules", s.learnerOnly, s.examStaffOnly, s.saveRule)
	app.Post("/teach/exams/rules/:rule/drop", s.learnerOnly, s.examStaffOnly, s.dropRule)
	app.Get("/teach/exams/exam/:id", s.learnerOnly, s.examStaffOnly, s.examStaffOne)
	app.Post("/teach/exams/exam/:id", s.learnerOnly, s.examStaffOnly, s.saveExam)
	app.Get("/teach/exams/exam/:id/edit", s.learnerOnly, s.examStaffOnly, s.editExam)
	app.Get("/teach/exams/exam/:id/form", s.learnerOnly, s.examStaffOnly, s.examForm)
	app.Get("/teach/exams/exam/:id/file", s.learnerOnly, s.examStaffOnly, s.examFile)
	app.Post("/teach/exams/exam/:id/retire", s.learnerOnly, s.examStaffOnly, s.retireExam)
	app.Get("/teach/cohorts", s.learnerOnly, s.examStaffOnly, s.cohorts)
	app.Post("/teach/cohorts", s.learnerOnly, s.examStaffOnly, s.createCohort)
	app.Get("/teach/cohorts/:id", s.learnerOnly, s.examStaffOnly, s.cohort)
	app.Post("/teach/cohorts/:id/members", s.learnerOnly, s.examStaffOnly, s.addMembers)
	app.Post("/teach/cohorts/:id/members/:learner/remove", s.learnerOnly, s.examStaffOnly, s.removeMember)
	app.Post("/teach/cohorts/:id/close", s.learnerOnly, s.examStaffOnly, s.closeCohort)
	app.Get("/teach/disputes", s.learnerOnly, s.examStaffOnly, s.disputes)
	app.Get("/teach/disputes/:id", s.learnerOnly, s.examStaffOnly, s.dispute)
	app.Post("/teach/disputes/:id", s.learnerOnly, s.examStaffOnly, s.resolveDispute)
	app.Get("/admin", s.learnerOnly, s.admin)
	app.Post("/admin/users", s.learnerOnly, s.addUser)

	s.reportRoutes(app)

	app.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
}

func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz says whether the database answers, for a load balancer.
func (s *Server) readyz(c *fiber.Ctx) error {
	if err := s.progress.Health(c.UserContext()); err != nil {
		s.log.Error("not ready", "err", err.Error())
		return c.Status(fiber.StatusServiceUnavailable).SendString("database does not answer\n")
	}
	return c.SendString("ok\n")
}
