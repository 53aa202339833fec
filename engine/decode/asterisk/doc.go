// Package asterisk reads the Master.csv that Asterisk's cdr_csv writes
// (cdr/cdr_csv.c): no header, text in quotes with quotes doubled, integers bare,
// a time that did not happen empty and bare, local time unless usegmtime=yes.
//
//	 0 accountcode  1 src       2 dst       3 dcontext    4 clid
//	 5 channel      6 dstchannel 7 lastapp  8 lastdata    9 start
//	10 answer      11 end      12 duration 13 billsec    14 disposition
//	15 amaflags   [16 uniqueid] [userfield] [peeraccount linkedid sequence]
//
// The brackets depend on loguniqueid, loguserfield and newcdrcolumns, so 16 to
// 21 fields are possible, and a file may change from one width to another. With one
// of the first two, field 16 is the unique id when it looks like one: an epoch second,
// a dot, a count, perhaps after the system's name and a dash; else it is the userfield.
//
// The stock mapping of cdr_custom (configs/samples/cdr_custom.conf.sample) has the
// same fields in another order, all but the last in quotes; with CDR(billsec,f) the
// seconds have a fraction:
//
//	 0 clid         1 src       2 dst       3 dcontext    4 channel
//	 5 dstchannel   6 lastapp   7 lastdata  8 start       9 answer
//	10 end         11 duration 12 billsec  13 disposition 14 amaflags
//	15 accountcode 16 uniqueid 17 userfield [18 sequence]
//
// Each row tells itself which of the two it is, by where its disposition stands.
//
// A call leaves several rows: queue members, local channels, transfers. All rows
// carry both legs here; rows of one call share [cdr.Batch.Call], from which the
// ordering stage lets every row but the first keep its terminating leg alone.
// A call was answered when the disposition says so, whatever the billed seconds.
//
// The epoch in the unique id of a call's first row is when it started: where the start
// is off by whole quarters of an hour, the source's zone is not the switch's, and the
// row is noted ([decode.OddClock]). Where the local time came twice, that is noted, and
// the start is the first time.
//
// A text may hold a line break, which Asterisk does not escape. A record is a line
// here, so both pieces of such a row are rejected.
package asterisk
