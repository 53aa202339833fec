package jetstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

func newModelAlerts(t *testing.T, d *disktest.Memory, to *model, log func(string)) *Alerts {
	t.Helper()
	o := Options{Subject: "alerts", Job: "job", Batch: 2, Disk: d, Log: log}
	must(t, o.complete())
	return newAlerts("out", to, o)
}

func commit(t *testing.T, s *Alerts, epoch uint64, n int) {
	t.Helper()
	must(t, s.WriteAlerts(ctx, epoch, alertsOf(epoch, 0, n)))
	must(t, prepared(s, epoch))
	must(t, s.Commit(ctx, epoch))
	must(t, s.Commit(ctx, epoch))
}

// A job that starts over counts its epochs anew; what an earlier one has committed and
// not published comes first.
func TestStartOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, to := disktest.New(), &model{}
		s := newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 0, nil))
		commit(t, s, 1, 3)
		synctest.Wait()
		to.setDown(true)
		commit(t, s, 7, 3)
		must(t, s.Close())

		to.setDown(false)
		s = newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 0, nil))
		commit(t, s, 1, 5)
		must(t, s.Close())

		s = newModelAlerts(t, d, to, nil) // and again, without checkpoints
		commit(t, s, 1, 2)
		must(t, s.Close())

		s = newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 1, nil)) // and goes on
		commit(t, s, 2, 2)
		must(t, s.Close())

		want := slices.Concat(ids(alertsOf(1, 0, 3)), ids(alertsOf(7, 0, 3)), ids(alertsOf(1, 0, 5)), ids(alertsOf(1, 0, 2)), ids(alertsOf(2, 0, 2)))
		if got := to.ids(); !slices.Equal(got, want) {
			t.Fatalf("%d alerts, want %d", len(got), len(want))
		}
	})
}

// A checkpoint that is older than what was published would make rows twice.
func TestOldCheckpoint(t *testing.T) {
	for _, away := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d, to := disktest.New(), &model{}
			s := newModelAlerts(t, d, to, nil)
			must(t, s.Recover(ctx, 0, nil))
			commit(t, s, 1, 3)
			synctest.Wait()
			to.setDown(away)
			commit(t, s, 2, 3)
			must(t, s.Close())
			s = newModelAlerts(t, d, to, nil)
			err := s.Recover(ctx, 1, nil)
			if err == nil || !strings.Contains(err.Error(), "epoch 2 was published already, but the checkpoint is of epoch 1") {
				t.Fatal(err)
			}
			_ = s.Close()
			s = newModelAlerts(t, d, to, nil)
			must(t, s.Recover(ctx, 2, nil))
			must(t, s.Close())
		})
	}
}

// The files of an epoch are sent after those of the epochs before, however early they
// were staged.
func TestLaterEpochsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &model{}
		s := newModelAlerts(t, disktest.New(), to, nil)
		must(t, s.Recover(ctx, 0, nil))
		must(t, s.write(1, alertsOf(1, 0, 3)))
		p, err := s.part(1, 2) // as another shard, which is ahead
		must(t, err)
		p.data, p.messages, p.rows = append(p.data, 1, 0, 0, 0, 'x'), 1, 1
		must(t, s.flush(p))
		p.mu.Unlock()
		must(t, prepared(s, 1))
		must(t, s.Commit(ctx, 1))
		synctest.Wait()
		if got := to.ids(); !slices.Equal(got, ids(alertsOf(1, 0, 3))) {
			t.Fatal(len(got))
		}
		must(t, prepared(s, 2))
		if p := s.Pending(); p.Segments != 0 {
			t.Fatalf("%+v", p)
		}
		must(t, s.Commit(ctx, 2))
		synctest.Wait()
		if b := to.stream[len(to.stream)-2]; string(b.Data) != "x" {
			t.Fatalf("%q", b.Data)
		}
		must(t, s.Close())
	})
}

// What is prepared and not committed waits, whatever is committed before it.
func TestPreparedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &model{}
		s := newModelAlerts(t, disktest.New(), to, nil)
		must(t, s.Recover(ctx, 0, nil))
		for e := uint64(1); e <= 2; e++ {
			must(t, s.WriteAlerts(ctx, e, alertsOf(e, 0, 3)))
			must(t, prepared(s, e))
		}
		must(t, s.Commit(ctx, 1))
		synctest.Wait()
		if got := to.ids(); !slices.Equal(got, ids(alertsOf(1, 0, 3))) {
			t.Fatal(len(got))
		}
		must(t, s.Commit(ctx, 2))
		must(t, s.Close())
		if got := to.ids(); len(got) != 6 {
			t.Fatal(len(got))
		}
	})
}

