package tap

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// maker makes events at random: every member that TAP has may be missing, some values
// are wrong.
type maker struct{ *rand.Rand }

func (m maker) chance(p float64) bool { return m.Float64() < p }

func (m maker) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(m.IntN(10))
	}
	return string(b)
}

// some is the members of t, each of which may be missing.
func (m maker) some(p float64, t tree) tree {
	for name := range t {
		if !m.chance(p) {
			delete(t, name)
		}
	}
	return t
}

func (m maker) stamp() any {
	local := fmt.Sprintf("20%02d%02d%02d%02d%02d%02d", m.IntN(60), 1+m.IntN(12), 1+m.IntN(28), m.IntN(24), m.IntN(60), m.IntN(60))
	if m.chance(.03) {
		local = "20241301000000"
	}
	return m.some(.98, tree{"localTimeStamp": text(local), "utcTimeOffsetCode": []int{1, 1, 7, 7, 9}[m.IntN(5)]})
}

func (m maker) number() string { return packed(m.digits(3 + m.IntN(12))) }

func (m maker) subscriber() any {
	if m.chance(.1) {
		return tree{"minChargeableSubscriber": m.some(.6, tree{"min": text(m.digits(10)), "mdn": text(m.digits(10))})}
	}
	return tree{"simChargeableSubscriber": m.some(.7, tree{"imsi": packed(m.digits(15)), "msisdn": m.number()})}
}

func (m maker) details() (list []any) {
	for range m.IntN(4) {
		list = append(list, tree{"chargeType": text([]string{"00", "01", "03", "21"}[m.IntN(4)]), "charge": m.IntN(1 << 20)})
	}
	return append(list, tree{"chargeType": text("00"), "charge": m.IntN(1 << 30)})
}

func (m maker) charges() (list []any) {
	for range 1 + m.IntN(2) {
		list = append(list, tree{"chargedItem": text("D"), "chargeDetailList": m.details()})
	}
	return list
}

func (m maker) services() (list []any) {
	for range 1 + m.IntN(2) {
		code := tree{"teleServiceCode": text([]string{"11", "11", "12", "20", "21", "22", "62"}[m.IntN(7)])}
		if m.chance(.1) && len(list) > 0 {
			code = tree{"bearerServiceCode": text("26")}
		}
		list = append(list, tree{"basicService": tree{"serviceCode": code}, "chargeInformationList": m.charges()})
	}
	return list
}

func (m maker) place() tree {
	return m.some(.7, tree{"locationArea": m.IntN(1 << 16), "cellId": m.IntN(1 << 28), "callReference": packed(m.digits(6))})
}

func (m maker) cause() any { return []int{1, 3, 4, 5, 20}[m.IntN(5)] }

func (m maker) basic(more tree) tree {
	basic := m.some(.95, tree{"chargeableSubscriber": m.subscriber(), "callEventStartTimeStamp": m.stamp(), "totalCallEventDuration": m.IntN(100_000)})
	if m.chance(.3) {
		basic["causeForTerm"] = m.cause()
	}
	return with(basic, more)
}

func (m maker) event() tree {
	device := tree{"imei": packed(m.digits(14))}
	switch m.IntN(9) {
	case 0, 1, 2:
		d := m.some(.5, tree{"calledNumber": m.number(), "dialledDigits": text(m.digits(6)), "sMSDestinationNumber": text(m.digits(10)), "calledPlace": text("Rome")})
		return tree{"mobileOriginatedCall": m.some(.8, tree{"basicCallInformation": m.basic(tree{"destination": d}), "basicServiceUsedList": m.services(), "equipmentIdentifier": device,
			"locationInformation": m.some(.8, tree{"networkLocation": m.place(), "geographicalLocation": tree{"servingNetwork": text("FRAF1")}}), "supplServiceCode": text([]string{"21", "2A", "42"}[m.IntN(3)]), "operatorSpecInformation": []any{}})}
	case 3, 4:
		o := m.some(.5, tree{"callingNumber": m.number(), "sMSOriginator": text("+" + m.digits(10)), "clirIndicator": 1})
		return tree{"mobileTerminatedCall": m.some(.9, tree{"basicCallInformation": m.basic(tree{"callOriginator": o}), "basicServiceUsedList": m.services(), "equipmentIdentifier": device,
			"locationInformation": tree{"networkLocation": m.place()}})}
	case 5, 6:
		g := m.some(.95, tree{"gprsChargeableSubscriber": tree{"chargeableSubscriber": m.subscriber()}, "callEventStartTimeStamp": m.stamp(), "totalCallEventDuration": m.IntN(100_000)})
		return tree{"gprsCall": m.some(.95, tree{"gprsBasicCallInformation": with(g, m.some(.5, tree{"partialTypeIndicator": text(string("FIL"[m.IntN(3)])), "chargingId": m.IntN(1 << 31)})),
			"gprsLocationInformation": tree{"gprsNetworkLocation": with(m.place(), tree{"recEntity": []any{1}, "callReference": nil})},
			"gprsServiceUsed":         m.some(.8, tree{"dataVolumeIncoming": m.IntN(1 << 40), "dataVolumeOutgoing": m.IntN(1 << 40), "chargeInformationList": m.charges()})})}
	case 7:
		party := m.some(.7, tree{"imsi": packed(m.digits(15)), "msisdn": m.number(), "publicUserId": text("sip:x@y"), "imei": packed(m.digits(16))})
		other := m.some(.6, tree{"nonChargedPartyNumber": m.number(), "nonChargedPublicUserId": text("sip:z@y")})
		return tree{"mobileSession": with(m.some(.9, tree{"chargedParty": party, "serviceStartTimestamp": m.stamp(), "totalCallEventDuration": m.IntN(100_000), "nonChargedParty": other,
			"requestedDestination": m.some(.6, tree{"requestedNumber": m.number(), "requestedPublicUserId": text("tel:+4930123457")}),
			"locationArea":         7, "cellId": m.IntN(1000), "sessionChargeInfoList": m.charges(), "eventReference": text("e1"), "causeForTerm": m.cause()}), tree{"mobileSessionService": 1 + m.IntN(2)})}
	}
	if m.chance(.5) {
		return tree{[]string{"supplServiceEvent", "serviceCentreUsage", "contentTransaction", "locationService"}[m.IntN(4)]: tree{}}
	}
	return tree{"messagingEvent": with(m.some(.9, tree{"chargedParty": tree{"imsi": packed(m.digits(15))}, "serviceStartTimestamp": m.stamp(), "charge": m.IntN(1 << 20),
		"nonChargedParty": tree{"nonChargedPartyNumber": m.number()}}), tree{"messagingEventService": 1 + m.IntN(2)})}
}

