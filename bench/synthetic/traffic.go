package synthetic

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Traffic says what records there are.
type Traffic struct {
	Subscribers int
	Records     int64
	Days        int
	Start       cdr.Millis // of the first day
	Peers       int        // of each subscriber
	Cells       int        // of each subscriber
}

const dayMillis = 24 * 3_600_000

func (t *Traffic) check() error {
	if t.Subscribers < 2 || t.Subscribers > maxSubscribers || t.Records < 1 || t.Days < 1 || t.Peers < 1 || t.Cells < 1 {
		return fmt.Errorf("synthetic: 2 to %d subscribers, and from 1 record, day, peer and cell", maxSubscribers)
	}
	return nil
}

// maxSubscribers is how many numbers there are, 33600000000 and up.
const maxSubscribers = 99_999_999

// set sets the columns of row i of b, which are long enough, to record n.
func (t *Traffic) set(b *cdr.Batch, i int, n int64) {
	r := cdr.Mix(uint64(n) + 0x9E3779B97F4A7C15)
	calling := t.caller(n)
	called := t.peer(calling, int(r>>40)%t.Peers)
	release := t.Start + cdr.Millis(float64(n)/float64(t.Records)*float64(t.Days)*dayMillis)
	b.Rows[i].Calling, b.Rows[i].Called = number(calling), number(called)
	b.Rows[i].CallingPlace, b.Rows[i].CalledPlace = placeOf(calling), placeOf(called)
	b.Rows[i].Release, b.HighWater[i] = release, release
	b.Rows[i].Identity, b.RawHash[i] = r, r
	b.Rows[i].Cell = cdr.Mix(uint64(calling*t.Cells + int(r>>32&0xFF)%t.Cells))
	b.Rows[i].Region, b.Rows[i].IMEI, b.Rows[i].IMSI = 0, 0, 0
	b.Rows[i].Start, b.Rows[i].RingMS, b.Rows[i].TalkMS = release, cdr.RingUnknown, 0
	b.Rows[i].Up, b.Rows[i].Down, b.Rows[i].Charge = 0, 0, 0
	flags := cdr.AttemptsReported | cdr.Originating
	switch kind := r & 0xFF; {
	case kind < 179:
		talk, outcome := uint32(0), cdr.NoAnswer
		if kind < 134 {
			talk, outcome = uint32(r>>8&0x3FFFF)&^999+1000, cdr.Answered
			b.Rows[i].Charge = int64(talk)
		}
		ring := uint32(r>>26&0x3FFF) / 100 * 100
		b.Rows[i].RingMS, b.Rows[i].TalkMS, b.Rows[i].Start = ring, talk, release-cdr.Millis(ring)-cdr.Millis(talk)
		b.Rows[i].Flags = (flags | cdr.Terminating).With(cdr.Voice, outcome, cdr.RAT4G)
	case kind < 217:
		b.Rows[i].Flags = (flags | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
	default:
		b.Rows[i].Called, b.Rows[i].CalledPlace = 0, 0
		b.Rows[i].Up, b.Rows[i].Down = r>>8&0xFFFF, r>>16&0xFFFFF
		b.Rows[i].Flags = flags.With(cdr.Data, cdr.Answered, cdr.RAT5G)
	}
}

// caller is whose record n is: each round of as many records as there are subscribers
// has one of each, in an order of its own.
func (t *Traffic) caller(n int64) int {
	subscribers := int64(t.Subscribers)
	round, place := n/subscribers, n%subscribers
	return t.shuffle(place, uint64(round))
}

// shuffle is a permutation of the subscribers: a few rounds of a Feistel network over
// the next power of four, walked until it is within them.
func (t *Traffic) shuffle(x int64, key uint64) int {
	half := uint(1)
	for int64(1)<<(2*half) < int64(t.Subscribers) {
		half++
	}
	mask := uint64(1)<<half - 1
	for y := uint64(x); ; {
		left, right := y>>half, y&mask
		for round := range uint64(3) {
			left, right = right, left^cdr.Mix(right<<8|round|key<<40)&mask
		}
		if y = left<<half | right; y < uint64(t.Subscribers) {
			return int(y)
		}
	}
}

// peer is the peer number k of a subscriber.
func (t *Traffic) peer(subscriber, k int) int {
	p := int(cdr.Mix(uint64(subscriber)<<16|uint64(k)) % uint64(t.Subscribers))
	if p == subscriber {
		return (p + 1) % t.Subscribers
	}
	return p
}

// number is the number of a subscriber: 33 6 and eight digits.
func number(subscriber int) cdr.Number {
	text := []byte("33600000000")
	for i := len(text) - 1; subscriber > 0; i-- {
		text[i] = byte('0' + subscriber%10)
		subscriber /= 10
	}
	return cdr.Digits(text)
}

// placeOf spreads the subscribers over 40 areas of a country.
func placeOf(subscriber int) cdr.Place {
	return cdr.NewPlace(country, cdr.Area(uint32(country)<<22|uint32(100+subscriber%40)), cdr.ClassGeographic, 0)
}

const country = 70
