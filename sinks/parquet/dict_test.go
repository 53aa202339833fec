package parquet

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/sinks/parquet/internal/processor"
)

// A dictionary numbers values in the order in which they come, as a map does, and
// what is packed of the numbers unpacks to them.
func TestDictionary(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var d dictionary
	for range 200 {
		d.early, d.hashed = r.IntN(2)*dictEarly, r.IntN(2) == 0
		d.reset()
		numbers := map[int64]uint16{}
		var entries []int64
		for page := 0; page < 4; page++ {
			spread, steps := 1+r.IntN([]int{12_000, 300, 20, 3}[r.IntN(4)]), []int64{1, 1, 1 << 20, -3, 1 << 52}[r.IntN(5)]
			values := make([]int64, 1+r.IntN(5000))
			for i := range values {
				if values[i] = int64(r.IntN(1+r.IntN(spread))) * steps; i > 0 && r.IntN(1+page*8) > 0 {
					values[i] = values[i-1]
				}
			}
			out := make([]uint16, len(values))
			if small := make([]byte, len(values)+7); !d.hashed && d.numberBytes(values, small) {
				for i := range out {
					out[i] = uint16(small[i])
				}
				packed := appendHybridBytes(nil, small, len(out), min(8, d.aligned()))
				if back := unhybrid(packed, len(out), min(8, d.aligned())); !slices.Equal(back, out) {
					t.Fatalf("%d bytes came back different", len(out))
				}
			} else if !d.number(values, out) {
				if !slices.Equal(d.values, entries) {
					t.Fatal("giving up changed the entries")
				}
				break
			}
			for i, v := range values {
				if _, ok := numbers[v]; !ok {
					numbers[v], entries = uint16(len(entries)), append(entries, v)
				}
				if out[i] != numbers[v] {
					t.Fatalf("value %d, %d, is number %d, want %d", i, v, out[i], numbers[v])
				}
			}
			if !slices.Equal(d.values, entries) {
				t.Fatal("the entries are others")
			}
			packed := appendHybrid(nil, out, d.width())
			if back := unhybrid(packed, len(out), d.width()); !slices.Equal(back, out) {
				t.Fatalf("%d numbers of %d bits came back different", len(out), d.width())
			}
		}
	}
}

// What is numbered by many at a time is what eights of it are, up to the first 64 that
// one of is new, has a number of more than a byte, or is not small.
func TestNumberMany(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var d dictionary
	for range 2000 {
		d.small = [smallValues]uint16{}
		numbers := 1 + r.IntN(300)
		for v := range d.small[:byteValues] {
			if r.IntN(20) > 0 {
				d.small[v] = uint16(1 + r.IntN(numbers))
			}
		}
		var good []int64
		for v, n := range d.small[:byteValues] {
			if n != 0 && n <= byteValues {
				good = append(good, int64(v))
			}
		}
		values := make([]int64, r.IntN(700))
		for i := range values {
			values[i] = good[r.IntN(len(good))]
			if r.IntN(700) == 0 {
				values[i] = []int64{int64(r.IntN(byteValues)), -1, int64(r.Uint64()), 256, 1 << 56}[r.IntN(5)]
			}
		}
		out := bytes.Repeat([]byte{0xa5}, len(values)+64)
		n := d.numberMany(values, out)
		for i, v := range values {
			want := byte(0xa5)
			if i < n {
				if v>>8 != 0 || d.small[v]-1 >= byteValues {
					t.Fatalf("value %d, %d, of %d that were numbered has no number", i, v, n)
				}
				want = byte(d.small[v] - 1)
			}
			if out[i] != want {
				t.Fatalf("value %d, %d, is number %d, want %d", i, v, out[i], want)
			}
		}
		if rest := values[n:]; processor.AVX512 && len(rest) >= 64 && !slices.ContainsFunc(rest[:64], func(v int64) bool {
			return v>>8 != 0 || d.small[v]-1 >= byteValues
		}) {
			t.Fatalf("%d of %d values were numbered, more could have been", n, len(values))
		}
	}
}

func BenchmarkNumberBytes(b *testing.B) {
	values := make([]int64, pageMax)
	for i := range values {
		values[i] = int64(i * 7919 % 4001 % 90)
	}
	out := make([]byte, pageMax)
	var d dictionary
	d.reset()
	for b.Loop() {
		d.numberBytes(values, out)
	}
}

// unhybrid reads n values bit by bit.
func unhybrid(b []byte, n, width int) (out []uint16) {
	bit := func(at int) uint16 { return uint16(b[at/8] >> (at % 8) & 1) }
	for len(out) < n {
		head, shift := 0, 0
		for more := true; more; b = b[1:] {
			head |= int(b[0]&0x7f) << shift
			shift += 7
			more = b[0] >= 0x80
		}
		count, bytes := head>>1, (width+7)/8
		if head&1 == 1 {
			count, bytes = 8*count, count*width
		}
		for i := range count {
			var v uint16
			for j := range width {
				if head&1 == 1 {
					v |= bit(i*width+j) << j
				} else {
					v |= bit(j) << j
				}
			}
			out = append(out, v)
		}
		b = b[bytes:]
	}
	return out[:n]
}

// Values of every width pack, also the widest.
func TestHybridWidths(t *testing.T) {
	r := newRand(5)
	for width := 1; width <= 16; width++ {
		for range 50 {
			values := make([]uint16, 1+r.IntN(200))
			for i := range values {
				values[i] = uint16(r.Uint32() & (1<<width - 1))
				if i > 0 && r.IntN(8) > 0 && i%40 > 20 {
					values[i] = values[i-1]
				}
			}
			packed := appendHybrid(nil, values, width)
			if back := unhybrid(packed, len(values), width); !slices.Equal(back, values) {
				t.Fatalf("width %d: %d came back as %d", width, values, back)
			}
		}
	}
}

// Groups that are packed by many are those that are packed one by one.
func TestPackMany(t *testing.T) {
	r := newRand(7)
	for width := 1; width <= 16; width++ {
		for n := range 300 {
			values := make([]uint16, n)
			for i := range values {
				values[i] = uint16(r.Uint32() & (1<<width - 1))
			}
			got, want := bytes.Repeat([]byte{0xa5}, 2*n+200), make([]byte, 2*n+200)
			many := packMany(got, values, width)
			for i := 0; i < many; i += 8 {
				putGroup(want[i/8*width:], four(values[i:]), four(values[i+4:]), uint(width))
			}
			if size := many / 8 * width; !slices.Equal(got[:size], want[:size]) {
				t.Fatalf("width %d: %d values are others", width, many)
			} else if behind := got[size+packSpare:]; bytes.Count(behind, []byte{0xa5}) != len(behind) {
				t.Fatalf("width %d: %d values use more than %d bytes behind them", width, many, packSpare)
			}
			if processor.AVX512 && many != n/32*32 {
				t.Fatalf("width %d: %d of %d values were packed", width, many, n)
			}
		}
	}
}

func BenchmarkPack(b *testing.B) {
	values := make([]uint16, pageMax)
	for i := range values {
		values[i] = uint16(i * 7919 % 4001)
	}
	var dst []byte
	for b.Loop() {
		dst = appendPacked(dst[:0], values, 12)
	}
}
