package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// ruleFile writes rules as the file that a user would.
func ruleFile(rules []oracle.Rule) []byte {
	var b, lists strings.Builder
	b.WriteString("groups:\n- name: test\n  rules:\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "  - id: %s\n    type: %s\n    on: %s\n", r.ID, or1(r.Type, "test"), r.On)
		for _, x := range []struct{ key, text string }{
			{"expr", r.Expr}, {"min_support", r.MinSupport}, {"warn", r.Warn},
			{"for", r.For}, {"resolve_after", r.ResolveAfter}, {"cooldown", r.Cooldown}, {"severity", r.Severity},
		} {
			if x.text != "" {
				fmt.Fprintf(&b, "    %s: %q\n", x.key, x.text)
			}
		}
		if r.StormLeast > 0 {
			fmt.Fprintf(&b, "    storm: {share: %v%%, least: %d}\n", r.StormShare*100, r.StormLeast)
		}
		if len(r.Labels) > 0 {
			b.WriteString("    labels:\n")
			for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
				fmt.Fprintf(&b, "      %s: %q\n", name, r.Labels[name])
			}
		}
		if len(r.Except) > 0 {
			fmt.Fprintf(&b, "    except: [of_%s]\n", r.ID)
			fmt.Fprintf(&lists, "  of_%s: [%s]\n", r.ID, strings.Join(quoted(r.Except), ", "))
		}
	}
	if lists.Len() > 0 {
		b.WriteString("lists:\n" + lists.String())
	}
	return []byte(b.String())
}

func quoted(list []string) (out []string) {
	for _, s := range list {
		out = append(out, strconv.Quote(s))
	}
	return out
}

func or1(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// shapes are expressions that traffic of a few people makes true now and then. $w
// and $v are windows, $d is a window of days, #n a number from 1 to n. Constants
// that ratios and means are compared with are odd on purpose: none is hit exactly,
// where rounding would decide.
var shapes = []string{
	"calls_out_$w >= #6",
	"calls_$w >= #8 and calls_out_$w >= 1",
	"contacts_out_$w >= #3 and calls_per_contact_$w <= 2.713",
	"calls_out_$w >= #3 * max(calls_in_$w, 1)",
	"premium_seconds_$w >= 917.5 or (calls_out_premium_$w >= #3 and premium_seconds_$w >= 61.5)",
	"charge_$w >= 11.3701 and charge_$w > charge_$v / 3.1417",
	"calls_out_international_$w >= #4 and international_ratio_$w > 0.4137",
	"countries_called_$w >= #3 and area_codes_called_$w >= 1",
	"no_answer_ratio_out_$w >= 0.3713",
	"contacts_out_$d / max(voice_days_$d, 1) >= 2.13",
	"observed_days >= #4 and voice_days_$d <= #3",
	"imeis_$w >= 2 or imsis_$w >= 2",
	"cells_$w >= 1 and cells_$w <= 3 and sms_out_$w == 0 and data_sessions_$w == 0",
	"ring_seconds_mean_$w <= 11.313",
	"answered_calls_out_$w >= #4 and talk_seconds_out_$w < 60.0007 * answered_calls_out_$w and under_minute_ratio_$w >= 0.6131",
	"short_call_ratio_$w > 0.1537",
	"sms_contacts_out_$w >= #2 and sms_out_$w >= 2 * max(sms_in_$w, 1)",
	"tenure_days <= #5 and observed_days - tenure_days >= 1",
	"days_since_imsi_change <= #4 and (calls_out_$w >= 1 or charge_$w > 3)",
	"forwarded_calls_$w >= 1",
	"forwarded_international_calls_$w >= 1 or high_value_calls_$w >= #3",
	"roaming_seconds_$w >= 723.4 or roaming_bytes_$w >= 5000000",
	"overlapping_calls_$w >= 1 and imeis_$w >= 1",
	"talk_seconds_out_$w > 5.003 * (talk_seconds_out_$v - talk_seconds_in_$w) / 23",
	"home and days_since_activity >= #2",
	"days_since_activity >= #3",
	"home and days_since_outgoing >= #2 and calls_in_$d > 0",
	"contacts_$w <= 0.317 * contacts_$v",
	"dropped_calls_$w >= 1 and dropped_calls_$w >= 0.0513 * answered_calls_$w",
	"not (calls_in_$w > #2) and calls_out_$w > 0",
	"calls_$w % 3 == 1 or contacts_mutual_$w == 1",
	"interval_mean_seconds_$w < 901.37",
	"interval_std_seconds_$w > 3001.7 and calls_evening_$w > 0",
	"call_duration_std_$w > 303.17",
	"call_duration_max_$w >= 3600.5 and answer_ratio_$w < 0.8181",
	"data_bytes_$w > 50000000",
	"not home and calls_$w > 0",
	"home == (calls_out_$w > #2)",
	"sms_out_$w / calls_$w > 0.3719 or calls_out_service_$w >= #2",
	"min(calls_out_$w, calls_in_$w) >= #2",
	"calls_$w - calls_$v == 0 and calls_$w != 0",
	"weekday_ratio_$w < 0.5173 or nocturnal_ratio_$w > 0.7177",
	"roaming_calls_$w * 2 > calls_$w",
	"active_days_$d >= #3 and data_days_$d < 2",
	"calls_trend <= 0.7771",
	"charge_trend > 1.3331 or calls_out_trend > 2.1117",
	"different_area_ratio_$w > 0.5177 and billed_minutes_$w > #30",
}

// ruleMaker draws rules.
type ruleMaker struct {
	*rand.Rand
	windows []string // names of them
}

func newRuleMaker(seed uint64, windows []string) ruleMaker {
	m := ruleMaker{Rand: rand.New(rand.NewPCG(seed, 0xa1e7))}
	for _, w := range or(windows, []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}) {
		name, _, _ := strings.Cut(w, "/")
		m.windows = append(m.windows, name)
	}
	return m
}

