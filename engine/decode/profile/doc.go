// Package profile reads records of formats that a file describes: a mapping profile,
// in YAML. It is for switches whose format needs no program of its own; the built-in
// profiles (directory builtin) are examples of what can be said.
//
//	bytes --cutter--> cells --program--> decode.Row --> decode.Writer
//
// The kind of a profile says how a record becomes cells, the raw texts of the sources
// that the profile names: the columns of a delimited line, the stretches of a line of
// fixed width, the members of a JSON object, the elements of a BER record, the bytes
// of a binary one. Everything behind is one program for all kinds: null tokens, maps,
// units, times, conditions, numbers. A profile is compiled once; decoding looks up no
// name, and allocates nothing per record.
//
// # Kinds
//
// A kind is a [shape]. It reads the section of the file that has the kind's name and
// every source that the file names, and compiles to an opener, which makes a cutter of
// the beginning of a file:
//
//	reader.top --section--> shape.section(r, node)      the mapping under `json:`
//	           --sources--> shape.source(r, node) cell  each entry of `sources:`, each
//	                                                    inline source in `from:`, `when:`
//	           ------------> shape.compile(r) opener    once all was read
//	Open(head) ------------> opener.open(head) cutter, skip
//	Decode     ------------> cutter.framing(), cutter.cut(record)
//
// A source is written as a scalar (a column's name or number, a path) or a mapping
// ({tag: 12/3, as: tbcd}); shape.source reads either with the reader's methods
// (mapping, text, number, choice), tells mistakes with reader.wrong, and returns the
// number of a cell, the same for the same source. Cells count from 0 in the order in
// which they are first named. A cutter sets each cell of a record: record.at for a
// text that stands in the record, record.begin and record.made for one that is made.
package profile
