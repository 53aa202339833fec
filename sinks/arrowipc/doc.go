// Package arrowipc writes feature rows as Arrow IPC files (the file format, formerly
// Feather version 2), which pyarrow, Polars, DuckDB and others map into memory:
//
//	OUT/features-arrow/date=2026-03-01/20260302T000000Z-00.arrow
//
// There is a file for each boundary and shard, in the directory of its local date. Its
// name is the end of the windows in UTC and the number of the shard. Columns, their
// types and their metadata (unit, formula, window) are those of the Parquet files: the
// fixed ones, which have a value in every row, and the features, which may be null. The
// options' metadata is that of the schema. Rows ascend by subscriber; each frame of the
// engine, up to some thousand rows, is a record batch. Its buffers are compressed with
// Zstandard, or LZ4, which takes half of the time and twice the room, or more.
//
// A file under its final name is complete: files are staged in
// OUT/.staging/features-arrow, and published as package stage tells.
package arrowipc
