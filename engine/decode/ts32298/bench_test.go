package ts32298

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// usual is a MOCallRecord with the members that switches write.
func usual(reference string) []byte {
	return encode(cons(0,
		prim(0, "00"), prim(1, "32140064559448F2"), prim(2, "5379399986413806"), prim(3, "91447790612405"), prim(4, "91447790612405"),
		prim(5, "917361679236F3"), prim(9, "91447758101410"), cons(10, prim(1, "544B494E")), cons(11, prim(1, "544B4F5554")),
		cons(12, prim(0, "1234"), prim(1, "002A"), prim(2, "32F451")), cons(14, prim(3, "11")), prim(20, "57"),
		prim(22, "2603282350002B0000"), prim(23, "2603282350172B0000"), prim(24, "2603290050162B0000"), prim(25, "0E0F"),
		prim(30, "00"), cons(31, prim(0, "10")), prim(32, reference), prim(61, "01"),
	))
}

func usualBlock(n int) (block []byte) {
	for i := range n {
		block = append(block, usual("010000"+tbcd([]string{"00", "11", "23", "54"}[i%4]))...)
	}
	return block
}

func BenchmarkDecode(b *testing.B) {
	const records = 1000
	block := usualBlock(records)
	l, _ := decodetest.Open(b, Decoder{}, nil, decodetest.Source(b))
	decodetest.Bench(b, Decoder{}, l, block)
}

// BenchmarkRead is what the format costs, without the rules.
func BenchmarkRead(b *testing.B) {
	raw := usual("01000000")
	r := new(record)
	text := make([]byte, 0, 1024)
	for b.Loop() {
		if problem := r.read(raw, text); problem != "" {
			b.Fatal(problem)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	raw := usual("01000000")
	r := new(record)
	for b.Loop() {
		if problem := r.walk(moMembers, raw[3:]); problem != "" {
			b.Fatal(problem)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	m := maker{rand.New(rand.NewPCG(3, 4))}
	block := usualBlock(50)
	for range 20 {
		block = append(block, encode(cons(6, prim(0, "06"), prim(1, tbcd(m.digits(15))), prim(9, "2603282350002B0000"), prim(12, "0ED0C8F71D14969741")))...)
	}
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 70)
}
