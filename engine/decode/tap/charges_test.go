package tap

import (
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

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
		if decodetest.OwnNotes(&tally) != want || len(lines) != 1 || !strings.Contains(lines[0], "answered") {
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
		return b.Rows[0].Identity
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
