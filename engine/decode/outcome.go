package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// OutcomeOfQ850 is the outcome of an attempt that was not answered, by the cause of
// ITU-T Q.850 it ended with.
func OutcomeOfQ850(cause uint16) cdr.Outcome {
	switch cause {
	case 17:
		return cdr.Busy
	case 16, 18, 19, 20, 21, 31:
		return cdr.NoAnswer
	}
	return cdr.Failed
}

// OutcomeOfSIP is the outcome of an INVITE by its final response of RFC 3261.
func OutcomeOfSIP(code uint16) cdr.Outcome {
	switch {
	case code >= 200 && code < 300:
		return cdr.Answered
	case code == 486 || code == 600:
		return cdr.Busy
	case code == 408 || code == 480 || code == 487 || code == 603:
		return cdr.NoAnswer
	}
	return cdr.Failed
}
