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
//
// # Packet switched records
//
// The gateway to the packet network (PGW, GGSN, IP edge) and the node that serves the
// subscriber (SGW, SGSN, ePDG, TWAG) both write records of a session: the gateway's
// count, the others carry no leg. A record starts at its recordOpeningTime and lasts its
// duration. Its octets are those of listOfTrafficVolumes or, where that tells none, of
// listOfServiceData. A part of them may have gone over 5G beside 4G: where that is more
// than half, the record is one of 5G. The cell is that of userLocationInformation, in any
// of the three forms in use. causeForRecClosing is no cause of Q.850, but an abnormal
// release is 41. recordSequenceNumber is the slice, as written. A record is known by
// nodeID, or else the gateway's address, and localSequenceNumber, or else by address,
// chargingID and recordSequenceNumber. Messages that went through the SGSN or the MME
// count for the subscriber.
//
// # Records of the IMS
//
// Of the records that one call leaves, those of the telephony server (MMTelRecord) and of
// application servers (ASRecord) count, for the side that role-of-Node tells; a feed of
// both has the leg once, for they have one identity: ICID, session and slice. A call was
// answered when it has a serviceDeliveryStartTimeStamp. How an attempt failed is told by
// serviceReasonReturnCode, by a causeForRecordClosing that is a SIP response, negative or
// not, or by a Reason header, whose cause of Q.850 is the record's. The served party is
// the subscription's E.164 number where there is one. Of several addresses of a party the
// one with + and digits is taken; one made of an IMSI says who is served and nothing
// else. A diversion (serviceType 6) makes the record the leg of the associated party, who
// forwards. Access network information tells technology and cell, and the visited network
// where iMSVisitedNetworkIdentifier does not. INVITE is a call, MESSAGE a message, and
// other methods are passed over.
//
// # Records of the converged charging
//
// A ChargingRecord is of a PDU session, a message or a call by the information in it, and
// of nothing that counts otherwise. Octets are those of the containers of used units, and
// what a total tells beyond both directions belongs to the one that is not told, or to
// the downlink. A call was answered when units tell a time, or when its Cause-Code is a
// success. A record is known by the CHF and its localRecordSequenceNumber, or else by the
// charging session.
package ts32298