func (m ruleMaker) pick(list ...string) string { return list[m.IntN(len(list))] }

// rules draws n rules whose ids are in no order.
func (m ruleMaker) rules(n int) (all []oracle.Rule) {
	for i := range n {
		r := oracle.Rule{
			ID: fmt.Sprintf("%c%d", 'a'+m.IntN(26), i), Type: m.pick("irsf", "churn", "simbox"), On: m.pick("activity", "activity", "boundary"),
			For: m.pick("", "", "", "0s", "1s", "5m", "2h", "1d"), ResolveAfter: m.pick("", "1s", "5m", "1h", "6h", "1d", "3d"),
			Cooldown: m.pick("", "", "0s", "0s", "1s", "10m", "6h", "2d"), Severity: m.pick("", "warning", "critical", "critical"),
		}
		shape := m.shape()
		r.Expr = m.fill(shape)
		if strings.Contains(r.Expr, "trend") && r.ResolveAfter == "" {
			r.ResolveAfter = "2d" // what the default is for a trend is nobody's business
		}
		if m.IntN(3) == 0 {
			r.Warn = m.fill(m.pick(shape, m.shape()))
			if strings.Contains(r.Warn, "trend") {
				r.Warn = "calls_" + m.windows[0] + " >= 1"
			}
		}
		if m.IntN(4) == 0 {
			r.MinSupport = m.fill(m.pick("calls_$w >= #3", "contacts_$w > 1", "observed_days >= #3", "home", "charge_$w > 0"))
		}
		if m.IntN(4) == 0 {
			r.Except = []string{m.pick("1212*", "+4420*", "imsi:310*", "alice7"), m.pick("+1415*", "49*", "p_*", "bob*", "1305*")}
		}
		if m.IntN(3) == 0 {
			r.Labels = map[string]string{"team": "fraud", "queue": m.pick("1", "2")}
		}
		if r.On == "boundary" && m.IntN(2) == 0 {
			r.StormShare, r.StormLeast = []float64{0.05, 0.2, 0.4}[m.IntN(3)], 1+m.IntN(3)
		}
		all = append(all, r)
	}
	return all
}

// shape draws a shape that the windows have.
func (m ruleMaker) shape() string {
	for {
		s := shapes[m.IntN(len(shapes))]
		trends := slices.Contains(m.windows, "7d") && slices.Contains(m.windows, "30d")
		if (trends || !strings.Contains(s, "trend")) && (m.days() != nil || !strings.Contains(s, "$d")) {
			return s
		}
	}
}

func (m ruleMaker) days() (names []string) {
	for _, w := range m.windows {
		if strings.HasSuffix(w, "d") {
			names = append(names, w)
		}
	}
	return names
}

// fill puts windows and numbers into a shape; $w is the same window everywhere.
func (m ruleMaker) fill(shape string) string {
	w, v := m.windows[m.IntN(len(m.windows))], m.windows[m.IntN(len(m.windows))]
	shape = strings.NewReplacer("$w", w, "$v", v).Replace(shape)
	if days := m.days(); days != nil {
		shape = strings.ReplaceAll(shape, "$d", days[m.IntN(len(days))])
	}
	for {
		before, after, found := strings.Cut(shape, "#")
		if !found {
			return shape
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		most, _ := strconv.Atoi(after[:digits])
		shape = before + strconv.Itoa(1+m.IntN(most)) + after[digits:]
	}
}

// without is the rules that do not name something.
func without(all []oracle.Rule, name string) []oracle.Rule {
	return slices.DeleteFunc(all, func(r oracle.Rule) bool {
		return strings.Contains(r.Expr+r.Warn+r.MinSupport, name)
	})
}
