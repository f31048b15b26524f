package server

import (
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/credential"
)

// verifyPath is where everyone can verify a credential; without an id one is pasted.
func verifyPath(id progress.CredentialID) string { return "/verify/" + string(id) }

// maxCredential is the most that is read of a pasted credential, in bytes.
const maxCredential = 64 << 10

// verifyPage shows what came of verifying a credential, or asks for one.
type verifyPage struct {
	basePage
	Pasted  string // what was pasted, to be mended
	Problem string // why nothing could be verified
	Found   *verifyView
	Ask     bool // for a credential: none came, or what came cannot be read
	Unknown bool // nothing was issued under the address
}

// verifyView is what a credential says and whether it can be believed.
type verifyView struct {
	Verdict, Tone string
	Heading, Text string
	Signed        bool // what it says is shown
	Name          string
	Test          string
	Description   string
	Criteria      string
	Version       string
	Score, Range  string
	Line          string
	Reached       bool
	Plot          *plot
	Sat, Issued   string
	Until         string
	Issuer        credential.Profile
	Plain         string // the name, where the person chose that it can be read
	ByEmail       bool   // it is recognised by a hash of the e-mail, else of the name
	Hashed        bool
	Check         string // where an e-mail or name is compared, "" where the credential is not kept here
	Compared      string // what was compared, "" for nothing
	Same          bool
	Key           string
	Facts         []verifyFact
	Address       string // the public address, "" where the record is not here
	JSON, JWT     string
	QR            template.HTML
}

// verifyFact is one thing that was checked.
type verifyFact struct {
	Good       bool
	What, Said string
}

// verifyTones say how a verdict is shown.
var verifyTones = map[progress.Verdict]string{progress.CredentialHolds: "good", progress.CredentialExpired: "warn", progress.CredentialNotYet: "warn", progress.CredentialErased: "warn"}

// verifyForm asks for a credential.
func (s *Server) verifyForm(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "verify", verifyPage{basePage: s.base(c, s.words.get("verify.title"), ""), Ask: true})
}

// verifyPasted verifies what was pasted or sent as a file. Nothing of it is kept.
func (s *Server) verifyPasted(c *fiber.Ctx) error {
	page := verifyPage{basePage: s.base(c, s.words.get("verify.title"), ""), Pasted: strings.TrimSpace(c.FormValue("credential"))}
	if head, err := c.FormFile("file"); err == nil && head.Size > 0 {
		f, err := head.Open()
		if err != nil {
			return err
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, maxCredential+1))
		if err != nil {
			return err
		}
		page.Pasted = strings.TrimSpace(string(text))
	}
	switch {
	case page.Pasted == "":
		page.Problem = s.words.get("verify.nothing")
	case len(page.Pasted) > maxCredential:
		page.Pasted, page.Problem = "", s.words.get("verify.too_long")
	}
	if page.Problem != "" {
		page.Ask = true
		return s.render(c, fiber.StatusUnprocessableEntity, "verify", page)
	}
	v, err := s.progress.VerifyJWT(c.UserContext(), s.org, page.Pasted)
	if err != nil {
		return err
	}
	if page.Found, err = s.verifyView(c, v); err != nil {
		return err
	}
	page.Ask = v.Verdict == progress.CredentialUnreadable
	return s.render(c, fiber.StatusOK, "verify", page)
}

