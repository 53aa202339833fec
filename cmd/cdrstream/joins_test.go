package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine"
)

// files writes files into a new directory and returns their paths.
func files(t *testing.T, contents ...string) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, c := range contents {
		p := filepath.Join(dir, fmt.Sprintf("part%d", i+1))
		if err := os.WriteFile(p, []byte(c), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

// replayed replays files and returns the rows of the day and the summary.
func replayed(t *testing.T, out string, args ...string) (map[string]map[string]any, engine.Summary) {
	t.Helper()
	s := summarised(t, out, args...)
	return bySubscriber(t, out), s
}

// summarised replays files and returns the summary.
func summarised(t *testing.T, out string, args ...string) engine.Summary {
	t.Helper()
	var stdout, stderr strings.Builder
	args = append([]string{"replay", "-q", "--rules", "none", "--features", "*", "--out", out}, args...)
	if code := run(args, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr.String())
	}
	b, err := os.ReadFile(filepath.Join(out, summaryFile))
	if err != nil {
		t.Fatal(err)
	}
	var s engine.Summary
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	if !s.Ledger.Balanced() {
		t.Errorf("%v: the ledger does not balance: %+v", args, s.Ledger)
	}
	return s
}

// tells compares some features of a subscriber.
func tells(t *testing.T, when string, rows map[string]map[string]any, want map[string]map[string]float64) {
	t.Helper()
	if len(rows) != len(want) {
		t.Errorf("%s: %d subscribers, want %d", when, len(rows), len(want))
	}
	for subscriber, columns := range want {
		for column, value := range columns {
			if got, ok := number(rows[subscriber][column+"_1d"]); !ok || got != value {
				t.Errorf("%s, %s %s: %v, want %v", when, subscriber, column, rows[subscriber][column+"_1d"], value)
			}
		}
	}
}

// The events of four calls, of which one began before the file and one does not end, an
// attempt that the log of missed calls tells of too, a re-INVITE, ends of both parties.
const (
	acc1 = `INVITE|aa|bb|call1@pbx|200|OK|1700000000|*prepaid|1001|1002||77:88
INVITE|cc|dd|call2@pbx|200|OK|1700000010|*prepaid|1003|1001||77:89
INVITE|ee||call3@pbx|486|Busy here|1700000020|*prepaid|1002|1003||
BYE|yy|zz|before@pbx|200|OK|1700000025|||||
BYE|dd|cc|call2@pbx|200|OK|1700000030|||||77:89
INVITE|gg|hh|call5@pbx|200|OK|1700000035|*prepaid|1001|1004||
`
	acc2 = `INVITE|bb|aa|call1@pbx|200|OK|1700000040|*prepaid|1002|1001||77:88
BYE|aa|bb|call1@pbx|200|OK|1700000062|||||77:88
BYE|bb|aa|call1@pbx|481|Gone|1700000063|||||77:88
`
	missed = "INVITE|ee|ff|call3@pbx|486|Busy here|1700000020|*prepaid|1002|1003||\n"
)

// Answers and ends are calls, wherever they stand.
func TestCallsOfEvents(t *testing.T) {
	want := map[string]map[string]float64{
		"1001": {"calls_out": 1, "calls_in": 1, "answered_calls": 2, "talk_seconds_out": 62, "talk_seconds_in": 20},
		"1002": {"calls_out": 1, "calls_in": 1, "answered_calls": 1, "busy_calls": 1, "talk_seconds": 62},
		"1003": {"calls_out": 1, "calls_in": 1, "answered_calls": 1, "busy_calls": 1, "talk_seconds": 20},
	}
	ledger := engine.Ledger{Read: 10, Accepted: 5, Duplicate: 3, Filtered: 2}
	lines := strings.SplitAfter(acc1+acc2+missed, "\n")
	for name, parts := range map[string][]string{
		"in one file":         {acc1 + missed + acc2},
		"in two":              {acc1, acc2 + missed},
		"in three":            {acc2, missed, acc1},
		"a file a line":       lines[:len(lines)-1],
		"ends before answers": {acc2 + acc1 + missed},
	} {
		rows, s := replayed(t, filepath.Join(t.TempDir(), "out"), append([]string{"--lateness", "2m"}, files(t, parts...)...)...)
		tells(t, name, rows, want)
		if s.Ledger != ledger || s.OpenCalls != 2 {
			t.Errorf("%s: %+v, %d open calls", name, s.Ledger, s.OpenCalls)
		}
	}
}

// A call that was answered in today's file and ends in tomorrow's.
func TestCallOverTwoJobs(t *testing.T) {
	paths := files(t, acc1, acc2, missed)
	out, state := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "state")
	s := summarised(t, out, "--lateness", "2m", "--state", state, "--keep-open", paths[0], paths[2])
	if s.Ledger.Read != 7 || s.Ledger.Buffered == 0 {
		t.Errorf("%+v", s.Ledger)
	}
	rows, s := replayed(t, out, "--lateness", "2m", "--state", state, paths[0], paths[2], paths[1])
	tells(t, "over two jobs", rows, map[string]map[string]float64{
		"1001": {"calls_out": 1, "calls_in": 1, "talk_seconds_out": 62, "talk_seconds_in": 20},
		"1002": {"calls_out": 1, "calls_in": 1, "talk_seconds": 62},
		"1003": {"calls_out": 1, "calls_in": 1, "talk_seconds": 20},
	})
	if want := (engine.Ledger{Read: 10, Accepted: 5, Duplicate: 3, Filtered: 2}); s.Ledger != want || s.OpenCalls != 2 {
		t.Errorf("%+v, %d open calls; want %+v", s.Ledger, s.OpenCalls, want)
	}
}

