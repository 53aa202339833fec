package web

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	withTLS = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
	withCA  = withTLS + "  client_ca_file: ca.pem\n  client_auth_type: "
	users   = "basic_auth_users:\n  " + user + ": " + hashed + "\n"
)

// others are addresses that others than this machine reach.
func others(t *testing.T) []string {
	all := []string{":0", "0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0", "192.0.2.1:0", "[2001:db8::1]:0", "[fe80::1]:0", "169.254.1.1:0", "10.0.0.1:0"}
	if name, err := os.Hostname(); err == nil {
		if at, err := resolve(name + ":0"); err == nil && !at.IP.IsLoopback() {
			all = append(all, name+":0")
		}
	}
	t.Logf("%q", all)
	return all
}

// Whoever listens where others reach must have everybody authenticate.
func TestRefusals(t *testing.T) {
	a := newAuthority(t, "ours")
	configs := []string{"", "{}", "basic_auth_users: {}\n", withTLS, withTLS + "  client_auth_type: NoClientCert\n"}
	for _, kind := range []string{"RequestClientCert", "RequireAnyClientCert", "VerifyClientCertIfGiven"} {
		configs = append(configs, withCA+kind+"\n")
	}
	// Without an authority Go takes those of the system.
	configs = append(configs, withTLS+"  client_auth_type: RequireAndVerifyClientCert\n")
	for _, config := range configs {
		for _, address := range others(t) {
			o := options(t)
			o.Addresses = []string{"127.0.0.1:0", address}
			if config != "" {
				o.ConfigFile = webConfig(t, a, config)
			}
			s, err := Listen(o)
			if err == nil {
				s.Close()
				t.Errorf("%s is served with %q", address, config)
				continue
			}
			if got := strings.Contains(err.Error(), "anybody could read"); got != (config == "") {
				t.Errorf("%q is said with %q", err, config)
			}
			for _, want := range []string{address, o.ConfigFile, "basic_auth_users", "client_ca_file", DefaultAddress} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not tell %q", err, want)
				}
			}
		}
	}
}

func TestAdmitted(t *testing.T) {
	a := newAuthority(t, "ours")
	for _, config := range []string{users, withTLS + users, withCA + "RequireAndVerifyClientCert\n", withCA + "VerifyClientCertIfGiven\n" + users} {
		o := options(t)
		o.ConfigFile = webConfig(t, a, config)
		o.Addresses = []string{":0", "127.0.0.1:0", "0.0.0.0:0"}
		s, err := Listen(o)
		if err != nil {
			t.Errorf("%s: %v", config, err)
			continue
		}
		s.Close()
	}
}

func TestClearPasswords(t *testing.T) {
	a := newAuthority(t, "ours")
	for config, want := range map[string]int{users: 1, withTLS + users: 0} {
		o := options(t)
		log := &text{}
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.ConfigFile, o.Addresses = webConfig(t, a, config), []string{":0", "127.0.0.1:0"}
		s, err := Listen(o)
		must(t, err)
		s.Close()
		if got := strings.Count(log.String(), "level=WARN"); got != want {
			t.Errorf("%s: %d warnings:\n%s", config, got, log)
		}
	}
}

func TestLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "127.1.2.3:0", "localhost:0", "LOCALHOST:0", "[::ffff:127.0.0.1]:0"} {
		o := options(t)
		o.Addresses = []string{address}
		s, err := Listen(o)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		s.Close()
	}
}

func TestBadAddresses(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1", "127.0.0.1:", ":", "9377", "127.0.0.1:99999", "127.0.0.1:-1", "http://127.0.0.1:9377", "vsock://:9377", "unix:/run/x", "127.0.0.1:no-such-service", "[::1"} {
		o := options(t)
		o.Addresses = []string{address}
		s, err := Listen(o)
		if err == nil {
			s.Close()
			t.Errorf("%q is served", address)
			continue
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("%q", address)) || !strings.Contains(err.Error(), "give HOST:PORT") {
			t.Errorf("%q does not help", err)
		}
	}
}

