package file

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// evidence is what a bookmark tells of a file, by which it is known again. As
// text it is one line, always in this form:
//
//	kind=plain size=1154580330 read=104857600 head=9f86d081884c7d659a2feaa0c55ad015 tail=60303ae22b998861bce3b28f33eec1be content=1c291ca36b2d5e0f hashed=105906176
//
// Bytes are those on disk, compressed ones of a compressed file. read is the
// position in a plain file; a decompressor reads ahead, and there it is how far
// that had come. A change between head and tail is not seen in a plain file; in
// a compressed one decompression meets it. content and hashed are there when
// Options ask for them; hashed is read or more, since blocks are read ahead. Where
// records are not lines, framed=whole comes last, or framed=cut if the stream ended
// within the last record.
type evidence struct {
	kind       kind
	size       int64    // of the file
	read       int64    // bytes of it that had been read
	head, tail digest   // of the first and of the last 64 KiB of these, or all if there are fewer
	sum        checksum // of the first sum.n bytes, or more than read
	summed     bool     // the sum is there
	framed     string   // "", whole or cut
}

func (e *evidence) String() string {
	text := fmt.Sprintf("kind=%v size=%d read=%d head=%x tail=%x", e.kind, e.size, e.read, e.head, e.tail)
	if e.summed {
		text += fmt.Sprintf(" content=%016x hashed=%d", e.sum.value(), e.sum.n)
	}
	if e.framed != "" {
		text += " framed=" + e.framed
	}
	return text
}

// parseEvidence reads the text of an evidence, and nothing that String would
// write differently.
func parseEvidence(text string) (*evidence, error) {
	e := &evidence{}
	fields := strings.Split(text, " ")
	if len(fields) < 5 || len(fields) > 8 {
		return nil, fmt.Errorf("evidence %.300q: %d fields instead of 5 to 8", text, len(fields))
	}
	for _, field := range fields {
		if !e.set(field) {
			return nil, fmt.Errorf("evidence %.300q: field %.100q", text, field)
		}
	}
	e.summed = len(fields) >= 7
	if e.read > e.size || e.sum.n > e.size || e.summed && e.sum.n < e.read || e.String() != text {
		return nil, fmt.Errorf("evidence %.300q: does not agree with itself", text)
	}
	return e, nil
}

// set reads a field; false if there is none like it.
func (e *evidence) set(field string) bool {
	name, value, _ := strings.Cut(field, "=")
	var err error
	switch name {
	case "kind":
		for e.kind = plain; e.kind < foreign && e.kind.String() != value; {
			e.kind++
		}
		return e.kind < foreign
	case "size":
		e.size, err = number(value)
	case "read":
		e.read, err = number(value)
	case "head":
		err = e.head.parse(value)
	case "tail":
		err = e.tail.parse(value)
	case "content":
		var sum uint64
		sum, err = strconv.ParseUint(value, 16, 64)
		e.sum.resume(sum, 0)
	case "hashed":
		e.sum.n, err = number(value)
	case "framed":
		e.framed = value
		return value == framedWhole || value == framedCut
	default:
		return false
	}
	return err == nil
}

// Values of framed.
const (
	framedWhole = "whole"
	framedCut   = "cut"
)

func number(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

func (d *digest) parse(text string) error {
	if len(text) != 2*len(d) {
		return hex.ErrLength
	}
	_, err := hex.Decode(d[:], []byte(text))
	return err
}
