// Package feed publishes files of records to a subject of a JetStream stream, each
// record exactly once, whatever is killed on the way.
//
// A message holds whole raw records of one file, as they stand in it, and says in
// its headers how they are read:
//
//	Cdr-Format: csv
//	Cdr-Head: start_time,calling_number,...     the header row, where the format has one
//	Cdr-File: {"name":"a.csv",...}              the last message of a batch only
//
// Messages go in atomic batches, one after the other; a message of a large block is
// one by itself. The last message of a batch
// carries a [Mark]: which file it is of (by content, see engine/source/file), and
// the position behind it. So the last message of the subject tells where a later
// process goes on, and each mark names the last message of the file that was
// published before, so that older files are known too.
//
// The first message of a batch names the last message of the subject that its
// publisher knows, and the server refuses the batch if there is another. So two
// publishers on one subject notice each other, and a batch whose acknowledgement
// was lost can be sent again: either it is what stands there, or it is not.
package feed
