// Package csv reads the canonical record as comma-separated lines:
//
//	record_id,calling_number,called_number,start_time,duration_seconds
//	r1,+442079460000,+12125550100,2024-03-01T08:00:00Z,61.5
//
// The header row gives the columns in any order; names it does not know are
// skipped. A record is one line. A field in quotes may hold separators and
// doubled quotes. Semicolon, tab and bar are taken for the separator where the
// header row shows that they are.
//
// Separators, line feeds and whatever is out of the ordinary (quotes, spaces around a
// field) are found 64 bytes at a time as words of bits, some thousand bytes of text
// together, and made flat: a list of what is behind each mark. Where every line has
// as many marks as the header has columns, that list tells where each field stands,
// without a look at the bytes between. Of a stretch of text that is all such lines the
// sum of all special bytes tells that there is nothing else in it. Up to 64 such lines
// are a decode.Sheet, which engine/decode reads a column at a time. Lines that are out of
// the ordinary, or do not have as many fields as the header, are cut and read one by one.
package csv
