package server

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// ownCredentialPage is where a candidate asks for the credential of a result.
type ownCredentialPage struct {
	basePage
	Test    string
	Back    string
	Action  string
	List    []credentialRow
	May     bool // one can be asked for
	Waiting bool // nothing is handed in yet
	Barred  bool // the employer revoked it
	Name    string
	Email   string
	Errors  map[string]string
}

// credentialSeat is the address of the candidate's link.
func credentialSeat(c *fiber.Ctx) string { return "/sit/" + c.Params("token") }

func (s *Server) seatOfLink(c *fiber.Ctx) (progress.Seat, error) {
	return s.progress.CandidateByToken(c.UserContext(), progress.Token(c.Params("token")), s.clientIP(c))
}

// seatCredential shows a candidate the credential of the result, or how to get it.
func (s *Server) seatCredential(c *fiber.Ctx) error {
	seat, err := s.seatOfLink(c)
	if err != nil {
		return err
	}
	return s.showSeatCredential(c, fiber.StatusOK, seat, nil)
}

func (s *Server) showSeatCredential(c *fiber.Ctx, status int, seat progress.Seat, errs map[string]string) error {
	if seat.Assessment.PreviewOf != "" {
		return fmt.Errorf("credential of a preview: %w", progress.ErrForbidden)
	}
	path := credentialSeat(c)
	page := ownCredentialPage{
		basePage: s.seatBase(c, s.words.get("owncred.title"), seat), Test: seat.Assessment.Spec.Name, Back: path, Action: path + "/credential", Name: seat.Candidate.Name, Email: seat.Candidate.Email, Errors: errs,
	}
	if seat.Newest == nil || seat.Newest.HandedInAt == nil {
		page.Waiting = true
		return s.render(c, status, "sitcredential", page)
	}
	list, err := s.progress.OwnCredentials(c.UserContext(), seat.Actor())
	if err != nil {
		return err
	}
	if page.List, err = s.credentialRows(c, list); err != nil {
		return err
	}
	page.May = true
	for i, x := range list {
		if x.RevokedAt == nil {
			page.List[i].Take = page.Action + "/withdraw"
		}
		if x.Sitting != seat.Newest.ID {
			continue
		}
		page.May = page.May && x.RevokedAt != nil
		page.Barred = page.Barred || x.RevokedAt != nil && !x.ByHolder
	}
	page.May = page.May && !page.Barred
	return s.render(c, status, "sitcredential", page)
}

// askCredential signs the result of the candidate's newest sitting.
func (s *Server) askCredential(c *fiber.Ctx) error {
	seat, err := s.seatOfLink(c)
	if err != nil {
		return err
	}
	base, err := s.credentialBase(c)
	if err == nil {
		_, err = s.progress.IssueCredential(c.UserContext(), seat.Actor(), progress.CredentialRequest{Identify: c.FormValue("identify"), Base: base})
	}
	if errs := s.inputErrors(err); errs != nil {
		return s.showSeatCredential(c, fiber.StatusUnprocessableEntity, seat, errs)
	}
	if errors.Is(err, errNoAddress) || errors.Is(err, progress.ErrCannotSign) {
		s.log.Error("no credential can be signed", "id", requestID(c), "err", err.Error())
		return s.showSeatCredential(c, fiber.StatusServiceUnavailable, seat, map[string]string{"identify": s.words.get("owncred.cannot")})
	}
	if err != nil {
		return err
	}
	return seeOther(c, credentialSeat(c)+"/credential")
}

// takeBackCredential revokes a credential at the candidate's wish.
func (s *Server) takeBackCredential(c *fiber.Ctx) error {
	seat, err := s.seatOfLink(c)
	if err != nil {
		return err
	}
	if err := s.progress.RevokeCredential(c.UserContext(), seat.Actor(), progress.CredentialID(c.FormValue("credential")), ""); err != nil {
		return err
	}
	return seeOther(c, credentialSeat(c)+"/credential")
}
