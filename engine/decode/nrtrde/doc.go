// Package nrtrde reads files of the Near Real Time Roaming Data Exchange, with which a
// network tells within hours what another's subscribers did in it: GSMA TD.35, NRTRDE
// 2.1, in the basic encoding rules with definite or indefinite lengths.
//
//	1 Nrtrde
//	├─ 41 37 38 36 39 31 45   version, sender, recipient, number and time of the file
//	├─ 2 CallEventList
//	│    └─ 3 Moc, 4 Mtc, 5 Gprs: flat, see [members]
//	└─ 20 CallEventsCount
//
// Tags are of class application; 1 and 2 are those of TAP's files, which begin with
// another first child. Numbers are text, IMSI, IMEI and MSISDN are BCD with the first
// digit in the high nibble. A start is local time with an offset of its own.
//
// The key is the IMSI or, where there is one, the MSISDN. connectedNumber goes before
// dialledDigits, which is as dialled. Teleservices 20 to 22 are SMS.
//
// Calls were answered, unless causeForTermination says 3, an unsuccessful attempt:
// failed, and its duration is holding time. 4, abnormal, is cause 41.
//
// All of it happened in another network: servingNetwork, or that of the sender. It is
// known by its TADIG code, and visited_plmn holds that, as in package tap: the record
// roams. A cell is LAC-CI.
//
// chargeAmount is a price between operators, taken for thousandths of an SDR: a
// source with charge: wholesale has it as charge.
//
// TAP files report the same calls, later: fold one of the two.
//
// An event is known by the sender and all that it tells and is used here, its charge
// excepted, and its call reference: sent again in another file, it is the same.
package nrtrde
