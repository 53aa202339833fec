package profile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// The profile asterisk gives the rows that the decoder of that name gives, of rows of
// cdr_csv.
func TestAsteriskIsAsterisk(t *testing.T) {
	var block []byte
	if path := decodetest.SamplePath("asterisk/pseudonymised_45.csv"); path != "" {
		var err error
		if block, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 8000 {
		block = append(block, asteriskRow(r)...)
	}
	one := func(d decode.Decoder) ([]cdr.Record, int) {
		l, _ := decodetest.Open(t, d, block, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		d.Decode(l, block, &b, &tally)
		return decodetest.Records(&b), len(tally.Rejects)
	}
	got, rejected := one(builtinNamed("asterisk"))
	want, wantRejected := one(asterisk.Decoder{})
	if rejected != wantRejected || len(got) != len(want) || len(want) < 1000 || rejected < 100 {
		t.Fatalf("%d rows and %d rejects, want %d and %d", len(got), rejected, len(want), wantRejected)
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s\n%+v, want\n%+v", got[i].Raw.Of(block), got[i], want[i])
		}
	}
}

func asteriskRow(r *rand.Rand) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	fields := []string{
		`"acc"`, pick(`"+442079460001"`, `"1001"`, `""`, `" bob"`, `"al""ice"`), pick(`"+12125550100"`, `"s"`, `"h"`, `"i"`, `"t"`, `"x"`, `""`),
		`"ctx"`, pick(`"""Bob, B"" <1>"`, `""`), `"SIP/1"`, `"SIP/2"`, `"Dial"`, pick(`"a,b"`, `""`, `"x`),
		pick(`"2024-03-01 08:00:00"`, `"2024-03-01 08:00:00"`, `"2024-10-27 02:30:00"`, ``, `"2024-02-30 08:00:00"`), pick(``, `"2024-03-01 08:00:10"`), `"2024-03-01 08:01:00"`,
		pick("60", "0", "15"), pick("50", "0", "16", "x"), pick(`"ANSWERED"`, `"ANSWERED"`, `"NO ANSWER"`, `"BUSY"`, `"FAILED"`, `"CONGESTION"`, `"CANCEL"`, `"NULL"`, `"UNKNOWN"`, `""`, `"Busy"`),
		`"DOCUMENTATION"`,
	}
	for range r.IntN(7) {
		fields = append(fields, pick(`"1498555635.0"`, `"sys-1498555635.12"`, `"note"`, `""`, "7"))
	}
	return fmt.Sprintln(strings.Join(fields, ","))
}
