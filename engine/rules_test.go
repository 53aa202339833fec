package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// lowRules hold often, in all the ways a rule can.
const lowRules = `
storm: {share: 10%, least: 2}
groups:
- name: activity
  rules:
  - {id: a_calls, type: robocall, on: activity, expr: calls_out_24h >= 2, severity: critical, resolve_after: 24h, cooldown: 30m}
  - {id: a_hour, on: activity, expr: calls_1h >= 2 and no_answer_ratio_out_1h >= 0.1, resolve_after: 1h, cooldown: 0s}
  - {id: a_contacts, on: activity, expr: contacts_out_24h >= 2 or cells_24h >= 2, warn: contacts_out_24h >= 1, severity: critical, resolve_after: 2h, cooldown: 1h}
  - {id: a_month, on: activity, expr: "contacts_out_30d / max(voice_days_30d, 1) >= 1.5", min_support: contacts_out_30d >= 2, resolve_after: 30d}
  - {id: a_ratio, on: activity, expr: out_ratio_30d >= 0.7 and calls_30d > 2, for: 10m, cooldown: 2h}
  - {id: a_charge, on: activity, expr: charge_24h > 0.5 * charge_30d and charge_24h >= 0.1}
  - {id: a_imei, on: activity, expr: imeis_30d >= 1}
  - {id: a_home, on: activity, expr: not home and observed_days >= 1}
  - {id: a_anybody, on: activity, expr: under_minute_ratio_24h > 0.9 or ring_seconds_mean_1h < 3, cooldown: 6h, resolve_after: 6h}
- name: boundary
  rules:
  - {id: b_silent, type: churn, on: boundary, expr: home and days_since_activity >= 1, resolve_after: 24h}
  - {id: b_decline, type: churn, on: boundary, expr: contacts_7d <= 0.5 * contacts_30d and contacts_30d >= 2}
  - {id: b_calls, on: boundary, expr: calls_7d == 0, storm: off, for: 24h}
  - {id: b_talk, on: boundary, expr: talk_seconds_out_24h > 60, severity: critical, except: [few]}
lists:
  few: ["1*"]
`

// While a job is new, what would be critical is a warning; what still holds then
// rises, and is the same case.
func TestColdStart(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("record_id,calling_number,called_number,start_time,duration_seconds\n")
	for hour := range 4 * 24 {
		at := time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC)
		fmt.Fprintf(&csv, "r%d,+33612345678,+336123456%02d,%s,10\n", hour, hour%50, at.Format(time.RFC3339))
	}
	j := job{Config: oracle.Default(), files: []oracle.File{{Name: "a.csv", Data: []byte(csv.String())}}, rules: `
cold_start: 2d
groups: [{name: g, rules: [
  {id: cold, on: activity, expr: calls_out_24h >= 3, severity: critical},
  {id: warm, on: activity, expr: calls_out_24h >= 3, severity: critical, cold_start: 0s},
]}]`}
	var got []string
	for _, a := range j.run(t).alerts {
		got = append(got, fmt.Sprintf("%s %s %s %s", time.UnixMilli(int64(a.EventTime)).UTC().Format("02 15:04:05"), a.Rule, a.State, a.Severity))
	}
	want := []string{
		"02 02:00:11 cold firing warning",
		"02 02:00:11 warm firing critical",
		"04 00:00:11 cold firing critical",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
