package alert

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// A track as bytes, what a checkpoint keeps of it. It is part of the format of
// checkpoints; whoever writes it has a version in front.
//
//	1        phase (bits 0, 1), severity (bit 2), which times follow (bits 3 to 6)
//	1 to 10  Held, a zigzag varint
//	1 to 10  Since, SinceFull, Fired: how long before Held, each a varint
//
// A time that is Never is left out. The others are never without Held, nor after it.
const (
	phaseBits    = 3
	severityBit  = 1 << 2
	heldBit      = 1 << 3
	sinceBit     = 1 << 4
	sinceFullBit = 1 << 5
	firedBit     = 1 << 6
	allBits      = 1<<7 - 1
)

// MaxTrack is the greatest length of a track as bytes.
const MaxTrack = 1 + 4*binary.MaxVarintLen64

// AppendTrack appends tr to dst as bytes.
func AppendTrack(dst []byte, tr Track) []byte {
	head := byte(tr.Phase) & phaseBits
	if tr.Severity == Critical {
		head |= severityBit
	}
	at := len(dst)
	dst = append(dst, 0)
	if tr.Held != Never {
		head |= heldBit
		dst = binary.AppendVarint(dst, int64(tr.Held))
	}
	for _, f := range tr.before() {
		if *f.t != Never {
			head |= f.bit
			dst = binary.AppendUvarint(dst, uint64(tr.Held-*f.t))
		}
	}
	dst[at] = head
	return dst
}

type before struct {
	t   *cdr.Millis
	bit byte
}

// before lists the times that are written as how long before Held they were.
func (tr *Track) before() [3]before {
	return [...]before{{&tr.Since, sinceBit}, {&tr.SinceFull, sinceFullBit}, {&tr.Fired, firedBit}}
}

// ReadTrack returns the track that src begins with, as AppendTrack wrote it, and
// what is behind it. An error says what is damaged.
func ReadTrack(src []byte) (tr Track, rest []byte, err error) {
	if len(src) == 0 {
		return Track{}, nil, errCut
	}
	head, src := src[0], src[1:]
	if head&^allBits != 0 || head&phaseBits > byte(Open) {
		return Track{}, nil, fmt.Errorf("a track has the impossible head %#x", head)
	}
	tr = NewTrack()
	tr.Phase = Phase(head & phaseBits)
	if head&severityBit != 0 {
		tr.Severity = Critical
	}
	if tr.Held, src, err = readHeld(head, src); err != nil {
		return Track{}, nil, err
	}
	for _, f := range tr.before() {
		if head&f.bit == 0 {
			continue
		}
		if *f.t, src, err = readBefore(tr.Held, src); err != nil {
			return Track{}, nil, err
		}
	}
	if !tr.possible() {
		return Track{}, nil, fmt.Errorf("no rule gets to the track %+v", tr)
	}
	return tr, src, nil
}

var errCut = errors.New("a track is cut off")

func readHeld(head byte, src []byte) (cdr.Millis, []byte, error) {
	if head&heldBit == 0 {
		return Never, src, nil
	}
	v, n := binary.Varint(src)
	if n <= 0 || v == math.MinInt64 {
		return 0, nil, errCut
	}
	return cdr.Millis(v), src[n:], nil
}

// readBefore reads a time before held.
func readBefore(held cdr.Millis, src []byte) (cdr.Millis, []byte, error) {
	d, n := binary.Uvarint(src)
	sinceNever := uint64(held) ^ 1<<63
	if n <= 0 || d >= sinceNever {
		return 0, nil, errCut
	}
	return held - cdr.Millis(d), src[n:], nil
}

// possible reports whether Step can have made tr.
func (tr *Track) possible() bool {
	since, full, held, fired := tr.Since != Never, tr.SinceFull != Never, tr.Held != Never, tr.Fired != Never
	switch {
	case tr.Phase != Open && tr.Severity != Warning, (since || full || fired) && !held:
		return false
	case tr.Phase == Holding:
		return since && (!full || tr.SinceFull >= tr.Since)
	case tr.Phase == Open:
		return !since && fired
	}
	return !since && !full
}
