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

// The members of a usual call: 17 s of ringing, 83 s of talk.
var (
	imsi    = prim(1, tbcd("234150000000001"))
	msisdn  = prim(3, "91447790612405")
	entity  = prim(9, "91447758101410")
	seizure = prim(22, "2603282350002B0100")
	answer  = prim(23, "2603282350172B0100")
	release = prim(24, "2603282351402B0100")
	lasted  = prim(25, "53")
	ended   = prim(30, "00")
	ref     = prim(32, "01000007")
	dialled = prim(5, "917361679236F3")
)

// mo is a MOCallRecord with these members.
func mo(members ...element) element { return cons(0, append([]element{prim(0, "00")}, members...)...) }

// call is a usual one with more members.
func call(more ...element) element {
	return mo(append([]element{imsi, msisdn, dialled, entity, seizure, answer, release, lasted, ref}, more...)...)
}

// attempt is a call that was not answered, after 9 seconds.
func attempt(more ...element) element {
	return mo(append([]element{imsi, msisdn, dialled, entity, seizure, prim(25, "09"), ref}, more...)...)
}

// mt is a MTCallRecord.
func mt(members ...element) element {
	return cons(1, append([]element{prim(0, "01"), prim(19, "2603282350002B0100"), prim(20, "2603282350172B0100"), prim(22, "53"), prim(27, "00"), prim(29, "01000007")}, members...)...)
}

// message is a MOSMSRecord to an address.
func message(more ...element) element {
	return cons(6, append([]element{prim(0, "06"), imsi, msisdn, prim(6, "91447758101410"), prim(9, "2603282350002B0100")}, more...)...)
}

