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
// 21 fields are possible. With one of the first two, field 16 is the unique id
// when it looks like one: an epoch second, a dot, a count, perhaps after the
// system's name and a dash.
//
// A call leaves several rows: queue members, local channels, transfers. All rows
// carry both legs here; rows of one call share [cdr.Batch.Call], from which the
// ordering stage lets every row but the first keep its terminating leg alone.
// A call was answered when the disposition says so, whatever the billed seconds.
package asterisk
