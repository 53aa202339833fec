// Package jsonl keeps the records that were set aside, rejected or late, as JSON
// lines:
//
//	{"source":"a.csv","line":17,"offset":1840,"reason":"start_time: month 13","raw":"7,voice,..."}
//
// line counts from 1, offset is in bytes of the decompressed source. A raw record
// that is not UTF-8 stands as raw_base64 instead of raw. A source name or reason
// that is not UTF-8 has U+FFFD for what is wrong.
//
// There is one file for each kind, OUT/rejects/rejects.jsonl and
// OUT/late/late.jsonl, made with its first record. It only grows, and only by a
// Commit. Until then records are staged in the same file system:
//
//	Append   OUT/.staging/late/open
//	Prepare  fsync, rename to OUT/.staging/late/<epoch>-<offset>, fsync the directory
//	Commit   cut the file to offset, append the staged bytes, fsync, remove the staged file
//
// offset is where the epoch's records begin in the final file. Cutting first makes
// a commit that was interrupted repeatable: what it had appended goes, and is
// appended again. The first call tells a new writer what to do with what an
// earlier process left: Commit(n) publishes its epochs up to n and drops the rest;
// Append or Prepare drops everything.
//
// Raw records are personal data: files are 0600 and directories 0700.
package jsonl
