package profile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// element encodes an element of a tag as profiles write it; + before the tag makes it
// constructed, ~ one of indefinite length.
func element(tag string, content ...[]byte) []byte {
	head := byte(0)
	name := strings.TrimLeft(tag, "+~")
	if name != tag {
		head = 0x20
	}
	t, problem := parseTag(name)
	if problem != "" {
		panic(problem)
	}
	head |= t.Class() << 6
	b := []byte{head | byte(t.Number())}
	if n := t.Number(); n >= 31 {
		b = []byte{head | 31}
		for shift := 14; shift > 0; shift -= 7 {
			if n>>shift > 0 {
				b = append(b, byte(n>>shift)|0x80)
			}
		}
		b = append(b, byte(n&0x7F))
	}
	all := bytes.Join(content, nil)
	switch {
	case tag[0] == '~':
		return append(append(append(b, 0x80), all...), 0, 0)
	case len(all) < 128:
		b = append(b, byte(len(all)))
	default:
		b = append(b, 0x82, byte(len(all)>>8), byte(len(all)))
	}
	return append(b, all...)
}

const berProfile = `
name: dialect
kind: ber
ber:
  containers: [application:1, universal:16]
  types: {call: 0, message: application:40}
sources:
  caller: {tag: {call: 3, message: 4}, as: address}
  called: {tag: {call: 5/1}, as: address}
  start: {tag: 7, as: timestamp9}
  seconds: {tag: 9, as: uint}
  up: {tag: 12/universal:16/3, as: uint, pick: sum}
  volumes: {tag: 12/universal:16, pick: count}
  last: {tag: 12/universal:16/4, as: ascii, pick: last}
  first: {tag: 12/universal:16/4, as: ascii}
  far: {tag: 300/private:2, as: enum}
fields:
  calling_number: caller
  called_number: called
  start_time: start
  duration_seconds: seconds
  uplink_bytes: up
  trunk_in: first
  trunk_out: last
  cause: {first: [far, volumes]}
  disposition: {answered: {9: {present: true}}}
records:
  - name: call
    when: {type: call}
  - name: message
    when: {type: message}
    fields: {service: {value: sms}}
`

var (
	berStart  = element("7", []byte{0x24, 0x03, 0x01, 0x08, 0x00, 0x00, '+', 0x02, 0x00})
	berCaller = []byte{0x91, 0x44, 0x02, 0x97, 0x46, 0x00, 0x00}
)

// berCall is a record with everything.
func berCall(indefinite bool) []byte {
	c := "+"
	if indefinite {
		c = "~"
	}
	volume := func(up byte, name string) []byte {
		return element(c+"universal:16", element("3", []byte{up}), element("9", nil), element("4", []byte(name)))
	}
	return element(c+"0",
		element("9", []byte{61}), element("77", []byte("who knows")),
		element(c+"12", volume(5, "a"), volume(7, "b"), volume(200, "c")),
		element(c+"5", element("2", nil), element("1", berCaller)),
		element("3", berCaller), berStart, element(c+"300", element("private:2", []byte{19})),
		element(c+"35", element(c+"35", element("3", []byte("no")))))
}

// members are the elements within a record.
func members(record []byte) (all [][]byte) {
	outer := ber.Walk(record)
	outer.Next()
	for rest := outer.Content; len(rest) > 0; {
		_, size, _ := ber.Extent(rest)
		all, rest = append(all, rest[:size]), rest[size:]
	}
	return all
}

