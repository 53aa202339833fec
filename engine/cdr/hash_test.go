package cdr

import (
	"encoding/binary"
	"strconv"
	"testing"
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

func BenchmarkHash117(b *testing.B) {
	text := make([]byte, 117)
	b.SetBytes(117)
	for b.Loop() {
		text[3]++
		Hash(text)
	}
}
