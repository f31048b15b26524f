package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
)

// basePage is what every page has: the frame around its content.
type basePage struct {
	Title   string
	Path    string // the page's own address, for coming back to it
	Section string // the item of the navigation that is lit
	Theme   string // "light", "dark" or "" for the system's
	Themes  []themeChoice
	CSRF    string
	Viewer  *viewerInfo
	Nav     []navItem
	Flash   *flash
	Version string
	Bare    bool // without the site's head and foot: an exam is sat here

	Candidate bool   // for the candidate of a hiring test, who sees nothing else of the site
	Preview   string // address of the test's preview, where somebody of the staff only tries it; else ""

	Author *authorView // what the one who works on the content should know, nil for others

	Licensed string // edition of the CPT descriptors that the site has licensed, "" for none
}

type viewerInfo struct {
	Name  string
	Guest bool
	Role  progress.Role
}

// themeChoice is a scheme of colours to choose in the footer.
type themeChoice struct {
	Value   string
	Current bool
}

type navItem struct {
	Path, Text, Current string
}

type flash struct{ Text, Tone string }

var navSections = []string{"lessons", "practice", "cases", "exams", "codebook", "progress"}

// base fills the frame. section is the navigation item to light, "" for none.
func (s *Server) base(c *fiber.Ctx, title, section string) basePage {
	p := basePage{Title: title, Section: section, Version: s.version, Path: "/"}
	p.Licensed, _ = s.book().Licensed(codebook.CPT)
	p.Author = s.authorView(c)
	if c.Method() == fiber.MethodGet {
		p.Path = localPath(c.OriginalURL())
	}
	p.CSRF, _ = c.Locals(localCSRF).(string)
	switch t := s.cookie(c, cookieTheme); t {
	case "light", "dark":
		p.Theme = t
	}
	for _, t := range []string{"light", "dark", "auto"} {
		p.Themes = append(p.Themes, themeChoice{t, t == p.Theme || t == "auto" && p.Theme == ""})
	}
	for _, name := range navSections {
		item := navItem{Path: "/" + name, Text: s.words.get("nav." + name)}
		if name == section {
			item.Current = "true"
			if strings.TrimSuffix(c.Path(), "/") == item.Path {
				item.Current = "page"
			}
		}
		p.Nav = append(p.Nav, item)
	}
	if p.Candidate = isCandidate(c); p.Candidate {
		p.Preview = s.previewSat(c)
	}
	if v := viewer(c); v != nil {
		p.Viewer = &viewerInfo{Name: v.Learner.Name, Guest: v.Learner.Guest, Role: v.Learner.Role}
		if v.Learner.Role == progress.RoleInstructor || v.Learner.Role == progress.RoleAdmin {
			p.Nav = append(p.Nav, s.staffItem(c, "teach", section))
		}
		if v.Learner.Actor().MayOwnPolicies() {
			p.Nav = append(p.Nav, navItem{Path: "/teach/policies", Text: s.words.get("nav.policies"), Current: lit(section == "policies")})
		}
		if v.Learner.Actor().MayHire() {
			p.Nav = append(p.Nav, s.staffItem(c, "hire", section))
		}
		if v.Learner.Role == progress.RoleAdmin {
			p.Nav = append(p.Nav, s.staffItem(c, "admin", section))
		}
	}
	if key := s.cookie(c, cookieFlash); key != "" {
		if text, ok := s.words["flash."+key]; ok {
			p.Flash = &flash{Text: text, Tone: "good"}
		}
		s.setCookie(c, cookieFlash, "", -1)
	}
	return p
}

// lit is the aria-current of an item of the navigation.
func lit(here bool) string {
	if here {
		return "true"
	}
	return ""
}

func (s *Server) staffItem(c *fiber.Ctx, name, section string) navItem {
	return navItem{Path: "/" + name, Text: s.words.get("nav." + name), Current: lit(name == section)}
}

// say leaves a message for the next page.
func (s *Server) say(c *fiber.Ctx, key string) { s.setCookie(c, cookieFlash, key, 0) }

// seeOther answers a form with the page to look at next.
func seeOther(c *fiber.Ctx, path string) error { return c.Redirect(path, fiber.StatusSeeOther) }
