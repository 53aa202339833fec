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
//
// # Circuit switched records
//
// The served party is servedMSISDN: the caller of a MOCallRecord (the called party is
// translatedNumber, or else calledNumber), the called party of a MTCallRecord. Where
// supplServicesUsed or CAMEL tell of a forwarding, a MOCallRecord is the leg of who
// forwards. Records of gateways, of transit, of the way to a roamer and of what is no
// call carry no legs.
//
// A call was answered when it has an answerTime and its causeForTerm is not 3, an
// unsuccessful attempt, whose callDuration is the holding time and counts as ringing
// (clause 5.1.2.1.4). The cause is diagnostics: causes of TS 24.008 and Q.767 are those
// of Q.850, errors of MAP are put in its terms where it has some, and an abnormal
// release without one is 41. A partial record has a sequenceNumber; the second and
// later ones start where the one before ended.
//
// A record of a call is known by recordingEntity, callReference, recordType and
// sequenceNumber, another by all of its octets. Times are local with their offset.
// Bearer services (calls that carry data or a fax) count as voice.
package ts32298
