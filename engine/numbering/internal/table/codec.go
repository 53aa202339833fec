package table

import (
	"encoding/binary"
	"errors"
)

const magic = "cdrplan1"

// ErrDamaged is returned for bytes that are no table.
var ErrDamaged = errors.New("number plan table is damaged: run go generate in engine/numbering")

// Encode returns t as bytes.
func Encode(t *Table) []byte {
	b := putText([]byte(magic), t.Version)
	b = putWords(b, t.Nodes)
	b = putWords(b, t.Leaves)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Answers)))
	for _, a := range t.Answers {
		b = binary.LittleEndian.AppendUint32(b, uint32(a))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Regions)))
	for _, r := range t.Regions {
		b = putRegion(b, r)
	}
	return b
}

func putText(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

func putWords(b []byte, w []uint16) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w)))
	for _, v := range w {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func putRegion(b []byte, r Region) []byte {
	for _, s := range []string{r.Name, r.Code, r.Before} {
		b = putText(b, s)
	}
	b = binary.LittleEndian.AppendUint32(b, r.Possible)
	b = binary.LittleEndian.AppendUint32(b, r.Local)
	b = binary.LittleEndian.AppendUint16(b, r.Viable)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(r.Strips)))
	for _, s := range r.Strips {
		b = append(b, flag(s.ToEnd)|flag(s.Captures)<<1, s.From, s.To)
		b = putWords(b, s.Masks)
	}
	return b
}

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// Decode reads what Encode wrote and checks that every index in it holds.
func Decode(data string) (*Table, error) {
	r := reader{rest: data}
	if r.take(len(magic)) != magic {
		return nil, ErrDamaged
	}
	t := &Table{Version: r.text(), Nodes: r.words(), Leaves: r.words()}
	t.Answers = make([]Answer, r.count(4))
	for i := range t.Answers {
		t.Answers[i] = Answer(r.u32())
	}
	t.Regions = make([]Region, r.count(1))
	for i := range t.Regions {
		t.Regions[i] = r.region()
	}
	if r.bad || r.rest != "" || !t.sound() {
		return nil, ErrDamaged
	}
	return t, nil
}

// sound reports whether no index of t leads outside of it.
func (t *Table) sound() bool {
	nodes, leaves := len(t.Nodes)/NodeRow, len(t.Leaves)/LeafRow
	if nodes == 0 || leaves == 0 || len(t.Nodes)%NodeRow != 0 || len(t.Leaves)%LeafRow != 0 {
		return false
	}
	for i, v := range t.Nodes {
		limit := nodes + leaves
		if i%NodeRow == End {
			limit = len(t.Answers)
		}
		if int(v) >= limit {
			return false
		}
	}
	for _, v := range t.Leaves {
		if int(v) >= len(t.Answers) {
			return false
		}
	}
	for _, r := range t.Regions {
		if int(r.Viable) >= nodes+leaves {
			return false
		}
		for _, s := range r.Strips {
			if s.From > s.To || int(s.To) > len(s.Masks) {
				return false
			}
		}
	}
	return true
}

// reader takes values off the front of rest; after the first that is cut short
// it is bad and yields zeros.
type reader struct {
	rest string
	bad  bool
}

func (r *reader) take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.bad, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) u8() uint8 {
	if s := r.take(1); s != "" {
		return s[0]
	}
	return 0
}

func (r *reader) u16() uint16 { lo := r.u8(); return uint16(lo) | uint16(r.u8())<<8 }

func (r *reader) u32() uint32 { lo := r.u16(); return uint32(lo) | uint32(r.u16())<<16 }

func (r *reader) text() string { return r.take(int(r.u8())) }

// count reads how many items follow; each takes at least size bytes.
func (r *reader) count(size int) int {
	n := int(r.u32())
	if n > len(r.rest)/size {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) words() []uint16 {
	w := make([]uint16, r.count(2))
	s := r.take(2 * len(w))
	for i := range len(s) / 2 {
		w[i] = uint16(s[2*i]) | uint16(s[2*i+1])<<8
	}
	return w
}

func (r *reader) region() Region {
	g := Region{Name: r.text(), Code: r.text(), Before: r.text(),
		Possible: r.u32(), Local: r.u32(), Viable: r.u16()}
	g.Strips = make([]Strip, r.count(7))
	for i := range g.Strips {
		f := r.u8()
		r.bad = r.bad || f > 3
		g.Strips[i] = Strip{ToEnd: f&1 != 0, Captures: f&2 != 0, From: r.u8(), To: r.u8(), Masks: r.words()}
	}
	return g
}
