package ts32298

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// The records that gateways, telephony servers and charging functions usually write.
var usualRecords = []struct {
	name   string
	record []element
}{
	{"PGW", pgwRecord(
		cons(6, prim(0, "0A000009")), prim(7, octets("internet")), prim(8, "F121"), cons(9, cons(0, prim(0, "0A010203"))), prim(17, "02"),
		prim(18, octets("pgw-1")), prim(20, "00C0FFEE"), prim(23, "0800"), prim(29, "5379399986413816"), prim(31, "0400"),
		prim(32, "1832F451123432F4510ABCDEF1"), prim(35, "0A0102"), prim(38, openedAt),
		cons(34, seq(prim(1, "0A"), prim(5, openedAt), prim(6, closedAt), prim(8, "0480"), prim(12, "03E8F0"), prim(13, "07D0F1F2"), prim(14, closedAt)),
			seq(prim(1, "14"), prim(5, openedAt), prim(6, closedAt), prim(8, "0480"), prim(12, "03E8"), prim(13, "07D0"), prim(14, closedAt))),
		cons(73, seq(prim(1, "03E8F0"), prim(2, "0100"), prim(3, openedAt), prim(4, closedAt), prim(5, "00"))),
	)},
	{"MMTel", mmtelRecord(
		subscriptions("00", "447700900123", "01", "234150000000017", "02", "sip:+447700900123@ims.mnc015.mcc234.3gppnetwork.org"),
		cons(58, prim(0, "00"), prim(1, "5379399986413816")), prim(54, octets("ims.mnc015.mcc234.3gppnetwork.org")),
		prim(29, octets("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=234151234ABCDEF1")), parties(101, "tel:+447700900456"),
		cons(55, prim(0, octets("Q.850;cause=16"))), cons(4, prim(1, octets("tas1.ims.example"))),
	)},
	{"CHF", chfRecord(
		cons(13, prim(0, "07"), parties(1, "440447700900123"[:3]+"7700900123"), cons(2, prim(0, "00"), prim(1, "5379399986413816")), prim(6, "05"), prim(12, "33"),
			prim(13, octets("internet")), prim(27, "32F451"), cons(35, cons(1, cons(0, prim(0, "32F451"), prim(1, "003132")), cons(1, prim(0, "32F451"), prim(1, octets("000ABCDEF")))))),
		usage(units(prim(3, closedAt), prim(4, "0BB8"), prim(5, "03E8"), prim(6, "07D0"), prim(9, "01")), units(prim(3, closedAt), prim(4, "0BB8"), prim(5, "03E8"), prim(6, "07D0"), prim(9, "02"))),
		prim(8, "02"), prim(16, octets("session-1")),
	)},
}

func BenchmarkDomains(b *testing.B) {
	for _, u := range usualRecords {
		b.Run(u.name, func(b *testing.B) { benchmarkRecords(b, encode(u.record...)) })
	}
}

func benchmarkRecords(b *testing.B, raw []byte) {
	const records = 1000
	var block []byte
	for range records {
		block = append(block, raw...)
	}
	l, _ := decodetest.Open(b, Decoder{}, nil, decodetest.Source(b))
	decodetest.Bench(b, Decoder{}, l, block)
}

func TestDomainsAllocateNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	var block []byte
	for range 20 {
		for _, u := range usualRecords {
			block = append(block, encode(u.record...)...)
		}
	}
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 60)
}
