package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command runs a command line that succeeds and returns its output.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	if code := run(args, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
		t.Fatalf("%s: exit code %d: %s", args, code, stderr.String())
	}
	return stdout.String()
}

// people.csv by hand. Contacts per day, where they have support (20 contacts):
//
//	1 robocall          5 and 4.95   fanout
//	2 robocall, simbox  2 and 10     fanout, hopping (5 devices)
//	3 simbox            3            hopping (6 devices); the warn level of fanout
//	4 robocall          10           no support
//	5 honest            5            fanout
//	6 honest            1.5
//	7 honest            20           spared by except
//	8 honest            null
//	9 honest            3            no support; the warn level
//	10 no label         5            fanout
//	11 irsf, 12 honest               no row
//
// fanout: TP 1 2, FN 3 4, FP 5, TN 6 7 8 9: precision 2/3, recall 2/4, rate 1/5; at
// 0.1 % 0.5 * 0.001 / (0.5 * 0.001 + 0.2 * 0.999) = 0.0005 / 0.2003 = 0.0025, at 1 %
// 0.005 / 0.203 = 0.0246. hopping: TP 2 3, FN 1 4, no FP. Any: TP 1 2 3, FN 4, FP 5:
// 3/4, 3/4, 1/5, 0.00075 / 0.20055 = 0.0037, 0.0075 / 0.2055 = 0.0365.
const byHand = `rules: testdata/backtest/rules.yaml, 2 rules
rows: 12 of 10 subscribers in 1 file
labels: 4 fraud and 5 honest with a row
left out: 2 labelled subscribers without a row (1 fraud, 1 honest)
left out: 1 subscriber without a label (1 flagged)

RULE         FLAGGED  TP  FP  FN  PRECISION  RECALL  FP RATE  PRECISION AT 0.1 %  AT 1 %
fanout       4        2   1   2   0.6667     0.5000  0.20000  0.0025              0.0246
hopping      2        2   0   2   1.0000     0.5000  0.00000  1.0000              1.0000
any of them  5        3   1   1   0.7500     0.7500  0.20000  0.0037              0.0365

KIND      SUBSCRIBERS  RULE         FLAGGED  RECALL
robocall  3            fanout       2        0.6667
robocall  3            hopping      1        0.3333
robocall  3            any of them  2        0.6667
simbox    2            fanout       1        0.5000
simbox    2            hopping      2        1.0000
simbox    2            any of them  2        1.0000

note: a false-positive rate of 0 among 5 honest subscribers may be as much as 0.45072 (95 % confidence), and precision lower than shown
`

// people.parquet is people.csv as DuckDB 1.5 wrote it: subscribers are integers,
// and the features an int32, a double and a decimal.
func TestBacktestByHand(t *testing.T) {
	for _, file := range []string{"people.csv", "people.parquet"} {
		got := command(t, "rules", "backtest", filepath.Join("testdata/backtest", file),
			"--rules", "testdata/backtest/rules.yaml", "--labels", "testdata/backtest/labels.csv")
		if got != byHand {
			t.Errorf("%s:\n%s", file, got)
		}
	}
}

// The options, on the same people: flagged, TP, FP, FN, TN of fanout, then of any.
func TestBacktestOptions(t *testing.T) {
	type counts struct{ Flagged, TP, FP, FN, TN int }
	for args, want := range map[string][2]counts{
		"":                            {{4, 2, 1, 2, 4}, {5, 3, 1, 1, 4}},
		"--no-support":                {{5, 3, 1, 1, 4}, {6, 4, 1, 0, 4}}, // 4
		"--warn":                      {{5, 3, 1, 1, 4}, {5, 3, 1, 1, 4}}, // 3
		"--no-support --warn":         {{7, 4, 2, 0, 3}, {7, 4, 2, 0, 3}}, // 3, 4, 9
		"--skip hopping":              {{4, 2, 1, 2, 4}, {4, 2, 1, 2, 4}},
		"--only fanout":               {{4, 2, 1, 2, 4}, {4, 2, 1, 2, 4}},
		"--unlabelled honest":         {{4, 2, 2, 2, 4}, {5, 3, 2, 1, 4}}, // 10
		"--kind robocall":             {{4, 2, 1, 1, 4}, {5, 2, 1, 1, 4}}, // not 3
		"--kind simbox":               {{4, 1, 1, 1, 4}, {5, 2, 1, 0, 4}}, // not 1, 4
		"--kind robocall,simbox,irsf": {{4, 2, 1, 2, 4}, {5, 3, 1, 1, 4}},
	} {
		text := command(t, append(strings.Fields("rules backtest testdata/backtest/people.csv --output-format json"+
			" --rules testdata/backtest/rules.yaml --labels testdata/backtest/labels.csv"), strings.Fields(args)...)...)
		var got struct {
			Rules []counts
			Union counts
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if got.Rules[0] != want[0] || got.Union != want[1] {
			t.Errorf("%s: got %v and %v, want %v", args, got.Rules[0], got.Union, want)
		}
	}
}

// What a look-alike is called is honest if --honest says so.
func TestBacktestHonest(t *testing.T) {
	labels := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(labels, []byte("subscriber,kind\n4900001,robocall\n4900005,courier\n4900006,courier\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := command(t, "rules", "backtest", "testdata/backtest/people.csv", "--rules", "testdata/backtest/rules.yaml",
		"--labels", labels, "--honest", "courier", "--only", "fanout")
	if want := "fanout       4        1   1   0   0.5000     1.0000  0.50000  0.0020              0.0198\n"; !strings.Contains(got, want) {
		t.Errorf("no line %q in\n%s", want, got)
	}
}
