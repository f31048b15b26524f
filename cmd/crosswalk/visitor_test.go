package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// visitor goes through pages by links and forms alone, as a browser without script does.
type visitor struct {
	t      testing.TB
	client *http.Client
	at     *url.URL // of the page that is shown
	page   *goquery.Document
}

func newPerson(t testing.TB, base string) *visitor {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, client: newVisitor(t), at: at}
}

// open shows a page, which must be there.
func (v *visitor) open(path string) *visitor {
	v.t.Helper()
	res, err := v.client.Get(v.address(path))
	v.show(res, err)
	return v
}

// send fills in the form that a selector finds and sends it: what it holds, with the fields that are named in turn in place of what they hold.
func (v *visitor) send(selector string, fields ...string) *visitor {
	v.t.Helper()
	form := v.page.Find(selector)
	action, ok := form.Attr("action")
	if form.Length() != 1 || !ok {
		v.t.Fatalf("%s has %d forms %s:\n%s", v.at, form.Length(), selector, v.text("main"))
	}
	values := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "text")
		_, checked := s.Attr("checked")
		switch {
		case name == "" || (kind == "checkbox" || kind == "radio") && !checked:
		case goquery.NodeName(s) == "textarea":
			values.Add(name, s.Text())
		case goquery.NodeName(s) == "select":
			values.Add(name, s.Find("option[selected], option").First().AttrOr("value", ""))
		default:
			values.Add(name, s.AttrOr("value", ""))
		}
	})
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	res, err := v.client.PostForm(v.address(action), values)
	v.show(res, err)
	return v
}

func (v *visitor) address(path string) string {
	to, err := v.at.Parse(path)
	if err != nil {
		v.t.Fatal(err)
	}
	return to.String()
}

func (v *visitor) show(res *http.Response, err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil {
		v.page, err = goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	}
	if err != nil {
		v.t.Fatal(err)
	}
	v.at = res.Request.URL
	if res.StatusCode >= 400 {
		v.t.Fatalf("%s: %d\n%s", v.at, res.StatusCode, v.text("main"))
	}
}

// text is what a place of the page says, in one line.
func (v *visitor) text(selector string) string {
	return strings.Join(strings.Fields(v.page.Find(selector).Text()), " ")
}
