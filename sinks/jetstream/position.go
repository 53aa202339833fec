package jetstream

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
)

const positionFile = "position.json"

// position is what an outbox remembers besides its files.
type position struct {
	Outbox  string    `json:"outbox"`  // tells it from all others
	Run     uint64    `json:"run"`     // goes up when a job starts over, from 1
	Done    place     `json:"done"`    // the last file that was published as a whole
	Sending bool      `json:"sending"` // something after Done may have been published
	Floor   uint64    `json:"floor"`   // but nothing after Done up to this sequence number of the stream ...
	Created time.Time `json:"created"` // ... that was made then
}

func newPosition() (position, error) {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return position{}, err
	}
	return position{Outbox: hex.EncodeToString(id[:])}, nil
}

// loadPosition reads the file in dir. There is none in the beginning: known is false.
func loadPosition(d disk.FS, dir string) (p position, known bool, err error) {
	name := filepath.Join(dir, positionFile)
	b, err := readFile(d, name)
	if errors.Is(err, fs.ErrNotExist) {
		p, err = newPosition()
		return p, false, err
	}
	if err != nil {
		return position{}, false, err
	}
	text, sum, _ := bytes.Cut(b, []byte("\n"))
	if string(sum) != sumLine(text) || json.Unmarshal(text, &p) != nil {
		return position{}, false, disk.WithRemedy(fmt.Errorf("%s is damaged", name),
			"restore the file from a copy that is as new as the stream, or remove it: then rows may be published again from the oldest file of the outbox")
	}
	return p, true, nil
}

// save makes p durable, in place of what was there.
func (p position) save(d disk.FS, dir string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, positionFile)
	if err := writeFile(d, name+".tmp", fmt.Appendf(text, "\n%s", sumLine(text))); err != nil {
		return err
	}
	if err := d.Rename(name+".tmp", name); err != nil {
		return err
	}
	return d.SyncDir(dir)
}

func sumLine(text []byte) string { return fmt.Sprintf("%08x\n", disk.UpdateSum(0, text)) }

func readFile(d disk.FS, name string) ([]byte, error) {
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// writeFile makes the content of a file durable, whatever an earlier process left
// there.
func writeFile(d disk.FS, name string, b []byte) error {
	f, err := d.Extend(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Truncate(int64(len(b)))
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
