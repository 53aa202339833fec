package ts32298

import (
	"slices"
	"testing"
)

// Times that records here have: opening, and one five minutes later.
const (
	openedAt = "2603282350002B0100"
	closedAt = "2603282355002B0100"
)

// pgwRecord is a PGWRecord, with members beside those that all have, or in place of them.
func pgwRecord(more ...element) []element {
	base := []element{
		prim(0, "55"), prim(3, tbcd("234150000000017")), cons(4, prim(0, "0A000001")), prim(5, "07"), prim(13, openedAt),
		prim(14, "012C"), prim(15, "00"), prim(22, "91"+tbcd("447700900123")), prim(27, "32F451"), prim(30, "06"),
	}
	return []element{cons(79, replace(base, more)...)}
}

// replace puts members in place of those of the same tag, or at the end.
func replace(base, more []element) []element {
	for _, m := range more {
		same := func(e element) bool { return e.number == m.number }
		if i := slices.IndexFunc(base, same); i >= 0 {
			base[i] = m
		} else {
			base = append(base, m)
		}
	}
	return base
}

func volumes(tag uint32, up, down uint32, pairs ...string) element {
	list := []element{}
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, seq(prim(5, "02"), prim(up, pairs[i]), prim(down, pairs[i+1]), prim(6, closedAt)))
	}
	return cons(tag, list...)
}

const pgwSays = "direction=originating service=data start=2026-03-28T22:50:00.000Z offset=60 talk=300000 "

