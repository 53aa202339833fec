package order

import "github.com/cdrstream/cdrstream/engine/cdr"

// Ref is one released record: a row of one of the run's batches, and what shards have to
// know of its legs before they look at it. A row comes from far; most shards do not want
// it, and those that do, later, and with many others.
type Ref struct {
	Batch, Row      uint32
	Calling, Called Leg
}

// Leg is what a shard has to know of the leg of a party to queue it: marks in the lowest
// bits, and above them the highest 29 bits of the hash of the party's number.
type Leg uint32

// What a leg is. Only there is always bit 0.
const (
	There  Leg = 1 << iota // the record has this leg
	Served                 // of the served party
	Named                  // of a party whose number is a name
)

// Of the hash, from the highest bit on: the partition, the queue of a shard, and what tells
// most of the subscribers of a queue apart.
const (
	PartitionBits = 6
	QueueBits     = 7
	codeBits      = 16
	legMarks      = 3
	hashShift     = 64 - PartitionBits - QueueBits - codeBits // of a hash
)

// NewRef returns the reference to x, which is that row of a batch.
func NewRef(batch uint32, row int, x *cdr.Row) Ref {
	r := Ref{Batch: batch, Row: uint32(row)}
	r.renew(x)
	return r
}

// renew finds the legs of a record that was changed.
func (r *Ref) renew(x *cdr.Row) {
	f := x.Flags
	served := Leg(f/cdr.ServedCalled) & 1
	r.Calling = legOf(x.Calling) | Leg(f/cdr.Originating)&1 | (served^1)*Served
	r.Called = legOf(x.Called) | Leg(f/cdr.Terminating)&1 | served*Served
}

func legOf(n cdr.Number) Leg {
	return Leg(n.Hash()>>hashShift)<<legMarks | Leg(n>>63)*Named
}

// Partition is the partition of the party.
func (l Leg) Partition() uint { return uint(l >> (32 - PartitionBits)) }

// Queue is the queue of the party in its shard.
func (l Leg) Queue() uint { return uint(l>>(32-PartitionBits-QueueBits)) % (1 << QueueBits) }

// Code is what tells the party apart from most others of its queue.
func (l Leg) Code() uint16 { return uint16(l >> legMarks) }

// Of returns a record of the run.
func (r *Run) Of(ref Ref) *cdr.Row { return &r.Batches[ref.Batch].Rows[ref.Row] }
