package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// The eye stops at the item that makes a stock as large as that with which the calm ends, or that
// makes a big set of it, and at no other.
func TestStockEndsCalm(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r, ended, grown := rand.New(rand.NewPCG(seed, 0)), 0, 0
	for range 3000 {
		it := itemsOf([]stamps{{1, units{segment: 200}}, {words: 1}, {words: 2}}[r.IntN(3)], 1+r.IntN(100))
		who, e, keys := &person{calm: 9}, &eye{}, crowded(r, 1+r.IntN(60))
		known := map[uint64]bool{}
		for e.turn(it, who); ; e.turn(it, who) {
			list := make([]sighting, r.IntN(2*sightings))
			for i := range list {
				list[i] = sightingOf(keys[r.IntN(len(keys))], 1, 1)
			}
			stock := 0
			for key := range known {
				stock += boolean(key>>setShift == uint64(window.PeerItem))
			}
			most := min(stock+1+r.IntN(20), endlessStock)
			e.heed(uint8(most), window.PeerItem)
			want, full := len(list), false
			for i, x := range list {
				if known[x.key] {
					continue
				}
				known[x.key] = true
				stock += boolean(x.key>>setShift == uint64(window.PeerItem))
				if full = len(known) > min(it.limit, 4*maxFours); full || stock == most && most < endlessStock {
					want = i + 1
					break
				}
			}
			if n := e.seeAll(list); n != want || e.ended != (stock == most && !full) || (who.calm == 0) != full {
				t.Fatalf("%d of %d are seen, ended %v, calm %d; want %d: a stock of %d of %d, %d items of %d", n, len(list), e.ended, who.calm, want, stock, most, len(known), it.limit)
			}
			ended += boolean(e.ended)
			if grown += boolean(full); full || r.IntN(8) == 0 {
				break
			}
		}
	}
	if ended < 100 || grown < 100 {
		t.Errorf("%d stocks ended a calm, %d big sets", ended, grown)
	}
}

// With the built-in rules contacts are stock. What a rule wants many of in another set is not.
func TestStockIsOfTheSetThatRulesWantManyOf(t *testing.T) {
	const contacts, cells = "activity: contacts_out_24h >= 40", "activity: cells_24h >= 30"
	for _, test := range []struct {
		rules []string
		want  window.Item
	}{
		{[]string{contacts}, window.PeerItem},
		{[]string{contacts, cells, "activity: cells_30d >= 20"}, window.CellItem},
		{[]string{"activity: contacts_30d >= 2 * active_days_30d"}, window.PeerItem},
		{[]string{"activity: contacts_out_24h >= 4", "boundary: contacts_30d >= 40"}, window.NoItem},
		{[]string{"activity: calls_24h >= 40"}, window.NoItem},
	} {
		if got := judgeOf(t, test.rules...).stock; got != test.want {
			t.Errorf("%q: stock is of set %d, want %d", test.rules, got, test.want)
		}
	}
}

// The calm of those whose days are gone, and with them the stock with which it ends, ends with the
// next item.
func TestStockOfThoseWithoutDays(t *testing.T) {
	j := judgeOf(t, "activity: contacts_out_24h >= 40")
	s := j.shard
	s.begin(20_000 * days1)
	j.newcomer.rest = newRest(legs{}, 9, 7, 0, 0)
	for _, test := range []struct {
		what string
		v    visit
		want uint8
	}{
		{"gone", visit{who: &person{}}, 0},
		{"a newcomer", visit{who: &person{}, newcomer: true}, 7},
		{"with a big set", visit{who: &person{marks: big}}, endlessStock},
	} {
		if got := s.stockUntil(&test.v); got != test.want {
			t.Errorf("%s: a stock of %d ends the calm, want %d", test.what, got, test.want)
		}
	}
}

// A rule may want more contacts than a block has room for. Then the calm ends when a big set is
// made, of which nobody knows how large a stock it is.
func TestStockBeyondBlocks(t *testing.T) {
	zone, start := morning(t, "UTC", "2024-03-25")
	w := world{
		windows: []string{"24h/1h", "1d", "30d"}, features: []string{"calls_1d"}, zone: zone, retain: 40, contacts: 1 << 16,
		rules: ruleFile("activity: contacts_out_30d >= 300"),
	}
	n := watch{t: t, what: "many contacts"}
	r, s := rand.New(rand.NewPCG(5, 12)), w.compiled(t).shard(t, 0, 1, nowhere)
	var runs []*order.Run
	for i := range cdr.Millis(330) {
		at := start + 60_000*(i+1)
		x, b := call(r, at, number(1), number(100+int(i))), &cdr.Batch{}
		x.IMSI += uint64(i / 100) // rules look when it changes
		b.Append(&x)
		runs = append(runs, runOf(b, start, at-at%1000))
	}
	n.follow(s, runs)
	if n.held < 30 || n.calm < 200 {
		t.Errorf("%+v", n)
	}
}
