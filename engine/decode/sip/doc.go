// Package sip reads what the accounting modules of the SIP servers Kamailio and OpenSIPS
// (modules acc, acc_json; db_flatstore) write of calls: one line an event, or one a call.
// Each line tells what it is.
//
//	INVITE|tag1|tag2|id@host|200|OK|1436454408|extra...           flatstore, an event
//	...|extra...|setuptime|created                                the same, OpenSIPS
//	...|extra...|setuptime|created|duration|ms_duration           flatstore, a call, OpenSIPS
//	1436454408|1436454410|2.043000|extra...                       flatstore, a call, Kamailio
//	ACC: transaction answered: timestamp=...;method=INVITE;from_tag=...   log, an event
//	ACC: call ended: created=...;call_start_time=...;duration=...  log, a call, OpenSIPS
//	start_time=...; end_time=...; duration=...; extra=...          log, a call, Kamailio
//	{"method": "INVITE", "callid": ..., "time": 1436454408, ...}   acc_json, an event
//	{"start_time": ..., "end_time": ..., "duration": ...}          acc_json, a call
//
// # Events
//
// An INVITE (or ACK) answered 2xx is the answer of a call, a BYE its end, whatever it was
// answered with: package order makes one call of both, which begins with the answer, since
// nothing is known of before, and whose ringing is not known (OpenSIPS tells it). They
// share Call-ID and both tags, in either order, for either party may end the call. Further
// answers are re-INVITEs, further ends come from the other party: both are copies. Where
// a call was answered by several branches, each is a call of its own, which the caller
// ends. An INVITE refused with 3xx to 6xx is an attempt nobody answered. The log of missed
// calls tells of it once more: the same Call-ID, From tag, code and second are the same
// attempt. 401 and 407 ask for a password, so they are no attempt but filtered, as are
// provisional answers, CANCEL, and every other method; but MESSAGE is an SMS.
//
// # Calls
//
// OpenSIPS tells when the INVITE came (created), how long it rang (setuptime) and the
// conversation (duration, ms_duration). Kamailio's start_time is that of the INVITE, or
// with cdr_start_on_confirmed=1 of the answer; the line does not tell which, so duration
// counts as conversation as it stands and ringing is unknown. A dialog that was not
// answered is written with its end at its start and a duration of 0, which nothing else
// is: that is the mark of an unanswered attempt here. Why is not told unless there is a
// sip_code. A feed of events and a feed of calls of one server tell the same: read one.
//
// # Parties
//
// Which extra values are configured is up to the operator (log_extra, db_extra,
// acc_extra). Where they have names, the caller is src_user, caller, from_user, ... and
// the callee dst_ouser, dst_user, callee, ... (partyNames has them all). Flatstore has no names: the
// caller is the first column behind the fixed ones, the callee the second, leaving out
// columns that hold no parties in most rows of the beginning of the file: words that begin
// with a star, addresses of hosts, times. The texts NON-UTF8 and INVALID_JSON stand for
// values that the server could not write.
//
// Times are epoch seconds, with micro- or milliseconds where acc_time_mode says so. Text
// times (modes 3 and 4) are in the source's zone; nothing tells which of the modes wrote
// them. Flatstore values are not quoted: only | parts them.
package sip
