package tap

import (
	"strings"
	"testing"

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
		{"VoLTE, to who was asked for", tree{"mobileSession": with(volte, tree{"requestedDestination": tree{"requestedNumber": packed("33123456789")}})},
			"voice originating +447700900123>+4930123456" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell " + none},
		{"VoLTE that tells only who was asked for", tree{"mobileSession": with(volte, tree{"nonChargedParty": nil, "requestedDestination": tree{"requestedNumber": packed("33123456789")}})},
			"voice originating +447700900123>+33123456789" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell " + none},
		{"VoLTE that tells only the name of who was asked for", tree{"mobileSession": with(volte, tree{"nonChargedParty": nil, "requestedDestination": tree{"requestedPublicUserId": text("sip:c@d")}})},
			"voice originating +447700900123>sip:c@d" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell " + none},
		{"VoLTE received, from nobody known", tree{"mobileSession": with(volte, tree{"mobileSessionService": 2, "nonChargedParty": nil, "requestedDestination": tree{"requestedNumber": packed("447700900123")}})},
			"voice terminating >+447700900123" + start + "60000 ring ? answered cause 0 " + who + "35209900176148 cell " + none},
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
			if notes := decodetest.OwnNotes(&tally); notes != [decode.Notes]int64{} {
				t.Errorf("notes %v", notes)
			}
			if !strings.HasPrefix(c.want, "imsi: ") && !strings.HasPrefix(c.want, "msisdn: ") && c.name != "empty duration" && !strings.Contains(c.want, "negative") && !strings.Contains(c.want, "range") {
				compare(t, lines, f, false)
			}
		})
	}
}
