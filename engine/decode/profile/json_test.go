package profile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// pathsOf is the kind json with these paths as its cells.
func pathsOf(t testing.TB, url bool, paths ...string) *jsonCutter {
	t.Helper()
	var s jsonShape
	for i, p := range paths {
		steps, problem := parsePath(p)
		if problem != "" {
			t.Fatalf("%s: %s", p, problem)
		}
		s.tree.add(steps, i)
		s.leaves = append(s.leaves, jsonLeaf{path: p, url: url})
	}
	return s.compile(nil).(*jsonCutter)
}

// cutTexts is what a cutter finds: "-" where the record lacks a source.
func cutTexts(c cutter, cells int, raw []byte) (texts []string, problem string) {
	r := record{cells: make([]cell, cells)}
	r.reset(raw, nil)
	problem = c.cut(&r)
	for i := range r.cells {
		text := "-"
		if r.cells[i].there {
			text = string(r.text(i))
		}
		texts = append(texts, text)
	}
	return texts, problem
}

var jsonPaths = []string{"a", "b.c", "f[0].x", "f[-1].x", "f[1].y", `["odd.name"].d`, "b.d[0][1]", "u"}

func TestJSONPaths(t *testing.T) {
	c := pathsOf(t, false, jsonPaths...)
	for _, test := range []struct{ name, record, want string }{
		{"nothing", `{}`, "- - - - - - - -"},
		{"a text", `{"a":"x y"}`, "x y - - - - - - -"},
		{"a number", `{"a":-1.5e3}`, "-1.5e3 - - - - - - -"},
		{"words", `{"a":true,"u":false}`, "true - - - - - - false"},
		{"null is there", `{"a":null}`, " - - - - - - -"},
		{"empty is there", `{"a":""}`, " - - - - - - -"},
		{"deeper", ` { "b" : { "x":[1,{"c":2}], "c" : 7 } } `, "- 7 - - - - - -"},
		{"elements", `{"f":[{"x":1},{"y":4},{"x":3}]}`, "- - 1 3 4 - - -"},
		{"elements that are texts", `{"f":[{"x":1},"q"]}`, "- - 1 - - - - -"},
		{"an object for an array", `{"f":{"x":1}}`, "- - 1 1 - - - -"},
		{"the last lacks it", `{"f":[{"x":1},{"y":2}]}`, "- - 1 - 2 - - -"},
		{"an empty array", `{"f":[]}`, "- - - - - - - -"},
		{"an odd name", `{"odd.name":{"d":"e"}}`, "- - - - - e - -"},
		{"arrays of arrays", `{"b":{"d":[[1,2],[3,4]]}}`, "- - - - - - 2 -"},
		{"no arrays of arrays", `{"b":{"d":5}}`, "- - - - - - - -"},
		{"escapes", `{"\u0061":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d"}`, "\"\\/\b\f\n\r\té😀\uFFFD - - - - - - -"},
		{"the last of a name counts", `{"b":{"c":1},"a":1,"b":{"d":[]},"a":2}`, "2 - - - - - - -"},
		{"an object", `{"a":{"b":1}}`, "a: is neither a text nor a number"},
		{"an array", `{"b":{"c":[]}}`, "b.c: is neither a text nor a number"},
		{"cut", `{"a":1`, "malformed JSON at byte 6: a comma or a closing bracket was expected"},
		{"not closed", `{"a":"1`, "malformed JSON at byte 7: a string that is not closed"},
		{"a bad escape", `{"x":"\x"}`, "malformed JSON at byte 6: an escape that JSON does not know"},
		{"more behind", `{} {}`, "malformed JSON at byte 3: text after the object"},
		{"a bad number", `{"x":01}`, "malformed JSON at byte 6: a comma or a closing bracket was expected"},
		{"a bad word", `{"x":nil}`, "malformed JSON at byte 5: a value was expected"},
		{"no object", `[1]`, "malformed JSON at byte 0: an object was expected"},
		{"too deep", `{"x":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "}", "malformed JSON at byte 69: nested too deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			texts, got := cutTexts(c, len(jsonPaths), []byte(test.record))
			if got == "" {
				got = strings.Join(texts, " ")
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestParsePath(t *testing.T) {
	for path, want := range map[string]string{
		"a":                            "[{a false 0}]",
		"a.b":                          "[{a false 0} {b false 0}]",
		"a[0].b":                       "[{a false 0} { true 0} {b false 0}]",
		`["a.b"][-1]`:                  "[{a.b false 0} { true -1}]",
		"core-uuid":                    "[{core-uuid false 0}]",
		"a..b":                         "a name is empty",
		".":                            "a name is empty",
		"a.":                           "a name is empty",
		"a[x]":                         "an element is a number from 0 to 999, or -1 for the last one, in brackets",
		"a[-2]":                        "an element is a number from 0 to 999, or -1 for the last one, in brackets",
		"a[1":                          "an element is a number from 0 to 999, or -1 for the last one, in brackets",
		"a[0]b":                        "behind a bracket comes a dot, another bracket or the end",
		`["a"`:                         `write ["name"]`,
		strings.Repeat("a.", 64) + "a": "it has more than 64 steps",
	} {
		steps, problem := parsePath(path)
		got := problem
		if problem == "" {
			got = fmt.Sprint(steps)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestJSONPercent(t *testing.T) {
	c := pathsOf(t, true, "a")
	for text, want := range map[string]string{
		"2013-05-16%2014%3A33%3A28": "2013-05-16 14:33:28", "a+b%2Bc": "a+b+c", "100%": "100%", "%4": "%4", "%zz%41": "%zzA", `\u0025\u0034\u0031`: "A", "": "", "%00": "\x00",
	} {
		texts, problem := cutTexts(c, 1, []byte(`{"a":"`+text+`"}`))
		if problem != "" || texts[0] != want {
			t.Errorf("%q: %q %s, want %q", text, texts, problem, want)
		}
	}
}

// TestJSONBodies is about objects that are encoded as a whole.
func TestJSONBodies(t *testing.T) {
	c := pathsOf(t, false, "a", "b.c")
	for _, object := range []string{`{"a":"x y+z%","b":{"c":"\"é"}}`, "{\n\t\"a\": \"x y+z%\",\n\t\"b\": {\"c\": \"\\\"é\"}\n}"} {
		for name, body := range map[string]string{
			"plain":           object,
			"percent":         strings.ReplaceAll(url.PathEscape(object), "+", "%2B"),
			"a form":          "cdr=" + url.PathEscape(object),
			"base64":          base64.StdEncoding.EncodeToString([]byte(object)),
			"base64 unpadded": base64.RawStdEncoding.EncodeToString([]byte(object)),
		} {
			texts, problem := cutTexts(c, 2, []byte(body))
			if want := []string{"x y+z%", `"é`}; problem != "" || fmt.Sprint(texts) != fmt.Sprint(want) {
				t.Errorf("%s: %q, %s", name, texts, problem)
			}
			// With a line end it is a record of the stream.
			if got := pieces([]byte(body+"\n"+body), jsonFraming{}); got != "RFR" {
				t.Errorf("%s: pieces %s", name, got)
			}
		}
	}
	if _, problem := cutTexts(c, 2, []byte("eyJ!!!")); !strings.Contains(problem, "base64") {
		t.Errorf("broken base64: %q", problem)
	}
}

