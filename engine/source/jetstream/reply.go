package jetstream

import "strings"

// delivery is what the reply subject of a message says, see [replies].
type delivery struct {
	message  uint64 // number in the stream
	delivery uint64 // number of the delivery by the consumer, from 1
	stored   int64  // ns since 1970
	pending  uint64 // messages of the consumer behind it
}

// replies reads the reply subjects that one consumer's messages bear:
//
//	$JS.ACK.<stream>.<consumer>.<times>.<message>.<delivery>.<stored>.<pending>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<times>.<message>.<delivery>.<stored>.<pending>[.<more>]
//
// What precedes <times> is the same for all of them and is looked for once.
type replies struct{ prefix string }

const replyPrefix = "$JS.ACK."

// read reports whether reply is such a subject.
func (r *replies) read(reply string) (d delivery, ok bool) {
	if r.prefix == "" || !strings.HasPrefix(reply, r.prefix) {
		if r.prefix = constant(reply); r.prefix == "" {
			return d, false
		}
	}
	rest := reply[len(r.prefix):]
	var stored uint64
	_, rest, ok = number(rest)
	if ok {
		d.message, rest, ok = number(rest)
	}
	if ok {
		d.delivery, rest, ok = number(rest)
	}
	if ok {
		stored, rest, ok = number(rest)
	}
	if ok {
		d.pending, _, ok = number(rest)
	}
	d.stored = int64(stored)
	return d, ok
}

// constant is what precedes <times>, "" if reply is of no message of a stream.
func constant(reply string) string {
	if !strings.HasPrefix(reply, replyPrefix) {
		return ""
	}
	skip := 4 // words
	switch n := strings.Count(reply, ".") + 1; {
	case n >= 11:
		skip = 6
	case n != 9:
		return ""
	}
	at := 0
	for range skip {
		at += strings.IndexByte(reply[at:], '.') + 1
	}
	return reply[:at]
}

// number reads digits up to a dot or the end.
func number(s string) (n uint64, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			return n, s[i+1:], s[i] == '.' && i > 0
		}
		n = n*10 + uint64(c)
	}
	return n, "", len(s) > 0
}
