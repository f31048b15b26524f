package server_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestRulesOnTheResult: what the edits say of an answer stands on its page with codes, the rule's name, what to do and links, and the words
// of the note that decide are those lit in the chart. A right answer has no such list.
func TestRulesOnTheResult(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	b.get("/cases/ed-colles-fracture")
	p := b.follow("/cases/ed-colles-fracture", url.Values{"do": {"submit"}, "client_key": {"rules-on-answer-1"},
		"dx.0.code": {"W01.0XXA"}, "dx.1.code": {"S52.53"}, "dx.2.code": {"I10"}, "dx.3.code": {"J45.909"},
		"px.0.code": {"25605"}, "px.0.mods": {"RT"}, "px.1.code": {"29125"}, "px.1.mods": {"RT"}})
	rules := p.doc.Find("section.rules article")
	if rules.Length() < 2 {
		t.Fatalf("%d rules on the page:\n%s", rules.Length(), p.text())
	}
	header := rules.FilterFunction(func(_ int, r *goquery.Selection) bool { return strings.Contains(r.Text(), "S52.53") })
	for what, css := range map[string]string{"the code, linked": `h3 a[href="/codebook/icd10cm/S52.53"]`, "the finding": ".rfind abbr[title='DX-TRUNC']", "what to do": ".rule-next", "a rule to look up": ".cites a[href]"} {
		if header.Find(css).Length() == 0 {
			t.Errorf("the rule about S52.53 lacks %s (%s):\n%s", what, css, header.Text())
		}
	}
	if first := rules.FilterFunction(func(_ int, r *goquery.Selection) bool { return strings.Contains(r.Text(), "W01.0XXA") }); !strings.Contains(first.Text(), "cannot be the first-listed diagnosis") {
		t.Errorf("nothing is said of the external cause in the first place:\n%s", rules.Text())
	}
	rules.Each(func(_ int, r *goquery.Selection) {
		if ev, ok := r.Attr("data-ev"); ok && p.doc.Find(`.chart mark[data-ev="`+ev+`"]`).Length() == 0 {
			t.Errorf("the words of %q are not lit in the chart", r.Text())
		}
	})
	if n := p.doc.Find(".rline .cites").FilterFunction(func(_ int, c *goquery.Selection) bool { return strings.Contains(c.Text(), "the key's word") }).Length(); n == 0 {
		t.Error("no line is marked as the key's word, though nothing but the key speaks against J45.909")
	}
}
