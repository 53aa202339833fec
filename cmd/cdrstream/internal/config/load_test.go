package config

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// load writes text as cdr.yaml in a new directory and loads it.
func load(t *testing.T, text string, env []string, flags map[string]string) (*Config, []string, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("cdr.yaml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(Inputs{File: "cdr.yaml", Env: env, Flags: flags})
}

func TestStrict(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "timezone: UTC\nlatenes: 5s\n", "cdr.yaml:2:1: unknown key latenes: did you mean lateness?"},
		{"swapped letters", "widnows: [1d]\n", "cdr.yaml:1:1: unknown key widnows: did you mean windows?"},
		{"unknown nested key", "emit:\n  evry: 1d\n", "cdr.yaml:2:3: unknown key emit.evry: did you mean emit.every?"},
		{"far from any key", "colour: red\n", "cdr.yaml:1:1: unknown key colour: cdrstream replay --print-config shows all keys"},
		{"unknown key of a source", "sources:\n  - match: a\n    zone: UTC\n", "cdr.yaml:3:5: sources: unknown key zone: the keys here are match, "},
		{"unknown key of a list", "hotlist: {path: x}\n", "cdr.yaml:1:11: hotlist: unknown key path: the keys here are file"},
		{"key twice", "lateness: 1s\nlateness: 2s\n", `cdr.yaml:2:1: mapping key "lateness" already defined at [1:1]`},
		{"no YAML", "windows: [1d\n", "cdr.yaml:1:10: sequence end token ']' not found"},
		{"no mapping", "- lateness\n", "cdr.yaml:1:1: the file must be a mapping of keys to values"},
		{"two documents", "lateness: 1s\n---\nlateness: 2s\n", "cdr.yaml: holds 2 documents"},
		{"list for a value", "lateness: [1s]\n", "cdr.yaml:1:11: lateness: must be a single value, not a list"},
		{"mapping for a value", "timezone: {a: b}\n", "cdr.yaml:1:11: timezone: must be a single value, not a mapping"},
		{"value for a group", "emit: 1d\n", "cdr.yaml:1:7: emit must be a mapping of keys to values"},
		{"no value", "lateness:\n", "cdr.yaml:1:11: lateness: has no value: write one, or leave the key out"},
		{"alias", "timezone: &z UTC\n", "cdr.yaml:1:11: timezone: anchor is not used in this file: write the value itself"},
		{"no unit", "lateness: 60\n", `cdr.yaml:1:11: lateness: "60" is no duration: write a number and a unit, such as 90s, 5m, 2h or 100d`},
		{"no number", "workers: many\n", `cdr.yaml:1:10: workers: "many" is no whole number`},
		{"fraction", "max_contacts: 1.5\n", `cdr.yaml:1:15: max_contacts: "1.5" is no whole number`},
		{"no bool", "attempts: maybe\n", `cdr.yaml:1:11: attempts: "maybe" is neither true nor false`},
		{"no size", "max_record: 1 MB\n", `cdr.yaml:1:13: max_record: "1 MB" is no size`},
		{"no amount", "high_value_charge: 1e3\n", `cdr.yaml:1:20: high_value_charge: "1e3" is no amount`},
		{"no limit", "max_late: few\n", `cdr.yaml:1:11: max_late: "few" is no limit`},
		{"no window", "windows:\n  - 1d\n  - 1x\n", `cdr.yaml:3:5: windows: window "1x": write a length`},
		{"slide does not divide", "windows: [1h/7m]\n", `cdr.yaml:1:11: windows: window "1h/7m": its slide must divide`},
		{"slide of the mapping", "windows: [{window: 1h, slide: 7m}]\n", `cdr.yaml:1:11: windows: window "1h/7m": its slide must divide`},
		{"list in a list", "legs: [[originating]]\n", "cdr.yaml:1:8: legs: must be a single value, not a list"},

		{"window twice", "windows: [1d, 7d, 1d]\n", "cdr.yaml:1:10: windows: the window 1d is listed twice"},
		{"no windows", "windows: []\n", "cdr.yaml:1:10: windows: is empty: write at least one"},
		{"negative", "lateness: -5s\n", "cdr.yaml:1:11: lateness: -5s is negative: write 0s or more"},
		{"too short", "retain: 1h\n", "cdr.yaml:1:9: retain: 1h is too short: write 30d or more"},
		{"unknown zone", "timezone: Europe/Berlni\n", `cdr.yaml:1:11: timezone: unknown time zone "Europe/Berlni": write an IANA zone`},
		{"zone of the machine", "timezone: Local\n", `cdr.yaml:1:11: timezone: "Local" depends on the machine`},
		{"word with a near one", "outsiders: kep\n", `cdr.yaml:1:12: outsiders: "kep" is unknown: did you mean keep?`},
		{"word with none", "clock: sundial\n", `cdr.yaml:1:8: clock: "sundial" is unknown: write zone, record`},
		{"weekday", "weekdays: [mon, tues]\n", `cdr.yaml:1:11: weekdays: "tues" is unknown: did you mean tue?`},
		{"period", "emit:\n  every: 5h\n", `cdr.yaml:2:10: emit.every: emit every "5h": write local days`},
		{"country", "country: Germany\n", `cdr.yaml:1:10: country: "Germany" is no country`},
		{"prefix", "hotlist: [88, 8x]\n", `cdr.yaml:1:10: hotlist: "8x" is no number`},
		{"network", "home_plmns: [262]\n", `cdr.yaml:1:13: home_plmns: "262" is no network`},
		{"cause", "drop_causes: [500]\n", "cdr.yaml:1:14: drop_causes: 500 is out of range: write 1 to 127"},
		{"workers", "workers: 1000\n", "cdr.yaml:1:10: workers: 1000 is out of range: write 0 to 64"},
		{"source without pattern", "sources:\n  - format: csv\n", "cdr.yaml:2:3: sources[0].match: is missing"},
		{"zone of a source", "sources:\n  - match: a\n  - match: b\n    timezone: X/Y\n", `cdr.yaml:4:15: sources[1].timezone: unknown time zone "X/Y"`},
		{"no URL", "nats: {url: \"localhost:4222\"}\n", "cdr.yaml:1:13: nats.url: the value is no URL of a NATS server: write nats://host:4222"},
		{"two identities", "nats:\n  nkey: a\n  token_file: b\n", "cdr.yaml:2:9: nats.nkey: says who we are, and nats.token_file does too: leave one out"},
		{"key without its certificate", "nats: {tls: {key: a}}\n", "cdr.yaml:1:19: nats.tls.key: is of no use without nats.tls.cert: give that too"},
		{"certificate without its key", "nats: {tls: {cert: a}}\n", "cdr.yaml:1:20: nats.tls.cert: is of no use without nats.tls.key: give that too"},
		{"attempts of a source", "sources: [{match: a, attempts: 1}]\n", `cdr.yaml:1:32: sources: attempts: "1" is neither true nor false`},
		{"charge", "charge: wholesail\n", `cdr.yaml:1:9: charge: "wholesail" is unknown: did you mean wholesale?`},
		{"charge of a source", "sources: [{match: a, charge: both}]\n", `cdr.yaml:1:30: sources[0].charge: "both" is unknown: write retail, wholesale`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, c.text, nil, nil)
			if err == nil {
				t.Fatalf("no error; want %q", c.want)
			}
			if !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	file := "lateness: 1s\ntimezone: Europe/Paris\nemit: {every: 1h}\n"
	env := []string{"HOME=/x", "CDRSTREAM_LATENESS=2s", "CDRSTREAM_EMIT_EVERY=2h", "CDRSTREAM_HOME_NUMBERS=4915, 4916", "CDRSTREAM_PORT=tcp://"}
	c, warnings, err := load(t, file, env, map[string]string{"lateness": "3s", "features": "calls*,contacts_7d"})
	if err != nil {
		t.Fatal(err)
	}
	lateness, _ := c.Lateness.MarshalText()
	got := []string{string(lateness), c.EmitEvery, c.Timezone, strings.Join(c.HomeNumbers.Items, " "), strings.Join(c.Features, " "), c.EmitScope}
	want := []string{"3s", "2h", "Europe/Paris", "4915 4916", "calls* contacts_7d", "active"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "CDRSTREAM_PORT") {
		t.Errorf("warnings %q", warnings)
	}
}

