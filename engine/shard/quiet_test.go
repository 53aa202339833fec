package shard

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// quietRules are boundary rules of which those who are new, or become customers, may be left
// alone by: each kind alone, so that no other one keeps everybody awake.
var quietRules = []string{
	"home and calls_30d >= #", "home and contacts_7d >= #", "not home and contacts_7d >= #", "calls_out_30d >= #",
	"home and tenure_days >= # and contacts_7d >= 1", "observed_days >= # and calls_30d >= #", "home and days_since_outgoing >= # and calls_in_30d > 0",
	"tenure_days <= # and contacts_7d >= 1", "home and tenure_days <= #",
	"calls_out_7d >= # and tenure_days >= #", "calls_in_30d >= # and observed_days >= 1#", "calls_30d >= # and not (tenure_days < #)",
}

// newcomers is traffic among ever more subscribers, of whom some are served by others when
// they are first seen.
func newcomers(r *rand.Rand, start, length cdr.Millis) (runs []*order.Run) {
	seen := 2
	for at := start; at < start+length; at += cdr.Millis(1 + r.Int64N(hours/2)) {
		seen += boolean(r.IntN(8) == 0)
		x := call(r, at, number(r.IntN(seen)), number(r.IntN(seen)))
		if r.IntN(3) == 0 {
			x.Flags = (cdr.Originating | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
		}
		x.Flags &^= []cdr.Flags{0, cdr.Originating, cdr.Terminating}[r.IntN(3)]
		b := &cdr.Batch{}
		b.Append(&x)
		runs = append(runs, runOf(b, start, at-at%1000))
	}
	return runs
}

// For whom it is quiet since it came no boundary rule holds, customer or not.
func TestNewcomersAreQuiet(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	n := watch{t: t}
	for i, shape := range append(quietRules, quietRules...) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		expr := numbered(r, shape)
		w := world{
			windows: []string{"1d", "7d", "30d"}, features: []string{"calls_1d"},
			rules: ruleFile("activity: calls_out_1d >= 200", "boundary: "+expr),
		}.compiled(t)
		n.what = fmt.Sprintf("seed %d, case %d", seed, i)
		s := w.shard(t, 0, 1, nowhere)
		for _, run := range newcomers(r, 100*days1, 12*days1) {
			feed(t, s, []*order.Run{run})
			if err := s.fold(); err != nil {
				t.Fatal(err)
			}
			n.look(s, secondEnd(run.Batches[0].Rows[0].Release))
		}
		if t.Failed() {
			return
		}
	}
	if n.quiet < 1000 || n.boundary < 1000 {
		t.Errorf("seed %d: %+v", seed, n)
	}
}
