// Package parquet writes feature frames, alerts and the register of files to Parquet
// files. There is one feature file for each boundary and shard that has rows:
//
//	OUT/features/date=2026-03-01/20260301T230000Z-00.parquet
//	                  |          |                +- shard
//	                  |          +- window_end in UTC, .mmm when it has milliseconds
//	                  +- local date of window_end - 1 ms
//
// The name follows from the frame alone, so a file that is made again, after a
// crash, gets the same name. Feature rows are personal data: files are 0640 and
// directories 0750, less what the umask takes.
//
// It comes once, since a shard writes all rows of a boundary in one epoch, all
// shards do so in the same one, and a boundary that was committed is not written
// again, whatever number of shards goes on from there.
//
// An alert file holds the alerts of an epoch that has any:
//
//	OUT/alerts/00000007.parquet
//	           +- epoch
//
// The register of files (Files) is files.parquet when a job is over, and otherwise the
// files of an epoch that has any:
//
//	OUT/files.parquet
//	OUT/files/00000007.parquet
//
// # Exactly once
//
// A file under a final name is complete and durable. Until then it is staged in
// the same file system, under a name that says the epoch of its rows (alert files
// in OUT/.staging/alerts):
//
//	Write    OUT/.staging/features/7_2026-03-01_20260301T230000Z-00.parquet
//	Prepare  fsync the files of an epoch, fsync the directory
//	Commit   link them to their final names, fsync the directories, remove the staged names
//
// Prepare tells the names, sizes and checksums of the files, for a checkpoint. A
// process that goes on from there gives them to Recover, which compares them with
// what is staged and publishes them again: a final name that is there must have the
// same content, and a staged name that is gone was published. What else is staged,
// of later epochs and of epochs that were published, is dropped. A sink that begins
// without Recover drops everything that is staged.
//
// # Inside a feature file
//
//	"PAR1" row group* footer length "PAR1"
//	row group  = a column chunk for each column
//	chunk      = [dictionary page] data page V2*
//	data page  = header, definition levels, values
//
// Columns are subscriber, window_end (timestamp[ms, UTC]), home, observed_days,
// approx, and then those of the schema, which may be null. Rows ascend by
// subscriber over the whole file, and row groups say so. The footer carries the
// job's metadata and the Arrow schema with each field's unit, formula and window.
//
// A frame becomes one page of each column, or several when it is long; pages are
// encoded and compressed at once and gathered until a row group is full. So a
// shard holds one row group of encoded pages (10 to 20 MB for 126 columns), and
// frames of a thousand rows or more make the best files.
//
// # Encodings
//
// Pages are encoded here; schema, statistics and footer are the Arrow library's.
// Its column writers (parquet/file) were tried at their best settings: V2 pages,
// dictionaries only for sparse columns, deltas for other integers, one zstd encoder
// for all pages. A row of 131 columns takes them 4.3 times the processor time that it
// takes here in files 14 % larger; without compression 2.9 times in files twice as large. Rows are
// a quarter of the work of a replay. Anyone may repeat it:
//
//	go test ./sinks/parquet -run '^$' -bench Arrow -benchtime 10x
//
// They lose it by choosing one encoding for a column beforehand (doubles must go
// through zstd plain, since dictionaries cost 50 ns a value or more), by levels that
// they encode row by row, and by buffers made anew for each row group, 2 KB a row.
// The library's encoders cannot be had without its writers.
//
// What a column chunk gets is decided by its own values, anew in each row group:
//
//   - integers and doubles begin with a dictionary, whose indexes are run-length
//     and bit-packed. When more than one in four values is new, of the first doubles
//     more than five in eight, it is given up for the rest of the chunk: integers go
//     on as deltas (DELTA_BINARY_PACKED), doubles as they are. A field marked Wide,
//     and not Sparse, begins so.
//     Integers below 256 are numbered eight at a time, or 64 with AVX-512, those below 4,096
//     without a hash.
//   - indexes of up to eight bits get 1, 2, 4 or 8, so that a byte holds whole ones.
//   - bools are bits. Subscribers, which ascend, are what each does not have in common with
//     the one before it (DELTA_BYTE_ARRAY).
//   - definition levels are the column's bitmap, which is a bit-packed run
//     already, or one run when no row or every row is null.
//   - all values are Huffman-coded where a sample of the page says that it gains, or the
//     page before it gained much: zstd frames of literals without matches (entropy.go).
//     They have few repetitions, and looking for them took more than half of the time of
//     a row.
//   - a column that is another one (feature.Frame.Same) has the pages of that.
//
// Every page is a data page V2, each with its own encoding; readers of the format
// know them all.
//
// # Inside an alert file
//
// Alerts are few, so the Arrow library writes them. The columns, and what is null,
// are those of alert.AppendJSON, with these types:
//
//	event_time, detected_at, window_end   timestamp[ms, UTC]
//	home                                  bool
//	at_risk                               double
//	evidence                              map of double: bools are 0 and 1
//	labels                                map of text
//	record_ids, examples                  list of text
//	count                                 int64
//	all others                            text
//
// Rows stand in the order in which they came. A row group of 4,096 is written as
// soon as it is full, so an epoch of any length takes some megabytes. Pages are data
// page V2 and Snappy: for zstd the library makes a compressor for each page, which takes
// nearly as long as all the rest. Files of fewer than 256 alerts are not compressed.
//
// The register is written in the same way. Its columns are text, int64 and timestamps,
// types and notes maps of int64, warnings a list of text.
package parquet
