package decode

import "bytes"

// BOM is the length of the UTF-8 byte order mark that head begins with: 3 or 0.
func BOM(head []byte) int {
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		return 3
	}
	return 0
}

// MaxHead is how much of a file Detect and Open get to see.
const MaxHead = 64 << 10

// CompleteLines cuts off the last line of head when it is not the whole file.
func CompleteLines(head []byte) []byte {
	if n := bytes.LastIndexByte(head, '\n'); n >= 0 && len(head) >= MaxHead {
		return head[:n+1]
	}
	return head
}
