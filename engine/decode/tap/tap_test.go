package tap

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// with is m with other members on top; nil takes one away.
func with(m tree, more tree) tree {
	out := tree{}
	for k, v := range m {
		out[k] = v
	}
	for k, v := range more {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}

var (
	subscriber = tree{"simChargeableSubscriber": tree{"imsi": packed("234151234567890"), "msisdn": packed("447700900123")}}
	onlyIMSI   = tree{"simChargeableSubscriber": tree{"imsi": packed("234151234567890")}}
	stamp      = tree{"localTimeStamp": text("20240301080000"), "utcTimeOffsetCode": 1}
	call       = tree{"chargeableSubscriber": subscriber, "callEventStartTimeStamp": stamp, "totalCallEventDuration": 60}
	netplace   = tree{"networkLocation": tree{"recEntityCode": 1, "callReference": "0a0b", "locationArea": 3505, "cellId": 7182}}
	party      = tree{"imsi": packed("234151234567890"), "msisdn": packed("447700900123"), "imei": packed("35209900176148")}
	volte      = tree{"mobileSessionService": 1, "chargedParty": party, "serviceStartTimestamp": stamp, "totalCallEventDuration": 60,
		"nonChargedParty": tree{"nonChargedPartyNumber": packed("4930123456")}}
	gprs = tree{"gprsChargeableSubscriber": tree{"chargeableSubscriber": subscriber}, "callEventStartTimeStamp": stamp, "totalCallEventDuration": 500,
		"chargingId": 99}
)

// service is a list of one service with charges of these types, a thousandth more each.
func service(tele string, types ...string) []any {
	details := []any{}
	for i, c := range types {
		details = append(details, tree{"chargeType": text(c), "charge": 2300 + i})
	}
	return []any{tree{"basicService": tree{"serviceCode": tree{"teleServiceCode": text(tele)}},
		"chargeInformationList": []any{tree{"chargedItem": text("D"), "chargeDetailList": details}}}}
}

const (
	who  = "imsi 234151234567890 imei "
	none = " up 0 down 0 charge 0 partial 0 forwarded false visited DEUD1"
)

func mo(basic tree, more tree) tree {
	return tree{"mobileOriginatedCall": with(tree{"basicCallInformation": basic, "basicServiceUsedList": service("11", "00")}, more)}
}

func mt(basic tree, more tree) tree {
	return tree{"mobileTerminatedCall": with(tree{"basicCallInformation": basic, "basicServiceUsedList": service("11", "00")}, more)}
}

func ps(basic tree, more tree) tree {
	return tree{"gprsCall": with(tree{"gprsBasicCallInformation": basic}, more)}
}

func TestEvents(t *testing.T) {
	to := func(m tree) tree { return with(call, tree{"destination": m}) }
	from := func(m tree) tree { return with(call, tree{"callOriginator": m}) }
	sms := tree{"basicServiceUsedList": service("22", "00")}
	const start = " 2024-03-01T06:00:00.000Z+120 talk "
	for _, c := range []struct {
		name  string
		event tree
		want  string
	}{
		{"call", mo(to(tree{"calledNumber": packed("4930123456")}), tree{"locationInformation": netplace, "equipmentIdentifier": tree{"imei": packed("35209900176148")}}),
			"voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell 3505-7182" + none},
		{"called goes before dialled", mo(to(tree{"calledNumber": packed("4930123456"), "dialledDigits": text("030123456")}), nil),
			"voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"dialled", mo(to(tree{"dialledDigits": text(" *100# ")}), nil),
			"voice originating +447700900123>*100#" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"known by its IMSI alone", mo(with(call, tree{"chargeableSubscriber": onlyIMSI}), nil),
			"voice originating >" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"an American one", mo(with(call, tree{"chargeableSubscriber": tree{"minChargeableSubscriber": tree{"min": text("3035551234"), "mdn": text("3035559876")}}}), nil),
			"voice originating 3035559876>" + start + "60000 ring ? answered cause 0 imsi  imei  cell " + none},
		{"one without a directory number", mo(with(call, tree{"chargeableSubscriber": tree{"minChargeableSubscriber": tree{"min": text("3035551234")}}}), nil),
			"voice originating 3035551234>" + start + "60000 ring ? answered cause 0 imsi  imei  cell " + none},
		{"called", mt(from(tree{"callingNumber": packed("4930123456"), "clirIndicator": 0}), nil),
			"voice terminating +4930123456>+447700900123" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"unsuccessful", mo(with(call, tree{"causeForTerm": 3}), nil),
			"voice originating +447700900123>" + start + "0 ring 60000 failed cause 0 " + who + " cell " + none},
		{"abnormal", mo(with(call, tree{"causeForTerm": 4}), nil),
			"voice originating +447700900123>" + start + "60000 ring ? answered cause 41 " + who + " cell " + none},
		{"CAMEL", mo(with(call, tree{"causeForTerm": 5}), nil),
			"voice originating +447700900123>" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"forwarded", mo(to(tree{"calledNumber": packed("4930123456")}), tree{"supplServiceCode": text("2b"), "thirdPartyInformation": tree{"thirdPartyNumber": packed("33123456789")}}),
			"voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + " cell  up 0 down 0 charge 0 partial 0 forwarded true visited DEUD1"},
		{"SMS", mo(to(tree{"calledNumber": packed("491710760000"), "sMSDestinationNumber": text("4915112345678")}), sms),
			"sms originating +447700900123>+4915112345678" + start + "0 ring ? answered cause 0 " + who + " cell " + none},
		{"SMS of which only the centre is told", mo(to(tree{"calledNumber": packed("491710760000")}), sms),
			"sms originating +447700900123>+491710760000" + start + "0 ring ? answered cause 0 " + who + " cell " + none},
		{"SMS received", mt(from(tree{"callingNumber": packed("491710760000"), "sMSOriginator": text("MyBank")}), tree{"basicServiceUsedList": service("21", "00")}),
			"sms terminating MyBank>+447700900123" + start + "0 ring ? answered cause 0 " + who + " cell " + none},
		{"SMS without a duration", mo(with(call, tree{"totalCallEventDuration": nil}), sms),
			"sms originating +447700900123>" + start + "0 ring ? answered cause 0 " + who + " cell " + none},
		{"west of Greenwich", mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20231231223000"), "utcTimeOffsetCode": 7}}), nil),
			"voice originating +447700900123> 2024-01-01T02:00:00.000Z-210 talk 60000 ring ? answered cause 0 " + who + " cell " + none},
		{"data", ps(gprs, tree{"gprsLocationInformation": tree{"gprsNetworkLocation": tree{"recEntity": []any{1}, "locationArea": 1, "cellId": 2}},
			"gprsServiceUsed": tree{"dataVolumeIncoming": 3_000_000_000, "dataVolumeOutgoing": 1}}),
			"data originating +447700900123>" + start + "500000 ring ? answered cause 0 " + who + " cell 1-2 up 1 down 3000000000 charge 0 partial 0 forwarded false visited DEUD1"},
		{"first slice", ps(with(gprs, tree{"partialTypeIndicator": text("F")}), nil),
			"data originating +447700900123>" + start + "500000 ring ? answered cause 0 " + who + " cell  up 0 down 0 charge 0 partial 1 forwarded false visited DEUD1"},
		{"a slice", ps(with(gprs, tree{"partialTypeIndicator": text("I")}), nil),
			"data originating +447700900123>" + start + "500000 ring ? answered cause 0 " + who + " cell  up 0 down 0 charge 0 partial 2 forwarded false visited DEUD1"},
		{"last slice", ps(with(gprs, tree{"partialTypeIndicator": text("L")}), nil),
			"data originating +447700900123>" + start + "500000 ring ? answered cause 0 " + who + " cell  up 0 down 0 charge 0 partial 3 forwarded false visited DEUD1"},
		{"VoLTE", tree{"mobileSession": with(volte, tree{"locationArea": 5, "cellId": 6})},
			"voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell 5-6" + none},
		{"VoLTE received, known by names", tree{"mobileSession": with(volte, tree{"mobileSessionService": 2, "chargedParty": tree{"imsi": packed("234151234567890"), "publicUserId": text("sip:a@b")},
			"nonChargedParty": tree{"nonChargedPublicUserId": text("tel:+4930123456")}})},
			"voice terminating tel:+4930123456>sip:a@b" + start + "60000 ring ? answered cause 0 " + who + " cell " + none},
		{"message", tree{"messagingEvent": tree{"messagingEventService": 2, "chargedParty": party, "serviceStartTimestamp": stamp, "charge": 7, "nonChargedParty": tree{"nonChargedPartyNumber": packed("4930123456")}}},
			"sms terminating +4930123456>+447700900123" + start + "0 ring ? answered cause 0 " + who + "35209900176148 cell " + none},
		{"supplementary service", tree{"supplServiceEvent": tree{}}, "filtered"},
		{"service centre", tree{"serviceCentreUsage": tree{}}, "filtered"},
		{"content", tree{"contentTransaction": tree{}}, "filtered"},
		{"location", tree{"locationService": tree{}}, "filtered"},

		{"nobody", mo(with(call, tree{"chargeableSubscriber": nil}), nil), "chargeableSubscriber: it has neither IMSI nor number"},
		{"no digits in the IMSI", mo(with(call, tree{"chargeableSubscriber": tree{"simChargeableSubscriber": tree{"imsi": "23a15f"}}}), nil), `imsi: "23*15" is not the digits of one`},
		{"filler alone for an IMSI", mo(with(call, tree{"chargeableSubscriber": tree{"simChargeableSubscriber": tree{"imsi": "ffff"}}}), nil), `imsi: "" is not the digits of one`},
		{"no digits in the MSISDN", mo(with(call, tree{"chargeableSubscriber": tree{"simChargeableSubscriber": tree{"msisdn": "44b1"}}}), nil), `msisdn: "44#1" is not the digits of one`},
		{"no start", mo(with(call, tree{"callEventStartTimeStamp": nil}), nil), "localTimeStamp: the start is missing"},
		{"month 13", mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20241301080000"), "utcTimeOffsetCode": 1}}), nil), `localTimeStamp: "20241301080000" is not a possible time`},
		{"half a time", mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20240301"), "utcTimeOffsetCode": 1}}), nil), `localTimeStamp: "20240301" is not a time`},
		{"no code", mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20240301080000")}}), nil), "utcTimeOffsetCode: that of the start is missing, or no code"},
		{"another code", mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20240301080000"), "utcTimeOffsetCode": 300}}), nil), "utcTimeOffsetCode: 300 is not in the file's table of offsets"},
		{"no duration", mo(with(call, tree{"totalCallEventDuration": nil}), nil), "totalCallEventDuration: is missing"},
		{"empty duration", mo(with(call, tree{"totalCallEventDuration": ""}), nil), "totalCallEventDuration: is missing"},
		{"negative duration", mo(with(call, tree{"totalCallEventDuration": "ff"}), nil), `totalCallEventDuration: "\xff" is no number, or negative`},
		{"endless", mo(with(call, tree{"totalCallEventDuration": 5_000_000}), nil), "totalCallEventDuration: 5000000 is out of range"},
		{"cause", mo(with(call, tree{"causeForTerm": "ff"}), nil), `causeForTerm: "\xff" is no number, or negative`},
		{"cell", mo(call, tree{"locationInformation": tree{"networkLocation": tree{"cellId": "ff"}}}), `cellId: "\xff" is no number, or negative`},
		{"location area", mo(call, tree{"locationInformation": tree{"networkLocation": tree{"cellId": 1, "locationArea": "80"}}}), `locationArea: "\x80" is no number, or negative`},
		{"negative volume", ps(gprs, tree{"gprsServiceUsed": tree{"dataVolumeIncoming": "83215600"}}), `dataVolumeIncoming: "\x83!V\x00" is no number, or negative`},
		{"absurd volume", ps(gprs, tree{"gprsServiceUsed": tree{"dataVolumeOutgoing": 1 << 51}}), "dataVolumeOutgoing: 2251799813685248 is out of range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := batch(c.event)
			lines, tally := outcomes(t, file(t, f), false)
			if len(lines) != 1 || lines[0] != c.want {
				t.Fatalf("%q, want\n%q", lines, c.want)
			}
			if tally.Notes != [decode.Notes]int64{} {
				t.Errorf("notes %v", tally.Notes)
			}
			if !strings.HasPrefix(c.want, "imsi: ") && !strings.HasPrefix(c.want, "msisdn: ") && c.name != "empty duration" && !strings.Contains(c.want, "negative") && !strings.Contains(c.want, "range") {
				compare(t, lines, f, false)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	for _, c := range []struct {
		name  string
		event tree
		note  decode.Note
		count int64
	}{
		{"an element of a later release", mo(call, tree{"vendor": tree{"imsi": "00"}}), decode.UnknownTag, 1},
		{"two of them", mo(with(call, tree{"vendor": 7}), tree{"vendor": 7}), decode.UnknownTag, 2},
		{"an invalid cause", mo(with(call, tree{"causeForTerm": 2}), nil), decode.UnknownValue, 1},
		{"an unknown cause", mo(with(call, tree{"causeForTerm": 99}), nil), decode.UnknownValue, 1},
		{"another slice", ps(with(gprs, tree{"partialTypeIndicator": text("X")}), nil), decode.UnknownValue, 1},
		{"another service", tree{"mobileSession": with(volte, tree{"mobileSessionService": 9})}, decode.UnknownValue, 1},
	} {
		lines, tally := outcomes(t, file(t, batch(c.event)), false)
		want := [decode.Notes]int64{}
		want[c.note] = c.count
		if tally.Notes != want || len(lines) != 1 || !strings.Contains(lines[0], "answered") {
			t.Errorf("%s: %v, want %v; %q", c.name, tally.Notes, want, lines)
		}
	}
}

func TestCharges(t *testing.T) {
	two := append(service("11", "00", "01", "03"), service("11", "21", "00")...)
	for _, c := range []struct {
		name     string
		event    tree
		decimals any
		want     string
	}{
		{"the total, not its parts", mo(call, tree{"basicServiceUsedList": two}), 3, "charge 4601000 "},
		{"no decimals", mo(call, tree{"basicServiceUsedList": two}), 0, "charge 4601000000 "},
		{"six decimals", mo(call, tree{"basicServiceUsedList": two}), 6, "charge 4601 "},
		{"more decimals than are kept", mo(call, tree{"basicServiceUsedList": two}), 8, "charge 46 "},
		{"decimals not told", mo(call, tree{"basicServiceUsedList": two}), nil, "charge: the file does not say tapDecimalPlaces"},
		{"decimals not told of nothing", mo(call, tree{"basicServiceUsedList": nil}), nil, "charge 0 "},
		{"absurd decimals", mo(call, tree{"basicServiceUsedList": two}), 19, "charge: the file does not say tapDecimalPlaces"},
		{"a session's", tree{"mobileSession": with(volte, tree{"sessionChargeInfoList": []any{tree{"chargedItem": text("D"), "chargeDetailList": []any{tree{"chargeType": text("00"), "charge": 5}}}}})}, 3, "charge 5000 "},
		{"a message's", tree{"messagingEvent": tree{"messagingEventService": 1, "chargedParty": party, "serviceStartTimestamp": stamp, "charge": 7}}, 3, "charge 7000 "},
		{"negative", mo(call, tree{"basicServiceUsedList": []any{tree{"chargeInformationList": []any{tree{"chargeDetailList": []any{tree{"chargeType": text("00"), "charge": "ff"}}}}}}}), 3, `charge: "\xff" is no number, or negative`},
		{"too much", mo(call, tree{"basicServiceUsedList": []any{tree{"chargeInformationList": []any{tree{"chargeDetailList": []any{tree{"chargeType": text("00"), "charge": 1 << 50}}}}}}}), 0, "charge: 1125899906842624 is out of range"},
		{"an overflow", mo(call, tree{"basicServiceUsedList": []any{tree{"chargeInformationList": []any{tree{"chargeDetailList": []any{
			tree{"chargeType": text("00"), "charge": 1 << 62}, tree{"chargeType": text("00"), "charge": 1 << 62}}}}}}}), 18, `charge: "@\x00\x00\x00\x00\x00\x00\x00" is no number, or negative`},
	} {
		f := batch(c.event)
		f["accountingInfo"] = with(f["accountingInfo"].(tree), tree{"tapDecimalPlaces": c.decimals})
		lines, _ := outcomes(t, file(t, f), true)
		if len(lines) != 1 || !strings.Contains(lines[0]+" ", c.want) {
			t.Errorf("%s: %q, want %q", c.name, lines, c.want)
		}
		if lines, _ = outcomes(t, file(t, f), false); !strings.Contains(lines[0], "charge 0 ") {
			t.Errorf("%s: without charge: wholesale %q", c.name, lines)
		}
	}
}

// TestIdentity: an event is itself in another file, with another charge; and another
// event with another of anything else.
func TestIdentity(t *testing.T) {
	identity := func(f tree) uint64 {
		l, skip := decodetest.Open(t, Decoder{}, file(t, f), decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, file(t, f)[skip:], &b, &tally)
		if b.Len() != 1 {
			t.Fatal(tally.Rejects)
		}
		return b.Identity[0]
	}
	base := mo(call, tree{"locationInformation": netplace})
	same := identity(batch(base))
	again := batch(base)
	again["batchControlInfo"] = with(again["batchControlInfo"].(tree), tree{"fileSequenceNumber": text("00043")})
	if identity(again) != same {
		t.Error("another event in another file")
	}
	if identity(batch(mo(call, tree{"locationInformation": netplace, "basicServiceUsedList": service("11", "00", "01")}))) != same {
		t.Error("another event with another charge")
	}
	stranger := batch(base)
	stranger["batchControlInfo"] = with(again["batchControlInfo"].(tree), tree{"sender": text("FRAF1")})
	for name, f := range map[string]tree{
		"sender":    stranger,
		"kind":      batch(mt(call, tree{"locationInformation": netplace})),
		"duration":  batch(mo(with(call, tree{"totalCallEventDuration": 61}), tree{"locationInformation": netplace})),
		"start":     batch(mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20240301080001"), "utcTimeOffsetCode": 1}}), tree{"locationInformation": netplace})),
		"offset":    batch(mo(with(call, tree{"callEventStartTimeStamp": tree{"localTimeStamp": text("20240301080000"), "utcTimeOffsetCode": 7}}), tree{"locationInformation": netplace})),
		"party":     batch(mo(with(call, tree{"destination": tree{"calledNumber": packed("4930123456")}}), tree{"locationInformation": netplace})),
		"reference": batch(mo(call, tree{"locationInformation": tree{"networkLocation": tree{"callReference": "0a0c", "locationArea": 3505, "cellId": 7182}}})),
	} {
		if identity(f) == same {
			t.Errorf("the same event with another %s", name)
		}
	}
}

func TestRoaming(t *testing.T) {
	away := func(network string) tree { return tree{"geographicalLocation": tree{"servingNetwork": text(network)}} }
	for _, c := range []struct {
		recipient string
		event     tree
		want      string
	}{
		{"GBRVF", mo(call, nil), "visited DEUD1"},
		{"DEUD1", mo(call, nil), "visited "},
		{"GBRVF", mo(call, tree{"locationInformation": away("AUTPT")}), "visited AUTPT"},
		{"GBRVF", mo(call, tree{"locationInformation": away("GBRVF")}), "visited "},
		{"GBRVF", mo(call, tree{"locationInformation": away("at sea")}), "visited DEUD1"},
		{"GBRVF", ps(gprs, tree{"gprsLocationInformation": away("FRAF1")}), "visited FRAF1"},
		{"GBRVF", tree{"mobileSession": with(volte, away("FRAF1"))}, "visited FRAF1"},
	} {
		f := batch(c.event)
		f["batchControlInfo"] = with(f["batchControlInfo"].(tree), tree{"recipient": text(c.recipient)})
		if lines, _ := outcomes(t, file(t, f), false); len(lines) != 1 || !strings.HasSuffix(lines[0], c.want) {
			t.Errorf("%q, want %q", lines, c.want)
		}
	}
}

func TestTypesAndClaims(t *testing.T) {
	f := batch(mo(call, nil), mo(tree{}, nil), mt(call, nil), ps(gprs, nil), tree{"supplServiceEvent": tree{}}, tree{"mobileSession": volte})
	_, tally := outcomes(t, file(t, f), true)
	var want [len(tally.Types)]int64
	want[moCall], want[mtCall], want[gprsCall], want[supplService], want[session] = 2, 1, 1, 1, 1
	if tally.Types != want || tally.Read != 6 || tally.Filtered != 1 || len(tally.Rejects) != 1 {
		t.Errorf("%+v", tally)
	}
	if c := (decode.Claims{Has: decode.ClaimRecords | decode.ClaimCharge, Records: 6, Charge: 2_300_000}); tally.Claims != c {
		t.Errorf("%+v, want %+v", tally.Claims, c)
	}
	if n := len(Decoder{}.Types()); n != int(kinds) || n > 32 {
		t.Errorf("%d types", n)
	}
}

func TestDetect(t *testing.T) {
	e := encoder{t: t}
	control := batch()["batchControlInfo"].(tree)
	good := file(t, batch(mo(call, nil)))
	for _, c := range []struct {
		name, why string
		head      []byte
		score     int
	}{
		{"a batch", `TAP 3.12: a batch of "DEUD1" for "GBRVF", file "00042"`, good, 100},
		{"the beginning of one", `TAP 3.12: a batch of "DEUD1"`, good[:80], 100},
		{"a notification", `TAP 3.12: the notification that there are no events of "DEUD1"`, e.element("notification", control), 100},
		{"another version", "it does not say that it is of TAP 3", e.element("transferBatch", tree{"batchControlInfo": with(control, tree{"specificationVersionNumber": 2})}), 0},
		{"no sender", "it does not say who sent it", e.element("transferBatch", tree{"batchControlInfo": with(control, tree{"sender": nil})}), 0},
		{"NRTRDE", "the first element holds no BatchControlInfo", []byte("\x61\x82\x02\x7d\x5f\x29\x01\x02\x5f\x25\x01\x01"), 0},
		{"a notification of nobody", "it does not say that it is of TAP 3", []byte{0x62, 0}, 0},
		{"nothing", "it is cut short", nil, 0},
		{"text", "no TransferBatch or Notification", []byte("start_time,calling_number\n"), 0},
		{"a primitive", "no TransferBatch or Notification", []byte{0x41, 1, 0, 0}, 0},
		{"overflow", "its length overflows", []byte{0x61, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, 0},
	} {
		if m := (Decoder{}).Detect(c.head); m.Score != c.score || !strings.Contains(m.Why, c.why) {
			t.Errorf("%s: %+v, want %d %q", c.name, m, c.score, c.why)
		}
		if _, _, err := (Decoder{}).Open(c.head, decodetest.Source(t)); (err == nil) != (c.score > 0) || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNotification(t *testing.T) {
	e := encoder{t: t}
	data := e.element("notification", batch()["batchControlInfo"])
	l, skip := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
	if c := (Decoder{}).Claims(l); skip != len(data) || c != (decode.Claims{Has: decode.ClaimSequence, Sequence: 42}) {
		t.Errorf("skips %d of %d, claims %+v", skip, len(data), c)
	}
}

// TestLongHead: a table of recording entities that is longer than what Open sees does
// not hide the offsets, and is no record.
func TestLongHead(t *testing.T) {
	f := batch(mo(call, nil))
	entities := []any{}
	for i := range 9000 {
		entities = append(entities, tree{"recEntityCode": i, "recEntityType": 1, "recEntityId": text("491701234")})
	}
	f["networkInfo"].(tree)["recEntityInfo"] = entities
	data := file(t, f)
	for _, cut := range []int{decode.MaxHead, len(data)} {
		l, skip := decodetest.Open(t, Decoder{}, data[:cut], decodetest.Source(t))
		decodetest.Check(t, Decoder{}, l, data[skip:])
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, data[skip:], &b, &tally)
		if b.Len() != 1 || tally.Read != 1 {
			t.Errorf("of %d bytes seen: %+v", cut, tally)
		}
	}
}

// TestDamage is about files that are not whole, and what else there is in them.
func TestDamage(t *testing.T) {
	whole := file(t, batch(mo(call, nil), mt(call, nil)))
	second := file(t, batch(mt(call, nil)))
	junk, _ := hex.DecodeString("7f8199")
	l, skip := decodetest.Open(t, Decoder{}, whole, decodetest.Source(t))
	for _, c := range []struct {
		name            string
		block           []byte
		rows            int
		rejects, reason string
	}{
		{"cut", whole[skip : len(whole)-80], 1, "1", "it is cut short"},
		{"a second batch", append(append([]byte{}, whole[skip:]...), second...), 3, "1", "a second batch begins here"},
		{"fill", append(append([]byte{0, 0, 0, 0xFF}, whole[skip:]...), 0, 0, 0, 0, 0xFF, 0xFF), 2, "0", ""},
		{"another element", append([]byte{0x7F, 0x83, 0x7F, 0}, whole[skip:]...), 2, "1", "its tag is 511 of class 1"},
		{"a byte", []byte{0x69}, 0, "1", "it is cut short"},
		{"junk before", append(append([]byte{}, junk...), whole[skip+2:]...), 2, "1", "it is cut short"},
		{"an event that is damaged inside", []byte{0x69, 3, 0x7F, 0x81, 0x13}, 0, "1", "an element in the event: it is cut short"},
		{"nested too deep", deep(), 0, "1", "an element in the event: it is nested deeper than 32 levels"},
	} {
		decodetest.Check(t, Decoder{}, l, c.block)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, c.block, &b, &tally)
		reasons := ""
		for _, r := range tally.Rejects {
			reasons += r.Reason
		}
		if b.Len() != c.rows || c.rejects == "0" != (len(tally.Rejects) == 0) || len(tally.Rejects) > 1 || !strings.Contains(reasons, c.reason) {
			t.Errorf("%s: %d rows, rejects %q", c.name, b.Len(), reasons)
		}
	}
}

// deep is an event of groups within groups.
func deep() []byte {
	b := []byte{}
	e := encoder{}
	for range 50 {
		b = e.tlv(427, true, b)
	}
	return e.tlv(9, true, b)
}