func TestErrorsNameTheirOrigin(t *testing.T) {
	for _, c := range []struct {
		env   []string
		flags map[string]string
		want  string
	}{
		{nil, map[string]string{"lateness": "soon"}, `--lateness: "soon" is no duration`},
		{nil, map[string]string{"lateness": "-1s"}, "--lateness: -1s is negative"},
		{[]string{"CDRSTREAM_WORKERS=x"}, nil, `CDRSTREAM_WORKERS: "x" is no whole number`},
		{[]string{"CDRSTREAM_EMIT_SCOPE=some"}, nil, `CDRSTREAM_EMIT_SCOPE: "some" is unknown`},
		{[]string{"CDRSTREAM_SOURCES=[{match: a, zone: b}]"}, nil, "CDRSTREAM_SOURCES: unknown key zone"},
		{[]string{"CDRSTREAM_WINDOWS=1d,1q"}, nil, `CDRSTREAM_WINDOWS: window "1q"`},
	} {
		_, _, err := load(t, "", c.env, c.flags)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

const everything = `
timezone: America/New_York
lateness: 90s
event_time: start
weekdays: [sun, mon]
holidays: days.txt
windows: [{window: 1h}, {window: 24h, slide: 2h}, 1d, 14d]
features: ["*"]
emit: {every: 15m, scope: all}
retain: 20d12h
high_value_charge: 0.25
drop_causes: [41]
home_numbers: {file: home.txt}
home_plmns: [001001, 26201]
hotlist: hot.txt
care_numbers: 1234
service_numbers: [00490, +4930]
null_numbers: ["0", "-", "null", ~x]
international_prefix: 00
sources:
  - {match: "*.json", timezone: Asia/Kolkata, attempts: false, legs: [originating]}
  - match: pbx/*.csv
    format: asterisk
max_record: 64KiB
max_rejects: 12
max_late: 0.5%
workers: 3
`

func TestValues(t *testing.T) {
	c, _, err := load(t, everything, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ got, want any }{
		{c.Holidays, filepath.Join(dir, "days.txt")},
		{c.Windows, []string{"1h/5m", "24h/2h", "1d", "14d"}},
		{c.EmitEvery + c.EmitScope, "15mall"},
		{c.Retain, Duration(492 * 3600e9)},
		{c.HighValueCharge, Money(250_000)},
		{c.HomeNumbers, List{File: filepath.Join(dir, "home.txt")}},
		{c.HomePLMNs, []string{"001001", "26201"}},
		{c.Hotlist, List{File: filepath.Join(dir, "hot.txt")}},
		{c.CareNumbers, List{Items: []string{"1234"}}},
		{c.ServiceNumbers, List{Items: []string{"00490", "+4930"}}},
		{c.InternationalPrefix, "00"},
		{c.MaxRecord, Size(65536)},
		{c.MaxRejects, Limit{Count: 12}},
		{c.MaxLate, Limit{Percent: 0.5}},
		{*c.Sources[0].Attempts, false},
		{c.Sources[1].Attempts == nil, true},
	} {
		if !reflect.DeepEqual(p.got, p.want) {
			t.Errorf("got %v, want %v", p.got, p.want)
		}
	}
}

func TestPrintedConfigurationMeansTheSame(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", everything} {
		c, _, err := load(t, text, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var first, second bytes.Buffer
		if err := c.Print(&first); err != nil {
			t.Fatal(err)
		}
		again, _, err := load(t, first.String(), nil, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, &first)
		}
		if err := again.Print(&second); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Errorf("printed\n%s\nthen\n%s", &first, &second)
		}
		for _, k := range c.keys() {
			other, _ := find(again.keys(), k.Name)
			if shown(k) != shown(other) {
				t.Errorf("%s: %q became %q", k.Name, shown(k), shown(other))
			}
		}
	}
}

func shown(k Key) string { return text(k.into) }

// Whatever stands in a file, Load answers with a configuration or with one line.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("windows: [{window: 1h, slide: 5m}]\nsources:\n- match: x\n"))
	f.Add([]byte("a: &x [*x]\n<<: {b: !!int 1}\n? {c: d}\n"))
	name := filepath.Join(f.TempDir(), "cdr.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		c, _, err := Load(Inputs{File: name})
		if err != nil {
			if strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		var out bytes.Buffer
		if err := c.Print(&out); err != nil {
			t.Error(err)
		}
	})
}
