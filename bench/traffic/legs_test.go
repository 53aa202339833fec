package traffic

import (
	"testing"
	"time"
)

func TestSplitLegs(t *testing.T) {
	c := small()
	c.SplitLegs = true
	legs := map[uint64][]Record{}
	for _, r := range all(t, c) {
		if r.Direction == Both {
			t.Fatal("a record with direction both")
		}
		if r.Service == Voice {
			legs[r.ID] = append(legs[r.ID], r)
		}
	}
	two := 0
	for id, l := range legs {
		if len(l) == 1 {
			continue
		}
		two++
		o, x := l[0], l[1]
		if o.Direction == Terminating {
			o, x = x, o
		}
		if len(l) != 2 || o.Direction != Originating || x.Direction != Terminating {
			t.Fatalf("call %d has %d legs", id, len(l))
		}
		if o.Release() != x.Release() || o.Calling != x.Calling || o.Called != x.Called || o.DurationMS != x.DurationMS || x.Start < o.Start {
			t.Fatalf("call %d: the legs do not fit: %+v %+v", id, o, x)
		}
		if o.IMSI != 0 && o.IMSI == x.IMSI {
			t.Fatalf("call %d: both legs have one SIM card", id)
		}
	}
	inRange(t, "calls of two legs", float64(two)/float64(len(legs)), 0.5, 0.8)
}

func TestPartials(t *testing.T) {
	whole, cut := small(), small()
	cut.Partials = 2 * time.Minute
	type sums struct{ talk, up, down int64 }
	total := func(c Config) (s sums) {
		type state struct {
			part uint16
			end  int64
		}
		calls := map[uint64]state{}
		for _, r := range all(t, c) {
			if r.Service == Voice || r.Service == Data {
				s.talk += r.DurationMS
				s.up += max(r.Up, 0)
				s.down += max(r.Down, 0)
			}
			if c.Partials > 0 && r.DurationMS > c.Partials.Milliseconds() && !r.Forwarded {
				t.Fatalf("a slice of %d ms", r.DurationMS)
			}
			if r.Partial == 0 {
				continue
			}
			before := calls[r.ID]
			if r.Partial != before.part+1 || r.Partial > 1 && r.RingMS > 0 || r.Partial > 1 && r.Start != before.end {
				t.Fatalf("slice %d follows %+v", r.Partial, before)
			}
			calls[r.ID] = state{r.Partial, r.Release()}
		}
		if (len(calls) > 0) != (c.Partials > 0) {
			t.Errorf("%d calls in slices", len(calls))
		}
		return s
	}
	a, b := total(whole), total(cut)
	// Draws are the same, so the talk time is; bytes lose a few to rounding.
	if a.talk != b.talk || b.up > a.up || b.down > a.down || float64(b.down) < 0.9999*float64(a.down) {
		t.Errorf("whole %+v, in slices %+v", a, b)
	}
}

// Devices and SIM cards stay for months; both have well-formed identities.
func TestIdentities(t *testing.T) {
	p := &population{plan: &plans[0], subs: make([]subscriber, 2000)}
	deviceChanges, simChanges := 0, 0
	cards := map[uint64]uint32{}
	for i := range uint32(2000) {
		for day := int64(20_000); day < 20_060; day++ {
			imei, imsi := p.imei(i, day), p.imsi(i, day)
			if luhn(imei/10) != imei || imei < 1e14 || imei >= 1e15 {
				t.Fatalf("IMEI %d", imei)
			}
			if imsi/10_000_000_000 != 20801 {
				t.Fatalf("IMSI %d", imsi)
			}
			if owner, ok := cards[imsi]; ok && owner != i {
				t.Fatalf("IMSI %d of %d and %d", imsi, owner, i)
			}
			cards[imsi] = i
			if day > 20_000 {
				deviceChanges += changed(imei, p.imei(i, day-1))
				simChanges += changed(imsi, p.imsi(i, day-1))
			}
		}
	}
	inRange(t, "device changes in 59 days", float64(deviceChanges)/2000, 0.06, 0.14)
	inRange(t, "SIM changes in 59 days", float64(simChanges)/2000, 0.02, 0.06)
}

func changed(a, b uint64) int {
	if a != b {
		return 1
	}
	return 0
}

func TestHomePrefixes(t *testing.T) {
	for _, country := range Countries() {
		c := small()
		c.Country, c.Days = country, 1
		prefixes := HomePrefixes(country)
		isHome := func(n Number) bool {
			s := n.String()
			for _, p := range prefixes {
				if len(s) > len(p) && s[:len(p)] == p {
					return true
				}
			}
			return false
		}
		for _, r := range all(t, c) {
			a, b := isHome(r.Calling), isHome(r.Called)
			if !a && r.Direction != Terminating || !b && r.Direction != Originating || a && b && r.Direction != Both {
				if !r.Forwarded {
					t.Fatalf("%s: direction %d from %s to %s", country, r.Direction, r.Calling, r.Called)
				}
			}
		}
	}
}
