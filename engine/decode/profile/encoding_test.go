package profile

import (
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodings(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range []struct{ as, octets, want string }{
		{"ascii", "414220 0000", "AB"},
		{"ascii", "414243FFFF", "ABC"},
		{"ascii", "", ""},
		{"utf8", "C3A9", "é"},
		{"latin1", "E941 2000", "éA"},
		{"hex", "00fF", "00ff"},
		{"bcd", "44 20 7F FF", "44207"},
		{"bcd", "4F", "4"},
		{"bcd", "FF 12", ""},
		{"bcd", "1A B2", "1*#2"},
		{"tbcd", "44 02 F7", "44207"},
		{"tbcd", "FF", ""},
		{"bcd_le", "78 56 34 12", "12345678"},
		{"bcd_le", "01 00", "0001"},
		{"bcd_le", "FF FF", ""},
		{"bcd_le", "1A 00", "!"},
		{"uint_be", "01 02", "258"},
		{"uint_le", "01 02", "513"},
		{"uint_be", "FFFFFFFFFFFFFFFF", "18446744073709551615"},
		{"uint_le", "", "!"},
		{"uint_be", "010203040506070809", "!"},
		{"int_be", "FF FE", "-2"},
		{"int_le", "FE FF", "-2"},
		{"int_be", "7F", "127"},
		{"int_be", "8000000000000000", "-9223372036854775808"},
		{"int_le", "", "!"},
		{"int", "80", "-128"},
		{"uint", "0080", "128"},
		{"uint", "80", "128"},
		{"uint", "", "!"},
		{"uint", "00FFFFFFFFFFFFFFFF", "18446744073709551615"},
		{"uint", "01FFFFFFFFFFFFFFFF", "!"},
		{"enum", "03", "3"},
		{"bool", "", "true"},
		{"bool", "00", "false"},
		{"bool", "FF", "true"},
		{"bool", "0001", "!"},
		{"address", "91 44 02 F7", "+44207"},
		{"address", "A1 02 F7", "207"},
		{"address", "11 80 44 F2", "+08442"}, // called numbers have no octet 3a
		{"calling_address", "11 80 44 F2", "+442"},
		{"calling_address", "21 A1 44 F2", "442"},
		{"calling_address", "11 44 F2", "+442"}, // the extension bit lies
		{"calling_address", "11 94 44 F2", "+49442"},
		{"calling_address", "91 80 44 F2", "+08442"},
		{"calling_address", "11 80", "+08"},
		{"calling_address", "11 80 FF", ""},
		{"calling_address", "", ""},
		{"address", "91", ""}, // nothing but a type
		{"address", "91 FF", ""},
		{"address", "", ""},
		{"plmn", "32 F4 51", "23415"},
		{"plmn", "13 00 14", "310410"},
		{"plmn", "FF FF FF", ""},
		{"plmn", "12 34", "!"},
		{"plmn", "", ""},
		{"timestamp9", "24 03 01 08 00 10 2B 05 30", "2024-03-01T08:00:10+05:30"},
		{"timestamp9", "24 03 01 08 00 10 2D 00 00", "2024-03-01T08:00:10-00:00"},
		{"timestamp9", "00 00 00 00 00 00 00 00 00", ""},
		{"timestamp9", "24 03 01 08 00 10 20 05 30", "!"},
		{"timestamp9", "24 03 01 08 00 10 2B 05", "!"},
		{"timestamp9", "2A 03 01 08 00 10 2B 05 30", "!"},
		{"timestamp9", "24 03 01 08 00 10 2B 0A 30", "!"},
		{"timestamp9", "00 00 00 00 00 00 2B 00 00", "!"},
		{"bcd_ymdhms", "24 03 01 08 00 10", "2024-03-01 08:00:10"},
		{"bcd_ymdhms", "24 13 01 08 00 10", "2024-13-01 08:00:10"}, // the clock tells
		{"bcd_ymdhms", "24 0C 01 08 00 10", "!"},
		{"bcd_cymdhms", "20 24 03 01 08 00 10", "2024-03-01 08:00:10"},
		{"bcd_smhdmyc", "10 00 08 01 03 24 20", "2024-03-01 08:00:10"},
		{"binary_ymdhms", "18 03 01 08 00 0A", "2024-03-01 08:00:10"},
		{"binary_ymdhms", "FF FF FF FF FF FF", ""},
		{"binary_ymdhms", "18 03 01 08 00", "!"},
		{"binary_ymdhms", "18 64 01 08 00 0A", "!"},
		{"binary_cymdhms", "14 18 03 01 08 00 0A", "2024-03-01 08:00:10"},
	} {
		got, ok := encodings[c.as]([]byte("x"), unhex(t, c.octets))
		text := strings.TrimPrefix(string(got), "x")
		if !ok {
			text = "!"
		}
		tested[c.as] = true
		if text != c.want || len(got) == 0 || got[0] != 'x' {
			t.Errorf("%s as %s: %q, want %q", c.octets, c.as, text, c.want)
		}
	}
	for name := range encodings {
		if !tested[name] {
			t.Errorf("%s is not tested", name)
		}
	}
}

// FuzzEncodings: no octets make a decoder of them fall.
func FuzzEncodings(f *testing.F) {
	f.Add([]byte{0x91, 0x44, 0x02, 0xF7})
	f.Add([]byte{0x24, 3, 1, 8, 0, 0x10, '+', 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, read := range encodings {
			got, ok := read([]byte("abc"), b)
			if len(got) < 3 || string(got[:3]) != "abc" {
				t.Fatalf("%s of %x changes what was there: %q", name, b, got)
			}
			if again, same := read(nil, b); same != ok || ok && string(again) != string(got[3:]) {
				t.Fatalf("%s of %x: %q, and then %q", name, b, got[3:], again)
			}
		}
	})
}
