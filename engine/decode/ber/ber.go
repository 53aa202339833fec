package ber

// Tag is the class and number of an element, whether primitive or constructed.
type Tag uint32

const classShift = 30

// Universal is the tag of a type of ASN.1 itself.
func Universal(n uint32) Tag { return Tag(n) }

// Application is a tag of class application.
func Application(n uint32) Tag { return Tag(1<<classShift | n) }

// Context is a tag of class context-specific.
func Context(n uint32) Tag { return Tag(2<<classShift | n) }

// Private is a tag of class private.
func Private(n uint32) Tag { return Tag(3<<classShift | n) }

// Number is the number of t within its class.
func (t Tag) Number() uint32 { return uint32(t) &^ (3 << classShift) }

// Class is 0 universal, 1 application, 2 context-specific, 3 private.
func (t Tag) Class() uint8 { return uint8(t >> classShift) }

// MaxDepth is how deep elements may be nested in one of indefinite length.
const MaxDepth = 32

// Problem is why bytes are no element, for people; "" when they are one.
type Problem string

// The problems.
const (
	None      Problem = ""
	CutShort  Problem = "it is cut short"
	Overflow  Problem = "its length overflows"
	TooDeep   Problem = "it is nested deeper than 32 levels"
	LongTag   Problem = "its tag has more than four octets"
	Primitive Problem = "a primitive element has an indefinite length"
)

// Header is the identifier and length octets of an element.
type Header struct {
	Tag         Tag
	Constructed bool
	Indefinite  bool
	Size        int // octets of the header
	Length      int // octets of the content; 0 when indefinite
}

// maxLength is the longest content that is taken for one.
const maxLength = 1 << 40

// ReadHeader reads the header that b begins with.
func ReadHeader(b []byte) (h Header, p Problem) {
	if len(b) < 2 {
		return h, CutShort
	}
	first := b[0]
	h.Tag, h.Constructed, h.Size = Tag(first>>6)<<classShift|Tag(first&0x1F), first&0x20 != 0, 1
	if first&0x1F == 0x1F {
		if p := h.longTag(b); p != None {
			return h, p
		}
	}
	if h.Size >= len(b) {
		return h, CutShort
	}
	n := b[h.Size]
	h.Size++
	switch {
	case n < 0x80:
		h.Length = int(n)
	case n == 0x80:
		h.Indefinite = true
		if !h.Constructed {
			return h, Primitive
		}
	default:
		return h, h.longLength(b, int(n&0x7F))
	}
	return h, None
}

// longTag reads the tag number that follows an identifier octet of 31.
func (h *Header) longTag(b []byte) Problem {
	n := Tag(0)
	for i := 1; i < len(b); i++ {
		if i > 3 {
			return LongTag
		}
		n = n<<7 | Tag(b[i]&0x7F)
		if b[i] < 0x80 {
			h.Tag = h.Tag>>classShift<<classShift | n
			h.Size = i + 1
			return None
		}
	}
	if len(b) > 3 {
		return LongTag
	}
	return CutShort
}

// longLength reads a length of so many octets.
func (h *Header) longLength(b []byte, octets int) Problem {
	length := uint64(0)
	if octets == 0x7F { // reserved by X.690, 8.1.3.5
		return Overflow
	}
	for i := range octets {
		if length >= maxLength>>8 {
			return Overflow
		}
		if h.Size+i >= len(b) {
			return CutShort
		}
		length = length<<8 | uint64(b[h.Size+i])
	}
	h.Size += octets
	h.Length = int(length)
	return None
}

// Extent is the size of the whole element that b begins with and the header of it.
// Of an element of indefinite length it looks for the end.
func Extent(b []byte) (h Header, size int, p Problem) {
	if h, p = ReadHeader(b); p != None {
		return h, 0, p
	}
	if !h.Indefinite {
		if h.Length > len(b)-h.Size {
			return h, h.Size + h.Length, CutShort
		}
		return h, h.Size + h.Length, None
	}
	end, p := contentsEnd(b, h.Size)
	return h, end + 2, p
}

