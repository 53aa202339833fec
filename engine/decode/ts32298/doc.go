// Package ts32298 reads the charging records of mobile networks, 3GPP TS 32.298: BER
// encoded, one after the other, or within the containers that switches put around them
// (a SEQUENCE OF, a file with header and trailer, blocks of 2,048 bytes with fill), or
// in a file of 3GPP TS 32.297.
//
// Every record is a SET under the tag of a CHOICE, with implicit tags: members in any
// order, those that nobody knows passed over.
//
//	A0 7F             moCallRecord [0]
//	   80 01 00         recordType [0]
//	   81 08 32140...   servedIMSI [1]
//	   ...
//
// [kind] is one kind of record, with the function that reads its body in one pass. The
// tags of the CHOICEs of the several domains collide (20 is an SRVCC record of the MSC
// and a PDP record of the SGSN): recordType, which is one enumeration for all of them,
// decides then.
package ts32298
