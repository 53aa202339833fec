package ts32298

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Detect is sure of a file whose first elements are records, and of one with a header
// of TS 32.297.
func (Decoder) Detect(head []byte) decode.Match {
	if h, ok := readHeader(head); ok {
		return decode.Match{Score: 95, Why: h.String()}
	}
	records, others, first := 0, 0, ""
	last := len(head) < decode.MaxHead
	for rest := head; len(rest) > 0 && others < 4; {
		p := stream{}.Cut(rest, last)
		if p.Kind == decode.NeedMore {
			if long := longRecord(rest); records == 0 && long != "" {
				records, first = 1, long
			}
			break
		}
		if p.Kind == decode.JunkPiece {
			others++
		}
		if p.Kind == decode.RecordPiece {
			raw := p.Record.Of(rest)
			switch name := recordName(raw); {
			case name == "" && envelope(raw) == nil:
				others++
			case name != "":
				records++
				if first == "" {
					first = name
				}
			}
		}
		rest = rest[p.Size:]
	}
	if records <= others {
		return decode.Match{Why: "neither records of TS 32.298 nor a header of TS 32.297"}
	}
	more := ""
	if !last {
		more = " in its first 64 KiB"
	}
	return decode.Match{Score: 90, Why: fmt.Sprintf("%d records of TS 32.298%s, the first %s", records, more, first)}
}

// longRecord is the name of the kind of the record that b begins with, which is longer
// than b, behind headers of containers or not; "" when it is none.
func longRecord(b []byte) string {
	b = b[containers(b):]
	if !beginsRecord(b) {
		return ""
	}
	h, _ := ber.ReadHeader(b)
	i, problem := kinds.find(h.Tag, b[h.Size:])
	if problem != "" {
		return ""
	}
	return kinds.kinds[i].name
}

// recordName is the name of the kind of record that raw is, with a recordType that is
// its own, "" when it is none.
func recordName(raw []byte) string {
	h, body, problem := open(raw)
	if problem != "" || !h.Constructed {
		return ""
	}
	i, problem := kinds.find(h.Tag, body)
	if problem != "" {
		return ""
	}
	if v, ok := ber.Uint(ber.Find(body, ber.Context(0))); !ok || v != kinds.kinds[i].recordType {
		return ""
	}
	return kinds.kinds[i].name
}

// Open implements [decode.Decoder]. A header of TS 32.297 is passed over.
func (Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	l := &layout{rules: decode.NewRules(s), framing: stream{}}
	if len(s.HomePLMNs) > 0 {
		l.home = s.HomePLMNs[0]
	}
	h, ok := readHeader(head)
	if !ok {
		return l, 0, nil
	}
	l.framing, l.claims = cdrFile{}, h.claims()
	return l, h.size, nil
}
