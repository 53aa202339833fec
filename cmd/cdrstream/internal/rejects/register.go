package rejects

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// register is what a register tells.
type register struct {
	seen map[Key]Sum
	size int64  // of the output
	sum  uint32 // CRC-32C of it
	end  int64  // of the register itself, up to its last mark
}

const title = "cdrstream register of reprocessed rejects 1\n"

// Standing is what is known of a reject.
type Standing uint8

// The standings.
const (
	New     Standing = iota
	Written          // it is in the output
	Changed          // it is in the output, and its text was another one
)

// Standing tells whether e was written.
func (r *register) Standing(e *Entry) Standing {
	sum, ok := r.seen[e.Key()]
	switch {
	case !ok:
		return New
	case sum != e.Sum():
		return Changed
	}
	return Written
}

// note appends the entry of e, and knows it from now on.
func (r *register) note(dst []byte, e *Entry) []byte {
	k, s := e.Key(), e.Sum()
	r.seen[k] = s
	return fmt.Appendf(dst, "%x %x\n", k[:], s[:])
}

// mark appends how long the output is, behind the entries in dst.
func (r *register) mark(dst []byte) []byte {
	return fmt.Appendf(dst, "= %d %08x %08x\n", r.size, r.sum, disk.UpdateSum(0, dst))
}

// load reads the register at path up to its last mark. One that is not there is empty.
func (r *register) load(fsys disk.FS, path string) error {
	r.seen = map[Key]Sum{}
	f, err := fsys.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if text, ok := bytes.CutPrefix(b, []byte(title)); ok {
		err = r.read(text)
	} else {
		err = errors.New("its first line is another one")
	}
	if err != nil {
		return fmt.Errorf("%s is no register: %w, it is damaged or %w; put it back as it was, or choose another file", path, err, ErrOther)
	}
	return nil
}

// read reads the lines behind the title. What stands behind the last mark does not
// count: a process was interrupted while it wrote that.
func (r *register) read(text []byte) error {
	at := int64(len(title))
	var waiting []byte // lines since the last mark
	for {
		n := bytes.IndexByte(text, '\n')
		if n < 0 {
			break
		}
		line := text[:n+1]
		at, text = at+int64(len(line)), text[n+1:]
		if line[0] != '=' {
			waiting = append(waiting, line...)
			continue
		}
		if !r.marked(line, waiting) {
			if len(text) == 0 {
				break
			}
			return fmt.Errorf("the mark %.60q does not fit", line)
		}
		if err := r.take(waiting); err != nil {
			return err
		}
		waiting, r.end = waiting[:0], at
	}
	if r.end == 0 {
		return errors.New("it has no mark")
	}
	return nil
}

// marked reads a mark behind some entries; false if it is not theirs.
func (r *register) marked(line, entries []byte) bool {
	var size int64
	var sum, own uint32
	if _, err := fmt.Sscanf(string(line), "= %d %x %x\n", &size, &sum, &own); err != nil || own != disk.UpdateSum(0, entries) {
		return false
	}
	r.size, r.sum = size, sum
	return true
}

// take reads entries.
func (r *register) take(lines []byte) error {
	for line := range bytes.Lines(lines) {
		key, sum, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		var k Key
		var s Sum
		if len(key) != 2*len(k) || len(sum) != 2*len(s) {
			return fmt.Errorf("the entry %.60q is none", line)
		}
		if _, err := hex.Decode(k[:], key); err != nil {
			return fmt.Errorf("the entry %.60q is none", line)
		}
		if _, err := hex.Decode(s[:], sum); err != nil {
			return fmt.Errorf("the entry %.60q is none", line)
		}
		r.seen[k] = s
	}
	return nil
}
