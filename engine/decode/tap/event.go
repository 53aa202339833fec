package tap

import (
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// event is what is kept of the members of one.
type event struct {
	at          [keptEnd][]byte // contents, by member
	local, code []byte          // of its time stamp
	units       uint64          // sum of its charges
	badPrice    []byte          // a charge that is no amount
	strange     int             // elements of no known release
}

// maxDepth is how deep groups of an event may be nested. TAP needs eight levels.
const maxDepth = ber.MaxDepth

// walk collects the members in content. Of several of a kind the first counts.
func (e *event) walk(content []byte, priced bool, depth int) ber.Problem {
	if depth > maxDepth {
		return ber.TooDeep
	}
	w := ber.Walk(content)
	for w.Next() {
		m := unknown
		if n := w.Tag.Number(); w.Tag.Class() == 1 && n < uint32(len(members)) {
			m = members[n]
		}
		switch {
		case m >= imsi:
			if len(e.at[m]) == 0 {
				e.at[m] = w.Content
			}
		case m == group || m == prices && priced:
			if p := e.walk(w.Content, priced, depth+1); p != ber.None {
				return p
			}
		case m == moment:
			e.stamp(w.Content)
		case m == detail && priced:
			e.detail(w.Content)
		case m == price && priced:
			e.add(w.Content)
		case m == unknown:
			e.strange++
		}
	}
	return w.Problem
}

// stamp takes a local time and the code of its offset.
func (e *event) stamp(content []byte) {
	for w := ber.Walk(content); w.Next(); {
		switch w.Tag {
		case ber.Application(localTimeStamp):
			e.local = w.Content
		case ber.Application(utcTimeOffsetCode):
			e.code = w.Content
		}
	}
}

// detail adds a ChargeDetail that is a total.
func (e *event) detail(content []byte) {
	var kind, amount []byte
	for w := ber.Walk(content); w.Next(); {
		switch w.Tag {
		case ber.Application(chargeType):
			kind = w.Content
		case ber.Application(chargeTag):
			amount = w.Content
		}
	}
	if string(kind) == "00" {
		e.add(amount)
	}
}

// maxUnits keeps the sum of the charges of an event within 64 bits.
const maxUnits = 1 << 62

func (e *event) add(amount []byte) {
	n, ok := ber.Uint(amount)
	if !ok || n > maxUnits || e.units+n > maxUnits {
		e.badPrice = amount
		return
	}
	e.units += n
}

// mostDecimals is how many decimals charges may have.
const mostDecimals = 18

// micros turns units of 10^-decimals into micro-units. What is finer is cut.
func micros(units uint64, decimals int) (v int64, ok bool) {
	if decimals < 0 || decimals > mostDecimals {
		return 0, false
	}
	for ; decimals > 6; decimals-- {
		units /= 10
	}
	for ; decimals < 6; decimals++ {
		if units > decode.MaxCharge {
			return 0, false
		}
		units *= 10
	}
	return int64(units), units <= decode.MaxCharge
}
