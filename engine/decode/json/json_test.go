package json

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"start_time":1709280000,"calling_number":"+442079460000"}`, "442079460000> no_answer 0"},
		{` { "start_time" : "2024-03-01T08:00:00Z" , "calling_number" : "+442079460000" , "duration_seconds" : 61.5 } `, "442079460000> answered 61500"},
		{`{"START_TIME":1709280000.5,"calling_number":442079460000,"duration_seconds":"61.5"}`, "442079460000> answered 61500"},
		{`{"start_time":1709280000,"calling_number":"+442079460000","duration_seconds":6,"disposition":null}`, "442079460000> unknown 6000"},
		{`{"start_time":1709280000,"calling_number":"+442079460000","duration_seconds":6,"disposition":""}`, "442079460000> unknown 6000"},
		{`{"start_time":1709280000,"calling_number":"+442079460000","duration_seconds":null}`, "442079460000> no_answer 0"},
		{`{"start_time":1709280000,"calling_number":"bob","called_number":"+442079460000","calling_number":"al\u0069ce"}`, "alice>442079460000 no_answer 0"},
		{`{"start_time":1709280000,"call\u0069ng_number":"a\/\"\\b"}`, `a/"\b> no_answer 0`},
		{`{"start_time":1709280000,"calling_number":"\ud83d\ude00\ud83dx\u00e9"}`, "\U0001F600\uFFFDx\u00e9> no_answer 0"},
		{`{"x":{"calling_number":[1,{"a":"}"}],"y":null},"start_time":1709280000,"z":[],"zz":{},"calling_number":"bob","f":-1.5e+3,"t":true}`, "bob> no_answer 0"},
		{`{"start_time":1709280000,"calling_number":"bob","forwarded":true}`, "bob> no_answer 0 forwarded"},
		{`{"start_time":1709280000,"calling_number":"bob","forwarded":false}`, "bob> no_answer 0"},
		{`{"start_time":1709280000,"calling_number":"bob","direction":"none"}`, "filtered"},
		{`{}`, "start_time: is missing"},
		{`{"start_time":null,"calling_number":"bob"}`, "start_time: is missing"},
		{`{"start_time":1709280000}`, "no party"},
		{`{"start_time":1709280000,"calling_number":true}`, "calling_number: is neither a text nor a number"},
		{`{"start_time":1709280000,"calling_number":["bob"]}`, "calling_number: is neither a text nor a number"},
		{`{"start_time":1709280000,"calling_number":"bob","duration_seconds":-1}`, `duration_seconds: "-1" is negative`},
		{`[]`, "malformed JSON at byte 0: an object was expected"},
		{`x`, "malformed JSON at byte 0: an object was expected"},
		{`{"a":1`, "malformed JSON at byte 6: a comma or a closing bracket was expected"},
		{`{"a":1}}`, "malformed JSON at byte 7: text after the object"},
		{`{"a":1} x`, "malformed JSON at byte 8: text after the object"},
		{"{\"a\":1}\x00", "malformed JSON at byte 7: text after the object"},
		{`{"a":1,}`, "malformed JSON at byte 7: a key in quotes was expected"},
		{`{a:1}`, "malformed JSON at byte 1: a key in quotes was expected"},
		{`{"a" 1}`, "malformed JSON at byte 5: a colon was expected"},
		{`{"a":}`, "malformed JSON at byte 5: a value was expected"},
		{`{"a":01}`, "malformed JSON at byte 6: a comma or a closing bracket was expected"},
		{`{"a":1.}`, "malformed JSON at byte 7: digits were expected"},
		{`{"a":1e}`, "malformed JSON at byte 7: digits were expected"},
		{`{"a":nul}`, "malformed JSON at byte 5: a value was expected"},
		{`{"a":[1 2]}`, "malformed JSON at byte 8: a comma or a closing bracket was expected"},
		{`{"a":"b}`, "malformed JSON at byte 8: a string that is not closed"},
		{"{\"a\":\"b\tc\"}", "malformed JSON at byte 7: a control character in a string"},
		{`{"a":"\x"}`, "malformed JSON at byte 6: an escape that JSON does not know"},
		{`{"a":"\u12g4"}`, "malformed JSON at byte 6: an escape that JSON does not know"},
		{`{"a":"\`, "malformed JSON at byte 6: an escape that JSON does not know"},
		{`{"start_time":NaN,"calling_number":"bob"}`, "malformed JSON at byte 14: a value was expected"},
		{`{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "malformed JSON at byte 69: nested too deep"},
	} {
		l, skip := decodetest.Open(t, Decoder{}, []byte(c.line), decodetest.Source(t))
		block := []byte(c.line + "\r\n\n")
		decodetest.Check(t, Decoder{}, l, block)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, block, &b, &tally)
		if got := told(&b, &tally); got != c.want || skip != 0 {
			t.Errorf("%s: %s, want %s", c.line, got, c.want)
		}
	}
}

// told shows what became of one record.
func told(b *cdr.Batch, t *decode.Tally) string {
	if len(t.Rejects) == 1 {
		return t.Rejects[0].Reason
	}
	if b.Len() != 1 {
		return "filtered"
	}
	r := decodetest.Records(b)[0]
	if r.CallingName == nil {
		r.CallingName = []byte(r.Calling.String())
	}
	s := fmt.Sprintf("%s>%s %s %d", r.CallingName, r.Called, []string{"unknown", "answered", "no_answer"}[r.Flags.Outcome()], r.TalkMS)
	if r.Flags.Has(cdr.Forwarded) {
		s += " forwarded"
	}
	return s
}