func parse(t testing.TB, text string) *Decoder {
	t.Helper()
	d, err := Parse("p.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBER(t *testing.T) {
	d, source := parse(t, berProfile), decodetest.Source(t)
	const call = "442079640000>442079640000 answered 2024-03-01T06:00:00.000Z ring - talk 61000 trunks a/c"
	message := element("+application:40", element("4", berCaller), berStart)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"a call", call, berCall(false)},
		{"of indefinite lengths", call, berCall(true)},
		{"in containers", call + "; " + call, element("+application:1", element("~universal:16", berCall(false), berCall(true)))},
		{"in blocks", call + "; " + call, append(append(append(berCall(false), make([]byte, 2048)...), berCall(true)...), bytes.Repeat([]byte{0xFF}, 99)...)},
		{"a message", "442079640000> no_answer 2024-03-01T06:00:00.000Z ring - talk 0", message},
		{"tags that end alike", call, element("+0", append([][]byte{element("35", []byte{1}), element("37", []byte{2})}, members(berCall(false))...)...)},
		{"a primitive one in place of a list", call, element("+0", append([][]byte{element("12", element("+universal:16", element("4", []byte("z")))), element("5", element("1", []byte{0x81, 0x21}))}, members(berCall(false))...)...)},
		{"an unknown one", call, append(element("+7", berStart), berCall(false)...)},
	} {
		l, skip := decodetest.Open(t, d, c.file, source)
		decodetest.Check(t, d, l, c.file[skip:])
		if got := strings.Join(rowsOf(t, d, c.file, source), "; "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	l, _ := decodetest.Open(t, d, nil, source)
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, append(append(berCall(true), message...), element("+7", berStart)...), &b, &tally)
	if b.Rows[0].Up != 212 || b.Cause[0] != 19 || b.Rows[0].Offset != 120 || tally.Types[0] != 1 || tally.Types[1] != 1 || tally.Filtered != 1 {
		t.Errorf("up %d, cause %d, offset %d, types %v, filtered %d", b.Rows[0].Up, b.Cause[0], b.Rows[0].Offset, tally.Types[:3], tally.Filtered)
	}
}

func TestBERCount(t *testing.T) {
	d, source := parse(t, berProfile), decodetest.Source(t)
	volume := element("+universal:16", element("9", nil))
	file := element("+0", element("3", berCaller), berStart, element("+12", volume, volume), element("9", []byte{1}))
	l, _ := decodetest.Open(t, d, nil, source)
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file, &b, &tally)
	if b.Len() != 1 || b.Cause[0] != 2 || b.Rows[0].Up != 0 {
		t.Errorf("cause %v, rows %+v, rejects %v; want a count of 2 and no sum", b.Cause, b.Rows, tally.Rejects)
	}
}

