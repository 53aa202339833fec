package tap

import (
	"encoding/hex"
	"strings"
)

// at is the value at a path, nil where there is none.
func at(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(tree)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func asInt(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case float64:
		return int(v), true
	}
	return 0, false
}

func num(v any) int { n, _ := asInt(v); return n }

func ascii(v any) string {
	s, _ := v.(string)
	b, _ := hex.DecodeString(s)
	return strings.TrimSpace(string(b))
}

func digits(v any) string {
	s, _ := v.(string)
	s, _, _ = strings.Cut(s, "f")
	return strings.NewReplacer("a", "*", "b", "#", "c", "a", "d", "b", "e", "c").Replace(s)
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// charges is the sum of all charges of type 00 anywhere in v.
func charges(v any) (sum int) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			sum += charges(x)
		}
	case tree:
		if ascii(v["chargeType"]) == "00" {
			return num(v["charge"])
		}
		for _, x := range v {
			sum += charges(x)
		}
	}
	return sum
}
