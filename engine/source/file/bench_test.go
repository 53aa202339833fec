package file

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/cdrstream/cdrstream/engine/source"
)

const canonicalLine = "100000001,voice,15550100042,15550199117,2026-03-01T09:30:15Z,6.2,182.4,answered,16,310-410-1201-77,35824005123456,0.12\n"

// BenchmarkReadPlain is the rate at which a plain file in the page cache becomes
// blocks.
func BenchmarkReadPlain(b *testing.B) { benchmarkRead(b, "plain") }

// BenchmarkReadGzip and BenchmarkReadZstd are in bytes of content.
func BenchmarkReadGzip(b *testing.B) { benchmarkRead(b, "gzip") }
func BenchmarkReadZstd(b *testing.B) { benchmarkRead(b, "zstd") }

func benchmarkRead(b *testing.B, stored string) {
	input := bytes.Repeat([]byte(canonicalLine), 200_000)
	path := filepath.Join(b.TempDir(), "a")
	if err := os.WriteFile(path, packed(b, input)[stored], 0o600); err != nil {
		b.Fatal(err)
	}
	f, err := Open(path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var buf []byte
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Seek(b.Context(), source.Position{}); err != nil {
			b.Fatal(err)
		}
		for {
			block, err := f.Read(b.Context(), buf)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			buf = block.Buffer(buf)
		}
	}
}

// BenchmarkContent is what Options.Content costs a plain file, and more: the file
// is read for nothing else.
func BenchmarkContent(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a")
	input := bytes.Repeat([]byte(canonicalLine), 200_000)
	if err := os.WriteFile(path, input, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(input)))
	for b.Loop() {
		if _, err := Content(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBookmark(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a")
	if err := os.WriteFile(path, bytes.Repeat([]byte(canonicalLine), 200_000), 0o600); err != nil {
		b.Fatal(err)
	}
	f, err := Open(path, Options{Content: true})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Read(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Bookmark(); err != nil {
			b.Fatal(err)
		}
	}
}