func TestBadConfigs(t *testing.T) {
	a := newAuthority(t, "ours")
	for _, config := range []string{
		"basic_auth_users:\n  alice: plain-secret\n",
		"basic_auth_users: [plain-secret]\n",
		"plain-secret: 1\n",
		"basic_auth_users: {alice: 'plain-secret\n",
		"tls_server_config:\n  cert_file: cert.pem\n",
		"tls_server_config:\n  cert_file: missing.pem\n  key_file: key.pem\n",
		withCA + "Everybody\n",
		withTLS + "  client_ca_file: ca.pem\n",
	} {
		o := options(t)
		o.ConfigFile = webConfig(t, a, config)
		o.Addresses = []string{"127.0.0.1:0"}
		s, err := Listen(o)
		if err == nil {
			s.Close()
			t.Errorf("%q is served", config)
			continue
		}
		if text := err.Error(); !strings.Contains(text, o.ConfigFile) || strings.Contains(text, "\n") {
			t.Errorf("%q", text)
		}
	}
	o := options(t)
	o.ConfigFile = filepath.Join(t.TempDir(), "missing.yml")
	if _, err := Listen(o); err == nil || !strings.Contains(err.Error(), o.ConfigFile) {
		t.Errorf("%v", err)
	}
}

// Web pages whose name resolves to 127.0.0.1 read nothing.
func TestHosts(t *testing.T) {
	o := options(t)
	o.Lookup = known
	url := start(t, o)
	for host, want := range map[string]int{
		"localhost": 200, "LocalHost:9377": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]:9377": 200, "[::1]": 200, "192.0.2.7:9377": 200,
		"evil.example": 421, "evil.example:9377": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:9377": 421, "x": 421,
	} {
		for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", subscribers + number} {
			r := get(t, url+path, func(r *http.Request) { r.Host = host })
			if r.status != want {
				t.Errorf("%s of %s: %d, want %d", path, host, r.status, want)
			}
			if want != 200 && strings.Contains(r.body, "4477") {
				t.Errorf("%q", r.body)
			}
		}
	}
}

// A host that was given as the address is meant, too; other names with TLS, for which a
// web page has no certificate.
func TestNamedHosts(t *testing.T) {
	g := guard{loopback: true, host: "switch7"}
	for host, want := range map[string]bool{"switch7": true, "Switch7:9377": true, "switch": false, "switch7.evil.example": false, "": false} {
		if g.here(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
	a := newAuthority(t, "ours")
	o := options(t)
	o.ConfigFile = webConfig(t, a, withTLS)
	url := https(start(t, o))
	if r := send(t, secure(t, a), "GET", url+"/healthz", func(r *http.Request) { r.Host = "metrics.example" }); r.status != 200 {
		t.Errorf("with TLS: %d", r.status)
	}
}

func TestEntry(t *testing.T) {
	a := newAuthority(t, "ours")
	for config, want := range map[string]entry{
		"": {}, "{}": {}, users: {passwords: true}, withTLS: {encrypted: true}, withTLS + users: {passwords: true, encrypted: true},
		withCA + "RequireAndVerifyClientCert\n": {certificates: true, encrypted: true},
		"basic_auth_users: &u {a: b}\n":         {passwords: true},
	} {
		if e, err := readEntry(webConfig(t, a, config)); err != nil || e != want {
			t.Errorf("%q: %+v, %v", config, e, err)
		}
	}
	for _, config := range []string{"basic_auth_users: [secret]\n", "basic_auth_users: 'secret\n", "\tsecret", "secret"} {
		e, err := readEntry(webConfig(t, a, config))
		if err == nil || e.closed() || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %+v, %v", config, e, err)
		}
	}
}

func withPassword(name, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(name, password) }
}

