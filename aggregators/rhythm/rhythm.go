// Package rhythm is the family of times: day parts, working days, days of
// activity, the gaps between calls, and how long ago things were.
package rhythm

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Options tell local time.
type Options struct {
	Zone      *time.Location
	Weekdays  []time.Weekday      // working days
	Holidays  map[window.Day]bool // local dates that are no working days
	ByRecords bool                // use the UTC offset written in a record, where there is one
}

// Family implements feature.Family. It serves one goroutine.
type Family struct {
	clock     *window.Clock
	hours     [24]window.Fact // that follow from the hour of a call
	working   [7]window.Fact  // by day of the week: Weekday or nothing
	holidays  map[window.Day]bool
	byRecords bool

	midnight cdr.Millis  // where a local date begins: most calls of a batch start on one
	weekday  window.Fact // what it is
}

// New returns the family for o.
func New(o Options) *Family {
	f := &Family{clock: window.NewClock(o.Zone), holidays: o.Holidays, byRecords: o.ByRecords}
	for h := range f.hours {
		f.hours[h] = window.Night<<(h/6) | window.Daytime.When(h >= 9 && h < 17) | window.Nocturnal.When(h < 7 || h >= 19)
	}
	for _, d := range o.Weekdays {
		f.working[d] = window.Weekday
	}
	f.turn(0)
	return f
}

// Name is the family's name.
func (*Family) Name() string { return "rhythm" }

// Measures lists the family's measures.
func (*Family) Measures() []window.Measure {
	const call = window.Call
	count := func(name string, f window.Fact) window.Measure {
		return window.Measure{Name: name, When: window.If(f)}
	}
	return []window.Measure{
		count("weekday", call|window.Weekday),
		count("daytime", call|window.Daytime),
		count("nocturnal", call|window.Nocturnal),
		count("night", call|window.Night),
		count("morning", call|window.Morning),
		count("afternoon", call|window.Afternoon),
		count("evening", call|window.Evening),
		{Name: "active_days", Kind: window.Days},
		{Name: "voice_days", Kind: window.Days, When: window.If(call)},
		{Name: "data_days", Kind: window.Days, When: window.If(window.Data | window.Whole)},
		count("gaps", window.HasGap),
		{Name: "gap", Kind: window.Sum, Of: window.Gap, When: window.If(window.HasGap)},
		{Name: "gap_squares", Kind: window.Squares, Of: window.Gap, When: window.If(window.HasGap)},
	}
}

// Tells names the facts of Mark.
func (*Family) Tells() window.Fact {
	return window.Weekday | window.Daytime | window.Nocturnal | window.Night | window.Morning | window.Afternoon | window.Evening
}

// Mark tells of each call in which part of which kind of day it started.
func (f *Family) Mark(l *window.Legs) {
	for i := range l.N {
		l.Facts[i] |= f.dayFacts(f.local(l, i)).Given(l.Facts[i], window.Call)
	}
}

func (f *Family) local(l *window.Legs, i int) cdr.Millis {
	if f.byRecords && l.Offset[i] != cdr.NoOffset {
		return l.Start[i] + cdr.Millis(l.Offset[i])*60_000
	}
	return f.clock.Local(l.Start[i])
}

const (
	hour = 3_600_000
	day  = 24 * hour
)

// dayFacts are the facts of a local wall time.
func (f *Family) dayFacts(local cdr.Millis) window.Fact {
	t := uint64(local - f.midnight)
	if t >= day {
		f.turn(local)
		t = uint64(local - f.midnight)
	}
	return f.hours[uint32(t)/hour] | f.weekday
}

// turn makes the date of a local wall time the one that is at hand.
func (f *Family) turn(local cdr.Millis) {
	date := local / day
	if local%day < 0 {
		date--
	}
	f.midnight = date * day
	f.weekday = f.working[((date+4)%7+7)%7] // 1970-01-01 was a Thursday
	if f.holidays[window.Day(date)] {
		f.weekday = 0
	}
}

// Features lists the family's part of the catalogue.
func (*Family) Features() []feature.Feature {
	const calls = "calls_out + calls_in"
	share := func(name, formula, of string) feature.Feature {
		return feature.Feature{Name: name, Unit: "ratio", Type: feature.Float64, Core: true,
			Formula: formula, Calc: feature.Ratio{Of: of, Over: calls}}
	}
	part := func(name, hours, of string) feature.Feature {
		return feature.Feature{Name: name, Unit: "calls", Formula: "V started in hours " + hours, Calc: feature.Total{Of: of}}
	}
	days := func(name, formula, of string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "days", Core: core, Scope: feature.DayWindows,
			Formula: formula, Calc: feature.Total{Of: of}}
	}
	return []feature.Feature{
		share("weekday_ratio", "V started on a working day / calls", "weekday"),
		share("daytime_ratio", "V started 09:00:00 <= t < 17:00:00 / calls", "daytime"),
		share("nocturnal_ratio", "V started before 07:00:00 or from 19:00:00 / calls", "nocturnal"),
		part("calls_night", "0-5", "night"),
		part("calls_morning", "6-11", "morning"),
		part("calls_afternoon", "12-17", "afternoon"),
		part("calls_evening", "18-23", "evening"),
		days("active_days", "distinct local days with any leg", "active_days", true),
		days("voice_days", "distinct local days with a V", "voice_days", false),
		days("data_days", "distinct local days with a data leg", "data_days", false),
		{Name: "interval_mean_seconds", Unit: "seconds", Type: feature.Float64,
			Formula: "mean gap between a V or message and the previous one",
			Calc:    feature.Ratio{Of: "gap", Over: "gaps", By: 1000}},
		{Name: "interval_std_seconds", Unit: "seconds", Type: feature.Float64,
			Formula: "population standard deviation of these gaps",
			Calc:    feature.Deviation{Of: "gap", Squares: "gap_squares", Over: "gaps", By: 1000}},
		{Name: "home", Unit: "", Type: feature.Bool, Core: true, Scope: feature.Fixed, Formula: "the subscriber is a customer"},
		{Name: "observed_days", Unit: "days", Core: true, Scope: feature.Fixed, Formula: "local days since the first event this job folded"},
		age("tenure_days", "local days since the first leg", feature.Tenure),
		age("days_since_activity", "local days since the last leg", feature.SinceActivity),
		age("days_since_outgoing", "local days since the last originating leg", feature.SinceOutgoing),
	}
}

func age(name, formula string, of feature.AgeColumn) feature.Feature {
	return feature.Feature{Name: name, Unit: "days", Core: true, Scope: feature.NoWindow, Formula: formula, Calc: feature.Age{Of: of}}
}
