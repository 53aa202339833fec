package ts32298

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the examples of the page of formats")

// The examples of the page of formats are what the tests' encoder makes of this: a file
// of an MSC, in the form of TS 32.297, and records of the packet core, the IMS and the
// charging function, one after the other.
func TestExampleFiles(t *testing.T) {
	cell := cons(12, prim(0, "1234"), prim(1, "002A"), prim(2, "32F451"))
	who := []element{prim(1, tbcd("234150000000017")), prim(3, "91"+tbcd("447700900123"))}
	called := prim(5, "91"+tbcd("442079460202"))
	mo := func(members ...element) []byte {
		return encode(mo(append(append([]element{called, entity, ref}, who...), members...)...))
	}
	slice := func(answer, release, seconds, cause, number string, more ...element) []byte {
		return mo(append(more, prim(23, answer), prim(24, release), prim(25, seconds), prim(30, cause), prim(33, number))...)
	}
	msc := [][]byte{
		mo(seizure, answer, release, lasted, ended, cell, cons(31, prim(0, "10")), prim(2, tbcd("3597939968148361"))),
		mo(seizure, prim(25, "09"), prim(30, "03"), cons(31, prim(0, "13")), cell),
		mo(seizure, answer, release, lasted, ended, prim(4, "91"+tbcd("442079460101")), cons(17, seq(prim(0, "2A")))),
		slice("2603282350112B0100", "2603290005112B0100", "0384", "01", "01", seizure),
		slice("2603290005112B0100", "2603290007142B0100", "7B", "00", "02"),
		encode(mt(append(who, prim(4, "91"+tbcd("442079460101")))...)),
		encode(cons(6, append([]element{prim(0, "06"), prim(9, "2603282350002B0100"), prim(12, "0C91"+tbcd("447700900456"))}, who...)...)),
		encode(cons(4, prim(0, "04"), prim(1, "91"+tbcd("447700900123")), prim(2, "91"+tbcd("442079460202")), prim(6, "2603282350002B0100"), prim(9, "09"))),
	}
	file := madeFile{high: 6, low: 6, count: uint32(len(msc)), sequence: 17, opened: opened, release: 6, format: formatBER, ts: 6, cdrs: msc}
	var core []byte
	core = append(core, encode(pgwRecord(cons(12, seq(prim(3, "03E8"), prim(4, "07D0F1"), prim(5, "02"), prim(6, closedAt))), prim(17, "01"), prim(18, octets("pgw-1")), prim(20, "07"))...)...)
	core = append(core, encode(usualRecords[1].record...)...)
	core = append(core, encode(chfRecord(
		cons(13, cons(1, prim(4, octets("msisdn-447700900123"))), prim(12, "33"), prim(27, "32F451")),
		usage(units(prim(3, closedAt), prim(5, "03E8"), prim(6, "07D0"), prim(9, "01"))), prim(8, "01"))...)...)
	for name, want := range map[string][]byte{"msc.32297": file.bytes(), "core.ber": core} {
		path := "../../../testdata/formats/" + name
		got, err := os.ReadFile(path)
		if err == nil && bytes.Equal(got, want) {
			continue
		}
		if !*update {
			t.Errorf("%s is not what the encoder makes: go test ./engine/decode/ts32298 -run ExampleFiles -update", path)
		} else if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
