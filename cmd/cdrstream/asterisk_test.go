package main

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// 45 rows that an Asterisk wrote, numbers replaced by its publisher.
const asteriskSample = "asterisk/pseudonymised_45.csv"

// What the rows say of the three busiest numbers, worked out by hand. The first
// row of a unique id carries both legs, further ones (f) the called party's
// alone; ring = duration - billsec; a call was answered when the row says so.
// Row 40 is row 39 again, byte for byte: a duplicate. Row 18 looks like a
// further row of row 17, but its unique id is another one (1498571581.45).
//
// 397-815-2211, always called. Row: ring/talk, - for no answer.
//
//	 4  7/8     5f  6/-     6  6/728   7 10/1104  8f 10/-   15  7/-   16f  8/41
//	17  8/149  18   8/-    19  5/-    20f 6/122  23   5/-   24 11/-   25  11/125
//	26  9/-    27f  9/66   35  6/101  36f 5/-    39  27/-
//
// 19 calls, 9 answered, 10 not. Talk 8+728+1104+41+149+122+125+66+101 = 2444,
// ring 164 in all. Callers 334 640 564 256 514 712 261. Rows 4-8 before noon.
// Row 39 starts at 17:29, not in the daytime. Rows 6 and 7 overlap: 7 was
// answered 10:39:29, 6 released 10:55:18.
//
// 334-442-8436. Called in rows 2 12/390, 3 9/-, 9 10/20, 10 5/772, 13 10/65,
// 14 10/73, 28 9/255, 30 1/-; caller in rows 4 7/8, 7 10/1104, 23 5/-, 26 9/-,
// 41 12/790 (rows 5, 8, 27 are further ones, so not its legs).
//
//	out 5, 3 answered, talk 8+1104+790 = 1902, minutes 1+19+14 = 34
//	in  8, 6 answered, talk 390+20+772+65+73+255 = 1575
//	ring 43+66 = 109. Called 397 108; callers 917 190 605 490. Row 41 at 17:33.
//
// 917-375-0980, always caller: 1 0/-, 2 12/390, 3 9/-, 28 9/255, 29 0/0
// answered, 30 1/-, 31 8/65, 42 1/401 at 17:44.
//
//	out 8, 5 answered, talk 1111, minutes 7+5+0+2+7 = 21, ring 40
var asteriskByHand = map[string]map[string]float64{
	"3978152211": {
		"calls_1d": 19, "calls_out_1d": 0, "calls_in_1d": 19, "answered_calls_1d": 9, "no_answer_calls_1d": 10,
		"talk_seconds_1d": 2444, "talk_seconds_out_1d": 0, "billed_minutes_1d": 0,
		"call_duration_mean_1d": 2444. / 9, "call_duration_max_1d": 1104, "ring_seconds_mean_1d": 164. / 19,
		"contacts_1d": 7, "contacts_out_1d": 0, "contacts_in_1d": 7, "no_answer_ratio_1d": 10. / 19,
		"calls_morning_1d": 5, "calls_afternoon_1d": 14, "daytime_ratio_1d": 18. / 19, "overlapping_calls_1d": 1,
	},
	"3344428436": {
		"calls_1d": 13, "calls_out_1d": 5, "calls_in_1d": 8, "answered_calls_1d": 9, "no_answer_calls_1d": 4,
		"talk_seconds_1d": 3477, "talk_seconds_out_1d": 1902, "billed_minutes_1d": 34,
		"call_duration_mean_1d": 3477. / 9, "call_duration_max_1d": 1104, "ring_seconds_mean_1d": 109. / 13,
		"contacts_1d": 6, "contacts_out_1d": 2, "contacts_in_1d": 4, "no_answer_ratio_1d": 4. / 13,
		"answer_seizure_ratio_1d": 3. / 5,
		"calls_morning_1d":        6, "calls_afternoon_1d": 7, "daytime_ratio_1d": 12. / 13, "overlapping_calls_1d": 0,
	},
	"9173750980": {
		"calls_1d": 8, "calls_out_1d": 8, "calls_in_1d": 0, "answered_calls_1d": 5, "no_answer_calls_1d": 3,
		"talk_seconds_1d": 1111, "talk_seconds_out_1d": 1111, "billed_minutes_1d": 21,
		"call_duration_mean_1d": 1111. / 5, "call_duration_max_1d": 401, "ring_seconds_mean_1d": 40. / 8,
		"contacts_1d": 5, "contacts_out_1d": 5, "contacts_in_1d": 0, "no_answer_ratio_1d": 3. / 8,
		"answer_seizure_ratio_1d": 5. / 8,
		"calls_morning_1d":        3, "calls_afternoon_1d": 5, "daytime_ratio_1d": 7. / 8, "overlapping_calls_1d": 0,
	},
}

func TestAsteriskSample(t *testing.T) {
	decodetest.Sample(t, asteriskSample)
	// By end of call, row 8 (10:39:29) stands after row 7 (10:57:53): 18m24s late.
	// Rows 18, 24 and 36 are more than a minute late, too.
	l := replaySample(t, exitLimits, filepath.Join(t.TempDir(), "out"))
	if want := (engine.Ledger{Read: 45, Accepted: 40, Duplicate: 1, Late: 4}); l != want {
		t.Errorf("default lateness: %+v, want %+v", l, want)
	}
	out := filepath.Join(t.TempDir(), "out")
	l = replaySample(t, 0, out, "--lateness", "18m24s", "--features", "*")
	if want := (engine.Ledger{Read: 45, Accepted: 44, Duplicate: 1}); l != want {
		t.Errorf("%+v, want %+v", l, want)
	}
	rows := bySubscriber(t, out)
	for subscriber, want := range asteriskByHand {
		for column, value := range want {
			got, ok := number(rows[subscriber][column])
			if !ok || math.Abs(got-value) > 1e-9 {
				t.Errorf("%s %s: %v, by hand %v", subscriber, column, rows[subscriber][column], value)
			}
		}
	}
	if got := rows["3978152211"]["answer_seizure_ratio_1d"]; got != nil {
		t.Errorf("who never calls has an answer-seizure ratio: %v", got)
	}
}

// replaySample runs replay on the sample and returns its ledger.
func replaySample(t *testing.T, code int, out string, args ...string) engine.Ledger {
	t.Helper()
	var stdout, stderr strings.Builder
	args = append(append([]string{"replay", "-q", "--out", out}, args...), decodetest.SamplePath(asteriskSample))
	if got := run(args, streams{strings.NewReader(""), &stdout, &stderr}); got != code {
		t.Fatalf("%v: exit code %d, want %d: %s", args, got, code, stderr.String())
	}
	b, err := os.ReadFile(filepath.Join(out, summaryFile))
	if err != nil {
		t.Fatal(err)
	}
	var s engine.Summary
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s.Ledger
}

// bySubscriber reads all rows of an output of one period.
func bySubscriber(t *testing.T, out string) map[string]map[string]any {
	t.Helper()
	files, err := parquetFiles(out)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]any{}
	for _, f := range files {
		r, err := parquet.OpenReader(f)
		if err != nil {
			t.Fatal(err)
		}
		var all []int
		for i := range r.Columns() {
			all = append(all, i)
		}
		err = errors.Join(r.Rows(context.Background(), all, -1, func(row []any) error {
			values := map[string]any{}
			for i, v := range row {
				values[r.Columns()[i]] = v
			}
			rows[values["subscriber"].(string)] = values
			return nil
		}), r.Close())
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