// pieces tells the pieces of data by their letters.
func pieces(data []byte, f decode.Framing) (got string) {
	for len(data) > 0 {
		p := f.Cut(data, true)
		if p.Size < 1 || p.Size > len(data) || p.Kind == decode.NeedMore || (p.Kind == decode.JunkPiece) != (p.Reason != "") {
			return fmt.Sprintf("%s, then %+v of %q", got, p, data)
		}
		got += string("NFRJ"[p.Kind])
		data = data[p.Size:]
	}
	return got
}

func TestJSONFraming(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", maxObject) + `"}`
	for _, c := range []struct{ name, data, want string }{
		{"lines", "{\"a\":1}\n{\"a\":2}\n", "RFRF"},
		{"no line end", `{"a":"}{"}`, "R"},
		{"pretty", "{\n  \"a\": [\n    {\n    }\n  ],\n  \"b\": {}\n}\n{\n}\n", "RFRF"},
		{"an array", `[{"a":1}, {"a":2}]`, "FRFRF"},
		{"back to back", `{}{"a":[[],[{}]]}`, "RR"},
		{"record separators", "\x1e{}\n\x1e{}\n", "FRFRF"},
		{"quotes", `{"a":"\"}","b":"\\"}{}`, "RR"},
		{"cut at the end", "{}\n{\"a\":", "RFJ"},
		{"cut in a string", "{\"a\":\"x\n{\"a\":2}\n", "JRF"},
		{"cut behind a colon", "{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "JRFRF"},
		{"cut behind a comma", "{\"a\":1,\n{\"a\":2}\n", "JRF"},
		{"cut in an array", "{\"a\":[1,2\n{\"a\":2}\n", "JRF"},
		{"cut within, CRLF", "{\"a\":{\"b\":1}\r\n{\"a\":2}\r\n", "JRF"},
		{"stray text", "hello\n{\"a\":2}\n", "JRF"},
		{"only stray text", "hello", "J"},
		{"a stray closing brace", "{}}\n{}", "RJR"},
		{"a wrong bracket", "{\"a\":[}\n{}", "JR"},
		{"no key", "{1:2}\n{}", "JR"},
		{"a comma before the end", "{\"a\":1,}\n{}", "JR"},
		{"a comma before the end of an array", "{\"a\":[1,]}\n{}", "JR"},
		{"deep", strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64) + "{}", "RR"},
		{"too deep", strings.Repeat(`{"a":`, 65) + "\n{}", "JR"},
		{"too long", long + "\n{}", strings.Repeat("J", (len(long)+maxJSONJunk-1)/maxJSONJunk) + "R"},
		{"nothing but fill", " ,\r\n[]", "F"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pieces([]byte(c.data), jsonFraming{}); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// FuzzJSONFraming: how much of a stream is there never changes what is found in it.
func FuzzJSONFraming(f *testing.F) {
	f.Add([]byte("{\"a\":[1,{}]}\n{\"a\":\"x\n[{}, {\"b\":\"\\\"\"}]"), uint16(0))
	f.Add([]byte("%7B%22a\n{\"a\":\n{\"a\":2}\neyJhIjoxfQ==\ncdr=%7B"), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, step uint16) { checkFraming(t, jsonFraming{}, data, int(step)) })
}

// checkFraming cuts data, every beginning of what is left, and every block of whole
// pieces: all find the same.
func checkFraming(t *testing.T, f decode.Framing, data []byte, step int) {
	t.Helper()
	for at := 0; at < len(data); {
		whole := f.Cut(data[at:], true)
		if whole.Kind == decode.NeedMore || whole.Size < 1 || whole.Size > len(data)-at {
			t.Fatalf("%+v of %d bytes", whole, len(data)-at)
		}
		if whole.Kind == decode.RecordPiece && int(whole.Record.Off+whole.Record.Len) > whole.Size {
			t.Fatalf("%+v: the record is not in its piece", whole)
		}
		for n := 1; n < len(data)-at; n += 1 + step {
			part := f.Cut(data[at:at+n], false)
			if part.Kind == decode.FillPiece && whole.Kind == decode.FillPiece || part.Kind == decode.NeedMore && (part.Size == 0 || part.Size > n) {
				continue
			}
			if part != whole {
				t.Fatalf("%+v of the first %d bytes, %+v of all", part, n, whole)
			}
		}
		for to := at + whole.Size; to < len(data); to += f.Cut(data[to:], true).Size {
			if got := f.Cut(data[at:to], true); got != whole {
				t.Fatalf("%+v of bytes %d to %d, %+v of all", got, at, to, whole)
			}
		}
		at += whole.Size
	}
}

// FuzzJSONPaths compares with encoding/json.
func FuzzJSONPaths(f *testing.F) {
	f.Add([]byte(`{"a":"x","b":{"c":1,"d":[[1,2]]},"f":[{"x":"\u00e9"},true],"odd.name":{"d":null}}`))
	f.Add([]byte(`{"f":{"x":1},"a":1e5,"a":"2"}`))
	paths := append([]string{}, jsonPaths...)
	c := pathsOf(f, false, paths...)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !utf8.Valid(raw) || jsonEncoded(raw) != 0 {
			return
		}
		got, problem := cutTexts(c, len(paths), raw)
		want, ok := slowPaths(raw, paths)
		if strings.HasSuffix(problem, "nested too deep") {
			return
		}
		if ok != (problem == "") || ok && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q (%s), want %q", got, problem, want)
		}
	})
}

// slowPaths is the same by encoding/json. ok is false where a record is rejected.
func slowPaths(raw []byte, paths []string) (texts []string, ok bool) {
	var top map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if !json.Valid(raw) || d.Decode(&top) != nil || top == nil {
		return nil, false
	}
	for _, path := range paths {
		steps, _ := parsePath(path)
		text, there, single := slowPath(top, steps)
		if there && !single {
			return nil, false
		}
		if !there {
			text = "-"
		}
		texts = append(texts, text)
	}
	return texts, true
}

func slowPath(v any, steps []jsonStep) (text string, there, single bool) {
	if len(steps) == 0 {
		switch v := v.(type) {
		case map[string]any, []any:
			return "", true, false
		case nil:
			return "", true, true
		default:
			return fmt.Sprint(v), true, true
		}
	}
	step := steps[0]
	if step.element {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		i := step.index
		if i == -1 {
			i = len(list) - 1
		}
		if i < 0 || i >= len(list) {
			return "", false, true
		}
		return slowPath(list[i], steps[1:])
	}
	m, ok := v.(map[string]any)
	if !ok {
		return "", false, true
	}
	next, ok := m[step.name]
	if !ok {
		return "", false, true
	}
	return slowPath(next, steps[1:])
}

func TestJSONAllocatesNothing(t *testing.T) {
	c := pathsOf(t, true, jsonPaths...)
	raw := []byte(`{"a":"x%20y","b":{"c":1,"\u0064":[[1,2]]},"f":[{"x":"\u00e9"},true],"odd.name":{"d":null}}`)
	r := record{cells: make([]cell, len(jsonPaths))}
	scratch := make([]byte, 0, 4096)
	n := testing.AllocsPerRun(50, func() {
		if p := (jsonFraming{}).Cut(raw, true); p.Kind != decode.RecordPiece {
			t.Fatal(p)
		}
		r.reset(raw, scratch)
		if problem := c.cut(&r); problem != "" {
			t.Fatal(problem)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func BenchmarkJSONCut(b *testing.B) {
	c := pathsOf(b, true, "uuid", "variables.start_uepoch", "variables.answer_uepoch", "variables.hangup_cause_q850", "callflow[0].caller_profile.destination_number")
	var s strings.Builder
	s.WriteString(`{"uuid":"1","variables":{`)
	for i := range 200 {
		fmt.Fprintf(&s, `"some_variable_%d":"value%%20of%%20it",`, i)
	}
	s.WriteString(`"start_uepoch":"1762923102707743","answer_uepoch":"0","hangup_cause_q850":"16"},"callflow":[{"caller_profile":{"destination_number":"1003"}}]}`)
	raw := []byte(s.String())
	r := record{cells: make([]cell, 5)}
	scratch := make([]byte, 0, 4096)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if p := (jsonFraming{}).Cut(raw, true); p.Kind != decode.RecordPiece {
			b.Fatal(p)
		}
		r.reset(raw, scratch)
		if problem := c.cut(&r); problem != "" {
			b.Fatal(problem)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
