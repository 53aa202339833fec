package file

import "fmt"

// Stored returns how many bytes were read of the file as it is stored, and their hash:
// the value of Content as 16 hexadecimal digits, CRC-32C and then CRC-32. It is empty
// unless Options ask for the Content. It is for after the last Read.
func (f *File) Stored() (size int64, hash string) {
	n := f.raw.n.Load()
	if f.raw.sum == nil || f.raw.sum.n != n {
		return n, ""
	}
	return n, fmt.Sprintf("%016x", f.raw.sum.value())
}

// Stored is File.Stored of a file of which a bookmark was taken at its end, by the
// evidence of that. Of what is no evidence it knows nothing: -1.
func Stored(text string) (size int64, hash string) {
	e, err := parseEvidence(text)
	if err != nil {
		return -1, ""
	}
	if !e.summed || e.sum.n != e.read {
		return e.read, ""
	}
	return e.read, fmt.Sprintf("%016x", e.sum.value())
}
