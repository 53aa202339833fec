// Package tap reads files of the Transferred Account Procedure, with which networks
// tell each other what their guests did: GSMA TD.57, TAP 3.10 to 3.12, in the basic
// encoding rules with definite or indefinite lengths, or both in one file.
//
//	1 TransferBatch
//	├─ 4 BatchControlInfo    sender, recipient, number of the file
//	├─ 5 AccountingInfo      how many decimals charges have
//	├─ 6 NetworkInfo         offsets from UTC, by code
//	├─ 3 CallEventDetails
//	│    ├─ 9 MobileOriginatedCall, 10 MobileTerminatedCall ...
//	└─ 15 AuditControlInfo   count of the events, sum of their charges
//
// Every tag is of class application, and a number means the same wherever it stands.
// So an event is read in one walk over a table of tags ([members]) that says of each
// which member it is. Where a file holds several batches, all are read by the head of
// the first, and one that contradicts it is refused with what it contradicts.
//
// # What becomes of an event
//
// Calls, SMS among them (teleservices 20 to 22), GPRS sessions, messaging events and
// mobile sessions (voice over IMS) are folded. The supplementary service event, the
// usage of a service centre (it tells of an SMS that a call event tells of too), the
// content transaction and the location service hold nothing to fold: filtered.
//
// The key is the IMSI or, where there is one, the MSISDN. calledNumber is the number
// in international form and goes before dialledDigits, which is as dialled. Of an SMS
// it is the address of the service centre; the other party is sMSDestinationNumber or
// sMSOriginator, and only where there is none, that address: list those of service
// centres under service_numbers. The other party of a mobile session is
// nonChargedParty, or else, of one that the subscriber began, requestedDestination.
// Numbers are BCD with the first digit in the high nibble.
//
// Times are local and name a code of the table of offsets in NetworkInfo.
//
// TAP holds what was charged, so calls were answered, unless causeForTerm says 3, an
// unsuccessful attempt: failed, and its duration is holding time. 4, abnormal, is
// cause 41. Partial GPRS records (F, I, L) are slices 1, 2 and 3 of a session.
//
// All of it happened in another network: that of the sender, or servingNetwork. TAP
// knows networks by TADIG codes (GSMA TD.13: three letters of a country, two of an
// operator), and no PLMN is to be had from one. So visited_plmn holds the code, which
// no PLMN can be mistaken for: the record roams, and its country counts as a visited
// one. Who sends files to itself has guests that do not roam. A cell is LAC-CI.
//
// Charges are prices between operators. A source with charge: wholesale has the sum
// of the ChargeDetails of type 00 (the total; others are its parts) over all services
// of the event, in units of 10^-tapDecimalPlaces.
//
// # Identity
//
// TD.57 knows an event by its file and its place there, which would count an event
// twice that is sent again in another file. Here it is known by the sender and what it
// tells of parties, time, place, volume and references: by all that is kept of it but
// its charge, which a correction changes. How lengths are encoded does not matter.
package tap
