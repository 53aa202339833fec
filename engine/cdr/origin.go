package cdr

// Origin is where a record was read.
type Origin struct {
	Source   string // a file, a stream, a subject
	Sequence uint64 // of the message in its stream; 0: it did not come in a message
	Line     int64  // counted from 1, in the file or the message
	Offset   int64  // in bytes, likewise, of the decompressed text
}
