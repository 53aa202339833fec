package jetstream

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// realLife is one process of the job of crash_test.go, whose alerts go to a server.
type realLife struct {
	js      jetstream.JetStream
	subject string
	disk    *disktest.Memory
	last    manifest
	before  manifest
	since   int
	ended   bool
}

func (l *realLife) run() error {
	s, err := NewAlerts("out", l.js, Options{Subject: l.subject, Batch: 2, Disk: l.disk})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Recover(ctx, l.last.epoch, l.last.files); err != nil {
		return err
	}
	for e := l.last.epoch + 1; e <= epochs; e++ {
		if err := s.WriteAlerts(ctx, e, alertsOf(e, 0, countOf[e])); err != nil {
			return err
		}
		files, err := s.Prepare(ctx, e)
		if err != nil {
			return err
		}
		l.before, l.last, l.since = l.last, manifest{e, files}, l.disk.Ops()
		if err := s.Commit(ctx, e); err != nil {
			return err
		}
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); s.Pending().Segments > 0; <-tick.C {
		if err := s.stage.Err(); err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("left: %+v", s.Pending())
		}
	}
	l.ended = true
	return s.Close()
}

// ids are those in the stream, in its order.
func (l *realLife) ids(st jetstream.Stream) (all []string, err error) {
	info, err := st.Info(ctx)
	if err != nil {
		return nil, err
	}
	for seq := uint64(1); seq <= info.State.LastSeq; seq++ {
		m, err := st.GetMsg(ctx, seq)
		if err != nil {
			return nil, err
		}
		if m.Subject == l.subject {
			all = append(all, m.Header.Get("Cdr-Alert-Id"))
		}
	}
	return all, nil
}

// A crash of the process at every operation on its disk, while a server takes what it
// sends; then another process finishes the job.
func TestCrashReal(t *testing.T) {
	js := natstest.Run(t, nil).JetStream()
	n := 0
	job := func(crash func(d *disktest.Memory)) (*realLife, jetstream.Stream) {
		n++
		l := &realLife{js: js, subject: fmt.Sprint("a", n), disk: disktest.New()}
		st, err := js.CreateStream(ctx, jetstream.StreamConfig{
			Name: fmt.Sprint("A", n), Subjects: []string{l.subject, l.subject + ".commit"}, AllowAtomicPublish: true, Storage: jetstream.MemoryStorage,
		})
		must(t, err)
		crash(l.disk)
		if err := l.run(); !l.ended && !errors.Is(err, disktest.ErrCrashed) {
			t.Fatal(err)
		}
		return l, st
	}
	whole, _ := job(func(*disktest.Memory) {})
	for p := range disktest.Points(0, whole.disk.Ops(), 0) {
		if p.Takes {
			continue // as the next one
		}
		first, st := job(func(d *disktest.Memory) { d.CrashAt(p.At, p.Takes) })
		m := first.last
		if p.At == first.since && p.Keep == 0 {
			m = first.before
		}
		next := &realLife{js: js, subject: first.subject, disk: first.disk.Crash(p.Keep, p.Seed), last: m}
		must(t, next.run())
		got, err := next.ids(st)
		must(t, err)
		if want := idsUntil(epochs); !slices.Equal(got, want) {
			t.Fatalf("%v, %s: %d alerts, want %d", p, first.disk.Op(p.At), len(got), len(want))
		}
		must(t, js.DeleteStream(ctx, st.CachedInfo().Config.Name))
	}
	t.Logf("%d operations, %d jobs", whole.disk.Ops(), n)
}

// Two jobs begin to publish to the same subject at the same moment: what is in the
// stream is of one of them.
func TestTwoJobsAtOnce(t *testing.T) {
	js := natstest.Run(t, nil).JetStream()
	for n := range 8 {
		subject := fmt.Sprint("a", n)
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{subject, subject + ".commit"}, AllowAtomicPublish: true, Storage: jetstream.MemoryStorage})
		must(t, err)
		var all [2]*Alerts
		var said [2]logs
		for i := range all {
			s, err := NewAlerts("out", js, Options{Subject: subject, Job: fmt.Sprint("job", i), Batch: 3, Disk: disktest.New(), Log: said[i].add})
			must(t, err)
			must(t, s.Recover(ctx, 0, nil))
			all[i] = s
		}
		var wg sync.WaitGroup
		for i, s := range all {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := errors.Join(s.WriteAlerts(ctx, 1, alertsOf(uint64(i+1), 0, 10)), prepared(s, 1), s.Commit(ctx, 1)); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		settled := func(i int) bool {
			return all[i].Pending().Segments == 0 || strings.Contains(said[i].String(), "another outbox publishes")
		}
		wait(t, func() string { return said[0].String() + said[1].String() }, func() bool { return settled(0) && settled(1) })
		var got []string
		for _, m := range stream(t, js) {
			if id := m.Headers().Get("Cdr-Alert-Id"); id != "" {
				got = append(got, id)
			}
		}
		if !slices.Equal(got, ids(alertsOf(1, 0, 10))) && !slices.Equal(got, ids(alertsOf(2, 0, 10))) {
			t.Fatalf("%d alerts: %v %v", len(got), &said[0], &said[1])
		}
		must(t, errors.Join(all[0].Close(), all[1].Close(), js.DeleteStream(ctx, "S")))
	}
}

func prepared(s *Alerts, epoch uint64) error {
	_, err := s.Prepare(ctx, epoch)
	return err
}