func TestTLSAndPasswords(t *testing.T) {
	a := newAuthority(t, "ours")
	o := options(t)
	o.Lookup, o.Addresses = known, []string{"0.0.0.0:0"}
	o.ConfigFile = webConfig(t, a, withTLS+users)
	url := https(start(t, o))
	c := secure(t, a)
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", subscribers + number, "/debug/pprof/", "/nothing"} {
		if r := send(t, c, "GET", url+path); r.status != 401 || strings.Contains(r.body, "4477") {
			t.Errorf("%s without a password: %d, %q", path, r.status, r.body)
		}
		if r := send(t, c, "GET", url+path, withPassword(user, "guess")); r.status != 401 {
			t.Errorf("%s with a wrong password: %d", path, r.status)
		}
		if r := send(t, c, "GET", url+path, withPassword("nobody", secret)); r.status != 401 {
			t.Errorf("%s of a wrong user: %d", path, r.status)
		}
		if r := send(t, c, "GET", url+path, withPassword(user, secret)); r.status == 401 || r.status >= 500 {
			t.Errorf("%s with the password: %d, %q", path, r.status, r.body)
		}
	}
	if r := get(t, strings.Replace(url, "https", "http", 1)+"/healthz"); r.status != 400 {
		t.Errorf("without TLS: %d", r.status)
	}
}

func TestCertificates(t *testing.T) {
	a, b := newAuthority(t, "ours"), newAuthority(t, "theirs")
	o := options(t)
	o.Lookup, o.Addresses = known, []string{"0.0.0.0:0"}
	o.ConfigFile = webConfig(t, a, withCA+"RequireAndVerifyClientCert\n")
	url := https(start(t, o))
	ours, _ := a.issue(t, "prometheus", false)
	theirs, _ := b.issue(t, "prometheus", false)
	if r := send(t, secure(t, a, ours), "GET", url+subscribers+number); r.status != 200 {
		t.Errorf("with a certificate: %d, %q", r.status, r.body)
	}
	for name, show := range map[string][]tls.Certificate{"no": nil, "another authority's": {theirs}} {
		if q, err := secure(t, a, show...).Get(url + "/healthz"); err == nil {
			q.Body.Close()
			t.Errorf("with %s certificate: %s", name, q.Status)
		}
	}
}

// The file is obeyed as it becomes. One that lets everybody in, or is gone, lets
// nobody in.
func TestConfigChanges(t *testing.T) {
	a := newAuthority(t, "ours")
	o := options(t)
	o.Lookup, o.Addresses = known, []string{"0.0.0.0:0"}
	o.ConfigFile = webConfig(t, a, withTLS+users)
	url := https(start(t, o)) + subscribers + number
	c := secure(t, a)
	cert, _ := a.issue(t, "prometheus", false)
	withCert := secure(t, a, cert)
	if got := send(t, c, "GET", url).status; got != 401 { // it serves: whether TLS is spoken is settled
		t.Fatalf("at first: anonymous has %d", got)
	}
	for _, x := range []struct {
		config                  string
		anonymous, password, ca int // ca: of a connection that is made anew
	}{
		{withTLS + users, 401, 200, 401},
		{withTLS, 500, 500, 500},
		{withTLS + users, 401, 200, 401},
		{withCA + "RequestClientCert\n", 500, 500, 500},
		{withCA + "RequireAndVerifyClientCert\n", 401, 401, 200},
		{"basic_auth_users: 'x\n", 500, 500, 0},
		{"", 500, 500, 0},
		{withTLS + users, 401, 200, 401},
	} {
		must(t, os.WriteFile(o.ConfigFile, []byte(x.config), 0o600))
		if got := send(t, c, "GET", url).status; got != x.anonymous {
			t.Errorf("%q: anonymous has %d, want %d", x.config, got, x.anonymous)
		}
		if got := send(t, c, "GET", url, withPassword(user, secret)).status; got != x.password {
			t.Errorf("%q: with a password %d, want %d", x.config, got, x.password)
		}
		if x.ca == 0 {
			continue // no connection can be made
		}
		withCert.CloseIdleConnections()
		if got := send(t, withCert, "GET", url).status; got != x.ca {
			t.Errorf("%q: with a certificate %d, want %d", x.config, got, x.ca)
		}
	}
	must(t, os.Remove(o.ConfigFile))
	if got := send(t, c, "GET", url, withPassword(user, secret)).status; got != 500 {
		t.Errorf("without the file: %d", got)
	}
}

// https is how the server at url, on all addresses, is reached.
func https(url string) string { return "https://127.0.0.1" + url[strings.LastIndexByte(url, ':'):] }
