package feed

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Records pass at the rate, evenly, whatever a batch takes; a stall is not made up
// for in one go.
func TestPacer(t *testing.T) {
	for _, c := range []struct {
		rate    float64
		portion int
	}{{50_000, 1000}, {1_500_000, 30_000}, {300, 6}, {2, 1}, {0.5, 1}} {
		synctest.Test(t, func(t *testing.T) {
			p := pacer{rate: c.rate}
			if got := p.portion(); got != c.portion {
				t.Fatalf("%g/s: %d at a time, want %d", c.rate, got, c.portion)
			}
			start, passed := time.Now(), 0
			for batches := 0; batches < 200; batches++ {
				if err := p.wait(t.Context(), c.portion); err != nil {
					t.Fatal(err)
				}
				elapsed := time.Since(start).Seconds()
				if most := c.rate*elapsed + 1e-6; float64(passed) > most {
					t.Fatalf("%g/s: %d records after %g s", c.rate, passed, elapsed)
				}
				passed += c.portion
				time.Sleep(step / 3) // the batch is stored; of the test's own clock
			}
			want := float64(passed-c.portion) / c.rate
			if got := time.Since(start).Seconds(); got < want || got > want+1.5*step.Seconds() {
				t.Errorf("%g/s: %d records took %g s, want %g", c.rate, passed, got, want)
			}
			time.Sleep(time.Hour)
			at, n := time.Now(), 0
			for ; time.Since(at) < time.Second; n += c.portion {
				if err := p.wait(t.Context(), c.portion); err != nil {
					t.Fatal(err)
				}
			}
			if most := c.rate*(1+burst.Seconds()) + 2*float64(c.portion); float64(n) > most {
				t.Errorf("%g/s: %d records in the second after a stall, want at most %g", c.rate, n, most)
			}
		})
	}
}

// A wait ends with its context.
func TestPacerStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := pacer{rate: 0.01}
		if err := p.wait(ctx, 1); err != nil {
			t.Fatal(err)
		}
		if err := p.wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
