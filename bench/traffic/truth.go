package traffic

import (
	"strconv"
	"time"
)

// Truth is what was planted on one subscriber.
type Truth struct {
	Subscriber Number
	Scenario   string
	Kind       Kind
	From       int64  // see below, ms since 1970
	To         int64  // likewise
	FirstID    uint64 // Record.ID of the record released at From
}

// From and To are releases: those of the first and the last record of the
// scenario. Those who leave are another matter:
//
//   - churn_sudden: From is the last thing the subscriber did, To the end of
//     the run. Calls that it does not answer afterwards are not its doing.
//   - churn_decline: From is the first record after the decline began, To when it
//     has reached its lowest.

// watch says which records make up the truth about an actor.
type watch struct {
	what watched
	from int64 // of theDecline
}

type watched uint8

const (
	theScenario watched = iota // the planted ones
	theLast                    // the last of its own
	theDecline                 // the first of its own since from
)

// Truth returns what was planted, in the order of the scenarios, of those who
// had a record. It is complete when Next has returned false.
func (g *Generator) Truth() []Truth {
	if g.stage == nil {
		return nil
	}
	var out []Truth
	for _, a := range g.stage.actors {
		if a.truth.FirstID != 0 {
			out = append(out, a.truth)
		}
	}
	return out
}

// observe writes down what t says about the actors in it.
func (g *Generator) observe(t *attempt) {
	if g.stage == nil {
		return
	}
	if t.actor != nil && t.actor.watch.what == theScenario {
		for i := range t.records {
			if r := &t.records[i]; g.readable(r) {
				t.actor.truth.include(r)
			}
		}
	}
	g.observeParty(t, t.a)
	if t.actor == nil {
		g.observeParty(t, t.b)
	}
}

// observeParty is for those of whom the ordinary records tell the truth.
func (g *Generator) observeParty(t *attempt, w who) {
	a := g.stage.actor(w)
	if a == nil || a.watch.what == theScenario {
		return
	}
	for i := range t.records {
		r := &t.records[i]
		at, truth := r.Release(), &a.truth
		switch {
		case !g.readable(r):
		case a.watch.what == theLast && at >= truth.From,
			a.watch.what == theDecline && at >= a.watch.from && (truth.FirstID == 0 || at < truth.From):
			truth.From, truth.FirstID = at, r.ID
		}
	}
}

// readable reports whether r will be in the output and can be decoded.
func (g *Generator) readable(r *Record) bool {
	return r.Malformed == Sound && !g.outage.has(r.Written)
}

// include stretches t to the release of r.
func (t *Truth) include(r *Record) {
	at := r.Release()
	if t.FirstID == 0 || at < t.From {
		t.From, t.FirstID = at, r.ID
	}
	t.To = max(t.To, at)
}

// TruthHeader is the header row of the truth file, with its line feed.
func TruthHeader() []byte { return []byte("subscriber,scenario,from,to,first_record_id,kind\n") }

// AppendTruth appends t as a row of the truth file, line feed included. The
// subscriber is written as engines write one, E.164 without +; times are UTC.
func (w *Writer) AppendTruth(dst []byte, t *Truth) []byte {
	dst = strconv.AppendUint(dst, uint64(t.Subscriber), 10)
	dst = append(append(append(dst, ','), t.Scenario...), ',')
	const layout = "2006-01-02T15:04:05.000Z"
	dst = append(time.UnixMilli(t.From).UTC().AppendFormat(dst, layout), ',')
	dst = append(time.UnixMilli(t.To).UTC().AppendFormat(dst, layout), ',')
	dst = w.appendField(dst, &Record{ID: t.FirstID}, colRecordID)
	return append(append(append(dst, ','), t.Kind.String()...), '\n')
}
