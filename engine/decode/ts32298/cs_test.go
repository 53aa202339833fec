package ts32298

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestCounts is about what happens to records that carry no legs, and what is odd.
func TestCounts(t *testing.T) {
	at := prim(10, "2603282350002B0100")
	for _, c := range []struct {
		name   string
		record element
		rows   int
		kind   string
		notes  string
	}{
		{"a call", call(ended), 1, "moCall", ""},
		{"a forwarding", cons(100, prim(0, "64"), msisdn, dialled, seizure), 1, "forwarding", ""},
		{"a conference bridge", cons(14, prim(0, "0E")), 0, "csOther", ""},
		{"a service", cons(10, prim(0, "0A"), imsi, at), 0, "ssAction", ""},
		{"a service of nobody", cons(10, prim(0, "0A"), at), 0, "ssAction", ""},
		{"a transit of nobody", cons(5, prim(0, "05"), prim(7, "2603282350002B0100")), 0, "transit", ""},
		{"SRVCC", cons(20, prim(0, "57"), imsi, dialled, seizure, cons(78)), 0, "srvcc", ""},
		{"unknown tags", call(prim(78, "00"), prim(500, "00")), 1, "moCall", "unknown_tags"},
		{"an unknown access", call(prim(61, "07")), 1, "moCall", "unknown_values"},
		{"an unknown end", call(prim(30, "07")), 1, "moCall", "unknown_values"},
		{"an unknown cause", call(ended, cons(31, prim(0, "0001FF"))), 1, "moCall", "unknown_values"},
	} {
		l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, encode(c.record), &b, &tally)
		notes := ""
		for i, n := range tally.Notes {
			if n > 0 {
				notes += decode.Note(i).String()
			}
		}
		kind := slices.Index(Decoder{}.Types(), c.kind)
		if b.Len() != c.rows || int(tally.Filtered) != 1-c.rows || notes != c.notes || tally.Types[kind] != 1 {
			t.Errorf("%s: %d rows, %d filtered, notes %q, types %v, %v", c.name, b.Len(), tally.Filtered, notes, tally.Types, tally.Rejects)
		}
	}
	if n := len(kinds.names); n > 32 {
		t.Errorf("%d types of records", n)
	}
}

// TestIdentity: what tells records apart, and what does not.
func TestIdentity(t *testing.T) {
	identity := func(e element) uint64 {
		l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, encode(e), &b, &tally)
		if b.Len() != 1 {
			t.Fatal(tally.Rejects)
		}
		return b.Rows[0].Identity
	}
	one := identity(call(ended))
	if identity(call(prim(30, "04"))) != one {
		t.Error("another end makes another record")
	}
	others := map[uint64]string{one: "itself"}
	for name, e := range map[string]element{
		"another reference": mo(msisdn, dialled, entity, seizure, prim(32, "01000008")),
		"another switch":    mo(msisdn, dialled, prim(9, "91447758101411"), seizure, ref),
		"a slice":           call(prim(33, "02")),
		"another slice":     call(prim(33, "03")),
		"a forwarding":      cons(100, prim(0, "64"), msisdn, dialled, entity, seizure, ref),
		"the other side":    mt(msisdn, prim(6, "91447758101410")),
		"no reference":      mo(msisdn, dialled, entity, seizure),
		"no switch":         mo(msisdn, dialled, ref, seizure),
	} {
		id := identity(e)
		if was, ok := others[id]; ok {
			t.Errorf("%s is the same as %s", name, was)
		}
		others[id] = name
	}
}

// TestBatch is about what a batch holds of the texts of a record.
func TestBatch(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	var b cdr.Batch
	var tally decode.Tally
	cell := cons(12, prim(0, "1234"), prim(1, "002A"))
	Decoder{}.Decode(l, encode(call(ended, cell, prim(2, "5379399986413806")), message(prim(12, "0DD0D4F29C9E769F01"))), &b, &tally)
	rows := decodetest.Records(&b)
	if len(rows) != 2 {
		t.Fatal(tally.Rejects)
	}
	r := rows[0]
	if r.Cell != decode.HashText([]byte("23415-4660-42")) || r.Region != decode.HashText([]byte("23415-4660")) {
		t.Error("the cell is another one")
	}
	if r.IMEI != uint64(cdr.Digits([]byte("35979399681483"))) || r.IMSI != uint64(cdr.Digits([]byte("234150000000001"))) {
		t.Errorf("IMEI %x, IMSI %x", r.IMEI, r.IMSI)
	}
	if string(rows[1].CalledName) != "Testing" {
		t.Errorf("called %q", rows[1].CalledName)
	}
}

