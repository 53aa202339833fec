package oracle

import (
	"fmt"
	"strings"
	"testing"
)

// told is one line for each alert: what an analyst would say of it.
func told(alerts []*Alert) string {
	var b strings.Builder
	for _, a := range alerts {
		fmt.Fprintf(&b, "%s %s %s %s %s", a.At.Format("02T15:04:05"), a.Rule, a.Subscriber, a.Severity, a.State)
		if a.Case != a.Name() {
			fmt.Fprintf(&b, " of %s", a.Case[strings.Index(a.Case, "/")+1:])
		}
		for _, x := range a.Evidence {
			fmt.Fprintf(&b, " %s=%v", x.Name, x.Value)
		}
		if a.AtRisk > 0 {
			fmt.Fprintf(&b, " %g %s at risk", a.AtRisk, a.AtRiskUnit)
		}
		for _, r := range a.Records {
			fmt.Fprintf(&b, " #%s", r.ID)
		}
		if a.Type == "storm" {
			fmt.Fprintf(&b, " storm of %d, %v", a.Count, a.Examples)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// alarm is some records, rules, and the alerts worked out by hand.
type alarm struct {
	name   string
	config func(*Config)
	rules  []Rule
	csv    string
	want   string
}

// callsOf makes originating calls of nobody in particular, one a line: time, who,
// and record id.
func callsOf(lines string) string {
	csv := "start_time,calling_number,record_id,called_number,direction,duration_seconds,charge\n"
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		f := strings.Fields(line)
		csv += fmt.Sprintf("2024-03-%s,%s,%s,+14155550123,originating,0,\n", strings.Replace(f[0], "T", " ", 1), f[1], f[2])
	}
	return csv
}

var alarms = []alarm{
	{
		name:  "once a second, at its end, with all of its records and none of the next second's",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 2"}},
		csv: callsOf(`
20T10:00:00.000 a x1
20T10:00:00.999 a x2
20T10:00:01.000 a x3
20T10:00:07.500 b x4
20T10:00:07.500 b x5`),
		want: `20T10:00:01 r a warning firing calls_1h=2 #x1 #x2
20T10:00:08 r b warning firing calls_1h=2 #x4 #x5`,
	},
	{
		name:  "it stays firing until it has not held for resolve_after, seen by the next call",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 2", ResolveAfter: "2h", Cooldown: "0s"}},
		csv: callsOf(`
20T10:00:00 a x1
20T10:00:00 a x2
20T10:30:00 a x3
20T12:30:00 a x4
20T12:30:01 a x5
20T14:30:00 a x6
20T14:30:02 a x7`),
		// it held last at 10:30:01. At 12:30:01 it does not hold, and has not for 2 h.
		// At 12:30:02 it holds: a new alert. At 14:30:01 it does not, for 1:59:59; then it does
		want: `20T10:00:01 r a warning firing calls_1h=2 #x1 #x2
20T12:30:01 r a warning resolved of r@2024-03-20T10:00:01.000 calls_1h=1 #x4
20T12:30:02 r a warning firing calls_1h=2 #x5
21T00:00:00 r a warning resolved of r@2024-03-20T12:30:02.000 calls_1h=0`,
	},
	{
		name:  "silence resolves at a boundary; by default after the longest window named, of a day at least",
		rules: []Rule{{ID: "r1", On: "activity", Expr: "calls_1h >= 1"}, {ID: "r3", On: "activity", Expr: "calls_1h >= 1", MinSupport: "calls_3d >= 0"}},
		config: func(c *Config) {
			c.Windows = []string{"1h/5m", "3d"}
		},
		csv: callsOf(`
20T10:00:00 a x1
25T10:00:00 b x2`),
		want: `20T10:00:01 r1 a warning firing calls_1h=1 #x1
20T10:00:01 r3 a warning firing of r1@2024-03-20T10:00:01.000 calls_1h=1 calls_3d=1 #x1
22T00:00:00 r1 a warning resolved of r1@2024-03-20T10:00:01.000 calls_1h=0
24T00:00:00 r3 a warning resolved of r1@2024-03-20T10:00:01.000 calls_1h=0 calls_3d=0
25T10:00:01 r1 b warning firing calls_1h=1 #x2
25T10:00:01 r3 b warning firing of r1@2024-03-25T10:00:01.000 calls_1h=1 calls_3d=1 #x2`,
	},
	{
		name:  "for: it must hold that long, at every evaluation; boundaries are none for an activity rule that is not open",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 2", For: "10m", Severity: "critical"}},
		csv: callsOf(`
20T10:00:00 a x1
20T10:01:00 a x2
20T10:10:59 a x3
20T10:11:00 a x4
20T23:55:00 b y1
20T23:58:00 b y2
21T00:08:00 b y3
21T10:00:00 c z1
21T10:01:00 c z2
21T11:05:00 c z3
21T11:06:00 c z4
21T11:12:00 c z5
21T11:16:00 c z6`),
		// a: since 10:01:01. c: since 10:01:01, not at 11:05:01 (10:01 is out of the window), since 11:06:01
		want: `20T10:01:01 r a critical pending calls_1h=2 #x2
20T10:11:01 r a critical firing calls_1h=4 #x4
20T23:58:01 r b critical pending calls_1h=2 #y2
21T00:08:01 r b critical firing calls_1h=3 #y3
21T10:01:01 r c critical pending calls_1h=2 #z2
21T11:06:01 r c critical pending calls_1h=2 #z4
21T11:16:01 r c critical firing calls_1h=4 #z6
22T00:00:00 r a critical resolved of r@2024-03-20T10:11:01.000 calls_1h=0`,
	},
	{
		name:  "cooldown: the next firing waits, and comes when it is over if the rule holds then",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 2", ResolveAfter: "1h", Cooldown: "4h"}},
		csv: callsOf(`
20T10:00:00 a x1
20T10:00:00 a x2
20T12:00:00 a x3
20T12:01:00 a x4
20T13:59:00 a x5
20T13:59:59 a x6
20T14:00:00 a x7
20T14:00:01 a x8`),
		want: `20T10:00:01 r a warning firing calls_1h=2 #x1 #x2
20T12:00:01 r a warning resolved of r@2024-03-20T10:00:01.000 calls_1h=1 #x3
20T14:00:01 r a warning firing calls_1h=3 #x7
21T00:00:00 r a warning resolved of r@2024-03-20T14:00:01.000 calls_1h=0`,
	},
	{
		name: "null does not hold, nor does its opposite; warn may all the same",
		rules: []Rule{
			{ID: "a", On: "activity", Expr: "calls_1h / sms_out_1h > 0"},
			{ID: "b", On: "activity", Expr: "not (calls_1h / sms_out_1h > 0)"},
			{ID: "c", On: "activity", Expr: "calls_1h / sms_out_1h > 0", Warn: "calls_1h >= 1", Severity: "critical"},
			{ID: "d", On: "activity", Expr: "calls_1h >= 1", MinSupport: "calls_1h % sms_out_1h == 0"},
			{ID: "e", On: "activity", Expr: "calls_1h / sms_out_1h > 0 or calls_1h >= 1"},
		},
		csv: callsOf(`20T10:00:00 a x1`),
		want: `20T10:00:01 c a warning firing calls_1h=1 sms_out_1h=0 #x1
20T10:00:01 e a warning firing of c@2024-03-20T10:00:01.000 calls_1h=1 sms_out_1h=0 #x1`,
	},
	{
		name: "two levels: only a rise reports again; below min_support neither speaks",
		rules: []Rule{
			{ID: "r", On: "activity", Expr: "calls_1h >= 4", Warn: "calls_1h >= 2", MinSupport: "calls_24h >= 3", Severity: "critical"},
		},
		csv: callsOf(`
20T10:00:00 a x1
20T10:01:00 a x2
20T10:02:00 a x3
20T10:03:00 a x4
20T10:04:00 a x5
20T11:10:00 a x6
20T11:11:00 a x7`),
		want: `20T10:02:01 r a warning firing calls_1h=3 calls_24h=3 #x3
20T10:03:01 r a critical firing of r@2024-03-20T10:02:01.000 calls_1h=4 calls_24h=4 #x4`,
	},
	{
		name:  "for is asked of each level",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_1h % 2 == 0", Warn: "calls_1h >= 1", For: "10m", Severity: "critical"}},
		csv: callsOf(`
20T10:00:00 a x1
20T10:05:00 a x2
20T10:06:00 a x3
20T10:09:00 a x4
20T10:10:00 a x5
20T10:11:00 a x6
20T11:20:00 a x7
20T11:20:00 a x8
20T11:29:59 a x9
20T11:29:59 a x10
20T11:30:00 a x11
20T11:30:00 a x12`),
		// even at 10:05:01 and 10:09:01, odd again at 10:10:01 when any has held for 10 minutes; even from 11:20:01 on, for 10 minutes at 11:30:01;
		// nothing is known of the time between 10:11:01 (6 calls) and 11:20:01 (2), so it holds since 10:11:01
		want: `20T10:00:01 r a warning pending calls_1h=1 #x1
20T10:10:01 r a warning firing calls_1h=5 #x5
20T11:20:01 r a critical firing of r@2024-03-20T10:10:01.000 calls_1h=2 #x7 #x8`,
	},
	{
		name: "pending: not said within the cooldown; ended by a boundary when it was not seen to hold for resolve_after",
		rules: []Rule{
			{ID: "q", On: "activity", Expr: "calls_1h >= 1", For: "20h", ResolveAfter: "3h"},
			{ID: "r", On: "activity", Expr: "calls_1h >= 2", For: "5m", ResolveAfter: "10m", Cooldown: "2h", Except: []string{"b"}},
		},
		csv: callsOf(`
20T10:00:00 a x1
20T10:00:00 a x2
20T10:05:00 a x3
20T11:20:00 a x4
20T11:21:00 a x5
20T12:04:59 a x6
20T12:05:00 a x7
20T20:30:00 c z1
20T21:30:00 b y1
21T17:29:59 b y2
21T17:30:00 b y3
21T20:00:00 c z2`),
		// q of b ran on over midnight, when it had held 2:29:59 before; that of c did not
		want: `20T10:00:01 q a warning pending calls_1h=2 #x1 #x2
20T10:00:01 r a warning pending calls_1h=2 #x1 #x2
20T10:05:01 r a warning firing calls_1h=3 #x3
20T11:20:01 r a warning resolved of r@2024-03-20T10:05:01.000 calls_1h=1 #x4
20T12:05:01 r a warning firing calls_1h=4 #x7
20T20:30:01 q c warning pending calls_1h=1 #z1
20T21:30:01 q b warning pending calls_1h=1 #y1
21T00:00:00 r a warning resolved of r@2024-03-20T12:05:01.000 calls_1h=0
21T17:30:01 q b warning firing calls_1h=2 #y3
21T20:00:01 q c warning pending calls_1h=1 #z2
22T00:00:00 q b warning resolved of q@2024-03-21T17:30:01.000 calls_1h=0`,
	},
	{
		name: "a case goes on while anything is open",
		rules: []Rule{
			{ID: "p", On: "activity", Expr: "calls_1h >= 1", For: "1h"},
			{ID: "q", On: "activity", Expr: "calls_1h >= 2", ResolveAfter: "30h", Cooldown: "0s"},
			{ID: "r", On: "activity", Expr: "calls_1h >= 3", ResolveAfter: "12h", Cooldown: "0s"},
		},
		csv: callsOf(`
20T10:00:00 a x1
20T10:01:00 a x2
20T10:02:00 a x3
21T12:00:00 a x4
21T23:00:00 a x5
21T23:00:00 a x6
22T13:00:00 b x7`),
		want: `20T10:00:01 p a warning pending calls_1h=1 #x1
20T10:01:01 q a warning firing calls_1h=2 #x2
20T10:02:01 r a warning firing of q@2024-03-20T10:01:01.000 calls_1h=3 #x3
21T00:00:00 r a warning resolved of q@2024-03-20T10:01:01.000 calls_1h=0
21T12:00:01 p a warning firing of q@2024-03-20T10:01:01.000 calls_1h=1 #x4
22T13:00:01 p b warning pending calls_1h=1 #x7
23T00:00:00 p a warning resolved of q@2024-03-20T10:01:01.000 calls_1h=0`,
	},
	{
		name: "churn is an absence: a boundary sees who is silent, until it is forgotten",
		rules: []Rule{
			{ID: "churn", On: "boundary", Expr: "home and days_since_activity >= 3", Warn: "days_since_activity >= 2", Severity: "critical"},
			{ID: "wait", On: "boundary", Expr: "days_since_activity >= 1", For: "24h", ResolveAfter: "0s"},
		},
		config: func(c *Config) { c.Windows, c.RetainDays = []string{"1d"}, 5 },
		csv: callsOf(`
10T10:00:00 a x1
12T10:00:00 b x2
17T10:00:00 c x3`),
		// a was there last on the 10th: for one whole day at the end of the 11th. On the 15th at 10:00 it is forgotten
		want: `12T00:00:00 wait a warning pending days_since_activity=1
13T00:00:00 churn a warning firing home=true days_since_activity=2
13T00:00:00 wait a warning firing of churn@2024-03-13T00:00:00.000 days_since_activity=2
14T00:00:00 churn a critical firing of churn@2024-03-13T00:00:00.000 home=true days_since_activity=3
14T00:00:00 wait b warning pending days_since_activity=1
15T00:00:00 churn b warning firing home=true days_since_activity=2
15T00:00:00 wait b warning firing of churn@2024-03-15T00:00:00.000 days_since_activity=2
16T00:00:00 churn b critical firing of churn@2024-03-15T00:00:00.000 home=true days_since_activity=3`,
	},
	{
		name:   "a storm speaks for all and silences each; the next boundary decides anew",
		rules:  []Rule{{ID: "quiet", On: "boundary", Expr: "days_since_activity >= 1", StormLeast: 2, StormShare: 0.5, Severity: "critical"}},
		config: func(c *Config) { c.Windows = []string{"1d"} },
		csv: callsOf(`
20T10:00:00 a x1
20T10:00:00 b x2
20T10:00:00 c x3
22T10:00:00 c x4
22T10:00:00 d x5`),
		// 22nd: 3 of 3. 23rd: a, b are 2 of 4, which is not more than half
		want: `22T00:00:00 quiet  critical firing storm of 3, [a b c]
22T00:00:00 quiet a critical suppressed days_since_activity=1
22T00:00:00 quiet b critical suppressed days_since_activity=1
22T00:00:00 quiet c critical suppressed days_since_activity=1
23T00:00:00 quiet a critical firing days_since_activity=2
23T00:00:00 quiet b critical firing days_since_activity=2`,
	},
	{
		name:   "lists: numbers, prefixes, names",
		rules:  []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 1", Except: []string{"+12125550123", "1415555*", "alice", "imsi:31*"}}},
		config: func(c *Config) { c.Windows = []string{"1h/5m"} },
		csv: callsOf(`
20T10:00:00 +12125550123 x1
20T10:00:00 +12125550124 x2
20T10:00:00 +14155550124 x3
20T10:00:00 alice x4
20T10:00:00 alice2 x5`),
		want: `20T10:00:01 r 12125550124 warning firing calls_1h=1 #x2
20T10:00:01 r alice2 warning firing calls_1h=1 #x5`,
	},
	{
		name:   "one who returns after retain begins anew",
		rules:  []Rule{{ID: "r", On: "activity", Expr: "tenure_days >= 0"}},
		config: func(c *Config) { c.Windows, c.RetainDays = []string{"1h/5m"}, 1 },
		csv: callsOf(`
20T10:00:00 a x1
21T10:00:00 a x2
22T10:00:00.001 a x3`),
		want: `20T10:00:01 r a warning firing tenure_days=0 #x1
22T10:00:01 r a warning firing tenure_days=0 #x3`,
	},
	{
		name:  "what is at stake: the charge, or premium and international seconds",
		rules: []Rule{{ID: "r", On: "activity", Expr: "calls_out_24h >= 1"}},
		csv: `start_time,calling_number,record_id,called_number,direction,duration_seconds,charge
2024-03-20 10:00:00,+12125550123,x1,+493012345678,originating,60,
2024-03-20 10:00:00,+12125550124,x2,+493012345678,originating,60,2.5
2024-03-20 10:00:00,+12125550125,x3,+19005550123,originating,60,
2024-03-20 10:00:00,+12125550126,x4,+12125550126,both,60,
`,
		want: `20T10:01:01 r 12125550123 warning firing calls_out_24h=1 60 seconds at risk #x1
20T10:01:01 r 12125550124 warning firing calls_out_24h=1 2.5 currency at risk #x2
20T10:01:01 r 12125550125 warning firing calls_out_24h=1 60 seconds at risk #x3
20T10:01:01 r 12125550126 warning firing calls_out_24h=1 #x4`,
	},
	{
		name:   "rules see outsiders that have no rows, and not those that are dropped",
		rules:  []Rule{{ID: "r", On: "activity", Expr: "calls_in_1h >= 1"}, {ID: "s", On: "boundary", Expr: "not home"}},
		config: func(c *Config) { c.Outsiders = "rules" },
		csv:    "start_time,calling_number,record_id,called_number,duration_seconds\n2024-03-20 10:00:00,a,x1,b,0\n",
		want: `20T10:00:01 r b warning firing calls_in_1h=1 #x1
21T00:00:00 s b warning firing of r@2024-03-20T10:00:01.000 home=false`,
	},
	{
		name:   "dropped outsiders",
		rules:  []Rule{{ID: "r", On: "activity", Expr: "calls_1h >= 1"}, {ID: "s", On: "boundary", Expr: "not home"}},
		config: func(c *Config) { c.Outsiders = "drop" },
		csv:    "start_time,calling_number,record_id,called_number,duration_seconds\n2024-03-20 10:00:00,a,x1,b,0\n2024-03-20 11:00:00,b,x2,a,0\n",
		want: `20T10:00:01 r a warning firing calls_1h=1 #x1
20T11:00:01 r b warning firing calls_1h=1 #x2`,
	},
}

func TestAlarms(t *testing.T) {
	for _, x := range alarms {
		t.Run(x.name, func(t *testing.T) {
			c := Default()
			c.Rules = x.rules
			if x.config != nil {
				x.config(&c)
			}
			got := told(run(t, c, x.csv).Alerts)
			if strings.TrimSpace(got) != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
		})
	}
}
