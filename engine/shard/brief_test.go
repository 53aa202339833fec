package shard

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
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