func TestGSM7(t *testing.T) {
	for packed, want := range map[string]string{"D4F29C9E769F01": "Testing", "E8329BFD4697D9EC37": "hellohello", "31D98C56B3DD70": "12345678", "": "", "1B": ""} {
		if got := string(appendGSM7(nil, prim(0, packed).value, len(packed)*4/7)); got != want {
			t.Errorf("%s: %q, want %q", packed, got, want)
		}
	}
}

// TestCatalogue: kinds whose tags collide are told apart by recordType, wherever in the
// record it stands.
func TestCatalogue(t *testing.T) {
	read := func(*record, []byte) string { return "" }
	c := newCatalogue([]kind{{20, 87, "a", read}, {21, 88, "b", read}}, []kind{{20, 18, "c", read}, {79, 85, "a", read}})
	if s := strings.Join(c.names, " "); s != "a b c" {
		t.Error(s)
	}
	for _, k := range []struct {
		record element
		want   int
		why    string
	}{
		{cons(20, prim(0, "57")), 0, ""},
		{cons(20, prim(1, "07"), prim(0, "12")), 2, ""},
		{cons(21, prim(0, "12")), 1, ""},
		{cons(79, prim(1, "12")), 3, ""},
		{cons(20, prim(1, "57")), 0, "recordType: is missing, and tag [20] alone does not tell which record this is"},
		{cons(20, prim(0, "07")), 0, "recordType: 7 is that of no record with tag [20]"},
		{cons(22, prim(0, "07")), 0, "its tag, [22], is that of no record of TS 32.298"},
		{cons(70_000, prim(0, "07")), 0, "its tag, [70000], is that of no record of TS 32.298"},
		{element{class: 1, number: 20, inner: []element{prim(0, "57")}}, 0, "its tag, [APPLICATION 20], is that of no record of TS 32.298"},
	} {
		w := ber.Walk(encode(k.record))
		w.Next()
		if i, why := c.find(w.Tag, w.Content); i != k.want || why != k.why {
			t.Errorf("%+v: %d, %s", k.record, i, why)
		}
	}
}

// TestTimestamp compares every day of a hundred years, and more, with package time.
func TestTimestamp(t *testing.T) {
	zones := []string{"+0000", "+0100", "-0930", "+1245", "-0345", "+2359", "-2359"}
	for i, at := 0, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2100; i, at = i+1, at.Add(24*time.Hour+4321*time.Second) {
		zone := zones[i%len(zones)]
		text := at.Format("060102150405") + fmt.Sprintf("%02x", zone[0]) + zone[1:]
		want, err := time.Parse("060102150405-0700", at.Format("060102150405")+zone)
		if err != nil {
			t.Fatal(err)
		}
		if want.Year() < 1999 {
			want = want.AddDate(100, 0, 0) // package time takes 69 to 99 for the century before
		}
		got, offset, problem := timestamp(prim(0, text).value)
		_, seconds := want.Zone()
		if int64(got) != at.UnixMilli()-int64(seconds)*1000 || int(offset) != seconds/60 || problem != "" {
			t.Fatalf("%s: %d %d %s, want %s", text, got, offset, problem, want)
		}
	}
	for year := range 100 {
		for month := range 14 {
			for day := range 33 {
				at := time.Date(2000+year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
				possible := int(at.Month()) == month && at.Day() == day
				_, _, problem := timestamp(prim(0, fmt.Sprintf("%02d%02d%02d0000002b0000", year, month, day)).value)
				if (problem == "") != possible {
					t.Fatalf("%d-%d-%d: %s", 2000+year, month, day, problem)
				}
			}
		}
	}
}
