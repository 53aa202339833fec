package ts32298

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// The members of a usual call: 17 s of ringing, 83 s of talk.
var (
	imsi    = prim(1, tbcd("234150000000001"))
	msisdn  = prim(3, "91447790612405")
	entity  = prim(9, "91447758101410")
	seizure = prim(22, "2603282350002B0100")
	answer  = prim(23, "2603282350172B0100")
	release = prim(24, "2603282351402B0100")
	lasted  = prim(25, "53")
	ended   = prim(30, "00")
	ref     = prim(32, "01000007")
	dialled = prim(5, "917361679236F3")
)

// mo is a MOCallRecord with these members.
func mo(members ...element) element { return cons(0, append([]element{prim(0, "00")}, members...)...) }

// call is a usual one with more members.
func call(more ...element) element {
	return mo(append([]element{imsi, msisdn, dialled, entity, seizure, answer, release, lasted, ref}, more...)...)
}

// attempt is a call that was not answered, after 9 seconds.
func attempt(more ...element) element {
	return mo(append([]element{imsi, msisdn, dialled, entity, seizure, prim(25, "09"), ref}, more...)...)
}

// mt is a MTCallRecord.
func mt(members ...element) element {
	return cons(1, append([]element{prim(0, "01"), prim(19, "2603282350002B0100"), prim(20, "2603282350172B0100"), prim(22, "53"), prim(27, "00"), prim(29, "01000007")}, members...)...)
}

// message is a MOSMSRecord to an address.
func message(more ...element) element {
	return cons(6, append([]element{prim(0, "06"), imsi, msisdn, prim(6, "91447758101410"), prim(9, "2603282350002B0100")}, more...)...)
}

