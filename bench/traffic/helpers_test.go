package traffic

import (
	"testing"
	"time"
)

// small is a network that is quick to make and large enough for statistics.
func small() Config {
	return Config{Subscribers: 3000, Days: 7, Seed: 7}
}

func all(t testing.TB, c Config) []Record {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	var out []Record
	var r Record
	for g.Next(&r) {
		out = append(out, r)
	}
	if g.Next(&r) {
		t.Error("Next returned a record after the end")
	}
	if n := g.Counts().Records; n != int64(len(out)) {
		t.Errorf("Counts().Records = %d, there were %d", n, len(out))
	}
	return out
}

func writer(t testing.TB, c Config, columns []string) *Writer {
	t.Helper()
	w, err := NewWriter(c, columns)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// rough has everything that can be asked for.
func rough() Config {
	c := small()
	c.Subscribers, c.Days, c.Records = 1000, 3, 30_000
	c.SplitLegs, c.Partials, c.Disorder = true, 5*time.Minute, 2*time.Second
	c.Duplicate, c.Malformed = 0.01, 0.01
	return c
}
