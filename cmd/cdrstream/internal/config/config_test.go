package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Every field that a user can set has exactly one key, and every key a
// documented default that its own text form reads back.
func TestKeysCoverTheConfiguration(t *testing.T) {
	c := Defaults()
	v := reflect.ValueOf(c).Elem()
	fields := 0
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			fields++
		}
	}
	keys := c.keys()
	if len(keys) != fields {
		t.Errorf("%d keys for %d fields", len(keys), fields)
	}
	names, places := map[string]bool{}, map[any]bool{}
	for _, k := range keys {
		if names[k.Name] || places[k.into] {
			t.Errorf("%s: name or field used twice", k.Name)
		}
		names[k.Name], places[k.into] = true, true
		if k.Doc == "" || strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s: doc %q should be a phrase", k.Name, k.Doc)
		}
		if k.Name == "sources" {
			continue
		}
		if err := (binder{}).setText(k.into, k.Default()); err != nil {
			t.Errorf("%s: its default %q is refused: %v", k.Name, k.Default(), err)
		}
	}
	if err := c.Validate(); err != nil {
		t.Errorf("defaults are refused: %v", err)
	}
}

func TestScalars(t *testing.T) {
	for _, c := range []struct {
		into     any
		in, want string // want empty: refused
	}{
		{new(Duration), "90s", "1m30s"}, {new(Duration), "1d", "24h"}, {new(Duration), "2d", "2d"},
		{new(Duration), "1d12h", "36h"}, {new(Duration), "0", "0s"}, {new(Duration), "60m", "1h"}, {new(Duration), "1h0m1s", "1h0m1s"},
		{new(Duration), "10m", "10m"}, {new(Duration), "5", ""}, {new(Duration), "", ""}, {new(Duration), "d", ""}, {new(Duration), "1d5", ""},
		{new(Duration), "99999d", ""}, {new(Duration), "1.5d", ""}, {new(Duration), "-1d", "-24h"},
		{new(Size), "65536", "64KiB"}, {new(Size), "1 mib", "1MiB"}, {new(Size), "1000", "1000"}, {new(Size), "0", "0"},
		{new(Size), "1MB", ""}, {new(Size), "-1", ""}, {new(Size), "9223372036854775807k", ""}, {new(Size), "k", ""},
		{new(Money), "5", "5"}, {new(Money), "5.000001", "5.000001"}, {new(Money), "-0.5", "-0.5"}, {new(Money), "10.10", "10.1"},
		{new(Money), "0", "0"}, {new(Money), "5.", ""}, {new(Money), ".5", ""}, {new(Money), "1.0000001", ""}, {new(Money), "1.-2", ""},
		{new(Limit), "none", "none"}, {new(Limit), "0", "0"}, {new(Limit), "1%", "1%"}, {new(Limit), "0.25%", "0.25%"},
		{new(Limit), "101%", ""}, {new(Limit), "NaN%", ""}, {new(Limit), "-1", ""}, {new(Limit), "", ""},
	} {
		err := (binder{}).setText(c.into, c.in)
		switch {
		case err != nil && c.want != "":
			t.Errorf("%T %q: %v", c.into, c.in, err)
		case err == nil && text(c.into) != c.want:
			t.Errorf("%T %q: got %q, want %q", c.into, c.in, text(c.into), c.want)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		limit    string
		n, total int64
		want     bool
	}{
		{"none", 1 << 40, 1, false}, {"0", 0, 5, false}, {"0", 1, 5, true}, {"10", 10, 11, false}, {"10", 11, 11, true},
		{"1%", 1, 100, false}, {"1%", 2, 100, true}, {"1%", 0, 0, false}, {"0%", 1, 100, true},
	} {
		var l Limit
		if err := l.UnmarshalText([]byte(c.limit)); err != nil {
			t.Fatal(err)
		}
		if got := l.Exceeded(c.n, c.total); got != c.want {
			t.Errorf("%s: %d of %d exceeded: %v", c.limit, c.n, c.total, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"lateness", "timezone", "windows", "workers", "legs"}
	for in, want := range map[string]string{"latenes": "lateness", "time_zone": "timezone", "wokrers": "workers", "leg": "legs", "zzz": "", "": ""} {
		if got := Nearest(in, names); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestListFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(name, []byte("\ufeff4915 # mobile\r\n\n# all of it\n  +4916\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := List{File: name}.Read()
	if want := []string{"4915", "+4916"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// The hash changes with everything that changes the answer and with nothing else.
func TestAnswer(t *testing.T) {
	hot := filepath.Join(t.TempDir(), "hot.txt")
	write := func(s string) {
		if err := os.WriteFile(hot, []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("881\n")
	hash := func(env ...string) string {
		c, _, err := Load(Inputs{Env: env})
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Answer()
		if err != nil {
			t.Fatal(err)
		}
		return Hash(s)
	}
	base := hash()
	for _, same := range []string{"WORKERS=2", "BLOCK_SIZE=1MiB", "MAX_BUFFER=5", "MAX_LATE=5%", "MAX_REJECTS=0", "LATENESS=60s", "WINDOWS=1h,24h/1h,1d,7d,30d"} {
		if hash(EnvPrefix+same) != base {
			t.Errorf("%s changed the hash", same)
		}
	}
	seen := map[string]string{base: "the defaults"}
	for _, other := range []string{"LATENESS=61s", "TIMEZONE=Europe/Berlin", "WINDOWS=1d", "FEATURES=*", "EMIT_EVERY=1h", "EMIT_SCOPE=all", "HOME_NUMBERS=49",
		"CARE_NUMBERS=49", "HOTLIST=" + hot, "LEGS=originating", "MAX_CONTACTS=5", "SOURCES=[{match: a}]"} {
		h := hash(EnvPrefix + other)
		if seen[h] != "" {
			t.Errorf("%s has the hash of %s", other, seen[h])
		}
		seen[h] = other
	}
	before := hash(EnvPrefix + "HOTLIST=" + hot)
	write("# comment\n881 # same\n")
	if hash(EnvPrefix+"HOTLIST="+hot) != before {
		t.Error("a comment changed the hash")
	}
	if hash(EnvPrefix+"HOTLIST=881") != before {
		t.Error("the same list in the configuration has another hash")
	}
	write("882\n")
	if hash(EnvPrefix+"HOTLIST="+hot) == before {
		t.Error("another list has the same hash")
	}
}

func TestDifferences(t *testing.T) {
	got := Differences([]Setting{{"a", "1"}, {"b", "2"}, {"c", "3"}}, []Setting{{"a", "1"}, {"b", "5"}, {"d", "4"}})
	want := []string{`b was "2" and is "5"`, `d was "" and is "4"`, `c was "3" and is gone`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// A job of a version without the key charge goes on, unless it says something now.
	if got := Differences(nil, []Setting{{"charge", "retail"}}); got != nil {
		t.Errorf("got %q", got)
	}
	if got := Differences(nil, []Setting{{"charge", "wholesale"}}); !reflect.DeepEqual(got, []string{`charge was "retail" and is "wholesale"`}) {
		t.Errorf("got %q", got)
	}
}

func TestFor(t *testing.T) {
	no := false
	c := Defaults()
	c.Sources = []Source{{Match: "*.json", Timezone: "Asia/Tokyo", Attempts: &no}, {Match: "pbx/*", Format: "asterisk", Charge: "wholesale"}, {Match: "*", Country: "DE"}}
	for _, p := range []struct {
		name, zone, format, country string
		attempts                    bool
		charge                      string
	}{
		{"in/a.json", "Asia/Tokyo", "auto", "", false, "retail"},
		{"pbx/a.csv", "UTC", "asterisk", "", true, "wholesale"},
		{"x/pbx/a.csv", "UTC", "auto", "DE", true, "retail"},
	} {
		s := c.For(p.name)
		if s.Timezone != p.zone || s.Format != p.format || s.Country != p.country || *s.Attempts != p.attempts || s.Charge != p.charge || len(s.Legs) != 2 {
			t.Errorf("%s: %+v", p.name, s)
		}
	}
}

func TestOtherFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	write := func(s string) {
		if err := os.WriteFile(name, []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("49151, Mobile One # x\n4930,Berlin\n")
	pairs, err := ReadPairs(name)
	if want := map[string]string{"49151": "Mobile One", "4930": "Berlin"}; err != nil || !reflect.DeepEqual(pairs, want) {
		t.Errorf("got %v, %v", pairs, err)
	}
	if _, err := ReadDates(name); err == nil || !strings.Contains(err.Error(), "is no date") {
		t.Errorf("dates: %v", err)
	}
	write("2026-12-25\n")
	dates, err := ReadDates(name)
	if err != nil || len(dates) != 1 || dates[0].Unix() != 1798156800 {
		t.Errorf("got %v, %v", dates, err)
	}
	if _, err := ReadPairs(name); err == nil || !strings.Contains(err.Error(), "is no pair") {
		t.Errorf("pairs: %v", err)
	}
}
