package jetstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// mark is a place between two messages of a stream, and what tells that it is this
// stream.
type mark struct {
	created time.Time // of the stream; zero: it was not looked at yet
	next    uint64    // number of the message behind the place
	last    uint64    // number of the message last read; 0: none
	stored  int64     // when that was stored, in ns since 1970
	data    []byte    // what it holds, as long as that is known
	sum     string    // the hash of it, once that was needed
}

// hash is the beginning of the SHA-256 of what the message last read holds.
func (m *mark) hash() string {
	if m.sum == "" && m.data != nil {
		m.sum = hashOf(m.data)
	}
	return m.sum
}

func hashOf(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:8])
}

// when is the time the message last read was stored at.
func (m *mark) when() time.Time { return time.Unix(0, m.stored).UTC() }

// after is the first moment, in ns since 1970, at which a message behind it may have
// been stored; 0: unknown.
func (m *mark) after() int64 {
	if m.last == 0 {
		return 0
	}
	return m.stored + 1
}

// evidence is a mark as a bookmark holds it.
type evidence struct {
	Stream  string    `json:"stream,omitempty"`
	Subject string    `json:"subject,omitempty"`
	Core    bool      `json:"at_most_once,omitempty"` // a subject, and no stream
	Created time.Time `json:"created,omitzero"`
	Next    uint64    `json:"next,omitempty"`
	Last    uint64    `json:"last,omitempty"`
	Stored  time.Time `json:"stored,omitzero"`
	Hash    string    `json:"hash,omitempty"`
}

func (e *evidence) String() string {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // of times and texts that this package made
	}
	return string(text)
}

func parseEvidence(text string) (e evidence, err error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err = d.Decode(&e); err == nil && d.More() {
		err = errors.New("more than one")
	}
	if err == nil && (e.Last >= e.Next && e.Last > 0 || e.Created.IsZero() != (e.Next == 0)) {
		err = errors.New("its numbers do not fit each other")
	}
	if err != nil {
		return e, fmt.Errorf("evidence %q is not of this source (%w)", text, err)
	}
	return e, nil
}

func (e *evidence) mark() mark {
	m := mark{created: e.Created, next: e.Next, last: e.Last, sum: e.Hash}
	if e.Last > 0 {
		m.stored = e.Stored.UnixNano()
	}
	return m
}

func (m *mark) evidence() evidence {
	e := evidence{Created: m.created, Next: m.next, Last: m.last, Hash: m.hash()}
	if m.last > 0 {
		e.Stored = m.when()
	}
	return e
}