// Element is the tag and the content of the element that b is; the zero tag and nothing
// where b is none.
func Element(b []byte) (Tag, []byte) {
	h, size, p := Extent(b)
	if p != None {
		return 0, nil
	}
	if h.Indefinite {
		size -= 2
	}
	return h.Tag, b[h.Size:size]
}

// contentsEnd is where the end-of-contents octets of the element stand whose
// indefinite content begins at at.
func contentsEnd(b []byte, at int) (int, Problem) {
	depth := 1
	for {
		if len(b)-at < 2 {
			return at, CutShort
		}
		if b[at] == 0 && b[at+1] == 0 {
			if depth--; depth == 0 {
				return at, None
			}
			at += 2
			continue
		}
		h, p := ReadHeader(b[at:])
		switch {
		case p != None:
			return at, p
		case h.Indefinite:
			if depth++; depth > MaxDepth {
				return at, TooDeep
			}
			at += h.Size
		case h.Length > len(b)-at-h.Size:
			return at, CutShort
		default:
			at += h.Size + h.Length
		}
	}
}

// Walker goes through the elements of a content one after the other. The zero value
// is at the end of nothing.
type Walker struct {
	Tag         Tag
	Constructed bool
	Content     []byte  // of the element that Next found
	Problem     Problem // why Next returned false before the end

	rest []byte
}

// Walk begins with the first element of content.
func Walk(content []byte) Walker { return Walker{rest: content} }

// Next moves to the next element; false at the end, or at what is no element.
func (w *Walker) Next() bool {
	b := w.rest
	if len(b) >= 2 && b[0]&0x1F != 0x1F && int(b[1]) <= len(b)-2 && b[1] < 0x80 && b[0] != 0 {
		end := 2 + int(b[1])
		w.Tag, w.Constructed = Tag(b[0]>>6)<<classShift|Tag(b[0]&0x1F), b[0]&0x20 != 0
		w.Content, w.rest = b[2:end:end], b[end:]
		return true
	}
	return w.long() || w.slow()
}

// long is Next of elements with a tag of two or three octets and a short length, of
// which TAP has hardly any others.
func (w *Walker) long() bool {
	b := w.rest
	if len(b) < 4 || b[0]&0x1F != 0x1F {
		return false
	}
	number, at := Tag(b[1]), 2
	if number >= 0x80 {
		if b[2] >= 0x80 {
			return false
		}
		number, at = number&0x7F<<7|Tag(b[2]), 3
	}
	end := at + 1 + int(b[at])
	if b[at] >= 0x80 || end > len(b) {
		return false
	}
	w.Tag, w.Constructed = Tag(b[0]>>6)<<classShift|number, b[0]&0x20 != 0
	w.Content, w.rest = b[at+1:end:end], b[end:]
	return true
}

// slow is Next of elements with a long length or an indefinite one, and of everything
// else.
func (w *Walker) slow() bool {
	for len(w.rest) >= 2 && w.rest[0] == 0 && w.rest[1] == 0 { // end-of-contents of an element around, or fill
		w.rest = w.rest[2:]
	}
	if len(w.rest) == 0 {
		return false
	}
	h, size, p := Extent(w.rest)
	if p != None {
		w.Problem = p
		return false
	}
	end := size
	if h.Indefinite {
		end -= 2
	}
	w.Tag, w.Constructed = h.Tag, h.Constructed
	w.Content, w.rest = w.rest[h.Size:end:end], w.rest[size:]
	return true
}

// Find is the content of the first element with tag t in content, nil when there is
// none before the end or what is no element.
func Find(content []byte, t Tag) []byte {
	for w := Walk(content); w.Next(); {
		if w.Tag == t {
			return w.Content
		}
	}
	return nil
}

// Uint reads an INTEGER or ENUMERATED of at most eight octets that is not negative. A
// leading sign octet may come on top.
func Uint(b []byte) (n uint64, ok bool) {
	if len(b) > 1 && b[0] == 0 {
		b = b[1:]
	} else if len(b) == 0 || b[0] >= 0x80 {
		return 0, false
	}
	if len(b) > 8 {
		return 0, false
	}
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, true
}
