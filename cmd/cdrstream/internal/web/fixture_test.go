package web

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// number is one that no answer and no log may tell.
const number = "447700900123"

// secret is a password, and hashed what bcrypt makes of it at its lowest cost.
const (
	user   = "prometheus"
	secret = "open sesame"
	hashed = "$2a$04$QwcwNPaWpgz.vgLmH/ujKu6BWNnJtbkI/Z1ZgkfZPnCD2Je7ks9sK"
)

// text is a log.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// options are those of a job that reads.
func options(t *testing.T) Options {
	t.Helper()
	log := &text{}
	t.Cleanup(func() {
		if strings.Contains(log.String(), number) {
			t.Errorf("the log tells the number:\n%s", log)
		}
		if t.Failed() && log.String() != "" {
			t.Logf("log:\n%s", log)
		}
	})
	registry := prometheus.NewRegistry()
	up := prometheus.NewGauge(prometheus.GaugeOpts{Name: "cdrstream_test", Help: "Test."})
	registry.MustRegister(up)
	fine := func() error { return nil }
	return Options{
		Addresses: []string{"127.0.0.1:0"}, Gatherer: registry, Failed: fine, NotReady: fine, Version: "v1.2.3",
		Log: slog.New(slog.NewTextHandler(log, nil)), Grace: 5 * time.Second,
	}
}

// start serves until the test ends, and returns the URL of the first address.
func start(t *testing.T, o Options) (url string) {
	t.Helper()
	s, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + s.Addresses()[0].String()
}

// reply is an answer of the server.
type reply struct {
	status int
	header http.Header
	body   string
}

func send(t *testing.T, c *http.Client, method, url string, with ...func(*http.Request)) reply {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range with {
		f(r)
	}
	q, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Body.Close()
	body, err := io.ReadAll(q.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{q.StatusCode, q.Header, string(body)}
}

// plain follows no redirects.
func plain(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t *testing.T, url string, with ...func(*http.Request)) reply {
	t.Helper()
	return send(t, plain(t), http.MethodGet, url, with...)
}

// authority makes certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{}
	cert, _ := a.issue(t, name, true)
	a.cert, a.pem = cert.Leaf, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	a.key = cert.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// issue signs a certificate for 127.0.0.1, itself while it has none of its own.
func (a *authority) issue(t *testing.T, name string, ca bool) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: ca, BasicConstraintsValid: true,
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	text, err := x509.MarshalECPrivateKey(key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: text})
}

// webConfig writes a web configuration, with a server's certificate cert.pem and
// key.pem and the authority ca.pem beside it.
func webConfig(t *testing.T, a *authority, yaml string) (file string) {
	t.Helper()
	dir := t.TempDir()
	cert, key := a.issue(t, "server", false)
	for name, text := range map[string][]byte{
		"web.yml": []byte(yaml), "ca.pem": a.pem, "key.pem": key,
		"cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return filepath.Join(dir, "web.yml")
}

// secure trusts a, and shows certificates.
func secure(t *testing.T, a *authority, show ...tls.Certificate) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	c := plain(t)
	c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, Certificates: show}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
