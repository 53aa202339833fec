// Package spool reads a directory into which files are dropped for months, as one
// live source: every complete file once, in order.
//
//	Dir/2026-11-25/cdr-0017.csv          waits to be read
//	Dir/2026-11-25/cdr-0018.csv.tmp      passed over, see source.PassedOver
//	Dir/.archive/2026-11-26/2026-11-25/cdr-0016.csv    was read; the first date is that of the move, UTC
//	Dir/.quarantine/2026-11-25/cdr-0015.csv            could not be read,
//	Dir/.quarantine/2026-11-25/cdr-0015.csv.reason     and why
//	Dir/.cdrstream                       tells this directory from the empty mount point below it
//
// # What is read, and when
//
// Regular files in Dir and the directories in it. Links are passed over: to move
// one away says nothing about the file. A file is complete when its size and
// modification time have been the same for Options.Quiet, on the clock of this
// process: clocks of file servers differ. (A network file system may show old sizes for as long
// as it caches attributes, 60 s with NFS; what is complete is looked at again when it is open,
// which asks the server.) An empty file has to be so for emptyQuiet
// times as long, because many a writer makes its file long before it writes. What is
// complete is read in the order of its names; a file that is not holds back none
// behind it, and one that comes late is read when it comes. Directories that have
// become empty are left to their owner, who may be about to write there again. Trigger
// files (*.ready, *.done) are no signal here: empty ones are archived as any empty
// file, others go to the quarantine as what they are, no records.
//
// The directory is polled. Notifications of the kernel are not sent for what other
// machines write to a network file system, which is how most spools are filled. A poll
// lists the directories and looks only at files that are not known to be complete.
//
// # Exactly once
//
// A bookmark holds the file that is being read, with the bookmark of it, and all that were
// read to their end and are still there. Ack, once the epoch of a bookmark is
// committed, moves the latter away (or deletes them) and then forgets them: a process that
// crashes in between finds them in its bookmark and does not read them again, and
// does the rest with the next Ack. At most maxRead of them wait for an Ack; then
// reading waits too.
//
// A file in the bookmark is known by name, size and modification time, which costs no
// reading. Where one of the three differs the bookmark of its own source decides,
// which knows contents: a file that was only touched is still the same, one that has
// grown is read on from where it ended, anything else is another file under the same
// name, and read from its beginning. So a tail that somebody appends before the file
// is archived is not lost; where this package cannot tell what is new (a
// compressed file that has changed) records may come twice, which the engine
// drops as duplicates or sets aside as late. For the same reason no contents of
// archived files are remembered: the same file under another name is read, and all
// of it is late or duplicate.
//
// The file that is being read has to stay: when it is gone, replaced or shorter
// before its end was reached, Read or Bookmark fails, since no later process could
// go on in it.
//
// # Trouble
//
// A file that cannot be read (of no known format, without permission, with damage inside)
// goes to the quarantine with the Ack of its epoch, and the job goes on. The
// records before the damage were handed out and count. It can be put back under any
// name once it is mended; it is then a new file. When the directory is gone or
// fails, as when a file server is down, that is logged once, and tried again with every
// poll: files are forgotten only when the directory is there and they are not.
package spool
