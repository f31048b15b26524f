package server

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestClientIP(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []string
		forward string
		want    string
	}{
		"no proxy trusted":              {nil, "203.0.113.9", "0.0.0.0"},
		"one proxy":                     {[]string{"0.0.0.0"}, "203.0.113.9", "203.0.113.9"},
		"a forged first entry":          {[]string{"0.0.0.0"}, "198.51.100.7, 203.0.113.9", "203.0.113.9"},
		"two proxies of ours":           {[]string{"0.0.0.0", "10.0.0.0/8"}, "198.51.100.7, 203.0.113.9, 10.1.2.3", "203.0.113.9"},
		"nothing that can be read":      {[]string{"0.0.0.0"}, "nonsense", "0.0.0.0"},
		"an IPv4 address as IPv6":       {[]string{"0.0.0.0"}, "::ffff:203.0.113.9", "203.0.113.9"},
		"no header behind the proxy":    {[]string{"0.0.0.0"}, "", "0.0.0.0"},
		"rubbish before the true entry": {[]string{"0.0.0.0", "10.0.0.1"}, "x, 203.0.113.9, 10.0.0.1", "203.0.113.9"},
	} {
		proxies, err := parseProxies(c.proxies)
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{proxies: proxies}
		app := fiber.New()
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString(s.clientIP(c)) })
		req := httptest.NewRequest("GET", "/", nil)
		if c.forward != "" {
			req.Header.Set("X-Forwarded-For", c.forward)
		}
		res, err := app.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		if string(got) != c.want {
			t.Errorf("%s: X-Forwarded-For %q through %v: client %s, want %s", name, c.forward, c.proxies, got, c.want)
		}
	}
	if _, err := parseProxies([]string{"10.0.0.1", "nonsense"}); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("nonsense as a proxy: %v", err)
	}
}
