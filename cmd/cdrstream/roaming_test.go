package main

import (
	"strings"
	"testing"
)

// A TAP file makes guests roam, in the country of its sender, and charges them where
// prices between operators are wanted.
func TestReplayRoaming(t *testing.T) {
	t.Chdir("../..")
	for config, want := range map[string][]string{
		"":                                  {`"charge_30d":0,`},
		" -c testdata/formats/roaming.yaml": {`"charge_30d":4.6,`},
	} {
		out := t.TempDir()
		command := "replay -q --features * --out " + out + config + " testdata/formats/tap.ber"
		var stdout, stderr strings.Builder
		if code := run(strings.Fields(command), streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
			t.Fatalf("%s: exit code %d: %s", command, code, stderr.String())
		}
		stdout.Reset()
		if code := run([]string{"features", "show", out}, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
			t.Fatal(stderr.String())
		}
		for _, row := range strings.Split(stdout.String(), "\n") {
			if !strings.Contains(row, `"subscriber":"447700900123"`) {
				continue
			}
			for _, w := range append(want, `"roaming_calls_30d":1,`, `"roaming_seconds_30d":120,`, `"visited_countries_30d":1,`, `"sms_out_30d":1,`) {
				if !strings.Contains(row, w) {
					t.Errorf("%s: not %s in %s", command, w, row)
				}
			}
			want = nil
		}
		if want != nil {
			t.Errorf("%s: no row of the guest in %s", command, stdout.String())
		}
	}
}
