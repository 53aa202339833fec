package ts32298

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// FuzzDomains reads files of any bytes, and any bytes as the body of every kind of record.
// A record that was used before reads them as a new one does.
func FuzzDomains(f *testing.F) {
	m := maker{rand.New(rand.NewPCG(7, 8))}
	for _, u := range usualRecords {
		f.Add(encode(u.record...), uint8(0))
	}
	for i := range 20 {
		f.Add(append(m.session(79), m.chf()...), uint8(i))
		f.Add(append(m.ims(83), m.session(20)...), uint8(i))
	}
	source := decodetest.Source(f)
	used := new(record)
	f.Fuzz(func(t *testing.T, data []byte, k uint8) {
		l, skip := decodetest.Open(t, Decoder{}, data, source)
		decodetest.Check(t, Decoder{}, l, data[skip:])
		tag := kinds.kinds[int(k)%len(kinds.kinds)].choice
		raw := style{}.append(nil, element{class: 2, number: tag, inner: []element{}, value: nil})
		raw = append(raw[:len(raw)-1], style{}.length(nil, len(data))...)
		raw = append(raw, data...)
		fresh := new(record)
		if problem, want := used.read(raw, nil), fresh.read(raw, nil); problem != want || used.skip != fresh.skip || used.odd != fresh.odd {
			t.Fatalf("%q, of a new one %q", problem, want)
		}
		if !reflect.DeepEqual(used.row, fresh.row) && used.kind >= 0 {
			t.Fatalf("%+v, of a new one %+v", used.row, fresh.row)
		}
	})
}

// TestDamagedDomains cuts records everywhere and spoils every octet.
func TestDamagedDomains(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	r := new(record)
	for _, u := range usualRecords {
		raw := encode(u.record...)
		for i := range raw {
			decodetest.Check(t, Decoder{}, l, raw[:i])
			for _, c := range []byte{0, 1, 0x7F, 0x80, 0xFF, raw[i] ^ 0x20, raw[i] + 1} {
				bad := bytes.Clone(raw)
				bad[i] = c
				r.read(bad, nil)
			}
		}
	}
	var row decode.Row
	for _, b := range [][]byte{nil, {0xBF}, {0xBF, 0x4F}, {0xBF, 0x4F, 0}, {0xBF, 0x4F, 0x80}, {0xBF, 0x81, 0x48, 0}, {0xBF, 0x53, 0x80, 0, 0}} {
		if problem := (Decoder{}).ReadRow(l, b, &row); problem == "" {
			t.Errorf("%x is taken for a record", b)
		}
	}
}
