package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	pqfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/klauspost/compress/zstd"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// twin writes files of one row group with the column writers of the Arrow
// library, at the best settings found for them: V2 pages of a whole chunk, since
// V1 pages and small ones cost more; a dictionary only for sparse columns, deltas
// for other integers; zstd where it gains much, by one encoder for all pages,
// where the library would make one for each.
type twin struct {
	layout       *layout
	props        *parquet.WriterProperties
	zstd         *zstd.Encoder
	packed       []byte
	ones, levels []int16
	texts        []parquet.ByteArray
	ints         []int64
	floats       []float64
	bools        []bool
}

func newTwin(t testing.TB, s feature.Schema, codec compress.Compression) *twin {
	t.Helper()
	l, err := newLayout(s, nil)
	must(t, err)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithZeroFrames(true))
	must(t, err)
	props := []parquet.WriterProperty{
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV2),
		parquet.WithBatchSize(pageMax),
		parquet.WithCompression(codec),
		parquet.WithDictionaryFor("subscriber", false),
	}
	for _, f := range s.Fields {
		props = append(props, parquet.WithDictionaryFor(f.Name, f.Sparse))
		if f.Type != feature.Float64 {
			props = append(props, parquet.WithCompressionFor(f.Name, compress.Codecs.Uncompressed))
		}
		if f.Type == feature.Int64 && !f.Sparse {
			props = append(props, parquet.WithEncodingFor(f.Name, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	return &twin{layout: l, props: parquet.NewWriterProperties(props...), zstd: z}
}

// tell is a writer that knows how far it got.
type tell struct {
	io.Writer
	at int64
}

func (t *tell) Tell() int64 { return t.at }

func (t *tell) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	t.at += int64(n)
	return n, err
}

// twinPages is the library's page writer, but for its zstd encoder.
type twinPages struct {
	pqfile.PageWriter
	twin *twin
}

func (p twinPages) Compress(_ *bytes.Buffer, src []byte) []byte {
	p.twin.packed = p.twin.zstd.EncodeAll(src, p.twin.packed[:0])
	return p.twin.packed
}

func (w *twin) write(to io.Writer, frames []*feature.Frame) error {
	out := &tell{Writer: to}
	_, err := out.Write(magic)
	meta := metadata.NewFileMetadataBuilder(w.layout.schema, w.props, w.layout.kv)
	group := meta.AppendRowGroup()
	columns := make([]pqfile.ColumnChunkWriter, fixedColumns+len(w.layout.fields))
	for i := range columns {
		m := group.NextColumnChunk()
		p, e := pqfile.NewPageWriter(out, w.props.CompressionFor(m.Descr().Path()), 1, m, 0, int16(i), w.props.Allocator(), true, nil, nil)
		err = errors.Join(err, e)
		columns[i] = pqfile.NewColumnChunkWriter(m, twinPages{p, w}, w.props)
	}
	for _, f := range frames {
		err = errors.Join(err, w.add(columns, f))
	}
	var size int64
	for _, c := range columns {
		err = errors.Join(err, c.Close())
		size += c.TotalBytesWritten()
	}
	group.SetNumRows(columns[0].RowsWritten())
	err = errors.Join(err, group.Finish(size, 0))
	m, e := meta.Finish()
	if err = errors.Join(err, e); err != nil {
		return err
	}
	n, err := m.WriteTo(out, nil)
	_, e = out.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), magic...))
	return errors.Join(err, e)
}

// add writes the rows of f to every column.
func (w *twin) add(columns []pqfile.ColumnChunkWriter, f *feature.Frame) error {
	w.texts, w.ones = w.texts[:0], w.ones[:0]
	ends := make([]int64, 0, f.Rows)
	for i := range f.Rows {
		w.texts, w.ones, ends = append(w.texts, f.Subscriber(i)), append(w.ones, 1), append(ends, int64(f.WindowEnd))
	}
	_, err := columns[subscriberColumn].(*pqfile.ByteArrayColumnChunkWriter).WriteBatch(w.texts, nil, nil)
	fixed := [fixedColumns]feature.Column{{}, {Ints: ends}, {Bools: f.Home}, {Ints: f.ObservedDays}, {Bools: f.Approx}}
	for i := windowEndColumn; i < fixedColumns; i++ {
		err = errors.Join(err, w.column(columns[i], &fixed[i], nil))
	}
	for i := range f.Columns {
		v, levels := &f.Columns[i], w.ones
		if v.Nulls > 0 {
			w.levels = w.levels[:0]
			for row := range f.Rows {
				w.levels = append(w.levels, int16(v.Valid[row>>3]>>(row&7)&1))
			}
			levels = w.levels
		}
		err = errors.Join(err, w.column(columns[fixedColumns+i], v, levels))
	}
	return err
}

func (w *twin) column(c pqfile.ColumnChunkWriter, v *feature.Column, levels []int16) error {
	var err error
	switch c := c.(type) {
	case *pqfile.Int64ColumnChunkWriter:
		w.ints = held(w.ints[:0], v.Ints, levels, v.Nulls)
		_, err = c.WriteBatch(w.ints, levels, nil)
	case *pqfile.Float64ColumnChunkWriter:
		w.floats = held(w.floats[:0], v.Floats, levels, v.Nulls)
		_, err = c.WriteBatch(w.floats, levels, nil)
	case *pqfile.BooleanColumnChunkWriter:
		w.bools = held(w.bools[:0], v.Bools, levels, v.Nulls)
		_, err = c.WriteBatch(w.bools, levels, nil)
	}
	return err
}

// held appends the values whose level is 1 to dst.
func held[T any](dst, values []T, levels []int16, nulls int) []T {
	if nulls == 0 {
		return append(dst, values...)
	}
	for i, v := range values {
		if levels[i] == 1 {
			dst = append(dst, v)
		}
	}
	return dst
}

// Files of both writers read alike.
func TestArrowTwin(t *testing.T) {
	ss := allShapes()
	frames := framesOf(newRand(4), ss, 3, 2000)
	for _, codec := range []compress.Compression{compress.Codecs.Zstd, compress.Codecs.Uncompressed} {
		var slow bytes.Buffer
		must(t, newTwin(t, schemaOf(ss), codec).write(&slow, frames))
		table, _ := parseTable(t, slow.Bytes())
		checkTable(t, table, schemaOf(ss), frames)
	}
	table, _ := parseTable(t, encode(t, schemaOf(ss), Options{RowGroupRows: defaultRows}, frames))
	checkTable(t, table, schemaOf(ss), frames)
}
