// Package disktest is a file system in memory for crash tests: what a program
// leaves when it dies at any operation, and what it does when one fails.
//
//	m := disktest.New()
//	m.CrashAt(17, false)            // operations count from 0
//	err := run(m)                   // fails with ErrCrashed
//	after := m.Crash(50, seed)      // what a new process finds
//	err = recover(after)
//
// A crash keeps what package disk promises, and of the rest as much as it is told:
//
//   - the content of a file as of its last Sync, but for bytes that were
//     overwritten or cut since;
//   - the names in a directory as of its last SyncDir. Each later operation on it
//     survives or not for itself: a created name may be missing, a removed one may
//     be back. A rename within one directory is one operation; between two
//     directories it is one in each;
//   - directories, from the moment they are made.
//
// What survives beyond that is a matter of keep. 0 keeps nothing of it. 100 is the
// death of the process alone: the next one sees everything, but what was not
// synced still is not, and a second crash may take it. Anything between lets the
// seed decide, for each name and each file; a file may have lost what was not
// synced, or have part of it, or its length with zeros at the end, or what it held
// before it was cut.
package disktest
