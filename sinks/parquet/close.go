package parquet

import "errors"

// Close removes the files that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart.
// Nobody may be writing.
func (s *Sink) Close() error { return s.stage.Close(s.closeShards) }

func (s *Sink) closeShards() (err error) {
	for _, sh := range s.shards {
		if sh.file != nil {
			err = errors.Join(err, sh.file.Close())
		}
	}
	return err
}
