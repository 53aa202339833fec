package file

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zip packs parts as the members of one gzip file.
func zip(parts ...[]byte) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		w.Name = "a.csv"
		w.Write(p)
		w.Close()
	}
	return b.Bytes()
}

// zst packs parts as the frames of one zstd file.
func zst(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(p)
		w.Close()
	}
	return b.Bytes()
}

var skippableFrame = []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'}

// packed is input in every way it can be stored.
func packed(t testing.TB, input []byte) map[string][]byte {
	a, b := input[:len(input)/3], input[len(input)/3:]
	return map[string][]byte{
		"plain":               input,
		"gzip":                zip(input),
		"gzip members":        zip(a, nil, b, nil),
		"zstd":                zst(t, input),
		"zstd frames":         zst(t, a, nil, b),
		"zstd after an index": append(bytes.Clone(skippableFrame), zst(t, a, b)...),
	}
}

func TestPackedFilesYieldTheSameRecords(t *testing.T) {
	for shape, input := range shapes {
		want := naive(input, 1<<20)
		for name, stored := range packed(t, input) {
			if len(input) == 0 && name == "zstd" {
				continue // the encoder writes no frame for nothing
			}
			t.Run(shape+" "+name, func(t *testing.T) {
				for _, size := range []int{1, 2, 3, 50, 117, 1000, 100_000} {
					check(t, bytes.NewReader(stored), Options{BlockSize: size}, want)
				}
			})
		}
	}
}

func TestPackedBigFile(t *testing.T) {
	input := records(30_000, "\n")
	for name, stored := range packed(t, input) {
		t.Run(name, func(t *testing.T) {
			check(t, bytes.NewReader(stored), Options{BlockSize: 40_000, MaxRecord: 100}, naive(input, 100))
		})
	}
}

func TestSizeAndConsumedAreOfTheStoredBytes(t *testing.T) {
	input := records(30_000, "\n")
	for name, stored := range packed(t, input) {
		path := filepath.Join(t.TempDir(), "any.name")
		if err := os.WriteFile(path, stored, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := drain(f, nil); err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
		if f.Size() != int64(len(stored)) || f.Consumed() != f.Size() {
			t.Errorf("%s: %d bytes of %d consumed, stored %d", name, f.Consumed(), f.Size(), len(stored))
		}
		f.Close()
	}
}

// A file that was cut anywhere yields the whole lines in front of the cut and
// an error, but for a cut between two members or frames, which nobody can see.
func TestCutShort(t *testing.T) {
	input := records(300, "\n")
	a, b := input[:5000], input[5000:]
	all := naive(input, 1<<20)
	for name, c := range map[string]struct {
		stored []byte
		seam   int // where the second member or frame begins
	}{
		"gzip": {zip(a, b), len(zip(a))},
		"zstd": {zst(t, a, b), len(zst(t, a))},
	} {
		for cut := 4; cut < len(c.stored); cut++ {
			f := New(name, bytes.NewReader(c.stored[:cut]), Options{BlockSize: 1000})
			got, _, err := drain(f, nil)
			f.Close()
			if cut == c.seam {
				if err != io.EOF {
					t.Errorf("%s cut at its seam %d: %v", name, cut, err)
				}
				continue
			}
			if err == io.EOF {
				t.Errorf("%s cut at %d of %d looks whole", name, cut, len(c.stored))
				continue
			}
			if !strings.Contains(err.Error(), "cut short after byte") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s cut at %d: %v", name, cut, err)
			}
			if err := same(got, all[:len(got)]); err != nil {
				t.Errorf("%s cut at %d: %v", name, cut, err)
			}
			if cut > c.seam && len(got) < bytes.Count(a, lineFeed) {
				t.Errorf("%s cut at %d: only %d records", name, cut, len(got))
			}
		}
	}
}

func TestDamagedData(t *testing.T) {
	input := records(3000, "\n")
	for name, stored := range packed(t, input) {
		if name == "plain" {
			continue
		}
		found := 0
		for at := 30; at < len(stored); at += 1 + len(stored)/60 {
			bad := bytes.Clone(stored)
			bad[at] ^= 0x55
			f := New("x", bytes.NewReader(bad), Options{})
			if _, _, err := drain(f, nil); err != io.EOF {
				found++
				if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "x: "+f.kind.String()+" data ") {
					t.Errorf("%s: %q", name, err)
				}
			}
			f.Close()
		}
		if found < 45 {
			t.Errorf("%s: only %d of 60 changes were noticed", name, found)
		}
	}
}

func TestWhatIsNotReadSaysSo(t *testing.T) {
	window := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x98, 0, 0, 0} // window of 2^29 bytes
	for _, c := range []struct{ stored, want string }{
		{"PK\x03\x04....", "x: the content is packed by another program: unpack it (unzip -p) and read that from standard input"},
		{"\xfd7zXZ\x00....", "x: the content is packed by another program: unpack it (xz -dc) and read that from standard input"},
		{"\x1f\x8b\x08", "x: gzip data is cut short after byte 0 of its content, in line 1: fetch the file again, it is not complete"},
		{"\x1f\x8bgarbage...", "x: gzip data is damaged after byte 0 of its content, in line 1 (gzip: invalid header): fetch the file again"},
		{string(window), "x: zstd data needs a window of more than 128 MiB: unpack it with zstd -dc --long=31 and read that from standard input"},
	} {
		f := New("x", strings.NewReader(c.stored), Options{})
		_, headErr := f.Head(t.Context())
		_, err := f.Read(t.Context(), nil)
		if err == nil || err.Error() != c.want || headErr == nil || headErr.Error() != c.want {
			t.Errorf("%q:\nread %v\nhead %v\nwant %v", c.stored, err, headErr, c.want)
		}
		f.Close()
	}
}

func TestLongWindowIsRead(t *testing.T) {
	input := records(3000, "\n")
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(maxWindow), zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(input[:1000])
	w.Flush() // or the size is known and the window needless
	w.Write(input[1000:])
	w.Close()
	check(t, &b, Options{}, naive(input, 1<<20))
}
