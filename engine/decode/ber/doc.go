// Package ber walks the basic encoding rules of ASN.1 (ITU-T X.690) as switches
// write them: definite and indefinite lengths, lengths longer than they need be,
// members of a SET in any order, elements that nobody knows. It copies nothing
// and allocates nothing:
//
//	for w := ber.Walk(record); w.Next(); {
//		switch w.Tag {
//		case ber.Context(1): imsi = w.Content
//		}
//	}
//
// What is hostile is refused in the time it takes to read a few octets: lengths
// that overflow or reach behind the end, nesting deeper than [MaxDepth], tags
// longer than four octets.
//
// [Stream] cuts a file into its records.
package ber
