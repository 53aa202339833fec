package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/source"
)

// minutes writes n calls, one a minute, of a direction.
func minutes(n int, direction string) []byte {
	var b strings.Builder
	b.WriteString(header)
	for i := range n {
		fmt.Fprintf(&b, "%s%d,%s,+491511%06d,+49301234,5,%s\n", direction, i, noon.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), i%7, direction)
	}
	return []byte(b.String())
}

func smallLive(t *testing.T, files ...oracle.File) *live {
	t.Helper()
	c := oracle.Default()
	c.Lateness, c.EmitEvery, c.Windows = 0, "15m", []string{"1h/5m", "1d"}
	l := newLive(t, job{Config: c, files: files, workers: 2})
	l.feed(t, rand.New(rand.NewPCG(1, 1)))
	return l
}

func never() bool { return false }

// TestLiveFiltered: a source of which nothing is folded is idle, however much it brings.
func TestLiveFiltered(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(100, "both")}, oracle.File{Name: "transit", Data: minutes(100, "none")})
	told := 0
	l.watch.Idle = func(string, bool) { told++ }
	synctest.Test(t, func(t *testing.T) {
		done := l.start(t, disktest.New(), never)
		for i := range 50 {
			for _, f := range l.feeds {
				f.arrive(i + 1)
			}
			time.Sleep(l.idle / 2)
			synctest.Wait()
		}
		s := l.run.Stats()
		if s.Frontier == order.Never || s.Sources[1].Filtered == 0 || !s.Sources[1].Idle {
			t.Errorf("the frontier is %d, the source is %+v", s.Frontier, s.Sources[1])
		}
		if told > 2 {
			t.Errorf("it was told %d times who is idle", told)
		}
		close(l.stop)
		<-done
	})
}

// TestLiveStatsGoOn: counters of a job that goes on never lie below those of the process
// before, not even while it takes up its state.
func TestLiveStatsGoOn(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(300, "both")})
	synctest.Test(t, func(t *testing.T) {
		m := disktest.New()
		done := l.start(t, m, never)
		l.feeds[0].arrive(300)
		time.Sleep(2 * l.idle)
		synctest.Wait()
		before := l.run.Stats()
		close(l.stop)
		<-done
		done = l.start(t, m, never)
		if s := l.run.Stats(); s.Rows < before.Rows || s.Rows == 0 || s.Subscribers != 8 {
			t.Errorf("%d rows and %d subscribers after %d rows", s.Rows, s.Subscribers, before.Rows)
		}
		synctest.Wait()
		if s := l.run.Stats(); s.Rows != before.Rows || s.Subscribers != 8 {
			t.Errorf("%d rows and %d subscribers after %d rows", s.Rows, s.Subscribers, before.Rows)
		}
		close(l.stop)
		<-done
	})
}

// TestLookEnded: whoever looks when the job has ended is told so, at once.
func TestLookEnded(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(30, "both")})
	key := keys(t)
	synctest.Test(t, func(t *testing.T) {
		done := l.start(t, disktest.New(), never)
		l.feeds[0].arrive(30)
		time.Sleep(2 * l.idle)
		close(l.stop)
		<-done
		for range 200 { // more than wait for a shard
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if _, err := l.run.Look(ctx, key("+491511000001")); !errors.Is(err, engine.ErrEnded) {
				t.Fatalf("of a job that has ended: %v", err)
			}
			cancel()
		}
	})
}

// closable is a live source that counts how often it was closed.
type closable struct {
	*feed
	broken error // of Resume
	closed int
}

func (c *closable) Resume(ctx context.Context, b source.Bookmark) error {
	return errors.Join(c.broken, c.feed.Resume(ctx, b))
}

func (c *closable) Close() error {
	c.closed++
	return nil
}

