package disk

import (
	"os"
	"syscall"
)

// writeBack is the flag of sync_file_range(2) that begins to write and waits for nothing.
const writeBack = 2

// WriteBack asks the system to write to its disk what f holds, and does not wait: a Sync
// that comes later has less to do. It is advice and makes nothing durable; an error of
// the disk comes out at Sync.
func WriteBack(f File) {
	if f, ok := f.(*os.File); ok {
		_ = syscall.SyncFileRange(int(f.Fd()), 0, 0, writeBack)
	}
}
