package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// Refusal is the decoder of what cannot be read: it rejects every line, with itself as
// the reason.
type Refusal string

var _ Decoder = Refusal("")

// Name is none.
func (r Refusal) Name() string { return "" }

// About is none.
func (r Refusal) About() string { return "" }

// Detect never finds anything.
func (r Refusal) Detect([]byte) Match { return Match{Why: string(r)} }

// Open needs nothing.
func (r Refusal) Open([]byte, *Source) (Layout, int, error) { return nil, 0, nil }

// Decode implements [Decoder].
func (r Refusal) Decode(_ Layout, block []byte, _ *cdr.Batch, t *Tally) {
	lines := NewLines(block)
	for lines.Next() {
		t.Read++
		t.Rejects = append(t.Rejects, Reject{Raw: lines.At.Raw, Line: lines.At.Line, Reason: string(r)})
	}
	t.Lines += lines.Count()
}
