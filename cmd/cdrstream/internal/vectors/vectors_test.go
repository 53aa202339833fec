package vectors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// read returns the rows of a file, as text.
func read(path string, m Map, features ...string) (string, error) {
	f, err := Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, missing, err := f.Bind(m, features)
	if err != nil {
		return "", err
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("missing %s", missing)
	}
	var out strings.Builder
	err = b.Read(context.Background(), func(who string, values []float64, null []bool) error {
		fmt.Fprint(&out, who)
		for i, v := range values {
			switch {
			case null[i] && v != 0:
				return errors.New("a null with a value")
			case null[i]:
				fmt.Fprint(&out, " -")
			default:
				fmt.Fprint(&out, " ", v)
			}
		}
		fmt.Fprintln(&out)
		return nil
	})
	return out.String(), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const small = "subscriber,a_1d,window_end,b_1d,home\n+4915111,250,x,0.5,true\n  imsi:26201 ,,y,-1e3,False\n\"a,b\",0, z ,,\n"

const smallRows = "4915111 0.5 250 1\nimsi:26201 -1000 - 0\na,b - 0 -\n"

func TestCSV(t *testing.T) {
	for name, text := range map[string]string{
		"plain":     small,
		"crlf":      strings.ReplaceAll(small, "\n", "\r\n"),
		"mark":      "\ufeff" + small,
		"semicolon": strings.ReplaceAll(strings.ReplaceAll(small, ",", ";"), "a;b", "a,b"),
		"tab":       strings.ReplaceAll(strings.ReplaceAll(small, ",", "\t"), "a\tb", "a,b"),
		"no end":    strings.TrimSuffix(small, "\n"),
		"gzip":      zipped(t, small),
		"zstd":      packed(t, small),
	} {
		got, err := read(write(t, "v.csv", text), Map{}, "b_1d", "a_1d", "home")
		if err != nil || got != smallRows {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func zipped(t *testing.T, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err1 := w.Write([]byte(text))
	if err := errors.Join(err1, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func packed(t *testing.T, text string) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func TestCSVMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "v.csv: the file is empty",
		"subscriber,a,a\n":                    "v.csv:1: the column a comes twice",
		"number,a\n1,2\n":                     "v.csv has no column subscriber: it has number, a (or map it: subscriber: COLUMN",
		"subscribers,a\n1,2\n":                "did you mean subscribers?",
		"subscriber,a\n1,2\n2,x\n":            "v.csv:3: column a: \"x\" is no number",
		"subscriber,a\n\"1\n2\",3\n2,x\n":     "v.csv:4: column a: \"x\" is no number",
		"subscriber,a\n1,NaN\n":               "v.csv:2: column a: \"NaN\" is no number",
		"subscriber,a\n1,inf\n":               "v.csv:2: column a: \"inf\" is no number",
		"subscriber,a\n1,1e999\n":             "v.csv:2: column a: \"1e999\" is no number",
		"subscriber,a\n1,2\n1,2,3\n":          "v.csv:3: the line has not as many fields as the header, which has 2",
		"subscriber,a\n1,\"2\"x\n":            "v.csv:2:5: no valid CSV",
		"subscriber,a\n,2\n":                  "v.csv:2: column subscriber: a row without a subscriber",
		"subscriber,b\n1,2\n":                 "missing [a]",
		"PK\x03\x04zip":                       "v.csv: this is a zip archive: unpack it",
		"PAR1 and then nothing that is known": "v.csv: not a Parquet file that can be read",
		zipped(t, small)[:40]:                 "v.csv",
	} {
		_, err := read(write(t, "v.csv", text), Map{}, "a")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Open("nosuch.csv"); err == nil || !strings.Contains(err.Error(), "nosuch.csv: no such file") {
		t.Error(err)
	}
}

// testdata/duckdb.parquet was written by DuckDB 1.5: a column of each type that a
// number may have there, a row of nulls, and a NaN.
func TestDuckDB(t *testing.T) {
	features := []string{"i32", "i64", "u8", "f64", "f32", "d9", "d18", "d38", "b", "s", "u32", "huge"}
	got, err := read("testdata/duckdb.parquet", Map{}, features...)
	want := "4915111 250 20 60 0.75 1.5 12.34 1234.5 0.7 1 3.5 4e+09 1.70141183460469e+14\n" +
		"4915222 - - - - - - - - - - - -\n" +
		"imsi:262011 -1 -2 0 - -0.25 -0.05 -0.1 -1.2345678901234568e+26 0 - 0 -1\n"
	if err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	_, err = read("testdata/duckdb.parquet", Map{}, "window_end")
	if err == nil || !strings.Contains(err.Error(), "duckdb.parquet: row 1: column window_end: 2026-03-02 00:00:00 +0000 UTC is no number") {
		t.Error(err)
	}
}

// Subscribers that are integers, several row groups, pages of deltas with nulls.
func TestDuckDBMany(t *testing.T) {
	got, err := read("testdata/duckdb_many.parquet", Map{}, "calls_1d", "charge_1d")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := range 5000 {
		charge := fmt.Sprint(float64(i) * 1.5)
		if i%3 == 0 {
			charge = "-"
		}
		fmt.Fprintf(&want, "%d %v %s\n", 4915000000+i, float64(i), charge)
	}
	if got != want.String() {
		t.Errorf("%d bytes of rows, want %d: %.200s", len(got), want.Len(), got)
	}
}

func TestMap(t *testing.T) {
	features := []string{"a_1d", "b_1d", "c_1d", "d_1d", "home"}
	m, err := ParseMap("map.yaml", []byte("subscriber: who\na_1d: calls\nb_1d: 60\nc_1d: null\nhome: true\n"), features)
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "v.csv", "who,calls,d_1d,a_1d\n1,2,3,9\n4,,6,9\n")
	got, err := read(path, m, "a_1d", "b_1d", "c_1d", "d_1d", "home")
	if want := "1 2 60 - 3 1\n4 - 60 - 6 1\n"; err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	for text, want := range map[string]string{
		"a_2d: x\n":                     "map.yaml:1:1: unknown feature a_2d: did you mean a_1d?",
		"zzzzzzzz: x\n":                 "map.yaml:1:1: unknown feature zzzzzzzz: cdrstream features list",
		"a_1d: [x]\n":                   "map.yaml:1:7: must be a single value, not a list",
		"a_1d: ''\n":                    "map.yaml:1:7: a_1d: name a column",
		"subscriber: 7\n":               "map.yaml:1:13: subscriber: name a column",
		"a_1d: 1\na_1d: 2\n":            "map.yaml:2:1: mapping key \"a_1d\" already defined",
		"subscriber: number\n":          "map.yaml:1:13: " + path + " has no column number",
		"a_1d: cals\nsubscriber: who\n": "map.yaml:1:7: a_1d: " + path + " has no column cals: did you mean calls?",
	} {
		m, err := ParseMap("map.yaml", []byte(text), features)
		if err == nil {
			_, err = read(path, m, "a_1d")
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestLabels(t *testing.T) {
	labels := func(text string) (string, error) {
		var out strings.Builder
		err := ReadLabels(context.Background(), write(t, "l.csv", text), func(_, who, kind string) error {
			if kind == "bad" {
				return errors.New("refused")
			}
			fmt.Fprintf(&out, "%s=%s ", who, kind)
			return nil
		})
		return out.String(), err
	}
	got, err := labels("note,kind,subscriber\nx,irsf,+4915111\ny,,4915222\nz,0,imsi:1\n")
	if err != nil || got != "4915111=irsf 4915222= imsi:1=0 " {
		t.Errorf("%q, %v", got, err)
	}
	for text, want := range map[string]string{
		"subscriber\n1\n":          "l.csv has no column kind: it has subscriber: labels have the header subscriber,kind",
		"subscriber,kind\n1,bad\n": "l.csv:2: refused",
		"subscriber,kind\n,x\n":    "l.csv:2: column subscriber: a row without",
	} {
		if _, err := labels(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"a/x.csv", "a/b/y.parquet", "a/.h/z.csv", "a/n.txt", "a/q.csv.gz", "o/features/date=1/p.parquet", "o/alerts/a.parquet", "e/n.txt", "odd"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for args, want := range map[string]string{
		"a":               "a/b/y.parquet a/q.csv.gz a/x.csv",
		"o":               "o/features/date=1/p.parquet",
		"odd a/*.csv":     "odd a/x.csv",
		"a/x.csv a":       "a/x.csv a/b/y.parquet a/q.csv.gz",
		"?":               "error ?", // e has none
		"nosuch":          "error nosuch: no such file",
		"*.nosuch":        "error *.nosuch: no file matches",
		"[":               "error [: not a valid pattern",
		"e":               "error e: the directory holds no .parquet",
		"a/n.txt a/[bx]*": "a/n.txt a/b/y.parquet a/x.csv",
	} {
		found, err := Find(strings.Fields(args))
		got := strings.Join(found, " ")
		if err != nil {
			got = "error " + err.Error()
		}
		if got != want && (!strings.HasPrefix(want, "error ") || !strings.HasPrefix(got, strings.TrimSuffix(want, "?"))) {
			t.Errorf("%s: got %s, want %s", args, got, want)
		}
	}
}
