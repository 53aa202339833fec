package feed

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Headers of the messages.
const (
	FormatHeader = "Cdr-Format" // name of the decoder
	HeadHeader   = "Cdr-Head"   // header row, without line end
	FileHeader   = "Cdr-File"   // a Mark, on the last message of a batch
)

// Mark is what the last message of a batch tells of the file it is of.
type Mark struct {
	Name     string           `json:"name"`               // without directories
	Size     int64            `json:"size"`               // bytes on disk when it was published
	At       source.Position  `json:"at"`                 // behind the batch
	End      bool             `json:"end,omitempty"`      // nothing is left of the file
	Read     *source.Bookmark `json:"read,omitempty"`     // of the block that holds At; nil: it cannot be read again
	Previous uint64           `json:"previous,omitempty"` // sequence of the last message before the file's first
	Batch    string           `json:"batch"`              // no other batch has it
}

// readMark returns the mark of a message, nil if it has none.
func readMark(h nats.Header) (*Mark, error) {
	text := h.Get(FileHeader)
	if text == "" {
		return nil, nil
	}
	m := &Mark{}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, fmt.Errorf("its header %s cannot be read: %w", FileHeader, err)
	}
	return m, nil
}

func (m *Mark) text() string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // numbers and texts always marshal
	}
	return string(b)
}

// baseName is the name of a file without its directories.
func baseName(path string) string { return filepath.Base(path) }
