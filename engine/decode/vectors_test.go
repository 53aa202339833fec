package decode

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// columnOf is a strip of texts between bytes of noise, some rows of which count.
func columnOf(r *rand.Rand, text func() string) (c *strip, texts [SheetRows]string) {
	block := make([]byte, margin, 4096)
	c = &strip{from: new([SheetRows]uint16), next: new([SheetRows]uint16)}
	for k := range texts {
		texts[k] = text()
		c.from[k] = uint16(len(block))
		block = append(append(block, texts[k]...), ",0-.+9\n"[r.IntN(7)])
		c.next[k] = uint16(len(block))
		for range r.IntN(3) {
			block = append(block, "09.,-+Zx"[r.IntN(8)])
		}
	}
	c.text = pageOf(append(block, make([]byte, margin)...))
	var rows [1]missed
	filledWords(rows[:], [][SheetRows]uint16{*c.from, *c.next})
	c.rows = rows[0] & missed(r.Uint64()|r.Uint64())
	return c, texts
}

// oneOf makes texts of a kind: usual ones, with a byte changed in some, and strange ones.
func oneOf(r *rand.Rand, usual func() string, strange ...string) func() string {
	return func() string {
		if r.IntN(12) == 0 {
			return strange[r.IntN(len(strange))]
		}
		b := []byte(usual())
		if len(b) > 0 && r.IntN(12) == 0 {
			b[r.IntN(len(b))] = "0/:;9.,-+ \x00\x10\xb0\xffZaT"[r.IntN(17)]
		}
		return string(b)
	}
}

