package decode

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		text    string
		scale   int
		want    int64
		problem string
	}{
		{"0", 3, 0, ""},
		{"12", 3, 12000, ""},
		{"12.5", 3, 12500, ""},
		{"12.3456", 3, 12345, ""},
		{"12.9999", 3, 12999, ""},
		{"0.0009", 3, 0, ""},
		{".5", 3, 500, ""},
		{"5.", 3, 5000, ""},
		{"+7", 3, 7000, ""},
		{"-1.5", 6, -1500000, ""},
		{"-0.0", 3, 0, ""},
		{"1e3", 3, 1000000, ""},
		{"1.25e-2", 6, 12500, ""},
		{"1E+2", 0, 100, ""},
		{"1e-400", 6, 0, ""},
		{"000000000000000000000000000000012", 3, 12000, ""},
		{"123456789012.5", 3, 123456789012500, ""},
		{"9223372036854775807", 0, 1<<63 - 1, ""},
		{"9223372036854775808", 0, 0, outOfRange},
		{"1e30", 3, 0, outOfRange},
		{"99999999999999999999999999", 0, 0, outOfRange},
		{"", 3, 0, notNumber},
		{".", 3, 0, notNumber},
		{"-", 3, 0, notNumber},
		{"1.2.3", 3, 0, notNumber},
		{"1e", 3, 0, notNumber},
		{"e5", 3, 0, notNumber},
		{"1e5x", 3, 0, notNumber},
		{"--1", 3, 0, notNumber},
		{"1,5", 3, 0, notNumber},
		{"1 5", 3, 0, notNumber},
		{"NaN", 3, 0, notNumber},
		{"Inf", 3, 0, notNumber},
		{"0x10", 3, 0, notNumber},
		{"1_000", 3, 0, notNumber},
		{"1\x00", 3, 0, notNumber},
	} {
		got, problem := Decimal([]byte(c.text), c.scale)
		if got != c.want || problem != c.problem {
			t.Errorf("Decimal(%q, %d) = %d, %q; want %d, %q", c.text, c.scale, got, problem, c.want, c.problem)
		}
	}
}

func TestInteger(t *testing.T) {
	for _, c := range []struct {
		text    string
		want    int64
		problem string
	}{
		{"0", 0, ""}, {"16", 16, ""}, {"16.0", 16, ""}, {"+16", 16, ""}, {"-0", 0, ""},
		{"9223372036854775807", 1<<63 - 1, ""},
		{"9223372036854775808", 0, outOfRange},
		{"16.5", 0, notInteger}, {"-1", 0, negative}, {"x", 0, notNumber}, {"", 0, notNumber},
	} {
		got, problem := Integer([]byte(c.text))
		if got != c.want || problem != c.problem {
			t.Errorf("Integer(%q) = %d, %q; want %d, %q", c.text, got, problem, c.want, c.problem)
		}
	}
}

func TestSecondsRange(t *testing.T) {
	for text, problem := range map[string]string{
		"4294967": "", "4294967.0009": "", "4294967.001": outOfRange, "4294968": outOfRange, "-0.001": negative, "-0.0001": "",
	} {
		if _, got := Seconds([]byte(text)); got != problem {
			t.Errorf("Seconds(%q): %q, want %q", text, got, problem)
		}
	}
}

// TestDecimalAgainstBig compares with exact rational arithmetic.
func TestDecimalAgainstBig(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20000 {
		text := strconv.FormatFloat(r.NormFloat64()*1e4, "efg"[r.IntN(3)], r.IntN(18)-1, 64)
		scale := r.IntN(7)
		x, _ := new(big.Rat).SetString(text)
		x.Mul(x, new(big.Rat).SetInt64(int64(powersOf10[scale])))
		want := new(big.Int).Quo(x.Num(), x.Denom()).Int64()
		if got, problem := Decimal([]byte(text), scale); got != want || problem != "" {
			t.Fatalf("seed %d: Decimal(%q, %d) = %d, %q; want %d", seed, text, scale, got, problem, want)
		}
	}
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1", "-1.5", "1e9", ".5", "5.", "12345678901234567890.5", "1.5e-7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			return
		}
		got, problem := Decimal([]byte(s), 3)
		x, err := strconv.ParseFloat(s, 64)
		plain := !strings.ContainsAny(s, "xXpPnNiI_")
		if problem == notNumber && err == nil && plain {
			t.Fatalf("%q refused, is %v", s, x)
		}
		if problem == "" && (err != nil || !plain) {
			t.Fatalf("%q read as %d, strconv says %v", s, got, err)
		}
		if d := x*1000 - float64(got); problem == "" && x < 1e9 && x > -1e9 && (d > 1.001 || d < -1.001) {
			t.Fatalf("%q read as %d", s, got)
		}
	})
}
