package profile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// base are the fields of a profile with a header row; cases put theirs in their place.
var base = map[string]string{
	"calling_number": "a", "called_number": "b", "start_time": "t", "disposition": "{answered: {ok: Y}}",
}

// withFields is the text of a profile with base and more fields; head is put before.
func withFields(head string, more map[string]string) string {
	fields := map[string]string{}
	for k, v := range base {
		fields[k] = v
	}
	for k, v := range more {
		fields[k] = v
	}
	var b strings.Builder
	b.WriteString("name: x\nkind: delimited\n")
	if !strings.Contains(head, "delimited:") {
		b.WriteString("delimited: {header: true}\n")
	}
	b.WriteString(head + "fields:\n")
	for k, v := range fields {
		fmt.Fprintf(&b, "  %s: %s\n", k, v)
	}
	return b.String()
}

func compile(t testing.TB, text string) *Decoder {
	t.Helper()
	d, err := Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

// decodeOne decodes a file of one record and returns it, or the reason why it is none.
func decodeOne(t testing.TB, d *Decoder, s *decode.Source, file string) (cdr.Record, decode.Row, decode.Tally, string) {
	t.Helper()
	l, skip := decodetest.Open(t, d, []byte(file), s)
	block := []byte(file)[skip:]
	decodetest.Check(t, d, l, block)
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, block, &b, &tally)
	var row decode.Row
	switch {
	case len(tally.Rejects) > 0:
		return cdr.Record{}, row, tally, tally.Rejects[0].Reason
	case b.Len() == 0:
		return cdr.Record{}, row, tally, "filtered"
	}
	if problem := d.ReadRow(l, b.Raw[0].Of(block), &row); problem != "" {
		t.Fatal(problem)
	}
	return decodetest.Records(&b)[0], row, tally, ""
}

const header = "a,b,t,ok,x,y,z\n"

