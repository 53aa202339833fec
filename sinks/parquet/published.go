package parquet

import (
	"context"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
)

// Rows are personal data: others get nothing, the umask may take more.
const (
	fileMode = 0o640
	dirMode  = 0o750
)

// published is what the sinks have in common: how their files become visible.
type published struct{ stage *stage.Stage }

// publish completes o and c.
func publish(dir string, o *Options, c stage.Config) published {
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	c.Name, c.Dir, c.Disk = "parquet sink", dir, o.Disk
	return published{stage.New(c)}
}

// Prepare makes the files of the epochs up to epoch durable and returns them, in
// the order of their paths, with those that an earlier Prepare returned and no
// Commit has published yet. They stay invisible; a crash after Prepare loses none
// of them. All rows of these epochs must have been written; those of later ones
// may be written meanwhile.
func (p published) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	return p.stage.Prepare(ctx, epoch)
}

// Commit publishes what was prepared for epoch and those before it. It may be
// repeated, and rows of later epochs may be written meanwhile.
func (p published) Commit(ctx context.Context, epoch uint64) error {
	return p.stage.Commit(ctx, epoch)
}

// Recover is the first call of a sink that goes on from a checkpoint: epoch is
// the last that was committed there, files what Prepare returned for it. They are
// compared with what is staged, and then published; one that is missing was
// published before. What else is staged is dropped. With epoch 0 there are no
// files, and all is dropped.
//
// An error leaves what is staged as it was: Recover may be repeated by a new sink.
func (p published) Recover(ctx context.Context, epoch uint64, files []disk.Staged) error {
	return p.stage.Recover(ctx, epoch, files)
}
