package jetstream

import "fmt"

// jump is that a message came where an earlier one should have.
type jump struct{ from, to uint64 }

func (j jump) Error() string { return fmt.Sprintf("message %d came where %d should", j.to, j.from) }

// holes are the jumps that were accepted since they were told.
type holes struct {
	times, messages uint64
	first           jump
}

func (h *holes) note(from, to uint64) {
	if h.times == 0 {
		h.first = jump{from, to}
	}
	h.times++
	h.messages += to - from
}

// take words them, "" if there are none, and forgets them.
func (h *holes) take() (text string) {
	switch h.times {
	case 0:
	case 1:
		text = messages(h.first.from, h.first.to) + " missing in the stream: went on as the option accept-gap says"
	default:
		text = fmt.Sprintf("%d messages are missing in the stream, in %d places from message %d on: went on as the option accept-gap says", h.messages, h.times, h.first.from)
	}
	*h = holes{}
	return text
}