// TestFields is about what can be said of a field: show tells what came of it.
func TestFields(t *testing.T) {
	outcome := func(r cdr.Record, _ decode.Row) string { return outcomeWords[r.Flags.Outcome()] }
	calling := func(r cdr.Record, _ decode.Row) string { return r.Calling.String() }
	spans := func(r cdr.Record, _ decode.Row) string {
		if r.RingMS == cdr.RingUnknown {
			return fmt.Sprintf("unknown+%d", r.TalkMS)
		}
		return fmt.Sprintf("%d+%d", r.RingMS, r.TalkMS)
	}
	text := func(c decode.Column) func(cdr.Record, decode.Row) string {
		return func(_ cdr.Record, r decode.Row) string { return string(r.Text(c)) }
	}
	direction := func(_ cdr.Record, r decode.Row) string { return r.Direction.String() }
	values := func(_ cdr.Record, r decode.Row) string {
		return fmt.Sprint(r.Service, r.RAT, r.Forwarded, r.Cause, r.Partial, r.Up, r.Down, r.Charge)
	}
	for _, c := range []struct {
		fields string // key: value, several with | between
		rest   string // the columns a, b, t, ok have values of their own
		show   func(cdr.Record, decode.Row) string
		want   string
	}{
		{"calling_number: {from: [x, y]}", "44,2079460000,", calling, "442079460000"},
		{"cell_id: {from: [x, y, z], join: '-'}", "1,,3", text(decode.CellID), "1-3"},
		{"cell_id: {from: [x, y, z], join: '-', null: ['1']}", "1,,3", text(decode.CellID), "3"},
		{"cell_id: {first: [x, y, z]}", " , 2 ,3", text(decode.CellID), "2"},
		{"cell_id: {first: [x, y], null: ['-', none]}", "-,none,3", text(decode.CellID), ""},
		{"cell_id: {from: x, strip: ['00', '+'], add: 'c-'}", "0049,,", text(decode.CellID), "c-49"},
		{"cell_id: {from: x, strip: ['00', '+'], add: 'c-'}", ",,", text(decode.CellID), ""},
		{"cell_id: {value: here}", ",,", text(decode.CellID), "here"},
		{"cell_id: {cases: [{when: {x: '1'}, value: one}, {when: {x: {begins: '2'}}, from: y}], from: z}", "1,2,3", text(decode.CellID), "one"},
		{"cell_id: {cases: [{when: {x: '1'}, value: one}, {when: {x: {begins: '2'}}, from: y}], from: z}", "21,2,3", text(decode.CellID), "2"},
		{"cell_id: {cases: [{when: {x: '1'}, value: one}, {when: {x: {begins: '2'}}, from: y}], from: z}", "3,2,3", text(decode.CellID), "3"},
		{"cell_id: {cases: [{when: {x: {not: ['1', '2']}}, value: other}], value: same}", "2,,", text(decode.CellID), "same"},
		{"cell_id: {cases: [{when: {x: {not: ['1', '2'], matches: '^3'}}, value: other}], value: same}", "32,,", text(decode.CellID), "other"},
		{"cell_id: {cases: [{when: {x: {present: false}}, value: none}], value: some}", "  ,,", text(decode.CellID), "none"},
		{"cell_id: {cases: [{when: [{x: '1', y: '1'}, {z: '1'}], value: yes}], value: no}", "1,2,1", text(decode.CellID), "yes"},
		{"cell_id: {cases: [{when: [{x: '1', y: '1'}, {z: '1'}], value: yes}], value: no}", "1,2,2", text(decode.CellID), "no"},
		{"cell_id: {cases: [{when: {x: {nonzero: true}}, value: yes}], value: no}", "0000-00-00 00:00:00,,", text(decode.CellID), "no"},
		{"cell_id: {cases: [{when: {x: {nonzero: true}}, value: yes}], value: no}", "0:00:01,,", text(decode.CellID), "yes"},
		{"cell_id: {cases: [{when: {x: {nonzero: false}}, value: yes}], value: no}", ",,", text(decode.CellID), "yes"},
		{"imei: x|imsi: y|trunk_in: z|trunk_out: x", "3,4,5", text(decode.TrunkIn), "5"},
		{"visited_plmn: x", "2621,,", nil, `visited_plmn: "2621" is not the 5 or 6 digits of a network`},
		{"visited_plmn: x", "26201,,", text(decode.VisitedPLMN), "26201"},

		{"calling_number: {from: x, type_of_number: {from: y, international: ['1', '4']}}", "2079460000,4,", calling, "2079460000"},
		{"calling_number: {from: x, type_of_number: {from: y, international: ['1'], national: ['2'], prefix: '+44'}}", "2079460000,2,", calling, "442079460000"},
		{"calling_number: {from: x, type_of_number: {from: y, international: ['1'], national: ['2'], prefix: '+44'}}", "2079460000,3,", calling, "2079460000"},

		{"disposition: {from: x, map: {A: answered, N: no_answer}}", "A,,", outcome, "answered"},
		{"disposition: {from: x, map: {A: answered, N: no_answer}}", "B,,", nil, `disposition: "B" is not one that the profile knows`},
		{"disposition: {from: x, map: {A: answered}, default: failed}", "B,,", outcome, "failed"},
		{"disposition: {from: x, map: {A: answered}, default: failed}", ",,", outcome, "unknown"},
		{"disposition: {from: x, map: {A: answered}, unknown: failed}", "B,,", outcome, "failed"},
		{"disposition: {from: x}", "BUSY,,", outcome, "busy"},
		{"disposition: {answered: {y: '1'}, from: x, map: {A: answered, B: busy}}", "A,2,", outcome, "no_answer"},
		{"disposition: {answered: {y: '1'}, from: x, map: {A: answered, B: busy}}", "B,1,", outcome, "answered"},
		{"disposition: {answered: {y: '1'}, from: x, as: q850}", "17,2,", outcome, "busy"},
		{"disposition: {answered: {y: '1'}, as: q850}|cause: x", "31,2,", outcome, "no_answer"},
		{"disposition: {answered: {y: '1'}, as: q850}|cause: x", ",2,", outcome, "no_answer"},
		{"disposition: {from: x, as: sip}", "200,,", outcome, "answered"},
		{"disposition: {from: x, as: sip}", "486,,", outcome, "busy"},
		{"disposition: {from: x, as: sip}", "4x6,,", nil, `disposition: "4x6" is not a number`},
		{"disposition: {answered: never, from: x, as: sip}", "200,,", outcome, "no_answer"},

		{"ring_seconds: x|duration_seconds: y", "1.5,2,", spans, "1500+2000"},
		{"ring_seconds: x|duration_seconds: y", ",,", spans, "unknown+0"},
		{"ring_seconds: {from: x, minus: y}", "5,7,", spans, "0+0"},
		{"ring_seconds: {from: x, minus: y, unit: ms}", "5000,700,", spans, "4300+0"},
		{"ring_seconds: {from: x, minus: y}", "5,q,", nil, `ring_seconds: "q" is not a number`},
		{"duration_seconds: {from: y, holding: true}", ",9,", spans, "9000+0"},
		{"duration_seconds: {from: y, holding: true}|ring_seconds: x", "10,9,", spans, "10000+0"},
		{"duration_seconds: {from: y, holding: true}|disposition: {value: answered}", ",9,", spans, "unknown+9000"},
		{"ring_seconds: {between: {start: t, end: x}}", "2024-03-01 08:00:07.5,,", spans, "7500+0"},
		{"ring_seconds: {between: {start: t, end: x}}", "2024-03-01 07:00:00,,", spans, "0+0"},
		{"ring_seconds: {between: {start: t, end: x}}", ",,", spans, "unknown+0"},
		{"ring_seconds: {between: {start: t, end: {from: [x, y], join: ' '}}}", "2024-03-01,08:00:07,", spans, "7000+0"},
		{"ring_seconds: {between: {start: t, end: {from: [x, y], join: ' '}}}", "2024-03-01,,", spans, "unknown+0"},
		{"ring_seconds: {between: {start: t, end: {cases: [{when: {z: ''}, from: [x, y], join: ' '}], from: x}}}", "2024-03-01,,", spans, "unknown+0"},
		{"start_time: {from: [x, y], join: ' '}", "2024-03-01,,", nil, "start_time: is missing"},
		{"ring_seconds: {between: {start: x, end: t}}", "x,,", nil, `ring_seconds: "x" is not a time`},
		{"ring_seconds: {between: {start: t, end: x}}", "2099-03-01 08:00:00,,", nil, `ring_seconds: "2099-03-01 08:00:00" is out of range`},

		{"direction: x", "Terminating,,", direction, "terminating"},
		{"direction: {from: x, map: {I: terminating, O: originating}}", "O,,", direction, "originating"},
		{"direction: x", ",,", direction, ""},
		{"direction: x", "up,,", nil, `direction: "up" is not one that the profile knows`},
		{"service: x|rat: y|forwarded: z", "SMS,4G,TRUE", values, "1 3 true 0 0 0 0 0"},
		{"cause: x|partial_sequence: y", "16.0,3,", values, "0 0 false 16 3 0 0 0"},
		{"cause: {from: x, map: {BUSY: 17}, default: 0}", "busy,,", values, "0 0 false 0 0 0 0 0"},
		{"partial_sequence: {cases: [{when: {x: L}, value: '2'}]}", "L,,", values, "0 0 false 0 2 0 0 0"},
		{"uplink_bytes: x|downlink_bytes: {from: y, unit: KiB}", "5,7,", values, "0 0 false 0 0 5 7168 0"},
		{"uplink_bytes: {from: x, unit: MiB}", "1073741825,7,", nil, `uplink_bytes: "1073741825" is out of range`},
		{"uplink_bytes: x", "-1,,", nil, `uplink_bytes: "-1" is negative`},
		{"charge: x", "1.25,,", values, "0 0 false 0 0 0 0 1250000"},
		{"charge: {from: x, decimals: 3}", "1250,,", values, "0 0 false 0 0 0 0 1250000"},
		{"charge: x", "-1,,", nil, `charge: "-1" is negative`},
		{"charge: {from: x, decimals: 6}", "9000000000000000,,", nil, `charge: "9000000000000000" is out of range`},
		{"start_time: x", ",,", nil, "start_time: is missing"},
	} {
		more := map[string]string{}
		for _, f := range strings.Split(c.fields, "|") {
			k, v, _ := strings.Cut(f, ": ")
			more[k] = v
		}
		d := compile(t, withFields("", more))
		r, row, _, problem := decodeOne(t, d, decodetest.Source(t), header+"+442079460001,+12125550100,2024-03-01 08:00:00,N,"+c.rest+"\n")
		got := problem
		if problem == "" && c.show != nil {
			got = c.show(r, row)
		}
		if got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.fields, c.rest, got, c.want)
		}
	}
}

