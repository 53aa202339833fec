package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// flush writes the gathered pages as one row group, column after column.
func (w *writer) flush() error {
	if w.rows == 0 {
		return nil
	}
	group := w.meta.AppendRowGroup()
	group.SetNumRows(w.rows)
	var size int64
	for i := range w.columns {
		n, err := w.flushColumn(&w.columns[w.like(i)], group.NextColumnChunk())
		if err != nil {
			return err
		}
		size += n
	}
	for i := range w.columns {
		w.columns[i].reset()
	}
	w.pager.pages.reset()
	if err := group.Finish(size, w.groups); err != nil {
		return fmt.Errorf("build the footer: %w", err)
	}
	w.groups++
	w.rows = 0
	return nil
}

// flushColumn writes c as a column chunk, describes it in b and returns its length before
// compression.
func (w *writer) flushColumn(c *column, b *metadata.ColumnChunkMetaDataBuilder) (int64, error) {
	head, size := c.addDictionary(w.pager)
	info := metadata.ChunkMetaInfo{
		NumValues:        int64(c.rows),
		DataPageOffset:   w.offset + int64(len(head)),
		IndexPageOffset:  -1,
		CompressedSize:   int64(len(head) + c.stored),
		UncompressedSize: int64(size + c.size),
	}
	if len(head) > 0 {
		info.DictPageOffset = w.offset
	}
	if err := w.write(head); err != nil {
		return 0, err
	}
	for _, page := range c.pages {
		if err := w.write(page); err != nil {
			return 0, err
		}
	}
	stats, err := c.encodeStats()
	if err != nil {
		return 0, fmt.Errorf("encode the statistics of a column: %w", err)
	}
	b.SetStats(stats)
	if err := b.Finish(info, len(head) > 0, false, metadata.EncodingStats{}, nil); err != nil {
		return 0, fmt.Errorf("build the footer: %w", err)
	}
	describePages(b, c)
	return info.UncompressedSize, nil
}

// describePages lists the encodings that c really used: the builder knows only
// what was configured.
func describePages(b *metadata.ColumnChunkMetaDataBuilder, c *column) {
	chunk := b.Contents()
	chunk.FileOffset = 0 // no copy of the metadata follows the chunk
	m := chunk.MetaData
	m.Encodings, m.EncodingStats = m.Encodings[:0], m.EncodingStats[:0]
	if c.nulls {
		m.Encodings = append(m.Encodings, enum(m.Encodings, rle))
	}
	if c.counts[dictIndexes] > 0 {
		s := zero(m.EncodingStats)
		s.PageType, s.Count = pageDictionary, 1
		m.EncodingStats = append(m.EncodingStats, s)
		if c.counts[plain] == 0 {
			m.Encodings = append(m.Encodings, enum(m.Encodings, plain))
		}
	}
	for e, n := range c.counts {
		if n == 0 {
			continue
		}
		s := zero(m.EncodingStats)
		s.PageType, s.Encoding, s.Count = pageDataV2, enum(m.Encodings, encoding(e)), int32(n)
		m.EncodingStats = append(m.EncodingStats, s)
		m.Encodings = append(m.Encodings, enum(m.Encodings, encoding(e)))
	}
}

// declareOrder says in every row group that rows ascend by subscriber.
func declareOrder(m *metadata.FileMetaData) {
	for _, g := range m.RowGroups {
		s := zero(g.SortingColumns)
		s.ColumnIdx = subscriberColumn
		g.SortingColumns = append(g.SortingColumns, s)
	}
}

// zero and enum make values of the element type of a list; the library's types
// for the footer have names that only it can write.
func zero[T any]([]*T) *T { return new(T) }

func enum[E ~int64](_ []E, e encoding) E { return E(e) }
