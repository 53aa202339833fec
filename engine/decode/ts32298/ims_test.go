package ts32298

import "testing"

// mmtelRecord is a call of A, served, to B: asked for at 22:50:00 UTC, answered at
// 22:50:12.5, ended at 22:52:12. More members stand beside these or in their place.
func mmtelRecord(more ...element) []element {
	return []element{cons(83, replace(imsBase("53"), more)...)}
}

func imsBase(recordType string) []element {
	return []element{
		prim(0, recordType), prim(2, octets("INVITE")), prim(3, "00"), prim(5, octets("f81d4fae@foo.bar")),
		parties(6, "sip:+447700900123@ims.mnc015.mcc234.3gppnetwork.org;user=phone", "tel:+447700900123"),
		parties(7, "tel:+447700900456"),
		prim(9, openedAt), prim(10, "2603282350122B0100"), prim(11, "2603282352122B0100"), prim(17, "00"),
		prim(19, octets("icid-1")), prim(23, octets("200")), prim(38, "01F4"),
	}
}

// parties is a party, or a list of them.
func parties(tag uint32, uris ...string) element {
	var inner []element
	for _, uri := range uris {
		alternative := uint32(0)
		switch uri[:3] {
		case "tel":
			alternative = 1
		case "urn":
			alternative = 2
		case "440":
			alternative = 3
		}
		inner = append(inner, prim(alternative, octets(uri)))
	}
	return cons(tag, inner...)
}

// subscriptions is a list of SubscriptionIDs, each a type and data.
func subscriptions(pairs ...string) element {
	var inner []element
	for i := 0; i+1 < len(pairs); i += 2 {
		inner = append(inner, element{number: 17, inner: []element{prim(0, pairs[i]), prim(1, octets(pairs[i+1]))}})
	}
	return cons(31, inner...)
}

// gone is a member that is not there: an empty one counts as none.
func gone(tag uint32) element { return prim(tag, "") }

