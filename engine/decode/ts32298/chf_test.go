package ts32298

import "testing"

// chfRecord is a ChargingRecord, with members beside those that all have, or in place of
// them.
func chfRecord(more ...element) []element {
	return []element{cons(200, replace([]element{
		prim(0, "00C8"), prim(1, octets("chf-1")), subscriber("01", "234150000000017"), cons(3, prim(0, "01")),
		prim(6, openedAt), prim(7, "012C"), prim(9, "00"), prim(11, "07"),
	}, more)...)}
}

func subscriber(kind, data string) element {
	return cons(2, prim(0, kind), prim(1, octets(data)))
}

// usage is one rating group with a container for every list of its members.
func usage(containers ...[]element) element {
	var list []element
	for _, c := range containers {
		list = append(list, seq(c...))
	}
	return cons(5, seq(prim(0, "01"), cons(1, list...)))
}

func units(e ...element) []element { return e }

func TestCHFData(t *testing.T) {
	const (
		says = "direction=originating service=data start=2026-03-28T22:50:00.000Z offset=60 talk=300000 "
		imsi = "imsi=234150000000017"
	)
	pdu := func(more ...element) element {
		return cons(13, append([]element{prim(0, "07"), prim(6, "05"), prim(12, "33")}, more...)...)
	}
	nr := cons(35, cons(1, cons(0, prim(0, "32F451"), prim(1, "003132")), cons(1, prim(0, "32F451"), prim(1, octets("000ABCDEF")))))
	used := usage(units(prim(5, "64"), prim(6, "64")))
	report := func(rat, up, down string) element {
		return pdu(cons(23, seq(prim(0, octets(rat)), cons(1, seq(prim(0, "01"), prim(3, down), prim(4, up))))))
	}
	testFacts(t, []factTest{
		{"volumes", chfRecord(pdu(), usage(units(prim(4, "0BB8"), prim(5, "03E8"), prim(6, "07D0")), units(prim(5, "01"), prim(6, "02")))), says + imsi + " rat=5g up=1001 down=2002"},
		{"a total alone", chfRecord(pdu(), usage(units(prim(4, "0BB8")))), says + imsi + " rat=5g down=3000"},
		{"a total and nothing in both directions", chfRecord(pdu(), usage(units(prim(4, "0BB8"), prim(5, "00"), prim(6, "00")))), says + imsi + " rat=5g down=3000"},
		{"a total and the downlink", chfRecord(pdu(), usage(units(prim(4, "0BB8"), prim(6, "07D0")))), says + imsi + " rat=5g up=1000 down=2000"},
		{"a total and the uplink", chfRecord(pdu(), usage(units(prim(4, "0BB8"), prim(5, "07D0")))), says + imsi + " rat=5g up=2000 down=1000"},
		{"a total that is too small", chfRecord(pdu(), usage(units(prim(4, "01"), prim(5, "07D0")))), says + imsi + " rat=5g up=2000"},
		{"flows between operators", chfRecord(pdu(), cons(14, cons(0, seq(prim(3, "05"), prim(4, "02"), prim(5, "03"))))), says + imsi + " rat=5g up=2 down=3"},
		{"flows beside units", chfRecord(pdu(), used, cons(14, cons(0, seq(prim(3, "05"), prim(4, "02"), prim(5, "03"))))), says + imsi + " rat=5g up=100 down=100"},
		{"units without a session", chfRecord(used), says + imsi + " up=100 down=100"},
		{"units of another service", chfRecord(usage(units(prim(7, "01")))), "skip=true"},
		{"most of it over E-UTRA", chfRecord(used, report("EUTRA", "33", "32")), says + imsi + " rat=4g up=100 down=100"},
		{"half of it over E-UTRA", chfRecord(used, report("EUTRA", "32", "32")), says + imsi + " rat=5g up=100 down=100"},
		{"something over something", chfRecord(used, report("x", "33", "32")), says + imsi + " rat=5g up=100 down=100"},
		{"a number", chfRecord(subscriber("00", "447700900123"), pdu()), says + "calling=+447700900123 international=calling rat=5g"},
		{"identities with their kinds", chfRecord(subscriber("01", "imsi-234150000000017"), pdu(cons(1, prim(4, octets("msisdn-447700900123"))), cons(2, prim(0, "00"), prim(1, octets("imeisv-3597939968148361"))))), says + "calling=+447700900123 international=calling " + imsi + " imei=3597939968148361 rat=5g"},
		{"a NAI", chfRecord(subscriber("03", "234150000000017@nai.5gc.mnc015.mcc234.3gppnetwork.org"), pdu()), says + imsi + " rat=5g"},
		{"NR", chfRecord(pdu(nr)), says + imsi + " cell=23415-12594-11259375 rat=5g"},
		{"E-UTRA", chfRecord(pdu(cons(35, cons(0, cons(0, prim(0, "32F451"), prim(1, "3132")), cons(1, prim(0, "32F451"), prim(1, octets("abcdef1"))))))), says + imsi + " cell=23415-12594-180150001 rat=5g"},
		{"UTRA", chfRecord(pdu(cons(35, cons(3, cons(0, prim(0, "32F451"), prim(1, octets("1234")), prim(2, octets("00AB"))))))), says + imsi + " cell=23415-4660-171 rat=5g"},
		{"GERA, a service area", chfRecord(pdu(cons(35, cons(4, cons(2, prim(0, "32F451"), prim(1, octets("1234")), prim(2, octets("00AB"))))))), says + imsi + " cell=23415-4660-171 rat=5g"},
		{"a location in JSON", chfRecord(pdu(prim(3, octets(`{"nrLocation":{"tai":{"plmnId":{"mcc":"208","mnc":"93"},"tac":"000001"},"ncgi":{"plmnId":{"mcc":"208","mnc":"93"},"nrCellId": "000000010"}}}`)))), says + imsi + " cell=20893-1-16 rat=5g"},
		{"a location in JSON that is cut", chfRecord(pdu(prim(3, octets(`{"nrLocation":{"tai":{"plmnId":{"mcc":"208","mnc":"93"},"tac":"000001"},"nrCellId":"00000`)))), says + imsi + " rat=5g"},
		{"a location of EPC", chfRecord(pdu(prim(3, "1832F451123432F4510ABCDEF1"))), says + imsi + " cell=23415-4660-180150001 rat=5g"},
		{"abroad", chfRecord(pdu(prim(27, "02F810"))), says + imsi + " plmn=20801 rat=5g"},
		{"abroad, by the serving function", chfRecord(pdu(cons(11, seq(cons(0, prim(0, "02"), prim(3, "02F810")))))), says + imsi + " plmn=20801 rat=5g"},
		{"a slice", chfRecord(pdu(), prim(8, "02"), prim(9, "01")), says + "partial=2 " + imsi + " rat=5g"},
		{"a registration", chfRecord(cons(19, prim(0, "00"))), "skip=true"},
		{"no opening", chfRecord(gone(6), pdu()), "recordOpeningTime: is missing"},
		{"a bad opening", chfRecord(prim(6, "26"), pdu()), `recordOpeningTime: "26" is not the nine octets of a time`},
		{"a bad duration", chfRecord(prim(7, "FF"), pdu()), `duration: "ff" is not a number from 0 to 4294967`},
		{"a bad volume", chfRecord(pdu(), usage(units(prim(5, "FF")))), `usedUnitContainers: "ff" is not a number from 0 to 1125899906842624`},
		{"more than a pebibyte", chfRecord(pdu(), usage(units(prim(5, "04000000000000")), units(prim(5, "01")))), `usedUnitContainers: its volumes add up to more than a pebibyte`},
		{"usage that is cut", chfRecord(pdu(), prim(5, "3005A10301")), `listOfMultipleUnitUsage: it is cut short`},
	})
}

