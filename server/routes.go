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
	app.Get("/content/changes", s.contentChanges)
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
	app.Get("/account/export.csv", s.learnerOnly, s.exportCSV)
	app.Post(importPath, s.learnerOnly, s.importRecord)
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
	app.Post("/practice/review", s.learnerOnly, s.startReview)

	// Cases
	app.Get("/cases", s.caseList)
	app.Get("/cases/:id", s.learnerOnly, s.workbench)
	app.Post("/cases/:id", s.learnerOnly, s.submitCase)
	app.Post("/cases/:id/draft", s.learnerOnly, s.saveDraft)
	app.Get("/cases/:id/attempts/:attempt", s.learnerOnly, s.caseResult)

	// Exams
	app.Get("/exams", s.exams)
	room := app.Group("/exams/sittings/:sitting", s.learnerOnly)
	room.Get("/", s.examRoom)
	room.Get("/form", s.roomForm)
	room.Get("/state", s.roomState)
	room.Get("/pulse", s.roomPulse)
	room.Post("/items/:number", s.saveRoomItem)
	room.Post("/move", s.moveOn)
	room.Post("/break", s.takeBreak)
	room.Post("/resume", s.endBreak)
	room.Post("/reveal", s.reveal)
	room.Post("/hand-in", s.handIn)
	room.Get("/report", s.examReport)
	room.Get("/report.pdf", s.examPDF)
	room.Get("/report/items/:number", s.examItem)
	room.Post("/report/review", s.reviewExam)
	room.Post("/items/:number/dispute", s.disputeItem)
	app.Get("/exams/:id", s.exam)
	app.Post("/exams/:id/start", s.learnerHere, s.startExam)

	// Progress
	own := app.Group("/progress", s.learnerOnly)
	own.Get("/", s.dashboard)
	own.Get("/record", s.progressPage)
	own.Get("/review", s.reviews)
	own.Post("/review", s.reviewCard)
	own.Post("/review/undo", s.undoReview)
	own.Get("/plan", s.planPage)
	own.Post("/plan", s.setGoal)
	own.Post("/plan/drop", s.dropGoal)
	own.Get("/plan.ics", s.planCalendar)
	own.Get("/readiness", s.readiness)
	own.Get("/readiness/model", s.readinessModel)
	own.Get("/job", s.job)
	own.Get("/placement", s.placements)
	own.Post("/placement", s.startPlacement)
	own.Get("/placement/:id", s.placement)
	own.Post("/placement/:id", s.answerPlacement)
	own.Post("/placement/:id/end", s.endPlacement)

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
	teach := app.Group("/teach", s.learnerOnly)
	teach.Use([]string{"/exams", "/cohorts", "/disputes", "/rollover"}, s.examStaffOnly)
	teach.Get("/", s.teach)
	teach.Get("/learners/:learner", s.teachLearner)
	teach.Get("/policies", s.policies)
	teach.Post("/policies", s.savePolicy)
	teach.Get("/policies/new", s.newPolicy)
	teach.Post("/policies/upload", s.uploadPolicy)
	teach.Get("/policies/:id", s.policy)
	teach.Post("/policies/:id", s.savePolicy)
	teach.Get("/policies/:id/file", s.policyFile)
	teach.Post("/policies/:id/retire", s.retirePolicy)
	teach.Get("/attempts/:attempt", s.policyAttempt)
	teach.Post("/attempts/:attempt", s.gradeByPolicy)
	teach.Get("/exams", s.examStaff)
	teach.Get("/exams/new", s.newExam)
	teach.Post("/exams/new", s.saveExam)
	teach.Get("/exams/rules", s.rules)
	teach.Post("/exams/rules", s.saveRule)
	teach.Post("/exams/rules/:rule/drop", s.dropRule)
	teach.Get("/exams/exam/:id", s.examStaffOne)
	teach.Post("/exams/exam/:id", s.saveExam)
	teach.Get("/exams/exam/:id/edit", s.editExam)
	teach.Get("/exams/exam/:id/form", s.examForm)
	teach.Get("/exams/exam/:id/file", s.examFile)
	teach.Post("/exams/exam/:id/retire", s.retireExam)
	teach.Get("/cohorts", s.cohorts)
	teach.Post("/cohorts", s.createCohort)
	teach.Get("/cohorts/:id", s.cohort)
	teach.Post("/cohorts/:id/members", s.addMembers)
	teach.Post("/cohorts/:id/members/:learner/remove", s.removeMember)
	teach.Post("/cohorts/:id/close", s.closeCohort)
	writing := teach.Group("/content", s.authorsOnly)
	writing.Get("/", s.contentHome)
	writing.Get("/start", s.startContent)
	writing.Get("/edit", s.contentEdit)
	writing.Post("/edit", s.saveContent)
	writing.Post("/preview", s.previewContent)
	writing.Get("/history", s.contentHistory)
	writing.Post("/remove", s.removeContent)
	writing.Get("/diff", s.contentDiff)
	teach.Get("/disputes", s.disputes)
	teach.Get("/disputes/:id", s.dispute)
	teach.Post("/disputes/:id", s.resolveDispute)
	teach.Get("/rollover", s.rollover)
	teach.Get("/rollover/drill", s.rolloverDrill)
	app.Get("/admin", s.learnerOnly, s.admin)
	app.Post("/admin/users", s.learnerOnly, s.addUser)

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
