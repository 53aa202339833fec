package oracle

import (
	"math/rand/v2"
	"sort"
	"time"
)

// ChaosOptions says how much traffic to make and how strange it may be. Zero
// values are the defaults named beside them.
type ChaosOptions struct {
	Records     int            // about; 1,000
	Files       int            // 2; every third one is JSON lines
	Subscribers int            // 12
	Start       time.Time      // 2024-03-20 UTC
	Days        int            // 15
	Zone        *time.Location // of local times and midnights; UTC
	Lateness    time.Duration  // records are shuffled within it; 0 leaves them sorted
	Country     string         // Config.Country: its numbers are then also written in national form
	Late        float64        // share of records beyond the lateness; 0.005, negative: none
	Malformed   float64        // share of added lines that cannot be read; 0.01, negative: none
	Duplicates  float64        // share of records that come again; 0.03, negative: none

	// Odd adds what READINGS.md calls silent places of the contract: two
	// honest readers may give different answers to it.
	Odd bool
}

// withDefaults fills in what o leaves empty.
func (o ChaosOptions) withDefaults() ChaosOptions {
	o.Records, o.Files, o.Subscribers, o.Days = or(o.Records, 1000), or(o.Files, 2), or(o.Subscribers, 12), or(o.Days, 15)
	if o.Start.IsZero() {
		o.Start = time.Date(2024, 3, 20, 0, 0, 0, 0, time.UTC)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.Late, o.Malformed, o.Duplicates = or(o.Late, 0.005), or(o.Malformed, 0.01), or(o.Duplicates, 0.03)
	return o
}

// chaos is one run of the maker.
type chaos struct {
	*rand.Rand
	o       ChaosOptions
	reader  *reader // tells the event time of what was written
	people  []person
	others  []string // numbers that are called and never call
	special []int64  // instants (ms) worth hitting exactly
	holes   [][2]int64
	styles  []style
	ids     []string // record ids in use, by file
	last    int64    // event time of the last record made
	file    int      // and its file
}

// entry is a line on its way into a file.
type entry struct {
	file int
	key  int64 // ms; files are sorted by it
	text string
}

// Random makes canonical files of a small world in which everything happens
// that a record can tell. The same seed and options give the same bytes. Each
// file is sorted by event time but for the shuffling within o.Lateness and a
// few late records.
func Random(seed uint64, o ChaosOptions) []File {
	c := &chaos{Rand: rand.New(rand.NewPCG(seed, 0x0cd6)), o: o.withDefaults()}
	cfg := Config{Zone: c.o.Zone, Country: c.o.Country}.withDefaults()
	c.reader = &reader{c: cfg, numbers: newNumbers(cfg), now: time.Now()}
	c.calendar()
	c.populate()
	for i := range c.o.Files {
		c.styles = append(c.styles, c.style(i))
	}
	var entries []entry
	for len(entries) < c.o.Records {
		for _, r := range c.event() {
			entries = append(entries, c.place(r)...)
		}
		if c.Float64() < c.o.Malformed {
			file := c.IntN(c.o.Files)
			entries = append(entries, entry{file, c.last, c.wrong(file)})
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].key < entries[j].key })
	return c.files(entries)
}

// place decides where and when the line of r stands, and whether it comes twice.
func (c *chaos) place(r texts) []entry {
	file := c.IntN(c.o.Files)
	text := c.styles[file].write(c, r)
	at, ok := c.eventTime(file, text)
	if !ok {
		return []entry{{file, c.last, text}} // no event time: rejected or filtered
	}
	shuffle := c.o.Lateness.Milliseconds()
	if behind := c.last - at - shuffle; behind == 0 || behind == 1 && c.o.Late > 0 { // just in time, or late by 1 ms
		e := entry{c.file, c.last, c.styles[c.file].write(c, r)}
		c.last = at
		return []entry{e}
	}
	c.last, c.file = at, file
	key := func() int64 {
		if shuffle == 0 {
			return at
		}
		return at + []int64{0, shuffle, c.Int64N(shuffle + 1), c.Int64N(shuffle + 1)}[c.IntN(4)]
	}
	e := entry{file, key(), text}
	if c.Float64() < c.o.Late {
		e.key = at + shuffle + c.Int64N(7_200_000)
	}
	if c.Float64() >= c.o.Duplicates {
		return []entry{e}
	}
	again := entry{file, e.key, text} // beside its twin
	if c.IntN(2) == 0 {
		again.key = key() // or apart
	}
	if c.o.Odd && c.IntN(3) == 0 { // the same record, as another switch writes it
		again.file = c.IntN(c.o.Files)
		again.text = c.styles[again.file].write(c, r)
	}
	return []entry{e, again}
}

// eventTime reads text as the oracle would. ok is false where it is rejected.
func (c *chaos) eventTime(file int, text string) (int64, bool) {
	s := c.styles[file]
	l := line{raw: text}
	if s.json {
		l.cells, l.wrong = object(text)
	} else {
		l.cells, l.wrong = row(text, s.header)
	}
	rec, wrong := c.reader.record(l)
	if wrong != "" {
		return 0, false
	}
	return rec.at, true
}

// chance is true once in n times.
func (c *chaos) chance(n int) bool { return c.IntN(n) == 0 }

// pick returns one of list.
func pick[T any](c *chaos, list ...T) T { return list[c.IntN(len(list))] }