func TestCHFMessage(t *testing.T) {
	const says = "service=sms start=2026-03-28T22:55:00.000Z offset=60 outcome="
	message := func(more ...element) []element {
		return chfRecord(cons(15, replace([]element{
			cons(1, prim(0, tbcd("234150000000018")), prim(1, "91"+tbcd("447700900123"))), cons(2, seq(prim(0, tbcd("234150000000019")), prim(1, "91"+tbcd("447700900456")))),
			prim(6, "33"), prim(8, closedAt), prim(21, "00"),
		}, more)...))
	}
	const both = " calling=+447700900123 called=+447700900456 international=callingcalled imsi=234150000000017"
	testFacts(t, []factTest{
		{"sent", message(), "direction=originating " + says + "answered" + both + " rat=5g"},
		{"delivered", message(prim(21, "03")), "direction=terminating " + says + "answered" + both + " rat=5g"},
		{"failed", message(cons(29, prim(1, "1B"))), "direction=originating " + says + "failed cause=20" + both + " rat=5g"},
		{"a report", message(prim(21, "01")), "skip=true"},
		{"to a short code", message(cons(2, seq(cons(2, prim(0, "04"), prim(1, octets("12345")))))), "direction=originating " + says + "answered calling=+447700900123 called=12345 international=calling imsi=234150000000017 rat=5g"},
		{"to another address", message(cons(2, seq(cons(7, seq(prim(0, "01"), prim(1, octets("447700900999"))))))), "direction=originating " + says + "answered calling=+447700900123 called=+447700900999 international=callingcalled imsi=234150000000017 rat=5g"},
		{"as received", message(cons(2, seq(cons(4, prim(1, octets("447700900999")))))), "direction=originating " + says + "answered calling=+447700900123 called=447700900999 international=calling imsi=234150000000017 rat=5g"},
		{"a bad time", message(prim(8, "26")), `eventtimestamp: "26" is not the nine octets of a time`},
		{"of a subscriber known by number", []element{cons(200, replace(message()[0].inner, []element{subscriber("00", "447700900555")})...)}, "direction=originating " + says + "answered calling=+447700900555 called=+447700900456 international=callingcalled imsi=234150000000018 rat=5g"},
	})
}

