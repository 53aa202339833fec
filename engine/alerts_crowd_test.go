package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Traffic that fills what the shards work by: more subscribers in a queue than a
// tile has rows, more legs of one than a batch takes, more peers than a small block
// of items holds, more rules than a word has bits.

// TestAlertsCrowd: very many subscribers of few calls.
func TestAlertsCrowd(t *testing.T) {
	const seed, people = 3, 18_000
	r := rand.New(rand.NewPCG(seed, 20))
	var calls []call
	for i := range people {
		at := r.Int64N(20 * 3600)
		for range 1 + r.IntN(2) + r.IntN(20)/19 {
			calls = append(calls, call{noon.UnixMilli() + at*1000 + r.Int64N(3)*500, fmt.Sprintf("4915%08d", i), fmt.Sprintf("4930%06d", r.IntN(5))})
		}
	}
	c := oracle.Default()
	c.Windows, c.EmitEvery = []string{"1h/5m", "1d"}, "6h"
	c.Rules = []oracle.Rule{
		{ID: "a", Type: "test", On: "activity", Expr: "calls_out_1h >= 2", Warn: "contacts_out_1d >= 1", MinSupport: "calls_out_1d >= 2", Severity: "critical", Except: []string{"49150000012*"}},
		{ID: "b", Type: "test", On: "activity", Expr: "calls_out_1d >= 2 and contacts_out_1d == 1", For: "1s", ResolveAfter: "1h"},
		{ID: "c", Type: "test", On: "boundary", Expr: "calls_out_1h >= 2", StormShare: 0.001, StormLeast: 50},
		{ID: "d", Type: "test", On: "boundary", Expr: "contacts_out_1d >= 3", ResolveAfter: "6h"},
	}
	j := job{Config: c, files: []oracle.File{written(calls)}, features: []string{"calls_1d"}, block: 1 << 18}
	want := j.wanted(t)
	t.Logf("seed %d: %v", seed, kinds(want))
	for _, workers := range []int{1, 3} {
		j.workers = workers
		j.compareWith(t, want)
	}
}

// TestAlertsHeavy: one who never stops among many rules.
func TestAlertsHeavy(t *testing.T) {
	const seed = 4
	r := rand.New(rand.NewPCG(seed, 21))
	var calls []call
	at := noon.UnixMilli()
	for i := range 500 {
		at += []int64{0, 1, 999, 1000, 1001, r.Int64N(40_000)}[r.IntN(6)]
		n := 1
		if i == 490 { // all at once
			n = window.MaxLegs + 100
		}
		for range n {
			calls = append(calls, call{at, "491511111111", fmt.Sprintf("4930%06d", r.IntN(400))})
		}
		if r.IntN(4) == 0 {
			calls = append(calls, call{at, fmt.Sprintf("49152222222%d", r.IntN(10)), "4930123456"})
		}
	}
	c := oracle.Default()
	c.Windows, c.EmitEvery = []string{"30m/10m", "24h/1h", "1d"}, "1h"
	c.Rules = newRuleMaker(seed, c.Windows).rules(40)
	for i := range 60 {
		c.Rules = append(c.Rules, oracle.Rule{
			ID: fmt.Sprint("peers", i), Type: "test", On: []string{"activity", "boundary"}[i%2], Severity: "critical",
			Expr: fmt.Sprintf("contacts_out_24h >= %d", 7*i), Warn: fmt.Sprintf("calls_out_30m >= %d", 9*i), ResolveAfter: "2h", Cooldown: "3h",
		})
	}
	j := job{Config: c, files: []oracle.File{written(calls)}, features: []string{"calls_1d"}, workers: 2}
	t.Logf("seed %d: %v", seed, j.compareAlerts(t))
	j.MaxContacts = 150
	t.Logf("seed %d: %v", seed, j.compareAlerts(t))
}

// call is an unanswered originating call, released at once.
type call struct {
	at       int64
	from, to string
}

func written(calls []call) oracle.File {
	slices.SortStableFunc(calls, func(a, b call) int { return int(a.at - b.at) })
	var b strings.Builder
	b.WriteString("record_id,start_time,calling_number,called_number,direction\n")
	for i, c := range calls {
		fmt.Fprintf(&b, "%d,%s,+%s,+%s,originating\n", i, time.UnixMilli(c.at).UTC().Format("2006-01-02T15:04:05.000Z07:00"), c.from, c.to)
	}
	return oracle.File{Name: "calls", Data: []byte(b.String())}
}
