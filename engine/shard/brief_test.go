package shard

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Rows are the same whatever rules count of hours besides.
func TestBriefMeasuresChangeNoRow(t *testing.T) {
	w := world{
		windows:  []string{"24h/1h", "1d", "3d", "7d"},
		features: []string{"calls_7d", "calls_out_7d", "call_duration_max_3d", "call_duration_max_7d", "call_duration_std_7d", "talk_seconds_7d", "sms_in_3d", "contacts_7d"},
	}
	runs := mixed(uint64(time.Now().UnixNano()), 6_000, days1, 12*days1)
	var rows [2]map[string]string
	for i, file := range []string{"", ruleFile("activity: messages_24h >= 10 and charge_24h >= 3", "activity: data_sessions_24h >= 5 and answered_calls_24h >= 2")} {
		w.rules = strings.ReplaceAll(file, "messages_24h", "sms_out_24h")
		c := w.compiled(t)
		got, emit := rowsOf(c)
		s := c.shard(t, 0, 1, emit)
		if brief := s.days.lasting.Words < s.days.words; brief != (i == 1) {
			t.Fatalf("with rules %v, brief measures %v", i == 1, brief)
		}
		feed(t, s, runs)
		rows[i] = got
	}
	if len(rows[0]) < 100 || !maps.Equal(rows[0], rows[1]) {
		t.Errorf("%d and %d rows differ", len(rows[0]), len(rows[1]))
	}
}

// What is counted of hours and of the open day alone bounds nothing over several days.
func TestBriefMeasuresBoundNoWeek(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	n := watch{t: t}
	for i := range 6 {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		w := world{
			windows: []string{"24h/1h", "1d", "7d"}, features: []string{"calls_1d", "sms_in_7d"},
			rules: ruleFile(
				"activity: calls_out_24h >= 1 and contacts_out_7d >= "+fmt.Sprint(8+4*i), "boundary: calls_24h >= 1 and contacts_7d >= "+fmt.Sprint(8+4*i),
				"activity: talk_seconds_out_24h >= "+fmt.Sprint(100+400*i), "boundary: charge_24h >= "+fmt.Sprint(1+i),
			),
		}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		if s.days.lasting.Words == s.days.words {
			t.Fatal("no measure is brief")
		}
		n.what = fmt.Sprintf("seed %d, case %d", seed, i)
		runs := trickle(r, 100*days1, 12*days1)
		n.follow(s, runs[:len(runs)/2])
		blocks := saveAll(t, s, true) // who goes on knows nothing of the day before
		n.follow(loaded(t, w, 1, s.Clock(), uint64(s.epoch)-1, nowhere, blocks)[0], runs[len(runs)/2:])
		if t.Failed() {
			return
		}
	}
	if n.calm < 100 || n.held < 100 || n.boundary < 100 {
		t.Errorf("seed %d: %+v", seed, n)
	}
}

// A job is the same as if no measure were brief: rows, and alerts.
func TestBriefMeasuresChangeNoJob(t *testing.T) {
	zone, start := morning(t, "Europe/Paris", "2024-03-25")
	seed := uint64(time.Now().UnixNano())
	w := world{
		windows: []string{"1h/5m", "24h/1h", "1d", "3d", "7d"}, features: []string{"core", "interval_std_seconds_1d", "call_duration_max_3d", "call_duration_std_7d"}, zone: zone,
		emit: "6h", retain: 9, rules: busyRules,
	}.compiled(t)
	runs := mixed(seed, 12_000, start, 12*days1)
	var rows [2]map[string]string
	var alerts [2][]alert.ID
	for i, w := range []*world{w, w.earlier(t)} {
		w.alert = func(a []alert.Alert) {
			for k := range a {
				alerts[i] = append(alerts[i], a[k].ID)
			}
		}
		got, emit := rowsOf(w)
		feed(t, w.shard(t, 0, 1, emit), runs)
		rows[i] = got
	}
	if len(rows[0]) < 100 || !maps.Equal(rows[0], rows[1]) {
		t.Errorf("seed %d: %d and %d rows differ", seed, len(rows[0]), len(rows[1]))
	}
	if len(alerts[0]) < 100 || !slices.Equal(alerts[0], alerts[1]) {
		t.Errorf("seed %d: %d and %d alerts differ", seed, len(alerts[0]), len(alerts[1]))
	}
}

// What gates look at of hours is kept in the shortest window of days, in whatever order these
// are named.
func TestBriefInAnyOrder(t *testing.T) {
	var words []int
	for _, windows := range [][]string{{"24h/1h", "1d", "7d", "30d"}, {"30d", "7d", "1d", "24h/1h"}, {"7d", "24h/1h", "30d", "1d"}} {
		w := world{windows: windows, features: []string{"calls_7d"}, rules: ruleFile("activity: charge_24h >= 3 and calls_7d >= 1")}.compiled(t)
		words = append(words, w.shard(t, 0, 1, nowhere).days.lasting.Words)
	}
	if words[1] != words[0] || words[2] != words[0] {
		t.Errorf("%v words last", words)
	}
}

// Whoever was silent on the day before a restart is known to have had nothing on it, and is left
// alone as before.
func TestSilentAfterRestart(t *testing.T) {
	w := world{
		windows: []string{"24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d", "sms_in_30d"},
		rules: ruleFile("activity: calls_out_24h >= 200", "boundary: calls_24h >= 1000"),
	}.compiled(t)
	s, start := w.shard(t, 0, 1, nowhere), cdr.Millis(100*days1)
	for day := range cdr.Millis(9) {
		if day == 0 {
			feed(t, s, talk(start, hours, number(1), number(2)))
		}
		if feed(t, s, talk(start, day*days1+2*hours, number(3), number(4))); day == 5 {
			blocks := saveAll(t, s, true)
			s = loaded(t, w, 1, s.Clock(), uint64(s.epoch)-1, nowhere, blocks)[0]
		}
	}
	slot, _ := s.table.find(number(1))
	if who := s.people.at(slot); !s.quiet(who) {
		t.Errorf("%+v is not left alone", who)
	}
}