func TestDetect(t *testing.T) {
	for head, score := range map[string]int{
		"{\"start_time\":1,\"imsi\":\"1\"}\n":                     95,
		"\xEF\xBB\xBF\n{\"start_time\":1,\"imsi\":\"1\"}":         95,
		"broken\n{\"called_number\":1,\"start_time\":2}\n{\"star": 95,
		"{\"start_time\":1}\n":                                    0,
		"{\"core-uuid\":1}\n":                                     0,
		"start_time,imsi\n":                                       0,
		"":                                                        0,
	} {
		if got := (Decoder{}).Detect([]byte(head)); got.Score != score || got.Why == "" {
			t.Errorf("%q: %+v, want score %d", head, got, score)
		}
	}
	if _, skip := decodetest.Open(t, Decoder{}, []byte("\xEF\xBB\xBF{}"), decodetest.Source(t)); skip != 3 {
		t.Errorf("a byte order mark: skip %d", skip)
	}
}

// oracle reads a line with encoding/json into the texts of the columns; false
// when it is no JSON object, skip when the two are meant to differ.
func oracle(line []byte) (texts map[decode.Column]string, ok, skip bool) {
	if !stdjson.Valid(line) || !bytes.HasPrefix(bytes.TrimLeft(line, " \t\r\n"), []byte("{")) {
		return nil, false, false
	}
	texts = map[decode.Column]string{}
	d := stdjson.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	d.Token()
	for d.More() {
		key, _ := d.Token()
		c := decode.ColumnNamed([]byte(key.(string)))
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, false, true
		}
		switch v := v.(type) {
		case string:
			texts[c] = v
		case stdjson.Number:
			texts[c] = v.String()
		case nil:
			texts[c] = ""
		case bool:
			skip = skip || c != decode.NoColumn && c != decode.Forwarded
			texts[c] = fmt.Sprint(v)
		default:
			skip = skip || c != decode.NoColumn
		}
	}
	delete(texts, decode.NoColumn)
	return texts, true, skip
}

func checkAgainstOracle(t *testing.T, line []byte) {
	if bytes.IndexByte(line, '\n') >= 0 || !utf8.Valid(line) || bytes.Count(line, []byte("{"))+bytes.Count(line, []byte("[")) > maxDepth {
		return
	}
	var f decode.Row
	var text []byte
	before := bytes.Clone(line)
	problem := scan(line, &f, &text)
	if !bytes.Equal(line, before) {
		t.Fatalf("%q was changed to %q", before, line)
	}
	want, ok, skip := oracle(line)
	if skip {
		return
	}
	if ok != (problem == "") {
		t.Fatalf("%q: problem %q, encoding/json takes it: %v", line, problem, ok)
	}
	got := map[decode.Column]string{}
	for c := decode.NoColumn + 1; ok && c < decode.Columns; c++ {
		if f.Has>>c&1 != 0 {
			got[c] = string(f.At[c].Of(f.Base))
		}
	}
	if ok && fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%q: %v, want %v", line, got, want)
	}
}

func TestAgainstOracle(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	pieces := strings.Split("{|}|[|]|,|:|\"|\\|\\u00|e9|\\n|start_time|imsi|\"imsi\":|\"x\":|null|true|0|1|-|.5|e|E+1| |\t|\"a\"|\"\":{}|\u00e9|\\ud83d\\ude00|longer text here", "|")
	t.Logf("seed %d", seed)
	for range 30000 {
		line := []byte("{")
		for range r.IntN(12) {
			line = append(line, pieces[r.IntN(len(pieces))]...)
		}
		if r.IntN(2) > 0 {
			line = append(line, '}')
		}
		checkAgainstOracle(t, line)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"start_time":1709280000,"calling_number":"a\u00e9\n","x":[1,{"y":-2.5e3}],"forwarded":true}`))
	f.Add([]byte("{\"start_time\":\"2024-03-01 08:00:00\",\"imsi\":234}\n\r\n{}\n[1]"))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, block []byte) {
		Decoder{}.Detect(block)
		l, _ := decodetest.Open(t, Decoder{}, block, source)
		decodetest.Check(t, Decoder{}, l, block)
		checkAgainstOracle(t, block)
	})
}

func benchBlock(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b []byte
	for i := range n {
		b = fmt.Appendf(b, `{"record_id":"r%09d","service":"voice","calling_number":"+44207%07d","called_number":"+44208%07d","start_time":"2024-03-01T08:%02d:%02dZ","ring_seconds":%d.%d,"duration_seconds":%d,"disposition":"answered","cause":16,"cell_id":"23415-%d-%d","charge":0.%02d}`+"\n",
			i, r.IntN(1e7), r.IntN(1e7), r.IntN(60), r.IntN(60), r.IntN(20), r.IntN(10), r.IntN(600), r.IntN(100), r.IntN(10000), r.IntN(100))
	}
	return b
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	block := append(benchBlock(200), `{"start_time":1709280000,"calling_number":"b\u00f6b","called_number":"sip:x@y"}`+"\n"...)
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 201)
}

func BenchmarkDecodeJSON(b *testing.B) {
	const rows = 1000
	l, _ := decodetest.Open(b, Decoder{}, nil, decodetest.Source(b))
	block := benchBlock(rows)
	decodetest.Bench(b, Decoder{}, l, block)
}
