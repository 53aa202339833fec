package order

import "github.com/cdrstream/cdrstream/engine/cdr"

// Ref is one released record: a row of one of the run's batches, and marks that tell of its
// legs. With the hashes of its parties they are all that shards have to know to queue legs.
// The row comes from far: they look at it when they fold, those of its legs.
type Ref struct {
	Batch uint32
	row   uint32 // above rowBits: marks
}

// Marks tell what legs a record has.
type Marks uint32

// The marks.
const (
	HasCalling Marks = 1 << iota // a leg of the calling party
	HasCalled
	ServesCalled // the called party is the served one, else the calling party
	HasNames     // a party's number is a name

	rowBits = 28 // a block has not as many records
)

// NewRef returns the reference to x, which is that row of a batch.
func NewRef(batch uint32, row int, x *cdr.Row) Ref {
	return Ref{batch, uint32(row) | uint32(marksOf(x))<<rowBits}
}

func marksOf(x *cdr.Row) Marks {
	return Marks(x.Flags/cdr.Originating)&(HasCalling|HasCalled|ServesCalled) | Marks((x.Calling|x.Called)>>63)*HasNames
}

// Row is the record's place in the batch.
func (r Ref) Row() int { return int(r.row & (1<<rowBits - 1)) }

// Marks tell of its legs.
func (r Ref) Marks() Marks { return Marks(r.row >> rowBits) }

// Without returns the reference without some marks.
func (r Ref) Without(m Marks) Ref {
	r.row &^= uint32(m) << rowBits
	return r
}

// Of returns a record of the run.
func (r *Run) Of(ref Ref) *cdr.Row { return &r.Batches[ref.Batch].Rows[ref.Row()] }

// Parties returns the hashes of the numbers of its parties.
func (r *Run) Parties(ref Ref) cdr.Parties { return r.Batches[ref.Batch].Parties[ref.Row()] }

// move makes row i the place of the record.
func (r *Ref) move(i int) { r.row = r.row&^(1<<rowBits-1) | uint32(i) }
