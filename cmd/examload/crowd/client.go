package crowd

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/valyala/fasthttp"
)

// Client is the connections of a crowd to one address.
type Client struct {
	http *fasthttp.HostClient
	exam string
}

// ErrNotLocal: the address is not of this machine. Load goes nowhere else.
var ErrNotLocal = errors.New("only an address of this machine is loaded, such as 127.0.0.1:8080")

// NewClient makes a client of a crowd of so many that sits an exam.
func NewClient(addr, exam string, size int) (*Client, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%q: %w", addr, ErrNotLocal)
	}
	return &Client{exam: exam, http: &fasthttp.HostClient{
		Addr: addr, MaxConns: size + 16, MaxIdleConnDuration: time.Minute, ReadTimeout: 60 * time.Second, WriteTimeout: 30 * time.Second,
		MaxIdemponentCallAttempts: 1, NoDefaultUserAgentHeader: true, DisableHeaderNamesNormalizing: false,
		RetryIfErr: func(*fasthttp.Request, int, error) (resetTimeout, retry bool) { return false, false }, // learners decide themselves
		Dial:       func(addr string) (net.Conn, error) { return fasthttp.DialTimeout(addr, 10*time.Second) },
	}}, nil
}

// reply is what came back. The body is a copy.
type reply struct {
	status                  int
	location, session, csrf string
	body                    []byte
}

// request is what is sent. Form bodies go as such, others as JSON.
type request struct {
	method, path  string
	session, csrf string
	from          string // address in X-Forwarded-For
	form          bool
	body          []byte
	page          bool // a page is wanted, not JSON
	// read gets the body of a 200 where it lies, in place of a copy in the reply.
	read func(body []byte) error
}

const (
	sessionCookie = "crosswalk_session"
	csrfCookie    = "crosswalk_csrf"
)

// visitorSecret is the form token of those who have no session yet: any text will do, as long as cookie and form agree.
const visitorSecret = "a-virtual-learner-of-this-machine"

func (c *Client) do(in request) (reply, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI("http://" + c.http.Addr + in.path)
	req.Header.SetMethod(in.method)
	if in.session != "" {
		req.Header.SetCookie(sessionCookie, in.session)
	} else {
		req.Header.SetCookie(csrfCookie, visitorSecret)
	}
	if in.csrf != "" {
		req.Header.Set("X-Csrf-Token", in.csrf)
	}
	if in.from != "" {
		req.Header.Set(fasthttp.HeaderXForwardedFor, in.from)
	}
	if !in.page {
		req.Header.Set(fasthttp.HeaderAccept, "application/json")
	}
	if in.body != nil {
		if in.form {
			req.Header.SetContentType("application/x-www-form-urlencoded")
		} else {
			req.Header.SetContentType("application/json")
		}
		req.SetBodyRaw(in.body)
	}
	if err := c.http.Do(req, res); err != nil {
		return reply{}, err
	}
	out := reply{
		status: res.StatusCode(), location: string(res.Header.Peek(fasthttp.HeaderLocation)), csrf: string(res.Header.Peek("X-Csrf-Token")),
	}
	if in.read != nil && out.status == fasthttp.StatusOK {
		return out, in.read(res.Body())
	}
	out.body = append(out.body, res.Body()...)
	ck := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(ck)
	ck.SetKey(sessionCookie)
	if res.Header.Cookie(ck) {
		out.session = string(ck.Value())
	}
	return out, nil
}

// StatusError is an answer that was not expected.
type StatusError struct {
	What   string
	Status int
	Body   string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: status %d: %.200s", e.What, e.Status, e.Body)
}

func unexpected(what string, r reply) error { return &StatusError{what, r.status, string(r.body)} }