// digitsOfAny are up to most digits.
func digitsOfAny(r *rand.Rand, most int) string {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

// TestColumns reads columns by both ways, that of the machine and that of any machine,
// and compares each value that is not missed with what reads one text. Usual texts must
// not be missed.
func TestColumns(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	clock := NewClock(nil)
	if _, _, problem := clock.Parse([]byte("2026-01-05T08:00:00.000Z")); problem != "" {
		t.Fatal(problem)
	}
	rules := &Rules{}
	decimal := func() string {
		s := digitsOfAny(r, 5)
		if r.IntN(2) == 0 {
			s += "." + digitsOfAny(r, 3)
		}
		return s
	}
	cell := func() string {
		return digitsOfAny(r, 7) + "-" + digitsOfAny(r, 4) + "-" + digitsOfAny(r, 5)
	}
	when := func() string { return "2026-01-05T" + clockText(r) + "Z" }
	for _, c := range []struct {
		name  string
		text  func() string
		read  func(c *strip, to column[uint64]) missed
		words func(c *strip, to column[uint64]) missed
		want  func(text []byte) (uint64, bool)
		some  int // percent that must not be missed
	}{
		{"seconds", oneOf(r, decimal, ".", "5.", ".5", "1.2.3", "4294967", "4294968", "4294967.1", "0.0001", "123456789", "12345678.5"),
			func(c *strip, to column[uint64]) missed { return narrow(c, to, plainSeconds) },
			func(c *strip, to column[uint64]) missed { return narrow(c, to, plainSecondsWords) },
			func(text []byte) (uint64, bool) { v, problem := Seconds(text); return uint64(v), problem == "" }, 60},
		{"charges", oneOf(r, decimal, ".", "5.", ".5", "1.2.3", "-1", "1.234567", ".1234567", "123456789", "12345.678"),
			func(c *strip, to column[uint64]) missed { return charged(c, to, plainCharges) },
			func(c *strip, to column[uint64]) missed { return charged(c, to, plainChargesWords) },
			func(text []byte) (uint64, bool) { v, problem := Micros(text); return uint64(v), problem == "" }, 60},
		{"integers", oneOf(r, func() string { return digitsOfAny(r, 8) }, "1125899906842624", "1125899906842625", "12345678901234567", "-5", "1.0", "9999999999999999"),
			func(c *strip, to column[uint64]) missed { return plainIntegers(c, to, MaxBytes) },
			func(c *strip, to column[uint64]) missed { return plainIntegersWords(c, to, MaxBytes) },
			func(text []byte) (uint64, bool) {
				v, problem := Integer(text)
				return uint64(v), problem == "" && v <= MaxBytes
			}, 80},
		{"times", oneOf(r, when, "2026-01-05T24:00:00.000Z", "2026-01-05T23:60:00.000Z", "2026-01-05T23:00:60.000Z", "2026-01-06T08:00:00.000Z", "2026-01-05T08:00:00Z", "1767600000"),
			func(c *strip, to column[uint64]) missed { return timed(c, to, clock.usualDay(), usualTimes) },
			func(c *strip, to column[uint64]) missed { return timed(c, to, clock.usualDay(), usualTimesWords) },
			func(text []byte) (uint64, bool) {
				own := clock
				at, _, problem := own.Parse(text)
				return uint64(at), problem == ""
			}, 55},
		{"cells", oneOf(r, cell, "cell 7", "20801--10001", "20801-1001-", "-1001-10001", "20801-1001", "20801-1001-1-1", "208011001-10001", "20801-10011-1000"),
			func(c *strip, to column[uint64]) missed { return regions(c, to, usualCells) },
			func(c *strip, to column[uint64]) missed { return regions(c, to, usualCellsWords) },
			func(text []byte) (uint64, bool) { return HashText(text) ^ rules.region(text)*3, true }, 10},
		{"cells alike", oneOf(r, func() string { return "20801-1" + clockText(r)[9:11] + "0-3" + clockText(r)[9:12] }, "20801-1001-", "208a1-1001-1", "20801-100a-1", "2080--1001-1"),
			func(c *strip, to column[uint64]) missed { return regions(c, to, usualCells) },
			func(c *strip, to column[uint64]) missed { return regions(c, to, usualCellsWords) },
			func(text []byte) (uint64, bool) { return HashText(text) ^ rules.region(text)*3, true }, 75},
		{"outcomes", oneOf(r, func() string { return []string{"answered", "no_answer", "busy", "failed"}[r.IntN(4)] }, "BUSY", "bus", "busyx", "busy\x00", "failed\x00\x00", "no_answer_at_all", "answeredanswered"),
			func(c *strip, to column[uint64]) missed { return worded(c, to, outcomeWords.read) },
			func(c *strip, to column[uint64]) missed { return worded(c, to, outcomeWords.readWords) },
			func(text []byte) (uint64, bool) { v, ok := outcomeExactly(text); return uint64(v), ok }, 80},
		{"services", oneOf(r, func() string { return []string{"voice", "sms", "mms", "data"}[r.IntN(4)] }, "VOICE", "voic", "voicey", "sms\x00", "datadata", "dat"),
			func(c *strip, to column[uint64]) missed { return worded(c, to, serviceWords.read) },
			func(c *strip, to column[uint64]) missed { return worded(c, to, serviceWords.readWords) },
			func(text []byte) (uint64, bool) { v, ok := serviceExactly(text); return uint64(v), ok }, 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, read := 0, [2]int{}
			for range 2000 {
				column, texts := columnOf(r, c.text)
				for way, read2 := range []func(*strip, columnU64) missed{c.read, c.words} {
					var got [SheetRows]uint64
					miss := read2(column, columnU64{&got[0], 8})
					if miss&^column.rows != 0 {
						t.Fatalf("seed %d, way %d: rows are missed that are none", seed, way)
					}
					for left := column.rows &^ miss; left != 0; {
						k := left.next()
						if want, ok := c.want([]byte(texts[k])); !ok || got[k] != want {
							t.Fatalf("seed %d, way %d, row %d: %q: %d, want %d %v", seed, way, k, texts[k], got[k], want, ok)
						}
						read[way]++
					}
					for left := column.rows; way == 0 && left != 0; {
						left.next()
						rows++
					}
				}
			}
			for way, n := range read {
				if n*100 < rows*c.some {
					t.Errorf("seed %d, way %d: only %d of %d texts were read", seed, way, n, rows)
				}
			}
		})
	}
}