// TestLiveClosed: live sources are closed, also those that a job that failed has not
// come to.
func TestLiveClosed(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(30, "both")}, oracle.File{Name: "b", Data: minutes(30, "both")})
	synctest.Test(t, func(t *testing.T) {
		m := disktest.New()
		done := l.start(t, m, never)
		close(l.stop)
		<-done
		var all []*closable
		for _, f := range l.feeds {
			all = append(all, &closable{feed: f})
		}
		all[0].broken = errors.New("broken")
		l.inputs = func() (in []engine.Input) {
			for _, c := range all {
				in = append(in, engine.Input{Name: c.name, Live: c})
			}
			return in
		}
		if err := <-l.start(t, m, never); !errors.Is(err, all[0].broken) {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.closed != 1 {
				t.Errorf("%s was closed %d times", c.name, c.closed)
			}
		}
	})
}

// TestLookResumed: a job that goes on tells of a subscriber what it told before, though
// no record has come since.
func TestLookResumed(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(100, "both")})
	key := keys(t)
	synctest.Test(t, func(t *testing.T) {
		m := disktest.New()
		var before []any
		for range 2 {
			done := l.start(t, m, never)
			l.feeds[0].arrive(100)
			if before == nil {
				time.Sleep(2 * l.idle)
			}
			synctest.Wait()
			f, err := l.run.Look(t.Context(), key("+491511000001"))
			if err != nil {
				t.Fatal(err)
			}
			now := []any{f.WindowEnd}
			for c, field := range l.rows.schema.Fields {
				now = append(now, fmt.Sprint(field.Name, " ", cell(field.Type, &f.Columns[c], 0)))
			}
			if before != nil && !slices.Equal(now, before) {
				t.Errorf("it told\n%v, now it tells\n%v", before, now)
			}
			if f.WindowEnd != l.run.Stats().Frontier {
				t.Errorf("a look of %d, the frontier is %d", f.WindowEnd, l.run.Stats().Frontier)
			}
			before = now
			close(l.stop)
			<-done
		}
	})
}

// TestLiveAway: a source that cannot be reached is not idle: records may wait there.
func TestLiveAway(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(100, "both")})
	f := l.feeds[0]
	synctest.Test(t, func(t *testing.T) {
		done := l.start(t, disktest.New(), never)
		f.arrive(50)
		synctest.Wait()
		f.mu.Lock()
		f.away = true
		f.mu.Unlock()
		time.Sleep(10 * l.idle)
		if l.run.Stats().Sources[0].Idle {
			t.Error("it is idle while it is away")
		}
		f.mu.Lock()
		f.away = false
		f.mu.Unlock()
		time.Sleep(l.idle / 10)
		synctest.Wait()
		if !l.run.Stats().Sources[0].Idle {
			t.Error("it is not idle when it is there again")
		}
		close(l.stop)
		<-done
	})
}

// TestLiveRetired: of a source that is read no more nothing is told that somebody should
// see to, and nobody waits for it.
func TestLiveRetired(t *testing.T) {
	l := smallLive(t, oracle.File{Name: "a", Data: minutes(100, "both")}, oracle.File{Name: "b", Data: minutes(100, "both")})
	synctest.Test(t, func(t *testing.T) {
		m := disktest.New()
		done := l.start(t, m, never)
		l.feeds[1].arrive(10)
		synctest.Wait()
		close(l.stop)
		<-done
		l.inputs = func() []engine.Input {
			return []engine.Input{{Name: "a", Live: l.feeds[0], Idle: l.idle}, {Name: "b", Retired: true, Done: true}}
		}
		done = l.start(t, m, never)
		l.feeds[0].arrive(50)
		synctest.Wait()
		s := l.run.Stats()
		if b := s.Sources[1]; b.Read != 10 || b.Lag != (source.Lag{Waiting: -1, Headroom: -1}) {
			t.Errorf("of the retired one it tells %+v", b)
		}
		if s.Frontier != s.Sources[0].Mark/1000*1000 {
			t.Errorf("the frontier is %d, the mark %d", s.Frontier, s.Sources[0].Mark)
		}
		close(l.stop)
		<-done
	})
}
