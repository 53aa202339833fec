// Package jsonl keeps as JSON lines the alerts, as [alert.AppendJSON] writes them, and
// the records that were set aside, rejected or late:
//
//	{"source":"a.csv","line":17,"offset":1840,"reason":"start_time: month 13","raw":"7,voice,..."}
//
// line counts from 1, offset is in bytes of the decompressed source. A raw record
// that is not UTF-8 stands as raw_base64 instead of raw. A source name or reason
// that is not UTF-8 has U+FFFD for what is wrong.
//
// There is one file for each kind, OUT/alerts.jsonl, OUT/rejects/rejects.jsonl and
// OUT/late/late.jsonl, made with its first line. It only grows, and only by a
// Commit. Until then lines are staged in the same file system (alerts in
// OUT/.staging/alerts.jsonl):
//
//	Append   OUT/.staging/late/<offset>.jsonl
//	Cut      this file is complete; what follows goes to another one. Alerts say
//	         their epoch, and need no Cut
//	Prepare  fsync the files that were cut off, fsync their directory
//	Commit   write them at their offset, cut off what is behind, fsync; remove them
//
// offset is where the lines of the file begin in the final file. It is known
// from the start, since the files before it are complete, and it is all that a
// crash must leave: Commit may be interrupted anywhere, and Recover writes the
// lines there again and cuts off the rest. A staged file goes only when the
// final file is durable, so one that the checkpoint names and that is gone was
// published, and Recover makes sure of it by its checksum.
//
// A checkpoint that names no file says nothing about the final file, and need
// not: only a Commit changes it, and the one before had ended. A writer that
// begins without Recover drops what is staged and continues the final file.
//
// Raw records are personal data: files are 0600 and directories 0700. Alerts stand
// beside the features and are for the same readers: 0640 and 0750, less what the
// umask takes.
package jsonl
