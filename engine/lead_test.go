package engine

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// led is an engine of two workers that have so many steps, of which two are enough.
func led(steps ...int) *Engine {
	e := &Engine{lead: newLead(runtime.GOMAXPROCS(0), 2*leadPart)}
	for _, n := range steps {
		w := &worker{steps: make(chan step, 2*leadPart), lead: e.lead}
		for range n {
			w.steps <- step{}
		}
		e.workers = append(e.workers, w)
	}
	return e
}

// keeps tells whether e waits before it deals the next step; what it returns ends that.
func keeps(t *testing.T, e *Engine) (waits bool, end func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	dealt := make(chan error, 1)
	go func() { dealt <- e.keepLead(ctx) }()
	synctest.Wait()
	return len(dealt) == 0, func() error {
		cancel()
		return <-dealt
	}
}

// Steps are dealt until all workers have enough, and again when one has not, waits for others,
// or reading is what takes long.
func TestLead(t *testing.T) {
	for _, test := range []struct {
		what  string
		steps []int
		then  func(e *Engine)
		waits bool
	}{
		{"all have enough", []int{2, 5}, func(*Engine) {}, true},
		{"one has too few", []int{9, 1}, func(*Engine) {}, false},
		{"nobody has any", []int{0, 0}, func(*Engine) {}, false},
		{"one takes one too many", []int{2, 5}, func(e *Engine) { <-e.workers[0].steps; e.lead.took(1) }, false},
		{"one takes one of many", []int{2, 5}, func(e *Engine) { <-e.workers[1].steps; e.lead.took(4) }, true},
		{"one begins to wait", []int{2, 5}, func(e *Engine) { e.lead.wait() }, false},
		{"one waits no more", []int{2, 5}, func(e *Engine) { e.lead.wait()() }, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := led(test.steps...)
			_, end := keeps(t, e)
			test.then(e)
			synctest.Wait()
			if err := end(); (err == nil) == test.waits || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want to wait: %v", test.what, err, test.waits)
			}
		})
	}
}

// Where reading takes more than half of the time it never pauses.
func TestLeadOfSlowReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := led(2, 2)
		e.lead.started = time.Now()
		time.Sleep(time.Second) // of the test's own clock
		e.lead.reading.Store(int64(time.Second / 3))
		if waits, end := keeps(t, e); !waits || end() == nil {
			t.Error("reading takes a third of the time, and steps are dealt though all have enough")
		}
		e.lead.reading.Store(int64(time.Second * 2 / 3))
		if waits, end := keeps(t, e); waits || end() != nil {
			t.Error("reading takes two thirds of the time, and the next step waits")
		}
	})
}

// With a processor to spare, steps are dealt as long as there is room.
func TestLeadOfFewWorkers(t *testing.T) {
	const steps = 60
	n := runtime.GOMAXPROCS(0)
	if got := newLead(n, steps).enough; got != steps/leadPart {
		t.Errorf("%d workers on as many processors have enough with %d steps, want %d", n, got, steps/leadPart)
	}
	if got := newLead(n-1, steps).enough; got != steps {
		t.Errorf("%d workers on %d processors have enough with %d steps, want %d", n-1, n, got, steps)
	}
}
