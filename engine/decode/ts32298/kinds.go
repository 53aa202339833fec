package ts32298

import (
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// kind is one kind of record.
type kind struct {
	choice     uint32 // number of its tag in the CHOICE of its domain
	recordType uint64 // value of its member recordType [0]
	name       string // type of record in the accounts: several kinds may share one
	read       reader
}

// reader reads the body of one kind of record into r. It appends made texts to r.text.
// The problem is a reason for rejection, "" when there is none.
type reader func(r *record, body []byte) (problem string)

// kinds are all kinds of records that are known.
var kinds = newCatalogue(csKinds, psKinds, imsKinds, chfKinds, otherKinds)

// maxChoice is above the highest tag of a CHOICE.
const maxChoice = 256

// catalogue finds kinds by their tags.
type catalogue struct {
	kinds []kind
	types []uint8            // type of each kind: which of names
	names []string           // of the types
	first [maxChoice][]uint8 // the kinds of each tag
}

func newCatalogue(parts ...[]kind) *catalogue {
	c := &catalogue{kinds: slices.Concat(parts...)}
	for i, k := range c.kinds {
		t := slices.Index(c.names, k.name)
		if t < 0 {
			t = len(c.names)
			c.names = append(c.names, k.name)
		}
		c.types = append(c.types, uint8(t))
		c.first[k.choice] = append(c.first[k.choice], uint8(i))
	}
	return c
}

// find is the kind of the record with this tag and body: where several have the tag, the
// one with the recordType of the body.
func (c *catalogue) find(t ber.Tag, body []byte) (i int, problem string) {
	n := t.Number()
	if t.Class() != 2 || n >= maxChoice || len(c.first[n]) == 0 {
		return 0, fmt.Sprintf("its tag, %s, is that of no record of TS 32.298", tagName(t))
	}
	same := c.first[n]
	if len(same) == 1 {
		return int(same[0]), ""
	}
	v, ok := ber.Uint(ber.Find(body, ber.Context(0)))
	for _, i := range same {
		if ok && c.kinds[i].recordType == v {
			return int(i), ""
		}
	}
	if !ok {
		return 0, fmt.Sprintf("recordType: is missing, and tag %s alone does not tell which record this is", tagName(t))
	}
	return 0, fmt.Sprintf("recordType: %d is that of no record with tag %s", v, tagName(t))
}

// tagName is t as ASN.1 writes it.
func tagName(t ber.Tag) string {
	class := [4]string{"UNIVERSAL ", "APPLICATION ", "", "PRIVATE "}
	return fmt.Sprintf("[%s%d]", class[t.Class()], t.Number())
}