func TestBERRejects(t *testing.T) {
	d, source := parse(t, berProfile), decodetest.Source(t)
	one := func(members ...[]byte) []byte {
		return element("+0", append([][]byte{element("3", berCaller)}, members...)...)
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"no time", "start_time: is missing", one()},
		{"month 13", `start_time: "2024-13-01T08:00:00+00:00" is not a possible time`, one(element("7", []byte{0x24, 0x13, 0x01, 0x08, 0x00, 0x00, '+', 0, 0}))},
		{"a short time", "tag 7: 240301 is not timestamp9", one(element("7", []byte{0x24, 3, 1}))},
		{"a letter in a time", "tag 7: 2a03010800002b0000 is not timestamp9", one(element("7", []byte{0x2A, 3, 1, 8, 0, 0, '+', 0, 0}))},
		{"a huge duration", `duration_seconds: "18446744073709551615" is out of range`, one(berStart, element("9", bytes.Repeat([]byte{0xFF}, 8)))},
		{"a duration of 9 octets", "tag 9: ffffffffffffffffff is not uint", one(berStart, element("9", bytes.Repeat([]byte{0xFF}, 9)))},
		{"an empty duration", "tag 9:  is not uint", one(berStart, element("9"))},
		{"a sum that overflows", "tag 12/universal:16/3: ffffffffffffffff is not a number that can be added", one(berStart, element("+12", element("+universal:16", element("3", bytes.Repeat([]byte{0xFF}, 8)), element("3", bytes.Repeat([]byte{0xFF}, 8)))))},
		{"a member cut short", "an element is malformed: it is cut short", one([]byte{0x87, 20, 1})},
		{"an inner one cut short", "an element is malformed: it is cut short", one(element("+5", []byte{0x81, 9}))},
		{"a cut record", "this is no record: it is cut short", berCall(false)[:40]},
		{"a byte", "this is no record: it is cut short", []byte{0xA0}},
		{"overflow", "this is no record: its length overflows", append([]byte{0xA0, 0x88}, bytes.Repeat([]byte{0xFF}, 8)...)},
		{"empty", "start_time: is missing", element("+0")},
		{"nothing", "", nil},
		{"a primitive record", "an element is malformed: it is cut short", element("0", []byte{1})},
		{"depth", "this is no record: it is cut short", bytes.Repeat([]byte{0xA0, 0x80}, 40)},
	} {
		l, _ := decodetest.Open(t, d, c.file, source)
		decodetest.Check(t, d, l, c.file)
		if got := rejectOf(d, c.file, source); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBERMistakes(t *testing.T) {
	for change, want := range map[string]string{
		"{tag: 7, as: timestamp9}→{as: timestamp9}":                 "p.yaml:10:10: a source of kind ber has no tag: write tag: followed by the tags that lead to it",
		"tag: 7→tag: 7/x":                                           "path 7/x: a tag is a number, or universal, application, context or private, a colon and a number",
		"tag: 7→tag: vendor:7":                                      "path vendor:7: a tag is a number, or universal,",
		"tag: 7→tag: 7//8":                                          "path 7//8: a tag is a number",
		"call: 5/1→coll: 5/1":                                       "tag: coll is not one of the types of records that ber: {types: ...} names",
		"{call: 5/1}→{call: x}":                                     "path x: a tag is a number",
		"as: enum→as: enumm":                                        "as: unknown encoding enumm: did you mean enum?",
		"pick: last→pick: lost":                                     "pick: unknown word lost: did you mean last?",
		"application:1,→app:1,":                                     "tag app:1: a tag is a number",
		"tag: 300/private:2→tag: " + strings.Repeat("1/", 32) + "1": "it has more than 32 tags",
	} {
		old, new, _ := strings.Cut(change, "→")
		if !strings.Contains(berProfile, old) {
			t.Fatalf("%q is not in the profile", old)
		}
		_, err := Parse("p.yaml", []byte(strings.Replace(berProfile, old, new, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", change, err, want)
		}
	}
	many := berProfile
	for i := range maxSums + 1 {
		many = strings.Replace(many, "fields:\n", fmt.Sprintf("  s%d: {tag: %d, pick: sum}\nfields:\n", i, 100+i), 1)
	}
	if _, err := Parse("p.yaml", []byte(many)); err == nil || !strings.Contains(err.Error(), "more than 16 sources are sums or counts") {
		t.Errorf("too many sums: %v", err)
	}
}

func TestAppendTag(t *testing.T) {
	for _, s := range []string{"0", "63", "64", "200", "universal:16", "application:4", "private:1"} {
		tag, problem := parseTag(s)
		if got := string(appendTag(nil, tag)); problem != "" || got != s {
			t.Errorf("%s: %s, %s", s, got, problem)
		}
	}
	if tag, _ := parseTag("context:5"); tag != ber.Context(5) {
		t.Error("context:5 is not 5")
	}
}

func FuzzBER(f *testing.F) {
	d, source := parse(f, berProfile), decodetest.Source(f)
	f.Add(berCall(false))
	f.Add(append(berCall(true), element("+application:1", element("+application:40", berStart))...))
	f.Add(append(berCall(true)[:60], 0, 0, 0xFF, 0x30, 0x80))
	f.Add([]byte("0000000000000000001000000000000000000000000000000000000000000000000000000000000000000010000\xbf\x00\x7f(0")) // what begins like a record within the header of another
	f.Fuzz(func(t *testing.T, block []byte) {
		d.Detect(block)
		l, _ := decodetest.Open(t, d, block, source)
		decodetest.Check(t, d, l, block)
		framing := decode.FramingOf(d, l)
		checkFraming(t, framing, block, 6)
	})
}

func TestBERAllocatesNothing(t *testing.T) {
	d, source := parse(t, berProfile), decodetest.Source(t)
	l, _ := decodetest.Open(t, d, nil, source)
	block := bytes.Repeat(append(berCall(false), element("+7", berStart)...), 20)
	decodetest.AllocatesNothing(t, d, l, block, 20)
}

func BenchmarkBER(b *testing.B) {
	d, source := builtinNamed("msc-ber"), decodetest.Source(b)
	record := element("+0", element("0", []byte{0}), element("1", []byte{0x32, 0x14, 0, 0x64, 0x55}), element("2", []byte{0x53, 0x79, 0x39}), element("3", berCaller), element("5", berCaller),
		element("9", berCaller), element("22", berStart[2:]), element("23", berStart[2:]), element("24", berStart[2:]), element("25", []byte{60}), element("30", []byte{0}), element("+31", element("0", []byte{16})),
		element("32", []byte{1, 2, 3, 4}), element("14", []byte{1}), element("15", []byte{2}), element("16", []byte{3}))
	const records = 1000
	block := bytes.Repeat(record, records)
	l, _ := decodetest.Open(b, d, nil, source)
	decodetest.Bench(b, d, l, block)
}

// TestMSCSample compares the example with what the records of another encoder are said
// to hold.
func TestMSCSample(t *testing.T) {
	const name = "3gpp_cs/cs_rel16_raw_concat"
	file, golden := decodetest.Sample(t, name+".ber"), decodetest.Sample(t, name+".golden.jsonl")
	d, source := builtinNamed("msc-ber"), decodetest.Source(t)
	l, _ := decodetest.Open(t, d, file, source)
	decodetest.Check(t, d, l, file)
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file, &b, &tally)
	at := 0
	for lines := bufio.NewScanner(bytes.NewReader(golden)); lines.Scan(); {
		var g struct {
			A, B, IMSI, Kind, Seizure, Answer string
			Dur, Off, Diag, Seq               int
			Answered                          bool
		}
		raw := bytes.ReplaceAll(bytes.ReplaceAll(lines.Bytes(), []byte("utc_seizure"), []byte("seizure")), []byte("utc_answer"), []byte("answer"))
		if err := json.Unmarshal(raw, &g); err != nil {
			t.Fatal(err)
		}
		if g.Kind != "moCallRecord" && g.Kind != "mtCallRecord" {
			if g.Kind == "moSMSRecord" || g.Kind == "mtSMSRecord" {
				at++
			}
			continue
		}
		r := decodetest.Records(&b)[at]
		subscriber, other := party(r.Calling, r.CallingName), party(r.Called, r.CalledName)
		if g.Kind == "mtCallRecord" {
			subscriber, other = other, subscriber
		}
		if !strings.HasSuffix(g.B, strings.TrimPrefix(other, "0")) { // national ones are without their country code
			t.Errorf("row %d: the other party %s, want %s", at, other, g.B)
		}
		got := fmt.Sprint(subscriber, " ", decode.Time(r.Start), r.Offset, r.TalkMS, r.Flags.Outcome() == cdr.Answered, r.Cause)
		start, talk := g.Seizure, g.Dur
		if start == "" || g.Seq > 1 {
			start = g.Answer
		}
		if !g.Answered {
			talk = 0
			if r.RingMS != uint32(g.Dur)*1000 {
				t.Errorf("row %d: ring %d, want %d s", at, r.RingMS, g.Dur)
			}
		}
		when, _ := time.Parse(time.RFC3339, start)
		want := fmt.Sprint(g.A, " ", decode.Time(cdr.Millis(when.UnixMilli())), g.Off, talk*1000, g.Answered, g.Diag)
		if got != want {
			t.Errorf("row %d: %s, want %s (%s)", at, got, want, lines.Text())
		}
		at++
	}
	if at != b.Len() {
		t.Errorf("%d rows, %d expected; rejects %v", b.Len(), at, tally.Rejects)
	}
}
