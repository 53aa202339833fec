package profile

// latin1 is the charset of that name, as file.charset has it.
const latin1 = 1

// recode makes the record UTF-8 that is ISO 8859-1.
func (r *record) recode() {
	i := 0
	for i < len(r.raw) && r.raw[i] < 0x80 {
		i++
	}
	if i == len(r.raw) {
		return
	}
	r.mark = len(r.buf)
	r.buf = append(r.buf, r.raw[:i]...)
	for _, c := range r.raw[i:] {
		if c < 0x80 {
			r.buf = append(r.buf, c)
		} else {
			r.buf = append(r.buf, 0xC0|c>>6, 0x80|c&0x3F)
		}
	}
	r.raw = r.buf[r.mark:len(r.buf):len(r.buf)]
}
