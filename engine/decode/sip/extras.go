package sip

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// pair is the columns of the parties, 0 where they are not known.
type pair struct{ calling, called int }

// extras is which of the extra columns of a file are the parties.
type extras struct{ event, dialog pair }

// guessLines is how many lines are looked at to tell.
const guessLines = 1000

// guess looks at the calls and attempts at the beginning of a file.
func guess(head []byte) (x extras) {
	lines := decode.NewLines(decode.CompleteLines(head))
	var events, dialogs [maxColumns]votes
	for n := 0; n < guessLines && lines.Next(); n++ {
		var r record
		var c columns
		if bytes.IndexByte(lines.At.Text, '|') < 0 || r.flat(lines.At.Text, &x) != "" || c.split(lines.At.Text) != "" {
			continue
		}
		if r.told(began) {
			count(&dialogs, &c, len(dialogFields), c.count)
		} else if name := string(r.text(method)); name == "INVITE" || name == "MESSAGE" {
			from := r.timeModes(&c)
			count(&events, &c, from, r.tail(&c, from))
		}
	}
	return extras{event: elect(events[:]), dialog: elect(dialogs[:])}
}

// of are the parties of a line whose extra columns are from..to-1: those of its file, or
// if nothing was known when it began, what the line itself tells.
func (x *extras) of(c *columns, from, to int, known pair) pair {
	if known.calling > 0 {
		return known
	}
	var own [maxColumns]votes
	count(&own, c, from, to)
	return elect(own[:])
}

// votes is what the values of a column look like.
type votes struct{ filled, numbers, names int }

func count(all *[maxColumns]votes, c *columns, from, to int) {
	for i := from; i < to; i++ {
		b := bytes.TrimSpace(c.text(i))
		if len(b) == 0 {
			continue
		}
		v := &all[i]
		v.filled++
		switch {
		case looksNumber(b):
			v.numbers++
			v.names++
		case looksName(b):
			v.names++
		}
	}
}

// elect returns the first two columns of which most values look like numbers; if there
// are not two, like numbers or names; if there are not two, those that are filled.
func elect(all []votes) pair {
	for _, fits := range []func(votes) bool{
		func(v votes) bool { return v.numbers*2 > v.filled },
		func(v votes) bool { return v.names*2 > v.filled },
		func(v votes) bool { return v.filled > 0 },
	} {
		var p pair
		for i, v := range all {
			switch {
			case v.filled == 0 || !fits(v):
			case p.calling == 0:
				p.calling = i
			default:
				p.called = i
				return p
			}
		}
		if p.calling > 0 && only(all) {
			return p
		}
	}
	return pair{}
}

// only reports whether a single column is filled.
func only(all []votes) bool {
	n := 0
	for _, v := range all {
		if v.filled > 0 {
			n++
		}
	}
	return n == 1
}

// looksNumber tells a telephone number, or an address that says it is one.
func looksNumber(b []byte) bool {
	for _, scheme := range []string{"sip:", "sips:", "tel:"} {
		if bytes.HasPrefix(b, []byte(scheme)) {
			return true
		}
	}
	if b[0] == '+' || b[0] == '*' || b[0] == '#' {
		b = b[1:]
	}
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return len(b) >= 2 && len(b) <= 20
}

// looksName tells a user's name: not an address of a host, a word with a star or a pair
// of numbers.
func looksName(b []byte) bool {
	at := bytes.IndexByte(b, '@')
	for i, c := range b {
		switch {
		case c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c >= 0x80:
		case i > 0 && (c == '@' || c == '+' || c == '.' && at >= 0):
		default:
			return false
		}
	}
	return len(b) <= 128
}
