package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// The limits of one delivery.
const (
	Timeout    = 10 * time.Second // from the look-up of the name to the end of the reply
	MaxBody    = 64 << 10         // bytes of a message
	mostHeader = 16 << 10
	mostReply  = 4 << 10 // of a reply is read; it is not kept
)

// Sender posts messages. It is safe to share.
type Sender struct {
	allowLoopback bool
	agent         string
	client        *http.Client
}

// NewSender makes a Sender that calls itself by agent. allowLoopback lets it reach this machine, http too: for tests and for trying things out.
func NewSender(agent string, allowLoopback bool) *Sender {
	dialer := &net.Dialer{Timeout: Timeout / 2, Control: control(allowLoopback)}
	return &Sender{allowLoopback: allowLoopback, agent: agent, client: &http.Client{
		Timeout: Timeout,
		Transport: &http.Transport{ // Proxy is nil: one of the environment would connect for us, past the look at the address
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    Timeout / 2,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: mostHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Check is CheckURL for what this sender reaches.
func (s *Sender) Check(address string) error { return CheckURL(address, s.allowLoopback) }

// Post sends a message signed with each of the secrets at a moment, and gives the status of the reply, 0 where there was none. Every status
// but 2xx is an error too; redirects are such.
func (s *Sender) Post(ctx context.Context, address, id string, at time.Time, body []byte, secrets []string) (status int, err error) {
	if err := s.Check(address); err != nil {
		return 0, err
	}
	if len(body) > MaxBody {
		return 0, fmt.Errorf("the message has %d bytes, %d are the most", len(body), MaxBody)
	}
	signature, err := Sign(secrets, id, at, body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for k, v := range map[string]string{
		"Content-Type": "application/json", "User-Agent": s.agent, "webhook-id": id, "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": signature,
	} {
		req.Header.Set(k, v)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, inWords(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, mostReply))
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return resp.StatusCode, fmt.Errorf("the endpoint answered %d: redirects are not followed", resp.StatusCode)
	case resp.StatusCode < 200 || resp.StatusCode >= 400:
		return resp.StatusCode, fmt.Errorf("the endpoint answered %d", resp.StatusCode)
	}
	return resp.StatusCode, nil
}

// inWords says of a failed try what its owner can do something about, without addresses of the network that it was made in.
func inWords(err error) error {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.Is(err, ErrAddress):
		return ErrAddress
	case errors.As(err, &dns):
		return errors.New("the name of the endpoint is not known")
	case errors.As(err, &cert):
		return errors.New("the certificate of the endpoint is not one to trust")
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("the endpoint did not answer within %s", Timeout)
	}
	return errors.New("the endpoint could not be reached, or broke the connection off")
}
