package decode

// IsTADIG reports whether b looks like the code that the GSMA gave a network (TD.13):
// three letters of its country, two letters or digits of its operator.
func IsTADIG(b []byte) bool {
	if len(b) != 5 {
		return false
	}
	for i, c := range b {
		letter := c >= 'A' && c <= 'Z'
		if !letter && (i < 3 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