func TestMMTel(t *testing.T) {
	const (
		start    = " service=voice start=2026-03-28T22:50:00.000Z offset=60"
		talked   = start + " ring=12500 talk=119500 outcome=answered"
		calling  = " calling=+447700900123"
		sip      = " calling=+447700900123"
		called   = " called=+447700900456"
		both     = " international=callingcalled"
		original = "direction=originating"
	)
	unanswered := func(more ...element) []element {
		return mmtelRecord(append([]element{gone(10), gone(38), gone(11), prim(13, "2603282350202B0100"), prim(17, "01")}, more...)...)
	}
	held := start + " ring=20000"
	testFacts(t, []factTest{
		{"answered", mmtelRecord(), original + talked + sip + called + both},
		{"terminating", mmtelRecord(prim(3, "01")), "direction=terminating" + talked + sip + called + both},
		{"no role", mmtelRecord(gone(3)), "direction=both" + talked + sip + called + both},
		{"an unknown role", mmtelRecord(prim(3, "02")), "direction=both" + talked + sip + called + both},
		{"a negative role", mmtelRecord(prim(3, "FF")), "direction=both" + talked + sip + called + both},
		{"a telephone number first", mmtelRecord(parties(6, "tel:+447700900123", "sip:+447700900123@x")), original + talked + calling + called + both},
		{"a name and a number", mmtelRecord(parties(6, "sip:bob@x", "sip:123@x", "tel:07700900123")), original + talked + " calling=07700900123" + called + " international=called"},
		{"a private identity and a number", mmtelRecord(parties(6, "sip:234150000000017@ims.mnc015.mcc234.3gppnetwork.org", "sip:07700900123@x;user=phone")), original + talked + " calling=07700900123" + called + " international=called"},
		{"a private identity alone", mmtelRecord(parties(6, "sip:234150000000017@ims.mnc015.mcc234.3gppnetwork.org")), original + talked + called + " international=called imsi=234150000000017"},
		{"digits that look like one", mmtelRecord(parties(6, "sip:234150000000017@x")), original + talked + " calling=234150000000017" + called + " international=called"},
		{"an E.164 number", mmtelRecord(parties(6, "447700900123")), original + talked + " calling=447700900123" + called + " international=called"},
		{"an emergency", mmtelRecord(parties(7, "urn:service:sos")), original + talked + sip + " called=urn:service:sos international=calling"},
		{"a SIP URI with separators", mmtelRecord(parties(7, "tel:+44-7700-900456")), original + talked + sip + " called=+44-7700-900456" + both},
		{"who was asked for", mmtelRecord(gone(7), parties(101, "tel:+447700900457")), original + talked + sip + " called=+447700900457" + both},
		{"who was reached, not who was asked for", mmtelRecord(parties(101, "tel:+447700900457")), original + talked + sip + called + both},
		{"the subscription, not the caller shown", mmtelRecord(subscriptions("00", "447700900999", "01", "234150000000017")), original + talked + " calling=+447700900999" + called + both + " imsi=234150000000017"},
		{"the subscription, called", mmtelRecord(prim(3, "01"), subscriptions("00", "+447700900999", "02", "sip:x@y")), "direction=terminating" + talked + sip + " called=+447700900999" + both},
		{"a subscription by URI", mmtelRecord(gone(6), subscriptions("02", "sip:+447700900999@y")), original + talked + " calling=+447700900999" + called + both},
		{"a subscription by a private identity", mmtelRecord(subscriptions("04", "234150000000017@ims.mnc015.mcc234.3gppnetwork.org")), original + talked + sip + called + both + " imsi=234150000000017"},
		{"a device", mmtelRecord(cons(58, prim(0, "00"), prim(1, "5379399986413816"))), original + talked + sip + called + both + " imei=3597939968148361"},
		{"a device in digits", mmtelRecord(cons(58, prim(0, "00"), prim(1, octets("359793996814836")))), original + talked + sip + called + both + " imei=359793996814836"},
		{"a device that is a MAC address", mmtelRecord(cons(58, prim(0, "01"), prim(1, "5379399986413816"))), original + talked + sip + called + both},
		{"an instance", mmtelRecord(prim(57, octets("<urn:gsma:imei:90420156-025763-0;svn=42>"))), original + talked + sip + called + both + " imei=904201560257630"},
		{"LTE", mmtelRecord(prim(29, octets("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=234151234ABCDEF1"))), original + talked + sip + called + both + " cell=23415-4660-180150001 plmn=23415 rat=4g"},
		{"NR", mmtelRecord(prim(29, octets(`3GPP-NR-TDD; utran-cell-id-3gpp="310410003132000abcdef";np`))), original + talked + sip + called + both + " cell=310410-12594-11259375 plmn=310410 rat=5g"},
		{"GSM", mmtelRecord(prim(29, octets("3GPP-GERAN;cgi-3gpp=23415123400AB"))), original + talked + sip + called + both + " cell=23415-4660-171 plmn=23415 rat=2g"},
		{"UMTS without a cell", mmtelRecord(prim(29, octets("3gpp-utran-fdd"))), original + talked + sip + called + both + " rat=3g"},
		{"wireless LAN, and a cell", mmtelRecord(prim(29, octets("IEEE-802.11;i-wlan-node-id=aabb")), prim(64, octets("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=234151234ABCDEF1;cell-info-age=5"))), original + talked + sip + called + both + " cell=23415-4660-180150001 plmn=23415 rat=wifi"},
		{"a network visited", mmtelRecord(prim(54, octets("ims.mnc001.mcc208.3gppnetwork.org")), prim(29, octets("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=234151234ABCDEF1"))), original + talked + sip + called + both + " cell=23415-4660-180150001 plmn=20801 rat=4g"},
		{"a network with an MNC of three digits", mmtelRecord(prim(54, octets("ims.mnc026.mcc310.3gppnetwork.org"))), original + talked + sip + called + both + " plmn=310026"},
		{"a network by another name", mmtelRecord(prim(54, octets("visited.example"))), original + talked + sip + called + both},
		{"a diversion", mmtelRecord(prim(3, "01"), diversion("tel:+447700900777")), original + talked + " forwarded=true calling=+447700900777" + called + both},
		{"a diversion of who is subscribed", mmtelRecord(prim(3, "01"), diversion(""), subscriptions("00", "447700900999")), original + talked + " forwarded=true calling=+447700900999" + called + both},
		{"another service", mmtelRecord(cons(110, cons(0, element{number: 17, inner: []element{prim(0, "04"), parties(3, "tel:+447700900777")}}))), original + talked + sip + called + both},
		{"the first slice", mmtelRecord(prim(16, "01"), prim(17, "03"), prim(12, "2603282350122B0100"), prim(13, "2603290020122B0100"), gone(11)), original + start + " ring=12500 talk=1799500 outcome=answered partial=1" + sip + called + both},
		{"a slice", mmtelRecord(prim(16, "02"), prim(17, "04"), prim(12, "2603290020122B0100"), prim(13, "2603290050122B0100"), gone(11)), original + " service=voice start=2026-03-28T23:20:12.000Z offset=60 talk=1800000 outcome=answered partial=2" + sip + called + both},
		{"the last slice", mmtelRecord(prim(16, "03"), prim(12, "2603282351122B0100"), prim(13, "2603282352132B0100")), original + " service=voice start=2026-03-28T22:51:12.000Z offset=60 talk=60000 outcome=answered partial=3" + sip + called + both},
		{"dropped", mmtelRecord(prim(17, "01")), original + talked + " cause=41" + sip + called + both},
		{"dropped for a reason", mmtelRecord(prim(17, "01"), cons(55, prim(0, octets(`Q.850;cause=27;text="x"`)))), original + talked + " cause=27" + sip + called + both},
		{"no answer", unanswered(prim(23, octets("480"))), original + held + " outcome=no_answer" + sip + called + both},
		{"cancelled", unanswered(prim(23, octets("487"))), original + held + " outcome=no_answer" + sip + called + both},
		{"busy", unanswered(prim(23, octets("486"))), original + held + " outcome=busy" + sip + called + both},
		{"failed", unanswered(prim(23, octets("503"))), original + held + " outcome=failed" + sip + called + both},
		{"busy, by the cause", unanswered(prim(17, "01E6"), gone(23)), original + held + " outcome=busy" + sip + called + both},
		{"busy, by the negative cause", unanswered(prim(17, "FE1A"), gone(23)), original + held + " outcome=busy" + sip + called + both},
		{"busy, by the reason", unanswered(gone(23), cons(55, prim(0, octets("Q.850;cause=17")))), original + held + " outcome=busy cause=17" + sip + called + both},
		{"busy, by the SIP reason", unanswered(gone(23), cons(55, prim(0, octets("SIP;cause=600")))), original + held + " outcome=busy" + sip + called + both},
		{"failed, for no reason", unanswered(gone(23)), original + held + " outcome=failed" + sip + called + both},
		{"neither answered nor failed", unanswered(prim(17, "00"), gone(23)), original + held + " outcome=no_answer" + sip + called + both},
		{"no end", mmtelRecord(gone(11)), original + start + " ring=12500 outcome=answered" + sip + called + both},
		{"an end within the second of the answer", mmtelRecord(prim(11, "2603282350122B0100")), original + start + " ring=12500 outcome=answered" + sip + called + both},
		{"an end before the answer", mmtelRecord(prim(11, "2603282350002B0100")), original + start + " ring=12500 outcome=answered" + sip + called + both},
		{"no request", mmtelRecord(gone(9)), original + " service=voice start=2026-03-28T22:50:12.500Z offset=60 talk=119500 outcome=answered" + sip + called + both},
		{"a message", mmtelRecord(prim(2, octets("MESSAGE")), gone(10), gone(11), gone(38)), original + " service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered" + sip + called + both},
		{"a message that failed", mmtelRecord(prim(2, octets("MESSAGE")), gone(10), gone(11), gone(38), prim(17, "01")), original + " service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=failed" + sip + called + both},
		{"a registration", mmtelRecord(prim(2, octets("REGISTER"))), "skip=true"},
		{"an unknown method", mmtelRecord(prim(2, octets("HELLO"))), "skip=true"},
		{"no time", mmtelRecord(gone(9), gone(10), gone(38)), "serviceRequestTimeStamp: is missing"},
		{"a bad time", mmtelRecord(prim(10, "2613282350122B0100")), `serviceDeliveryStartTimeStamp: "2613282350122b0100" is not a possible time`},
		{"a bad fraction", mmtelRecord(prim(38, "03E8")), `serviceDeliveryStartTimeStampFraction: "03e8" is not a number from 0 to 999`},
		{"a bad cause", mmtelRecord(prim(17, "010203040506070809")), `causeForRecordClosing: "010203040506070809" is not a number`},
		{"a bad sequence", mmtelRecord(prim(16, "FF")), `recordSequenceNumber: "ff" is not a number from 0 to 4294967295`},
	})
}

func diversion(by string) element {
	service := []element{prim(0, "06"), prim(1, "01")}
	if by != "" {
		service = append(service, parties(3, by))
	}
	return cons(110, cons(0, element{number: 17, inner: []element{prim(0, "00")}}, element{number: 17, inner: service}))
}

// TestIMSNodes is about whose record counts.
func TestIMSNodes(t *testing.T) {
	const says = " service=voice start=2026-03-28T22:50:00.000Z offset=60 ring=12500 talk=119500 outcome=answered calling=+447700900123 called=+447700900456 international=callingcalled"
	tests := []factTest{
		{"application server", []element{cons(69, append(imsBase("45"), prim(110, "914477"))...)}, "direction=originating" + says},
	}
	for choice, recordType := range map[uint32]string{63: "3F", 64: "40", 65: "41", 66: "42", 67: "43", 68: "44", 70: "46", 82: "52", 89: "59", 90: "5A", 91: "5B"} {
		tests = append(tests, factTest{recordType, []element{cons(choice, imsBase(recordType)...)}, "direction=none" + says})
	}
	testFacts(t, tests)
}
