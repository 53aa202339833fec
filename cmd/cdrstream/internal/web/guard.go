package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
)

// resolve returns the TCP address that a listener of address gets. A host of several
// addresses gives one, as package net has it.
func resolve(address string) (*net.TCPAddr, error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w: give HOST:PORT, such as %s", address, err, DefaultAddress)
	}
	return at, nil
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// guard keeps out who has not authenticated.
type guard struct {
	config   string // web configuration file, empty: none
	loopback bool   // it guards an address that only this machine reaches
	host     string // as that address was given
}

// admit refuses an address that would be open to everybody.
func (g guard) admit(address string) error {
	if g.loopback {
		return nil
	}
	const need = "give a web configuration with basic_auth_users, or with client_ca_file and client_auth_type: RequireAndVerifyClientCert, or listen on " + DefaultAddress
	if g.config == "" {
		return fmt.Errorf("listen on %s: others reach that address, and anybody could read what subscribers do: %s", address, need)
	}
	switch known, err := authenticates(g.config); {
	case err != nil:
		return err
	case !known:
		return fmt.Errorf("listen on %s: others reach that address, and %s lets everybody in: %s", address, g.config, need)
	}
	return nil
}

// authenticates reports whether a web configuration lets in only who has shown a
// password or a certificate of an authority that it names.
func authenticates(config string) (bool, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return false, fmt.Errorf("web configuration: %w", err)
	}
	var c struct {
		Users map[string]string `yaml:"basic_auth_users"`
		TLS   struct {
			Auth   string `yaml:"client_auth_type"`
			CAFile string `yaml:"client_ca_file"`
			CA     string `yaml:"client_ca"`
		} `yaml:"tls_server_config"`
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		// What the parser says shows lines of the file, and those hold secrets.
		return false, fmt.Errorf("web configuration %s: it cannot be read as YAML: mend the file", config)
	}
	certificates := c.TLS.Auth == "RequireAndVerifyClientCert" && c.TLS.CAFile+c.TLS.CA != ""
	return len(c.Users) > 0 || certificates, nil
}

// protect lets through to h who may come. It stands behind the toolkit, which checks
// passwords and certificates.
func (g guard) protect(h http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := false
		if g.config != "" {
			var err error
			if known, err = authenticates(g.config); err != nil {
				log.Error("a request was refused", "error", err)
				http.Error(w, "the web configuration cannot be read", http.StatusInternalServerError)
				return
			}
		}
		switch {
		case known || g.loopback && g.here(r.Host):
			h.ServeHTTP(w, r)
		case g.loopback:
			http.Error(w, "ask by the name localhost or by the address", http.StatusMisdirectedRequest)
		default:
			log.Error("a request was refused: the web configuration has come to let everybody in: mend it", "file", g.config)
			http.Error(w, errOpen.Error(), http.StatusInternalServerError)
		}
	})
}

var errOpen = errors.New("the web configuration lets everybody in: nobody gets in until it is mended")

// here reports whether a client that names host means this machine.
func (g guard) here(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost") || strings.EqualFold(host, g.host)
}