// The words are those of fastRow.
func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name   string
		record element
		want   string // words of what is read, or the reason for rejection
	}{
		{"a call", call(ended), "direction=originating service=voice start=1774738200000 offset=60 ring=17000 talk=83000 outcome=1 cause=0 partial=0 forwarded=false calling=+447709164250 called=+37167629633 imsi=234150000000001"},
		{"its cause", call(ended, cons(31, prim(0, "10"))), "outcome=1 cause=16"},
		{"dropped", call(prim(30, "04")), "outcome=1 cause=41"},
		{"dropped for a cause", call(prim(30, "04"), cons(31, prim(2, "66"))), "outcome=1 cause=102"},
		{"translated", call(prim(6, "91447758101499")), "called=+447785014199"},
		{"translated to nothing", call(prim(6, "81")), "called=+37167629633"},
		{"connected, when nothing else is told", mo(imsi, msisdn, prim(7, "91447758101499"), seizure, lasted), "called=+447785014199"},
		{"no MSISDN", mo(imsi, prim(4, "1181447758101499"), dialled, seizure, lasted), "calling=+447785014199"},
		{"no seizure", mo(imsi, msisdn, dialled, answer, lasted), "start=1774738217000 ring=unknown talk=83000"},
		{"no duration", mo(imsi, msisdn, dialled, seizure, answer, release), "ring=17000 talk=83000"},
		{"empty members", mo(imsi, msisdn, dialled, seizure, prim(23, ""), prim(31, ""), prim(25, "09")), "ring=9000 outcome=2"},

		{"an attempt", attempt(prim(30, "03"), cons(31, prim(0, "11"))), "start=1774738200000 ring=9000 talk=0 outcome=3 cause=17"},
		{"no answer", attempt(prim(30, "03"), cons(31, prim(0, "13"))), "outcome=2 cause=19"},
		{"no channel", attempt(prim(30, "03"), cons(31, prim(0, "22"))), "outcome=4 cause=34"},
		{"in octets of the wire", attempt(prim(30, "03"), cons(31, prim(0, "91"))), "outcome=3 cause=17"},
		{"MAP: absent", attempt(prim(30, "03"), cons(31, prim(1, "1B"))), "outcome=2 cause=20"},
		{"MAP: a failure", attempt(prim(30, "03"), cons(31, prim(1, "22"))), "outcome=4 cause=0"},
		{"a vendor's diagnostics", attempt(prim(30, "03"), cons(31, cons(4, prim(1, "11")))), "outcome=4 cause=0"},
		{"no diagnostics", attempt(prim(30, "03")), "outcome=4 cause=0"},
		{"abnormal", attempt(prim(30, "04")), "outcome=4 cause=41"},
		{"the caller gave up", attempt(ended), "outcome=2 cause=0"},
		{"unsuccessful in spite of an answer", call(prim(30, "03")), "ring=83000 talk=0 outcome=4"},
		{"an attempt without a duration", mo(msisdn, dialled, seizure, release), "ring=100000 talk=0"},
		{"an attempt, seizure alone", mo(msisdn, dialled, seizure), "ring=unknown talk=0 start=1774738200000"},
		{"an attempt, release alone", mo(msisdn, dialled, release, prim(25, "0A")), "ring=10000 start=1774738290000"},

		{"a first partial", call(prim(30, "01"), prim(33, "01")), "partial=1 ring=17000 outcome=1"},
		{"a partial without a number", call(prim(30, "01")), "partial=1"},
		{"a partial counted from nought", call(prim(30, "02"), prim(33, "00")), "partial=1"},
		{"a second partial", mo(msisdn, dialled, answer, release, lasted, prim(30, "01"), prim(33, "02")), "partial=2 start=1774738217000 ring=unknown talk=83000"},
		{"with the answer of the first", mo(msisdn, dialled, seizure, answer, prim(24, "2603290000002B0100"), prim(25, "3C"), prim(33, "03")), "partial=3 start=1774738740000 ring=unknown talk=60000"},

		{"forwarded", call(prim(4, "91447758101499"), cons(17, seq(prim(0, "11")), seq(prim(0, "2A")))), "forwarded=true calling=+447709164250"},
		{"forwarded, codes bare", call(cons(17, element{number: 4, value: []byte{0x21}})), "forwarded=true"},
		{"another service", call(cons(17, seq(prim(0, "31")), seq(prim(0, "12")))), "forwarded=false"},
		{"forwarded by CAMEL", call(prim(40, "01")), "forwarded=true"},
		{"not forwarded by CAMEL", call(prim(40, "00")), "forwarded=false"},
		{"forwarded by somebody without a number", mo(imsi, prim(4, "91447758101499"), dialled, seizure, prim(40, "01")), "forwarded=true calling= imsi=234150000000001"},
		{"a forwarding record", cons(100, prim(0, "64"), msisdn, dialled, seizure), "forwarded=true direction=originating calling=+447709164250"},

		{"national", call(prim(5, "A1"+tbcd("02079460000"))), "called=02079460000"},
		{"as dialled", call(prim(5, "81"+tbcd("*100#"))), "called=*100#"},
		{"international with its prefix", call(prim(5, "91"+tbcd("00447709164250"))), "called=00447709164250"},
		{"a number of nothing", call(prim(5, "91")), "called="},

		{"terminating", mt(imsi, msisdn, prim(4, "0180"+tbcd("12")), prim(6, "91447758101410")), "direction=terminating calling=12 called=+447709164250 ring=17000 talk=83000 outcome=1"},
		{"restricted", mt(imsi, msisdn, prim(4, "11A3"+tbcd("12345678"))), "calling=+12345678"},
		{"no presentation in spite of the bit", mt(imsi, msisdn, prim(4, "1144345678")), "calling=+44436587"},
		{"terminating, no MSISDN", mt(imsi, prim(5, "91447758101499")), "called= imsi=234150000000001"},
		{"terminating, a connected number alone", mt(prim(5, "91447758101499")), "called=+447785014199"},

		{"roaming", cons(2, prim(0, "02"), imsi, prim(2, "91447790612405"), prim(3, "91447758101499"), prim(12, "2603282350002B0100"), prim(15, "05")), "direction=none calling=+447785014199 called=+447709164250"},
		{"gateway", cons(3, prim(0, "03"), prim(1, "91447790612405"), prim(2, "917361679236F3"), prim(6, "2603282350002B0100"), prim(9, "05")), "direction=none calling=+447709164250 called=+37167629633"},
		{"transit", cons(5, prim(0, "05"), prim(4, "91447790612405"), prim(5, "917361679236F3"), prim(7, "2603282350002B0100"), prim(10, "05")), "direction=none called=+37167629633"},
		{"CAMEL", cons(16, prim(0, "11"), imsi, prim(12, "917361679236F3"), prim(16, "2603282350002B0100"), prim(19, "05")), "direction=none called=+37167629633"},
		{"CAMEL, not seized", cons(16, prim(0, "11"), imsi, prim(12, "917361679236F3"), prim(4, "2603282350002B0100"), prim(19, "05")), "start=1774738200000 ring=5000"},
		{"SRVCC", cons(20, prim(0, "57"), imsi, msisdn, dialled, seizure, lasted), "direction=none calling=+447709164250 called=+37167629633"},
		{"MTRF", cons(21, prim(0, "58"), imsi, prim(4, "91447758101499"), msisdn, prim(10, "2603282350002B0100"), prim(13, "05")), "direction=none calling=+447785014199 called=+447709164250"},
		{"service", cons(10, prim(0, "0A"), imsi, msisdn, prim(10, "2603282350002B0100")), "direction=none calling=+447709164250"},
		{"interrogation", cons(11, prim(0, "0B"), imsi, prim(2, "91447790612405"), prim(6, "2603282350002B0100")), "direction=none calling=+447709164250"},
		{"a new location", cons(12, prim(0, "0C"), imsi, prim(5, "2603282350002B0100")), "direction=none imsi=234150000000001"},
		{"a new location, VLR", cons(13, prim(0, "0D"), imsi, prim(7, "2603282350002B0100")), "direction=none imsi=234150000000001"},

		{"a cell of a network", call(cons(12, prim(0, "1234"), prim(1, "002A"), prim(2, "32F451"))), "cell=23415-4660-42 plmn=23415"},
		{"a network of six digits", call(cons(12, prim(0, "0001"), prim(1, "FFFE"), prim(2, "130014"))), "cell=310410-1-65534 plmn=310410"},
		{"a cell of the switch's own", call(cons(12, prim(0, "1234"), prim(1, "002A"))), "cell=23415-4660-42 plmn="},
		{"no cell", call(cons(12, prim(0, "1234"))), "cell= plmn="},
		{"a cell of any length", call(cons(12, prim(1, "00012345"), prim(0, "99"))), "cell=23415-153-74565"},
		{"GERAN", call(prim(61, "02")), "rat=1"},
		{"UTRAN", call(prim(61, "01")), "rat=2"},
		{"IMEI", call(prim(2, "5379399986413806")), "imei=3597939968148360"},
		{"trunks", call(cons(10, prim(1, "544B31")), cons(11, prim(0, "0102"))), "trunkin=TK1 trunkout=258"},

		{"a message", message(prim(12, "912121630493F7")), "direction=originating service=sms start=1774738200000 offset=60 outcome=1 calling=+447709164250 called=+12123640397"},
		{"a message, digits counted", message(prim(12, "0B912121630493F7")), "called=+12123640397"},
		{"a message, national", message(prim(12, "0BA1"+tbcd("07709162450"))), "called=07709162450"},
		{"a message to a short code", message(prim(12, "0581"+tbcd("80080"))), "called=80080"},
		{"a message to a name", message(prim(12, "0DD0D4F29C9E769F01")), "called=Testing"},
		{"a name, its digits not counted", message(prim(12, "D0D4F29C9E769F01")), "called=Testing"},
		{"no count in spite of the length", message(prim(12, "0521436587")), "called=12345678"},
		{"a message that CAMEL sends", message(cons(13, prim(6, "912121630493F7"))), "called=+12123640397"},
		{"a message that failed", message(prim(12, "912121630493F7"), cons(10, prim(1, "1B"))), "outcome=4 cause=20"},
		{"a message that failed for a cause", message(prim(12, "912121630493F7"), cons(10, prim(0, "26"))), "outcome=4 cause=38"},
		{"a message that came", cons(7, prim(0, "07"), prim(2, tbcd("234150000000001")), prim(4, "91447790612405"), prim(8, "2603282350002B0100")), "direction=terminating service=sms outcome=1 calling= called=+447709164250"},
		{"with CAMEL", cons(7, prim(0, "07"), prim(4, "91447790612405"), prim(8, "2603282350002B0100"), cons(12, prim(5, "11818002"))), "calling=0820"},
		{"from a name", cons(7, prim(0, "07"), prim(4, "91447790612405"), prim(8, "2603282350002B0100"), cons(12, prim(5, "D0C2A07309"))), "calling=BANK called=+447709164250"},
		{"on its way", cons(8, prim(0, "08"), prim(2, tbcd("234150000000001")), prim(4, "2603282350002B0100")), "direction=none service=sms"},
		{"on its way here", cons(9, prim(0, "09"), prim(2, tbcd("234150000000001")), prim(3, "91447790612405"), prim(5, "2603282350002B0100")), "direction=none service=sms called=+447709164250"},

		{"no time", mo(imsi, msisdn, dialled, lasted), "seizureTime: is missing, and so are other times that tell when the call began"},
		{"month 13", mo(imsi, dialled, prim(22, "2613282350002B0100")), `seizureTime: "2613282350002b0100" is not a possible time`},
		{"30 February", mo(imsi, dialled, prim(22, "2602302350002B0100")), `seizureTime: "2602302350002b0100" is not a possible time`},
		{"hour 24", mo(imsi, dialled, seizure, prim(23, "2602282400002B0100")), `answerTime: "2602282400002b0100" is not a possible time`},
		{"no digits", mo(imsi, dialled, seizure, prim(24, "26022823A0002B0100")), `releaseTime: "26022823a0002b0100" is not a time`},
		{"no sign", mo(imsi, dialled, prim(22, "260228230000200100")), `seizureTime: "260228230000200100" is a time without a sign before its offset`},
		{"an offset that cannot be", mo(imsi, dialled, prim(22, "2602282300002B2400")), `seizureTime: "2602282300002b2400" is a time with an offset that cannot be`},
		{"eight octets", mo(imsi, dialled, prim(22, "2602282300002B01")), `seizureTime: "2602282300002b01" is not the nine octets of a time`},
		{"a negative duration", mo(imsi, dialled, seizure, prim(25, "FF")), `callDuration: "ff" is not a number from 0 to 4294967`},
		{"a long one", mo(imsi, dialled, seizure, prim(25, "00FFFFFFFF")), `callDuration: "00ffffffff" is not a number from 0 to 4294967`},
		{"years of ringing", mo(imsi, dialled, seizure, prim(23, "2803282350172B0100"), lasted), `answerTime: "2803282350172b0100" is 63158417 seconds after what came before it, which is not possible`},
		{"neither duration nor release", mo(imsi, dialled, answer), "callDuration: is missing, and so is releaseTime"},
		{"released before answered", mo(imsi, dialled, release, prim(23, "2603282359592B0100")), `releaseTime: "2603282351402b0100" is before what it ends, and callDuration is missing`},
		{"causeForTerm", call(prim(30, "80")), `causeForTerm: "80" is not a number from 0 to 2147483648`},
		{"sequenceNumber", call(prim(33, "0100000000")), `sequenceNumber: "0100000000" is not a number from 0 to 4294967295`},
		{"a message without a time", cons(6, prim(0, "06"), imsi), "originationTime: is missing"},
		{"a message at no time", cons(7, prim(0, "07"), prim(8, "2613282350002B0100")), `deliveryTime: "2613282350002b0100" is not a possible time`},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
			raw := encode(c.record)
			decodetest.Check(t, Decoder{}, l, raw)
			var row decode.Row
			problem := Decoder{}.ReadRow(l, raw, &row)
			if !strings.Contains(c.want, "=") || problem != "" {
				if problem != c.want {
					t.Errorf("%q, want %q", problem, c.want)
				}
				return
			}
			got := strings.Fields(fastRow(&row, ""))
			for _, word := range strings.Fields(c.want) {
				if !slices.Contains(got, word) {
					t.Errorf("%v, want %s", got, word)
				}
			}
		})
	}
}
