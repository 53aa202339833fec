package nrtrde

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

// tagOf is TD.35's tag of each name.
var tagOf = map[string]int{
	"nrtrde": 1, "callEvents": 2, "moc": 3, "mtc": 4, "gprs": 5,
	"specificationVersionNumber": 41, "releaseVersionNumber": 37, "sender": 38, "recipient": 36, "sequenceNumber": 39,
	"fileAvailableTimeStamp": 31, "utcTimeOffset": 45, "callEventsCount": 20,
	"imsi": 34, "imei": 33, "msisdn": 49, "callEventStartTimeStamp": 21, "callEventDuration": 19, "causeForTermination": 24,
	"serviceCode": 46, "teleServiceCode": 43, "bearerServiceCode": 18, "supplementaryServiceCode": 42, "dialledDigits": 30,
	"connectedNumber": 27, "callingNumber": 22, "thirdPartyNumber": 44, "recEntityId": 35, "callReference": 23, "chargeAmount": 25,
	"chargingId": 26, "dataVolumeIncoming": 28, "dataVolumeOutgoing": 29, "accessPointNameNI": 16, "sgsnAddress": 40, "ggsnAddress": 32,
	"servingNetwork": 15, "locationArea": 48, "cellId": 47, "vendor": 99,
}

// headOrder is what stands before the events, in TD.35's order.
var headOrder = []string{"specificationVersionNumber", "releaseVersionNumber", "sender", "recipient", "sequenceNumber", "fileAvailableTimeStamp", "utcTimeOffset"}

// eventOrder is what an event begins with.
var eventOrder = []string{"imsi", "imei", "callEventStartTimeStamp"}

// encoder writes trees, with lengths of either kind and members in any order.
type encoder struct {
	rng        *rand.Rand
	indefinite float64
}

func (e *encoder) indef() bool { return e.rng != nil && e.rng.Float64() < e.indefinite }

func (e *encoder) tlv(tag int, constructed bool, content []byte) []byte {
	first := byte(0x40)
	if constructed {
		first |= 0x20
	}
	b := []byte{first | byte(tag)}
	if tag >= 31 {
		b = []byte{first | 31, byte(tag)}
	}
	if constructed && e.indef() {
		return append(append(append(b, 0x80), content...), 0, 0)
	}
	if n := len(content); n < 128 {
		b = append(b, byte(n))
	} else {
		b = append(b, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, content...)
}

func (e *encoder) element(t testing.TB, name string, v any) []byte {
	tag, ok := tagOf[name]
	if !ok {
		t.Fatalf("no tag of %s", name)
	}
	switch v := v.(type) {
	case tree:
		return e.tlv(tag, true, e.members(t, v, eventOrder))
	case []any:
		var content []byte
		for _, item := range v {
			content = append(content, e.members(t, item.(tree), nil)...)
		}
		return e.tlv(tag, true, content)
	case int:
		b := big.NewInt(int64(v)).Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return e.tlv(tag, false, b)
	}
	b, err := hex.DecodeString(v.(string))
	if err != nil {
		t.Fatal(err)
	}
	return e.tlv(tag, false, b)
}

// members writes those in order first, the others at random.
func (e *encoder) members(t testing.TB, m tree, order []string) (content []byte) {
	names := make([]string, 0, len(m))
	for name := range m {
		if !slices.Contains(order, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if e.rng != nil {
		e.rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	}
	for _, name := range append(slices.Clone(order), names...) {
		if v, ok := m[name]; ok {
			content = append(content, e.element(t, name, v)...)
		}
	}
	return content
}

func (e *encoder) file(t testing.TB, f tree) []byte {
	return e.tlv(1, true, e.members(t, f, headOrder))
}

func text(s string) string { return hex.EncodeToString([]byte(s)) }

func packed(digits string) string {
	if len(digits)%2 == 1 {
		digits += "f"
	}
	return digits
}

// nrtrdeOf is a file of these events.
func nrtrdeOf(events ...any) tree {
	if events == nil {
		events = []any{}
	}
	return tree{
		"specificationVersionNumber": 2, "releaseVersionNumber": 1, "sender": text("FOO01"), "recipient": text("BAR02"),
		"sequenceNumber": text("0000012"), "fileAvailableTimeStamp": text("20240301090000"), "utcTimeOffset": text("+0200"),
		"callEvents": events, "callEventsCount": len(events),
	}
}

// with is m with other members on top; nil takes one away.
func with(m, more tree) tree {
	out := tree{}
	for k, v := range m {
		out[k] = v
	}
	for k, v := range more {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}
