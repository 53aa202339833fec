// Package rejects reads the records that a run set aside, and keeps a file of what
// became of them in which each is once.
//
// A reject is known by where it stood: its source, the message in it, and the offset. So
// its text may be corrected by hand, and it is still the same one.
//
// An [Output] is two files. The register beside the output names every reject that was
// written, with a hash of its text. A line that begins with = says how long the output is
// with all that stands above, its CRC-32C, and that of the entries since the last such
// line:
//
//	cdrstream register of reprocessed rejects 1
//	= 0 00000000 00000000
//	1f0b3c9a66d2e8471f0b3c9a66d2e847 9a66d2e8471f0b3c
//	= 231 8c12e7f0 04c9b1aa
//
// What was appended to the output is made durable first, then the register that tells of
// it. What the register does not tell of is cut off by whoever comes next. So a record
// is in the output once, whenever a process is killed.
package rejects
