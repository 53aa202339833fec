package tap

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
	notification      bool // a file that says that there is nothing to tell
	controlled        bool // it has a BatchControlInfo
	sender, recipient []byte
	sequence          []byte
	specification     uint64
	release           uint64
	decimals          int // of charges; -1: the file does not say
	offsets           map[uint64]int16
	size              int // bytes of the file before the first event or what follows the events
}

// readHead reads the beginning of a file. The problem is why it is no TAP file.
func readHead(b []byte) (h head, problem string) {
	h.decimals = -1
	outer, p := ber.ReadHeader(b)
	switch {
	case p != ber.None:
		return h, "the first element: " + string(p)
	case outer.Tag == ber.Application(notification) && outer.Constructed:
		h.notification = true
		h.control(b[outer.Size:])
		h.size = len(b)
		if _, size, p := ber.Extent(b); p == ber.None {
			h.size = size
		}
		return h, h.check()
	case outer.Tag != ber.Application(transferBatch) || !outer.Constructed:
		return h, "the first element is no TransferBatch or Notification"
	}
	h.size = outer.Size
	h.groups(b)
	return h, h.check()
}

// groups reads the groups of the batch up to the events.
func (h *head) groups(b []byte) {
	for h.size < len(b) {
		g, size, p := ber.Extent(b[h.size:])
		content := b[h.size:][g.Size:]
		if p == ber.None {
			content = content[:g.Length]
			if g.Indefinite {
				content = b[h.size:][g.Size : size-2]
			}
		}
		switch g.Tag {
		case ber.Application(batchControlInfo):
			h.controlled = true
			h.control(content)
		case ber.Application(accountingInfo):
			h.accounting(content)
		case ber.Application(networkInfo):
			h.network(content)
		case ber.Application(messageTexts):
		default:
			return
		}
		if p != ber.None { // it goes on behind the part of the file that is seen here
			return
		}
		h.size += size
	}
}

// control reads who sent the file to whom.
func (h *head) control(content []byte) {
	for w := ber.Walk(content); w.Next(); {
		switch w.Tag {
		case ber.Application(sender):
			h.sender = bytes.TrimSpace(w.Content)
		case ber.Application(recipient):
			h.recipient = bytes.TrimSpace(w.Content)
		case ber.Application(fileSequenceNumber):
			h.sequence = bytes.TrimSpace(w.Content)
		case ber.Application(specification):
			h.specification, _ = ber.Uint(w.Content)
		case ber.Application(release):
			h.release, _ = ber.Uint(w.Content)
		}
	}
}

// accounting reads what charges are counted in.
func (h *head) accounting(content []byte) {
	if n, ok := ber.Uint(ber.Find(content, ber.Application(tapDecimalPlaces))); ok && n <= mostDecimals {
		h.decimals = int(n)
	}
}

// network reads the table of offsets, which is the first of the group.
func (h *head) network(content []byte) {
	for w := ber.Walk(ber.Find(content, ber.Application(utcTimeOffsetInfo))); w.Next(); {
		code, ok := ber.Uint(ber.Find(w.Content, ber.Application(utcTimeOffsetCode)))
		minutes, fine := decode.CompactOffset(ber.Find(w.Content, ber.Application(utcTimeOffset)))
		if w.Tag != ber.Application(utcTimeOffsetEntry) || !ok || !fine {
			continue
		}
		if h.offsets == nil {
			h.offsets = map[uint64]int16{}
		}
		h.offsets[code] = minutes
	}
}

// check says why the file is none of TAP 3.
func (h *head) check() string {
	switch {
	case !h.notification && !h.controlled:
		return "the first element holds no BatchControlInfo"
	case h.specification != 3:
		return "it does not say that it is of TAP 3"
	case len(h.sender) == 0:
		return "it does not say who sent it"
	}
	return ""
}

// String tells people what kind of file it is.
func (h *head) String() string {
	what := "a batch"
	if h.notification {
		what = "the notification that there are no events"
	}
	return fmt.Sprintf("TAP 3.%d: %s of %s for %s, file %s", h.release, what,
		decode.Quote(h.sender), decode.Quote(h.recipient), decode.Quote(h.sequence))
}

// claims are what the file says of itself before its events.
func (h *head) claims() (c decode.Claims) {
	if n, err := strconv.ParseInt(string(h.sequence), 10, 64); err == nil && n >= 0 {
		c.Has, c.Sequence = decode.ClaimSequence, n
		c.Switch = "TAP " + string(h.sender) + " > " + string(h.recipient) // each pair counts its own
	}
	return c
}

// layout is a head as events need it.
type layout struct {
	rules             *decode.Rules
	offsets           map[uint64]int16
	decimals          int
	wholesale         bool
	sender, recipient []byte
	hash              uint64 // of the sender
	claims            decode.Claims
}

func newLayout(h *head, s *decode.Source) *layout {
	return &layout{
		rules: decode.NewRules(s), offsets: h.offsets, decimals: h.decimals, wholesale: s.Wholesale,
		sender: bytes.Clone(h.sender), recipient: bytes.Clone(h.recipient), hash: cdr.Hash(h.sender), claims: h.claims(),
	}
}
