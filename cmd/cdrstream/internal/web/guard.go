package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// resolve returns the TCP address that a listener of address gets. A host of several
// addresses gives one, as package net has it.
func resolve(address string) (*net.TCPAddr, error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if _, port, splits := net.SplitHostPort(address); err == nil && (splits != nil || port == "") {
		err = errors.New("it has no port")
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w: give HOST:PORT, such as %s", address, err, DefaultAddress)
	}
	return at, nil
}

// guard keeps out of one address who has not authenticated.
type guard struct {
	config   string // web configuration file, empty: none
	loopback bool   // only this machine reaches the address
	host     string // as the address was given
	log      *slog.Logger
}

// admit refuses an address that would be open to everybody.
func (g guard) admit(address string) error {
	e, err := readEntry(g.config)
	if err != nil || g.loopback {
		return err
	}
	const need = "give a web configuration with basic_auth_users, or with client_ca_file and client_auth_type: RequireAndVerifyClientCert, or listen on " + DefaultAddress
	switch {
	case g.config == "":
		return fmt.Errorf("listen on %s: others reach that address, and anybody could read what subscribers do: %s", address, need)
	case !e.closed():
		return fmt.Errorf("listen on %s: others reach that address, and %s lets everybody in: %s", address, g.config, need)
	case !e.encrypted:
		g.log.Warn("passwords and answers cross the network in clear: give the web configuration a tls_server_config", "address", address, "file", g.config)
	}
	return nil
}

// protect lets through to h who may come. It stands behind the toolkit, which checks
// passwords and certificates.
func (g guard) protect(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, err := readEntry(g.config)
		switch {
		case err != nil:
			g.log.Error("a request was refused", "error", err)
			http.Error(w, "the web configuration cannot be read", http.StatusInternalServerError)
		case e.passed(r), g.loopback && (r.TLS != nil || g.here(r.Host)):
			h.ServeHTTP(w, r)
		case g.loopback:
			http.Error(w, "ask for localhost, or for the address in digits", http.StatusMisdirectedRequest)
		case e.closed():
			http.Error(w, "connect again: this connection is older than the web configuration", http.StatusUnauthorized)
		default:
			g.log.Error("a request was refused: the web configuration has come to let everybody in: mend it", "file", g.config)
			http.Error(w, "the web configuration lets everybody in, so nobody is let in until it is mended", http.StatusInternalServerError)
		}
	})
}

// here reports whether a client that asks for host means this machine, and not a name
// of the client's own.
func (g guard) here(host string) bool {
	host = hostOf(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost") || strings.EqualFold(host, g.host)
}

// hostOf is the host of host:port, or of host.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
}
