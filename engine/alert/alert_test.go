package alert

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// printf 'rule\0v1\000491701234567\0001772406000000' | sha256sum
const wantID = "0403ce72fd18be2cd69f5c9db193228e"

func TestID(t *testing.T) {
	id := NewID("rule", "v1", "491701234567", 1772406000000)
	if got := id.String(); got != wantID {
		t.Errorf("%s", got)
	}
	if got := CaseOf("491701234567", id); got != "491701234567/"+wantID {
		t.Errorf("%s", got)
	}
	// Nothing is glued together, and a storm's subscriber is empty.
	seen := map[ID]bool{}
	for _, id := range []ID{
		id, NewID("rulev", "1", "491701234567", 1772406000000), NewID("rule", "v1", "49170123456", 71772406000000),
		NewID("rule", "v1", "", 1772406000000), NewID("rule", "v1", "491701234567", -1772406000000), NewID("rule", "v2", "491701234567", 1772406000000),
	} {
		if seen[id] {
			t.Errorf("%s comes twice", id)
		}
		seen[id] = true
	}
}

func TestNames(t *testing.T) {
	for s := Pending; s <= Suppressed; s++ {
		if got, err := ParseState(s.String()); got != s || err != nil {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	for s := Warning; s <= Critical; s++ {
		if got, err := ParseSeverity(s.String()); got != s || err != nil {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	if _, err := ParseSeverity("Critical"); err == nil || err.Error() != `"Critical" is no severity: it is one of warning, critical` {
		t.Error(err)
	}
	if got := State(9).String() + Severity(9).String(); got != "unknown(9)unknown(9)" {
		t.Error(got)
	}
}

func TestCompare(t *testing.T) {
	want := []*Alert{{EventTime: 1, Rule: "b", Subscriber: "9"}, {EventTime: 2, Rule: "a"}, {EventTime: 2, Rule: "a", Subscriber: "10"}, {EventTime: 2, Rule: "a", Subscriber: "9"}, {EventTime: 2, Rule: "b", Subscriber: "1"}}
	got := []*Alert{want[3], want[1], want[4], want[0], want[2]}
	slices.SortFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func sample() *Alert {
	return &Alert{
		ID: ID{0xab, 15: 0x01}, Case: "491701/x", Rule: "fanout", Type: "robocall", Severity: Critical, State: Firing,
		Subscriber: "491701", Home: true, EventTime: 1772406000000, DetectedAt: 1772406000123, WindowEnd: 1772406000000,
		Evidence: []Evidence{{"calls_out_24h", Int, 1 << 53}, {"out_ratio_24h", Float, 0.25}, {"approx", Bool, 1}, {"care_calls_7d", Null, 0}, {"b", Bool, 0}, {"n", Float, math.NaN()}},
		AtRisk:   12.5, AtRiskUnit: "EUR", RecordIDs: []string{"r1", "r\"2"}, Ruleset: "f00", Version: "ba7",
		Labels: []Label{{"a", "1"}, {"team", "fraud <&>"}}, Summary: "ü\n\xff",
	}
}

// The bytes are what files hold: a change here is one for users.
func TestJSON(t *testing.T) {
	const common = `{"alert_id":"ab000000000000000000000000000001","case":"491701/x","rule":"fanout","type":`
	const times = `"event_time":"2026-03-01T23:00:00.000Z","detected_at":"2026-03-01T23:00:00.123Z","window_end":"2026-03-01T23:00:00.000Z",` +
		`"evidence":{"calls_out_24h":9007199254740992,"out_ratio_24h":0.25,"approx":true,"care_calls_7d":null,"b":false,"n":null},`
	const rest = `"record_ids":["r1","r\"2"],"ruleset":"f00","rule_version":"ba7","labels":{"a":"1","team":"fraud <&>"},"summary":"ü\n` + `\ufffd"`
	a := sample()
	want := common + `"robocall","severity":"critical","state":"firing","subscriber":"491701","home":true,` + times + `"at_risk":12.5,"at_risk_unit":"EUR",` + rest + `}`
	if got := string(AppendJSON([]byte("x"), a)); got != "x"+want {
		t.Errorf("%s, not\n%s", got[1:], want)
	}
	a.Type, a.Subscriber, a.Home, a.AtRiskUnit, a.Severity = StormType, "", false, "", Warning
	a.Count, a.Examples = 1234, []string{"1", "2"}
	want = common + `"storm","severity":"warning","state":"firing","subscriber":null,"home":false,` + times + `"at_risk":null,"at_risk_unit":null,` + rest + `,"count":1234,"examples":["1","2"]}`
	if got := string(AppendJSON(nil, a)); got != want {
		t.Errorf("%s, not\n%s", got, want)
	}
	if got := string(AppendJSON(nil, &Alert{})); !strings.Contains(got, `"evidence":{}`) || !strings.Contains(got, `"record_ids":[],`) || !strings.Contains(got, `"labels":{},`) {
		t.Errorf("an empty one: %s", got)
	}
}

// Any text and number comes back through a JSON reader.
func TestJSONReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := sample()
		text := rapid.String()
		a.Case, a.Rule, a.Type, a.Subscriber, a.Summary = text.Draw(t, "case"), text.Draw(t, "rule"), text.Draw(t, "type"), text.Draw(t, "subscriber"), text.Draw(t, "summary")
		a.RecordIDs = rapid.SliceOf(text).Draw(t, "ids")
		a.Labels = []Label{{text.Draw(t, "label"), text.Draw(t, "value")}}
		v := rapid.Float64().Draw(t, "number")
		a.Evidence = []Evidence{{text.Draw(t, "feature"), Float, v}}
		line := AppendJSON(nil, a)
		if strings.ContainsAny(string(line), "\n\r") {
			t.Fatalf("a line break in %q", line)
		}
		var got struct {
			Case, Rule, Type, Summary string
			Subscriber                *string
			RecordIDs                 []string `json:"record_ids"`
			Labels                    map[string]string
			Evidence                  map[string]float64
			Time                      string `json:"event_time"`
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if got.Subscriber != nil != (a.Subscriber != "") || a.Subscriber != "" && *got.Subscriber != a.Subscriber {
			t.Fatalf("%q: subscriber", line)
		}
		if got.Case != a.Case || got.Rule != a.Rule || got.Type != a.Type || got.Summary != a.Summary || !slices.Equal(got.RecordIDs, a.RecordIDs) ||
			!reflect.DeepEqual(got.Labels, map[string]string{a.Labels[0].Name: a.Labels[0].Value}) || !reflect.DeepEqual(got.Evidence, map[string]float64{a.Evidence[0].Name: v}) {
			t.Fatalf("%q: %+v", line, got)
		}
	})
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 42: "42", -7: "-7", 1 << 60: "1152921504606846976", 0.1: "0.1", -1 << 62: "-4611686018427387904", 1e20: "100000000000000000000", 1e21: "1e+21", 1e-7: "1e-07",
		math.Inf(1): "null", math.MaxFloat64: "1.7976931348623157e+308",
	} {
		if got := string(appendNumber(nil, true, v)); got != want {
			t.Errorf("%v is %s", v, got)
		}
	}
}

func TestTime(t *testing.T) {
	for at, want := range map[cdr.Millis]string{0: "1970-01-01T00:00:00.000Z", -1: "1969-12-31T23:59:59.999Z", 1772406000007: "2026-03-01T23:00:00.007Z"} {
		if got := string(appendTime(nil, "k", at)); got != `,"k":"`+want+`"` {
			t.Errorf("%d is %s", at, got)
		}
	}
}
