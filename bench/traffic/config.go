package traffic

import (
	"fmt"
	"time"
)

// RecordsPerDay is the mean count of attempts a subscriber takes part in as the
// paying side, a day, when Config.Records is 0.
const RecordsPerDay = 8

// Config says what traffic to make. The zero value with [Config.Defaults]
// filled in is a week of a small network.
type Config struct {
	Subscribers int       // default 10,000
	Days        int       // local days, default 7
	Start       time.Time // a local midnight; its location is the network's zone. Default Monday 2026-01-05 UTC
	Seed        uint64    // 0 is a seed like any other
	Country     string    // ISO 3166 code of one of Countries(), default FR

	// Records is the exact count of records, duplicates and malformed ones
	// included; 0 = RecordsPerDay attempts per subscriber and day.
	Records int64

	SplitLegs bool          // a call inside the network is two records, not one with direction both
	Partials  time.Duration // calls and sessions longer than this are written in slices; 0 = whole
	Disorder  time.Duration // a record is written up to this long after its release, default 0
	Duplicate float64       // share of the records that are written twice, 0 to 0.5
	Malformed float64       // share of the records that come out damaged, 0 to 0.5

	// Scenarios are planted; nil = everybody is an ordinary subscriber. Their
	// records come on top of Records.
	Scenarios     []Planting
	ScenarioShare float64 // of the subscribers, for each planting without a count of its own; default 0.0005, but at least 2
	Outage        bool    // no record of two days late in the run comes out
}

// DuplicateDelay is the longest time between a record and its duplicate.
const DuplicateDelay = 25 * time.Second

// Defaults returns c with the fields that must not be zero filled in.
func (c Config) Defaults() Config {
	if c.Subscribers == 0 {
		c.Subscribers = 10_000
	}
	if c.Days == 0 {
		c.Days = 7
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	}
	if c.Country == "" {
		c.Country = "FR"
	}
	if c.ScenarioShare == 0 {
		c.ScenarioShare = 0.0005
	}
	return c
}

// A ConfigError is a field of Config that cannot be used as it is.
type ConfigError struct {
	Field  string // name of the field
	Reason string // what is wrong and what to do
}

func (e *ConfigError) Error() string { return "traffic: " + e.Field + ": " + e.Reason }

func (c *Config) check() error {
	bad := func(field, format string, a ...any) error {
		return &ConfigError{Field: field, Reason: fmt.Sprintf(format, a...)}
	}
	switch {
	case c.Subscribers < 2 || c.Subscribers > 10_000_000:
		return bad("Subscribers", "%d is outside 2 to 10,000,000", c.Subscribers)
	case c.Days < 1 || c.Days > 3660:
		return bad("Days", "%d is outside 1 to 3,660", c.Days)
	case c.Start.Year() < 1971 || c.Start.Year() > 2200:
		return bad("Start", "year %d is outside 1971 to 2200", c.Start.Year())
	case c.Records < 0:
		return bad("Records", "%d is negative; 0 means %d a subscriber and day", c.Records, RecordsPerDay)
	case c.Partials < 0 || c.Partials > 0 && c.Partials < 10*time.Second:
		return bad("Partials", "%v is too short; slices are at least 10s long (0 = none)", c.Partials)
	case c.Disorder < 0 || c.Disorder > 24*time.Hour:
		return bad("Disorder", "%v is outside 0 to 24h", c.Disorder)
	case !(c.Duplicate >= 0 && c.Duplicate <= 0.5):
		return bad("Duplicate", "%v is outside 0 to 0.5; 0.001 is one record in a thousand", c.Duplicate)
	case !(c.Malformed >= 0 && c.Malformed <= 0.5):
		return bad("Malformed", "%v is outside 0 to 0.5; 0.001 is one record in a thousand", c.Malformed)
	case !(c.ScenarioShare > 0 && c.ScenarioShare <= 0.1):
		return bad("ScenarioShare", "%v is outside 0 to 0.1; 0.0005 is one subscriber in two thousand", c.ScenarioShare)
	case c.Outage && c.Days < outageNeeds:
		return bad("Outage", "it takes two days and needs some before and after: at least %d days, there are %d", outageNeeds, c.Days)
	}
	return c.checkScenarios()
}

// span returns the first and the last-but-one instant of c, in milliseconds
// since 1970: records are released in [from, to).
func (c *Config) span() (from, to int64) {
	y, m, d := c.Start.Date()
	return c.Start.UnixMilli(), time.Date(y, m, d+c.Days, 0, 0, 0, 0, c.Start.Location()).UnixMilli()
}
