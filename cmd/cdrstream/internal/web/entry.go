package web

import (
	"fmt"
	"net/http"
	"os"

	"github.com/goccy/go-yaml"
)

// entry says whom a web configuration lets in.
type entry struct {
	passwords    bool // who knows one
	certificates bool // who has one of an authority that it names
	encrypted    bool
}

// readEntry reads it from the file. The toolkit has the same file checked and obeyed;
// this only tells what follows from it.
func readEntry(file string) (entry, error) {
	if file == "" {
		return entry{}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return entry{}, fmt.Errorf("web configuration: %w: give the path of a readable file", err)
	}
	var c struct {
		Users map[string]string `yaml:"basic_auth_users"`
		TLS   struct {
			Cert     string `yaml:"cert"`
			CertFile string `yaml:"cert_file"`
			Auth     string `yaml:"client_auth_type"`
			CA       string `yaml:"client_ca"`
			CAFile   string `yaml:"client_ca_file"`
		} `yaml:"tls_server_config"`
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		// What the parser says shows lines of the file, and those hold secrets.
		return entry{}, fmt.Errorf("web configuration %s: it cannot be read as YAML: mend the file", file)
	}
	encrypted := c.TLS.Cert+c.TLS.CertFile != ""
	// Any other client_auth_type takes certificates that anybody can make, or none. Without
	// an authority of its own Go takes those that the system trusts, which is everybody too.
	verified := c.TLS.Auth == "RequireAndVerifyClientCert" && c.TLS.CA+c.TLS.CAFile != ""
	return entry{passwords: len(c.Users) > 0, certificates: verified, encrypted: encrypted}, nil
}

// closed reports whether it keeps anybody out.
func (e entry) closed() bool { return e.passwords || e.certificates }

// passed reports whether a request that the toolkit let through was checked. A
// connection may be older than the file, and have shown no certificate.
func (e entry) passed(r *http.Request) bool {
	return e.passwords || e.certificates && r.TLS != nil && len(r.TLS.VerifiedChains) > 0
}
