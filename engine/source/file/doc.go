// Package file reads files of call-detail records as sources: plain, gzip
// (any number of members) or zstd (any number of frames), told apart by their
// first bytes and never by their name, and standard input likewise.
//
// Most records are lines. Read hands out blocks of whole lines:
//
//	stream  ...|a line\n|a line\n|a li          bytes as they were read
//	            <---- Data ---->  <-> carried   kept for the front of the next block
//
// Bytes of a plain file go from the file straight into the caller's buffer, to
// where in a cache line they stand in the file, as processors copy them fastest;
// only the piece of a line at the end of a block is copied, into the File and
// from there to the front of the next buffer. A line that is longer than the
// block makes the block grow; a line that is longer than the limit is passed
// over with bounded memory and reported.
//
// Where records are not lines ([File.Frame]), a framing cuts the stream instead, and
// blocks are of whole pieces of it. It gets to see as many bytes as a record may
// have, not what happens to be in a block: what is found is a function of the stream.
// A record that is longer than that and does not say where it ends is set aside up
// to the next place where one may begin.
//
// [Find] turns what the user named (files, directories, globs, "-") into the
// list of files to open. Before the first Read, [File.Head] shows the beginning
// for format detection and [File.Skip] passes over what is not a record.
//
// A [File.Bookmark] is a position with evidence: the size, hashes of the first
// and of the last 64 KiB that were read, and if [Options] ask for it a hash of
// everything. With it [File.Resume] goes on in another process, or says what
// happened to the file; a change between the two ends of what was read of a plain
// file is not seen. [Distinct] recognises the same content under another name.
package file