func TestCHFCall(t *testing.T) {
	const (
		says = " service=voice start=2026-03-28T22:50:00.000Z offset=60"
		both = " calling=+447700900123 called=+447700900456 international=callingcalled imsi=234150000000017"
	)
	call := func(outside []element, more ...element) []element {
		return chfRecord(append(outside, cons(28, replace([]element{
			cons(0, prim(0, octets("INVITE"))), prim(2, "00"), prim(12, octets("f81d4fae@foo.bar")),
			parties(15, "tel:+447700900123"), parties(16, "tel:+447700900456"), prim(27, octets("icid-1")),
		}, more)...))...)
	}
	talked := []element{usage(units(prim(1, "3C")), units(prim(1, "1E")))}
	testFacts(t, []factTest{
		{"units used", call(talked), "direction=originating" + says + " talk=90000 outcome=answered" + both},
		{"two services at a time", call([]element{cons(5, seq(cons(1, seq(prim(1, "3C")))), seq(cons(1, seq(prim(1, "28")))))}), "direction=originating" + says + " talk=60000 outcome=answered" + both},
		{"terminating", call(talked, prim(2, "01")), "direction=terminating" + says + " talk=90000 outcome=answered" + both},
		{"of an application server", call(talked, prim(1, "01")), "direction=originating" + says + " talk=90000 outcome=answered" + both},
		{"of the gateway of an S-CSCF", call(talked, prim(1, "00")), "direction=none" + says + " talk=90000 outcome=answered" + both},
		{"a normal end", call(nil, prim(47, "00")), "direction=originating" + says + " talk=300000 outcome=answered" + both},
		{"busy", call(nil, prim(47, "01E6")), "direction=originating" + says + " ring=300000 outcome=busy" + both},
		{"busy, by the cause of ISUP", call(nil, cons(8, prim(1, "11"))), "direction=originating" + says + " ring=300000 outcome=busy cause=17" + both},
		{"forwarded", call(append(talked, cons(29, diversion("tel:+447700900777").inner...)), prim(2, "01")), "direction=originating" + says + " talk=90000 outcome=answered forwarded=true calling=+447700900777 called=+447700900456 international=callingcalled imsi=234150000000017"},
		{"in a cell", call(talked, cons(40, element{number: 12, value: []byte("3GPP-NR-FDD;utran-cell-id-3gpp=23415003132000abcdef")}), prim(53, octets("ims.mnc001.mcc208.3gppnetwork.org"))), "direction=originating" + says + " talk=90000 outcome=answered" + both + " cell=23415-12594-11259375 plmn=20801 rat=5g"},
		{"a message", call(nil, cons(0, prim(0, octets("MESSAGE")))), "direction=originating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered" + both},
		{"a registration", call(nil, cons(0, prim(0, octets("REGISTER")))), "skip=true"},
		{"a bad time", call([]element{usage(units(prim(1, "FF")))}), `usedUnitContainers: "ff" is not a number from 0 to 4294967`},
	})
}