// TestRandom compares the fast reading with the slow one over batches at random, whose
// lengths are definite, indefinite or mixed, and whose members stand in any order.
func TestRandom(t *testing.T) {
	var rows, rejects, filtered int
	for seed := range uint64(150) {
		m := maker{rand.New(rand.NewPCG(seed, 7))}
		var events []any
		for range m.IntN(30) {
			events = append(events, m.event())
		}
		f := batch(events...)
		e := encoder{t: t, rng: m.Rand, indefinite: []float64{0, .5, 1}[seed%3], shuffle: seed%2 == 1}
		data := e.element("transferBatch", f)
		wholesale := seed%5 < 3
		lines, tally := outcomes(t, data, wholesale)
		compare(t, lines, f, wholesale)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		rows, rejects, filtered = rows+int(tally.Read-tally.Filtered)-len(tally.Rejects), rejects+len(tally.Rejects), filtered+int(tally.Filtered)
	}
	t.Logf("%d rows, %d rejects, %d filtered", rows, rejects, filtered)
	if rows < 500 || rejects < 100 || filtered < 50 {
		t.Errorf("%d rows, %d rejects, %d filtered: of one there are too few", rows, rejects, filtered)
	}
}

// block is what Decode gets of a file of so many calls, sessions and messages.
func block(t testing.TB, n int) (decode.Layout, []byte) {
	t.Helper()
	destination := tree{"destination": tree{"calledNumber": packed("4930123456"), "calledPlace": text("Berlin")}}
	var events []any
	for range n / 3 {
		events = append(events,
			mo(with(call, destination), tree{"locationInformation": netplace, "equipmentIdentifier": tree{"imei": packed("35209900176148")}, "basicServiceUsedList": service("11", "00", "01")}),
			ps(gprs, tree{"gprsServiceUsed": tree{"dataVolumeIncoming": 3_000_000_000, "dataVolumeOutgoing": 1}}),
			mt(with(call, tree{"callOriginator": tree{"sMSOriginator": text("MyBank")}}), tree{"basicServiceUsedList": service("21", "00")}))
	}
	data := file(t, batch(events...))
	s := decodetest.Source(t)
	s.Wholesale = true
	l, skip := decodetest.Open(t, Decoder{}, data, s)
	return l, data[skip:]
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, data := block(t, 60)
	decodetest.AllocatesNothing(t, Decoder{}, l, data, 60)
}

func BenchmarkDecode(b *testing.B) {
	l, data := block(b, 900)
	decodetest.Bench(b, Decoder{}, l, data)
}

// FuzzTAP: any bytes as a file, and any bytes as the events of a good one.
func FuzzTAP(f *testing.F) {
	events := []any{mo(call, tree{"locationInformation": netplace}), ps(gprs, nil), tree{"mobileSession": volte}, mt(tree{}, nil)}
	for seed := range uint64(3) {
		e := encoder{t: f, rng: rand.New(rand.NewPCG(seed, 1)), indefinite: float64(seed) / 2}
		f.Add(e.element("transferBatch", batch(events...)), uint8(seed))
	}
	f.Add([]byte{0x08, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, uint8(0))
	f.Add(deep(), uint8(1))
	source := decodetest.Source(f)
	good, skip := decodetest.Open(f, Decoder{}, file(f, batch()), source)
	_ = skip
	f.Fuzz(func(t *testing.T, data []byte, wholesale uint8) {
		decodetest.Check(t, Decoder{}, good, data)
		Decoder{}.Detect(data)
		s := *source
		s.Wholesale = wholesale&1 == 1
		l, skip, err := Decoder{}.Open(data, &s)
		if err != nil {
			return
		}
		if skip < 0 || skip > len(data) {
			t.Fatalf("skips %d of %d bytes", skip, len(data))
		}
		decodetest.Check(t, Decoder{}, l, data[skip:])
	})
}
