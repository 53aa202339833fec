package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// TestAlertsCalm: rules that want much of something, each alone, so that nobody is
// near it for many legs at a time. What counts is the very leg that reaches it.
func TestAlertsCalm(t *testing.T) {
	exprs := []string{
		"calls_out_24h >= 20", "calls_out_1h >= 17", "calls_24h >= 33", "contacts_out_1d >= 25", "contacts_out_24h >= 19",
		"contacts_out_24h >= 16 and calls_1h >= 18", "talk_seconds_out_24h >= 1500", "talk_seconds_1d >= 2000 or charge_1d >= 6",
		"charge_24h >= 4 and calls_out_24h >= 17", "out_ratio_3d >= 0.6 and calls_3d >= 30", "out_ratio_3d <= 0.4 and calls_in_3d >= 20",
		"contacts_out_3d / max(voice_days_3d, 1) >= 12", "calls_per_contact_3d <= 1.15 and contacts_out_3d >= 20",
		"imeis_3d >= 3", "imeis_1d >= 2", "imeis_24h >= 2 and calls_out_24h >= 16", "days_since_imsi_change <= 1 and calls_out_24h >= 17",
		"calls_out_24h >= 2 * max(calls_in_24h, 1) and calls_out_24h >= 22", "calls_out_1d > 0.6 * calls_3d and calls_3d >= 24",
		"sms_contacts_out_24h >= 16", "out_ratio_1d >= 0.5 and calls_1d >= 16", "out_ratio_1d >= 0.62 and calls_1d >= 16", "out_ratio_1d >= 0.8 and calls_1d >= 16", "out_ratio_3d >= 0.45 and calls_3d >= 16",
		"calls_1d <= 3 and calls_3d >= 30", "contacts_1d - contacts_in_1d >= 18", "calls_out_3d >= 40 and imeis_3d >= 2",
	}
	fired := map[string]int{}
	for seed := range uint64(3) {
		file := busy(seed)
		for i, e := range exprs {
			c := oracle.Default()
			c.Windows, c.EmitEvery = []string{"1h/5m", "24h/1h", "1d", "3d"}, "1d"
			c.Rules = []oracle.Rule{{ID: "r", Type: "test", On: "activity", Severity: "critical", Expr: e, ResolveAfter: "2h", Cooldown: "1h"}}
			j := job{Config: c, files: []oracle.File{file}, features: []string{"calls_1d"}, workers: 1 + i%2}
			n := j.compareAlerts(t)
			if t.Failed() {
				t.Fatalf("seed %d: %s", seed, e)
			}
			fired[e] += n["firing"]
		}
	}
	for _, e := range exprs {
		if fired[e] == 0 {
			t.Errorf("%s never held", e)
		}
	}
}

// busy is four days of a dozen people who call, and write to, some or many others.
func busy(seed uint64) oracle.File {
	r := rand.New(rand.NewPCG(seed, 77))
	var b strings.Builder
	b.WriteString("record_id,service,direction,start_time,calling_number,called_number,duration_seconds,charge,imei,imsi\n")
	at := time.Date(2026, 3, 27, 3, 0, 0, 0, time.UTC)
	me := 0
	for i := range 1800 {
		at = at.Add([]time.Duration{0, 999 * time.Millisecond, time.Second, time.Duration(r.Int64N(int64(8 * time.Minute)))}[r.IntN(4)])
		if r.IntN(12) == 0 { // one after the other, and then another
			me = []int{11, r.IntN(12), r.IntN(12)}[r.IntN(3)] // the last one has very many
		}
		peer := r.IntN([]int{5, 30, 1000}[me%3])
		service, duration, charge := "voice", r.IntN(120), fmt.Sprintf("0.%02d", r.IntN(40))
		if r.IntN(200) == 0 {
			charge = "5"
		}
		if r.IntN(5) == 0 {
			service, duration = "sms", 0
		}
		from, to, direction := fmt.Sprintf("+4915111111%03d", me), fmt.Sprintf("+4930%06d", peer), "originating"
		if r.IntN(10) < me%4*2 {
			from, to, direction = to, from, "terminating"
		}
		device := 35_000_000_000_000 + me*10 + r.IntN(300)/299 + int(at.Unix()/50_000)%2*(me%2)
		fmt.Fprintf(&b, "%d,%s,%s,%s,%s,%s,%d,%s,%d,26201000000%04d\n", i, service, direction,
			at.Format("2006-01-02T15:04:05.000Z07:00"), from, to, duration, charge, device, me*10+int(at.Unix()/40_000)%3*(me%2))
	}
	return oracle.File{Name: "busy", Data: []byte(b.String())}
}