// A long epoch is several files.
func TestParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &model{}
		to.setDown(true)
		o := Options{Subject: "alerts", Disk: disktest.New()}
		must(t, o.complete())
		s := newAlerts("out", to, o)
		must(t, s.Recover(ctx, 0, nil))
		n := 3 * partBytes / 300
		commit(t, s, 1, n)
		p := s.Pending()
		if p.Segments < 3 || p.Rows != n || p.Messages != n || p.Bytes < 2*partBytes || time.Since(p.Oldest) > time.Second || p.Oldest.IsZero() {
			t.Fatalf("%+v", p)
		}
		to.setDown(false)
		time.Sleep(longestPause)
		synctest.Wait()
		if got := to.ids(); !slices.Equal(got, ids(alertsOf(1, 0, n))) {
			t.Fatal(len(got))
		}
		if to.batches > n/999+p.Segments {
			t.Fatalf("%d batches of %d alerts", to.batches, n)
		}
		must(t, s.Close())
	})
}

// A server that is away never keeps anybody waiting, and one line tells when it goes
// and one when it is back. Close does not wait for it for longer than it is told.
func TestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said logs
		d, to := disktest.New(), &model{}
		to.setDown(true)
		s := newModelAlerts(t, d, to, said.add)
		begun := time.Now()
		must(t, s.Recover(ctx, 0, nil))
		for e := range uint64(5) {
			commit(t, s, e+1, 3)
		}
		if d := time.Since(begun); d > 0 {
			t.Fatalf("it took %v", d)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if p := s.Pending(); len(said.all) != 1 || !strings.Contains(p.Trouble, "there is no connection") || p.Segments != 5 {
			t.Fatal(&said, p)
		}
		to.setDown(false)
		time.Sleep(longestPause)
		synctest.Wait()
		if p := s.Pending(); len(said.all) != 2 || p != (Pending{Sent: p.Sent}) || p.Sent == 0 {
			t.Fatal(&said, p)
		}
		to.setDown(true)
		commit(t, s, 6, 3)
		begun = time.Now()
		must(t, s.Close())
		if d := time.Since(begun); d > 5*time.Second {
			t.Fatalf("Close took %v", d)
		}
		if len(said.all) != 4 || !strings.Contains(said.all[3], "up to 3 messages for alerts are not published") {
			t.Fatal(&said)
		}
		must(t, s.Close())
		if err := s.WriteAlerts(ctx, 7, alertsOf(7, 0, 1)); err == nil {
			t.Error("WriteAlerts after Close was taken")
		}
	})
}

// A process that comes back while the server is away, and whose batch was surely not
// sent, does not stop for doubts later.
func TestNoNeedlessDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, to := disktest.New(), &model{}
		s := newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 0, nil))
		commit(t, s, 1, 3)
		synctest.Wait()
		to.setDown(true)
		commit(t, s, 2, 3)
		commit(t, s, 3, 3)
		must(t, s.Close())
		to.stream = append(to.stream[:0:0], nil) // everything expires
		to.stream[0] = &other
		for range 20 {
			to.stream = append(to.stream, &other)
		}
		to.setDown(false)
		s = newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 3, nil))
		synctest.Wait()
		must(t, s.Close())
		if got := to.ids(); !slices.Equal(got, append(ids(alertsOf(2, 0, 3)), ids(alertsOf(3, 0, 3))...)) {
			t.Fatal(len(got))
		}
	})
}

// An outcome that is unknown stays so, until the stream tells: also when the process
// goes on for a while, and the next one comes when all messages have expired.
func TestDoubtRemains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, to := disktest.New(), &model{}
		s := newModelAlerts(t, d, to, nil)
		must(t, s.Recover(ctx, 0, nil))
		commit(t, s, 1, 3)
		synctest.Wait()
		to.dies = true
		commit(t, s, 2, 3)
		time.Sleep(time.Hour)
		must(t, s.Close())
		for i := range to.stream {
			to.stream[i] = &other
		}
		to.setDown(false)
		err := newModelAlerts(t, d, to, nil).Recover(ctx, 2, nil)
		if err == nil || !strings.Contains(err.Error(), "the last marker of alerts is gone") {
			t.Fatal(err)
		}
	})
}

// Damaged files stop the job, with a remedy.
func TestDamaged(t *testing.T) {
	for _, c := range []struct{ name, want string }{{"outbox", "restore the file"}, {positionFile, "restore the file from a copy"}} {
		synctest.Test(t, func(t *testing.T) {
			d, to := disktest.New(), &model{}
			to.setDown(true)
			s := newModelAlerts(t, d, to, nil)
			must(t, s.Recover(ctx, 0, nil))
			commit(t, s, 1, 3)
			must(t, s.Close())
			for _, name := range d.Files("out") {
				if strings.HasPrefix(name, c.name) {
					b, _ := d.ReadFile("out/" + name)
					b[len(b)/2] ^= 1
					must(t, d.WriteFile("out/"+name, b))
				}
			}
			to.setDown(false)
			s = newModelAlerts(t, d, to, nil)
			err := s.Recover(ctx, 1, nil)
			synctest.Wait()
			if err == nil {
				err = s.WriteAlerts(ctx, 2, nil)
			}
			if err == nil || !strings.Contains(err.Error(), "is damaged") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
			_ = s.Close()
			if got := to.ids(); len(got) > 0 {
				t.Fatal(fmt.Sprint(got))
			}
		})
	}
}

var (
	_ engine.Sink      = (*Features)(nil)
	_ engine.AlertSink = (*Alerts)(nil)
)