func TestPGW(t *testing.T) {
	const who = "calling=+447700900123 international=calling imsi=234150000000017 "
	testFacts(t, []factTest{
		{"without volumes", pgwRecord(), pgwSays + who + "plmn=23415 rat=4g"},
		{"volumes", pgwRecord(volumes(12, 3, 4, "03E8", "07D0", "01", "02")), pgwSays + who + "plmn=23415 rat=4g up=1001 down=2002"},
		{"services", pgwRecord(volumes(34, 12, 13, "03E8", "07D0", "01", "02")), pgwSays + who + "plmn=23415 rat=4g up=1001 down=2002"},
		{"volumes and services", pgwRecord(volumes(34, 12, 13, "03E8", "07D0"), volumes(12, 3, 4, "05", "06")), pgwSays + who + "plmn=23415 rat=4g up=5 down=6"},
		{"volumes that tell none, and services", pgwRecord(cons(12, seq(prim(5, "02"))), volumes(34, 12, 13, "05", "06")), pgwSays + who + "plmn=23415 rat=4g up=5 down=6"},
		{"four gigabytes", pgwRecord(volumes(12, 3, 4, "00FFFFFFFF", "0100000000")), pgwSays + who + "plmn=23415 rat=4g up=4294967295 down=4294967296"},
		{"most of it over 5G", pgwRecord(volumes(12, 3, 4, "64", "64"), volumes(73, 1, 2, "32", "33")), pgwSays + who + "plmn=23415 rat=4g up=100 down=100"},
		{"more than half of it over 5G", pgwRecord(volumes(12, 3, 4, "64", "64"), cons(73, seq(prim(1, "32"), prim(2, "33")))), pgwSays + who + "plmn=23415 rat=5g up=100 down=100"},
		{"half of it over 5G", pgwRecord(volumes(12, 3, 4, "64", "64"), cons(73, seq(prim(1, "32"), prim(2, "32"), prim(5, "00")))), pgwSays + who + "plmn=23415 rat=4g up=100 down=100"},
		{"a slice", pgwRecord(prim(17, "02"), prim(15, "10")), pgwSays + "partial=2 " + who + "plmn=23415 rat=4g"},
		{"a release that is abnormal", pgwRecord(prim(15, "04")), pgwSays + "cause=41 " + who + "plmn=23415 rat=4g"},
		{"no MSISDN", pgwRecord(prim(22, "")), pgwSays + "imsi=234150000000017 plmn=23415 rat=4g"},
		{"abroad, with an IMEI and software version", pgwRecord(prim(27, "02F810"), prim(29, "5379399986413816")), pgwSays + who + "imei=3597939968148361 plmn=20801 rat=4g"},
		{"abroad, with an MNC of three digits", pgwRecord(prim(27, "130014"), prim(29, "53793999864138F6")), pgwSays + who + "imei=359793996814836 plmn=310410 rat=4g"},
		{"a network that is none", pgwRecord(prim(27, "AAF801")), pgwSays + who + "rat=4g"},
		{"no opening", pgwRecord(prim(13, ""), prim(38, openedAt)), pgwSays + who + "plmn=23415 rat=4g"},
		{"opened after the session started", pgwRecord(prim(38, "2603282300002B0100")), pgwSays + who + "plmn=23415 rat=4g"},
		{"no duration", pgwRecord(prim(14, ""), prim(39, closedAt)), pgwSays + who + "plmn=23415 rat=4g"},
		{"no duration and no end", pgwRecord(prim(14, "")), "direction=originating service=data start=2026-03-28T22:50:00.000Z offset=60 " + who + "plmn=23415 rat=4g"},
		{"at home in a cell", pgwRecord(prim(32, "1832F451123432F4510ABCDEF1")), pgwSays + who + "cell=23415-4660-180150001 plmn=23415 rat=4g"},
		{"in a cell at last", pgwRecord(prim(57, "0132F451123400AB")), pgwSays + who + "cell=23415-4660-171 plmn=23415 rat=4g"},
		{"nowhere", pgwRecord(prim(13, ""), prim(38, "")), "recordOpeningTime: is missing"},
		{"month 13", pgwRecord(prim(13, "2613282350002B0100")), `recordOpeningTime: "2613282350002b0100" is not a possible time`},
		{"a time that is too short", pgwRecord(prim(13, "26")), `recordOpeningTime: "26" is not the nine octets of a time`},
		{"years", pgwRecord(prim(14, "00FFFFFFFF")), `duration: "00ffffffff" is not a number from 0 to 4294967`},
		{"negative", pgwRecord(prim(14, "FF")), `duration: "ff" is not a number from 0 to 4294967`},
		{"an end before the beginning", pgwRecord(prim(14, ""), prim(39, "2603282345002B0100")), `stopTime: "2603282345002b0100" is before the time that it follows`},
		{"an end that is no time", pgwRecord(prim(14, ""), prim(39, "2603282345002B2500")), `stopTime: "2603282345002b2500" is a time with an offset that cannot be`},
		{"a negative volume", pgwRecord(volumes(12, 3, 4, "80", "01")), `listOfTrafficVolumes: "80" is not a number from 0 to 1125899906842624`},
		{"more than a pebibyte", pgwRecord(volumes(34, 12, 13, "01", "04000000000001")), `listOfServiceData: "04000000000001" is not a number from 0 to 1125899906842624`},
		{"together more than a pebibyte", pgwRecord(volumes(12, 3, 4, "01", "04000000000000", "01", "01")), `listOfTrafficVolumes: its volumes add up to more than a pebibyte`},
		{"volumes that are cut", pgwRecord(prim(12, "3005830101")), `listOfTrafficVolumes: it is cut short`},
		{"a container that is cut", pgwRecord(prim(12, "3003830401")), `listOfTrafficVolumes: it is cut short`},
		{"a sequence that is none", pgwRecord(prim(17, "0100000000")), `recordSequenceNumber: "0100000000" is not a number from 0 to 4294967295`},
		{"a cause that is none", pgwRecord(prim(15, "FF")), `causeForRecClosing: "ff" is not a number from 0 to 4294967295`},
		{"a member that is cut", []element{{class: 2, number: 79, inner: []element{prim(0, "55"), {class: 2, number: 3, value: []byte{1}}, {}}}}, "recordOpeningTime: is missing"},
	})
}

