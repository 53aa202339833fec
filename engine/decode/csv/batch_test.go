package csv

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestLineEnds: the same records, whether lines end in LF or CRLF.
func TestLineEnds(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, []byte(benchHeader), decodetest.Source(t))
	block := benchBlock(50)
	var lf, crlf cdr.Batch
	var t1, t2 decode.Tally
	Decoder{}.Decode(l, block, &lf, &t1)
	Decoder{}.Decode(l, bytes.ReplaceAll(block, []byte("\n"), []byte("\r\n")), &crlf, &t2)
	for i := range lf.Len() {
		lf.Raw[i].Off += uint32(i) // a byte a line
	}
	if lf.Len() != 50 || !reflect.DeepEqual(decodetest.Records(&lf), decodetest.Records(&crlf)) {
		t.Errorf("%d rows, %d rows with CRLF, rejects %v", lf.Len(), crlf.Len(), t2.Rejects)
	}
}

// TestDecodeAppends: a second block goes behind the rows of the first, however
// much room the batch has.
func TestDecodeAppends(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, []byte(benchHeader), decodetest.Source(t))
	block := benchBlock(3000)
	var whole, parts cdr.Batch
	var t1, t2 decode.Tally
	Decoder{}.Decode(l, block, &whole, &t1)
	cut := bytes.IndexByte(block[len(block)/3:], '\n') + len(block)/3 + 1
	Decoder{}.Decode(l, block[:cut], &parts, &t2)
	first := parts.Len()
	Decoder{}.Decode(l, block[cut:], &parts, &t2)
	for i := first; i < parts.Len(); i++ {
		parts.Raw[i].Off += uint32(cut)
		parts.Line[i] += uint32(first)
	}
	t1.Scratch, t2.Scratch = nil, nil
	if whole.Len() != 3000 || !reflect.DeepEqual(decodetest.Records(&whole), decodetest.Records(&parts)) || !reflect.DeepEqual(t1, t2) {
		t.Errorf("%d rows at once, %d in parts", whole.Len(), parts.Len())
	}
}
