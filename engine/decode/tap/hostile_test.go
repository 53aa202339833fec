package tap

import (
	"bytes"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestHostile is about input that is made to cost much: what it costs grows with its
// size alone, and the time that it takes is that of records, not of minutes.
func TestHostile(t *testing.T) {
	const size = 256 << 10
	repeat := func(pattern ...byte) []byte { return bytes.Repeat(pattern, size/len(pattern)) }
	e := encoder{t: t}
	for name, block := range map[string][]byte{
		"events without an end":          repeat(0x69, 0x80),
		"groups without an end":          repeat(0x69, 0x80, 0x7F, 0x81, 0x13, 0x80),
		"ends far away":                  repeat(append([]byte{0x69, 0x80}, bytes.Repeat([]byte{0x5F, 0x2D, 0}, 1000)...)...),
		"lengths that reach too far":     repeat(0x69, 0x84, 0x7F, 0xFF, 0xFF, 0xFF),
		"empty events":                   repeat(0x69, 0),
		"an event of unknown elements":   e.tlv(9, true, repeat(0x5F, 0x83, 0x74, 0)),
		"an event of nested groups":      append(append([]byte{0x69, 0x80}, repeat(0x7F, 0x83, 0x2B, 0x80)...), make([]byte, size)...),
		"an event of definite groups":    e.tlv(9, true, repeat(0x7F, 0x83, 0x2B, 0x84, 0, 0, 0, 0)),
		"charges beyond counting":        e.tlv(9, true, e.tlv(70, true, repeat(0x7F, 0x3F, 0x0C, 0x5F, 0x47, 2, '0', '0', 0x5F, 0x3E, 4, 0x7F, 0xFF, 0xFF, 0xFF))),
		"tags of many octets":            repeat(0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
		"nothing but the first octet":    repeat(0x69),
		"nothing but the first of a tag": repeat(0x7F),
	} {
		s := decodetest.Source(t)
		s.Wholesale = true
		l, _ := decodetest.Open(t, Decoder{}, file(t, batch()), s)
		var b cdr.Batch
		var tally decode.Tally
		start := time.Now()
		Decoder{}.Decode(l, block, &b, &tally)
		if spent := time.Since(start); spent > 5*time.Second {
			t.Errorf("%s: %v", name, spent)
		} else {
			t.Logf("%s: %v, %d rejects", name, spent, len(tally.Rejects))
		}
		if b.Len() != 0 {
			t.Errorf("%s: %d rows", name, b.Len())
		}
	}
}
