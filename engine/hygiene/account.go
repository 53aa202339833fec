package hygiene

import (
	"encoding/json"
	"maps"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// Account is of one file or stream.
type Account struct {
	Name   string `json:"name,omitempty"`
	Format string `json:"format,omitempty"` // of its records; empty: nothing of it was read

	// Of a file of a spool Accepted, Duplicate and Buffered are 0: which of its records are
	// duplicates is known only when the files after it have been read.
	Ledger Ledger           `json:"ledger,omitzero"`
	Notes  Notes            `json:"notes,omitzero"`
	Types  map[string]int64 `json:"types,omitempty"` // records of each type of the format
	Totals decode.Totals    `json:"totals,omitzero"`
	Claims decode.Claims    `json:"claims,omitzero"`

	// Partial is an account that lacks the beginning: the state is of a program that kept
	// none. What is claimed cannot be held against it.
	Partial bool `json:"partial,omitempty"`
	// Listed is a file that is in the register of files, as it stands.
	Listed bool `json:"listed,omitempty"`
}

// Begin notes that the records are read by d, whose layout is l, and what the header
// claims. Further calls do nothing. d is nil where nothing could be decoded yet.
func (a *Account) Begin(d decode.Decoder, l decode.Layout) {
	if a.Format != "" || d == nil {
		return
	}
	a.Format = d.Name()
	if c, ok := d.(decode.Claimer); ok {
		a.Claims.Merge(c.Claims(l))
	}
}

// Count adds what d counted in a block, and records that were too long for it.
func (a *Account) Count(d decode.Decoder, t *decode.Tally, oversize int) {
	long := int64(oversize)
	a.Ledger.Read += t.Read + long
	a.Ledger.Rejected += int64(len(t.Rejects)) + long
	a.Ledger.Filtered += t.Filtered
	for n, made := range t.Notes {
		a.Notes[n] += made
	}
	a.Totals.Add(&t.Totals)
	a.Claims.Merge(t.Claims)
	a.Listed = a.Listed && t.Read+long == 0
	typed, ok := d.(decode.Typed)
	if !ok {
		return
	}
	for i, name := range typed.Types() {
		a.countType(name, t.Types[i])
	}
}

func (a *Account) countType(name string, n int64) {
	if n == 0 {
		return
	}
	if a.Types == nil {
		a.Types = map[string]int64{}
	}
	a.Types[name] += n
}

// Clone is a copy that shares nothing with a.
func (a *Account) Clone() Account {
	b := *a
	b.Types = maps.Clone(a.Types)
	return b
}

// Notes counts the notes that were made of records.
type Notes [decode.Notes]int64

// MarshalJSON writes the notes that were made, by name.
func (n Notes) MarshalJSON() ([]byte, error) { return json.Marshal(n.ByName(false)) }

// UnmarshalJSON reads what MarshalJSON wrote. A name that is none is passed over.
func (n *Notes) UnmarshalJSON(text []byte) error {
	var byName map[string]int64
	err := json.Unmarshal(text, &byName)
	for i := range n {
		n[i] = byName[decode.Note(i).String()]
	}
	return err
}

// ByName is the counts by name, of all notes or of those that were made.
func (n *Notes) ByName(all bool) map[string]int64 {
	m := map[string]int64{}
	for i, made := range n {
		if all || made > 0 {
			m[decode.Note(i).String()] = made
		}
	}
	return m
}

// add adds the counts of o.
func (n *Notes) add(o *Notes) {
	for i, made := range o {
		n[i] += made
	}
}
