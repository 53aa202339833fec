package parquet

import "encoding/binary"

// pageHeader is what stands before the bytes of a page (PageHeader of
// parquet.thrift), for the two kinds of page that a feature file holds.
type pageHeader struct {
	dictionary   bool // a dictionary page, else a data page V2
	uncompressed int  // bytes of the page, levels included, before compression
	stored       int  // bytes of the page as they stand in the file
	values       int  // of a data page: nulls included
	nulls        int
	encoding     encoding
	levels       int  // bytes of definition levels, never compressed
	compressed   bool // the bytes after the levels are
}

// Types and numbers of the compact protocol and of parquet.thrift.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftI32    = 5
	thriftStruct = 12

	pageDictionary = 2
	pageDataV2     = 3
)

// append writes h in Thrift's compact protocol: before each field one byte,
// the distance from the last field's number and the type.
func (h *pageHeader) append(dst []byte) []byte {
	kind := pageDataV2
	if h.dictionary {
		kind = pageDictionary
	}
	dst = appendI32(dst, 1, kind)
	dst = appendI32(dst, 1, h.uncompressed)
	dst = appendI32(dst, 1, h.stored)
	if h.dictionary {
		dst = append(dst, 4<<4|thriftStruct) // 7: dictionary_page_header
		dst = appendI32(dst, 1, h.values)
		dst = appendI32(dst, 1, int(h.encoding))
		return append(dst, 0, 0)
	}
	dst = append(dst, 5<<4|thriftStruct) // 8: data_page_header_v2
	dst = appendI32(dst, 1, h.values)
	dst = appendI32(dst, 1, h.nulls)
	dst = appendI32(dst, 1, h.values) // rows: nothing repeats
	dst = appendI32(dst, 1, int(h.encoding))
	dst = appendI32(dst, 1, h.levels)
	dst = appendI32(dst, 1, 0) // repetition levels
	if h.compressed {
		dst = append(dst, 1<<4|thriftTrue)
	} else {
		dst = append(dst, 1<<4|thriftFalse)
	}
	return append(dst, 0, 0)
}

func appendI32(dst []byte, step, v int) []byte {
	dst = append(dst, byte(step<<4|thriftI32))
	return binary.AppendVarint(dst, int64(v))
}
