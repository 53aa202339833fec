package oracle

import "testing"

func TestExpression(t *testing.T) {
	values := map[string]any{"x": 3.0, "y": 0.5, "zero": 0.0, "null": nil, "yes": true, "no": false}
	for text, want := range map[string]any{
		"1": 1.0, "x + 2 * 3": 9.0, "(x + 2) * 3": 15.0, "x - 2 - 1": 0.0, "12 / 2 / x": 2.0, "-x + 1": -2.0, "7 % 4": 3.0, "1.5e3": 1500.0, "1_000": 1000.0,
		"max(x, 4, y)": 4.0, "min(x, 4, y)": 0.5, "max(1, 2) + 1": 3.0,
		"x >= 3": true, "x > 3": false, "x <= 3": true, "x < 3": false, "x == 3": true, "x != 3": false, "yes == true": true, "no != false": false, "yes != no": true,
		"x / zero": nil, "x % zero": nil, "null + 1": nil, "-null": nil, "max(null, 1)": nil, "null == null": nil, "null > 1": nil, "x / zero > 1": nil,
		"yes and yes": true, "yes and no": false, "yes and null > 1": nil, "null > 1 and no": false, "no and null > 1": false, "null > 1 and null > 2": nil,
		"no or no": false, "no or yes": true, "no or null > 1": nil, "null > 1 or yes": true, "yes or null > 1": true, "null > 1 or null > 2": nil,
		"not yes": false, "not (null > 1)": nil, "!no": true, "not not yes": true, "yes && no || yes": true,
		"yes or yes and no": true, "(yes or yes) and no": false, "x > 1 and y < 1 or no": true,
	} {
		x, _, err := parseExpression(text)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := x(func(name string) any { return values[name] }); got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for _, bad := range []string{"", "x >", "(x", "x)", "x y", "max(x", "1x", "x = 3", "*"} {
		if _, _, err := parseExpression(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
