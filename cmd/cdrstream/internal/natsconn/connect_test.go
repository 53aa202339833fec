package natsconn

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, natstest.Leaks()...) }

// put writes a file that only its owner may read.
func put(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// authority is a certificate that signs others.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	der, key := a.make(&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.file = put(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	a.key = key
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// make signs a certificate, with itself if there is nothing else yet.
func (a *authority) make(c *x509.Certificate) (der []byte, key *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	if der, err = x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer); err != nil {
		a.t.Fatal(err)
	}
	return der, key
}

// pair makes the files of a certificate for 127.0.0.1 and of its key.
func (a *authority) pair() (cert, key string) {
	der, k := a.make(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "n"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}})
	raw, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return put(a.t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		put(a.t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}))
}

// serve starts a server that shows a certificate of a, and wants one if verify.
func (a *authority) serve(verify bool) string {
	cert, key := a.pair()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		a.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	s := natstest.Run(a.t, func(o *server.Options) {
		o.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, MinVersion: tls.VersionTLS12}
		if verify {
			o.TLSConfig.ClientAuth = tls.RequireAndVerifyClientCert
		}
		o.TLSTimeout = 5
	})
	return strings.Replace(s.URL(), "nats://", "tls://", 1)
}

// user makes the file of a seed, and its public key.
func user(t *testing.T) (file, public string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := pair.Seed()
	if err != nil {
		t.Fatal(err)
	}
	if public, err = pair.PublicKey(); err != nil {
		t.Fatal(err)
	}
	return put(t, "user.nk", append(seed, '\n')), public
}

// Who may connect does, and who may not learns which setting is to blame.
func TestConnect(t *testing.T) {
	plain := natstest.Run(t, nil).URL()
	seed, public := user(t)
	stranger, _ := user(t)
	keyed := natstest.Run(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public}} }).URL()
	tokened := natstest.Run(t, func(o *server.Options) { o.Authorization = "s3cret" }).URL()
	token, wrong := put(t, "token", []byte("s3cret\n")), put(t, "wrong", []byte("guess\n"))
	ours, theirs := newAuthority(t), newAuthority(t)
	secure, mutual := ours.serve(false), ours.serve(true)
	cert, key := ours.pair()
	foreignCert, foreignKey := theirs.pair()
	for _, c := range []struct {
		name string
		o    Options
		want string // in the error; empty: it connects
	}{
		{"plain", Options{URL: plain}, ""},
		{"several", Options{URL: "nats://127.0.0.1:1, " + plain}, ""},
		{"nobody there", Options{URL: "nats://127.0.0.1:1"}, "no NATS server answers at nats://127.0.0.1:1 (nats: no servers available for connection): start cdrstream serve or a nats-server, or point nats.url at one"},
		{"secrets in the URL", Options{URL: "nats://me:word@127.0.0.1:1,nats://tok@127.0.0.1:1"}, "no NATS server answers at nats://me:xxxxx@127.0.0.1:1, nats://xxxxx@127.0.0.1:1"},

		{"nkey", Options{URL: keyed, NKey: seed}, ""},
		{"wrong nkey", Options{URL: keyed, NKey: stranger}, "the server refuses nats.nkey " + stranger},
		{"no nkey", Options{URL: keyed}, "the server refuses a client without nats.credentials, nats.nkey or nats.token_file"},
		{"no seed", Options{URL: keyed, NKey: token}, "nats.nkey: " + token + " holds no seed of a user"},
		{"nkey gone", Options{URL: keyed, NKey: token + "x"}, "nats.nkey: " + token + "x: no such file: check the path"},

		{"token", Options{URL: tokened, TokenFile: token}, ""},
		{"wrong token", Options{URL: tokened, TokenFile: wrong}, "the server refuses nats.token_file " + wrong},
		{"empty token", Options{URL: tokened, TokenFile: put(t, "empty", nil)}, "does not hold one token"},
		{"no credentials", Options{URL: plain, Credentials: token}, "nats.credentials: " + token + " holds no user JWT and seed"},
		{"two identities", Options{URL: keyed, NKey: seed, TokenFile: token}, "nats.token_file says who we are, and so does"},

		{"TLS", Options{URL: secure, CA: ours.file}, ""},
		{"TLS by the setting alone", Options{URL: strings.Replace(secure, "tls://", "nats://", 1), CA: ours.file}, ""},
		{"unknown authority", Options{URL: secure}, "name the file of its authority in nats.tls.ca"},
		{"wrong authority", Options{URL: secure, CA: theirs.file}, "nats.tls.ca " + theirs.file + ": the server's certificate is signed by nobody that is trusted"},
		{"another name", Options{URL: strings.Replace(secure, "127.0.0.1", "localhost", 1), CA: ours.file}, "the server's certificate is for another name"},
		{"no authority", Options{URL: secure, CA: token}, "nats.tls.ca: " + token + " holds no certificate"},
		{"no TLS there", Options{URL: plain, CA: ours.file}, "the server offers no TLS"},

		{"certificate", Options{URL: mutual, CA: ours.file, Cert: cert, Key: key}, ""},
		{"no certificate", Options{URL: mutual, CA: ours.file}, "the server does not accept our certificate"},
		{"foreign certificate", Options{URL: mutual, CA: ours.file, Cert: foreignCert, Key: foreignKey}, "the server does not accept our certificate"},
		{"no pair", Options{URL: mutual, CA: ours.file, Cert: cert, Key: foreignKey}, "nats.tls.cert " + cert + " and nats.tls.key " + foreignKey + " are no pair"},
		{"no key", Options{URL: mutual, CA: ours.file, Cert: cert}, "nats.tls.cert needs its key"},
	} {
		for _, wait := range []bool{false, true} {
			if wait && strings.HasPrefix(c.want, "no NATS server") {
				continue // it would wait for one
			}
			t.Run(c.name, func(t *testing.T) {
				c.o.Wait = wait
				conn, err := Connect(t.Context(), c.o)
				if err == nil {
					defer conn.Close()
					err = conn.Flush()
				}
				switch {
				case err == nil && c.want != "":
					t.Errorf("connected, want %q", c.want)
				case err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)):
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
				for _, secret := range []string{"s3cret", "word@", "tok@", "guess"} {
					if err != nil && strings.Contains(err.Error(), secret) {
						t.Errorf("a secret in %v", err)
					}
				}
			})
		}
	}
}

