package config

import "strings"

// Key is one entry of the configuration.
type Key struct {
	Name   string // as in the file; a dot stands for nesting
	Flag   string // of the commands that use it, without the dashes; empty if there is none
	Answer bool   // whether it decides what comes out, and so belongs to the hash
	Doc    string // one line for people

	into any // pointer to the field, see bind.go
}

// Env is the environment variable that gives the key.
func (k Key) Env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// EnvPrefix begins every environment variable that is a key.
const EnvPrefix = "CDRSTREAM_"

// Live reports whether k is of use in a live job, or to publish for one, alone.
func (k Key) Live() bool {
	group, _, _ := strings.Cut(k.Name, ".")
	return group == "nats" || group == "spool" || group == "http"
}

// Default is the default of k as text, empty for none.
func (k Key) Default() string { return text(k.into) }

// Keys is the table of all keys with their defaults, in the order in which they
// are printed.
func Keys() []Key { return Defaults().keys() }

// LiveKeys is the same with the defaults of a job without an end.
func LiveKeys() []Key { return LiveDefaults().keys() }

func (c *Config) keys() []Key { return append(c.jobKeys(), c.liveKeys()...) }

const answer, run = true, false // of Key.Answer

// jobKeys are those of any job.
func (c *Config) jobKeys() []Key {
	return []Key{
		{"timezone", "timezone", answer, "zone of local days, of hours, and of times written without an offset", &c.Timezone},
		{"lateness", "lateness", answer, "how far a record may lie behind the newest of its source", &c.Lateness},
		{"event_time", "", answer, "release or start: which moment of a call orders it", &c.EventTime},
		{"clock", "", answer, "zone or record: whose offset tells hour of day and day of week", &c.Clock},
		{"weekdays", "", answer, "working days, mon to sun", &c.Weekdays},
		{"holidays", "", answer, "file of dates (YYYY-MM-DD a line) that are no working days", (*path)(&c.Holidays)},
		{"max_future", "", answer, "a record later than now plus this is rejected", &c.MaxFuture},

		{"windows", "", answer, "windows and their slides: 1h/5m, 7d, or {window: 1h, slide: 5m}", (*windows)(&c.Windows)},
		{"features", "features", answer, "columns to write: globs over their names, core, or *", &c.Features},
		{"emit.every", "emit-every", answer, "how often a row is written per subscriber: 1d is local midnight", &c.EmitEvery},
		{"emit.scope", "emit-scope", answer, "active (had a leg since the last boundary) or all", &c.EmitScope},
		{"retain", "", answer, "how long a silent subscriber is remembered", &c.Retain},
		{"max_contacts", "", answer, "peers remembered per subscriber; beyond it counts are lower bounds", &c.MaxContacts},
		{"high_value_charge", "", answer, "charge from which a call counts as high-value", &c.HighValueCharge},
		{"drop_causes", "", answer, "Q.850 causes that mean a dropped call", &c.DropCauses},

		{"rules", "rules", run, "rules that raise alerts: builtin, none, or a file, see cdrstream rules --help", (*fileOr)(&c.Rules)}, // see builder.job

		{"home_numbers", "", answer, "prefixes of the operator's own numbers: a list, or a file", &c.HomeNumbers},
		{"home_plmns", "", answer, "MCC and MNC digits of the home networks", &c.HomePLMNs},
		{"outsiders", "", answer, "keep, rules (state and rules, no rows) or drop subscribers that are not home", &c.Outsiders},
		{"country", "", answer, "country (ISO 3166) of numbers in national format", &c.Country},
		{"international_prefix", "", answer, "what is dialled before a country code", &c.InternationalPrefix},
		{"short_code_digits", "", answer, "a number of up to so many digits is a short code", &c.ShortCodeDigits},
		{"null_numbers", "", answer, "texts that mean: no number", &c.NullNumbers},
		{"high_risk_prefixes", "", answer, "prefixes that count as premium: a list, or a file", &c.HighRiskPrefixes},
		{"hotlist", "", answer, "known fraud numbers, or prefixes ending in *: a list, or a file", &c.Hotlist},
		{"care_numbers", "", answer, "customer care lines, or prefixes ending in *: a list, or a file", &c.CareNumbers},
		{"voicemail_numbers", "", answer, "voicemail boxes, or prefixes ending in *: a list, or a file", &c.VoicemailNumbers},
		{"service_numbers", "", answer, "numbers that are never a contact, or prefixes ending in *: a list, or a file", &c.ServiceNumbers},
		{"areas", "", answer, "file of lines prefix,area that override the number plan", (*path)(&c.Areas)},
		{"cell_regions", "", answer, "file of lines cell_id,region", (*path)(&c.CellRegions)},

		{"format", "format", answer, "record format; auto looks at the content", &c.Format},
		{"profiles", "", run, "files of mapping profiles that add formats, see cdrstream profiles --help", (*paths)(&c.Profiles)}, // see builder.compile
		{"legs", "", answer, "legs that are folded: originating, terminating", &c.Legs},
		{"attempts", "", answer, "false: the feed holds no unanswered attempts", &c.Attempts},
		{"charge", "", answer, "wholesale: prices between operators, as roaming files tell them, count as charge", &c.Charge},
		{"sources", "", answer, "other values for files that match a pattern", &c.Sources},

		{"silence", "", run, "a switch that wrote nothing for longer is warned of; 0s: none is", &c.Silence},

		{"max_record", "", answer, "a longer line is rejected", &c.MaxRecord},
		{"max_buffer", "", run, "records that may wait for their order before the run stops", &c.MaxBuffer},
		{"max_rejects", "max-rejects", run, "rejected records (a count, or n%) beyond which replay exits 3", &c.MaxRejects},
		{"max_late", "max-late", run, "late records (a count, or n%) beyond which replay exits 3", &c.MaxLate},
		{"workers", "workers", run, "shards of the state; 0 = one per core", &c.Workers},
		{"block_size", "", run, "bytes read at a time", &c.BlockSize},

		{"arrow_files", "", run, "write the rows as Arrow IPC files too, in features-arrow", &c.ArrowFiles},
		{"webhook.url", "", run, "URL that alerts are posted to as JSON, see README", &c.WebhookURL},
		{"webhook.token_file", "", run, "file that holds the bearer token for it", (*path)(&c.WebhookTokenFile)},

		{"state", "state", run, "directory of checkpoints: a run that was stopped or crashed goes on from it", (*directory)(&c.State)},
		{"checkpoint_every", "checkpoint-every", run, "time between two checkpoints", &c.CheckpointEvery},
	}
}

// keys of a source: those it may override.
func (s *Source) keys() []Key {
	return []Key{
		{Name: "match", into: &s.Match},
		{Name: "format", into: &s.Format},
		{Name: "timezone", into: &s.Timezone},
		{Name: "event_time", into: &s.EventTime},
		{Name: "country", into: &s.Country},
		{Name: "international_prefix", into: &s.InternationalPrefix},
		{Name: "legs", into: &s.Legs},
		{Name: "attempts", into: &s.Attempts},
		{Name: "charge", into: &s.Charge},
	}
}

// Kind says in a word what a value of k is.
func (k Key) Kind() string {
	switch k.into.(type) {
	case *int:
		return "number"
	case *bool, **bool:
		return "bool"
	case *path, *fileOr:
		return "file"
	case *directory:
		return "directory"
	case *Duration:
		return "duration"
	case *Size:
		return "size"
	case *Money:
		return "amount"
	case *Limit:
		return "limit"
	case *[]string, *[]int, *windows, *paths, *List, *[]Source:
		return "list"
	}
	return "text"
}
