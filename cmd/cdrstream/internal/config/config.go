package config

import "time"

// Config is the configuration of a job. Make one with [Load] or [Defaults].
// The names of its keys are those of the table in keys.go.
type Config struct {
	// Time.
	Timezone  string
	Lateness  Duration
	EventTime string // release, start
	Clock     string // zone, record
	Weekdays  []string
	Holidays  string // file
	MaxFuture Duration

	// Features.
	Windows         []string // as engine/window reads them: 1h/5m, 7d
	Features        []string // globs over column names, or core
	EmitEvery       string   // 1d, 1h, ...
	EmitScope       string   // active, all
	Retain          Duration
	MaxContacts     int
	HighValueCharge Money
	DropCauses      []int
	Rules           string // builtin, none, or a file

	// Numbers and places.
	HomeNumbers         List
	HomePLMNs           []string
	Outsiders           string // keep, rules, drop
	Country             string // ISO 3166, two letters
	InternationalPrefix string
	ShortCodeDigits     int
	NullNumbers         []string
	HighRiskPrefixes    List
	Hotlist             List
	CareNumbers         List
	VoicemailNumbers    List
	ServiceNumbers      List
	Areas               string // file
	CellRegions         string // file

	// Input.
	Format   string
	Profiles []string // files
	Legs     []string // originating, terminating
	Attempts bool
	Charge   string // retail, wholesale
	Sources  []Source
	Silence  Duration // that a switch may keep; 0: for ever

	// Limits and machine.
	MaxRecord  Size
	MaxBuffer  int // records
	MaxRejects Limit
	MaxLate    Limit
	Workers    int // 0 = one per core
	BlockSize  Size

	ArrowFiles bool // rows as Arrow files too

	// Alerts.
	WebhookURL       string
	WebhookTokenFile string // file

	// NATS. All but the URL are files.
	NATSURL         string // empty: a server of our own, or the one on this machine
	NATSListen      string // host:port of a server of our own
	NATSCredentials string
	NATSNKey        string
	NATSTokenFile   string
	NATSCA          string
	NATSCert        string
	NATSKey         string

	// Live jobs.
	Streams     []string // of JetStream: NAME, or NAME/SUBJECT for a part of it
	Subjects    []string // of core NATS
	Spools      []string // directories
	IdleTimeout Duration // of streams and subjects; 0: never
	SpoolIdle   Duration // of spools, likewise
	SpoolQuiet  Duration
	SpoolOrder  string   // name, sequence
	SpoolDone   string   // archive, delete
	HTTPListen  []string // host:port
	HTTPConfig  string   // file
	HTTPPprof   bool
	FeaturesTo  string // subject; empty: none
	FeaturesAs  string // json, arrow
	AlertsTo    string // subject; empty: none

	// Crashes.
	State           string // directory; empty: none
	CheckpointEvery Duration

	origins map[string]string // key -> where its value stands
}

// Source overrides some keys for the files that match a pattern. An empty text
// and nil mean: as configured for all.
type Source struct {
	Match               string // glob; over the file name, or the path if it holds a slash
	Format              string
	Timezone            string
	EventTime           string
	Country             string
	InternationalPrefix string
	Legs                []string
	Attempts            *bool
	Charge              string

	origins map[string]string
}

// Defaults is the configuration of a job that configures nothing. It is the one
// place where defaults are stated.
func Defaults() *Config {
	return &Config{
		Timezone:  "UTC",
		Lateness:  Duration(time.Minute),
		EventTime: "release",
		Clock:     "zone",
		Weekdays:  []string{"mon", "tue", "wed", "thu", "fri"},
		MaxFuture: Duration(24 * time.Hour),

		Windows:         []string{"1h/5m", "24h/1h", "1d", "7d", "30d"},
		Features:        []string{"core"},
		EmitEvery:       "1d",
		EmitScope:       "active",
		Retain:          Duration(100 * day),
		MaxContacts:     65_536,
		HighValueCharge: 5 * unit,
		DropCauses:      []int{27, 38, 41, 42, 44, 47, 102, 111},
		Rules:           "builtin",

		Outsiders:           "keep",
		InternationalPrefix: "00",
		ShortCodeDigits:     6,
		NullNumbers: []string{"anonymous", "unknown", "restricted", "private",
			"unavailable", "withheld", "null", "none", "-", "0"},

		Format:   "auto",
		Legs:     []string{"originating", "terminating"},
		Attempts: true,
		Charge:   "retail",
		Silence:  Duration(6 * time.Hour),

		MaxRecord: 1 << 20,
		MaxBuffer: 4_000_000,
		MaxLate:   Limit{Percent: 1},
		BlockSize: 256 << 10,

		MaxRejects: Limit{None: true},

		NATSListen:  "127.0.0.1:4222",
		IdleTimeout: Duration(time.Minute),
		SpoolQuiet:  Duration(5 * time.Second),
		SpoolOrder:  "name",
		SpoolDone:   "archive",
		HTTPListen:  []string{"127.0.0.1:9377"},
		FeaturesAs:  "json",

		CheckpointEvery: Duration(10 * time.Second),
	}
}

// LiveDefaults is Defaults of a job without an end.
func LiveDefaults() *Config {
	c := Defaults()
	c.Lateness = Duration(10 * time.Second)
	c.MaxFuture = Duration(5 * time.Minute)
	c.State = "state"
	c.CheckpointEvery = Duration(2 * time.Second)
	return c
}
