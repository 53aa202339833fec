package ts32298

// csKinds are the records of the circuit switched domain.
var csKinds = []kind{
	{0, 0, "moCall", (*record).moCall},
}

// moCall reads a MOCallRecord.
func (r *record) moCall(body []byte) (problem string) {
	r.skip = true
	return ""
}
