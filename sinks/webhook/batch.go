package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// batch is what one request carries.
type batch struct {
	lines []byte // of its file
	body  []byte // nil: the lines are damaged
	key   string // the same for the same alerts
	n     int
}

// batches splits a file into batches of up to most alerts. The same file always
// gives the same ones.
func batches(file []byte, most int) (all []batch) {
	lines := slices.Collect(bytes.Lines(file))
	for some := range slices.Chunk(lines, most) {
		all = append(all, newBatch(some))
	}
	return all
}

func newBatch(lines [][]byte) batch {
	b := batch{lines: bytes.Join(lines, nil), n: len(lines)}
	ids := sha256.New()
	body := []byte(`{"alerts":[`)
	for i, line := range lines {
		var a struct {
			ID string `json:"alert_id"`
		}
		if json.Unmarshal(line, &a) != nil || a.ID == "" {
			return b
		}
		ids.Write([]byte(a.ID))
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, bytes.TrimSuffix(line, []byte("\n"))...)
	}
	b.body, b.key = append(body, "]}"...), hex.EncodeToString(ids.Sum(nil)[:16])
	return b
}
