package nrtrde

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestSample(t *testing.T) {
	const name = "tap3/libxfsx_nrt_2_1.ber"
	data := decodetest.Sample(t, name)
	var golden tree
	if err := json.Unmarshal(decodetest.Sample(t, name+".golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	if m := (Decoder{}).Detect(data); m.Score != 100 || m.Why != `NRTRDE 2.1 of "FOO01" for "BAR02", file "1"` {
		t.Errorf("%+v", m)
	}
	for _, wholesale := range []bool{false, true} {
		lines, tally := outcomes(t, data, wholesale)
		compare(t, lines, golden, wholesale)
		if len(lines) != 7 || tally.Claims != (decode.Claims{Has: decode.ClaimRecords, Records: 10}) || len(tally.Rejects) != 0 || decodetest.OwnNotes(&tally) != [decode.Notes]int64{} {
			t.Errorf("%d events, %+v", len(lines), tally)
		}
		for _, l := range lines {
			t.Log(l)
		}
	}
	l, _ := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
	if c := (Decoder{}).Claims(l); c != (decode.Claims{Has: decode.ClaimSequence, Sequence: 1, Switch: "NRTRDE FOO01 > BAR02"}) {
		t.Errorf("the header claims %+v", c)
	}
}

var (
	base = tree{"imsi": packed("234151234567890"), "imei": packed("35209900176148"), "callEventStartTimeStamp": text("20240301080000"), "utcTimeOffset": text("+0200"),
		"callEventDuration": 60, "causeForTermination": 0, "serviceCode": tree{"teleServiceCode": text("11")}, "recEntityId": text("CAFE01"), "servingNetwork": text("FOO01")}
	called = with(base, tree{"msisdn": packed("447700900123"), "connectedNumber": text("4930123456"), "dialledDigits": text("030123456")})
)

func TestEvents(t *testing.T) {
	const start = " 2024-03-01T06:00:00.000Z+120 talk "
	const who = "imsi 234151234567890 imei 35209900176148 cell "
	const none = " up 0 down 0 charge 0 forwarded false visited FOO01"
	one := func(kind string, m, more tree) tree { return tree{kind: with(m, more)} }
	for _, c := range []struct {
		name  string
		event tree
		want  string
	}{
		{"call", one("moc", called, tree{"locationArea": 3505, "cellId": 7182}), "voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + "3505-7182" + none},
		{"dialled", one("moc", called, tree{"connectedNumber": nil}), "voice originating +447700900123>030123456" + start + "60000 ring ? answered cause 0 " + who + none},
		{"known by its IMSI alone", one("moc", base, nil), "voice originating >" + start + "60000 ring ? answered cause 0 " + who + none},
		{"called", one("mtc", called, tree{"callingNumber": text("00302106412065")}), "voice terminating 00302106412065>+447700900123" + start + "60000 ring ? answered cause 0 " + who + none},
		{"SMS", one("mtc", base, tree{"serviceCode": tree{"teleServiceCode": text("21")}, "callEventDuration": nil}), "sms terminating >" + start + "0 ring ? answered cause 0 " + who + none},
		{"unsuccessful", one("moc", called, tree{"causeForTermination": 3}), "voice originating +447700900123>+4930123456" + start + "0 ring 60000 failed cause 0 " + who + none},
		{"abnormal", one("moc", called, tree{"causeForTermination": 4}), "voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 41 " + who + none},
		{"forwarded", one("moc", called, tree{"supplementaryServiceCode": text("2b")}), "voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + " up 0 down 0 charge 0 forwarded true visited FOO01"},
		{"data", one("gprs", base, tree{"dataVolumeIncoming": 3_000_000_000, "dataVolumeOutgoing": 1, "chargingId": 9}), "data originating >" + start + "60000 ring ? answered cause 0 " + who + " up 1 down 3000000000 charge 0 forwarded false visited FOO01"},

		{"nobody", one("moc", base, tree{"imsi": nil}), "imsi: is missing, and msisdn is too"},
		{"no digits in the IMSI", one("moc", base, tree{"imsi": "23a1"}), `imsi: "23*1" is not the digits of one`},
		{"no digits in the MSISDN", one("moc", base, tree{"msisdn": "23b1"}), `msisdn: "23#1" is not the digits of one`},
		{"no start", one("moc", base, tree{"callEventStartTimeStamp": nil}), "callEventStartTimeStamp: is missing"},
		{"month 13", one("moc", base, tree{"callEventStartTimeStamp": text("20241301080000")}), `callEventStartTimeStamp: "20241301080000" is not a possible time`},
		{"no offset", one("moc", base, tree{"utcTimeOffset": nil}), `utcTimeOffset: "" is no offset such as +0200`},
		{"a bad offset", one("moc", base, tree{"utcTimeOffset": text("+02:00")}), `utcTimeOffset: "+02:00" is no offset such as +0200`},
		{"no duration", one("moc", base, tree{"callEventDuration": nil}), "callEventDuration: is missing"},
		{"endless", one("moc", base, tree{"callEventDuration": 5_000_000}), "callEventDuration: 5000000 is out of range"},
		{"negative", one("moc", base, tree{"callEventDuration": "ff"}), `callEventDuration: "\xff" is no number, or negative`},
		{"negative cause", one("moc", base, tree{"causeForTermination": "ff"}), `causeForTermination: "\xff" is no number, or negative`},
		{"cell", one("moc", base, tree{"cellId": "ff"}), `cellId: "\xff" is no number, or negative`},
		{"location area", one("moc", base, tree{"cellId": 1, "locationArea": "ff"}), `locationArea: "\xff" is no number, or negative`},
		{"negative volume", one("gprs", base, tree{"dataVolumeIncoming": "ff"}), `dataVolumeIncoming: "\xff" is no number, or negative`},
		{"absurd volume", one("gprs", base, tree{"dataVolumeOutgoing": 1 << 51}), "dataVolumeOutgoing: 2251799813685248 is out of range"},
	} {
		lines, tally := outcomes(t, new(encoder).file(t, nrtrdeOf(c.event)), false)
		if len(lines) != 1 || lines[0] != c.want || decodetest.OwnNotes(&tally) != [decode.Notes]int64{} {
			t.Errorf("%s: %q, want\n%q; notes %v", c.name, lines, c.want, tally.Notes)
		}
	}
}

func TestNotesChargesAndTypes(t *testing.T) {
	events := []any{tree{"moc": with(called, tree{"vendor": 1, "chargeAmount": 42})}, tree{"gprs": with(base, tree{"causeForTermination": 99, "chargeAmount": 7})}, tree{"moc": base},
		tree{"moc": with(base, tree{"chargeAmount": 2_000_000_000_000})}}
	lines, tally := outcomes(t, new(encoder).file(t, nrtrdeOf(events...)), true)
	if tally.Notes[decode.UnknownTag] != 1 || tally.Notes[decode.UnknownValue] != 1 || tally.Types[moc] != 3 || tally.Types[gprs] != 1 {
		t.Errorf("%+v", tally)
	}
	if !strings.Contains(lines[0], "charge 42000 ") || !strings.Contains(lines[1], "charge 7000 ") || lines[3] != "chargeAmount: 2000000000000 is out of range" {
		t.Errorf("%q", lines)
	}
	if lines, _ = outcomes(t, new(encoder).file(t, nrtrdeOf(events...)), false); !strings.Contains(lines[0]+lines[3], "charge 0 ") {
		t.Errorf("without charge: wholesale %q", lines)
	}
	if n := len(Decoder{}.Types()); n != int(kinds) {
		t.Errorf("%d types", n)
	}
}

// TestIdentity: an event is itself in another file, with another charge; and another
// event with another of anything else.
func TestIdentity(t *testing.T) {
	identity := func(f tree) uint64 {
		data := new(encoder).file(t, f)
		l, skip := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, data[skip:], &b, &tally)
		if b.Len() != 1 {
			t.Fatal(tally.Rejects)
		}
		return b.Rows[0].Identity
	}
	same := identity(nrtrdeOf(tree{"moc": called}))
	if identity(with(nrtrdeOf(tree{"moc": with(called, tree{"chargeAmount": 3})}), tree{"sequenceNumber": text("13")})) != same {
		t.Error("another event in another file, with another charge")
	}
	for name, f := range map[string]tree{
		"sender":    with(nrtrdeOf(tree{"moc": called}), tree{"sender": text("FOO02")}),
		"kind":      nrtrdeOf(tree{"mtc": called}),
		"start":     nrtrdeOf(tree{"moc": with(called, tree{"callEventStartTimeStamp": text("20240301080001")})}),
		"party":     nrtrdeOf(tree{"moc": with(called, tree{"connectedNumber": text("4930123457")})}),
		"reference": nrtrdeOf(tree{"moc": with(called, tree{"callReference": 5})}),
	} {
		if identity(f) == same {
			t.Errorf("the same event with another %s", name)
		}
	}
}

func TestDetect(t *testing.T) {
	e := new(encoder)
	good := e.file(t, nrtrdeOf(tree{"moc": called}))
	for _, c := range []struct {
		name, why string
		head      []byte
		score     int
	}{
		{"a file", `NRTRDE 2.1 of "FOO01" for "BAR02", file "0000012"`, good, 100},
		{"the beginning of one", "NRTRDE 2.1", good[:60], 100},
		{"of nothing", "NRTRDE 2.1", e.file(t, nrtrdeOf()), 100},
		{"TAP", "it does not begin with version 2 of NRTRDE", []byte("\x61\x82\x03\x2f\x64\x79\x5f\x81\x44\x05WERFD"), 0},
		{"another version", "it does not begin with version 2", e.file(t, with(nrtrdeOf(), tree{"specificationVersionNumber": 1})), 0},
		{"nobody's", "it does not say who sent it", e.file(t, with(nrtrdeOf(), tree{"sender": nil})), 0},
		{"text", "the first element is no Nrtrde", []byte("start_time,calling_number\n"), 0},
		{"nothing", "it is cut short", nil, 0},
		{"overflow", "its length overflows", []byte{0x61, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, 0},
	} {
		if m := (Decoder{}).Detect(c.head); m.Score != c.score || !strings.Contains(m.Why, c.why) {
			t.Errorf("%s: %+v, want %d %q", c.name, m, c.score, c.why)
		}
		if _, _, err := (Decoder{}).Open(c.head, decodetest.Source(t)); (err == nil) != (c.score > 0) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestDamage is about files that are not whole, and what else there is in them.
func TestDamage(t *testing.T) {
	whole := new(encoder).file(t, nrtrdeOf(tree{"moc": called}, tree{"mtc": base}))
	l, skip := decodetest.Open(t, Decoder{}, whole, decodetest.Source(t))
	for _, c := range []struct {
		name   string
		block  []byte
		rows   int
		reason string
	}{
		{"cut", whole[skip : len(whole)-20], 1, "it is cut short"},
		{"a second file", append(append([]byte{}, whole[skip:]...), whole...), 4, ""},
		{"one of another sender", append(append([]byte{}, whole[skip:]...), new(encoder).file(t, with(nrtrdeOf(tree{"moc": called}), tree{"sender": text("FOO02")}))...), 3, "a second file begins here, of another sender"},
		{"one for somebody else", append(append([]byte{}, whole[skip:]...), new(encoder).file(t, with(nrtrdeOf(tree{"moc": called}), tree{"recipient": text("FOO02")}))...), 3, "a second file begins here, of another sender or recipient"},
		{"fill", append(append([]byte{0, 0, 0xFF}, whole[skip:]...), 0, 0, 0xFF), 2, ""},
		{"another element", append([]byte{0x7F, 0x7F, 0}, whole[skip:]...), 2, "its tag is 127 of class 1"},
		{"a byte", []byte{0x63}, 0, "it is cut short"},
		{"junk before", append([]byte{0x7F, 0x81, 0x81, 0x81, 0x81}, whole[skip+5:]...), 2, "its tag has more than four octets"},
		{"an event that is damaged inside", []byte{0x63, 2, 0x5F, 0x22}, 0, "an element in the event: it is cut short"},
		{"a damaged service", []byte{0x63, 5, 0x7F, 46, 2, 0x5F, 43}, 0, "an element in the event: it is cut short"},
	} {
		decodetest.Check(t, Decoder{}, l, c.block)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, c.block, &b, &tally)
		reasons := ""
		for _, r := range tally.Rejects {
			reasons += r.Reason
		}
		if b.Len() != c.rows || len(tally.Rejects) > 1 || c.reason == "" != (reasons == "") || !strings.Contains(reasons, c.reason) {
			t.Errorf("%s: %d rows, rejects %q", c.name, b.Len(), reasons)
		}
	}
}
