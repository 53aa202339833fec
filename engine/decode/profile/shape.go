package profile

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// shape is what is special to a kind of profiles while the file is read.
type shape interface {
	// section reads the part of the file that has the name of the kind. It is called
	// before source, and not at all where the file has no such part.
	section(r *reader, n ast.Node)
	// source reads what names a piece of a record and returns the number of its cell.
	// Of a source that is wrong it tells r so, and returns any number.
	source(r *reader, n ast.Node) int
	// compile is called when all was read without mistakes. Mistakes that only show in
	// the end are told to r.
	compile(r *reader) opener
}

// opener looks at the beginning of a file. It is immutable.
type opener interface {
	// open returns how the records of a file are cut that begins with head, as
	// [decode.Decoder] has it, and how many bytes of head precede the first of them.
	open(head []byte) (c cutter, skip int, err error)
}

// cutter finds the cells of a record. It is immutable.
type cutter interface {
	// framing is how records are cut out of a file; nil: they are lines.
	framing() decode.Framing
	// cut sets the cells of r, which are all absent when it is called. The problem is
	// a reason for rejection.
	cut(r *record) (problem string)
}

// kinds makes the shape of a kind.
func kinds() map[string]func() shape {
	return map[string]func() shape{
		"delimited": func() shape { return &delimited{lineForm: lineForm{delimiter: ',', quote: '"'}} },
		"fixed":     func() shape { return new(fixed) },
		"json":      func() shape { return new(jsonShape) },
		"ber":       func() shape { return new(berShape) },
		"binary":    func() shape { return new(binaryShape) },
	}
}
