package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestSuggest: what scripts ask for at every letter comes without a cookie and unpacked, also to a signed-in visitor; the page does not.
func TestSuggest(t *testing.T) {
	s := newSite(t)
	ask := func(accept string) *http.Response {
		t.Helper()
		req := httptest.NewRequest(http.MethodGet, "/codebook/search?q=diabetes&limit=100", nil)
		req.Header.Set("Accept", accept)
		req.Header.Set("Accept-Encoding", "gzip, br")
		res, err := s.srv.App().Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := ask("application/json")
	var hits []struct{ Set, Code, Title string }
	if err := json.NewDecoder(res.Body).Decode(&hits); err != nil || len(hits) == 0 {
		t.Fatalf("hits: %v, %v", hits, err)
	}
	for name, want := range map[string]string{"Set-Cookie": "", "Content-Encoding": "", "Vary": "Accept", "Cache-Control": "private, max-age=60"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if page := ask("text/html"); page.Header.Get("Set-Cookie") == "" || page.Header.Get("Content-Encoding") == "" {
		t.Errorf("the page of a search has no session or is not packed: %v", page.Header)
	}
}
