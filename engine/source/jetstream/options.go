package jetstream

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// Headers of a message that say how its records are to be read.
const (
	FormatHeader = "Cdr-Format" // name of the format: csv, json, ...
	HeadHeader   = "Cdr-Head"   // what precedes the records in a file of the format, its header row, without line end; absent: the message holds it itself, or there is none
)

// AutoFormat is the format of a message that nothing tells the format of.
const AutoFormat = "auto"

// Options are what to read and how.
type Options struct {
	Stream  string // name of the stream; of Open alone
	Subject string // Open: filter, empty for all of the stream. Subscribe: what to listen to

	// Formats are the formats of messages without headers by their subject, which may
	// be a pattern (cdr.*, cdr.>). Of several that match the longest counts, of equally
	// long ones that without wildcards, then that with *. Else it is AutoFormat.
	Formats map[string]string
	// Head tells of a message without HeadHeader which format it is (format, or what
	// AutoFormat turns out to be) and how many of its bytes precede the first record.
	// It is called for each message that does not begin like the one before, with
	// nothing but the data, so it should be fast. nil: none do.
	Head func(format string, data []byte) (string, int)
	// Layout makes of a format and what precedes its records, without the last line
	// end, what blocks carry as Layout. It is called once for each pair, as far as
	// they can be remembered. There is no error: for what cannot be read it
	// returns a layout whose decoder rejects every line with the reason. nil: blocks
	// carry none.
	//
	// Both are called by one goroutine, which is not that of Read.
	Layout func(format string, head []byte) any

	BlockSize int // bytes of records in a block, about; default 1 MiB. A longer message makes its block grow
	MaxRecord int // longest record in bytes, without its line end; default 1 MiB
	Queue     int // bytes that are kept ready for Read, about; default 16 MiB

	AcceptGap bool         // go on where messages are missing, and say so in the log
	Log       func(string) // takes a line for people, from any goroutine; nil: nobody does
}

func (o Options) withDefaults() Options {
	if o.BlockSize <= 0 {
		o.BlockSize = 1 << 20
	}
	if o.MaxRecord <= 0 {
		o.MaxRecord = 1 << 20
	}
	if o.Queue <= 0 {
		o.Queue = 16 << 20
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	return o
}

func (o *Options) check(conn *nats.Conn) error {
	switch {
	case conn == nil:
		return errors.New("jetstream: a connection is needed")
	case o.Subject != "" && !validSubject(o.Subject):
		return fmt.Errorf("jetstream: %q is not a subject: words of letters and digits between dots, * for any one and > at the end for the rest", o.Subject)
	case o.Stream != "" && strings.ContainsAny(o.Stream, " \t\r\n.*>/\\"):
		return fmt.Errorf("jetstream: %q is not the name of a stream: it must not hold spaces, dots, slashes, * and >", o.Stream)
	}
	return nil
}

func validSubject(s string) bool {
	words := strings.Split(s, ".")
	for i, w := range words {
		switch {
		case w == "" || strings.ContainsAny(w, " \t\r\n"):
			return false
		case w == ">" && i < len(words)-1:
			return false
		}
	}
	return true
}

// covers reports whether the subject is one of the pattern.
func covers(pattern, subject string) bool {
	for {
		p, restP, moreP := strings.Cut(pattern, ".")
		s, restS, moreS := strings.Cut(subject, ".")
		switch {
		case p == ">":
			return true
		case p != "*" && p != s || moreP != moreS:
			return false
		case !moreP:
			return true
		}
		pattern, subject = restP, restS
	}
}

// weight orders patterns that cover the same subject: the heaviest counts.
func weight(pattern string) int {
	w := 4 * len(pattern)
	if !strings.Contains(pattern, "*") {
		w++
	}
	if !strings.HasSuffix(pattern, ">") {
		w += 2
	}
	return w
}
