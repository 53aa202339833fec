package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// TestAlertsSilence: the built-in churn rules speak of a subscriber for whom nothing
// arrives any more, at the midnights after 30, 60 and 90 silent days, once each; and
// not of one who is no customer.
func TestAlertsSilence(t *testing.T) {
	var b strings.Builder
	b.WriteString(header)
	call := func(day int, from string) {
		at := noon.AddDate(0, 0, day)
		fmt.Fprintf(&b, "%s-%d,%s,+%s,+4930123456,60,originating\n", from, day, at.Format(time.RFC3339), from)
	}
	const silent, outsider, other = "491511111111", "441513333333", "491512222222"
	call(0, silent)
	call(0, outsider)
	for day := range 95 {
		call(day, other)
	}
	c := oracle.Default()
	c.HomeNumbers = []string{"49"}
	j := job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, features: []string{"calls_1d"}, workers: 3}
	cfg, _, out, err := j.listening(rules.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]time.Time{}
	for _, a := range out.alerts() {
		switch {
		case a.Subscriber == outsider && strings.HasPrefix(a.Rule, "churn"):
			t.Errorf("%s %s: it is no customer", nameOf(&a), a.State)
		case a.Subscriber == silent && a.State == alert.Firing && strings.HasPrefix(a.Rule, "churn_inactive"):
			if at, again := got[a.Rule]; again {
				t.Errorf("%s fires again, after %s", nameOf(&a), at)
			}
			got[a.Rule] = instantOf(&a)
		}
	}
	midnight := noon.Truncate(24 * time.Hour)
	for _, days := range []int{30, 60, 90} {
		rule := fmt.Sprintf("churn_inactive_%d", days)
		if want := midnight.AddDate(0, 0, days+1); !got[rule].Equal(want) {
			t.Errorf("%s fires at %s, want %s", rule, got[rule], want)
		}
	}
}