type columnU64 = column[uint64]

// clockText is a time of day with milliseconds.
func clockText(r *rand.Rand) string {
	b := []byte("00:00:00.000")
	for i, most := range []int{0: 3, 1: 10, 3: 6, 4: 10, 6: 6, 7: 10, 9: 10, 10: 10, 11: 10} {
		if most > 0 {
			b[i] += byte(r.IntN(most))
		}
	}
	return string(b)
}

// inBatch are rows to read a column into.
func inBatch[T any](c *strip, to column[uint64], field func(*cdr.Row) *T, read func(column[T]) missed, value func(T) uint64) missed {
	var rows [SheetRows]cdr.Row
	miss := read(inRows(field(&rows[0])))
	for k := range rows {
		*to.at(k) = value(*field(&rows[k]))
	}
	return miss
}

func narrow(c *strip, to column[uint64], read func(*strip, column[uint32]) missed) missed {
	return inBatch(c, to, func(x *cdr.Row) *uint32 { return &x.TalkMS }, func(to column[uint32]) missed { return read(c, to) }, func(v uint32) uint64 { return uint64(v) })
}

func charged(c *strip, to column[uint64], read func(*strip, column[int64]) missed) missed {
	return inBatch(c, to, func(x *cdr.Row) *int64 { return &x.Charge }, func(to column[int64]) missed { return read(c, to) }, func(v int64) uint64 { return uint64(v) })
}

func timed(c *strip, to column[uint64], on usualDay, read func(*strip, column[cdr.Millis], usualDay) missed) missed {
	return inBatch(c, to, func(x *cdr.Row) *cdr.Millis { return &x.Start }, func(to column[cdr.Millis]) missed { return read(c, to, on) }, func(v cdr.Millis) uint64 { return uint64(v) })
}

// TestParties reads columns of numbers by both ways, with plans that have marks and plans
// that have none, and compares number, place and what is said of the country with what
// reads one number.
func TestParties(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	prefixes := []string{"", "", "33", "336", "3364", "44207", "1212", "7", "39", "54911", "88213", "8835", "979", "21", "999", "0", "6723"}
	number := oneOf(r, func() string { return "+" + prefixes[r.IntN(len(prefixes))] + digitsOfAny(r, 11) },
		"", "+", "112", "33612345678", "+3361234567890123", "+336123456789012", "+33612345", "anonymous")
	plain, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	marked, err := numbering.New(numbering.Options{Home: []string{"336"}})
	if err != nil {
		t.Fatal(err)
	}
	read, unknown := [2]int{}, [2]int{}
	for round := range 6000 {
		plan, called := plain, r.IntN(2) == 0
		if round%50 == 0 {
			plan = marked
		}
		c, texts := columnOf(r, number)
		for way, parties := range []func(*strip, *[SheetRows]cdr.Row, bool, *numbering.Plan) (missed, missed){plainParties, plainPartiesWords} {
			var rows [SheetRows]cdr.Row
			miss, none := parties(c, &rows, called, plan)
			if (miss|none)&^c.rows != 0 {
				t.Fatalf("seed %d, way %d: rows are missed or unknown that are none", seed, way)
			}
			for left := c.rows &^ miss; left != 0; {
				k := left.next()
				got, place := rows[k].Calling, rows[k].CallingPlace
				if called {
					got, place = rows[k].Called, rows[k].CalledPlace
				}
				want := cdr.Number(0)
				if texts[k] != "" && texts[k][0] == '+' {
					want = cdr.Digits([]byte(texts[k][1:]))
				}
				if want == 0 || got != want || place != plan.Lookup(want) || none.has(k) != (place.Country() == 0) {
					t.Fatalf("seed %d, way %d, row %d: %q: %v %x, want %v %x; unknown %v", seed, way, k, texts[k], got, place, want, plan.Lookup(want), none.has(k))
				}
				read[way]++
				if none.has(k) {
					unknown[way]++
				}
			}
		}
	}
	if min(read[0], read[1]) < 50_000 || min(unknown[0], unknown[1]) < 1000 {
		t.Errorf("seed %d: only %d numbers were read, %d of no country", seed, read, unknown)
	}
}

