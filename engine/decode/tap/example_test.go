package tap

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the example of the page of formats")

// The example of the page of formats is what the tests' encoder makes of this.
func TestExampleFile(t *testing.T) {
	const name = "../../../testdata/formats/tap.ber"
	rome := tree{"networkLocation": tree{"recEntityCode": 1, "callReference": "0a0b0c", "locationArea": 3505, "cellId": 7182}}
	guest := tree{"simChargeableSubscriber": tree{"imsi": packed("234159876543210"), "msisdn": packed("447700900123")}}
	at := func(local string) tree {
		return tree{"localTimeStamp": text(local), "utcTimeOffsetCode": 1}
	}
	f := batch(
		mo(tree{"chargeableSubscriber": guest, "callEventStartTimeStamp": at("20240301100000"), "totalCallEventDuration": 120,
			"destination": tree{"calledNumber": packed("442079460202"), "dialledDigits": text("+442079460202")}}, tree{"locationInformation": rome}),
		mo(tree{"chargeableSubscriber": guest, "callEventStartTimeStamp": at("20240301103000"), "totalCallEventDuration": 0,
			"destination": tree{"calledNumber": packed("393359600000"), "sMSDestinationNumber": text("447700900456")}}, tree{"basicServiceUsedList": service("22", "00")}),
		ps(tree{"gprsChargeableSubscriber": tree{"chargeableSubscriber": onlyIMSI}, "callEventStartTimeStamp": at("20240301110000"), "totalCallEventDuration": 600,
			"partialTypeIndicator": text("F"), "chargingId": 77}, tree{"gprsServiceUsed": tree{"dataVolumeIncoming": 1_200_000, "dataVolumeOutgoing": 80_000}}),
	)
	f["auditControlInfo"] = with(f["auditControlInfo"].(tree), tree{"totalCharge": 4600})
	f["batchControlInfo"] = with(f["batchControlInfo"].(tree), tree{"sender": text("ITASI")})
	want := file(t, f)
	got, err := os.ReadFile(name)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the encoder makes: go test ./engine/decode/tap -run ExampleFile -update", name)
	}
	if err := os.WriteFile(name, want, 0o644); err != nil {
		t.Fatal(err)
	}
}
