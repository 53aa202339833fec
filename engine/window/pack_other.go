//go:build !amd64

package window

func (l *Layout) pack(dst []byte, row []uint64) int { return l.packWords(dst, row) }

func (l *Layout) read(row []uint64, src []byte) int { return l.readWords(row, src) }