func regions(c *strip, to column[uint64], read func(c *strip, cells, regions column[uint64]) missed) (miss missed) {
	var rows [SheetRows]cdr.Row
	miss = read(c, inRows(&rows[0].Cell), inRows(&rows[0].Region))
	for k := range rows {
		*to.at(k) = rows[k].Cell ^ rows[k].Region*3
	}
	return miss
}

func worded(c *strip, to column[uint64], read func(*strip, *[SheetRows]uint8) missed) missed {
	var values [SheetRows]uint8
	miss := read(c, &values)
	for k, v := range values {
		*to.at(k) = uint64(v)
	}
	return miss
}

// TestHashes compares hashes of many texts, and identities, with those of each.
func TestHashes(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	read := 0
	for range 2000 {
		most := 1 + r.IntN(400)
		c, texts := columnOf(r, func() string { return digitsOfAny(r, most)[:] })
		if int(c.next[SheetRows-1]) > 1<<15 {
			continue
		}
		var spans [SheetRows]cdr.Span
		for k := range spans {
			spans[k] = cdr.Span{Off: uint32(c.from[k]), Len: uint32(len(texts[k]))}
		}
		var out [SheetRows]uint64
		block := (*[1 << 16]byte)(c.text.first)[:int(c.next[SheetRows-1])]
		miss := hashes(&out, block, &spans, c.rows)
		for left := c.rows &^ miss; left != 0; {
			k := left.next()
			read++
			if want := cdr.Hash([]byte(texts[k])); out[k] != want {
				t.Fatalf("seed %d: %d bytes: %x, want %x", seed, len(texts[k]), out[k], want)
			}
		}
		var rows [SheetRows]cdr.Row
		var directions [SheetRows]uint8
		var partials [SheetRows]uint64
		for k := range rows {
			directions[k], partials[k] = uint8(r.IntN(5)), uint64(r.Uint32())
		}
		miss = shortIDs(c, inRows(&rows[0].Identity), &directions, &partials)
		for left := c.rows &^ miss; left != 0; {
			k := left.next()
			read++
			if want := cdr.Mix(cdr.Hash([]byte(texts[k])) + uint64(directions[k])<<32 + partials[k]); rows[k].Identity != want {
				t.Fatalf("seed %d: identity of %d bytes: %x, want %x", seed, len(texts[k]), rows[k].Identity, want)
			}
		}
	}
	if read == 0 {
		if processor.AVX2 {
			t.Fatal("no hash was made by vectors")
		}
		t.Skip("this machine lacks the vector instructions that hashes are made with")
	}
}

// TestEdges compares the edges of fields with the marks they are made of.
func TestEdges(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		fields, rows := 1+r.IntN(40), 1+r.IntN(SheetRows)
		marks := make([]uint16, rows*fields+1, rows*fields+1+r.IntN(500))
		for i := range marks {
			marks[i] = uint16(r.Uint32())
			if i > 0 && r.IntN(3) == 0 {
				marks[i] = marks[i-1] + 1
			}
		}
		edges := make([][SheetRows]uint16, (fields+8)&^7)
		transpose(edges[:fields+1], marks, rows)
		for f := range fields + 1 {
			for k := range rows {
				if edges[f][k] != marks[k*fields+f] {
					t.Fatalf("seed %d: field %d of row %d of %d with %d fields: %d, want %d", seed, f, k, rows, fields, edges[f][k], marks[k*fields+f])
				}
			}
		}
		vector, words := make([]missed, fields), make([]missed, fields)
		filled(vector, edges)
		filledWords(words, edges)
		for f := range fields {
			for k := range rows {
				if want := edges[f+1][k] != edges[f][k]+1; vector[f].has(k) != want || words[f].has(k) != want {
					t.Fatalf("seed %d: field %d of row %d: filled is not %v", seed, f, k, want)
				}
			}
		}
	}
}
