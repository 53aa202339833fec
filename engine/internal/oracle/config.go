package oracle

import "time"

// Config is what changes an answer. Empty lists and zero numbers mean the
// documented default, but for Lateness (0 is none) and Attempts (false: the
// sources do not report unanswered attempts). [Default] sets these two.
type Config struct {
	Zone      *time.Location // nil: UTC. Also the zone of times written without one
	Lateness  time.Duration
	Windows   []string // "1h/5m" (length/slide), "24h/1h", "1d", "7d", "30d"; nil: all of these
	EmitEvery string   // "1d" (default), "1h" ...
	EmitAll   bool     // a row for everyone in state, not only for the active

	EventStart  bool // event time is the start, not the release
	ClockRecord bool // hour and weekday by the offset written in the record

	Country             string // ISO region of national numbers
	InternationalPrefix string // "00"
	ShortCodeDigits     int    // 6
	NullNumbers         []string

	HomeNumbers, HomePLMNs []string // prefixes
	Outsiders              string   // keep (default), rules, drop

	Weekdays []time.Weekday // monday to friday
	Holidays []string       // "2024-12-25"

	Hotlist, HighRisk, Care, Voicemail, Service []string // HighRisk holds prefixes, the others whole numbers

	DropCauses      []int
	HighValueMicros int64 // 5 units
	MaxContacts     int   // 65,536
	RetainDays      int   // 100

	Attempts  bool     // the sources report unanswered attempts
	Legs      []string // originating, terminating; nil: both
	MaxRecord int      // bytes; 1 MiB

	Rules []Rule

	// NoRows leaves Result.Rows empty.
	NoRows bool

	// Each takes the rows one by one instead of Result.Rows: many rows of many
	// columns need not be in memory together. The row is the callee's to keep.
	Each func(Row)
}

// Default is the configuration of a replay without any flag.
func Default() Config {
	return Config{Lateness: time.Minute, Attempts: true}
}

// withDefaults fills in what c leaves empty.
func (c Config) withDefaults() Config {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Windows == nil {
		c.Windows = []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}
	}
	if c.NullNumbers == nil {
		c.NullNumbers = []string{"anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "null", "none", "-", "0"}
	}
	if c.Weekdays == nil {
		c.Weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
	if c.DropCauses == nil {
		c.DropCauses = []int{27, 38, 41, 42, 44, 47, 102, 111}
	}
	c.EmitEvery = or(c.EmitEvery, "1d")
	c.InternationalPrefix = or(c.InternationalPrefix, "00")
	c.Outsiders = or(c.Outsiders, "keep")
	c.ShortCodeDigits = or(c.ShortCodeDigits, 6)
	c.HighValueMicros = or(c.HighValueMicros, 5_000_000)
	c.MaxContacts = or(c.MaxContacts, 65_536)
	c.RetainDays = or(c.RetainDays, 100)
	c.MaxRecord = or(c.MaxRecord, 1<<20)
	return c
}

// or returns v, or def when v is the zero value.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
