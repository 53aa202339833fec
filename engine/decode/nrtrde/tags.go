package nrtrde

import "github.com/cdrstream/cdrstream/engine/decode/ber"

// Elements around the events.
const (
	file          = 1
	callEventList = 2
	specification = 41
	release       = 37
	sender        = 38
	recipient     = 36
	sequence      = 39
	fileAvailable = 31
	utcOffset     = 45
	eventCount    = 20
)

// kind is the type of an event, in the order of Types.
type kind uint8

const (
	moc kind = iota
	mtc
	gprs
	kinds
)

var kindNames = [kinds]string{"moc", "mtc", "gprs"}

// kindOf is the kind of event that an element is.
func kindOf(t ber.Tag) (k kind, ok bool) {
	if t < ber.Application(3) || t > ber.Application(5) {
		return 0, false
	}
	return kind(t - ber.Application(3)), true
}

// member is what an element of an event is.
type member uint8

const (
	unknown member = iota // of no known release
	unused
	group // its members are members of the event
	imsi  // from here on, members that are kept: indexes of event.at
	imei
	msisdn
	start
	offset
	duration
	cause
	teleService
	supplCode
	dialledDigits
	connectedNumber
	callingNumber
	thirdParty
	callReference
	chargingID
	bytesIn
	bytesOut
	lac
	cell
	servingNetwork
	charge
	keptEnd
)

// members says of each tag number what it is within an event.
var members = [64]member{
	46: group,
	34: imsi, 33: imei, 49: msisdn, 21: start, utcOffset: offset, 19: duration, 24: cause, 43: teleService, 42: supplCode,
	30: dialledDigits, 27: connectedNumber, 22: callingNumber, 44: thirdParty, 23: callReference, 26: chargingID,
	28: bytesIn, 29: bytesOut, 48: lac, 47: cell, 25: charge, 15: servingNetwork,
	// networks, access points and bearer services
	35: unused, 16: unused, 17: unused, 18: unused, 32: unused, 40: unused,
}
