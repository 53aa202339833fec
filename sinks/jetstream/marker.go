package jetstream

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// marker is the last message of a batch.
type marker struct {
	Job    string `json:"job"`
	Outbox string `json:"outbox"`
	place         // what is published with it and before
	Of     int    `json:"of"`   // messages of the chunk
	Rows   int    `json:"rows"` // of the chunk
}

// message is the marker, which comes after the marker with the sequence number before
// (0: there is none), or not at all.
func (m marker) message(subject string, before uint64, keeps bool) (*nats.Msg, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	h := nats.Header{
		jetstream.ExpectedLastSubjSeqHeader: {strconv.FormatUint(before, 10)},
		"Cdr-Outbox":                        {m.Outbox},
		"Cdr-Epoch":                         {strconv.FormatUint(m.Epoch, 10)},
		"Cdr-Chunk":                         {fmt.Sprintf("%d/%d", m.Chunk, m.Messages)},
	}
	if m.Job != "" {
		h["Cdr-Job"] = []string{oneLine(m.Job)}
	}
	if keeps {
		h[jetstream.MsgTTLHeader] = []string{"never"}
		h[jetstream.MsgRollup] = []string{jetstream.MsgRollupSubject}
	}
	return &nats.Msg{Subject: subject, Header: h, Data: body}, nil
}

// readMarker reads the body of a message of the marker subject. What is no marker has
// no outbox.
func readMarker(body []byte) (m marker) {
	if json.Unmarshal(body, &m) != nil {
		return marker{}
	}
	return m
}

// state is what the stream says.
type state struct {
	last    *marker // nil: there is none
	quiet   bool    // if there is none: surely none was there since the position's floor
	subject string
	stream  string
}

// judge finds the place to go on behind, from what the stream says and what the outbox
// remembers. first is its oldest file, if any. doubt: something behind the last file
// that was published as a whole may have been.
func judge(p position, first *segment, doubt bool, s state) (place, *trouble) {
	m := s.last
	switch {
	case m == nil && doubt && !s.quiet:
		return place{}, s.stop(doubtful, fmt.Sprintf("the last marker of %s is gone (expired, pushed out or purged), and whether the batch after %s was published is unknown", s.subject, p.Done),
			"compare the last messages of the subject with the outbox; if its rows may be published again from there, remove its position.json and run again")
	case m == nil:
		return p.Done, nil
	case m.Outbox != p.Outbox:
		return place{}, s.stop(foreign, fmt.Sprintf("another outbox publishes to %s: its last marker is of job %q, epoch %d", s.subject, oneLine(m.Job), m.Epoch),
			"give each job a subject of its own; if this job is to take its place, stop the other one and then run: "+s.purge())
	case m.place == p.Done:
		return p.Done, nil
	case m.compare(p.Done) < 0:
		return place{}, s.stop(behind, fmt.Sprintf("the stream %s has lost rows that it had acknowledged: %s ends at %s, the outbox was published up to %s", s.stream, s.subject, m.place, p.Done),
			"bring the stream back to its last state; to go on without these rows, run: "+s.purge())
	case first == nil || m.file(first.place) != 0 || m.Messages > first.Messages:
		return place{}, s.stop(ahead, fmt.Sprintf("%s is ahead of the outbox: it ends at %s, the outbox was published up to %s", s.subject, m.place, p.Done),
			"put the newest copy of the outbox and the state directory back; to publish the rows of this one all the same, some of them again, run: "+s.purge())
	}
	return m.place, nil
}

func (s state) stop(k kind, what, remedy string) *trouble {
	return &trouble{kind: k, text: what + ": " + remedy}
}

func (s state) purge() string {
	return fmt.Sprintf("nats stream purge %s --subject %s%s --force", s.stream, s.subject, markerSuffix)
}
