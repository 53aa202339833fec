package checkpoint

import (
	"errors"
	"io"
	"slices"
)

// Blocks reads the blocks of the committed epoch that want asks for: those of
// subscribers first, newer epochs before older ones, the base last; then days, in
// no order. each is called for one block at a time, whose Data are valid until it
// returns; its error ends Blocks. A block that nobody wants is not read, and so
// not checked. Several goroutines may call Blocks at once.
func (s *Store) Blocks(want func(kind Kind, partition uint8) bool, each func(Block) error) error {
	v := visit{store: s, want: want, each: each}
	for _, f := range readingOrder(s.manifest.Files) {
		if err := v.file(f); err != nil {
			return err
		}
	}
	return nil
}

// readingOrder is the order in which Blocks reads files.
func readingOrder(files []FileInfo) []FileInfo {
	var state, days []FileInfo
	for _, f := range files {
		switch f.Kind {
		case StateFile:
			state = append(state, f)
		case DaysFile:
			days = append(days, f)
		}
	}
	slices.SortStableFunc(state, func(a, b FileInfo) int {
		switch {
		case a.Epoch > b.Epoch:
			return -1
		case a.Epoch < b.Epoch:
			return 1
		}
		return 0
	})
	return append(state, days...)
}

// visit is a call of Blocks.
type visit struct {
	store *Store
	want  func(Kind, uint8) bool
	each  func(Block) error
	buf   []byte
}

func (v *visit) file(f FileInfo) error {
	r, err := openFile(v.store.fs, v.store.dir, v.store.manifest, f)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		h, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = v.block(r, &h)
		}
		if err != nil {
			return err
		}
	}
}

func (v *visit) block(r *fileReader, h *header) (err error) {
	if !v.want(h.kind, h.partition) {
		return r.skip(h)
	}
	if v.buf, err = r.data(h, v.buf); err != nil {
		return err
	}
	return v.each(Block{Kind: h.kind, Partition: h.partition, Day: h.day, Data: v.buf})
}

// Order reads the state of the reorder buffer as of the committed epoch, nil if
// none was written. The caller owns it.
func (s *Store) Order() ([]byte, error) {
	for _, f := range s.manifest.Files {
		if f.Kind == OrderFile {
			return s.readOrder(f)
		}
	}
	return nil, nil
}

func (s *Store) readOrder(f FileInfo) ([]byte, error) {
	r, err := openFile(s.fs, s.dir, s.manifest, f)
	if err != nil {
		return nil, err
	}
	defer r.close()
	all := make([]byte, 0, f.Size) // which Open has seen on disk
	for {
		h, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		data, err := r.data(&h, all[len(all):])
		if err != nil {
			return nil, err
		}
		all = all[:len(all)+len(data)]
	}
}