// TestTimes is about layouts and zones.
func TestTimes(t *testing.T) {
	for _, c := range []struct{ field, t, x, want string }{
		{"t", "2024-07-01 08:00:00", "", "2024-07-01T06:00:00Z none"},
		{"t", "2024-07-01T08:00:00+01:00", "", "2024-07-01T07:00:00Z 60"},
		{"t", "1719820800", "", "2024-07-01T08:00:00Z none"},
		{"t", "2024-10-27 02:30:00", "", "2024-10-27T00:30:00Z none ambiguous"},
		{"t", "2024-10-27 03:00:00", "", "2024-10-27T02:00:00Z none"},
		{"t", "2024-10-27 01:59:59", "", "2024-10-26T23:59:59Z none"},
		{"t", "2024-03-31 02:30:00", "", "2024-03-31T01:30:00Z none"},
		{"{from: t, layout: '%Y%m%d%H%M%S'}", "20240701080000", "", "2024-07-01T06:00:00Z none"},
		{"{from: t, layout: '%Y%m%d%H%M%S'}", "20241027023000", "", "2024-10-27T00:30:00Z none ambiguous"},
		{"{from: t, layout: '%Y%m%d%H%M%S'}", "20241027030000", "", "2024-10-27T02:00:00Z none"},
		{"{from: t, layout: '%Y%m%d%H%M%S', zone: utc}", "20241027023000", "", "2024-10-27T02:30:00Z none"},
		{"{from: t, zone: utc}", "2024-10-27 02:30:00", "", "2024-10-27T02:30:00Z none"},
		{"{from: t, zone: '+0530'}", "2024-10-27 02:30:00", "", "2024-10-26T21:00:00Z 330"},
		{"{from: t, zone: '+05:30'}", "1719820800", "", "2024-07-01T08:00:00Z none"},
		{"{from: t, layout: '%F %T%f', zone: '-05'}", "2024-10-27 02:30:00.25", "", "2024-10-27T07:30:00.25Z -300"},
		{"{from: t, zone: America/New_York}", "2024-07-01 08:00:00", "", "2024-07-01T12:00:00Z none"},
		{"{from: t, zone: America/New_York}", "2024-11-03 01:30:00", "", "2024-11-03T05:30:00Z none ambiguous"},
		{"{from: t, layout: '%F %T', zone: America/New_York}", "2024-07-01 08:00:00", "", "2024-07-01T12:00:00Z none"},
		{"{from: t, zone: {offset: x}}", "2024-07-01 08:00:00", "+0200", "2024-07-01T06:00:00Z 120"},
		{"{from: t, zone: {offset: x}}", "2024-07-01 08:00:00", "Z", "2024-07-01T08:00:00Z 0"},
		{"{from: t, zone: {offset: x}}", "2024-07-01 08:00:00", "", `start_time: "2024-07-01 08:00:00" is in the zone "", which is not a UTC offset`},
		{"{from: t, layout: '%F %T', zone: {offset: x, unit: minutes}}", "2024-07-01 08:00:00", "-90", "2024-07-01T09:30:00Z -90"},
		{"{from: t, layout: '%F %T', zone: {offset: x, unit: minutes_west}}", "2024-07-01 08:00:00", "480", "2024-07-01T16:00:00Z -480"},
		{"{from: t, layout: '%F %T', zone: {offset: x, unit: hours}}", "2024-07-01 08:00:00", "5.5", "2024-07-01T02:30:00Z 330"},
		{"{from: t, layout: '%F %T', zone: {offset: x, unit: seconds}}", "2024-07-01 08:00:00", "-3600", "2024-07-01T09:00:00Z -60"},
		{"{from: t, layout: '%F %T', zone: {offset: x, unit: hours}}", "2024-07-01 08:00:00", "999999999999", `start_time: "2024-07-01 08:00:00" is in the zone "999999999999", which is not a UTC offset`},
		{"{from: t, zone: {name: x, map: {EST: '-05:00'}}}", "2024-07-01 08:00:00", "EST", "2024-07-01T13:00:00Z -300"},
		{"{from: t, zone: {name: x, map: {EST: '-05:00'}}}", "2024-07-01 08:00:00", "PST", `start_time: "2024-07-01 08:00:00" is in the zone "PST", which is not one that the profile knows`},
		{"{from: t, layout: '%T%f %Z %b %d %Y', zone: {map: {PST: '-08:00'}}}", "15:54:56.868 PST DEC 18 2017", "", "2017-12-18T23:54:56.868Z -480"},
		{"{from: t, layout: '%F %T %z'}", "2024-07-01 08:00:00 -0300", "", "2024-07-01T11:00:00Z -180"},
		{"{from: [x, t], join: ' ', layout: '%d.%m.%y %H:%M'}", "8:05", "1.7.24", "2024-07-01T06:05:00Z none"},
		{"{from: t, layout: epoch_s}", "1719820800.5", "", "2024-07-01T08:00:00.5Z none"},
		{"{from: t, layout: epoch_ms}", "1719820800500", "", "2024-07-01T08:00:00.5Z none"},
		{"{from: t, layout: epoch_us}", "1719820800500999", "", "2024-07-01T08:00:00.5Z none"},
		{"{from: t, layout: '%d.%m.%Y %H:%M'}", "2024-03-01 08:00", "", `start_time: "2024-03-01 08:00" is not a time as %d.%m.%Y %H:%M`},
		{"{from: t, layout: epoch_us}", "-1", "", `start_time: "-1" is not a time`},
		{"{from: t, layout: epoch_s}", "99999999999999", "", `start_time: "99999999999999" is not a possible time`},
		{"{from: t, layout: '%F %T'}", "1969-07-01 08:00:00", "", `start_time: "1969-07-01 08:00:00" is not a possible time`},
		{"{from: t, layout: '%F %T', zone: '+05'}", "1970-01-01 00:00:00", "", `start_time: "1970-01-01 00:00:00" is not a possible time`},
		{"{from: t, layout: '%F %T', zone: '-05'}", "9999-12-31 23:59:59", "", `start_time: "9999-12-31 23:59:59" is not a possible time`},
		{"{from: t, layout: '%F %T'}", "0000-01-01 00:00:00", "", `start_time: "0000-01-01 00:00:00" is not a possible time`},
	} {
		s := decodetest.Source(t)
		var err error
		if s.Zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
			t.Fatal(err)
		}
		d := compile(t, withFields("", map[string]string{"start_time": c.field}))
		r, _, tally, got := decodeOne(t, d, s, header+"+442079460001,+12125550100,"+c.t+",N,"+c.x+",,\n")
		if got == "" {
			got = time.UnixMilli(int64(r.Start)).UTC().Format("2006-01-02T15:04:05.999Z07:00")
			if r.Offset == cdr.NoOffset {
				got += " none"
			} else {
				got += fmt.Sprintf(" %d", r.Offset)
			}
			if tally.Notes[decode.AmbiguousTime] > 0 {
				got += " ambiguous"
			}
		}
		if got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.field, c.t, c.x, got, c.want)
		}
	}
}
