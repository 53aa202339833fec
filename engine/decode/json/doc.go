// Package json reads the canonical record as JSON lines, one object a line:
//
//	{"record_id":"r1","calling_number":"+442079460000","start_time":1709280000,"duration_seconds":61.5}
//
// Keys are the column names; other keys are skipped with whatever they hold. A
// value may be a string, a number, null or, for forwarded, a boolean. A key that
// is absent is a column that is absent; null and "" are an empty value. Of a key
// that comes twice the last counts.
//
// The scanner walks the text once and notes where each value stands; it builds
// nothing. Strings with escapes are decoded in a copy of the line.
package json
