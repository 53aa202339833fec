package numbering

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

var benchTexts = []string{"+19173750980", "+33612345678", "+442079460018", "+4915112345678", "+5511987654321",
	"+8613812345678", "+390612345678", "+12425551234", "+919876543210", "+541123456789", "+77012345678", "+2348031234567"}

func benchNumbers() []cdr.Number {
	var out []cdr.Number
	r := rand.New(rand.NewPCG(1, 2))
	for len(out) < 4096 {
		t := []byte(benchTexts[r.IntN(len(benchTexts))])[1:]
		for i := len(t) - 5; i < len(t); i++ {
			t[i] = byte('0' + r.IntN(10))
		}
		out = append(out, cdr.Digits(t))
	}
	return out
}

func BenchmarkLookup(b *testing.B) {
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"plan", Options{}},
		{"home", Options{Home: []string{"33", "1917"}}},
		{"lists", Options{Home: []string{"33", "1917"}, Hotlist: []string{"+3361*", "+447012345678"}, Areas: map[string]string{"331": "Paris", "3314": "x", "33145": "y"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := New(c.o)
			if err != nil {
				b.Fatal(err)
			}
			numbers := benchNumbers()
			var sum cdr.Place
			for i := 0; b.Loop(); i++ {
				sum += p.Lookup(numbers[i&4095])
			}
			_ = sum
		})
	}
}

func BenchmarkParty(b *testing.B) {
	p, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, country, text string }{
		{"plus", "", "+33612345678"}, {"digits", "", "33612345678"}, {"short", "", "112"}, {"prefix", "", "0033612345678"},
		{"national", "FR", "0612345678"}, {"argentina", "AR", "01115123456"}, {"written", "", "+1 (917) 375-0980"},
		{"tel", "", "tel:+1-201-555-0123;rn=x"}, {"name", "", "sip:bob@example.com"}, {"absent", "", "Anonymous"},
	} {
		b.Run(c.name, func(b *testing.B) {
			n, err := p.Normalizer(Source{Country: c.country})
			if err != nil {
				b.Fatal(err)
			}
			dst, text := make([]byte, 0, 64), []byte(c.text)
			b.ReportAllocs()
			for b.Loop() {
				n.Party(dst, text, false)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