// What CUCM writes of a call from 2001 to 2002 that is transferred to 2003 and then to
// 2004: three pieces, and the two calls in which the transfers were asked for.
const (
	cucmNames = `"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","dateTimeOrigination","callingPartyNumber","origCause_value","finalCalledPartyNumber","destCause_value","dateTimeConnect","dateTimeDisconnect","pkid","duration","globalCallId_ClusterID"
INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,VARCHAR(50),INTEGER,INTEGER,INTEGER,UNIQUEIDENTIFIER,INTEGER,VARCHAR(50)
`
	cucmFirst  = `1,1,501,1700000000,"2001",393216,"2002",393216,1700000005,1700000065,"p1",60,"Main"` + "\n"
	cucmAsk    = `1,1,502,1700000050,"2002",393216,"2003",393216,1700000055,1700000065,"p2",10,"Main"` + "\n"
	cucmSecond = `1,1,501,1700000065,"2001",393216,"2003",393216,1700000065,1700000095,"p3",30,"Main"` + "\n"
	cucmThird  = `1,1,501,1700000095,"2001",16,"2004",0,1700000095,1700000105,"p4",10,"Main"` + "\n"
	cucmOther  = `1,2,501,1700000000,"2005",16,"2001",0,1700000001,1700000101,"p5",100,"Main"` + "\n"
)

// The pieces of a transferred call are one call whose seconds add up.
func TestCallInPieces(t *testing.T) {
	want := map[string]map[string]float64{
		"2001": {"calls_out": 1, "calls_in": 1, "answered_calls_out": 1, "talk_seconds_out": 60 + 30 + 10, "talk_seconds_in": 100},
		"2002": {"calls_in": 1, "calls_out": 1, "talk_seconds_in": 60, "talk_seconds_out": 10},
		"2003": {"calls_in": 1, "talk_seconds_in": 10 + 30},
		"2004": {"calls_in": 0, "talk_seconds_in": 10},
		"2005": {"calls_out": 1, "talk_seconds_out": 100},
	}
	const quality = `"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","nodeId","directoryNum","callIdentifier","dateTimeStamp","numberPacketsSent"
INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,INTEGER
2,1,501,1,"2001",77,1700000065,3000
`
	for name, parts := range map[string][]string{
		"in one file":       {cucmNames + cucmFirst + cucmAsk + cucmSecond + cucmOther + cucmThird, quality},
		"in many":           {cucmNames + cucmThird, quality, cucmNames + cucmSecond, cucmNames + cucmAsk + cucmOther, cucmNames + cucmFirst},
		"in any order":      {cucmNames + cucmThird + cucmOther + cucmSecond + cucmAsk + cucmFirst, quality},
		"files in one file": {cucmNames + cucmFirst + cucmAsk + cucmNames + cucmSecond + cucmOther + cucmThird, quality},
	} {
		rows, s := replayed(t, filepath.Join(t.TempDir(), "out"), append([]string{"--lateness", "2m"}, files(t, parts...)...)...)
		tells(t, name, rows, want)
		if want := (engine.Ledger{Read: 6, Accepted: 5, Filtered: 1}); s.Ledger != want {
			t.Errorf("%s: %+v", name, s.Ledger)
		}
	}
}

// An answer whose end was not read, for there was a limit, is told so.
func TestInspectJoinsLimit(t *testing.T) {
	var stdout, stderr strings.Builder
	if code := run([]string{"inspect", "-q", "--limit", "1", "../../testdata/formats/kamailio.acc"}, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
		t.Fatal(stderr.String())
	}
	if !strings.Contains(stdout.String(), noEndYet) || strings.Contains(stdout.String(), noEnd) {
		t.Errorf("shown: %s", stdout.String())
	}
}

// inspect shows the calls, and what makes none with the reason.
func TestInspectJoins(t *testing.T) {
	shown := func(content string) []string {
		var stdout, stderr strings.Builder
		if code := run([]string{"inspect", "-q", files(t, content)[0]}, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
			t.Fatal(stderr.String())
		}
		return strings.Split(strings.TrimSpace(stdout.String()), "\n")
	}
	for i, want := range map[int][]string{
		0: {`"called_number":"1003"`, `"disposition":"busy"`}, 1: {noAnswer, "before@pbx"},
		2: {`"calling_number":"1003"`, `"duration_seconds":20`}, 3: {isCopy, "INVITE|bb|aa|call1"},
		4: {`"calling_number":"1001"`, `"duration_seconds":62`, `"event_time":"2023-11-14T22:14:22.000Z"`}, 5: {isCopy, "481"},
		6: {isCopy, "INVITE|ee||"}, 7: {noEnd, "call5@pbx", `"line":6`},
	} {
		lines := shown(acc1 + acc2 + "INVITE|ee||call3@pbx|486|Busy here|1700000120|*prepaid|1002|1003||\n")
		for _, w := range want {
			if len(lines) != 8 || !strings.Contains(lines[i], w) {
				t.Fatalf("%d lines, line %d is %s, want %s", len(lines), i, lines[i], w)
			}
		}
	}
	for i, line := range shown(cucmNames + cucmFirst + cucmAsk + cucmSecond + cucmOther + cucmThird) {
		want := []string{`"partial_sequence":1`, `"partial_sequence":1`, `"partial_sequence":2`, `"cause":16}`, `"partial_sequence":3`}[i]
		if !strings.Contains(line, want) {
			t.Errorf("line %d is %s, want %s", i, line, want)
		}
	}
}
