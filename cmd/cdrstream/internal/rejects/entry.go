package rejects

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Entry is a record that was set aside.
type Entry struct {
	Source   string
	Sequence uint64 // of the message that held it; 0: none did
	Line     int64
	Offset   int64 // in the decompressed source, or in the message
	Reason   string
	Raw      []byte // the record, without its line end
}

// line is an Entry as a line of rejects/*.jsonl.
type line struct {
	Source    string  `json:"source"`
	Sequence  uint64  `json:"sequence,omitempty"`
	Line      int64   `json:"line"`
	Offset    *int64  `json:"offset"`
	Reason    string  `json:"reason"`
	Raw       *string `json:"raw,omitempty"`
	RawBase64 []byte  `json:"raw_base64,omitempty"`
}

// Parse reads a line. Members that it does not know are no error.
func Parse(b []byte) (*Entry, error) {
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("is no JSON object of a reject: %w", err)
	}
	switch {
	case l.Source == "":
		return nil, errors.New("has no source: it is no line of rejects")
	case l.Offset == nil:
		return nil, errors.New("has no offset: it is no line of rejects")
	case *l.Offset < 0:
		return nil, errors.New("has an offset below 0: it is no line of rejects")
	case l.Raw != nil && l.RawBase64 != nil:
		return nil, errors.New("has both raw and raw_base64: leave one out")
	case l.Raw == nil && l.RawBase64 == nil:
		return nil, errors.New("has neither raw nor raw_base64: it is no line of rejects")
	}
	e := &Entry{Source: l.Source, Sequence: l.Sequence, Line: l.Line, Offset: *l.Offset, Reason: l.Reason, Raw: l.RawBase64}
	if l.Raw != nil {
		e.Raw = []byte(*l.Raw)
	}
	return e, nil
}

// Append appends e to dst as a line.
func (e *Entry) Append(dst []byte) []byte {
	l := line{Source: e.Source, Sequence: e.Sequence, Line: e.Line, Offset: &e.Offset, Reason: e.Reason}
	if text := string(e.Raw); utf8.ValidString(text) {
		l.Raw = &text
	} else {
		l.RawBase64 = e.Raw
	}
	out := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(l); err != nil {
		panic(err) // texts and numbers always encode
	}
	return out.Bytes()
}

// Key is what a reject is known by.
type Key [16]byte

// Key returns the key of e, in which its text and the reason do not count.
func (e *Entry) Key() (k Key) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", e.Sequence, e.Offset, e.Source))
	copy(k[:], sum[:])
	return k
}

// Sum is a hash of a record's text.
type Sum [8]byte

// Sum returns the hash of the text of e.
func (e *Entry) Sum() (s Sum) {
	sum := sha256.Sum256(e.Raw)
	copy(s[:], sum[:])
	return s
}

// Refused says why e is not to be read again at all, "" if it may be.
func (e *Entry) Refused() string {
	switch {
	case strings.HasPrefix(e.Reason, "late: "):
		return "it came late: it could be read, and would be late again; raise --lateness instead"
	case strings.Contains(e.Reason, "max_record"):
		return "it is longer than max_record, and only its beginning was kept: raise max_record and replay the source again"
	}
	return ""
}
