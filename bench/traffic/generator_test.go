package traffic

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"
)

func digest(t *testing.T, c Config) string {
	t.Helper()
	w := writer(t, c, Columns())
	h := sha256.New()
	var buf []byte
	for _, r := range all(t, c) {
		buf = w.AppendCSV(buf[:0], &r)
		buf = w.AppendJSON(buf, &r)
		h.Write(buf)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// The bytes of a seed are a promise. A change of the generator changes them;
// then, and only then, these change too.
func TestBytesOfASeed(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	other, abroad := rough(), rough()
	other.Seed++
	abroad.Country, abroad.Start = "US", time.Date(2026, 3, 28, 0, 0, 0, 0, paris)
	for _, test := range []struct {
		name   string
		config Config
		want   string
	}{
		{"rough", rough(), "68c17f48423d7d9b"},
		{"another seed", other, "abcf8aad1ef5ac34"},
		{"another country and a change of the clock", abroad, "465f0f271255f6ac"},
	} {
		got := digest(t, test.config)
		if got != test.want {
			t.Errorf("%s: digest %s, want %s", test.name, got, test.want)
		}
		if again := digest(t, test.config); again != got {
			t.Errorf("%s: digests %s and %s of the same configuration", test.name, got, again)
		}
	}
}

func TestOrder(t *testing.T) {
	for _, disorder := range []time.Duration{0, 2 * time.Second, time.Minute} {
		c := small()
		c.Disorder, c.Duplicate = disorder, 0.01
		from, to := c.Defaults().Start.UnixMilli(), c.Defaults().Start.AddDate(0, 0, c.Days).UnixMilli()
		var written, high, worst int64
		for i, r := range all(t, c) {
			if r.Written < written {
				t.Fatalf("disorder %v: record %d is written before its predecessor", disorder, i)
			}
			written = r.Written
			release := r.Release()
			if r.Start < from || release >= to {
				t.Fatalf("disorder %v: record %d is outside the days", disorder, i)
			}
			late := high - release
			if r.Duplicate {
				late -= DuplicateDelay.Milliseconds()
			}
			worst, high = max(worst, late), max(high, release)
		}
		if limit := disorder.Milliseconds(); worst > limit || worst < limit/2 {
			t.Errorf("disorder %v: records are up to %d ms behind", disorder, worst)
		}
	}
}

func TestExactCount(t *testing.T) {
	for _, n := range []int64{1, 2, 7, 1000, 54_321} {
		for _, c := range []Config{small(), rough()} {
			c.Records = n
			if got := len(all(t, c)); got != int(n) {
				t.Errorf("%d records, want %d (split %v)", got, n, c.SplitLegs)
			}
		}
	}
	crowd := Config{Subscribers: 2, Days: 1, Records: 20_000, SplitLegs: true, Duplicate: 0.5}
	if got := len(all(t, crowd)); got != 20_000 {
		t.Errorf("two subscribers: %d records", got)
	}
}

func TestDefaultCount(t *testing.T) {
	n := float64(len(all(t, small()))) / (3000 * 7 * RecordsPerDay)
	if n < 1 || n > 1.02 { // forwarded legs come on top
		t.Errorf("%.3f records per attempt", n)
	}
}

func TestDuplicatesAndDamage(t *testing.T) {
	c := small()
	c.Records, c.Duplicate, c.Malformed = 100_000, 0.02, 0.01
	type key struct {
		id        uint64
		direction Direction
	}
	seen := map[key]Record{}
	kinds := map[Damage]int{}
	duplicates, apart := 0, 0
	for i, r := range all(t, c) {
		k := key{r.ID, r.Direction}
		if r.Malformed != Sound {
			kinds[r.Malformed]++
		}
		if !r.Duplicate {
			if _, ok := seen[k]; ok {
				t.Fatalf("record %d has the identity of another", i)
			}
			seen[k] = r
			continue
		}
		duplicates++
		twin := seen[k]
		delay := r.Written - twin.Written
		if delay > 0 {
			apart++
		}
		twin.Duplicate, twin.Written = true, r.Written
		if twin != r || delay < 0 || delay > DuplicateDelay.Milliseconds() {
			t.Fatalf("record %d is not a proper duplicate (delay %d ms)", i, delay)
		}
	}
	damaged := 0
	for _, n := range kinds {
		damaged += n
	}
	inRange(t, "duplicates", float64(duplicates)/100_000, 0.018, 0.022)
	inRange(t, "apart from their twin", float64(apart)/float64(duplicates), 0.4, 0.6)
	inRange(t, "malformed", float64(damaged)/100_000, 0.0085, 0.0115)
	if len(kinds) != int(damages) {
		t.Errorf("%d kinds of damage, want %d", len(kinds), damages)
	}
}

func TestBadConfig(t *testing.T) {
	for _, c := range []Config{
		{Subscribers: 1}, {Days: -1}, {Country: "XX"}, {Records: -1}, {Partials: time.Second},
		{Disorder: -1}, {Duplicate: 0.6}, {Malformed: -0.1}, {Subscribers: 8_000_000, Country: "US"},
		{Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		_, err := New(c)
		if _, ok := err.(*ConfigError); !ok {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	c := small()
	c.Disorder = time.Second
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t, c, Columns())
	var r Record
	buf := make([]byte, 0, 4096)
	step := func() {
		for range 20_000 {
			g.Next(&r)
			buf = w.AppendCSV(buf[:0], &r)
			buf = w.AppendJSON(buf, &r)
		}
	}
	step() // the calendar grows
	step()
	if n := testing.AllocsPerRun(2, step); n > 10 {
		t.Errorf("%v allocations for 20,000 records", n)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, subscribers := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(subscribers, " subscribers"), func(b *testing.B) {
			c := Config{Subscribers: subscribers, Days: 14, Records: 100 * int64(subscribers)}
			g, err := New(c)
			if err != nil {
				b.Fatal(err)
			}
			w := writer(b, c, LeanColumns())
			var r Record
			var buf []byte
			bytes := 0
			b.ReportAllocs()
			for b.Loop() {
				if !g.Next(&r) {
					b.StopTimer()
					g, _ = New(c)
					b.StartTimer()
					g.Next(&r)
				}
				buf = w.AppendCSV(buf[:0], &r)
				bytes += len(buf)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(bytes)/float64(b.N), "bytes/record")
		})
	}
}