// The words are those of fastRow.
func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name   string
		record element
		want   string // words of what is read, or the reason for rejection
	}{
		{"a call", call(ended), "direction=originating service=voice start=1774738200000 offset=60 ring=17000 talk=83000 outcome=1 cause=0 partial=0 forwarded=false calling=+447709164250 called=+37167629633 imsi=234150000000001"},
		{"its cause", call(ended, cons(31, prim(0, "10"))), "outcome=1 cause=16"},
		{"dropped", call(prim(30, "04")), "outcome=1 cause=41"},
		{"dropped for a cause", call(prim(30, "04"), cons(31, prim(2, "66"))), "outcome=1 cause=102"},
		{"translated", call(prim(6, "91447758101499")), "called=+447785014199"},
		{"translated to nothing", call(prim(6, "81")), "called=+37167629633"},
		{"connected, when nothing else is told", mo(imsi, msisdn, prim(7, "91447758101499"), seizure, lasted), "called=+447785014199"},
		{"no MSISDN", mo(imsi, prim(4, "1181447758101499"), dialled, seizure, lasted), "calling=+447785014199"},
		{"no seizure", mo(imsi, msisdn, dialled, answer, lasted), "start=1774738217000 ring=unknown talk=83000"},
		{"no duration", mo(imsi, msisdn, dialled, seizure, answer, release), "ring=17000 talk=83000"},
		{"empty members", mo(imsi, msisdn, dialled, seizure, prim(23, ""), prim(31, ""), prim(25, "09")), "ring=9000 outcome=2"},

		{"an attempt", attempt(prim(30, "03"), cons(31, prim(0, "11"))), "start=1774738200000 ring=9000 talk=0 outcome=3 cause=17"},
		{"no answer", attempt(prim(30, "03"), cons(31, prim(0, "13"))), "outcome=2 cause=19"},
		{"no channel", attempt(prim(30, "03"), cons(31, prim(0, "22"))), "outcome=4 cause=34"},
		{"in octets of the wire", attempt(prim(30, "03"), cons(31, prim(0, "91"))), "outcome=3 cause=17"},
		{"MAP: absent", attempt(prim(30, "03"), cons(31, prim(1, "1B"))), "outcome=2 cause=20"},
		{"MAP: a failure", attempt(prim(30, "03"), cons(31, prim(1, "22"))), "outcome=4 cause=0"},
		{"a vendor's diagnostics", attempt(prim(30, "03"), cons(31, cons(4, prim(1, "11")))), "outcome=4 cause=0"},
		{"no diagnostics", attempt(prim(30, "03")), "outcome=4 cause=0"},
		{"abnormal", attempt(prim(30, "04")), "outcome=4 cause=41"},
		{"the caller gave up", attempt(ended), "outcome=2 cause=0"},
		{"unsuccessful in spite of an answer", call(prim(30, "03")), "ring=83000 talk=0 outcome=4"},
		{"an attempt without a duration", mo(msisdn, dialled, seizure, release), "ring=100000 talk=0"},
		{"an attempt, seizure alone", mo(msisdn, dialled, seizure), "ring=unknown talk=0 start=1774738200000"},
		{"an attempt, release alone", mo(msisdn, dialled, release, prim(25, "0A")), "ring=10000 start=1774738290000"},

		{"a first partial", call(prim(30, "01"), prim(33, "01")), "partial=1 ring=17000 outcome=1"},
		{"a partial without a number", call(prim(30, "01")), "partial=1"},
		{"a partial counted from nought", call(prim(30, "02"), prim(33, "00")), "partial=1"},
		{"a second partial", mo(msisdn, dialled, answer, release, lasted, prim(30, "01"), prim(33, "02")), "partial=2 start=1774738217000 ring=unknown talk=83000"},
		{"with the answer of the first", mo(msisdn, dialled, seizure, answer, prim(24, "2603290000002B0100"), prim(25, "3C"), prim(33, "03")), "partial=3 start=1774738740000 ring=unknown talk=60000"},

		{"forwarded", call(prim(4, "91447758101499"), cons(17, seq(prim(0, "11")), seq(prim(0, "2A")))), "forwarded=true calling=+447709164250"},
		{"forwarded, codes bare", call(cons(17, element{number: 4, value: []byte{0x21}})), "forwarded=true"},
		{"another service", call(cons(17, seq(prim(0, "31")), seq(prim(0, "12")))), "forwarded=false"},
		{"forwarded by CAMEL", call(prim(40, "01")), "forwarded=true"},
		{"not forwarded by CAMEL", call(prim(40, "00")), "forwarded=false"},
		{"forwarded by somebody without a number", mo(imsi, prim(4, "91447758101499"), dialled, seizure, prim(40, "01")), "forwarded=true calling= imsi=234150000000001"},
		{"a forwarding record", cons(100, prim(0, "64"), msisdn, dialled, seizure), "forwarded=true direction=originating calling=+447709164250"},

		{"national", call(prim(5, "A1"+tbcd("02079460000"))), "called=02079460000"},
		{"as dialled", call(prim(5, "81"+tbcd("*100#"))), "called=*100#"},
		{"international with its prefix", call(prim(5, "91"+tbcd("00447709164250"))), "called=00447709164250"},
		{"a number of nothing", call(prim(5, "91")), "called="},

		{"terminating", mt(imsi, msisdn, prim(4, "0180"+tbcd("12")), prim(6, "91447758101410")), "direction=terminating calling=12 called=+447709164250 ring=17000 talk=83000 outcome=1"},
		{"restricted", mt(imsi, msisdn, prim(4, "11A3"+tbcd("12345678"))), "calling=+12345678"},
		{"no presentation in spite of the bit", mt(imsi, msisdn, prim(4, "1144345678")), "calling=+44436587"},
		{"terminating, no MSISDN", mt(imsi, prim(5, "91447758101499")), "called= imsi=234150000000001"},
		{"terminating, a connected number alone", mt(prim(5, "91447758101499")), "called=+447785014199"},

		{"roaming", cons(2, prim(0, "02"), imsi, prim(2, "91447790612405"), prim(3, "91447758101499"), prim(12, "2603282350002B0100"), prim(15, "05")), "direction=none calling=+447785014199 called=+447709164250"},
		{"gateway", cons(3, prim(0, "03"), prim(1, "91447790612405"), prim(2, "917361679236F3"), prim(6, "2603282350002B0100"), prim(9, "05")), "direction=none calling=+447709164250 called=+37167629633"},
		{"transit", cons(5, prim(0, "05"), prim(4, "91447790612405"), prim(5, "917361679236F3"), prim(7, "2603282350002B0100"), prim(10, "05")), "direction=none called=+37167629633"},
		{"CAMEL", cons(16, prim(0, "11"), imsi, prim(12, "917361679236F3"), prim(16, "2603282350002B0100"), prim(19, "05")), "direction=none called=+37167629633"},
		{"SRVCC", cons(20, prim(0, "57"), imsi, msisdn, dialled, seizure, lasted), "direction=none calling=+447709164250 called=+37167629633"},
		{"MTRF", cons(21, prim(0, "58"), imsi, prim(4, "91447758101499"), msisdn, prim(10, "2603282350002B0100"), prim(13, "05")), "direction=none calling=+447785014199 called=+447709164250"},
		{"service", cons(10, prim(0, "0A"), imsi, msisdn, prim(10, "2603282350002B0100")), "direction=none calling=+447709164250"},
		{"interrogation", cons(11, prim(0, "0B"), imsi, prim(2, "91447790612405"), prim(6, "2603282350002B0100")), "direction=none calling=+447709164250"},
		{"a new location", cons(12, prim(0, "0C"), imsi, prim(5, "2603282350002B0100")), "direction=none imsi=234150000000001"},
		{"a new location, VLR", cons(13, prim(0, "0D"), imsi, prim(7, "2603282350002B0100")), "direction=none imsi=234150000000001"},

		{"a cell of a network", call(cons(12, prim(0, "1234"), prim(1, "002A"), prim(2, "32F451"))), "cell=23415-4660-42 plmn=23415"},
		{"a network of six digits", call(cons(12, prim(0, "0001"), prim(1, "FFFE"), prim(2, "130014"))), "cell=310410-1-65534 plmn=310410"},
		{"a cell of the switch's own", call(cons(12, prim(0, "1234"), prim(1, "002A"))), "cell=23415-4660-42 plmn="},
		{"no cell", call(cons(12, prim(0, "1234"))), "cell= plmn="},
		{"a cell of any length", call(cons(12, prim(1, "00012345"), prim(0, "99"))), "cell=23415-153-74565"},
		{"GERAN", call(prim(61, "02")), "rat=1"},
		{"UTRAN", call(prim(61, "01")), "rat=2"},
		{"IMEI", call(prim(2, "5379399986413806")), "imei=3597939968148360"},
		{"trunks", call(cons(10, prim(1, "544B31")), cons(11, prim(0, "0102"))), "trunkin=TK1 trunkout=258"},

		{"a message", message(prim(12, "912121630493F7")), "direction=originating service=sms start=1774738200000 offset=60 outcome=1 calling=+447709164250 called=+12123640397"},
		{"a message, digits counted", message(prim(12, "0B912121630493F7")), "called=+12123640397"},
		{"a message, national", message(prim(12, "0BA1"+tbcd("07709162450"))), "called=07709162450"},
		{"a message to a short code", message(prim(12, "0581"+tbcd("80080"))), "called=80080"},
		{"a message to a name", message(prim(12, "0DD0D4F29C9E769F01")), "called=Testing"},
		{"a name, its digits not counted", message(prim(12, "D0D4F29C9E769F01")), "called=Testing"},
		{"no count in spite of the length", message(prim(12, "0521436587")), "called=12345678"},
		{"a message that CAMEL sends", message(cons(13, prim(6, "912121630493F7"))), "called=+12123640397"},
		{"a message that failed", message(prim(12, "912121630493F7"), cons(10, prim(1, "1B"))), "outcome=4 cause=20"},
		{"a message that failed for a cause", message(prim(12, "912121630493F7"), cons(10, prim(0, "26"))), "outcome=4 cause=38"},
		{"a message that came", cons(7, prim(0, "07"), prim(2, tbcd("234150000000001")), prim(4, "91447790612405"), prim(8, "2603282350002B0100")), "direction=terminating service=sms outcome=1 calling= called=+447709164250"},
		{"with CAMEL", cons(7, prim(0, "07"), prim(4, "91447790612405"), prim(8, "2603282350002B0100"), cons(12, prim(5, "11818002"))), "calling=0820"},
		{"on its way", cons(8, prim(0, "08"), prim(2, tbcd("234150000000001")), prim(4, "2603282350002B0100")), "direction=none service=sms"},
		{"on its way here", cons(9, prim(0, "09"), prim(2, tbcd("234150000000001")), prim(3, "91447790612405"), prim(5, "2603282350002B0100")), "direction=none service=sms called=+447709164250"},

		{"no time", mo(imsi, msisdn, dialled, lasted), "seizureTime: is missing, and so are other times that tell when the call began"},
		{"month 13", mo(imsi, dialled, prim(22, "2613282350002B0100")), `seizureTime: "2613282350002b0100" is not a possible time`},
		{"30 February", mo(imsi, dialled, prim(22, "2602302350002B0100")), `seizureTime: "2602302350002b0100" is not a possible time`},
		{"hour 24", mo(imsi, dialled, seizure, prim(23, "2602282400002B0100")), `answerTime: "2602282400002b0100" is not a possible time`},
		{"no digits", mo(imsi, dialled, seizure, prim(24, "26022823A0002B0100")), `releaseTime: "26022823a0002b0100" is not a time`},
		{"no sign", mo(imsi, dialled, prim(22, "260228230000200100")), `seizureTime: "260228230000200100" is a time without a sign before its offset`},
		{"an offset that cannot be", mo(imsi, dialled, prim(22, "2602282300002B2400")), `seizureTime: "2602282300002b2400" is a time with an offset that cannot be`},
		{"eight octets", mo(imsi, dialled, prim(22, "2602282300002B01")), `seizureTime: "2602282300002b01" is not the nine octets of a time`},
		{"a negative duration", mo(imsi, dialled, seizure, prim(25, "FF")), `callDuration: "ff" is not a number from 0 to 4294967`},
		{"a long one", mo(imsi, dialled, seizure, prim(25, "00FFFFFFFF")), `callDuration: "00ffffffff" is not a number from 0 to 4294967`},
		{"years of ringing", mo(imsi, dialled, seizure, prim(23, "2803282350172B0100"), lasted), `answerTime: "2803282350172b0100" is 63158417 seconds after what came before it, which is not possible`},
		{"neither duration nor release", mo(imsi, dialled, answer), "callDuration: is missing, and so is releaseTime"},
		{"released before answered", mo(imsi, dialled, release, prim(23, "2603282359592B0100")), `releaseTime: "2603282351402b0100" is before what it ends, and callDuration is missing`},
		{"causeForTerm", call(prim(30, "80")), `causeForTerm: "80" is not a number from 0 to 2147483648`},
		{"sequenceNumber", call(prim(33, "0100000000")), `sequenceNumber: "0100000000" is not a number from 0 to 4294967295`},
		{"a message without a time", cons(6, prim(0, "06"), imsi), "time of the event: is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
			raw := encode(c.record)
			decodetest.Check(t, Decoder{}, l, raw)
			var row decode.Row
			problem := Decoder{}.ReadRow(l, raw, &row)
			if !strings.Contains(c.want, "=") || problem != "" {
				if problem != c.want {
					t.Errorf("%q, want %q", problem, c.want)
				}
				return
			}
			got := strings.Fields(fastRow(&row, ""))
			for _, word := range strings.Fields(c.want) {
				if !slices.Contains(got, word) {
					t.Errorf("%v, want %s", got, word)
				}
			}
		})
	}
}

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
		return b.Identity[0]
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
