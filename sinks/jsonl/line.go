package jsonl

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// appendLine appends one record as a line.
func appendLine(dst []byte, at cdr.Origin, reason string, raw []byte) []byte {
	dst = appendText(append(dst, `{"source":`...), at.Source)
	if at.Sequence != 0 {
		dst = strconv.AppendUint(append(dst, `,"sequence":`...), at.Sequence, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"line":`...), at.Line, 10)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), at.Offset, 10)
	dst = appendText(append(dst, `,"reason":`...), reason)
	if utf8.Valid(raw) {
		dst = appendText(append(dst, `,"raw":`...), raw)
	} else {
		dst = base64.StdEncoding.AppendEncode(append(dst, `,"raw_base64":"`...), raw)
		dst = append(dst, '"')
	}
	return append(dst, '}', '\n')
}

// asIs says which ASCII characters stand in a JSON string as they are.
var asIs = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendText appends s as a JSON string (RFC 8259, section 7).
func appendText[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if asIs[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			size := runeLen(s[i:min(i+utf8.UTFMax, len(s))])
			if size == 0 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				size, start = 1, i+1
			}
			i += size
			continue
		}
		dst = appendEscape(append(dst, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// runeLen is the length of the character that s begins with; 0: it is none.
func runeLen[T string | []byte](s T) int {
	var b [utf8.UTFMax]byte
	r, size := utf8.DecodeRune(b[:copy(b[:], s)])
	if r == utf8.RuneError && size <= 1 {
		return 0
	}
	return size
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
