package feed_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/feed"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsserver"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// A file of records of 117 bytes to the server inside cdrstream, which syncs every
// message, over the network of the machine. One operation is one file.
func BenchmarkPublish(b *testing.B) {
	for _, c := range []struct {
		name    string
		records int
		single  bool
	}{{"blocks", 1_000_000, false}, {"per-message", 50_000, true}} {
		b.Run(c.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.csv")
			text := header + "\n" + strings.Repeat(strings.Repeat("x", 116)+"\n", c.records)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			s, err := natsserver.Start(natsserver.Options{StoreDir: b.TempDir(), Port: natsserver.RandomPort})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Shutdown()
			conn, err := natsconn.Connect(b.Context(), natsconn.Options{URL: s.ClientURL()})
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			js, err := jetstream.New(conn)
			if err != nil {
				b.Fatal(err)
			}
			stream, _, err := natsserver.EnsureStream(b.Context(), js, natsserver.StreamOptions{Name: "CDR", Subjects: []string{"cdr.>"}})
			if err != nil {
				b.Fatal(err)
			}
			for n := 0; b.Loop(); n++ {
				f, err := feed.New(b.Context(), conn, feed.Options{
					Stream: "CDR", Subject: fmt.Sprintf("cdr.%d", n), MaxRecord: 1 << 20, PerMessage: c.single, Layout: layout,
					Open: func(_ context.Context, path string, o file.Options) (*file.File, error) { return file.Open(path, o) },
					Note: func(string) {}, Warn: func(m string) { b.Log(m) },
				})
				if err != nil {
					b.Fatal(err)
				}
				if sum, err := f.Run(b.Context(), []string{path}); err != nil || sum.Records != int64(c.records) {
					b.Fatal(sum, err)
				}
				b.StopTimer()
				if err := stream.Purge(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(c.records)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
