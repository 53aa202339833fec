package nrtrde

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// head is what stands before the first event of a file.
type head struct {
	sender, recipient, sequence []byte
	specification, release      uint64
	size                        int // bytes of the file before the events
}

// readHead reads the beginning of a file. The problem is why it is no NRTRDE file.
func readHead(b []byte) (h head, problem string) {
	outer, p := ber.ReadHeader(b)
	switch {
	case p != ber.None:
		return h, "the first element: " + string(p)
	case outer.Tag != ber.Application(file) || !outer.Constructed:
		return h, "the first element is no Nrtrde"
	}
	h.size = outer.Size
	for h.size < len(b) {
		e, size, p := ber.Extent(b[h.size:])
		if p != ber.None || !h.element(e.Tag, b[h.size:][e.Size:size]) {
			break
		}
		h.size += size
	}
	switch {
	case h.specification != 2:
		return h, "it does not begin with version 2 of NRTRDE"
	case len(h.sender) == 0:
		return h, "it does not say who sent it"
	}
	return h, ""
}

// element takes an element of the head; false: it is none.
func (h *head) element(t ber.Tag, content []byte) bool {
	switch t {
	case ber.Application(specification):
		h.specification, _ = ber.Uint(content)
	case ber.Application(release):
		h.release, _ = ber.Uint(content)
	case ber.Application(sender):
		h.sender = bytes.TrimSpace(content)
	case ber.Application(recipient):
		h.recipient = bytes.TrimSpace(content)
	case ber.Application(sequence):
		h.sequence = bytes.TrimSpace(content)
	case ber.Application(fileAvailable), ber.Application(utcOffset):
	default:
		return false
	}
	return true
}

// String tells people what kind of file it is.
func (h *head) String() string {
	return fmt.Sprintf("NRTRDE 2.%d of %s for %s, file %s", h.release, decode.Quote(h.sender), decode.Quote(h.recipient), decode.Quote(h.sequence))
}

// layout is a head as events need it.
type layout struct {
	rules             *decode.Rules
	wholesale         bool
	sender, recipient []byte
	hash              uint64 // of the sender
	claims            decode.Claims
}

func newLayout(h *head, s *decode.Source) *layout {
	l := &layout{
		rules: decode.NewRules(s), wholesale: s.Wholesale,
		sender: bytes.Clone(h.sender), recipient: bytes.Clone(h.recipient), hash: cdr.Hash(h.sender),
	}
	if n, err := strconv.ParseInt(string(h.sequence), 10, 64); err == nil && n >= 0 {
		l.claims = decode.Claims{
			Has: decode.ClaimSequence, Sequence: n,
			Switch: "NRTRDE " + string(h.sender) + " > " + string(h.recipient), // each pair counts its own
		}
	}
	return l
}
