package oracle

import (
	"math"
	"sort"
	"strings"
)

// leg is the side of a record that belongs to one subscriber.
type leg struct {
	*record
	out    bool   // originating
	served bool   // cell, device, IMSI, PLMN, RAT, bytes and charge are of this leg's subscriber
	peer   string // key of the other side where it counts as a contact, else ""
	known  bool   // counts in outcome ratios

	// What the subscriber's earlier legs make of it.
	gap       int64 // ms since the previous voice or message leg, -1 if there is none
	overlaps  bool
	newIMSI   bool  // IMSI differs from the last known one
	home      bool  // the subscriber is a customer, as far as known by this leg
	forgotten int64 // event time at which the peer was dropped for want of room, MaxInt64 if never
}

// isVoice is V: a call of its own.
func (l *leg) isVoice() bool { return l.service == "voice" && !l.slice() && !l.forwarded }

// slice tells a continuation slice.
func (l *leg) slice() bool { return l.sequence > 1 }

// message tells an sms or mms leg of its own.
func (l *leg) message() bool { return (l.service == "sms" || l.service == "mms") && !l.slice() }

// talks tells an answered voice leg, continuation slices included. A forwarded
// leg is charged, but its subscriber does not talk.
func (l *leg) talks() bool { return l.service == "voice" && l.outcome == "answered" && !l.forwarded }

// life is a subscriber in state: its legs by event time, from its first one, or
// from the first after it had been forgotten.
type life []*leg

// subscriber is all lives of one key, in order.
type subscriber struct {
	key   string
	lives []life
}

// legs gives each subscriber its legs and what their order tells.
func legs(c Config, records []*record) []subscriber {
	n := newNumbers(c)
	service := n.set(c.Service)
	byKey := map[string]life{}
	add := func(rec *record, own, other *party, out bool) {
		if own == nil {
			return
		}
		l := &leg{record: rec, out: out, served: out == rec.callingServed, known: c.Attempts && rec.outcome != "", gap: -1, forgotten: math.MaxInt64}
		if other != nil && other.key != own.key && other.class != shortCode && !service[other.key] {
			l.peer = other.key
		}
		byKey[own.key] = append(byKey[own.key], l)
	}
	for _, rec := range records {
		if rec.originates {
			add(rec, rec.calling, rec.called, true)
		}
		if rec.receives {
			add(rec, rec.called, rec.calling, false)
		}
	}
	var all []subscriber
	for key, ls := range byKey {
		if s := (subscriber{key: key, lives: lives(c, key, ls)}); len(s.lives) > 0 {
			all = append(all, s)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].key < all[j].key })
	return all
}

// lives cuts legs where the subscriber was silent for longer than it is kept.
func lives(c Config, key string, legs life) []life {
	var all []life
	var open life
	for _, l := range legs {
		if n := len(open); n > 0 && l.at-open[n-1].at > c.retain() {
			all, open = append(all, open), nil
		}
		l.home = len(open) > 0 && open[len(open)-1].home || c.isHome(key, l)
		if c.Outsiders == "drop" && !l.home {
			continue
		}
		open = append(open, l)
	}
	if len(open) > 0 {
		all = append(all, open)
	}
	for _, ls := range all {
		relate(ls)
		forget(ls, c.MaxContacts, c.longest())
	}
	return all
}

// retain is how long a silent subscriber is kept, in ms.
func (c Config) retain() int64 { return int64(c.RetainDays) * 86_400_000 }

// isHome tells whether l shows that its subscriber is a customer.
func (c Config) isHome(key string, l *leg) bool {
	if len(c.HomeNumbers) == 0 && len(c.HomePLMNs) == 0 {
		return l.served
	}
	own := l.calling
	if !l.out {
		own = l.called
	}
	if own.e164 && hasPrefix(key, prefixes(c.HomeNumbers)) {
		return true
	}
	return l.served && hasPrefix(l.imsi, c.HomePLMNs)
}

// relate sets what follows from the order of a subscriber's legs: gaps, IMSI
// changes, overlaps.
func relate(legs life) {
	var previous *leg
	imsi := ""
	for i, l := range legs {
		if l.isVoice() || l.message() {
			if previous != nil {
				l.gap = l.at - previous.at
			}
			previous = l
		}
		if l.served && !l.slice() && l.imsi != "" {
			l.newIMSI = imsi != "" && imsi != l.imsi
			imsi = l.imsi
		}
		l.overlaps = overlaps(l, legs[:i])
	}
}

// overlaps tells whether the answer of l precedes the release of an answered
// call that was released earlier.
func overlaps(l *leg, earlier life) bool {
	if !l.isVoice() || l.outcome != "answered" {
		return false
	}
	answer := l.release - l.talk
	for _, e := range earlier {
		if e.isVoice() && e.outcome == "answered" && e.release < l.release && answer < e.release {
			return true
		}
	}
	return false
}

// region is PLMN and LAC or TAC of a cell written PLMN-LAC-CI, "" if it is not.
func region(cell string) string {
	part := strings.Split(cell, "-")
	if len(part) != 3 || !plmnText.MatchString(part[0]) || part[1] == "" || part[2] == "" {
		return ""
	}
	return part[0] + "-" + part[1]
}

// device is the first 14 digits of an IMEI.
func device(imei string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, imei)
	return digits[:min(14, len(digits))]
}
