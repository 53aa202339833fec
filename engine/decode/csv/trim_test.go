package csv

import (
	"reflect"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestBlanksAnywhere puts blanks around one field at every place that it can
// have among the 64 bytes of a word, at the end of the block too, and expects
// what the field alone gives.
func TestBlanksAnywhere(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, []byte("remark,calling_number,start_time,cell_id\n"), decodetest.Source(t))
	read := func(block string) cdr.Record {
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, []byte(block), &b, &tally)
		if b.Len() != 1 {
			t.Fatalf("%q: %+v", block, tally)
		}
		r := decodetest.Records(&b)[0]
		r.Raw, r.RawHash, r.Identity = cdr.Span{}, 0, 0
		return r
	}
	for n := range 130 {
		for _, end := range []string{"", "\n", "\r\n"} {
			line := strings.Repeat("x", n) + ",+12125550100,2024-03-01T08:00:00Z,c"
			want := read(line + end)
			for _, padded := range []string{
				strings.Replace(line, ",+12125550100,", ", +12125550100,", 1), strings.Replace(line, ",+12125550100,", ",+12125550100\t,", 1), line + " ",
				strings.Replace(line, ",c", ",\tc", 1),
			} {
				if got := read(padded + end); !reflect.DeepEqual(got, want) {
					t.Fatalf("%q: %+v, want %+v", padded+end, got, want)
				}
			}
		}
	}
}