// verifyOne shows a credential that was issued here; with .json behind its id as JSON, with .jwt as it was signed.
func (s *Server) verifyOne(c *fiber.Ctx) error {
	id, kind := c.Params("id"), ""
	for _, k := range []string{".json", ".jwt"} {
		if rest, ok := strings.CutSuffix(id, k); ok {
			id, kind = rest, k
		}
	}
	v, err := s.progress.VerifyCredential(c.UserContext(), s.org, progress.CredentialID(id))
	if errors.Is(err, progress.ErrNotFound) && kind == "" { // scanned or typed by a stranger, who may have the file
		return s.render(c, fiber.StatusNotFound, "verify", verifyPage{basePage: s.base(c, s.words.get("verify.title"), ""), Ask: true, Unknown: true})
	}
	if err != nil {
		return err
	}
	c.Set("X-Robots-Tag", "noindex") // it is for those who were given its address
	switch kind {
	case ".json":
		forEveryone(c)
		return c.JSON(s.verifyJSON(progress.CredentialID(id), v))
	case ".jwt":
		if v.JWT == "" {
			return fiber.ErrNotFound
		}
		forEveryone(c)
		c.Set(fiber.HeaderContentType, "application/jwt")
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="credential-`+id+`.jwt"`)
		return c.SendString(v.JWT)
	}
	return s.showVerified(c, fiber.StatusOK, v, "")
}

// compareIdentity says whether a credential is about the person of an e-mail or name. Neither is kept or logged.
func (s *Server) compareIdentity(c *fiber.Ctx) error {
	v, err := s.progress.VerifyCredential(c.UserContext(), s.org, progress.CredentialID(c.Params("id")))
	if err != nil {
		return err
	}
	c.Set("X-Robots-Tag", "noindex")
	return s.showVerified(c, fiber.StatusOK, v, strings.TrimSpace(c.FormValue("identity")))
}

func (s *Server) showVerified(c *fiber.Ctx, status int, v progress.Verification, compared string) error {
	view, err := s.verifyView(c, v)
	if err != nil {
		return err
	}
	if compared != "" && v.Signature {
		view.Compared = compared
		for _, i := range v.Document.CredentialSubject.Identifier {
			view.Same = view.Same || i.Is(compared)
		}
	}
	return s.render(c, status, "verify", verifyPage{basePage: s.base(c, s.words.get("verify.title"), ""), Found: view})
}

// verifyJSON is what /verify/ID.json answers.
type verifyJSON struct {
	V          int              `json:"v"`
	ID         string           `json:"id"`
	Verdict    progress.Verdict `json:"verdict"`
	Signature  bool             `json:"signature"` // it holds
	CheckedAt  time.Time        `json:"checked_at"`
	IssuedAt   time.Time        `json:"issued_at"`
	RevokedAt  *time.Time       `json:"revoked_at,omitempty"`
	ByHolder   bool             `json:"withdrawn_by_holder,omitempty"`
	ErasedAt   *time.Time       `json:"erased_at,omitempty"`
	Key        string           `json:"key,omitempty"`
	Credential json.RawMessage  `json:"credential,omitempty"` // the payload as it was signed
	JWT        string           `json:"jwt,omitempty"`
}

func (s *Server) verifyJSON(id progress.CredentialID, v progress.Verification) verifyJSON {
	return verifyJSON{
		V: 1, ID: string(id), Verdict: v.Verdict, Signature: v.Signature, CheckedAt: s.now().UTC().Truncate(time.Second), IssuedAt: v.IssuedAt, RevokedAt: v.RevokedAt, ByHolder: v.ByHolder,
		ErasedAt: v.ErasedAt, Key: v.KeyID, Credential: v.Payload, JWT: v.JWT,
	}
}

// inUTC is a moment for people in any zone.
func inUTC(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04") + " UTC" }

// readInstant is inUTC of a moment as a credential has it; what is none stays as it is.
func readInstant(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return inUTC(t)
}

func (s *Server) verifyView(c *fiber.Ctx, v progress.Verification) (*verifyView, error) {
	w := s.words
	view := &verifyView{
		Verdict: string(v.Verdict), Tone: verifyTones[v.Verdict], Heading: w.get("verify.is_" + string(v.Verdict)), Text: w.get("verify.text_" + string(v.Verdict)), Signed: v.Signature, Key: v.KeyID,
		Facts: s.verifyFacts(v),
	}
	if view.Tone == "" {
		view.Tone = "bad"
	}
	if !v.Signature {
		return view, nil
	}
	d := v.Document
	a, f := d.CredentialSubject.Achievement, d.Figures()
	view.Name, view.Test, view.Description, view.Criteria, view.Version = d.Name, a.Name, a.Description, a.Criteria.Narrative, a.Version
	view.Issuer, view.Issued, view.Until, view.Sat = d.Issuer, readInstant(d.ValidFrom), readInstant(d.ValidUntil), readInstant(d.CredentialSubject.ActivityEndDate)
	view.Score, view.Line, view.Reached = f.Score+" %", f.Pass+" %", f.Status == "Completed"
	if f.Low != "" {
		view.Range = w.get("report.from_to", f.Low+" %", f.High+" %")
	}
	view.Plot = s.credentialPlot(f)
	for _, i := range d.CredentialSubject.Identifier {
		if !i.Hashed {
			view.Plain = i.IdentityHash
		}
		view.Hashed, view.ByEmail = i.Hashed, i.IdentityType == credential.ByEmail
	}
	id, ok := d.Local()
	if !ok || !v.Known || v.ErasedAt != nil { // of one that was erased there is nothing here to compare with or to fetch
		return view, nil
	}
	path := verifyPath(progress.CredentialID(id))
	view.Address, view.Check, view.JSON, view.JWT = d.ID, path, path+".json", path+".jwt"
	qr, err := qrSVG(d.ID, w.get("verify.qr"))
	if err != nil {
		return nil, err
	}
	view.QR = qr
	return view, nil
}

// verifyFacts are what was checked, for those who want to know why.
func (s *Server) verifyFacts(v progress.Verification) (out []verifyFact) {
	w := s.words
	add := func(good bool, what, said string) { out = append(out, verifyFact{good, w.get("verify." + what), said}) }
	switch {
	case v.Signature:
		add(true, "fact_signature", w.get("verify.signature_holds"))
	case v.RetiredAt != nil:
		add(false, "fact_signature", w.get("verify.key_retired", inUTC(*v.RetiredAt)))
	case v.Why != "":
		add(false, "fact_signature", v.Why)
	}
	switch {
	case v.RevokedAt != nil && v.ByHolder:
		add(false, "fact_revoked", w.get("verify.revoked_holder", inUTC(*v.RevokedAt)))
	case v.RevokedAt != nil:
		add(false, "fact_revoked", w.get("verify.revoked_issuer", inUTC(*v.RevokedAt)))
	case v.Known:
		add(true, "fact_revoked", w.get("verify.not_revoked", inUTC(s.now())))
	case v.Signature:
		add(false, "fact_revoked", w.get("verify.not_known"))
	}
	if v.ErasedAt != nil {
		add(false, "fact_record", w.get("verify.erased_on", inUTC(*v.ErasedAt)))
	}
	return out
}

// credentialPlot draws the result with its interval and the pass line; nil where the credential does not say them in figures.
func (s *Server) credentialPlot(f credential.Figures) *plot {
	var tenths [4]int
	for i, text := range []string{f.Score, f.Low, f.High, f.Pass} {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v < 0 || v > 100 {
			return nil
		}
		tenths[i] = int(10*v + .5)
	}
	w, o := s.words, outcome{tenths[0], tenths[1], tenths[2], tenths[3]}
	return o.plot(w, w.get("verify.plot"), w.get("verify.score"), w.get("verify.plot_desc", f.Score, f.Low, f.High, f.Pass))
}

// errNoAddress: others could not find the issuer at the address that this server believes it has.
var errNoAddress = errors.New("credentials need the address that people use: start the server with -public-url")

// credentialBase is the address that credentials are issued under. Without -public-url it is the one of the request, but only on this machine:
// elsewhere whoever asks could put another's address into what we sign.
func (s *Server) credentialBase(c *fiber.Ctx) (string, error) {
	if s.origin != "" {
		return s.origin, nil
	}
	host := c.Hostname()
	if i := strings.LastIndexByte(host, ':'); i > 0 {
		host = host[:i]
	}
	if host == "localhost" || host == "127.0.0.1" || host == "[::1]" {
		return c.BaseURL(), nil
	}
	return "", errNoAddress
}
