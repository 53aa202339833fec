package disk

import (
	"os"
	"syscall"
)

// WriteBack asks the system to write to its disk what f holds, and the disk to keep it,
// and does not wait: a Sync that comes later has less to do. It is advice and makes
// nothing durable; an error of the disk comes out at Sync.
//
// A disk with a cache of its own takes writes in at once and works them off when it is
// told to flush, all of them, so that the first Sync of a long job may wait for whatever
// the job has written. The flush goes through a second descriptor, since the system tells
// an error of the disk once for each (errseq in the kernel): f keeps its own.
func WriteBack(f File) {
	file, ok := f.(*os.File)
	if !ok {
		return
	}
	second, err := os.Open(file.Name())
	if err != nil {
		return
	}
	go func() {
		_ = syscall.Fdatasync(int(second.Fd()))
		_ = second.Close()
	}()
}