// A file of a secret that everybody may read is used, with a warning.
func TestWeakFile(t *testing.T) {
	url := natstest.Run(t, func(o *server.Options) { o.Authorization = "s3cret" }).URL()
	token := put(t, "token", []byte("s3cret"))
	if err := os.Chmod(token, 0o644); err != nil {
		t.Fatal(err)
	}
	var lines []string
	conn, err := Connect(t.Context(), Options{URL: url, TokenFile: token, Log: func(m string) { lines = append(lines, m) }})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	want := "nats.token_file: everybody on this machine may read " + token + ": chmod o= " + token
	if len(lines) != 1 || lines[0] != want {
		t.Errorf("got %q, want %q", lines, want)
	}
}

// With Wait a first connection waits for its server, or for the end of the
// context.
func TestWait(t *testing.T) {
	s := natstest.Run(t, nil)
	s.Stop()
	told := make(chan string, 1)
	o := Options{URL: s.URL(), Wait: true, Log: func(m string) {
		select {
		case told <- m:
		default:
		}
	}}
	ctx, cancel := context.WithCancelCause(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := Connect(ctx, o)
		failed <- err
	}()
	if m := <-told; !strings.Contains(m, "no NATS server answers") || !strings.Contains(m, "trying again until it answers") {
		t.Errorf("told %q", m)
	}
	stop := errors.New("stop")
	cancel(stop)
	if err := <-failed; !errors.Is(err, stop) {
		t.Errorf("got %v, want that of the context", err)
	}
	connected := make(chan *nats.Conn)
	go func() {
		conn, err := Connect(t.Context(), o)
		if err != nil {
			t.Error(err)
		}
		connected <- conn
	}()
	<-told
	s.Start()
	(<-connected).Close()
}

// A connection that was lost comes back and says so, whatever happens meanwhile.
func TestComesBack(t *testing.T) {
	s := natstest.Run(t, nil)
	told := make(chan string, 10)
	conn, err := Connect(t.Context(), Options{URL: s.URL(), Log: func(m string) { told <- m }})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 2 {
		s.Stop()
		if m := <-told; !strings.Contains(m, "is lost") {
			t.Errorf("told %q", m)
		}
		if err := conn.Publish("x", nil); err == nil {
			t.Error("something was published to nobody")
		}
		s.Start()
		if m := <-told; !strings.HasPrefix(m, "connected again to nats://127.0.0.1:") {
			t.Errorf("told %q", m)
		}
	}
}

func TestPause(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: firstPause, 1: firstPause, 2: 2 * firstPause, 4: 8 * firstPause, 7: lastPause, 1 << 40: lastPause} {
		for range 100 {
			if got := pause(attempt); got < want/2 || got > want {
				t.Fatalf("attempt %d: %s, want %s to %s", attempt, got, want/2, want)
			}
		}
	}
}
