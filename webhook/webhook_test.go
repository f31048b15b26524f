package webhook

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// The example of the scheme's own libraries (standard-webhooks, tests of the reference implementations).
const (
	exampleSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	exampleID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	exampleBody      = `{"test": 2432232314}`
	exampleSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

var exampleTime = time.Unix(1614265330, 0)

func TestSignIsThePublishedExample(t *testing.T) {
	got, err := Sign([]string{exampleSecret}, exampleID, exampleTime, []byte(exampleBody))
	if err != nil || got != exampleSignature {
		t.Errorf("Sign = %q, %v; want %q", got, err, exampleSignature)
	}
	if err := Verify(exampleSecret, exampleID, "1614265330", exampleSignature, []byte(exampleBody), exampleTime.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestVerify(t *testing.T) {
	old, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	both, err := Sign([]string{exampleSecret, old}, exampleID, exampleTime, []byte(exampleBody))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := NewSecret(rand.Reader)
	for _, c := range []struct {
		name, secret, id, at, signature, body string
		now                                   time.Time
		want                                  error
	}{
		{"the new secret of two", exampleSecret, exampleID, "1614265330", both, exampleBody, exampleTime, nil},
		{"the old secret of two", old, exampleID, "1614265330", both, exampleBody, exampleTime, nil},
		{"another secret", other, exampleID, "1614265330", both, exampleBody, exampleTime, ErrSignature},
		{"another body", old, exampleID, "1614265330", both, exampleBody + " ", exampleTime, ErrSignature},
		{"another id", old, "msg_2", "1614265330", both, exampleBody, exampleTime, ErrSignature},
		{"another time", old, exampleID, "1614265331", both, exampleBody, exampleTime, ErrSignature},
		{"too old", old, exampleID, "1614265330", both, exampleBody, exampleTime.Add(Tolerance + time.Second), ErrTime},
		{"from the future", old, exampleID, "1614265330", both, exampleBody, exampleTime.Add(-Tolerance - time.Second), ErrTime},
		{"no time", old, exampleID, "soon", both, exampleBody, exampleTime, ErrTime},
		{"no version", old, exampleID, "1614265330", strings.ReplaceAll(both, "v1,", "v2,"), exampleBody, exampleTime, ErrSignature},
	} {
		if err := Verify(c.secret, c.id, c.at, c.signature, []byte(c.body), c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, id := range []string{"", "a.b", "a b"} {
		if _, err := Sign([]string{old}, id, exampleTime, nil); err == nil {
			t.Errorf("id %q was signed", id)
		}
	}
	for _, secret := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_***"} {
		if _, err := Sign([]string{secret}, "x", exampleTime, nil); err == nil {
			t.Errorf("secret %q signed", secret)
		}
	}
}

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "93.184.216.34": true, "2606:2800:220:1::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false, "169.254.169.254": false, "0.0.0.0": false, "0.1.2.3": false,
		"100.64.0.1": false, "100.100.100.200": false, "192.0.0.192": false, "198.18.0.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false, "168.63.129.16": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"::7f00:1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001:0:1::1": false, "2001:db8::1": false, "fec0::1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("Public(%s) = %v", text, got)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for _, c := range []struct {
		address    string
		fine, here bool // without and with allowLoopback
	}{
		{"https://hr.example.com/hook?x=1", true, true},
		{"https://8.8.8.8:8443/hook", true, true},
		{"http://hr.example.com/hook", false, false},
		{"http://8.8.8.8/", false, false},
		{"https://user:pass@hr.example.com/", false, false},
		{"https://hr.example.com/#part", false, false},
		{"https://", false, false},
		{"https://:443/", false, false},
		{"hr.example.com/hook", false, false},
		{"ftp://hr.example.com/", false, false},
		{"https://169.254.169.254/latest/meta-data", false, false},
		{"https://[fd00:ec2::254]/", false, false},
		{"https://192.168.1.1/", false, false},
		{"https://metadata.google.internal/", false, false},
		{"https://printer.local/", false, false},
		{"https://localhost/", false, true},
		{"http://localhost:9000/hook", false, true},
		{"http://127.0.0.1:9000/hook", false, true},
		{"http://[::1]:9000/hook", false, true},
		{"http://192.168.1.1/", false, false},
		{"https://hr.example.com/" + strings.Repeat("x", 1000), false, false},
	} {
		if err := CheckURL(c.address, false); (err == nil) != c.fine {
			t.Errorf("CheckURL(%.60s, false) = %v", c.address, err)
		}
		if err := CheckURL(c.address, true); (err == nil) != c.here {
			t.Errorf("CheckURL(%.60s, true) = %v", c.address, err)
		}
	}
}

// TestDial: what a name resolves to decides, and a public name that leads to this machine is refused when the connection is made.
func TestDial(t *testing.T) {
	guard := control(false)
	for address, fine := range map[string]bool{"8.8.8.8:443": true, "127.0.0.1:443": false, "[::1]:443": false, "10.0.0.1:443": false, "169.254.169.254:80": false, "nonsense": false} {
		network := "tcp4"
		if strings.Contains(address, "[") {
			network = "tcp6"
		}
		if err := guard(network, address, nil); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := guard("udp4", "8.8.8.8:53", nil); err == nil {
		t.Error("UDP was let through")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s := NewSender("test", false)
	_, err = s.client.Get("http://" + ln.Addr().String()) // past Check, as a name would be that resolves to it
	if !errors.Is(err, ErrAddress) {
		t.Errorf("dialled this machine: %v", err)
	}
}

func TestPost(t *testing.T) {
	var got *http.Request
	var body []byte
	elsewhere := 0
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case "/elsewhere":
			elsewhere++
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/long":
			w.WriteHeader(http.StatusAccepted)
			_, _ = w.Write(make([]byte, 1<<20))
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 2*mostHeader))
		default:
			got = r
			body, _ = io.ReadAll(r.Body)
		}
	}))
	defer ts.Close()
	s := NewSender("Crosswalk/test", true)
	now := time.Now()
	status, err := s.Post(t.Context(), ts.URL+"/hook", exampleID, now, []byte(exampleBody), []string{exampleSecret})
	if err != nil || status != 200 {
		t.Fatal(status, err)
	}
	h := got.Header
	if err := Verify(exampleSecret, h.Get("webhook-id"), h.Get("webhook-timestamp"), h.Get("webhook-signature"), body, now); err != nil {
		t.Error(err)
	}
	if got.Method != "POST" || h.Get("Content-Type") != "application/json" || h.Get("User-Agent") != "Crosswalk/test" {
		t.Errorf("%s %v", got.Method, h)
	}
	for path, want := range map[string]int{"/moved": 307, "/gone": 410, "/headers": 0} {
		if status, err := s.Post(t.Context(), ts.URL+path, exampleID, now, nil, []string{exampleSecret}); status != want || err == nil {
			t.Errorf("%s: %d, %v; want %d and an error", path, status, err, want)
		}
	}
	if status, err := s.Post(t.Context(), ts.URL+"/long", exampleID, now, nil, []string{exampleSecret}); status != 202 || err != nil {
		t.Errorf("a long reply: %d, %v", status, err)
	}
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
	ts.Close()
	if status, err := s.Post(t.Context(), ts.URL, exampleID, now, nil, []string{exampleSecret}); status != 0 || err == nil || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("an endpoint that is gone: %d, %v", status, err)
	}
	if _, err := NewSender("x", false).Post(t.Context(), ts.URL, exampleID, now, nil, []string{exampleSecret}); err == nil {
		t.Error("http without the flag")
	}
	if _, err := s.Post(t.Context(), ts.URL, exampleID, now, make([]byte, MaxBody+1), []string{exampleSecret}); err == nil {
		t.Error("a message too long")
	}
}
