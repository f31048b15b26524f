package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// ErrAddress: the address is one that nothing is sent to.
var ErrAddress = errors.New("nothing is sent to addresses of private networks, of this machine, or of no single machine")

// special are networks that no public service is in although netip calls them global unicast: RFC 6890 and its updates, and the address at
// which a large cloud answers its own machines.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// public6 is what of IPv6 is given out to the public (RFC 4291); translated, site-local and unique local addresses lie elsewhere.
var public6 = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// Public reports whether an address is one of the public network.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !public6.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// CheckURL says in a sentence what is wrong with the address of an endpoint, nil for nothing. Whether its name leads to a public address is
// looked at when something is sent. With allowLoopback http and https to this machine are fine too.
func CheckURL(address string, allowLoopback bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "", u.Opaque != "":
		return errors.New("this is not an address: write it like https://hr.example.com/crosswalk")
	case len(address) > 1000:
		return errors.New("the address is longer than 1000 characters")
	case u.User != nil:
		return errors.New("leave name and password out of the address: messages are signed instead")
	case u.Fragment != "":
		return errors.New("leave out what follows #: it is not sent")
	}
	here := allowLoopback && loopbackHost(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return errors.New("the address must begin with https://")
	}
	if a, err := netip.ParseAddr(u.Hostname()); here || err == nil && Public(a) {
		return nil
	} else if err == nil {
		return ErrAddress
	}
	if name := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")); name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".local") || strings.HasSuffix(name, ".internal") {
		return ErrAddress
	}
	return nil
}

func loopbackHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// control looks at each address just before it is connected to, so that a name cannot resolve to one thing here and to another there.
func control(allowLoopback bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		a, err := netip.ParseAddr(host)
		if err != nil {
			return err
		}
		if network != "tcp4" && network != "tcp6" || !Public(a) && !(allowLoopback && a.Unmap().IsLoopback()) {
			return fmt.Errorf("%s: %w", a, ErrAddress)
		}
		return nil
	}
}
