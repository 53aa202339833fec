package oracle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// event makes the records of one thing that happens: mostly one, several for a
// long call in slices.
func (c *chaos) event() []texts {
	r := texts{"disposition": ""}
	me := c.people[c.IntN(len(c.people))]
	r["service"] = pick(c, "", "voice", "VOICE", "voice", "voice", "voice", "sms", "sms", "mms", "data", "data")
	r["direction"] = pick(c, "", "both", "both", "originating", "originating", "terminating", "Terminating", "none")
	if r["direction"] == "none" && !c.chance(4) {
		r["direction"] = ""
	}
	if r["service"] == "data" && lower(r["direction"]) == "terminating" && !c.o.Odd {
		r["direction"] = "originating"
	}
	c.who(r, me)
	ring, talk := c.conversation(r)
	target := c.instant()
	start := target
	if !c.chance(4) { // the release hits the target, else the start does
		start -= ring + talk
	}
	c.station(r, me, start)
	c.identify(r)
	if lower(or(r["service"], "voice")) == "voice" && c.chance(25) && talk > 0 {
		return c.slices(r, start, ring, talk)
	}
	r["start_time"] = c.time(start)
	return []texts{r}
}

// who fills in the two parties.
func (c *chaos) who(r texts, me person) {
	own, other := c.write(me.number), c.write(c.people[c.IntN(len(c.people))].number)
	switch c.IntN(12) {
	case 0, 1:
		other = c.write(c.others[c.IntN(len(c.others))])
	case 2:
		other = c.code()
	case 3:
		other = c.nobody()
	case 4:
		if c.chance(3) {
			other = c.write(me.number) // to oneself
		}
	case 5:
		if c.chance(3) {
			own = c.nobody()
		}
	}
	if me.number == "" { // known by the IMSI alone
		own = ""
		if !c.o.Odd || c.chance(2) {
			other = ""
		}
	}
	r["calling_number"], r["called_number"] = own, other
	if lower(r["service"]) == "data" {
		r["called_number"] = ""
	} else if lower(r["direction"]) == "terminating" {
		r["calling_number"], r["called_number"] = other, own
	}
}

// conversation fills in how it went and returns ring and talk as event time
// counts them, in ms.
func (c *chaos) conversation(r texts) (ring, talk int64) {
	ring, talk = c.Int64N(40)*1000, pick(c, 0, 1000, 5999, 6000, 6001, 59_999, 60_000, 60_001, c.Int64N(600)*1000, c.Int64N(7_200_000))
	r["disposition"] = pick(c, "answered", "answered", "Answered", "answered", "no_answer", "busy", "failed", "")
	if d := r["disposition"]; d != "" && lower(d) != "answered" && c.chance(4) {
		talk = c.Int64N(20_000)
	} else if d != "" && lower(d) != "answered" {
		talk = 0
	}
	r["ring_seconds"], r["duration_seconds"] = decimalOf(ring), decimalOf(talk)
	if c.chance(4) {
		r["ring_seconds"], ring = "", 0
	}
	if talk == 0 && c.chance(2) {
		r["duration_seconds"] = ""
	}
	if c.chance(4) {
		r["cause"] = pick(c, "16", "17", "38", "41", "102", "31", "0")
	}
	switch lower(r["service"]) {
	case "sms", "mms":
		r["ring_seconds"], r["duration_seconds"] = "", ""
		return 0, 0
	case "data":
		r["ring_seconds"] = ""
		r["uplink_bytes"], r["downlink_bytes"] = strconv.Itoa(c.IntN(1e6)), strconv.Itoa(c.IntN(1e8))
		return 0, talk
	}
	if c.o.Odd && c.chance(10) && r["ring_seconds"] != "" && !strings.Contains(r["ring_seconds"], ".") {
		r["ring_seconds"] += ".1239"
	}
	return ring, talk
}

