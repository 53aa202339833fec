package checkpoint

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// told reports whether err is one that any bytes may cause.
func told(err error) bool {
	var d *DamageError
	var v *VersionError
	return err == nil || errors.As(err, &d) || errors.As(err, &v)
}

// Any bytes as MANIFEST, with the right last line if sealed.
func FuzzOpen(f *testing.F) {
	sample := files(f, writeSample(f))
	text := sample[manifestName]
	f.Add(text, false)
	f.Add(text[:len(text)-len(lastLine(nil))], true)
	f.Add([]byte(`{"version":1}`), true)
	f.Add([]byte(`{"version":9,"engine":"x"}`), true)
	f.Fuzz(func(t *testing.T, text []byte, sealed bool) {
		if sealed {
			text = append(text[:len(text):len(text)], lastLine(text)...)
		}
		m := disktest.New()
		if err := m.Mkdir(dir); err != nil {
			t.Fatal(err)
		}
		for name, content := range sample {
			replace(t, m, name, content)
		}
		replace(t, m, manifestName, text)
		r, err := Verify(context.Background(), m, dir)
		if !told(err) {
			t.Errorf("Verify says %v", err)
		}
		whole := err == nil && len(r.Damaged) == 0
		if err := readAll(m); !told(err) || whole && err != nil {
			t.Errorf("Verify says that all is well, reading says %v", err)
		}
	})
}

// Any bytes as a data file that MANIFEST names with its size and checksum, with
// the checksums in it made right if forged.
func FuzzBlocks(f *testing.F) {
	for name, content := range files(f, writeSample(f)) {
		if name != manifestName {
			f.Add(name, content, false)
			f.Add(name, content, true)
			f.Add(name, append(content[:len(content):len(content)], 0), true)    // more behind the end mark
			f.Add(name, forge(content, func(b []byte) { b[len(b)-1]++ }), false) // another count in it
		}
	}
	f.Fuzz(func(t *testing.T, name string, content []byte, forged bool) {
		i, ok := parseName(name)
		if !ok {
			return
		}
		if forged {
			content = forge(content, func([]byte) {})
		}
		m := disktest.New()
		if err := m.Mkdir(dir); err != nil {
			t.Fatal(err)
		}
		info := FileInfo{Name: name, Kind: i.kind, Epoch: i.epoch, Base: i.kind == StateFile, Size: int64(len(content)), Sum: headersSum(content)}
		manifest := Manifest{Version: Version, Epoch: i.epoch, Base: i.epoch, Files: []FileInfo{info}}
		if manifest.check() != "" {
			return
		}
		if err := writeManifest(m, dir, &manifest); err != nil {
			t.Fatal(err)
		}
		replace(t, m, name, content)
		r, err := Verify(context.Background(), m, dir)
		if !told(err) {
			t.Errorf("Verify says %v", err)
		}
		read := readAll(m)
		if !told(read) || (err == nil && len(r.Damaged) == 0) != (read == nil) {
			t.Errorf("Verify says %v, %v, reading says %v", r.Damaged, err, read)
		}
		if read == nil && !names(readTruncated(t, m, name, content), filepath.Join(dir, name), len(content)) {
			t.Errorf("a file that is whole is also whole without its last byte")
		}
	})
}

// readTruncated reads a file without its last byte.
func readTruncated(t *testing.T, m *disktest.Memory, name string, content []byte) error {
	s := open(t, m, dir)
	defer s.Close()
	replace(t, m, name, content[:len(content)-1])
	return readStore(s)
}

// headersSum is the checksum of a file in MANIFEST, by another way.
func headersSum(content []byte) uint32 {
	headers := slices.Clone(content[:min(headLen-4, len(content))])
	for rest := content[min(headLen, len(content)):]; len(rest) >= headerLen; {
		headers = append(headers, rest[:headerLen-4]...)
		rest = rest[min(headerLen+int(binary.LittleEndian.Uint32(rest)), len(rest)):]
	}
	return disk.UpdateSum(0, headers)
}
