package decode

import "bytes"

// BOM is the length of the UTF-8 byte order mark that head begins with: 3 or 0.
func BOM(head []byte) int {
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		return 3
	}
	return 0
}

// CompleteLines cuts off the last line of head where it may be incomplete.
func CompleteLines(head []byte) []byte {
	if n := bytes.LastIndexByte(head, '\n'); n >= 0 {
		return head[:n+1]
	}
	return head
}
