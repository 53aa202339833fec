// Package cucm reads the call detail records of Cisco Unified Communications Manager
// (Cisco, Call Detail Records Administration Guide, releases 9 to 15): small files of
// comma-separated values that each node pushes once a minute.
//
//	"cdrRecordType","globalCallID_callManagerId","globalCallID_callId",...   names
//	INTEGER,INTEGER,INTEGER,...                                              types
//	1,2,4711,...,"2001",...                                                  records
//
// There are 91 to 133 columns by release; they are found by name, whose case differs
// too. Texts stand in quotes, integers do not. The row of types may be missing. Quality
// records (CMR, files cmr_...) begin the same way and are filtered, all of them.
//
// Times are epoch seconds, UTC; 0 is none. A call was answered when dateTimeConnect is
// not 0. Ringing lasted from dateTimeOrigination to dateTimeConnect, or to
// dateTimeDisconnect where nobody answered; the duration column is the conversation.
//
// The calling party is callingPartyNumber. The called party is who was reached,
// finalCalledPartyNumber; where that is blank, who was dialled,
// originalCalledPartyNumber, and then what was sent out of a gateway,
// outpulsedCalledPartyNumber. Where all are blank, the _uri columns of release 10 tell a
// party by its address. An address without scheme loses its host, as sip: ones do.
//
// The cause is that of the side that released, the one that is not 0. Causes above 127
// are Cisco's own and not told; 393216 means that a feature, a transfer or a conference,
// split the call: it goes on in another record. Records share a call by node, call id and
// cluster. Those that follow a split are continuation slices: package order sees to that,
// across files. The record is known by its pkid.
package cucm
