package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// TestLookTrue: whenever somebody looks while the job folds, emits, judges and saves,
// the answer is what the records before its instant give.
func TestLookTrue(t *testing.T) {
	const seed, people, n, day = 9, 30, 6000, int64(24 * time.Hour / time.Millisecond)
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString(header)
	var calls [people][]int64 // event times in ms
	at := noon.UnixMilli()
	for i := range n {
		at += r.Int64N(12) * 500
		if i%(n/3) == n/6 {
			at += 50 * time.Hour.Milliseconds() // days without a record
		}
		if i%500 == 0 {
			at += time.Hour.Milliseconds()
		}
		if midnight := (at/day + 1) * day; i%1000 == 999 {
			at = midnight // the first instant of a day
		}
		who := r.IntN(people)
		fmt.Fprintf(&b, "%d,%d,+49151%07d,+4930%06d,0,originating\n", i, at, who, r.IntN(500))
		calls[who] = append(calls[who], at)
	}
	c := oracle.Default()
	c.Lateness, c.EmitEvery, c.Windows = 0, "15m", []string{"1h/5m", "1d", "7d"}
	c.MaxContacts = 100
	c.Rules = newRuleMaker(seed, c.Windows).rules(8)
	l := newLive(t, job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, workers: 2})
	l.feed(t, r)
	key := keys(t)
	var asked atomic.Int64
	done := l.start(t, disktest.New(), func() bool { return asked.Add(1)%50 == 0 })
	column := map[string]int{}
	for i, f := range l.rows.schema.Fields {
		column[f.Name] = i
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var looks, odd atomic.Int64
	for g := range 3 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(g)))
			for ctx.Err() == nil {
				who := r.IntN(people)
				f, err := l.run.Look(ctx, key(fmt.Sprintf("+49151%07d", who)))
				if errors.Is(err, engine.ErrUnknown) || ctx.Err() != nil {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				looks.Add(1)
				end := int64(f.WindowEnd)
				today := (end - 1) / day * day
				hour := ((end-1)/300000 - 11) * 300000 // of panes of 5 minutes
				if end == today+1 {                    // see shard.Look
					end = today
				}
				var inDay, inHour int64
				for _, at := range calls[who] {
					if at < end && at >= today {
						inDay++
					}
					if at < end && at >= hour {
						inHour++
					}
				}
				gotDay, _ := f.Columns[column["calls_out_1d"]].Value(0)
				gotHour, _ := f.Columns[column["calls_out_1h"]].Value(0)
				if int64(gotDay) != inDay || int64(gotHour) != inHour {
					odd.Add(1)
					t.Errorf("as of %s: %v and %v calls, want %d and %d", time.UnixMilli(end).UTC().Format(time.RFC3339Nano), gotDay, gotHour, inDay, inHour)
					if odd.Load() > 5 {
						return
					}
				}
			}
		})
	}
	for i := 0; i < n; {
		i += 1 + r.IntN(3000)
		l.feeds[0].arrive(i)
		for s := l.run.Stats(); len(s.Sources) == 0 || s.Sources[0].Read < int64(min(i, n)-2000); s = l.run.Stats() {
			runtime.Gosched()
		}
	}
	cancel()
	all.Wait()
	close(l.stop)
	if err := <-done; !errors.Is(err, engine.ErrStopped) {
		t.Error(err)
	}
	t.Log(looks.Load(), "looks, rows", len(l.rows.rows), "alerts", len(l.rings.alerts()))
}
