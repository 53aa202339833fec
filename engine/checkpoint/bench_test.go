package checkpoint

import (
	"io"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// sink is a disk whose new files take everything and keep nothing.
type sink struct{ disk.FS }

func (sink) Create(string) (disk.File, error) { return hole{}, nil }

type hole struct{}

func (hole) Write(p []byte) (int, error)    { return len(p), nil }
func (hole) Seek(int64, int) (int64, error) { return 0, io.EOF }
func (hole) Truncate(int64) error           { return nil }
func (hole) Sync() error                    { return nil }
func (hole) Close() error                   { return nil }

func putter(t testing.TB) *Writer {
	s := open(t, disktest.New(), dir)
	s.fs = sink{s.fs}
	e, err := s.Begin(1, true, 1)
	if err != nil {
		t.Fatal(err)
	}
	return e.Writer(0)
}

func TestPutAllocatesNothing(t *testing.T) {
	w := putter(t)
	for _, n := range []int{0, 100, 60_000, bufferLen + 1} {
		state, day := Block{Kind: Subscribers, Data: make([]byte, n)}, Block{Kind: Day, Data: make([]byte, n)}
		if allocs := testing.AllocsPerRun(100, func() {
			if w.Put(state) != nil || w.Put(day) != nil {
				t.Fatal("Put failed")
			}
		}); allocs > 0 {
			t.Errorf("%v allocations for two blocks of %d bytes", allocs, n)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	for _, size := range []struct {
		name string
		n    int
	}{{"1KB", 1 << 10}, {"64KB", 64 << 10}, {"1MB", 1 << 20}} {
		b.Run(size.name, func(b *testing.B) {
			w, block := putter(b), Block{Kind: Subscribers, Data: make([]byte, size.n)}
			b.SetBytes(int64(size.n))
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Put(block); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A partition in eight of 64 MB, from the disk's cache.
func BenchmarkBlocks(b *testing.B) {
	fs, dir := osDisk(b)
	s := open(b, fs, dir)
	defer s.Close()
	blocks := make([]Block, 1024)
	for i := range blocks {
		blocks[i] = Block{Kind: Subscribers, Partition: uint8(i % 8), Data: make([]byte, 64<<10)}
	}
	if err := (part{epoch: 1, base: true, writers: [][]Block{blocks}}).write(s, &Manifest{}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(64 << 20 / 8)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Blocks(func(_ Kind, p uint8) bool { return p == 3 }, func(Block) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
