// Package source says what a source of records is: something that yields blocks
// of whole raw records in their order and can tell, and return to, a position
// between two of them. engine/source/file reads files, engine/source/spool a
// directory into which files are dropped, engine/source/jetstream messages.
package source

import (
	"context"
	"errors"
)

// Position is a place between two records of a source.
type Position struct {
	Offset  int64 `json:"offset"`  // bytes of the decoded (decompressed) stream before it
	Line    int64 `json:"line"`    // line feeds before it, or records where these are not lines
	Records int64 `json:"records"` // records before it; 0 where the source does not count them
}

// Block is a run of whole records, as raw bytes. Blocks follow each other
// without a gap: whatever is not a record of this block or the one before was
// skipped and stands in Oversize.
type Block struct {
	Data  []byte   // owned by the reader's caller: it lies in the buffer that was passed to Read, or in a larger one. May be empty
	Start Position // of Data[0]
	End   Position // just past Data: where a Seek goes on behind this block, what an Ack of it names
	// Oversize lists records that were longer than the source's limit. They are
	// not in Data: the reader skipped them and kept the beginning of each. They
	// stand between the End of the block before and Start, so that Data has no
	// hole and a Seek to that End meets them again.
	Oversize []Oversize

	// Name is what the records stand in where that is a part of the source: a file of
	// a spool. Empty: the source itself.
	Name string
	In   Position // where Data[0] stands in Name; of no meaning without one
	// Layout is how the records are read, as the function made it that the source was
	// given for that: the parts of a live source may differ in format. nil: as
	// what came with the source.
	Layout any
	// Messages are those that Data consists of, in order; nil where records do not
	// come in messages.
	Messages []Message
}

// Buffer is what to pass to the next Read, which b was made by Read of buf for: the larger
// of buf and what Data lies in, of which it need not be the beginning. It is empty.
func (b *Block) Buffer(buf []byte) []byte {
	if cap(b.Data) > cap(buf) {
		return b.Data[:0]
	}
	return buf[:0]
}

// Message is one message of a stream in a block.
type Message struct {
	Sequence uint64 // its number in the stream; 0 where messages have none
	Off      int    // where it begins in Data
}

// Oversize is a record that was skipped because it is longer than the limit.
type Oversize struct {
	At Position // where it begins; in Block.Name, where that is not empty
	// Sequence is that of the message it came in, 0 where it came in none. At counts
	// from the beginning of the message then.
	Sequence uint64
	Size     int64  // its length in bytes, without the line end; what was looked at of one of which the end was not found
	Head     []byte // its first bytes; the receiver owns them
}

// Bookmark is a position and the evidence by which a later process can make sure
// that the source still is what had been read up to there.
type Bookmark struct {
	Position Position `json:"position"`
	Evidence string   `json:"evidence"` // of the source's own making; short readable text
}

// Source yields the records of one file, stream partition or series of files.
type Source interface {
	// Name identifies the source in messages, rejects and the ledger.
	Name() string
	// Read fills buf with a block of whole records and returns it. The block lies in
	// buf, wherever in its capacity, or in a new buffer where that is too small: Block.Buffer
	// tells which to go on with. It keeps no reference to buf or the block. A bounded
	// source ends with io.EOF, together with or after its last records.
	Read(ctx context.Context, buf []byte) (Block, error)
	// Seek makes the next Read start at p, the Start or End of a block that an
	// earlier Read of the same content returned, perhaps in another process. It
	// fails if the source no longer reaches p.
	Seek(ctx context.Context, p Position) error
	// Bookmark returns the End of the block that the last Read returned, before
	// any Read the position where it will begin, with evidence. It fails, also
	// before anything was read, if the source cannot be read again.
	Bookmark() (Bookmark, error)
	// Resume makes the next Read start at b, which an earlier Bookmark returned,
	// perhaps in another process. It fails if the source is no longer the one
	// that b was taken of; Read then fails too.
	Resume(ctx context.Context, b Bookmark) error
	// Ack tells that everything before b, which Bookmark or an earlier process's
	// returned, is safe for ever: it is part of a committed epoch.
	Ack(ctx context.Context, b Bookmark) error
	Close() error
}

// ErrNone is what Read of a live source returns when nothing is there yet.
var ErrNone = errors.New("source: nothing there yet")

// Live is a source without an end. Its Read does not wait: it returns what is
// there, or ErrNone. An error of it is final.
type Live interface {
	Source
	// Notify is called once, before the first Read. After a Read that returned
	// ErrNone the source calls wake, from any goroutine, once another Read would
	// return something else. It may call it more often. wake does not block.
	Notify(wake func())
	// Lag tells how far the reading is behind. Any goroutine may call it, often.
	Lag() Lag
}

// Lag is what lies between a live source and its reader.
type Lag struct {
	Waiting  int64 // messages, or files, that were not read yet; -1: unknown
	Headroom int64 // messages between the oldest that is left and the next to be read: how many may expire before one is lost; -1: nothing expires, or unknown
}

// Parted is a live source that consists of parts with an end: a spool of its files. The
// Name of a block is that of the part it is of.
type Parted interface {
	Live
	// Ended returns the parts that have come to their end since the last call, in order.
	// It serves the goroutine that reads: what was read of a part was returned before.
	Ended() []Part
}

// Part is a part of a source that has ended.
type Part struct {
	Name     string
	Evidence string // of its bookmark at its end; empty: nothing of it was read
	Layout   any    // see Block; nil: it is not known
	Again    bool   // it had been read before, and had grown
	Reason   string // why it could not be read, or not to its end; empty: it could
}
