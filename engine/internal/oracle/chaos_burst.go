package oracle

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
)

// Bursts makes one more file for the world of Random(seed, o): its people call,
// write and load in bursts, as fraud does, with long silences between. Several
// things happen in one second, at the very edges of seconds, panes and days.
func Bursts(seed uint64, o ChaosOptions) File {
	c := &chaos{Rand: rand.New(rand.NewPCG(seed, 0x0cd6)), o: o.withDefaults()}
	cfg := Config{Zone: c.o.Zone, Country: c.o.Country}.withDefaults()
	c.reader = &reader{c: cfg, numbers: newNumbers(cfg)}
	c.reader.now = c.o.Start.AddDate(0, 0, 2*c.o.Days)
	c.calendar()
	c.populate()
	c.Rand = rand.New(rand.NewPCG(seed, 0xb5)) // the people are those of Random, what they do is not
	c.styles = []style{{newline: "\n", header: columns}}
	var entries []entry
	for len(entries) < c.o.Records {
		entries = append(entries, c.burst()...)
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].key < entries[j].key })
	lines := []string{strings.Join(columns, ",")}
	for _, e := range entries {
		lines = append(lines, e.text)
	}
	return File{Name: "bursts.csv", Data: []byte(strings.Join(lines, "\n") + "\n")}
}

// burst is one person who does the same thing again and again.
func (c *chaos) burst() (entries []entry) {
	me := c.people[c.IntN(len(c.people))]
	kind := pick(c, "many", "many", "premium", "few", "in", "sms", "data", "forwarded", "mixed")
	at := c.instant()
	if c.chance(2) {
		at -= at % 1000
	}
	step := pick[int64](c, 0, 0, 1, 250, 499, 1000, 1000, 4000, 61_000, 300_000)
	end := c.o.Start.AddDate(0, 0, c.o.Days).UnixMilli()
	for range 3 + c.IntN(20) {
		entries = append(entries, c.blow(me, kind, at)...)
		if at += step; step > 1000 {
			at += c.Int64N(step)
		}
		if at >= end {
			break
		}
	}
	return entries
}

// blow is one record of a burst, released at the instant at; sometimes twice.
func (c *chaos) blow(me person, kind string, at int64) []entry {
	r := texts{"direction": "originating", "calling_number": c.write(me.number), "called_number": c.write(c.people[c.IntN(len(c.people))].number)}
	ring, talk := c.Int64N(20)*1000, pick(c, 0, 3000, 5999, 6000, 59_999, 60_000, c.Int64N(4000)*1000)
	r["disposition"], r["ring_seconds"] = "answered", decimalOf(ring)
	switch kind {
	case "premium":
		r["called_number"] = "+" + pick(c, c.others[6:]...)
	case "few":
		r["called_number"] = "+" + c.others[c.IntN(2)]
	case "in":
		r["direction"], r["calling_number"], r["called_number"] = "terminating", "+"+c.others[c.IntN(6)], r["calling_number"]
	case "sms", "data":
		r["service"], ring = kind, 0
	case "forwarded":
		r["forwarded"] = "true"
	case "mixed":
		r["direction"] = pick(c, "both", "originating")
	}
	if me.number == "" { // known by the IMSI alone, and so is the record
		r["calling_number"], r["called_number"] = "", "anonymous"
	}
	if r["service"] == "sms" {
		talk = 0
	}
	if talk == 0 && r["service"] == "" {
		r["disposition"] = pick(c, "no_answer", "busy", "failed")
	}
	start := at - ring - talk
	c.station(r, me, start)
	if !c.chance(10) {
		r["record_id"] = fmt.Sprintf("b%d", c.Int64())
	}
	r["start_time"], r["duration_seconds"] = fmt.Sprint(start), decimalOf(talk)
	text := c.styles[0].write(c, r)
	when, ok := c.eventTime(0, text)
	if !ok {
		panic("a burst makes only good records: " + text)
	}
	key := func() int64 { return when + c.Int64N(c.o.Lateness.Milliseconds()+1) }
	entries := []entry{{0, key(), text}}
	if c.Float64() < c.o.Duplicates {
		entries = append(entries, entry{0, key(), text})
	}
	return entries
}
