//go:build !linux

package disk

// WriteBack asks the system to write to its disk what f holds, and does not wait, where it
// can be asked.
func WriteBack(File) {}
