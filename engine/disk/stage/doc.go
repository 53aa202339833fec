// Package stage publishes whole files exactly once, epoch by epoch. A file under a
// final name is complete and durable. Until then it is staged in the same file
// system, under a name that tells its epoch and its final name:
//
//	Create, Complete   DIR/STAGING/name
//	Prepare            fsync the files of an epoch, fsync the directory
//	Commit             link them to their final names, fsync the directories, remove the staged names
//
// Prepare tells the names, sizes and checksums of the files, for a checkpoint. A
// process that goes on from there gives them to Recover, which compares them with
// what is staged and publishes them again: a final name that is there must have the
// same content, and a staged name that is gone was published. What else is staged,
// of later epochs and of epochs that were published, is dropped. Whoever begins
// without Recover drops everything that is staged.
package stage
