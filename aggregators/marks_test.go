package aggregators_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// What families tell of legs without a branch is what their definitions say, step by step.
func TestMarks(t *testing.T) {
	const seed = 8
	r := rand.New(rand.NewPCG(seed, 1))
	families := telling(t)
	for round := range 300 {
		legs := randomLegs(r)
		if round%2 == 1 {
			legs.Wanted = window.Fact(r.Uint64() & r.Uint64())
		}
		for i := range 100 { // at full hours, some of them midnight
			legs.Start[i] = cdr.Millis(3_600_000 * (r.Int64N(1000) - 100))
		}
		var want [window.MaxLegs]window.Fact
		for i := range legs.N {
			want[i] = legs.Facts[i] | slowMarks(legs, i)
		}
		for _, f := range families {
			f.Mark(legs)
		}
		for i := range legs.N {
			if (legs.Facts[i]^want[i])&legs.Wanted != 0 {
				t.Fatalf("seed %d: leg with the flags %x: facts %x, want %x", seed, uint32(legs.Flags[i]), uint64(legs.Facts[i]), uint64(want[i]))
			}
		}
	}
}

// slowMarks is what all families tell of leg i, configured as telling does.
func slowMarks(l *window.Legs, i int) (f window.Fact) {
	facts := l.Facts[i]
	is := func(g window.Fact) bool { return facts&g == g }
	from, to := l.SubjectPlace[i], l.PeerPlace[i]
	if !is(window.Out) {
		from, to = to, from
	}
	if is(window.Voice) {
		f |= slowTalk(l, i, to) | slowAreas(from, to)
		if is(window.Forwarded|window.Whole) && !to.On(cdr.ListVoicemail) && slowDistance(from, to) == window.International {
			f |= window.DivertedAbroad
		}
		if is(window.Out) {
			f |= slowDestination(from, to, is(window.Call))
		}
	}
	if is(window.Call) {
		f |= slowHours(time.UnixMilli(int64(l.Start[i])).UTC())
	}
	if is(window.Data) && l.Flags[i].RAT() == cdr.RAT4G {
		f |= window.RAT4G
	} else if is(window.Data) && l.Flags[i].RAT() == cdr.RAT5G {
		f |= window.RAT5G
	}
	p := l.PeerPlace[i]
	if n := l.Peer[i]; n != 0 && !n.IsIMSI() && n != l.Subject[i] && is(window.Whole) && p.Class() != cdr.ClassShortCode && !p.On(cdr.ListService) {
		f |= window.HasPeer
	}
	return f | slowServed(l, i)
}

func slowTalk(l *window.Legs, i int, to cdr.Place) (f window.Fact) {
	if l.RingMS[i] != cdr.RingUnknown {
		f |= window.RingKnown
	}
	if l.TalkMS[i] < 60_000 {
		f |= window.UnderMinute
	}
	if l.TalkMS[i] <= 6_000 {
		f |= window.ShortTalk
	}
	if l.Flags[i].Has(cdr.DropCause) {
		f |= window.Dropped
	}
	if facts := l.Facts[i]; facts&window.Forwarded != 0 && facts&window.Whole != 0 && !to.On(cdr.ListVoicemail) {
		f |= window.Diverted
	}
	return f
}

func slowAreas(from, to cdr.Place) (f window.Fact) {
	if to.Area() != 0 {
		f |= window.AreaKnown
		if from.Area() != 0 {
			f |= window.AreasKnown
			if from.Area() != to.Area() {
				f |= window.AreasDiffer
			}
		}
	}
	if to.Country() != 0 {
		f |= window.CountryKnown
	}
	return f
}

func slowDestination(from, to cdr.Place, call bool) (f window.Fact) {
	switch to.Class() {
	case cdr.ClassShortCode, cdr.ClassTollFree:
		f = window.ToService
	case cdr.ClassPremium:
		f = window.Premium | slowDistance(from, to)
	default:
		f = slowDistance(from, to)
	}
	if to.On(cdr.ListHot) {
		f |= window.Hot
	}
	if to.On(cdr.ListCare) {
		f |= window.Care
	}
	if call && f&window.ToService == 0 {
		f |= window.OffService
		if to.On(cdr.ListHome) {
			f |= window.OnNet
		}
	}
	return f
}

// slowDistance knows no two countries that share their tolls: randomLegs has none.
func slowDistance(from, to cdr.Place) window.Fact {
	switch {
	case from.Country() == 0 || to.Country() == 0:
		return window.ToUnknown
	case from.Country() != to.Country():
		return window.International
	case from.Area() != 0 && from.Area() == to.Area():
		return window.Local
	}
	return window.National
}

func slowHours(t time.Time) (f window.Fact) {
	switch h := t.Hour(); {
	case h < 6:
		f = window.Night
	case h < 12:
		f = window.Morning
	case h < 18:
		f = window.Afternoon
	default:
		f = window.Evening
	}
	if t.Hour() >= 9 && t.Hour() < 17 {
		f |= window.Daytime
	}
	if t.Hour() < 7 || t.Hour() >= 19 {
		f |= window.Nocturnal
	}
	if t.Weekday() == time.Monday {
		f |= window.Weekday
	}
	return f
}

// slowServed is what is told of the served party alone.
func slowServed(l *window.Legs, i int) (f window.Fact) {
	if l.IMEI[i] != 0 {
		f |= window.HasIMEI
	}
	if l.IMSI[i] != 0 {
		f |= window.HasIMSI
	}
	if l.Facts[i]&window.Served == 0 {
		return f
	}
	if l.Quantities[i][window.Charge] >= 1<<29 {
		f |= window.HighValue
	}
	if l.Flags[i].Has(cdr.Roams) {
		f |= window.Roams
	}
	if l.Cell[i] != 0 {
		f |= window.HasCell
	}
	if l.Region[i] != 0 {
		f |= window.HasRegion
	}
	return f
}

// BenchmarkMark marks a batch of legs; the time is of a leg.
func BenchmarkMark(b *testing.B) {
	legs := randomLegs(rand.New(rand.NewPCG(1, 1)))
	facts := legs.Facts
	for _, f := range telling(b) {
		b.Run(f.Name(), func(b *testing.B) {
			for b.Loop() {
				legs.Facts = facts
				f.Mark(legs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*legs.N), "ns/leg")
		})
	}
}