// TestOtherSessions is about who writes the record: the gateway's own counts.
func TestOtherSessions(t *testing.T) {
	sgw := pgwRecord(prim(0, "54"), cons(64, seq(prim(1, "32"), prim(2, "33"))), volumes(12, 3, 4, "32", "32"))[0]
	sgw.number = 78
	others := func(choice uint32, recordType string) []element {
		e := pgwRecord(prim(0, recordType), volumes(12, 3, 4, "32", "32"))[0]
		e.number = choice
		return []element{e}
	}
	const who = " start=2026-03-28T22:50:00.000Z offset=60 talk=300000 calling=+447700900123 international=calling imsi=234150000000017"
	testFacts(t, []factTest{
		{"SGW", []element{sgw}, "direction=none service=data" + who + " plmn=23415 rat=5g up=50 down=50"},
		{"GGSN", others(21, "13"), "direction=originating service=data" + who + " plmn=23415 rat=4g up=50 down=50"},
		{"GGSN that charges by flows", []element{cons(70, replace(pgwRecord(prim(0, "46"))[0].inner, []element{volumes(34, 12, 13, "32", "32")})...)}, "direction=originating service=data" + who + " plmn=23415 rat=4g up=50 down=50"},
		{"TDF", others(92, "5C"), "direction=none service=data" + who + " plmn=23415 rat=4g up=50 down=50"},
		{"IP edge", others(95, "5F"), "direction=originating service=data" + who + " plmn=23415 rat=4g up=50 down=50"},
		{"ePDG", others(96, "60"), "direction=none service=data" + who + " rat=4g up=50 down=50"},
		{"TWAG", others(97, "61"), "direction=none service=data" + who + " rat=4g up=50 down=50"},
		{"SGSN", []element{cons(20,
			prim(0, "12"), prim(3, tbcd("234150000000017")), prim(4, tbcd("359793996814836")), prim(8, "1234"), prim(9, "00AB"), prim(10, "07"),
			volumes(15, 3, 4, "32", "32"), prim(16, openedAt), prim(17, "012C"), prim(19, "12"), prim(21, "03"), prim(27, "91"+tbcd("447700900123")),
			prim(29, "01"), prim(38, "32F451"),
		)}, "direction=none service=data start=2026-03-28T22:50:00.000Z offset=60 talk=300000 partial=3 calling=+447700900123 international=calling imsi=234150000000017 imei=359793996814836 cell=23415-4660-171 plmn=23415 rat=3g up=50 down=50"},
		{"SGSN, mobility", []element{cons(22, prim(0, "14"))}, "skip=true"},
		{"MBMS", []element{cons(76, prim(0, "4C"))}, "skip=true"},
		{"SMS, sent", []element{cons(23,
			prim(0, "15"), prim(1, tbcd("234150000000017")), prim(2, tbcd("359793996814836")), prim(3, "91"+tbcd("447700900123")),
			prim(7, "1234"), prim(9, "00AB"), prim(11, openedAt), prim(17, "02"), prim(18, "0C91"+tbcd("447700900456")), prim(28, "32F451"),
		)}, "direction=originating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered calling=+447700900123 called=+447700900456 international=callingcalled imsi=234150000000017 imei=359793996814836 cell=23415-4660-171 plmn=23415 rat=2g"},
		{"SMS, delivered", []element{cons(24,
			prim(0, "16"), prim(1, tbcd("234150000000017")), prim(3, "91"+tbcd("447700900123")), prim(10, openedAt), prim(16, "06"),
			prim(19, "91"+tbcd("447700900456")), prim(25, "1832F451123432F4510ABCDEF1"),
		)}, "direction=terminating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered calling=+447700900456 called=+447700900123 international=callingcalled imsi=234150000000017 cell=23415-4660-180150001 rat=4g"},
		{"SMS, delivered, from a name", []element{cons(24,
			prim(0, "16"), prim(1, tbcd("234150000000017")), prim(10, openedAt), prim(19, "D0C2A07309"),
		)}, "direction=terminating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered calling=BANK imsi=234150000000017"},
		{"SMS, delivered, from a name with the count of its digits", []element{cons(24,
			prim(0, "16"), prim(1, tbcd("234150000000017")), prim(10, openedAt), prim(19, "07D0C2A07309"),
		)}, "direction=terminating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=answered calling=BANK imsi=234150000000017"},
		{"SMS, failed", []element{cons(24, prim(0, "16"), prim(1, tbcd("234150000000017")), prim(10, openedAt), cons(11, prim(1, "20")))},
			"direction=terminating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=failed imsi=234150000000017"},
		{"SMS, failed for a known reason", []element{cons(24, prim(0, "16"), prim(1, tbcd("234150000000017")), prim(10, openedAt), cons(11, prim(1, "1B")))},
			"direction=terminating service=sms start=2026-03-28T22:50:00.000Z offset=60 outcome=failed cause=20 imsi=234150000000017"},
		{"SMS without a time", []element{cons(23, prim(0, "15"), prim(1, tbcd("234150000000017")))}, "eventTimeStamp: is missing"},
		{"SMS with a bad time", []element{cons(24, prim(0, "16"), prim(10, "26"))}, `eventTimeStamp: "26" is not the nine octets of a time`},
	})
}
