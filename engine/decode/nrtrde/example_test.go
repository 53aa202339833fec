package nrtrde

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the example of the page of formats")

// The example of the page of formats is what the tests' encoder makes of this.
func TestExampleFile(t *testing.T) {
	const name = "../../../testdata/formats/nrtrde.ber"
	guest := tree{"imsi": packed("234159876543210"), "utcTimeOffset": text("+0100"), "causeForTermination": 0, "servingNetwork": text("ITASI"), "locationArea": 3505, "cellId": 7182}
	f := with(nrtrdeOf(
		tree{"moc": with(guest, tree{"callEventStartTimeStamp": text("20240301090000"), "callEventDuration": 120, "serviceCode": tree{"teleServiceCode": text("11")},
			"connectedNumber": text("442079460202"), "chargeAmount": 240})},
		tree{"mtc": with(guest, tree{"callEventStartTimeStamp": text("20240301093000"), "callEventDuration": 0, "serviceCode": tree{"teleServiceCode": text("21")},
			"callingNumber": text("447700900456")})},
	), tree{"sender": text("ITASI"), "recipient": text("GBRVF")})
	want := new(encoder).file(t, f)
	got, err := os.ReadFile(name)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s is not what the encoder makes: go test ./engine/decode/nrtrde -run ExampleFile -update", name)
	}
	if err := os.WriteFile(name, want, 0o644); err != nil {
		t.Fatal(err)
	}
}
