package tap

import (
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree is a value as the golden files have it: a map of members, a list, an integer,
// or octets as hexadecimal digits.
type tree = map[string]any

// tagOf is TD.57's tag of each name. One that ends with List or Info and is a SEQUENCE
// OF stands in lists with the name of its items.
var tagOf = map[string]int{
	"transferBatch": 1, "notification": 2, "callEventDetails": 3, "batchControlInfo": 4, "accountingInfo": 5,
	"networkInfo": 6, "auditControlInfo": 15, "messageDescriptionInfo": 8,
	"mobileOriginatedCall": 9, "mobileTerminatedCall": 10, "supplServiceEvent": 11, "serviceCentreUsage": 12,
	"gprsCall": 14, "contentTransaction": 17, "locationService": 297, "messagingEvent": 433, "mobileSession": 434,
	"sender": 196, "recipient": 182, "fileSequenceNumber": 109, "fileCreationTimeStamp": 108,
	"fileAvailableTimeStamp": 107, "transferCutOffTimeStamp": 227, "specificationVersionNumber": 201, "releaseVersionNumber": 189,
	"localTimeStamp": 16, "utcTimeOffset": 231, "utcTimeOffsetCode": 232, "localCurrency": 135, "tapDecimalPlaces": 244,
	"utcTimeOffsetInfo": 234, "recEntityInfo": 188, "recEntityCode": 184, "recEntityType": 186, "recEntityId": 400,
	"callEventDetailsCount": 43, "totalCharge": 415, "earliestCallTimeStamp": 101,
	"moBasicCallInformation": 147, "mtBasicCallInformation": 153, "gprsBasicCallInformation": 114,
	"chargeableSubscriber": 427, "simChargeableSubscriber": 199, "minChargeableSubscriber": 254, "gprsChargeableSubscriber": 115,
	"imsi": 129, "msisdn": 152, "min": 146, "mdn": 253, "chargedParty": 436, "publicUserId": 446, "imei": 128, "esn": 103,
	"equipmentIdentifier": 429, "destination": 89, "calledNumber": 407, "dialledDigits": 279, "calledPlace": 42, "sMSDestinationNumber": 419,
	"callOriginator": 41, "callingNumber": 405, "clirIndicator": 75, "sMSOriginator": 425,
	"nonChargedParty": 443, "nonChargedPartyNumber": 444, "nonChargedPublicUserId": 445, "thirdPartyInformation": 219, "thirdPartyNumber": 403,
	"callEventStartTimeStamp": 44, "serviceStartTimestamp": 447, "totalCallEventDuration": 223, "causeForTerm": 58,
	"locationInformation": 138, "networkLocation": 156, "gprsLocationInformation": 117, "gprsNetworkLocation": 118,
	"locationArea": 136, "cellId": 59, "callReference": 45, "recEntity": 185,
	"basicServiceUsedList": 38, "basicServiceUsed": 39, "basicService": 36, "serviceCode": 426, "teleServiceCode": 218, "bearerServiceCode": 40,
	"chargeInformationList": 70, "chargeInformation": 69, "chargedItem": 66, "chargeDetailList": 64, "chargeDetail": 63, "chargeType": 71, "charge": 62,
	"sessionChargeInfoList": 448, "sessionChargeInformation": 449, "supplServiceCode": 209, "supplServiceUsed": 206,
	"gprsServiceUsed": 121, "dataVolumeIncoming": 250, "dataVolumeOutgoing": 251, "partialTypeIndicator": 166, "chargingId": 72,
	"gprsDestination": 116, "accessPointNameNI": 261, "mobileSessionService": 440, "requestedDestination": 450, "requestedNumber": 451, "requestedPublicUserId": 452, "messagingEventService": 439, "eventReference": 435,
	"geographicalLocation": 113, "servingNetwork": 195, "operatorSpecInformation": 162, "vendor": 500, "utcTimeOffsetEntry": 233, "recEntityEntry": 183,
}

// itemOf is the name of the items of a list; "" where they are choices with names of
// their own.
var itemOf = map[string]string{
	"callEventDetails": "", "utcTimeOffsetInfo": "utcTimeOffsetEntry", "recEntityInfo": "recEntityEntry", "recEntity": "recEntityCode",
	"basicServiceUsedList": "basicServiceUsed", "chargeInformationList": "chargeInformation", "chargeDetailList": "chargeDetail",
	"sessionChargeInfoList": "sessionChargeInformation",
}

// encoder writes trees. Lengths are indefinite where indefinite says so, and members
// in a random order where shuffle is set.
type encoder struct {
	t          testing.TB
	rng        *rand.Rand
	indefinite float64
	shuffle    bool
}

func (e *encoder) indef() bool { return e.rng != nil && e.rng.Float64() < e.indefinite }

// tlv is an element of class application.
func (e *encoder) tlv(tag int, constructed bool, content []byte) []byte {
	first := byte(0x40)
	if constructed {
		first |= 0x20
	}
	var b []byte
	switch {
	case tag < 31:
		b = []byte{first | byte(tag)}
	case tag < 128:
		b = []byte{first | 31, byte(tag)}
	default:
		b = []byte{first | 31, 0x80 | byte(tag>>7), byte(tag & 127)}
	}
	if constructed && e.indef() {
		return append(append(append(b, 0x80), content...), 0, 0)
	}
	n := len(content)
	switch {
	case n < 128 && !(e.rng != nil && e.rng.Float64() < .1):
		b = append(b, byte(n))
	case n < 1<<16:
		b = append(b, 0x82, byte(n>>8), byte(n)) // perhaps longer than need be
	default:
		b = append(b, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, content...)
}

// order is the names of m in the order they are written: that of TD.57 is that of the
// tests' literals, which Go forgets, so it is by name with what must come first first.
func (e *encoder) order(m tree) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	rank := map[string]int{"batchControlInfo": -9, "accountingInfo": -8, "networkInfo": -7, "utcTimeOffsetInfo": -6, "callEventDetails": -5}
	slices.SortFunc(names, func(a, b string) int {
		if rank[a] != rank[b] {
			return rank[a] - rank[b]
		}
		if a < b {
			return -1
		}
		return 1
	})
	if e.shuffle && rank[names[0]] == 0 {
		e.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	return names
}

// element writes the element called name.
func (e *encoder) element(name string, v any) []byte {
	tag, ok := tagOf[name]
	if !ok {
		e.t.Fatalf("no tag of %s", name)
	}
	switch v := v.(type) {
	case tree:
		return e.tlv(tag, true, e.members(name, v))
	case []any:
		var content []byte
		for _, item := range v {
			if itemOf[name] != "" {
				content = append(content, e.element(itemOf[name], item)...)
				continue
			}
			for choice, v := range item.(tree) {
				content = append(content, e.element(choice, v)...)
			}
		}
		return e.tlv(tag, true, content)
	}
	return e.tlv(tag, false, e.leaf(v))
}

func (e *encoder) members(of string, m tree) (content []byte) {
	if len(m) == 0 {
		return nil
	}
	for _, name := range e.order(m) {
		real := name
		if name == "basicCallInformation" {
			real = map[string]string{"mobileOriginatedCall": "moBasicCallInformation", "mobileTerminatedCall": "mtBasicCallInformation"}[of]
		}
		content = append(content, e.element(real, m[name])...)
	}
	return content
}

func (e *encoder) leaf(v any) []byte {
	switch v := v.(type) {
	case int:
		return integer(int64(v))
	case string:
		b, err := hex.DecodeString(v)
		if err != nil {
			e.t.Fatal(err)
		}
		return b
	}
	e.t.Fatalf("%T is no leaf", v)
	return nil
}

// integer is the contents of an INTEGER, in as few octets as it takes.
func integer(n int64) []byte {
	if n < 0 {
		return new(big.Int).Add(big.NewInt(n), new(big.Int).Lsh(big.NewInt(1), 64)).Bytes()
	}
	b := big.NewInt(n).Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return b
}

// text is s as octets in hexadecimal digits.
func text(s string) string { return hex.EncodeToString([]byte(s)) }

// packed is digits as BCD in hexadecimal digits, with a filler where need be.
func packed(digits string) string {
	if len(digits)%2 == 1 {
		digits += "f"
	}
	return digits
}

// batch is a file of these events.
func batch(events ...any) tree {
	if events == nil {
		events = []any{}
	}
	return tree{
		"batchControlInfo": tree{
			"sender": text("DEUD1"), "recipient": text("GBRVF"), "fileSequenceNumber": text("00042"),
			"specificationVersionNumber": 3, "releaseVersionNumber": 12,
		},
		"accountingInfo": tree{"localCurrency": text("EUR"), "tapDecimalPlaces": 3},
		"networkInfo": tree{
			"utcTimeOffsetInfo": []any{
				tree{"utcTimeOffsetCode": 1, "utcTimeOffset": text("+0200")},
				tree{"utcTimeOffsetCode": 7, "utcTimeOffset": text("-0330")},
			},
			"recEntityInfo": []any{tree{"recEntityCode": 1, "recEntityType": 1, "recEntityId": text("49170")}},
		},
		"callEventDetails": events,
		"auditControlInfo": tree{"callEventDetailsCount": len(events), "totalCharge": 2300},
	}
}

// file encodes a batch with definite lengths.
func file(t testing.TB, b tree) []byte {
	e := encoder{t: t}
	return e.element("transferBatch", b)
}
