package cdr

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// TestHashDistinct hashes texts that are alike: short ones, counted ones, ones
// that differ in a single bit.
func TestHashDistinct(t *testing.T) {
	seen := map[uint64]string{}
	add := func(s string) {
		h := Hash([]byte(s))
		if other, ok := seen[h]; ok && other != s {
			t.Fatalf("%q and %q have the same hash", s, other)
		}
		seen[h] = s
	}
	add("")
	for i := range 1 << 16 {
		add(string(rune('a' + i%26)))
		add(string([]byte{byte(i), byte(i >> 8)}))
		add(strconv.Itoa(i))
		add("record-" + strconv.Itoa(i) + "-of-a-longer-kind")
	}
	long := make([]byte, 64)
	for bit := range 8 * len(long) {
		long[bit/8] ^= 1 << (bit % 8)
		add(string(long))
		long[bit/8] ^= 1 << (bit % 8)
	}
	// Words that would cancel a lane if its multiplier came from the text.
	for _, k := range []uint64{0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xe7037ed1a0b428db} {
		for i := range uint64(64) {
			add(string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, k), i)))
			add(string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, i), k)))
		}
	}
}

// TestHashSame compares the hash of texts of any length with that of a loop that
// takes the steps one by one: hashes are in saved state, they must not change.
func TestHashSame(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for n := range 400 {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		want := naiveHash(text)
		if got := Hash(text); got != want {
			t.Fatalf("seed %d: %d bytes: %x, want %x", seed, n, got, want)
		}
		if n < 9 || n > 16 {
			continue
		}
		first, last := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
		if got := HashWords(first, last, n); got != want {
			t.Fatalf("seed %d: words of %d bytes: %x, want %x", seed, n, got, want)
		}
	}
	for text, want := range map[string]uint64{"": 0x800d209e474959d, "a": 0xb90a2d1b1670fb3a, "20801-1014": 0x20112c9b7431980a, "20801-1014-13080": 0x8740037eb83192be, "1-8l83,voice,both,+33633742315,+33632848290,2026": 0x7e8327b9d7158c62} {
		if got := Hash([]byte(text)); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}

// naiveHash is Hash as it was first written.
func naiveHash(b []byte) uint64 {
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	n := uint64(len(b))
	x, y := n*0xa0761d6478bd642f+1, n^0xe7037ed1a0b428db
	if n < 8 {
		return Mix(fold(x^short(b)) + y)
	}
	last := word(len(b) - 8)
	i := 0
	if n > 32 {
		z, w := x^0x8ebc6af09c88c6e3, y^0x589965cc75374cc3
		for ; len(b)-i > 32; i += 32 {
			x, y, z, w = fold(x^word(i)), fold(y^word(i+8)), fold(z^word(i+16)), fold(w^word(i+24))
		}
		x, y = fold(x+bits.RotateLeft64(z, 29)), fold(y+bits.RotateLeft64(w, 29))
	}
	if len(b)-i > 16 {
		x, y = fold(x^word(i)), fold(y^word(i+8))
		i += 16
	}
	if len(b)-i > 8 {
		x = fold(x ^ word(i))
	}
	return Mix(x + bits.RotateLeft64(fold(y^last), 29))
}

func TestNumberText(t *testing.T) {
	for _, s := range []string{"0", "00", "112", "0033", "33612345678", "9999999999999999"} {
		if n := Digits([]byte(s)); n.String() != s || n.Len() != len(s) {
			t.Errorf("%q: %q, %d digits", s, n.String(), n.Len())
		}
	}
	for _, s := range []string{"", "12345678901234567", "12a", "+33", " 1"} {
		if n := Digits([]byte(s)); n != 0 {
			t.Errorf("%q: %v", s, n)
		}
	}
	if n := IMSI([]byte("208011234567890")); n.String() != "imsi:208011234567890" || n == Digits([]byte("208011234567890")) {
		t.Errorf("IMSI: %v", n)
	}
	if n := Name([]byte("bob")); !n.IsName() || n.Len() != 0 || n == Name([]byte("alice")) {
		t.Errorf("name: %v", n)
	}
}

// TestNumberTextOfAny compares the text of numbers of any length with what fmt makes of
// them, behind what is there.
func TestNumberTextOfAny(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	limit := uint64(1)
	for n := 1; n <= maxDigits; n++ {
		limit *= 10
		values := []uint64{0, 1, limit - 1, limit / 10, limit/10 - 1}
		for range 2000 {
			values = append(values, random.Uint64N(limit))
		}
		for _, v := range values {
			want := fmt.Sprintf("%0*d", n, v)
			if got := string(Digits([]byte(want)).AppendText([]byte("ab"))); got != "ab"+want {
				t.Fatalf("seed %d: %q, want %q", seed, got, "ab"+want)
			}
		}
	}
	for v := range uint64(1e4) {
		if got := eightDigits(digitsOf(v * 10001)); got != v*10001 {
			t.Fatalf("%d: %d", v*10001, got)
		}
	}
}

func BenchmarkNumberText(b *testing.B) {
	var text []byte
	for i := 0; b.Loop(); i++ {
		text = Number(33612345678 + i | 11<<countShift).AppendText(text[:0])
	}
}

func BenchmarkHash117(b *testing.B) {
	text := make([]byte, 117)
	b.SetBytes(117)
	for b.Loop() {
		text[3]++
		Hash(text)
	}
}
