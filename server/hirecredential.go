package server

import (
	"html/template"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// credentialRow is a credential in a list of the candidate's or the employer's.
type credentialRow struct {
	ID       string
	Verify   string // the public page
	JWT      string
	Issued   string
	Revoked  string // when, "" for one in force
	ByHolder bool
	Reason   string
	Erased   bool
	QR       template.HTML
	Address  string
	Take     string // where it is taken back, "" where it cannot be
	Why      *reasonField
}

// reasonField is the field for the reason of staff.
type reasonField struct{ Typed, Error string }

func (s *Server) credentialRows(c *fiber.Ctx, list []progress.IssuedCredential) ([]credentialRow, error) {
	var out []credentialRow
	base := s.here(c)
	moment := inUTC // a link is opened without a session, so without a zone
	if viewer(c) != nil {
		moment = func(t time.Time) string { return when(c, t) }
	}
	for _, x := range list {
		r := credentialRow{ID: string(x.ID), Verify: verifyPath(x.ID), JWT: verifyPath(x.ID) + ".jwt", Issued: moment(x.IssuedAt), ByHolder: x.ByHolder, Reason: x.Reason, Erased: x.ErasedAt != nil, Address: base + verifyPath(x.ID)}
		if x.RevokedAt != nil {
			r.Revoked = moment(*x.RevokedAt)
		} else {
			qr, err := qrSVG(r.Address, s.words.get("verify.qr"))
			if err != nil {
				return nil, err
			}
			r.QR = qr
		}
		out = append(out, r)
	}
	return out, nil
}

// hireCredentialPage is where an employer sees a candidate's credentials and revokes one.
type hireCredentialPage struct {
	basePage
	Test, Back, Action string
	List               []credentialRow
}

// hireCredentials lists the credentials of a candidate for the employer.
func (s *Server) hireCredentials(c *fiber.Ctx) error {
	return s.showHireCredentials(c, fiber.StatusOK, "", "")
}

func (s *Server) showHireCredentials(c *fiber.Ctx, status int, typed, problem string) error {
	test, candidate := progress.AssessmentID(c.Params("assessment")), progress.CandidateID(c.Params("candidate"))
	if _, err := s.progress.Candidate(c.UserContext(), actor(c), test, candidate); err != nil { // of this test
		return err
	}
	list, err := s.progress.CandidateCredentials(c.UserContext(), actor(c), candidate)
	if err != nil {
		return err
	}
	x, err := s.progress.Assessment(c.UserContext(), actor(c), test)
	if err != nil {
		return err
	}
	back := "/hire/" + string(test) + "/candidates/" + string(candidate)
	page := hireCredentialPage{basePage: s.base(c, s.words.get("owncred.staff_title"), "hire"), Test: x.Spec.Name, Back: back, Action: back + "/credential"}
	if page.List, err = s.credentialRows(c, list); err != nil {
		return err
	}
	for i, one := range list {
		if x.Spec.Blind { // the credential may say the name
			page.List[i].QR, page.List[i].Address = "", ""
		}
		if one.RevokedAt == nil {
			page.List[i].Take, page.List[i].Why = page.Action, &reasonField{typed, problem}
		}
	}
	return s.render(c, status, "hirecredential", page)
}

// revokeCredential revokes one with the employer's reason.
func (s *Server) revokeCredential(c *fiber.Ctx) error {
	list, err := s.progress.CandidateCredentials(c.UserContext(), actor(c), progress.CandidateID(c.Params("candidate")))
	if err != nil {
		return err
	}
	id, there := progress.CredentialID(c.FormValue("credential")), false
	for _, x := range list {
		there = there || x.ID == id && string(x.Assessment) == c.Params("assessment")
	}
	if !there {
		return progress.ErrNotFound
	}
	err = s.progress.RevokeCredential(c.UserContext(), actor(c), id, c.FormValue("reason"))
	if errs := s.inputErrors(err); errs != nil {
		return s.showHireCredentials(c, fiber.StatusUnprocessableEntity, c.FormValue("reason"), errs["reason"])
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/hire/"+c.Params("assessment")+"/candidates/"+c.Params("candidate")+"/credential")
}

// verifyAddress is where the credential of a report's sitting is verified; "" where the candidate has none in force, or names are hidden.
func (s *Server) verifyAddress(c *fiber.Ctx, r progress.CandidateReport) (string, error) {
	if r.Report.Candidate.Blind {
		return "", nil
	}
	list, err := s.progress.CandidateCredentials(c.UserContext(), actor(c), r.Candidate.ID)
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if string(x.Sitting) == r.Sitting.ID && x.RevokedAt == nil {
			return s.here(c) + verifyPath(x.ID), nil
		}
	}
	return "", nil
}
