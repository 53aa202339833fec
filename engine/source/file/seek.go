package file

import (
	"context"
	"fmt"
	"math"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Seek makes the next Read begin at p: the Start or End of a block, or what
// Position returned. A plain file goes there directly; a compressed one is
// decompressed up to there, from its beginning if p is behind. Standard input
// and pipes go forward only. A file that no longer reaches p is an error; after
// an error Read fails too, until another Seek succeeds.
func (f *File) Seek(ctx context.Context, p source.Position) error {
	f.start()
	var err error
	if f.kind == plain && f.raw.base >= 0 {
		err = f.jump(p)
	} else {
		err = f.wade(ctx, p)
	}
	if err != nil {
		f.lose(err)
		return err
	}
	f.pos, f.cut = p, false
	return nil
}

// lose makes sure that nothing is read from wherever a failed Seek stopped. A
// later Seek that can start from the beginning mends it.
func (f *File) lose(err error) {
	f.store, f.off = f.store[:0], 0
	f.decoded, f.end = math.MaxInt64, err
	if f.in == nil {
		f.in = eof{} // or the next Read would begin at the beginning
	}
}

// lost reports that a Seek failed and none has mended it.
func (f *File) lost() bool { return f.decoded == math.MaxInt64 }

// jump moves a plain file.
func (f *File) jump(p source.Position) error {
	length, err := f.raw.length()
	if err != nil {
		return f.cannotReach(p, err)
	}
	if p.Offset > length {
		return f.tooShort(p, length)
	}
	f.stop()
	if err := f.raw.seek(p.Offset); err != nil {
		return f.cannotReach(p, err)
	}
	f.in, f.decoded = &f.raw, p.Offset
	return nil
}

// wade reads up to p and throws away what it reads.
func (f *File) wade(ctx context.Context, p source.Position) error {
	if p.Offset < f.at() {
		if err := f.rewind(); err != nil {
			return f.cannotReach(p, err)
		}
	}
	f.long = nil
	for {
		left := p.Offset - f.at()
		ahead := int64(len(f.store) - f.off)
		if left <= ahead {
			f.off += int(left)
			return nil
		}
		f.store, f.off = room(f.store[:0], HeadSize), 0
		var err error
		want := int(min(left-ahead, HeadSize))
		if f.store, err = f.pull(ctx, f.store, want); err != nil {
			return err
		}
		if len(f.store) == 0 {
			return f.endsBefore(p)
		}
	}
}

// at is the offset of the decoded stream that the next fill begins with.
func (f *File) at() int64 { return f.decoded - int64(len(f.store)-f.off) }

// rewind goes back to the first byte.
func (f *File) rewind() error {
	if f.raw.base < 0 {
		return fmt.Errorf("%s can be read only once", f.label())
	}
	f.stop()
	if err := f.raw.seek(0); err != nil {
		return err
	}
	f.start()
	return nil
}
