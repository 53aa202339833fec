package profile

import (
	"reflect"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/ts32298"
)

// TestMSCEqual: the example reads what the decoder of the standard reads, where it maps
// it at all.
func TestMSCEqual(t *testing.T) {
	file := decodetest.Sample(t, "3gpp_cs/cs_rel16_raw_concat.ber")
	source := decodetest.Source(t)
	source.HomePLMNs = nil // a profile does not put the own network before a cell
	rows := func(d decode.Decoder) (all []cdr.Record) {
		l, skip := decodetest.Open(t, d, file, source)
		var b cdr.Batch
		var tally decode.Tally
		d.Decode(l, file[skip:], &b, &tally)
		if len(tally.Rejects) > 0 {
			t.Errorf("%s rejects %s", d.Name(), tally.Rejects[0].Reason)
		}
		for _, r := range decodetest.Records(&b) {
			r.Identity, r.Line = 0, 0
			all = append(all, r)
		}
		return all
	}
	want := map[cdr.Span]cdr.Record{}
	for _, r := range rows(ts32298.Decoder{}) {
		want[r.Raw] = r
	}
	got := rows(builtinNamed("msc-ber"))
	if len(got) < 200 {
		t.Errorf("%d rows", len(got))
	}
	for _, r := range got {
		if w := want[r.Raw]; !reflect.DeepEqual(r, w) {
			t.Errorf("%+v, want %+v", r, w)
		}
	}
}
