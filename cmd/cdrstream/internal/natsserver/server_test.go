package natsserver_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var cdr = natsserver.StreamOptions{Name: "CDR", Subjects: []string{"cdr.>"}}

// start starts a server over dir until the end of the test.
func start(t *testing.T, o natsserver.Options) *natsserver.Server {
	t.Helper()
	if o.Port == 0 {
		o.Port = natsserver.RandomPort
	}
	if o.Log == nil {
		o.Log = func(m string) { t.Log(m) }
	}
	s, err := natsserver.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func connect(t *testing.T, s *natsserver.Server) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect("", nats.InProcessServer(s.InProcess()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func ensure(t *testing.T, js jetstream.JetStream, o natsserver.StreamOptions) jetstream.Stream {
	t.Helper()
	s, notes, err := natsserver.EnsureStream(t.Context(), js, o)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	return s
}

func publish(t *testing.T, js jetstream.JetStream, subject string) {
	t.Helper()
	if _, err := js.Publish(t.Context(), subject, []byte("x")); err != nil {
		t.Fatal(err)
	}
}

// What was stored is there when the server starts again, over the network and
// without.
func TestRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nats")
	s := start(t, natsserver.Options{StoreDir: dir})
	js := connect(t, s)
	ensure(t, js, cdr)
	publish(t, js, "cdr.a")
	s.Shutdown()

	s = start(t, natsserver.Options{StoreDir: dir})
	conn, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if js, err = jetstream.New(conn); err != nil {
		t.Fatal(err)
	}
	if got := ensure(t, js, cdr).CachedInfo().State.Msgs; got != 1 {
		t.Errorf("%d messages, want 1", got)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the store: %v, %v", info.Mode(), err)
	}
	if !strings.HasPrefix(s.ClientURL(), "nats://127.0.0.1:") {
		t.Errorf("listens on %s", s.ClientURL())
	}
}

// What stands in the way of a start is said, with what to do.
func TestInTheWay(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used := t.TempDir()
	start(t, natsserver.Options{StoreDir: used})
	for _, c := range []struct {
		name string
		o    natsserver.Options
		want string
	}{
		{"port", natsserver.Options{StoreDir: t.TempDir(), Port: port},
			fmt.Sprintf("another cdrstream serve or nats-server listens on 127.0.0.1:%d: stop it, give --nats-listen another port, or point nats.url at it", port)},
		{"everybody", natsserver.Options{StoreDir: t.TempDir(), Host: "0.0.0.0"}, "listens on loopback addresses only, not on 0.0.0.0"},
		{"store in use", natsserver.Options{StoreDir: used, Port: natsserver.RandomPort}, used + " is the store of another cdrstream serve that runs"},
		{"no directory", natsserver.Options{StoreDir: filepath.Join(file, "x"), Port: natsserver.RandomPort}, "not a directory: make the directory writable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := natsserver.Start(c.o)
			if err == nil {
				s.Shutdown()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// A stream that cannot be read is not taken for one that never was.
func TestDamagedStore(t *testing.T) {
	dir := t.TempDir()
	s := start(t, natsserver.Options{StoreDir: dir})
	js := connect(t, s)
	ensure(t, js, cdr)
	publish(t, js, "cdr.a")
	s.Shutdown()
	meta := filepath.Join(dir, "jetstream", "$G", "streams", "CDR", "meta.inf")
	if err := os.WriteFile(meta, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := natsserver.Start(natsserver.Options{StoreDir: dir, Port: natsserver.RandomPort})
	if err == nil {
		s.Shutdown()
		t.Fatal("it started")
	}
	for _, want := range []string{"the stream CDR cannot be read from " + filepath.Dir(meta), "bring the directory back from a backup"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

// Messages that the disk lost are told of.
func TestLostMessages(t *testing.T) {
	dir := t.TempDir()
	s := start(t, natsserver.Options{StoreDir: dir})
	js := connect(t, s)
	ensure(t, js, cdr)
	for range 5 {
		publish(t, js, "cdr.a")
	}
	s.Shutdown()
	block := filepath.Join(dir, "jetstream", "$G", "streams", "CDR", "msgs", "1.blk")
	b, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0xff
	if err := os.WriteFile(block, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(block), "index.db")); err != nil {
		t.Fatal(err)
	}
	var lines []string
	start(t, natsserver.Options{StoreDir: dir, Log: func(m string) { lines = append(lines, m) }})
	if got := strings.Join(lines, "\n"); !strings.Contains(got, "the store of the stream CDR in "+filepath.Dir(filepath.Dir(block))+" was damaged") {
		t.Errorf("log: %s", got)
	}
}
