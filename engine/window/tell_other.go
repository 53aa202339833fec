//go:build !amd64

package window

func (l *Legs) tell(values *Column, f, given Fact, s among) { l.tellEach(values, f, given, s) }
