package main

import (
	"net"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// proxy gives each request to the next server in turn, whoever asks: no learner stays with a server. What a server that is down should
// have answered is answered with 502, and the learner tries again.
type proxy struct {
	addr   string
	server *fasthttp.Server
}

func newProxy(addrs []string, conns int) (*proxy, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var clients []*fasthttp.HostClient
	for _, a := range addrs {
		clients = append(clients, &fasthttp.HostClient{
			Addr: a, MaxConns: conns + 16, ReadTimeout: 60 * time.Second, WriteTimeout: 30 * time.Second, MaxIdemponentCallAttempts: 1, NoDefaultUserAgentHeader: true,
			RetryIfErr: func(*fasthttp.Request, int, error) (resetTimeout, retry bool) { return false, false },
			Dial:       func(addr string) (net.Conn, error) { return fasthttp.DialTimeout(addr, 10*time.Second) },
		})
	}
	var turn atomic.Uint64
	p := &proxy{addr: ln.Addr().String(), server: &fasthttp.Server{
		Concurrency: 2*conns + 64, NoDefaultServerHeader: true, NoDefaultDate: true, NoDefaultContentType: true,
		Handler: func(c *fasthttp.RequestCtx) {
			to := clients[turn.Add(1)%uint64(len(clients))]
			if err := to.Do(&c.Request, &c.Response); err != nil {
				c.Response.Reset()
				c.SetStatusCode(fasthttp.StatusBadGateway)
			}
		},
	}}
	go func() { _ = p.server.Serve(ln) }()
	return p, nil
}

func (p *proxy) close() { _ = p.server.Shutdown() }
