package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// maxManifest is the most bytes that a MANIFEST may have.
const maxManifest = 256 << 20

// encode is the text of MANIFEST.
func (m *Manifest) encode() ([]byte, error) {
	if wrong := m.check(); wrong != "" {
		return nil, errors.New(wrong)
	}
	for _, s := range m.Sources {
		if !utf8.ValidString(s.Name) {
			return nil, disk.WithRemedy(fmt.Errorf("the name of the source %q is not UTF-8", s.Name), "rename it")
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	if b.Len() > maxManifest/2 {
		return nil, fmt.Errorf("it would have %d bytes, more than a MANIFEST may have", b.Len())
	}
	return append(b.Bytes(), lastLine(b.Bytes())...), nil
}

func lastLine(text []byte) string {
	return fmt.Sprintf("{\"crc32c\":\"%08x\"}\n", disk.UpdateSum(0, text))
}

// decode is the inverse of encode. path is for messages.
func decode(path string, text []byte) (*Manifest, error) {
	damaged := func(at int64, what string) error { return &DamageError{path, at, what} }
	n := len(text) - len(lastLine(nil))
	if n < 0 {
		return nil, damaged(0, fmt.Sprintf("it has only %d bytes", len(text)))
	}
	if text, last := text[:n], string(text[n:]); last != lastLine(text) {
		return nil, damaged(0, "its last line does not hold the checksum of the others")
	}
	var by struct {
		Version int
		Engine  string
	}
	if err := json.Unmarshal(text[:n], &by); err != nil {
		return nil, damaged(0, err.Error())
	}
	if by.Version > Version {
		return nil, &VersionError{path, by.Version, by.Engine}
	}
	m := new(Manifest)
	d := json.NewDecoder(bytes.NewReader(text[:n]))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, damaged(d.InputOffset(), err.Error())
	}
	if wrong := m.check(); wrong != "" {
		return nil, damaged(0, wrong)
	}
	return m, nil
}

// check says what is wrong with m, "" if nothing.
func (m *Manifest) check() string {
	if m.Version != Version {
		return fmt.Sprintf("version %d of the format is none", m.Version)
	}
	if len(m.Staged) > 0 && !filepath.IsAbs(m.Out) {
		return fmt.Sprintf("the output directory %q is not an absolute path", m.Out)
	}
	for sink, files := range m.Staged {
		for _, f := range files {
			if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
				return fmt.Sprintf("the staged file %q of %s does not lie in the output directory", f.Path, sink)
			}
		}
	}
	return m.checkFiles()
}

func (m *Manifest) checkFiles() string {
	seen := map[string]bool{}
	orders := 0
	for _, f := range m.Files {
		i, ok := parseName(f.Name)
		switch {
		case !ok || i.kind != f.Kind || i.epoch != f.Epoch:
			return fmt.Sprintf("%q is not the name of a %s file of epoch %d", f.Name, f.Kind, f.Epoch)
		case f.Epoch > m.Epoch || f.Kind == StateFile && (f.Epoch < m.Base || f.Base != (f.Epoch == m.Base)):
			return fmt.Sprintf("the file %s is not of the epochs %d to %d", f.Name, m.Base, m.Epoch)
		case f.Size < headLen+headerLen+endDataLen:
			return fmt.Sprintf("the file %s cannot have %d bytes", f.Name, f.Size)
		case seen[f.Name]:
			return fmt.Sprintf("the file %s is named twice", f.Name)
		case f.Kind == OrderFile:
			orders++
		}
		seen[f.Name] = true
	}
	if orders > 1 {
		return fmt.Sprintf("%d order files are named", orders)
	}
	return ""
}

// Read returns the MANIFEST of a state directory. It takes no lock and changes
// nothing, so it may be called while another process uses the directory. The
// epoch is 0 before the first checkpoint. ErrNoState, *DamageError or
// *VersionError tell why there is none.
func Read(fsys disk.FS, dir string) (*Manifest, error) {
	m, err := readManifest(fsys, dir)
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoState)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	names, err := fsys.List(dir)
	if err != nil {
		return nil, wrap("read", err)
	}
	if c := sortNames(names); len(c.data) > 0 {
		return nil, missingManifest(dir)
	}
	return nil, fmt.Errorf("%s: %w", dir, ErrNoState)
}

func missingManifest(dir string) error {
	return &DamageError{filepath.Join(dir, manifestName), 0, "it is missing, while files that it should name are there"}
}

// readManifest fails with fs.ErrNotExist when there is none.
func readManifest(fsys disk.FS, dir string) (m *Manifest, err error) {
	path := filepath.Join(dir, manifestName)
	f, err := fsys.Open(path)
	if err != nil {
		return nil, wrap("read", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, wrap("read", err)
	}
	if len(text) > maxManifest {
		return nil, &DamageError{path, maxManifest, "it is longer than a MANIFEST may be"}
	}
	return decode(path, text)
}

// writeManifest makes m the MANIFEST of the directory, durably.
func writeManifest(fsys disk.FS, dir string, m *Manifest) error {
	text, err := m.encode()
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, tempName)
	f, err := fsys.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if failed := f.Close(); err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	if err := fsys.Rename(temp, filepath.Join(dir, manifestName)); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}
