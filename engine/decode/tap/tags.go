package tap

import "github.com/cdrstream/cdrstream/engine/decode/ber"

// Groups of a file.
const (
	transferBatch    = 1
	notification     = 2
	callEventDetails = 3
	batchControlInfo = 4
	accountingInfo   = 5
	networkInfo      = 6
	messageTexts     = 8
	auditControlInfo = 15
)

// Elements of the groups around the events.
const (
	sender             = 196
	recipient          = 182
	fileSequenceNumber = 109
	specification      = 201
	release            = 189
	tapDecimalPlaces   = 244
	utcTimeOffsetInfo  = 234
	utcTimeOffsetEntry = 233
	utcTimeOffset      = 231
	utcTimeOffsetCode  = 232
	localTimeStamp     = 16
	chargeType         = 71
	chargeTag          = 62
	eventCount         = 43
	totalCharge        = 415
)

// kind is the type of an event, in the order of Types.
type kind uint8

const (
	moCall kind = iota
	mtCall
	supplService
	serviceCentre
	gprsCall
	contentEvent
	locationEvent
	messaging
	session
	kinds
)

var kindNames = [kinds]string{
	"mobileOriginatedCall", "mobileTerminatedCall", "supplServiceEvent", "serviceCentreUsage", "gprsCall",
	"contentTransaction", "locationService", "messagingEvent", "mobileSession",
}

// kindOf is the kind of event that an element is.
func kindOf(t ber.Tag) (k kind, ok bool) {
	switch t {
	case ber.Application(9):
		return moCall, true
	case ber.Application(10):
		return mtCall, true
	case ber.Application(11):
		return supplService, true
	case ber.Application(12):
		return serviceCentre, true
	case ber.Application(14):
		return gprsCall, true
	case ber.Application(17):
		return contentEvent, true
	case ber.Application(297):
		return locationEvent, true
	case ber.Application(433):
		return messaging, true
	case ber.Application(434):
		return session, true
	}
	return 0, false
}

// member is what an element of an event is.
type member uint8

const (
	unknown member = iota // of no known release
	unused
	group  // its members are members of the event
	prices // likewise, where charges are wanted
	detail // a ChargeDetail
	price  // a charge that stands alone
	moment // when the event began
	imsi   // from here on, members that are kept: indexes of event.at
	msisdn
	publicUserID
	minNumber
	mdn
	imei
	calledNumber
	dialledDigits
	smsDestination
	callingNumber
	smsOriginator
	otherNumber
	otherUserID
	requestedNumber
	requestedUserID
	thirdParty
	duration
	causeForTerm
	teleService
	supplCode
	lac
	cell
	bytesIn
	bytesOut
	partialType
	chargingID
	callReference
	eventReference
	sessionService
	messageService
	servingNetwork
	keptEnd
)

// members says of each tag number what it is within an event that is folded.
var members = [512]member{
	// groups
	147: group, 153: group, 427: group, 199: group, 254: group, 89: group, 41: group, 138: group, 156: group,
	429: group, 38: group, 39: group, 36: group, 426: group, 219: group, 114: group, 115: group, 117: group,
	118: group, 121: group, 436: group, 443: group, 450: group, 113: group,
	// charges
	70: prices, 69: prices, 64: prices, 448: prices, 449: prices, 63: detail, chargeTag: price,
	// leaves
	44: moment, 447: moment,
	129: imsi, 152: msisdn, 446: publicUserID, 146: minNumber, 253: mdn, 128: imei,
	407: calledNumber, 279: dialledDigits, 419: smsDestination, 405: callingNumber, 425: smsOriginator,
	444: otherNumber, 445: otherUserID, 451: requestedNumber, 452: requestedUserID, 403: thirdParty,
	223: duration, 58: causeForTerm, 218: teleService, 209: supplCode, 136: lac, 59: cell,
	250: bytesIn, 251: bytesOut, 166: partialType, 72: chargingID, 45: callReference, 435: eventReference,
	440: sessionService, 439: messageService, 195: servingNetwork,
	// of no use here: networks and places in words, equipment of other systems, parameters of services,
	// CAMEL, taxes, discounts, exchange rates
	90: unused, 164: unused, 42: unused, 46: unused, 75: unused, 103: unused, 111: unused, 122: unused, 198: unused, 414: unused,
	123: unused, 413: unused, 116: unused, 167: unused, 417: unused, 260: unused, 245: unused, 418: unused,
	40: unused, 74: unused, 228: unused, 280: unused, 420: unused, 421: unused, 424: unused, 57: unused,
	162: unused, 181: unused, 184: unused, 185: unused, 200: unused, 442: unused,
	66: unused, 96: unused, 105: unused, 214: unused, 258: unused,
}
