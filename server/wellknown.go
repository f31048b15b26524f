package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress/credential"
)

// publicAge is how many seconds others may keep what they verify with: so long a revocation can go unseen.
const publicAge = 300

// forEveryone lets pages of other sites read a reply, as wallets do that run in a browser. There is nothing in it that its address does not lead to.
func forEveryone(c *fiber.Ctx) {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

func shared(c *fiber.Ctx) {
	forEveryone(c)
	c.Set(fiber.HeaderCacheControl, "public, max-age="+strconv.Itoa(publicAge))
}

// keySet is the keys that credentials are verified with (RFC 7517).
func (s *Server) keySet(c *fiber.Ctx) error {
	keys, err := s.progress.PublicKeys(c.UserContext(), s.org)
	if err != nil {
		return err
	}
	shared(c)
	return c.JSON(keys.JWKS(s.here(c)), "application/jwk-set+json")
}

// oneKey is what the kid of a credential leads to.
func (s *Server) oneKey(c *fiber.Ctx) error {
	keys, err := s.progress.PublicKeys(c.UserContext(), s.org)
	if err != nil {
		return err
	}
	key, ok := keys.Find(c.Params("key"))
	if !ok {
		return fiber.ErrNotFound
	}
	shared(c)
	return c.JSON(credential.PublicJWK(s.here(c), key), "application/jwk+json")
}

// issuerProfile says who issues credentials here.
func (s *Server) issuerProfile(c *fiber.Ctx) error {
	base := s.here(c)
	shared(c)
	return c.JSON(credential.Issuer(base, s.progress.IssuerName(base)))
}

// revocationList is what the credentialStatus of a credential leads to.
func (s *Server) revocationList(c *fiber.Ctx) error {
	list, err := s.progress.Revocations(c.UserContext(), s.org, s.here(c))
	if err != nil {
		return err
	}
	shared(c)
	return c.JSON(list)
}
