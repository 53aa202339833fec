package jetstream

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
)

const record = "100000001,voice,15550100042,15550199117,2026-03-01T09:30:15Z,6.2,182.4,answered,16,310-410-1201-77,3582400512345,0.12\n"

// BenchmarkRecords and BenchmarkBlocks read a stream of one record a message, and of
// 64 and 512 records a message, from a server in the process, in turn with the
// library's ordered consumer that only counts messages (bare). They report
// records/s of both and the ratio of the medians.
func BenchmarkRecords(b *testing.B) { compare(b, 1, 1_000_000) }

func BenchmarkBlocks64(b *testing.B)  { compare(b, 64, 60_000) }
func BenchmarkBlocks512(b *testing.B) { compare(b, 512, 8_000) }

func compare(b *testing.B, size, messages int) {
	r := newRig(b)
	fill(r, bytes.Repeat([]byte(record), size), messages)
	var bare, ours time.Duration
	for b.Loop() {
		bare += r.bare(messages)
		ours += r.ours(messages, size)
	}
	rate := func(d time.Duration) float64 { return float64(messages) * float64(size) * float64(b.N) / d.Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate(bare), "bare-records/s")
	b.ReportMetric(rate(ours), "records/s")
	b.ReportMetric(rate(ours)/rate(bare), "ratio")
}

func fill(r *rig, data []byte, messages int) {
	for n := range messages {
		if n%1000 == 999 || n == messages-1 { // waits until all before it are stored
			_, err := r.js.Publish(r.t.Context(), "s.a", data)
			r.do(err)
			continue
		}
		r.do(r.conn.Publish("s.a", data))
	}
	if n := r.stream().CachedInfo().State.Msgs; n != uint64(messages) {
		r.t.Fatalf("the stream holds %d messages", n)
	}
}

func (r *rig) bare(messages int) time.Duration {
	conn := connected(r)
	defer conn.Close()
	js, err := jetstream.New(conn)
	r.do(err)
	c, err := js.OrderedConsumer(r.t.Context(), "S", jetstream.OrderedConsumerConfig{})
	r.do(err)
	done := make(chan struct{})
	var n atomic.Int64
	start := time.Now()
	cc, err := c.Consume(func(jetstream.Msg) {
		if n.Add(1) == int64(messages) {
			close(done)
		}
	}, jetstream.PullMaxMessages(20_000))
	r.do(err)
	<-done
	d := time.Since(start)
	cc.Stop()
	return d
}

func (r *rig) ours(messages, size int) time.Duration {
	conn := connected(r)
	defer conn.Close()
	s, err := Open(conn, Options{Stream: "S"})
	r.do(err)
	defer s.Close()
	woken := make(chan struct{}, 1)
	s.Notify(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	var buf []byte
	start := time.Now()
	for n, lines := 0, int64(0); ; {
		block, err := s.Read(r.t.Context(), buf)
		buf = block.Data
		if errors.Is(err, source.ErrNone) {
			<-woken
			continue
		}
		r.do(err)
		n += len(block.Messages)
		lines = block.End.Line
		if n == messages {
			if lines != int64(messages*size) {
				r.t.Fatal(fmt.Sprint(lines, " lines"))
			}
			return time.Since(start)
		}
	}
}

func connected(r *rig) *nats.Conn {
	conn, err := nats.Connect(r.URL())
	r.do(err)
	return conn
}
