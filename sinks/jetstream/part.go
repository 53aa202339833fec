package jetstream

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// partBytes is how long a file of messages becomes, but for its last one. It bounds
// what is kept in memory: so much for each shard, and for what is being sent.
const partBytes = 4 << 20

// part is what will be the next file of a shard. Its lock is held while it grows.
type part struct {
	mu       sync.Mutex
	epoch    uint64
	messages int
	rows     int
	data     []byte // as it will stand in the file
}

// begin makes room for the length of a message, which is to be appended to data.
func (p *part) begin() (at int) {
	at = len(p.data)
	p.data = append(p.data, 0, 0, 0, 0)
	return at
}

// end completes the message that begins at at and holds so many rows.
func (p *part) end(at, rows int) {
	binary.LittleEndian.PutUint32(p.data[at:], uint32(len(p.data)-at-4))
	p.messages++
	p.rows += rows
}

// seal appends the checksum.
func (p *part) seal() {
	p.data = binary.LittleEndian.AppendUint32(p.data, disk.UpdateSum(0, p.data))
}

func (p *part) reset() { p.data, p.messages, p.rows = p.data[:0], 0, 0 }

var errDamaged = errors.New("its checksum is wrong")

// messagesOf returns the messages of a file that holds n of them. They share its
// memory.
func messagesOf(file []byte, n int) ([][]byte, error) {
	if len(file) < 4 {
		return nil, errDamaged
	}
	body, sum := file[:len(file)-4], binary.LittleEndian.Uint32(file[len(file)-4:])
	if disk.UpdateSum(0, body) != sum {
		return nil, errDamaged
	}
	all := make([][]byte, 0, n)
	for len(body) >= 4 {
		end := 4 + int(binary.LittleEndian.Uint32(body))
		if end > len(body) {
			return nil, errDamaged
		}
		all = append(all, body[4:end])
		body = body[end:]
	}
	if len(body) > 0 || len(all) != n {
		return nil, errDamaged
	}
	return all, nil
}
