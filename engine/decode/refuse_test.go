package decode_test

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

func TestRefusal(t *testing.T) {
	var b cdr.Batch
	var tally decode.Tally
	block := []byte("one\n\ntwo\r\nthree")
	decode.Refusal("no").Decode(nil, block, &b, &tally)
	if b.Len() != 0 || tally.Read != 3 || len(tally.Rejects) != 3 || tally.Lines != 3 {
		t.Fatalf("%d rows, %+v", b.Len(), tally)
	}
	for i, want := range []string{"one", "two", "three"} {
		if r := tally.Rejects[i]; string(r.Raw.Of(block)) != want || r.Reason != "no" || r.Line != uint32([]int{0, 2, 3}[i]) {
			t.Errorf("%+v, want %s", r, want)
		}
	}
}
