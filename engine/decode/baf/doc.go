// Package baf reads Bellcore AMA format (Telcordia GR-1100-CORE), as North American
// switches and softswitches write it: packed decimal fields in binary records.
//
//	 0  record descriptor word: length with these four octets, two octets of zero
//	 4  0xAA, or 0xAB for a record that the switch knows to be in error
//	 5  structure code  5 digits; a leading 4 says that modules follow
//	 8  call type 3, sensor type 3, sensor id 7, office type 3, office id 7
//	22  date            5 digits, YMMDD
//	25  what the structure code says
//
// A field has an odd number of digits, two to an octet, and ends with the sign nibble
// C: what is no field of its length is seen. A block descriptor word, of the same
// form, may stand before records, and zeros or 0xFF between them.
//
// The year has one digit. It is that of the latest such date that does not begin
// after the time up to which records are accepted (the start of the job and
// max_future), so files of up to ten years ago are read as they are meant. Times are
// the local ones of the switch, of its time zone: start_time is the connect time,
// which is that of the answer; how long it rang is not told.
//
// A call was answered when the called party's answer indicator says so. The elapsed
// time of one that was not is how long it was tried. The midnight records of a long
// call are slices of it (timing indicator). An originating number is of the North American
// plan; a terminating one is unless the overseas indicator says otherwise. Records of
// originating access (call type 110) carry the originating leg, of terminating access
// (119) the terminating one, others both.
//
// Modules, trunk groups and carriers are not mapped. Records that tell of no call
// (counts, audits, time changes, feature activations) are filtered.
package baf
