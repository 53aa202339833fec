package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// BenchmarkLook feeds the dense file to a live job as fast as it takes it, with the
// built-in rules, Parquet and a checkpoint every two seconds, and meanwhile asks for the
// features of subscribers, 200 times a second. It tells how long that took.
func BenchmarkLook(b *testing.B) {
	path := denseFile(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2)) // as serve does
	var took []time.Duration
	for b.Loop() {
		w := newRuledWorld(b, core)
		c := jobOver(w, path)
		c.Features = parquetFiles(b)(w.plan.Schema)
		src, who := openEndless(b, w, path, c.BlockSize)
		c.Inputs = []engine.Input{{Name: path, Live: src}}
		store := openStore(b, b.TempDir())
		stop := make(chan struct{})
		c.Stop, c.Checkpoints = stop, keep(b, store, ticks(2*time.Second))
		e, err := engine.New(c)
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		var asking sync.WaitGroup
		asking.Go(func() { took = append(took, ask(b, e, who, src.ended)...) })
		asking.Go(func() {
			<-src.ended
			close(stop)
		})
		s, err := e.Run(context.Background())
		if !errors.Is(err, engine.ErrStopped) {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Ledger.Read)/time.Since(start).Seconds(), "records/s")
		asking.Wait()
		store.Close()
	}
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(took[len(took)*p/100].Seconds()*1000, fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "max-ms")
	b.ReportMetric(float64(len(took)), "looks")
}

// endless is a file as a live source that has no more to say at its end.
type endless struct {
	source.Source
	format engine.Format
	ended  chan struct{}
	over   bool
}

// openEndless opens the file, and tells some of its subscribers.
func openEndless(b *testing.B, w *world, path string, block int) (*endless, []cdr.Number) {
	e := &endless{ended: make(chan struct{})}
	var who cdr.Batch
	for range 2 {
		f, layout, err := open(b.Context(), w, path, file.Options{BlockSize: block})
		if err != nil {
			b.Fatal(err)
		}
		e.Source, e.format = f, engine.Format{Decoder: csv.Decoder{}, Layout: layout}
		if who.Len() > 0 {
			break
		}
		first, err := f.Read(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		e.format.Decoder.Decode(layout, first.Data, &who, &decode.Tally{})
		f.Close()
	}
	var numbers []cdr.Number
	for i := range who.Rows {
		numbers = append(numbers, who.Rows[i].Calling)
	}
	return e, numbers
}

func (e *endless) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if e.over {
		return source.Block{}, source.ErrNone
	}
	block, err := e.Source.Read(ctx, buf)
	block.Layout = e.format
	if errors.Is(err, io.EOF) {
		e.over = true
		close(e.ended)
		err = nil
	}
	return block, err
}

func (e *endless) Notify(func())   {}
func (e *endless) Lag() source.Lag { return source.Lag{Waiting: -1, Headroom: -1} }

// ask looks at subscribers until ended, and tells how long each look took.
func ask(b *testing.B, e *engine.Engine, who []cdr.Number, ended <-chan struct{}) (took []time.Duration) {
	r := rand.New(rand.NewPCG(1, 2))
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return took
		case <-tick.C:
		}
		start := time.Now()
		_, err := e.Look(b.Context(), who[r.IntN(len(who))])
		if err == nil {
			took = append(took, time.Since(start))
		} else if !errors.Is(err, engine.ErrUnknown) {
			b.Error(err)
			return took
		}
	}
}
