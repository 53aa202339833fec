package samples

import (
	"fmt"
	"time"
)

// bafRecord is a record of structure 00001 of Bellcore AMA, with its descriptor word.
func bafRecord(dst []byte, i int) []byte {
	c := callOf(i)
	indicator := 0
	if !c.answered {
		indicator = 1
	}
	at := c.start.Add(time.Duration(c.ring) * time.Second)
	digits := fmt.Sprintf("00001C006C118C0012345C118C0067890C%s00000C0000000C%dC0C0C000C703C%dC0C00804C%dC%s%07d%02dC",
		at.Format("06")[1:]+at.Format("0102")+"C", indicator, c.calling, c.called,
		at.Format("150405")+"0C", c.talk/60*10+c.talk%60/10, c.talk%10*10)
	size := 5 + len(digits)/2
	dst = append(dst, byte(size>>8), byte(size), 0, 0, 0xAA)
	for n := 0; n < len(digits); n += 2 {
		dst = append(dst, nibble(digits[n])<<4|nibble(digits[n+1]))
	}
	return dst
}

func nibble(c byte) byte {
	if c >= 'A' {
		return c - 'A' + 10
	}
	return c - '0'
}
