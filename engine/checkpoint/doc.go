// Package checkpoint keeps the files of a state directory: what a job must know
// to go on after a crash as if nothing had happened.
//
// # The idea
//
// Time is cut into epochs by barriers. When every part of the engine has passed
// barrier n, what they stand at is epoch n. It is written to new files, named
// after the epoch, so that nothing is ever overwritten; each is synced, then the
// directory. Last comes MANIFEST, which names the files of the epoch, with their
// sizes and checksums, and holds everything that is small: positions of the
// sources, ledger, frontier. It is written as MANIFEST.tmp, synced, renamed to
// MANIFEST, and the directory is synced: that rename is the commit point. Before
// it the directory holds epoch n - 1, in full, after it epoch n, in full. A process
// may die between the rename and the sync: Open syncs the directory again before
// it believes what it finds.
//
// A subscriber is big and changes seldom, so an epoch holds either all of them,
// a base, or those that changed, a delta. The state is read from the newest
// epoch back to the base: of a subscriber the first version met counts. When the
// deltas have outgrown the base, WantBase asks for a new one, and the old chain
// becomes garbage. Days that are closed never change: they are written once and
// named by every MANIFEST until they are too old to matter.
//
//	Begin(7) --> Writer(i).Put ... Close   (state-7-i, days-7-i: synced)
//	         --> WriteOrder                (order-7: synced)
//	         --> Commit                    (directory synced; MANIFEST.tmp synced; renamed; directory synced)
//	         --> Collect                   (files that only epoch 6 needed are removed)
//
// # The directory
//
//	LOCK                     empty; locked by the process that uses the directory
//	MANIFEST                 the committed epoch
//	MANIFEST.tmp             a MANIFEST being written
//	state-EPOCH-WRITER       subscribers; EPOCH has 8 digits or more, WRITER 3 or more
//	days-EPOCH-WRITER        closed days
//	order-EPOCH              the reorder buffer
//
// The directory is flat, its mode is 0700, that of its files 0600. A directory
// that holds anything else is refused. A directory without MANIFEST holds no data
// files: opening a new one writes a MANIFEST of epoch 0 first, so that a MANIFEST
// that got lost is told from one that was never written.
//
// # Data files
//
// Numbers are little-endian. A checksum is a CRC-32C (Castagnoli, RFC 3720). A
// file is a head, blocks, an end mark and nothing more.
//
// The head:
//
//	 0  8  "cdrstate"
//	 8  4  version of the format, 1
//	12  4  writer; 0 in an order file
//	16  8  epoch
//	24  1  what the file holds: 1 subscribers, 2 days, 3 the reorder buffer
//	25  3  zero
//	28  4  checksum of bytes 0..27
//
// A block is a header and its data:
//
//	 0  4  length of the data in bytes, at most 2^30
//	 4  1  kind: 1 subscribers, 2 a day, 3 a piece of the reorder buffer, 255 the end mark
//	 5  1  partition; 0 in an order file and in the end mark
//	 6  2  zero
//	 8  4  day, as days since 1970-01-01, signed; 0 unless the kind is 2
//	12  4  number of the block in its file, from 0
//	16  4  checksum of the data
//	20  4  checksum of bytes 0..27 of the head followed by bytes 0..19 of this header
//	24     data
//
// A header has a checksum of its own because a reader skips blocks by what their
// headers say. It begins with the head so that a block of another file, which a
// disk that lost a write may come up with, does not pass.
//
// The end mark is a block too: its number is the number of blocks before it, its
// data are 16 bytes, that number and the sum of the lengths of their data. Without
// it a file cut at the edge of a block would look whole.
//
// In MANIFEST a file has its length and one checksum more, that of bytes 0..27 of
// its head followed by bytes 0..19 of all its headers, the end mark's included.
// The data are in it by their checksums. It tells a file from another that is
// whole in itself, and nothing has to be summed up twice.
//
// What the data of a block mean is the affair of packages shard and order. A
// reorder buffer is cut into blocks of 1 MiB, the last one shorter; an empty one
// has none.
//
// # MANIFEST
//
// Two JSON texts, one after the other. The first is a Manifest, indented. The
// second is the last line, with the checksum of all bytes before it:
//
//	{"crc32c":"0a1b2c3d"}
//
// The line is compared byte by byte: there is one way to write it.
//
// # Versions
//
// The accounts of sources came to MANIFEST before version 1 was released. It may lack them.
//
// Heads and MANIFEST carry the version of the format. MANIFEST is read first: its
// "version" and "engine" and the checksum line stay what they are in all
// versions, so that one that is too new can be named together with the program
// that wrote it. Keys of a Manifest that this version does not know are an error
// at the same version. Any change of the above, a new key included, is a new
// version; a version reads all before it, testdata holds one directory of each.
//
// # Damage
//
// Every byte lies under a checksum, and every checksum is compared before what it
// covers is used. A *DamageError names the file and the place. Nothing is
// repaired: a job that went on from half a state would lie.
package checkpoint