// station fills in what the served party's network tells.
func (c *chaos) station(r texts, me person, start int64) {
	imsi := me.imsi[0]
	if start >= me.swap {
		imsi = me.imsi[1]
	}
	served := r["calling_number"]
	if lower(r["direction"]) == "terminating" && lower(r["service"]) != "data" {
		served = r["called_number"]
	}
	unnamed := c.reader.numbers.party(served) == nil
	if me.number == "" && unnamed || !unnamed && !c.chance(3) || c.o.Odd && c.chance(2) {
		r["imsi"] = imsi
	}
	if c.chance(2) {
		r["imei"] = me.imei + pick(c, "", "0", "1", "07")
	}
	r["cell_id"] = pick(c, "", imsi[:5]+"-1001-17", imsi[:5]+"-1001-18", imsi[:5]+"-1002-17", "cell7", "310260-77-9")
	if c.chance(3) {
		r["visited_plmn"] = pick(c, imsi[:5], "20801", "26201", "310260", "310410", "23415")
	}
	r["rat"] = pick(c, "", "2g", "3G", "4g", "4g", "5g", "wifi")
	r["charge"] = pick(c, "", "0", "0.25", "5", "4.999999", "5.000001", "12.5", fmt.Sprintf("%d.%04d", c.IntN(20), c.IntN(10000)))
	r["trunk_in"] = pick(c, "", "T1", "north,2", `the "old" one`)
	r["trunk_out"] = pick(c, "", "T2")
	if lower(or(r["service"], "voice")) == "voice" && c.chance(20) && (c.o.Odd || lower(r["direction"]) == "originating") {
		r["forwarded"] = pick(c, "true", "TRUE", "1")
	} else {
		r["forwarded"] = pick(c, "", "false", "0")
	}
	r["partial_sequence"] = pick(c, "", "", "0")
}

// identify gives r an id: none, a new one, or one that was used at another time.
func (c *chaos) identify(r texts) {
	switch {
	case c.chance(6):
		r["record_id"] = ""
	case len(c.ids) > 0 && c.chance(40):
		r["record_id"] = c.ids[c.IntN(len(c.ids))]
	default:
		r["record_id"] = fmt.Sprintf("r%d", len(c.ids))
		c.ids = append(c.ids, r["record_id"])
	}
}

// slices cuts one long call into records of its parts.
func (c *chaos) slices(r texts, start, ring, talk int64) []texts {
	var out []texts
	parts := int64(2 + c.IntN(3))
	for i := range parts {
		s := texts{}
		for k, v := range r {
			s[k] = v
		}
		s["partial_sequence"] = strconv.FormatInt(i+1, 10)
		s["start_time"] = c.time(start)
		s["duration_seconds"] = decimalOf(talk / parts)
		start += talk / parts
		if i == 0 {
			start += ring
		} else {
			s["ring_seconds"] = ""
		}
		out = append(out, s)
	}
	return out
}

// time writes an instant in one of the three forms.
func (c *chaos) time(ms int64) string {
	t := time.UnixMilli(ms)
	finer := ""
	if ms%1000 != 0 {
		finer = fmt.Sprintf(".%03d", ms%1000) + pick(c, "", "", "4", "9999")
	}
	switch c.IntN(6) {
	case 0:
		if ms%1000 == 0 {
			return strconv.FormatInt(ms/1000, 10)
		}
		return strconv.FormatInt(ms, 10)
	case 1:
		return strconv.FormatInt(ms, 10)
	case 2:
		return t.UTC().Format("2006-01-02T15:04:05") + finer + "Z"
	case 3:
		east := time.FixedZone("", pick(c, 0, 3600, -5*3600, 19800, 20700, -34200, 43200))
		return t.In(east).Format("2006-01-02T15:04:05") + finer + t.In(east).Format("-07:00")
	}
	return t.In(c.o.Zone).Format("2006-01-02 15:04:05") + finer
}

// decimalOf writes ms as seconds, without what need not be written.
func decimalOf(ms int64) string {
	if ms%1000 == 0 {
		return strconv.FormatInt(ms/1000, 10)
	}
	return fmt.Sprintf("%d.%03d", ms/1000, ms%1000)
}
